"""Measures the builder beside its peers, and writes a table: `make bench`.

Every round runs each way once, one after the other, beginning with another each time, so that what the machine does
meanwhile hits all alike. A ratio is the median of the ratios of each round, not a ratio of medians.

    python benchmarks/bench.py [--rounds 7] [--jobs one,all,again,light,live,long,many,fit] [--peers] [--many 200]

`--peers` installs, into benchmarks/.peers/, what package registries have of the peers: pandoc, typst, Paged.js and
Vivliostyle; Chromium and LaTeX come from Debian, where this runs as root there, or are used where the machine has them.
A peer that fails is a line of the table that says why.
"""

import argparse
import compileall
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"
PEERS = HERE / ".peers"
ONE = "policymaker"
# Paragraphs that come to about 10 and about 200 pages.
LENGTHS = (108, 2385)
COMMAND = [sys.executable, "-m", "nkru_brief"]


class Way(NamedTuple):
    """A way to do a job: its name, the commands it takes, and what to do before each round."""

    name: str
    commands: list[list[str]]
    before: Callable[[], None] = lambda: None


class Compared(NamedTuple):
    """What each way took in each round, and of those that failed, why."""

    taken: dict[str, list["Taken"]]
    failed: dict[str, str]


class Taken(NamedTuple):
    """What a run took: wall time and time of the processor in s, and the most memory in MiB."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Run the jobs that the command line names, and print their tables."""
    jobs = {
        "one": one,
        "all": every,
        "again": again,
        "light": light,
        "live": live,
        "long": long,
        "many": many,
        "fit": fit,
    }
    parser = argparse.ArgumentParser(description="Measure the builder beside its peers.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--jobs", default=",".join(jobs), help=f"some of {', '.join(jobs)}")
    parser.add_argument("--peers", action="store_true", help="install the peers first")
    parser.add_argument("--many", type=int, default=200, help="briefings for the job `many`")
    parser.add_argument("--out", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    if options.peers:
        install_peers()
    # As if installed: peers were compiled when they were, and a checkout is compiled when it is first run.
    compileall.compile_dir(ROOT / "src", quiet=1)
    with tempfile.TemporaryDirectory(prefix="nkru-bench-") as folder:
        bench = Bench(Path(folder), options.rounds, options.many)
        text = "\n".join(
            [*head(options.rounds), *(line for job in options.jobs.split(",") for line in jobs[job](bench))]
        )
    options.out.write_text(text + "\n", "utf-8")
    sys.stdout.write(text + "\n")


def head(rounds: int) -> Iterator[str]:
    """Yield what is above the tables: where they were measured, and what may disturb them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield "# Measured"
    yield ""
    yield f"{cores} cores, Python {sys.version.split()[0]}, medians of {rounds} paired rounds, load before: " + (
        f"{os.getloadavg()[0]:.1f}." if hasattr(os, "getloadavg") else "unknown."
    )
    yield "`ratio` is to the first line of each table; `must` is what the project promises of it."


class Bench:
    """A folder to work in, and the papers that peers are to print, written once."""

    def __init__(self, folder: Path, rounds: int, number: int) -> None:
        self.folder, self.rounds, self.number = folder, rounds, number
        self.papers = folder / "papers"
        self.editions = write_papers(self.papers)

    def ours(self, name: str, *arguments: str, cold: bool = True) -> Way:
        """Return the builder as a way; cold means an empty cache and no files before each round."""
        out, cache = self.folder / f"out-{name}", self.folder / f"cache-{name}"

        def before() -> None:
            if cold:
                shutil.rmtree(cache, ignore_errors=True)
                shutil.rmtree(out, ignore_errors=True)

        environment = ["env", f"NKRU_BRIEF_CACHE={cache}"]
        return Way(name, [[*environment, *COMMAND, "-C", str(ROOT), "build", "--out", str(out), *arguments]], before)

    def bare(self, edition: str, kind: str) -> list[str]:
        """Return the command of the bare script."""
        output = str(self.folder / f"bare-{edition}.{kind}")
        return [sys.executable, str(HERE / "bare.py"), str(self.papers / f"{edition}-{kind}"), output]


def write_papers(folder: Path) -> list[str]:
    """Write, for each edition and output, what the bare script prints, and return the editions."""
    from nkru_brief.build import sheets
    from nkru_brief.project import open_project
    from nkru_brief.report import Request

    project = open_project(ROOT)
    for sheet in sheets(project, Request()):
        paper = folder / f"{sheet.edition}-{sheet.output}"
        (paper / "sections").mkdir(parents=True)
        html = sheet.html
        for face in sheet.faces:
            path = folder / f"{face.digest}.ttf"
            if not path.exists():
                path.write_bytes(face.data)
            html = html.replace(face.url, path.as_uri())
        # The page as a template: nothing in it is an expression.
        (paper / "page.html").write_text("{% raw %}" + html + "{% endraw %}{% set done = sections|length %}", "utf-8")
        (paper / "fonts.conf").write_text("<fontconfig></fontconfig>", "utf-8")
        (paper / "options.json").write_text(json.dumps({"pdf_tags": True}), "utf-8")
        edition = project.editions[sheet.edition]
        for number, use in enumerate(edition.sections or ()):
            level = use.level or edition.level or "standard"
            fragment = project.fragments.get((use.id, level)) or project.fragments.get((use.id, "standard"))
            if fragment is not None:
                (paper / "sections" / f"{number:02d}.md").write_text(fragment.text, "utf-8")
        if _pandoc():
            _write_markdown(sheet.html, paper / "all.md")
    return list(project.briefs)


def _write_markdown(html: str, path: Path) -> None:
    """Write a page as Markdown: all its words, headings, lists and tables, but no pictures, styles or links."""
    bare = re.sub(r'<svg.*?</svg>|<img[^>]*>| (?:href="#|role="doc-|id=")[^"]*"', "", html, flags=re.DOTALL)
    command = [_pandoc() or "pandoc", "-f", "html", "-t", "markdown_strict+pipe_tables-raw_html", "-o", str(path)]
    subprocess.run(command, input=bare, text=True, check=True)


# Runs a command and says what it took. A process counts as its own the memory of the one that started it, and this one,
# which may hold the page engine, has more than some that it measures.
_STARTER = """
import os, sys, time
start = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(child, 0)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
sys.exit(os.waitstatus_to_exitcode(status) != 0)
"""

_Maker = Callable[[Bench, str], list[str] | None]


def run(command: list[str], seconds: int = 120) -> Taken:
    """Run a command to its end and return what it took; one that takes longer than `seconds` has failed.

    Raises:
        RuntimeError: it failed.
    """
    # A peer that hangs is left out like one that fails.
    limited = ["timeout", str(seconds), *command] if shutil.which("timeout") else command
    starter = [sys.executable, "-S", "-c", _STARTER, *limited]
    done = subprocess.run(starter, capture_output=True, text=True, errors="replace", cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    return Taken(*map(float, done.stdout.split()))


def compare(ways: list[Way], rounds: int) -> Compared:
    """Return what each way took in each round; one that fails is left out from then on, and why is kept."""
    taken: dict[str, list[Taken]] = {way.name: [] for way in ways}
    failed: dict[str, str] = {}
    for number in range(rounds):
        turn = number % len(ways)
        for way in (*ways[turn:], *ways[:turn]):
            if way.name in failed:
                continue
            way.before()
            try:
                parts = [run(command) for command in way.commands]
            except (RuntimeError, OSError) as error:
                sys.stderr.write(f"{way.name} is left out: {error}\n")
                failed[way.name] = _reason(str(error))
                continue
            taken[way.name].append(
                Taken(sum(p.wall for p in parts), sum(p.cpu for p in parts), max(p.memory for p in parts))
            )
    return Compared({name: runs for name, runs in taken.items() if len(runs) == rounds}, failed)


def _reason(said: str) -> str:
    """Return the line of a failure that says most: the first that names an error, else the last."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = (line for line in lines[1:] if re.search("error|exception|fail", line, re.IGNORECASE))
    return next(telling, lines[-1] if lines else "no word")[:160].replace("|", "/")


def table(title: str, compared: Compared, must: dict[str, str] | None = None) -> Iterator[str]:
    """Yield a table of what was taken, ratios first; what failed is a line, too."""
    yield from (
        "",
        f"## {title}",
        "",
        "| way | ratio | wall s | processor s | MiB | must |",
        "|---|---|---|---|---|---|",
    )
    base = next(iter(compared.taken.values()))
    for name, runs in compared.taken.items():
        ratio = statistics.median(run.wall / first.wall for run, first in zip(runs, base, strict=True))
        wall, cpu, memory = (statistics.median(run[field] for run in runs) for field in range(3))
        yield f"| {name} | {ratio:.2f} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {(must or {}).get(name, '')} |"
    yield from (f"| {name} | failed: {reason} | | | | |" for name, reason in compared.failed.items())


# ---- the jobs ----


def one(bench: Bench) -> Iterator[str]:
    """One edition as PDF, from nothing."""
    ways = [
        Way("bare script", [bench.bare(ONE, "pdf")]),
        bench.ours("nkru-brief", "-e", ONE, "-o", "pdf"),
        *peers(bench, [ONE]),
    ]
    yield from table(
        f"One edition ({ONE}), PDF, cold, empty cache", compare(ways, bench.rounds), {"nkru-brief": "≤ 1.15"}
    )


def every(bench: Bench) -> Iterator[str]:
    """All shipped editions as PDF and HTML, from nothing."""
    bare = [bench.bare(edition, kind) for edition in bench.editions for kind in ("html", "pdf")]
    ways = [Way("bare scripts", bare), bench.ours("nkru-brief"), *peers(bench, bench.editions, web=True)]
    title = f"All {len(bench.editions)} editions, PDF and HTML, cold, empty cache"
    must = {"nkru-brief": "≤ 0.55, faster than all but pandoc, typst"}
    yield from table(title, compare(ways, bench.rounds), must)


def again(bench: Bench) -> Iterator[str]:
    """Nothing changed, all editions."""
    ours = bench.ours("nkru-brief, nothing changed", cold=False)
    for command in ours.commands:
        run(command)
    ways = [ours, *(way for way in peers(bench, [ONE]) if "typst" in way.name)]
    must = {ours.name: "≤ 0.25 s, < pandoc with typst"}
    yield from table("Nothing changed, all editions (typst: one edition)", compare(ways, bench.rounds), must)


def light(bench: Bench) -> Iterator[str]:
    """Commands that set no page."""
    project = bench.folder / "light"
    for name in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / name, project / name)
    page = project / "content" / "sections" / "history.standard.md"

    def cache(name: str) -> list[str]:
        return ["env", f"NKRU_BRIEF_CACHE={bench.folder / name}", *COMMAND, "-C", str(project)]

    def edited() -> None:
        page.write_text(page.read_text("utf-8") + "\n", "utf-8")

    reworded = bench.folder / "reworded"
    for name in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / name, reworded / name)
    section = reworded / "content" / "sections" / "history.standard.md"
    rewording = ["env", f"NKRU_BRIEF_CACHE={bench.folder / 'light-e'}", *COMMAND, "-C", str(reworded), "check"]

    def worded() -> None:
        # A word before the first citation: every paper that has the section says it.
        word = f" x{time.time_ns()} [@"
        section.write_text(re.sub(r"(?: x\d+)? \[@", word, section.read_text("utf-8"), count=1), "utf-8")

    run(rewording)
    run([*cache("light-b"), "check"])
    ways = [
        Way("--help", [[*COMMAND, "--help"]]),
        Way("check, empty cache", [[*COMMAND, "-C", str(project), "check", "--no-cache"]]),
        Way("check, one section edited", [[*cache("light-b"), "check"]], edited),
        Way("check, one word edited", [rewording], worded),
    ]
    must = {"--help": "≤ 0.15 s", "check, one section edited": "≤ 0.4 s", "check, nothing changed": "≤ 0.4 s"}
    must["check, one word edited"] = "≤ 0.4 s"
    unchanged = bench.folder / "unchanged"
    for name in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / name, unchanged / name)
    still = ["env", f"NKRU_BRIEF_CACHE={bench.folder / 'light-d'}", *COMMAND, "-C", str(unchanged), "check"]
    run(still)
    ways.append(Way("check, nothing changed", [still]))
    yield from table("Light commands", compare(ways, bench.rounds), must)


def fit(bench: Bench) -> Iterator[str]:
    """An edition fitted to one sheet, beside one warm press of what was chosen."""
    from fitting import measured

    yield from (
        "",
        "## Fit one sheet (handout), beside one warm press of the sheet chosen",
        "",
        "| edition | ratio | wall s | processor s | one press s | must |",
        "|---|---|---|---|---|---|",
    )
    for name, rounds in measured(ROOT, bench.rounds).items():
        ratio = statistics.median(fitted[0] / once[0] for once, fitted in rounds)
        wall, cpu = (statistics.median(fitted[field] for _, fitted in rounds) for field in range(2))
        press = statistics.median(once[0] for once, _ in rounds)
        yield f"| {name} | {ratio:.2f} | {wall:.2f} | {cpu:.2f} | {press:.2f} | ≤ 3 |"


def live(bench: Bench) -> Iterator[str]:
    """From saving a word to seeing it, in a real browser."""
    from live import measured

    found = measured(ROOT, bench.folder / "live", ONE, bench.rounds)
    once = bench.ours("cold", "-e", ONE, "-o", "pdf")
    cold = statistics.median(taken.wall for taken in compare([once], bench.rounds).taken[once.name])
    half = f"≤ {cold / 2:.2f} s, half a cold single run"
    yield from ("", f"## One word changed, `serve`, one edition in view ({ONE})", "")
    yield from ("| what | median s | must |", "|---|---|---|")
    yield f"| saved to web page in the browser | {statistics.median(found.page):.3f} | ≤ 0.15 s |"
    yield f"| saved to the printed page in view | {statistics.median(found.first):.2f} | {half} |"
    yield f"| saved to all printed pages in the browser | {statistics.median(found.pages):.2f} | {half} |"
    yield f"| the last of five saves in a row to the printed page in view | {statistics.median(found.hurried):.2f} | |"


def long(bench: Bench) -> Iterator[str]:
    """The time of a page in a long paper, beside that in a short one: of the processor, for a paper has one worker."""
    from briefings import write

    yield from ("", "## Long papers: one edition, PDF, from nothing", "")
    yield from ("| pages | processor s | wall s | s a page | ratio | MiB | must |", "|---|---|---|---|---|---|---|")
    # What a run takes whatever it makes is that of a paper of one paragraph: the interpreter and the page engine.
    projects = {paragraphs: bench.folder / f"long-{paragraphs}" for paragraphs in (1, *LENGTHS)}
    for paragraphs, project in projects.items():
        write(project, 1, paragraphs)
    rounds = [{paragraphs: _long(projects[paragraphs], bench) for paragraphs in projects} for _ in range(bench.rounds)]
    start = statistics.median(taken[1].cpu for taken in rounds)
    short = _pages(bench.folder / f"out-long-{LENGTHS[0]}")
    for paragraphs in LENGTHS:
        pages = _pages(bench.folder / f"out-long-{paragraphs}")
        each = [(taken[paragraphs].cpu - taken[1].cpu) / pages for taken in rounds]
        first = [(taken[LENGTHS[0]].cpu - taken[1].cpu) / short for taken in rounds]
        ratio = statistics.median(one / other for one, other in zip(each, first, strict=True))
        cpu, wall = (
            statistics.median(getattr(taken[paragraphs], name) for taken in rounds) for name in ("cpu", "wall")
        )
        memory = max(taken[paragraphs].memory for taken in rounds)
        must = "≤ 1.3" if paragraphs == LENGTHS[-1] else ""
        page = statistics.median(each)
        yield f"| {pages} | {cpu:.2f} | {wall:.2f} | {page:.3f} | {ratio:.2f} | {memory:.0f} | {must} |"
    yield ""
    yield f"Of each run {start:.2f} s are not counted as its pages': what a paper of one paragraph takes."


def _long(project: Path, bench: Bench) -> Taken:
    out = str(bench.folder / f"out-{project.name}")
    return run([*COMMAND, "-C", str(project), "build", "--jobs", "1", "--no-cache", "--out", out], seconds=1800)


def _pages(folder: Path) -> int:
    from nkru_brief.pdfreader import read

    return sum(len(read(path.read_bytes()).drawn) for path in folder.rglob("*.pdf"))


def many(bench: Bench) -> Iterator[str]:
    """Many small briefings on one worker and on two, of a real cluster on this machine."""
    from many import measured, table

    yield from ("", f"## {bench.number} generated briefings on a Dask cluster", "")
    yield from table(bench.folder / "many", bench.number, (1, 2), measured, bench.rounds)
    yield "1 to 2 workers must be at least 1.8 times as fast, on two idle cores."


# ---- the peers ----


# Debian's packages of what no registry has, each with the commands of which one has to be there.
DEBIAN = {
    ("chromium", "chromium-browser", "google-chrome"): ["chromium"],
    ("lualatex", "xelatex"): ["texlive-luatex", "texlive-latex-recommended", "lmodern"],
}


def install_peers() -> None:
    """Install what registries have of the peers, beside this file, and as root on Debian what only Debian has."""
    PEERS.mkdir(exist_ok=True)
    for commands, packages in DEBIAN.items():
        if not any(map(shutil.which, commands)) and shutil.which("apt-get") and os.geteuid() == 0:
            subprocess.run(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages], check=True)
    python = PEERS / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS / "venv")], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "pypandoc_binary", "typst", "weasyprint"], check=True)
    if npm := shutil.which("npm"):
        # They bring a browser of their own unless told that there is one.
        environment = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
        command = [npm, "install", "--no-fund", "--no-audit", "--silent", "pagedjs-cli", "@vivliostyle/cli"]
        subprocess.run(command, cwd=PEERS, env=environment, check=True)


def peers(bench: Bench, editions: list[str], *, web: bool = False) -> Iterator[Way]:
    """Yield the peers that are there, each with its commands for these editions as PDF, and with `web` as HTML, too."""
    makers: dict[str, tuple[_Maker, _Maker | None]] = {
        "pandoc, typst": (_pandoc_typst, _pandoc_html),
        # A page of HTML is on its way to the PDF.
        "pandoc, WeasyPrint": (_pandoc_weasyprint, None),
        "pandoc, LaTeX": (_pandoc_latex, _pandoc_html),
        "Chromium": (_chromium, _bare_html),
        "Paged.js": (_pagedjs, _bare_html),
        "Vivliostyle": (_vivliostyle, _bare_html),
    }
    for name, (paper, page) in makers.items():
        wanted = [paper, page] if web and page else [paper]
        commands = [maker(bench, edition) for edition in editions for maker in wanted]
        if all(commands):
            yield Way(name, [command for command in commands if command])
        else:
            yield Way(name, [[sys.executable, "-c", "raise SystemExit('error: it is not there; see --peers')"]])


def _pandoc() -> str | None:
    found = next(PEERS.glob("venv/lib/python*/site-packages/pypandoc/files/pandoc"), None)
    return str(found) if found else shutil.which("pandoc")


def _pandoc_typst(bench: Bench, edition: str) -> list[str] | None:
    pandoc, python = _pandoc(), PEERS / "venv" / "bin" / "python"
    if pandoc is None or not python.exists():
        return None
    made = bench.folder / f"typst-{edition}"
    script = (
        f"{pandoc} -s {bench.papers}/{edition}-pdf/all.md -t typst -o {made}.typ && "
        f"{python} -c \"import typst; typst.compile('{made}.typ', output='{made}.pdf')\""
    )
    return ["sh", "-c", script]


def _pandoc_html(bench: Bench, edition: str) -> list[str] | None:
    pandoc, paper = _pandoc(), f"{bench.papers}/{edition}-pdf/all.md"
    made = f"{bench.folder}/pandoc-{edition}.html"
    return [pandoc, "-s", paper, "-o", made, "--metadata", "title=x"] if pandoc else None


def _bare_html(bench: Bench, edition: str) -> list[str] | None:
    return bench.bare(edition, "html")


def _pandoc_weasyprint(bench: Bench, edition: str) -> list[str] | None:
    pandoc, engine = _pandoc(), PEERS / "venv" / "bin" / "weasyprint"
    if pandoc is None or not engine.exists():
        return None
    paper = f"{bench.papers}/{edition}-pdf"
    made = bench.folder / f"pandoc-{edition}"
    script = (
        f"{pandoc} -s {paper}/all.md -t html5 -o {made}.html --metadata title=x && {engine} -q {made}.html {made}.pdf"
    )
    return ["sh", "-c", script]


def _pandoc_latex(bench: Bench, edition: str) -> list[str] | None:
    # No package registry has a TeX; Debian's texlive-luatex brings one, with lmodern for its faces.
    pandoc, engine = _pandoc(), shutil.which("lualatex") or shutil.which("xelatex")
    if pandoc is None or engine is None:
        return None
    made = bench.folder / f"latex-{edition}.pdf"
    return [pandoc, "-s", f"{bench.papers}/{edition}-pdf/all.md", f"--pdf-engine={engine}", "-o", str(made)]


def _browser() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _page(bench: Bench, edition: str) -> Path:
    """Return the page of an edition as a browser can open it."""
    page = bench.folder / f"{edition}.html"
    if not page.exists():
        # The page made for print: that for the web forbids the scripts that browser-side engines are.
        run([sys.executable, str(HERE / "bare.py"), str(bench.papers / f"{edition}-pdf"), str(page)])
    return page


def _chromium(bench: Bench, edition: str) -> list[str] | None:
    browser = _browser()
    if browser is None:
        return None
    output = f"--print-to-pdf={bench.folder}/chromium-{edition}.pdf"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--no-pdf-header-footer"]
    return [browser, *flags, output, _page(bench, edition).as_uri()]


def _pagedjs(bench: Bench, edition: str) -> list[str] | None:
    command, browser = PEERS / "node_modules" / ".bin" / "pagedjs-cli", _browser()
    if browser is None or not command.exists():
        return None
    output = str(bench.folder / f"paged-{edition}.pdf")
    arguments = ["--browserArgs", "--no-sandbox,--allow-file-access-from-files", "-o", output]
    return ["env", f"PUPPETEER_EXECUTABLE_PATH={browser}", str(command), str(_plain_page(bench, edition)), *arguments]


def _plain_page(bench: Bench, edition: str) -> Path:
    """Return the page of an edition without the rules that Paged.js stops at.

    It cuts a selector with a sibling in it at every comma, those inside `:is(a, b)` too.
    """
    page = bench.folder / f"{edition}-plain.html"
    rule = re.compile(r"[^{};]*:(?:is|not|where)\([^{}]*,[^{}]*\{[^{}]*\}")
    if not page.exists():
        page.write_text(rule.sub(_unless_of_siblings, _page(bench, edition).read_text("utf-8")), "utf-8")
    return page


def _unless_of_siblings(rule: re.Match[str]) -> str:
    selector = rule[0].partition("{")[0]
    return "" if re.search(r"[+~]", selector) else rule[0]


def _vivliostyle(bench: Bench, edition: str) -> list[str] | None:
    command, browser = PEERS / "node_modules" / ".bin" / "vivliostyle", _browser()
    if browser is None or not command.exists():
        return None
    output = str(bench.folder / f"vivliostyle-{edition}.pdf")
    arguments = ["-o", output, "--executable-browser", browser, "--log-level", "silent"]
    return [str(command), "build", str(_page_without_policy(bench, edition)), *arguments]


def _page_without_policy(bench: Bench, edition: str) -> Path:
    """Return the page of an edition without the policy of notes (GCPM, 2.6), at which Vivliostyle hangs."""
    page = bench.folder / f"{edition}-without-policy.html"
    if not page.exists():
        text = _page(bench, edition).read_text("utf-8")
        page.write_text(re.sub(r"footnote-policy\s*:[^;}]+", "", text), "utf-8")
    return page


if __name__ == "__main__":
    main()
