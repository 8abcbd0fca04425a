"""Runs veraPDF over PDF files: do they claim PDF/UA-1 and PDF/A-3a, and are both claims true?

`make conformance` calls it through the tests; by hand it is `python tools/conformance/verapdf.py build/*/*.pdf`. It
needs Java 11 or newer, and Maven to fetch what the pom.xml beside it names, once, into `.venv/verapdf/`.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
POM = HERE / "pom.xml"
JARS = HERE.parent.parent / ".venv" / "verapdf"
MAIN = "org.verapdf.apps.GreenfieldCliWrapper"

# A run of seconds is over before more of a compiler or more threads have paid: it takes half the processor time.
BRIEFLY = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")

# veraPDF finds out what a file claims, and holds it to every claim.
PROFILES = ("PDF/UA-1 validation profile", "PDF/A-3A validation profile")


def lacking() -> str:
    """Return what this machine lacks to run veraPDF, or ""."""
    missing = [name for name in ("java", *(() if installed() else ("mvn",))) if shutil.which(name) is None]
    return f"veraPDF needs {' and '.join(missing)}, which this machine has not" if missing else ""


def installed() -> bool:
    """Return whether the version that the pom names is there."""
    mark = JARS / "ready"
    return mark.is_file() and mark.read_text(encoding="ascii") == _digest()


def install() -> None:
    """Fetch veraPDF with Maven, anew where the pom has changed.

    Raises:
        subprocess.CalledProcessError: Maven failed; it has said why.
    """
    if installed():
        return
    shutil.rmtree(JARS, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={JARS}"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    (JARS / "ready").write_text(_digest(), encoding="ascii")


def _digest() -> str:
    return hashlib.sha256(POM.read_bytes()).hexdigest()


def faults(paths: Sequence[Path]) -> dict[Path, list[str]]:
    """Return what veraPDF finds wrong with each file, in one run of Java; a claim that is not made is a fault.

    Raises:
        ValueError: veraPDF did not answer for each file.
    """
    command = ["java", *BRIEFLY, "-cp", f"{JARS}/*", MAIN, "--format", "json", *map(str, paths)]
    run = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    try:
        jobs = json.loads(run.stdout)["report"]["jobs"]
    except (ValueError, KeyError):
        raise ValueError(f"veraPDF did not answer: {run.stderr.decode(errors='replace')[-2000:]}") from None
    found = {Path(job["itemDetails"]["name"]): list(_faults(job)) for job in jobs}
    if missing := {path.resolve() for path in paths} - {path.resolve() for path in found}:
        raise ValueError(f"veraPDF says nothing of {', '.join(sorted(map(str, missing)))}")
    return found


def _faults(job: dict[str, Any]) -> Iterable[str]:
    results = {result.get("profileName"): result for result in job.get("validationResult", [])}
    for profile in PROFILES:
        if profile not in results:
            yield f"is not held to the {profile}: {job.get('taskException', 'it makes no such claim')}"
        elif not results[profile]["compliant"]:
            for rule in results[profile]["details"]["ruleSummaries"]:
                check = rule["checks"][0]
                yield f"{profile}, {rule['clause']}: {check['errorMessage']} ({check['context'][-120:]})"


def main(arguments: Sequence[str]) -> int:
    """Check the files named, tell of each, and return 1 where one is not what it claims."""
    if reason := lacking():
        print(reason, file=sys.stderr)
        return 2
    install()
    paths = [Path(argument) for argument in arguments]
    found = faults(paths) if paths else {}
    for path, said in found.items():
        print(f"{path}: {'PDF/UA-1 and PDF/A-3a' if not said else 'NOT what it claims'}")
        for fault in said:
            print(f"  {fault}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
