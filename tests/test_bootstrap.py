"""The set-up script and the locks it installs, as far as neither needs a network or another machine."""

import ast
import importlib.util
import json
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "tools" / "bootstrap.py"
LOCKS = ("run", "dev")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # NamedTuple and dataclasses look their module up by name.
    sys.modules["bootstrap"] = module
    spec.loader.exec_module(module)
    return module


bootstrap = load_script()


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def entries(name: str) -> list[str]:
    """The lock's entries, each one line with its hashes."""
    lines = [line for line in lock_text(name).splitlines() if not line.lstrip().startswith("#")]
    return [line for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


def pins(name: str) -> dict[str, Version]:
    requirements = [Requirement(HASH.sub("", entry)) for entry in entries(name)]
    return {canonicalize_name(each.name): Version(str(each.specifier).removeprefix("==")) for each in requirements}


def declared(*, dev: bool) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    texts: list[str] = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    texts += project["project"]["optional-dependencies"]["dev"] if dev else []
    return [Requirement(text) for text in texts]


class TestVersion:
    @pytest.mark.parametrize("version", [(3, 11), (3, 13), (4, 0)])
    def test_new_enough_is_no_fault(self, version: tuple[int, int]) -> None:
        assert bootstrap.version_fault(*version) == ""

    @pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10)])
    def test_too_old_is_one_clear_line(self, version: tuple[int, int]) -> None:
        fault = bootstrap.version_fault(*version)
        assert "Python 3.11 or newer" in fault
        assert "{}.{}".format(*version) in fault
        assert "\n" not in fault

    def test_old_pythons_can_read_the_script(self) -> None:
        ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))

    def test_nothing_newer_runs_before_the_version_check(self) -> None:
        body = ast.parse(SCRIPT.read_text(encoding="utf-8")).body
        check = next(index for index, node in enumerate(body) if isinstance(node, ast.If))
        assert "version_fault" in ast.unparse(body[check])
        for node in body[1:check]:
            assert isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)


class TestLibraries:
    def test_names_are_those_the_engine_tries(self) -> None:
        engine = importlib.util.find_spec("weasyprint")
        assert engine is not None
        assert engine.origin is not None
        source = (Path(engine.origin).parent / "text" / "ffi.py").read_text(encoding="utf-8")
        calls = [
            tuple(str(argument.value) for argument in node.args if isinstance(argument, ast.Constant))
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_dlopen"
        ]
        optional = {names for names in calls if any("vector" in name for name in names)}
        assert {library.names for library in bootstrap.LIBRARIES} == set(calls) - optional

    def test_one_name_that_opens_is_enough(self) -> None:
        last = {library.names[-1] for library in bootstrap.LIBRARIES}
        assert bootstrap.missing_libraries(lambda name: name in last, lambda _: False) == []

    def test_the_slower_way_counts_too(self) -> None:
        assert bootstrap.missing_libraries(lambda _: False, lambda _: True) == []

    def test_the_slower_way_is_left_alone_where_the_quick_one_finds_all(self) -> None:
        bootstrap.missing_libraries(lambda _: True, lambda name: pytest.fail(f"asked for {name}"))

    def test_what_does_not_open_is_named(self) -> None:
        missing = bootstrap.missing_libraries(lambda name: "pango" not in name, lambda _: False)
        assert missing == ["Pango", "PangoFT2"]

    def test_this_machine_has_them(self) -> None:
        assert bootstrap.missing_libraries(bootstrap.opens, bootstrap.opens_found) == []


class TestMessage:
    @pytest.mark.parametrize(
        ("family", "command"),
        [
            (
                "debian",
                (
                    "sudo apt-get install --no-install-recommends -y "
                    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 libfontconfig1"
                ),
            ),
            ("fedora", "sudo dnf install -y pango harfbuzz fontconfig"),
            ("macos", "brew install pango"),
            ("windows", "pacman -S mingw-w64-ucrt-x86_64-pango"),
        ],
    )
    def test_names_what_is_missing_and_this_systems_command(self, family: str, command: str) -> None:
        message = bootstrap.missing_message(["Pango", "fontconfig"], family)
        assert "not here: Pango, fontconfig." in message
        assert command in message
        others = [other for other in bootstrap.FAMILIES if other != family]
        assert not any(bootstrap.INSTRUCTIONS[other][1] in message for other in others)

    def test_an_unknown_system_gets_every_command(self) -> None:
        message = bootstrap.missing_message(["Pango"], None)
        assert all(": ".join(bootstrap.INSTRUCTIONS[each]) in message for each in bootstrap.FAMILIES)

    @pytest.mark.parametrize(
        ("system", "os_release", "family"),
        [
            ("linux", {"ID": "debian"}, "debian"),
            ("linux", {"ID": "ubuntu", "ID_LIKE": "debian"}, "debian"),
            ("linux", {"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "debian"),
            ("linux", {"ID": "fedora"}, "fedora"),
            ("linux", {"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "fedora"),
            ("linux", {"ID": "arch"}, None),
            ("linux", {}, None),
            ("darwin", {}, "macos"),
            ("win32", {}, "windows"),
        ],
    )
    def test_systems_are_told_apart(self, system: str, os_release: dict[str, str], family: str | None) -> None:
        assert bootstrap.family(system, os_release) == family


class TestApt:
    """Nothing here runs apt: what it would be asked for is recorded."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
        asked: list[list[str]] = []

        def install(packages: Iterable[str]) -> bool:
            asked.append(list(packages))
            return True

        monkeypatch.setattr(bootstrap, "apt_install", install)
        monkeypatch.setattr(bootstrap, "opens_found", lambda _: False)
        monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)
        return asked

    def may(self, monkeypatch: pytest.MonkeyPatch, *, apt: bool) -> None:
        monkeypatch.setattr(bootstrap, "may_use_apt", lambda _: apt)

    def test_nothing_is_installed_where_all_is_there(
        self, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.may(monkeypatch, apt=True)
        monkeypatch.setattr(bootstrap, "opens", lambda _: True)
        bootstrap.ensure_libraries("debian")
        assert asked == []

    def test_root_on_debian_gets_the_libraries(self, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
        self.may(monkeypatch, apt=True)
        monkeypatch.setattr(bootstrap, "opens", lambda _: bool(asked))
        bootstrap.ensure_libraries("debian")
        assert asked == [list(bootstrap.APT_LIBRARIES)]

    def test_anyone_else_gets_the_message(self, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
        self.may(monkeypatch, apt=False)
        monkeypatch.setattr(bootstrap, "opens", lambda _: False)
        with pytest.raises(bootstrap.SetUpError, match="sudo apt-get install"):
            bootstrap.ensure_libraries("debian")
        assert asked == []

    @pytest.mark.parametrize(
        ("apt", "environment", "packages"),
        [
            (True, {"CI": "true"}, [["chromium", "default-jre-headless", "libatomic1", "maven", "npm"]]),
            (True, {}, []),
            (False, {"CI": "true"}, []),
        ],
    )
    def test_programs_for_tests_are_installed_in_ci_only(
        self,
        asked: list[list[str]],
        monkeypatch: pytest.MonkeyPatch,
        apt: bool,  # noqa: FBT001 - a parametrized case
        environment: dict[str, str],
        packages: list[list[str]],
    ) -> None:
        self.may(monkeypatch, apt=apt)
        monkeypatch.setattr(bootstrap, "opens", lambda _: False)
        bootstrap.ensure_test_tools("debian", environment)
        assert asked == packages


class TestCheckers:
    """Nothing here asks a registry: npm is a program of a few lines."""

    @pytest.fixture
    def npm(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """An npm that counts its runs, and fails where there is a file `offline`."""
        program = tmp_path / "npm"
        program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/runs\ntest ! -e {tmp_path}/offline\n')
        program.chmod(0o755)
        (tmp_path / "venv").mkdir()
        monkeypatch.setattr(bootstrap.shutil, "which", lambda name: str(program) if name == "npm" else None)
        return tmp_path

    def test_they_are_installed_once_from_their_lock(self, npm: Path) -> None:
        for _ in range(2):
            bootstrap.ensure_checkers(npm / "venv", {"CI": "true"})
        assert (npm / "runs").read_text() == "ci --ignore-scripts --no-audit --no-fund --silent\n"
        lock = (npm / "venv" / "web" / "package-lock.json").read_text()
        assert lock == (ROOT / bootstrap.CHECKERS / "package-lock.json").read_text()

    def test_a_failure_ends_the_set_up_in_ci_only(self, npm: Path) -> None:
        (npm / "offline").touch()
        bootstrap.ensure_checkers(npm / "venv", {})
        with pytest.raises(bootstrap.SetUpError, match="npm could not install"):
            bootstrap.ensure_checkers(npm / "venv", {"CI": "true"})
        (npm / "offline").unlink()
        bootstrap.ensure_checkers(npm / "venv", {})
        assert (npm / "venv" / "web" / "ready").is_file()

    def test_without_npm_nothing_is_done(self, npm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)
        bootstrap.ensure_checkers(npm / "venv", {"CI": "true"})
        assert not (npm / "venv" / "web").exists()

    def test_the_lock_holds_one_exact_version_of_each_with_its_hash(self) -> None:
        folder = ROOT / bootstrap.CHECKERS
        wanted = json.loads((folder / "package.json").read_text())["devDependencies"]
        lock = json.loads((folder / "package-lock.json").read_text())["packages"]
        own = lock.pop("")
        assert own["devDependencies"] == wanted
        assert {name.removeprefix("node_modules/"): entry["version"] for name, entry in lock.items()} == wanted
        assert all(entry["integrity"].startswith("sha512-") for entry in lock.values())
        assert "://" not in (folder / "package-lock.json").read_text()


class TestStamps:
    @pytest.fixture
    def clone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "requirements").mkdir()
        (tmp_path / ".venv").mkdir()
        for name in ("pyproject.toml", "requirements/run.lock", "requirements/dev.lock"):
            (tmp_path / name).write_text("as it was")
        monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
        for name in ("ensure_libraries", "ensure_test_tools", "ensure_checkers", "ensure_venv", "install"):
            monkeypatch.setattr(bootstrap, name, lambda *_: None)
        monkeypatch.setattr(bootstrap, "is_sound", lambda _: True)
        return tmp_path

    def stamps(self, clone: Path) -> set[str]:
        return {stamp.name for stamp in (clone / ".venv").glob("ready-*")}

    def test_setting_up_for_tests_also_readies_the_build(self, clone: Path) -> None:
        bootstrap.set_up(bootstrap.DEV)
        assert self.stamps(clone) == {"ready-run", "ready-dev"}
        assert bootstrap.is_ready(clone / ".venv", bootstrap.RUN)

    def test_a_second_time_installs_nothing(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        bootstrap.set_up(bootstrap.DEV)
        monkeypatch.setattr(bootstrap, "install", lambda *_: pytest.fail("installed again"))
        bootstrap.set_up(bootstrap.DEV)
        bootstrap.set_up(bootstrap.RUN)
        assert self.stamps(clone) == {"ready-run", "ready-dev"}

    @pytest.mark.parametrize("changed", ["pyproject.toml", "requirements/run.lock"])
    def test_a_change_installs_again(self, clone: Path, changed: str) -> None:
        bootstrap.set_up(bootstrap.RUN)
        (clone / changed).write_text("as it is now")
        assert not bootstrap.is_ready(clone / ".venv", bootstrap.RUN)

    def test_a_failure_leaves_no_stamp(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        bootstrap.set_up(bootstrap.DEV)
        (clone / "requirements/run.lock").write_text("as it is now")

        def fail(*_: object) -> None:
            raise bootstrap.SetUpError

        monkeypatch.setattr(bootstrap, "install", fail)
        with pytest.raises(bootstrap.SetUpError):
            bootstrap.set_up(bootstrap.RUN)
        assert self.stamps(clone) == set()


@pytest.mark.parametrize("name", LOCKS)
class TestLocks:
    def test_every_entry_is_one_exact_version_with_hashes(self, name: str) -> None:
        assert entries(name)
        for entry in entries(name):
            assert re.match(r"[a-z0-9-]+==[^\s*]+ ", entry), entry
            assert HASH.search(entry), entry

    def test_nothing_points_to_a_host_or_a_folder(self, name: str) -> None:
        text = HASH.sub("", lock_text(name))
        assert "://" not in text
        assert "--" not in text
        assert not re.search(r"\b[a-z0-9-]+\.(com|org|net|io|dev)\b", text)
        assert not re.search(r"(^|\s)[/~]|[A-Z]:\\", text, flags=re.MULTILINE)

    def test_what_pyproject_declares_is_locked_at_a_fitting_version(self, name: str) -> None:
        locked = pins(name)
        for requirement in declared(dev=name == "dev"):
            version = locked.get(canonicalize_name(requirement.name))
            assert version is not None, f"{requirement} is not in {name}.lock: run `make lock`"
            assert version in requirement.specifier, f"{requirement}, locked {version}: run `make lock`"


def test_the_dev_lock_holds_the_run_lock() -> None:
    assert pins("run").items() <= pins("dev").items()


def test_a_lock_made_elsewhere_still_serves_windows() -> None:
    colorama = next(entry for entry in entries("dev") if entry.startswith("colorama=="))
    assert 'sys_platform == "win32"' in colorama
