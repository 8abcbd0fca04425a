"""What an editor does beside writing: adding a source, and checking texts against cards."""

import builtins
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from nkru_brief.cli import main
from nkru_brief.load import load
from nkru_brief.project import open_project

ARTICLE = """\
Notes from the quay

The heron stood on the quay for 12 days. Nobody fed it before noon.
What came after
A plover came in autumn, and the harbour master wrote it down.
"""
HTML = """<!DOCTYPE html><html lang=en><head><title>Quay</title></head><body><nav><a href=/>Home</a></nav><article>
<h1>Notes from the quay</h1>
<p>The heron stood on the quay for 12 days. Nobody fed it before noon, since the fish were meant for sale.</p>
<p>A plover came in autumn, and the harbour master wrote it down in his log, as he did with every bird he saw.</p>
</article><footer>All rights reserved</footer></body></html>"""
GAZETTE = """\
The ferry between Tern Island and Gull Island first crossed in 1921.
It crosses four times a day, and six times in summer.
"""


class Run(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Command = Callable[..., Run]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *arguments: Run(main(arguments), *capsys.readouterr())


@pytest.fixture
def article(ferry: Path, tmp_path: Path) -> Path:
    """An article outside the project, which is the current folder."""
    assert Path.cwd() == ferry
    path = tmp_path / "Quay Notes (2).txt"
    path.write_text(ARTICLE, encoding="utf-8", newline="")
    return path


class TestAdd:
    @pytest.mark.parametrize("suffix", [".txt", ".md", ".markdown", ".TXT"])
    def test_a_text_becomes_a_card(self, article: Path, run: Command, suffix: str) -> None:
        file = article.rename(article.with_suffix(suffix))
        said = run("source", "add", str(file), "--url", "https://a.example/quay")
        card, text = Path("seeds", "quay-notes-2.yaml"), Path("seeds", "quay-notes-2.txt")
        assert said == (0, f"{card}: 5 passages; its text is {text}\n", "")
        assert text.read_bytes() == file.read_bytes()
        library, faults = load(Path.cwd())
        assert faults == ()
        added = library.cards["quay-notes-2"]
        assert (added.label, added.title, added.url) == ("C", "Notes from the quay", "https://a.example/quay")
        assert [passage.kind for passage in added.passages] == ["title", *["sentence"] * 2, "heading", "sentence"]
        assert str(added.grade) == "F6"

    def test_the_new_card_checks_against_its_text(self, article: Path, run: Command) -> None:
        assert run("source", "add", str(article), "--id", "quay").code == 0
        assert run("check", "--strict") == (0, "", "")
        verdicts = open_project(Path.cwd()).verdicts["quay"]
        assert (verdicts.same_text, verdicts.faults, len(verdicts.verdicts)) == (True, (), 5)

    def test_no_sentence_of_the_article_is_in_the_card(self, article: Path, run: Command) -> None:
        assert run("source", "add", str(article), "--id", "quay").code == 0
        card = Path("seeds", "quay.yaml").read_text(encoding="utf-8")
        passages = load(Path.cwd())[0].cards["quay"].passages
        found = [ARTICLE[each.offset : each.offset + each.length] for each in passages]
        assert len(found) == 5
        assert [each for each in found[1:] if each in card] == []
        assert not {"heron", "plover", "noon", "master"} & set(card.split())

    @pytest.mark.parametrize("title", ["A: “b” - c", "'", '"', "- x", "{a}", "# no", "odd\ue000mark", " a\t b "])
    def test_a_title_of_any_characters(self, article: Path, run: Command, title: str) -> None:
        assert run("source", "add", str(article), "--id", "quay", "--title", title).code == 0
        library, faults = load(Path.cwd())
        assert faults == ()
        assert library.cards["quay"].title == " ".join(title.replace("\ue000", " ").split())

    def test_a_text_without_a_title(self, article: Path, run: Command) -> None:
        article.write_text("One sentence only, and it ends here.\n", encoding="utf-8")
        assert run("source", "add", str(article), "--id", "quay").code == 0
        assert load(Path.cwd())[0].cards["quay"].title == "Untitled"

    def test_line_ends_are_kept(self, article: Path, run: Command) -> None:
        article.write_bytes(ARTICLE.replace("\n", "\r\n").encode())
        assert run("source", "add", str(article), "--id", "quay").code == 0
        assert Path("seeds", "quay.txt").read_bytes() == article.read_bytes()
        assert run("check", "--strict") == (0, "", "")

    def test_a_text_that_is_there_already_gets_its_card(self, ferry: Path, run: Command) -> None:
        (ferry / "seeds" / "quay.txt").write_text(ARTICLE, encoding="utf-8", newline="")
        assert run("source", "add", "seeds/quay.txt").code == 0
        assert run("check", "--strict") == (0, "", "")

    def test_html_is_read_as_an_article(self, article: Path, run: Command) -> None:
        if find_spec("trafilatura") is None:
            pytest.skip("trafilatura is not installed; it comes with the extra articles")
        file = article.with_name("quay.html")
        file.write_text(HTML, encoding="utf-8")
        assert run("source", "add", str(file)).code == 0
        text = Path("seeds", "quay.txt").read_text(encoding="utf-8")
        assert "Nobody fed it before noon" in text
        assert "Home" not in text
        assert "<p>" not in text
        assert run("check", "--strict") == (0, "", "")

    def test_html_without_its_reader_says_what_to_install(
        self, article: Path, run: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = builtins.__import__

        def without(name: str, *arguments: object) -> object:
            if name == "trafilatura":
                raise ImportError(name)
            return real(name, *arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(builtins, "__import__", without)
        file = article.with_name("quay.html")
        file.write_text(HTML, encoding="utf-8")
        said = run("source", "add", str(file))
        assert said == (2, "", "nkru-brief: quay.html is HTML; to read it: pip install 'nkru-brief[articles]'\n")


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "data", "why"),
        [
            ("a.pdf", b"%PDF-1.7", "a.pdf is not plain text, Markdown or HTML"),
            ("a", b"Words.", "a is not plain text, Markdown or HTML"),
            ("a.txt", b"caf\xe9", "a.txt is not UTF-8 at byte 3"),
            ("a.txt", b" \n\n", "a.txt holds no text"),
            ("a.txt", b"", "a.txt holds no text"),
        ],
    )
    def test_what_is_no_article(
        self, ferry: Path, tmp_path: Path, run: Command, name: str, data: bytes, why: str
    ) -> None:
        (tmp_path / name).write_bytes(data)
        before = sorted(ferry.rglob("*"))
        assert run("source", "add", str(tmp_path / name)) == (2, "", f"nkru-brief: {why}\n")
        assert sorted(ferry.rglob("*")) == before

    def test_html_without_an_article(self, ferry: Path, tmp_path: Path, run: Command) -> None:
        if find_spec("trafilatura") is None:
            pytest.skip("trafilatura is not installed; it comes with the extra articles")
        (tmp_path / "a.html").write_bytes(b"")
        assert run("source", "add", str(tmp_path / "a.html")).code == 2
        assert not (ferry / "seeds" / "a.yaml").exists()

    def test_a_second_card_of_one_id(self, article: Path, run: Command) -> None:
        before = Path("seeds", "gazette.yaml").read_bytes()
        said = run("source", "add", str(article), "--id", "gazette")
        why = "there is a card seeds/gazette.yaml already; give the new one another --id"
        assert said == (2, "", f"nkru-brief: {why}\n")
        assert Path("seeds", "gazette.yaml").read_bytes() == before
        assert not Path("seeds", "gazette.txt").exists()

    def test_another_text_in_its_place(self, article: Path, run: Command) -> None:
        Path("seeds", "quay.txt").write_text("Another.", encoding="utf-8")
        said = run("source", "add", str(article), "--id", "quay")
        assert (said.code, "another text seeds/quay.txt" in said.err) == (2, True)
        assert Path("seeds", "quay.txt").read_text(encoding="utf-8") == "Another."
        assert not Path("seeds", "quay.yaml").exists()

    @pytest.mark.parametrize("name", ["../quay", "Quay", "a b", "a--b", "-a", "é", ".", "a/b"])
    def test_an_id_that_is_none(self, article: Path, run: Command, name: str, tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*"))
        said = run("source", "add", str(article), f"--id={name}")
        assert (said.code, "cannot be a card's id" in said.err) == (2, True)
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_file_whose_name_gives_no_id(self, article: Path, run: Command) -> None:
        file = article.rename(article.with_name("북한.txt"))
        assert "--id" in run("source", "add", str(file)).err
        assert run("source", "add", str(file), "--id", "quay").code == 0

    def test_a_file_that_is_not_there(self, ferry: Path, run: Command) -> None:
        assert run("source", "add", str(ferry / "nothing.txt")).code == 2


class TestCheck:
    def test_without_texts(self, ferry: Path, run: Command) -> None:
        assert ferry == Path.cwd()
        said = "gazette: not checked, its text is not at hand\nlogbook: not checked, its text is not at hand\n"
        assert run("source", "check") == (0, said, "")

    def test_its_own_text(self, ferry: Path, run: Command) -> None:
        (ferry / "seeds" / "gazette.txt").write_text(GAZETTE, encoding="utf-8", newline="")
        said = run("source", "check")
        assert (said.code, said.out.split("\n")[0]) == (0, "gazette: 2 of 2 passages exact")
        assert [path.read_bytes() for path in (ferry / "seeds" / ".verified").iterdir()] == [GAZETTE.encode()]

    def test_a_text_that_has_changed_since_is_shown_word_by_word(self, ferry: Path, run: Command) -> None:
        text = ferry / "seeds" / "gazette.txt"
        text.write_text(GAZETTE, encoding="utf-8", newline="")
        assert run("source", "check").code == 0
        text.write_text(GAZETTE.replace("1921", "1931"), encoding="utf-8", newline="")
        said = run("source", "check")
        assert said.code == 1
        assert said.out.split("\n")[:2] == [
            "gazette: 1 of 2 passages exact, in another text than the card was made from",
            "  L01.s1 changed: The ferry between Tern Island and Gull Island first crossed in [-1921.-] {+1931.+}",
        ]
        assert len(list((ferry / "seeds" / ".verified").iterdir())) == 1

    def test_what_moved_does_not_fail(self, ferry: Path, run: Command) -> None:
        (ferry / "seeds" / "gazette.txt").write_text("A new first line.\n" + GAZETTE, encoding="utf-8", newline="")
        said = run("source", "check")
        assert (said.code, said.err) == (0, "")
        assert "  L01.s1 -> L02.s1 moved: The ferry between" in said.out
        assert not (ferry / "seeds" / ".verified").exists()

    def test_what_is_missing_fails(self, ferry: Path, run: Command) -> None:
        (ferry / "seeds" / "gazette.txt").write_text(GAZETTE.split("\n")[0], encoding="utf-8", newline="")
        said = run("source", "check")
        assert (said.code, said.out.split("\n")[1]) == (1, "  L02.s1 missing")

    @pytest.mark.parametrize(
        ("old", "new", "shown"),
        [("words: 12", "words: 11", "  L01.s1 tampered"), ("bytes: 123", "bytes: 124", "  bytes tampered")],
    )
    def test_a_tampered_card_fails(self, ferry: Path, run: Command, old: str, new: str, shown: str) -> None:
        (ferry / "seeds" / "gazette.txt").write_text(GAZETTE, encoding="utf-8", newline="")
        card = ferry / "seeds" / "gazette.yaml"
        text = card.read_text(encoding="utf-8")
        assert old in text
        card.write_text(text.replace(old, new), encoding="utf-8")
        said = run("source", "check")
        assert (said.code, said.out.split("\n")[1].partition(":")[0]) == (1, shown)

    def test_texts_in_another_folder(self, ferry: Path, tmp_path: Path, run: Command) -> None:
        folder = tmp_path / "texts"
        folder.mkdir()
        (folder / "gazette.txt").write_text(GAZETTE, encoding="utf-8", newline="")
        (ferry / "seeds" / "logbook.txt").write_text("Not looked at.", encoding="utf-8")
        said = run("source", "check", "--texts", str(folder))
        expected = "gazette: 2 of 2 passages exact\nlogbook: not checked, its text is not at hand\n"
        assert said == (0, expected, "")

    def test_a_folder_that_is_not_there(self, ferry: Path, run: Command) -> None:
        assert run("source", "check", "--texts", str(ferry / "nowhere")).code == 2
