"""Faces: which characters they have, how wide they are, and how little of them a page needs."""

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief import fonts
from nkru_brief.diagnostics import ContentError, Place
from nkru_brief.theme import FaceUse, Theme, face, face_path, load_theme
from nkru_brief.typeset import coverage, faces_for, measure_of

HERE = Place(file="x.yaml")
SANS = FaceUse(family="Sans", package="font_source_sans_pro", file="files/SourceSansPro-Regular.ttf")
BOLD = FaceUse(family="Sans", package="font_source_sans_pro", file="files/SourceSansPro-Bold.ttf", weight=700)
KOREAN = FaceUse(family="Noto", package="pylopdf_fonts_ko", file="NotoSansKR-Regular.otf", fallback=True)
LATIN = st.text(st.sampled_from("abcdefgh XYZ 0123 –’é"), max_size=12)


@pytest.fixture(scope="module")
def theme(tmp_path_factory: pytest.TempPathFactory) -> Theme:
    return load_theme(tmp_path_factory.mktemp("project"), "parliament", HERE)


def characters(data: bytes) -> set[str]:
    with TTFont(BytesIO(data)) as font:
        return set(map(chr, font.getBestCmap()))


class TestCharacters:
    def test_a_face_knows_its_characters(self) -> None:
        assert {ord(letter) for letter in "aé–’Ж"} <= fonts.characters(face_path(SANS))
        assert ord("주") not in fonts.characters(face_path(SANS))

    def test_coverage_is_what_any_face_has(self) -> None:
        both = coverage((SANS, KOREAN))
        assert both == coverage((SANS,)) | coverage((KOREAN,))
        assert {ord("a"), ord("주")} <= both
        assert coverage(()) == frozenset()


class TestMeasure:
    width = staticmethod(fonts.measure(face(SANS).data, face(BOLD).data))

    def test_widths_are_those_of_the_face(self) -> None:
        with TTFont(face_path(SANS)) as font:
            advance = font["hmtx"].metrics[font.getBestCmap()[ord("m")]][0] / font["head"].unitsPerEm
        assert self.width("m", 10, False) == pytest.approx(10 * advance)  # noqa: FBT003
        assert self.width("m", 10, True) > self.width("m", 10, False)  # noqa: FBT003

    def test_a_character_the_face_lacks_takes_an_em(self) -> None:
        assert self.width("주", 9, False) == pytest.approx(9)  # noqa: FBT003

    @settings(deadline=None)
    @given(LATIN, LATIN, st.floats(1, 40), st.booleans())
    def test_widths_add_up_and_grow_with_the_size(self, one: str, two: str, size: float, bold: bool) -> None:  # noqa: FBT001
        both = self.width(one + two, size, bold)
        assert both == pytest.approx(self.width(one, size, bold) + self.width(two, size, bold))
        assert self.width(one, 2 * size, bold) == pytest.approx(2 * self.width(one, size, bold))

    def test_figures_are_measured_in_the_family_they_are_drawn_in(self, theme: Theme) -> None:
        assert theme.tokens["figure_family"] == "Source Sans Pro"
        assert measure_of(theme)("Ties", 8, False) == self.width("Ties", 8, False)  # noqa: FBT003


class TestSubset:
    def test_it_holds_what_is_asked_and_little_else(self) -> None:
        whole = face_path(SANS).read_bytes()
        cut = fonts.subset(whole, "Ties cooled – 1991")
        assert cut[:4] == b"wOF2"
        assert len(cut) < len(whole) / 20
        assert characters(cut) == set("Ties cooled – 1991")

    def test_the_same_text_gives_the_same_bytes(self) -> None:
        whole = face_path(SANS).read_bytes()
        assert fonts.subset(whole, "abc") == fonts.subset(whole, ["c", "b", "a", "a"])

    def test_it_keeps_the_time_of_the_whole_face(self) -> None:
        with TTFont(face_path(SANS)) as whole, TTFont(BytesIO(fonts.subset(face_path(SANS).read_bytes(), "a"))) as cut:
            assert cut["head"].modified == whole["head"].modified

    def test_name_and_licence_stay_with_it(self) -> None:
        with TTFont(BytesIO(fonts.subset(face_path(SANS).read_bytes(), "a"))) as font:
            assert font["name"].getDebugName(1) == "Source Sans Pro"
            assert font["name"].getDebugName(0)


class TestFacesFor:
    def test_fallbacks_are_taken_only_where_they_are_needed(self, theme: Theme) -> None:
        plain = {face.family for face in faces_for(theme, frozenset("Ties cooled – ’é"))}
        assert plain == {"Source Serif Pro", "Source Sans Pro"}
        korean = {face.family for face in faces_for(theme, frozenset("Juche 주체"))}
        assert korean == plain | {"Noto Serif KR", "Noto Sans KR"}

    def test_white_space_and_controls_need_no_face(self, theme: Theme) -> None:
        assert {face.family for face in faces_for(theme, frozenset("a\n\t\u200b"))} == {
            "Source Serif Pro",
            "Source Sans Pro",
        }

    def test_only_families_that_the_tokens_name_are_taken(self, tmp_path: Path) -> None:
        (tmp_path / "templates" / "mine").mkdir(parents=True)
        text = 'tokens: {serif: "Source Sans Pro", sans: "Source Sans Pro"}\n'
        (tmp_path / "templates" / "mine" / "theme.yaml").write_text(text, encoding="utf-8")
        found = faces_for(load_theme(tmp_path, "mine", HERE), frozenset("a"))
        assert {face.family for face in found} == {"Source Sans Pro"}
        assert sorted((face.weight, face.style) for face in found) == [
            (400, "italic"),
            (400, "normal"),
            (600, "normal"),
            (700, "normal"),
        ]

    def test_a_face_that_is_not_installed_is_said(self, theme: Theme) -> None:
        broken = FaceUse(family="Source Sans Pro", package="no_such_package", file="x.ttf")
        other = Theme(name="x", chain=("x",), tokens=theme.tokens, faces=(broken,), sources={})
        with pytest.raises(ContentError):
            faces_for(other, frozenset("a"))


class TestKeyedByGlyph:
    """Fonts keyed by character, as those of Korean are, before they go into a PDF."""

    def test_each_glyph_is_under_its_own_number(self) -> None:
        hangul = face(FaceUse(family="K", package="pylopdf_fonts_ko", file="NotoSerifKR-Regular.otf")).data
        before, after = TTFont(BytesIO(hangul)), TTFont(BytesIO(fonts.keyed_by_glyph(hangul) or b""))
        charset = after["CFF "].cff.topDictIndex[0].charset
        assert before["CFF "].cff.topDictIndex[0].charset != charset
        assert charset[1:] == [f"cid{number:05}" for number in range(1, len(charset))]
        assert after["maxp"].numGlyphs == before["maxp"].numGlyphs == len(charset)

    def test_a_font_without_such_keys_stays_as_it_is(self) -> None:
        latin = face(FaceUse(family="S", package="font_source_serif_pro", file="files/SourceSerifPro-Regular.ttf")).data
        named = face(FaceUse(family="S", package="font_source_serif_pro", file="files/SourceSerifPro-Regular.otf")).data
        assert fonts.keyed_by_glyph(latin) is fonts.keyed_by_glyph(named) is None
