"""Zip files: the same bytes each time, and strangers' files refused before they do harm, without a traceback."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief import archive
from nkru_brief.archive import Refused, unzipped, zipped
from nkru_brief.cli import main

FILES = {"index.html": b"<p>", "press/press.pdf": b"%PDF", "data/a.csv": b""}
CENTRAL = b"PK\x01\x02"


def zip_of(*entries: tuple[str | zipfile.ZipInfo, bytes], squeezed: bool = False) -> bytes:
    buffer = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if squeezed else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in entries:
            file.writestr(name, data)
    return buffer.getvalue()


def with_name(old: str, new: str) -> bytes:
    """Return a zip whose file has a name that the writer would not write."""
    assert len(old) == len(new)
    return zip_of((old, b"x")).replace(old.encode(), new.encode())


def link() -> bytes:
    info = zipfile.ZipInfo("link")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zip_of((info, b"/etc/passwd"))


def patched(data: bytes, offset: int, form: str, value: int) -> bytes:
    """Return a zip with a number of its first central header changed (APPNOTE, 4.3.12)."""
    at = data.index(CENTRAL) + offset
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


def overlapping() -> bytes:
    """Return a zip whose second file has the first's bytes for its own, as a bomb without recursion has."""
    data = zip_of(("a", b"x" * 100), ("b", b"x" * 100))
    second = data.index(CENTRAL, data.index(CENTRAL) + 4)
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


HOSTILE = {
    "up and out": (zip_of(("../outside", b"x")), "leads out"),
    "up in the middle": (zip_of(("a/../../outside", b"x")), "leads out"),
    "from the root": (with_name("aetc/passwd", "/etc/passwd"), "leads out"),
    "a drive": (zip_of(("C:/windows", b"x")), "leads out"),
    "backslashes": (with_name("a/b/c", "..\\bc"), "leads out"),
    "a device": (zip_of(("data/NUL.csv", b"x")), "leads out"),
    "a dot at the end": (zip_of(("press./x", b"x")), "leads out"),
    "nul in a name": (with_name("abcd", "a\0cd"), "control"),
    "a line end in a name": (zip_of(("a\nb", b"x")), "control"),
    "a long name": (zip_of(("a" * 2_000, b"x")), "characters"),
    "two of a name": (b"", "two files called"),
    "two that differ in case": (zip_of(("a", b"1"), ("A", b"2")), "two files called"),
    "a link": (link(), "link or a device"),
    "encrypted": (patched(zip_of(("a", b"x")), 8, "<H", 1), "^a is encrypted"),
    "another method": (patched(zip_of(("a", b"x")), 10, "<H", 12), "squeezed in a way"),
    "a huge size": (patched(zip_of(("a", b"x")), 24, "<I", 0xFFFFFFF0), "unpacks to"),
    "a bomb": (zip_of(("a", bytes(50_000_000)), squeezed=True), "unpacks from"),
    "a size that is too small": (patched(zip_of(("a", bytes(9_000)), squeezed=True), 24, "<I", 3), "cannot|larger"),
    "a size that is too large": (patched(zip_of(("a", bytes(9_000)), squeezed=True), 24, "<I", 9_999), "shorter"),
    "overlapping files": (overlapping(), "lies inside"),
    "zip64 nonsense": (patched(zip_of(("a", b"x")), 24, "<I", 0xFFFFFFFF), "cannot be read|unpacks to"),
    "another checksum": (patched(zip_of(("a", b"x")), 16, "<I", 1), "cannot be read"),
    "an offset out of the file": (patched(zip_of(("a", b"x")), 42, "<I", 0x7FFFFFFF), "cannot be read"),
    "no zip": (b"%PDF-1.7", "cannot be read"),
    "nothing": (b"", "cannot be read"),
    "cut off": (zip_of(("a", b"x" * 1_000))[:-30], "cannot be read"),
}
with pytest.warns(UserWarning, match="Duplicate name"):
    HOSTILE["two of a name"] = (zip_of(("a", b"1"), ("a", b"2")), "two files called")


def test_a_zip_has_the_same_bytes_whatever_the_order() -> None:
    one, other = zipped(FILES, "2026-11-23"), zipped(dict(reversed(FILES.items())), "2026-11-23")
    assert one == other
    assert unzipped(one) == FILES
    with zipfile.ZipFile(io.BytesIO(one)) as file:
        infos = file.infolist()
    assert [info.filename for info in infos] == sorted(FILES)
    assert {info.date_time for info in infos} == {(2026, 11, 23, 0, 0, 0)}
    assert {info.external_attr >> 16 for info in infos} == {stat.S_IFREG | 0o644}


def test_a_day_before_zip_files_had_days_is_their_first() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped({"a": b""}, "1950-06-25"))) as file:
        assert file.infolist()[0].date_time[:3] == (1980, 1, 1)


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "", "a\\b", "con.txt"])
def test_what_would_be_refused_is_not_written(name: str) -> None:
    with pytest.raises(Refused):
        zipped({name: b""}, "2026-11-23")


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_zip_is_refused(kind: str) -> None:
    data, why = HOSTILE[kind]
    with pytest.raises(Refused, match=why):
        unzipped(data)


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    with pytest.raises(Refused, match="3 files"):
        unzipped(zipped(FILES, "2026-11-23"))


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_command_says_so_and_writes_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stranger.zip").write_bytes(HOSTILE[kind][0])
    assert main(["verify", "stranger.zip"]) == 1
    said = capsys.readouterr()
    assert "error[E707]: the archive is not unpacked: " in said.err
    assert "Traceback" not in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["stranger.zip"]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_is_a_traceback(data: st.DataObject) -> None:
    whole = zipped(FILES, "2026-11-23")
    at = data.draw(st.integers(0, len(whole) - 1))
    piece = data.draw(st.binary(max_size=6))
    damaged = whole[:at] + piece + whole[at + data.draw(st.integers(0, 6)) :]
    try:
        found = unzipped(damaged)
    except Refused:
        return
    assert all(".." not in name and not name.startswith("/") for name in found)


@given(st.binary(max_size=300))
def test_no_bytes_are_a_traceback(data: bytes) -> None:
    with pytest.raises(Refused):
        unzipped(data)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z가-힣]{1,8}(/[a-z ]{0,5}[a-z]){0,2}", fullmatch=True), st.binary(max_size=40), max_size=6
    )
)
def test_what_is_zipped_comes_out_again(files: dict[str, bytes]) -> None:
    try:
        whole = zipped(files, "2026-11-23")
    except Refused:
        # A device of Windows is no name.
        return
    assert unzipped(whole) == files
