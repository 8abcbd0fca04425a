"""Themes: folders that extend one another, found in the project or the package, file by file."""

from pathlib import Path

import pytest

from nkru_brief.diagnostics import ContentError, Diagnostic, Place
from nkru_brief.theme import FaceUse, Theme, built_in_templates, face, face_path, load_theme, names, title_of

HERE = Place(file="content/editions/x.yaml", line=3, column=8)
SHIPPED = ("base", "parliament", "press", "school")


def put(root: Path, files: dict[str, str]) -> Path:
    """Write files under a project's templates/ and return the project's folder."""
    for name, text in files.items():
        path = root / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def load(root: Path, name: str) -> Theme:
    return load_theme(root, name, HERE)


def fault(root: Path, name: str) -> Diagnostic:
    with pytest.raises(ContentError) as caught:
        load(root, name)
    (only,) = caught.value.diagnostics
    return only


def shipped(name: str) -> str:
    return (built_in_templates() / name).read_text(encoding="utf-8")


class TestNames:
    def test_a_project_can_use_the_shipped_themes(self, tmp_path: Path) -> None:
        assert names(tmp_path) == SHIPPED

    def test_a_folder_with_a_theme_file_is_a_theme(self, tmp_path: Path) -> None:
        put(tmp_path, {"mine/theme.yaml": "title: My own\n", "notes/readme.html": "x", "base/page.html": "x"})
        assert names(tmp_path) == ("base", "mine", "parliament", "press", "school")
        assert title_of(tmp_path, "mine") == "My own"
        assert title_of(tmp_path, "press") == "Press sheet"

    @pytest.mark.parametrize("name", SHIPPED)
    def test_every_shipped_theme_loads_with_faces_that_are_installed(self, tmp_path: Path, name: str) -> None:
        theme = load(tmp_path, name)
        assert theme.chain[-1] == "base"
        assert all(face_path(use).is_file() for use in theme.faces)
        named = theme.tokens["serif"] + theme.tokens["sans"]
        assert all(use.family in named for use in theme.faces if use.fallback)


class TestChain:
    def test_it_ends_at_base(self, tmp_path: Path) -> None:
        put(tmp_path, {"mine/theme.yaml": "extends: school\n", "other/theme.yaml": ""})
        assert load(tmp_path, "mine").chain == ("mine", "school", "base")
        assert load(tmp_path, "other").chain == ("other", "base")
        assert load(tmp_path, "base").chain == ("base",)

    def test_tokens_go_over_those_of_what_is_extended(self, tmp_path: Path) -> None:
        put(tmp_path, {"mine/theme.yaml": 'extends: press\ntokens: {ink: "#000001", own: x}\n'})
        tokens = load(tmp_path, "mine").tokens
        press, base = load(tmp_path, "press").tokens, load(tmp_path, "base").tokens
        assert (tokens["ink"], tokens["own"]) == ("#000001", "x")
        assert tokens["accent"] == press["accent"] != base["accent"]
        assert tokens["paper"] == base["paper"]

    def test_faces_replace_those_of_the_same_family_only(self, tmp_path: Path) -> None:
        own = "{family: Source Sans Pro, package: fontpkg_fira_sans, file: files/FiraSans-Regular.ttf}"
        put(tmp_path, {"mine/theme.yaml": f"faces:\n  - {own}\n"})
        faces = load(tmp_path, "mine").faces
        assert [use.package for use in faces if use.family == "Source Sans Pro"] == ["fontpkg_fira_sans"]
        assert len([use for use in faces if use.family == "Source Serif Pro"]) == 3

    @pytest.mark.parametrize(
        ("files", "code", "file"),
        [
            ({"mine/theme.yaml": "extends: scool\n"}, "E105", "templates/mine/theme.yaml"),
            ({"mine/theme.yaml": "extends: mine\n"}, "E305", "templates/mine/theme.yaml"),
            ({"mine/theme.yaml": "extends: a\n", "a/theme.yaml": "extends: mine\n"}, "E305", "templates/a/theme.yaml"),
            ({"mine/theme.yaml": "colour: red\n"}, "E004", "templates/mine/theme.yaml"),
            ({"mine/theme.yaml": "extends: [\n"}, "E002", "templates/mine/theme.yaml"),
            ({"mine/theme.yaml": "tokens: {figure_family: Arial}\n"}, "E307", "templates/mine/theme.yaml"),
            ({"mine/page.html": "x"}, "E105", HERE.file),
            ({}, "E105", HERE.file),
        ],
    )
    def test_a_broken_chain_is_located(self, tmp_path: Path, files: dict[str, str], code: str, file: str) -> None:
        found = fault(put(tmp_path, files), "mine")
        assert (found.code, found.place.file) == (code, file)
        assert code != "E105" or found.hint


class TestShadowing:
    def test_a_project_shadows_a_shipped_theme_file_by_file(self, tmp_path: Path) -> None:
        put(tmp_path, {"base/parts/prose.html": "mine"})
        sources = load(tmp_path, "school").sources
        assert sources["base/parts/prose.html"].text == "mine"
        assert sources["base/parts/prose.html"].file == "templates/base/parts/prose.html"
        assert sources["base/page.html"].text == shipped("base/page.html")
        # The theme's own file is nearer than the base's, shadowed or not.
        assert sources["parts/prose.html"].text == shipped("school/parts/prose.html")

    def test_what_is_shadowed_can_still_be_named(self, tmp_path: Path) -> None:
        put(tmp_path, {"base/parts/prose.html": "mine", "press/css/print.css": "mine"})
        sources = load(tmp_path, "press").sources
        assert sources["builtin/base/parts/prose.html"].text == shipped("base/parts/prose.html")
        assert sources["builtin/press/css/print.css"].text == shipped("press/css/print.css")
        assert sources["builtin/base/parts/prose.html"].file == "builtin:templates/base/parts/prose.html"

    def test_a_nearer_theme_comes_first(self, tmp_path: Path) -> None:
        put(tmp_path, {"mine/theme.yaml": "extends: school\n", "mine/parts/sources.html": "mine"})
        sources = load(tmp_path, "mine").sources
        assert sources["parts/sources.html"].text == "mine"
        assert sources["parts/prose.html"] == sources["school/parts/prose.html"]
        assert sources["parts/glossary.html"] == sources["base/parts/glossary.html"]

    def test_only_text_files_are_read(self, tmp_path: Path) -> None:
        put(tmp_path, {"mine/theme.yaml": "", "mine/notes.txt": "x", "mine/a.svg": "<svg/>"})
        sources = load(tmp_path, "mine").sources
        assert "a.svg" in sources
        assert "notes.txt" not in sources

    def test_a_link_out_of_the_folder_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
        put(tmp_path, {"mine/theme.yaml": ""})
        (tmp_path / "templates" / "mine" / "page.html").symlink_to(tmp_path / "secret.html")
        assert fault(tmp_path, "mine").code == "E308"

    def test_a_file_that_is_not_text_is_said(self, tmp_path: Path) -> None:
        put(tmp_path, {"mine/theme.yaml": ""})
        (tmp_path / "templates" / "mine" / "page.html").write_bytes(b"\xff")
        found = fault(tmp_path, "mine")
        assert (found.code, found.place.file) == ("E001", "templates/mine/page.html")


class TestFaces:
    SANS = FaceUse(family="Sans", package="font_source_sans_pro", file="files/SourceSansPro-Regular.ttf", weight=500)

    def test_a_face_is_its_file_and_what_it_stands_for(self) -> None:
        found = face(self.SANS)
        assert (found.family, found.weight, found.style) == ("Sans", 500, "normal")
        assert found.data == face_path(self.SANS).read_bytes()
        assert found.url == f"face:{found.digest}"

    @pytest.mark.parametrize(
        ("package", "file"),
        [("no_such_package", "x"), ("font_source_sans_pro", "None.ttf"), ("font_source_sans_pro", "__init__.py")],
    )
    def test_a_face_that_is_not_there_is_said(self, package: str, file: str) -> None:
        with pytest.raises(ContentError) as caught:
            face(FaceUse(family="Sans", package=package, file=file))
        assert [each.code for each in caught.value.diagnostics] == ["E306"]
