"""Measures copies for people beside Typst compiled in process and beside a re-render by WeasyPrint for each copy.

Every round runs each way once, one after the other, beginning with another each time; ratios are of runs of a round.
Ours is the whole command from an empty cache (start, reading, checking, laying out, stamping, writing) for 10 to 10,000
copies of a two-page handout; and for 1,000 once more with the paper laid out before, as after a build, and as one file
for a print shop. Like an installed command it finds its modules compiled: one run before the first is not counted. The
peers are given the better of it: what they load, and their first copy, is not counted, and they make fewer copies, as
each takes them as long as the last.

    python benchmarks/copies.py [--rounds 3] [--counts 10,100,1000,10000] [--edition public]

Typst comes from the package `typst`, which is installed into benchmarks/.peers/ beside the other peers.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "benchmarks" / ".peers"
TYPST_COPIES, RENDERED_COPIES = 60, 8
LAID_OUT = "1000 (laid out before)"
ONE_FILE = "1000 (one file)"
MUST = {"typst": 5.0, "render": 50.0, "memory": 300.0}


class Taken(NamedTuple):
    """What a run came to: copies made, seconds and seconds of the processor for them, and the most memory in MiB."""

    copies: int
    seconds: float
    processor: float
    memory: float

    @property
    def rate(self) -> float:
        """Copies per second."""
        return self.copies / self.seconds

    @property
    def work(self) -> float:
        """Copies per second of the processor: what other programs do meanwhile changes it little."""
        return self.copies / self.processor


def main() -> None:
    """Run each way in turns, and write the table."""
    parser = argparse.ArgumentParser(description="Measure copies for people.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--counts", default="10,100,1000,10000")
    parser.add_argument("--edition", default="public")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "copies.md")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        {"typst": peer_typst, "render": peer_render}[options.peer](options.folder)
        return
    counts = [int(count) for count in options.counts.split(",")]
    with tempfile.TemporaryDirectory(prefix="nkru-copies-") as folder:
        text = "\n".join(measured(Path(folder), options.edition, counts, options.rounds)) + "\n"
    options.out.write_text(text, "utf-8")
    sys.stdout.write(text)


def measured(folder: Path, edition: str, counts: list[int], rounds: int) -> Iterator[str]:
    """Yield the table of every way."""
    python = install()
    prepare(folder, edition)
    ours(folder, edition, 1, cold=True)
    ways = [*(f"{count}" for count in counts), LAID_OUT, ONE_FILE, "typst", "render"]
    taken: dict[str, list[Taken]] = {way: [] for way in ways}
    for number in range(rounds):
        turn = number % len(ways)
        for way in (*ways[turn:], *ways[:turn]):
            if way == "typst":
                taken[way].append(run_peer(python, "typst", folder))
            elif way == "render":
                taken[way].append(run_peer(Path(sys.executable), "render", folder))
            else:
                taken[way].append(ours(folder, edition, int(way.split()[0]), cold=way != LAID_OUT, one=way == ONE_FILE))
    yield from report(edition, taken, rounds)


def report(edition: str, taken: dict[str, list[Taken]], rounds: int) -> Iterator[str]:
    """Yield the lines of the table, ratios first."""

    def ratio(way: str, peer: str) -> float:
        return statistics.median(a.rate / b.rate for a, b in zip(taken[way], taken[peer], strict=True))

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield f"# Copies of `{edition}`"
    yield ""
    yield f"{cores} cores, Python {sys.version.split()[0]}, medians of {rounds} paired rounds, load in the end"
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    yield f"{load}. Ours is the whole command; of the peers, what they load and their first copy is not counted."
    yield ""
    yield "| way | x Typst | x re-render | x Typst, processor | copies/s | s | processor s | MiB |"
    yield "|---|---|---|---|---|---|---|---|"
    names = {"typst": f"Typst in process, {TYPST_COPIES}", "render": f"WeasyPrint per copy, {RENDERED_COPIES}"}
    for way, runs in taken.items():
        rate, seconds = (statistics.median(values) for values in zip(*((r.rate, r.seconds) for r in runs), strict=True))
        memory, worked = (statistics.median(v) for v in zip(*((r.memory, r.processor) for r in runs), strict=True))
        work = statistics.median(a.work / b.work for a, b in zip(runs, taken["typst"], strict=True))
        name = names.get(way, f"nkru-brief copies, {way}")
        yield (
            f"| {name} | {ratio(way, 'typst'):.2f} | {ratio(way, 'render'):.1f} | {work:.2f} | {rate:.1f} "
            f"| {seconds:.2f} | {worked:.2f} | {memory:.0f} |"
        )
    if "1000" in taken:
        memory = statistics.median(run.memory for run in taken["1000"])
        yield ""
        yield (
            f"Must, at 1,000: {ratio('1000', 'typst'):.1f} times Typst (≥ {MUST['typst']:g}), "
            f"{ratio('1000', 'render'):.0f} times re-rendering (≥ {MUST['render']:g}), "
            f"{memory:.0f} MiB (< {MUST['memory']:g})."
        )


# ---- ours ----


def ours(folder: Path, edition: str, count: int, *, cold: bool, one: bool = False) -> Taken:
    """Run the command, whole, for so many copies."""
    roster, out, cache = folder / f"roster-{count}.csv", folder / f"out-{count}", folder / "cache"
    shutil.rmtree(cache, ignore_errors=True) if cold else None
    lines = (f"Reader {number} Example,Organisation {number % 97}" for number in range(count))
    roster.write_text("name,organisation\n" + "\n".join(lines) + "\n", "utf-8")
    command = [sys.executable, "-m", "nkru_brief", "-C", str(ROOT), "copies", edition, "--roster", str(roster)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--out", str(out), *(["--one-file"] if one else [])],
        stdout=subprocess.DEVNULL,
        env=kept | {"NKRU_BRIEF_CACHE": str(cache), "PYTHONPYCACHEPREFIX": str(folder / "compiled")},
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or len(list(out.glob("*.pdf"))) != (1 if one else count):
        raise RuntimeError(f"the copies were not made: {command}")
    shutil.rmtree(out)
    return Taken(count, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


# ---- the peers ----


def install() -> Path:
    """Install Typst where it is not there, and return the Python that has it."""
    python = PEERS / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS / "venv")], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "typst"], check=True)
    return python


def prepare(folder: Path, edition: str) -> None:
    """Write what the peers print: the same handout as Typst's markup, and as a filled-in page with its faces."""
    from nkru_brief.build import sheets
    from nkru_brief.project import open_project
    from nkru_brief.report import Request

    project = open_project(ROOT)
    (sheet,) = sheets(project, Request(editions=(edition,), outputs=("pdf",)))
    faces = folder / "faces"
    faces.mkdir()
    html = sheet.html
    for face in sheet.faces:
        (faces / f"{face.digest}.ttf").write_bytes(face.data)
        html = html.replace(face.url, (faces / f"{face.digest}.ttf").as_uri())
    # The line of a copy as a running foot, where ours is stamped.
    foot = "@page { @bottom-center { content: 'COPY LINE'; font: 600 7.4pt Source Sans Pro; white-space: nowrap } }"
    (folder / "page.html").write_text(html.replace("</style>", f"{foot}</style>", 1), "utf-8")
    brief = project.briefs[edition]
    said = json.dumps

    def lines() -> Iterator[str]:
        yield f"#set document(title: {said(brief.title)})"
        yield '#set page(paper: "a4", margin: 19mm)'
        yield "#set page(footer: context [#sys.inputs.line #h(1fr) #counter(page).display()])"
        yield f'#set text(font: "Source Serif Pro", size: 9.8pt, lang: {said(brief.language)})'
        yield f"#title()\n#par({said(brief.subtitle, ensure_ascii=False)})"
        notes = {note.number: "; ".join(f"{claim.id} {claim.where}" for claim in note.claims) for note in brief.notes}
        for part in brief.parts:
            yield f"= #{said(part.title, ensure_ascii=False)}"
            for block in part.blocks:
                marks = "".join(f"#footnote({said(notes[call.note])})" for call in block.notes)
                yield f"#{said(block.text, ensure_ascii=False)}{marks}\n"
            texts = [str(getattr(row, "label", "") or getattr(row, "describe", "")) for row in part.rows]
            if texts:
                yield f"#table(columns: 1, ..({', '.join(said(text, ensure_ascii=False) for text in texts)},))"

    (folder / "handout.typ").write_text("\n".join(lines()), "utf-8")


def run_peer(python: Path, peer: str, folder: Path) -> Taken:
    """Run a peer in a process of its own, which says how long its copies took."""
    command = [str(python), str(Path(__file__).resolve()), "--peer", peer, "--folder", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{peer} failed")
    copies, seconds, processor = said.split()
    return Taken(int(copies), float(seconds), float(processor), used.ru_maxrss / 1024)


def peer_typst(folder: Path) -> None:
    """Compile a copy after another with one compiler, tagged as PDF/UA-1."""
    import typst  # type: ignore[import-not-found]

    compiler = typst.Compiler(str(folder / "handout.typ"), font_paths=[str(folder / "faces")], ignore_system_fonts=True)

    def copy(number: int) -> None:
        line = f"Copy {number} of 1000 · Reader {number} Example · Organisation {number % 97}"
        data = compiler.compile(sys_inputs={"line": line}, pdf_standards=["ua-1"])
        (folder / f"typst-{number}.pdf").write_bytes(data)

    copy(0)
    start, worked = time.perf_counter(), time.process_time()
    for number in range(1, TYPST_COPIES + 1):
        copy(number)
    print(TYPST_COPIES, time.perf_counter() - start, time.process_time() - worked)


def peer_render(folder: Path) -> None:
    """Render a copy after another with WeasyPrint, its faces loaded once, tagged as PDF/UA-1."""
    import logging
    import warnings

    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    html, fonts = (folder / "page.html").read_text("utf-8"), FontConfiguration()

    def copy(number: int) -> None:
        line = f"Copy {number} of 1000 · Reader {number} Example · Organisation {number % 97}"
        page = weasyprint.HTML(string=html.replace("COPY LINE", line))
        page.write_pdf(folder / f"rendered-{number}.pdf", font_config=fonts, pdf_variant="pdf/ua-1")

    copy(0)
    start, worked = time.perf_counter(), time.process_time()
    for number in range(1, RENDERED_COPIES + 1):
        copy(number)
    print(RENDERED_COPIES, time.perf_counter() - start, time.process_time() - worked)


if __name__ == "__main__":
    main()
