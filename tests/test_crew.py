"""Workers: one that fails, is killed or is not needed harms nobody else."""

import gc
import os
import pickle
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import SimpleQueue

import pytest

from nkru_brief import crew as crews
from nkru_brief import forms, markup, memory, pressing, project, readback
from nkru_brief.build import build
from nkru_brief.cache import NOWHERE, Cache
from nkru_brief.collecting import seldom
from nkru_brief.crew import Crew, Line, WorkerLost, hire
from nkru_brief.diagnostics import ContentError
from nkru_brief.report import Request, Silent
from nkru_brief.sheet import Artifact, Face, Sheet
from nkru_brief.values import replace


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with Crew(2, os.getpid) as workers:
        yield workers


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives workers all the time they want to hear: a busy machine is not a deaf worker."""
    monkeypatch.setattr(crews, "_PATIENCE", 60)


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fails() -> None:
    raise LookupError("no such tide")


class Stubborn(Exception):  # noqa: N818
    def __reduce__(self) -> str:
        raise TypeError("not with me")


def fails_stubbornly() -> None:
    raise Stubborn("I stay here")


def counts_down(line: Line, start: int) -> str:
    for number in range(start, 0, -1):
        line.tell(number)
    return "lift-off"


def waits(line: Line) -> bool:
    """Tell of itself, and wait for a word; return whether one came."""
    line.tell(os.getpid())
    start = time.perf_counter()
    line.listen(60)
    return time.perf_counter() - start < 60


def is_deaf(line: Line) -> None:
    line.tell(os.getpid())
    signal.pause()


def tells_of_looking(looked: Event) -> None:
    """Tell when all objects are looked at a second time: the first time is before any call."""
    times: list[int] = []

    def tell(phase: str, info: dict[str, int]) -> None:
        times.extend([0] if phase == "stop" and info["generation"] == 2 else [])
        if len(times) == 2:
            looked.set()

    gc.callbacks.append(tell)


def pace() -> int:
    """Return how many objects are made in a press before Python looks at them."""
    with seldom(1):
        return gc.get_threshold()[0]


def faced(paper: Sheet) -> list[bytes]:
    return [face.data for face in paper.faces]


def kept() -> str:
    """Leave something in a temporary folder, as the engine does, and never take it away."""
    return tempfile.mkdtemp()


class TestCrew:
    def test_what_workers_leave_goes_with_them(self) -> None:
        with Crew(1, os.getpid) as workers:
            folder = Path(workers.submit(kept).result(60))
            assert folder.is_dir()
        assert not folder.exists()

    def test_it_makes_calls_in_other_processes(self, crew: Crew) -> None:
        futures = [crew.submit(os.getpid) for _ in range(6)]
        assert os.getpid() not in {future.result(60) for future in futures}
        assert crew.submit(divmod, 7, 2).result(60) == (3, 1)

    def test_what_a_call_finds_meanwhile_is_told_before_it_ends(self, crew: Crew) -> None:
        told: list[int] = []
        assert crew.follow(told.append, counts_down, 3).result(60) == "lift-off"
        assert told == [3, 2, 1]

    def test_an_error_comes_back_as_it_is(self, crew: Crew) -> None:
        with pytest.raises(LookupError, match="no such tide"):
            crew.submit(fails).result(60)

    def test_an_error_that_cannot_travel_is_told(self, crew: Crew) -> None:
        with pytest.raises(RuntimeError, match="Stubborn: I stay here"):
            crew.submit(fails_stubbornly).result(60)

    def test_what_cannot_be_sent_is_that_calls_fault(self, crew: Crew) -> None:
        with pytest.raises(Exception, match="pickle"):
            crew.submit(lambda: None).result(60)
        assert crew.submit(abs, -1).result(60) == 1

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
    def test_a_killed_worker_costs_its_own_call_only(self, crew: Crew) -> None:
        futures = [crew.submit(abs, -1), crew.submit(dies), crew.submit(abs, -2), crew.submit(abs, -3)]
        with pytest.raises(WorkerLost, match="ended with code -9"):
            futures[1].result(60)
        assert [future.result(60) for number, future in enumerate(futures) if number != 1] == [1, 2, 3]

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no signal.pause")
    def test_a_call_that_is_given_up_harms_no_other(self) -> None:
        with Crew(1, os.getpid) as workers:
            for _ in range(3):
                future = workers.submit(signal.pause)
                while not future.running():
                    pass
                workers.give_up(future)
                # One that is done already, or not yet begun, is given up without a worker's end.
                quick = workers.submit(abs, -1)
                with pytest.raises(WorkerLost):
                    future.result(60)
                assert quick.result(60) == 1
                workers.give_up(quick)
                assert workers.submit(abs, -2).result(60) == 2

    def test_a_call_that_is_followed_hears_that_it_may_go_on(self) -> None:
        told: SimpleQueue[int] = SimpleQueue()
        with Crew(1, os.getpid) as workers:
            future = workers.follow(told.put, waits)
            told.get(timeout=60)
            workers.go_on(workers.submit(abs, -1))
            assert not future.done()
            workers.go_on(future)
            assert future.result(60)

    @pytest.mark.usefixtures("patient")
    def test_one_that_is_given_up_leaves_its_worker_warm(self) -> None:
        told: SimpleQueue[int] = SimpleQueue()
        with Crew(1, os.getpid) as workers:
            for _ in range(3):
                future = workers.follow(told.put, waits)
                worker = told.get(timeout=60)
                workers.give_up(future)
                # The second word comes late, and is no next call's.
                workers.go_on(future)
                with pytest.raises(WorkerLost, match="it was given up"):
                    future.result(60)
                assert workers.submit(os.getpid).result(60) == worker

    @pytest.mark.usefixtures("patient")
    def test_one_that_is_given_up_before_its_worker_heard_of_it_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        send, told = crews._send, SimpleQueue[int]()

        def send_late(worker: crews._Worker, call: crews._Call) -> None:
            workers.give_up(call.future)
            send(worker, call)

        monkeypatch.setattr(crews, "_send", send_late)
        with Crew(1, os.getpid) as workers, pytest.raises(WorkerLost, match="it was given up"):
            workers.follow(told.put, waits).result(60)

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no signal.pause")
    def test_one_that_does_not_hear_that_it_is_given_up_is_ended(self) -> None:
        told: SimpleQueue[int] = SimpleQueue()
        with Crew(1, os.getpid) as workers:
            future = workers.follow(told.put, is_deaf)
            worker = told.get(timeout=60)
            workers.give_up(future)
            with pytest.raises(WorkerLost, match="ended with code"):
                future.result(60)
            assert workers.submit(os.getpid).result(60) != worker

    def test_a_worker_without_a_call_looks_for_what_it_can_drop(self) -> None:
        looked = get_context("spawn").Event()
        with Crew(1, partial(tells_of_looking, looked), rests=True) as workers:
            assert workers.submit(abs, -1).result(60) == 1
            assert looked.wait(60)
            assert workers.submit(abs, -2).result(60) == 2

    def test_while_it_works_it_hardly_looks(self) -> None:
        """Less often than one that does not rest, in what is called as well."""
        with Crew(1, os.getpid, rests=True) as resting, Crew(1, os.getpid) as other:
            assert resting.submit(pace).result(60) > 2 * other.submit(pace).result(60)

    def test_one_that_is_sent_home_is_not_waited_for(self) -> None:
        with hire(2, signal.pause) as workers:
            assert isinstance(workers, Crew)
            future = workers.submit(abs, -1)
        assert future.cancelled() or future.exception(60) is not None
        with pytest.raises(RuntimeError, match="gone home"):
            workers.submit(abs, -1)

    def test_a_face_is_sent_to_a_worker_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[dict[str, bytes]] = []
        send = Connection.send
        monkeypatch.setattr(Connection, "send", lambda pipe, work: sent.append(work[3]) or send(pipe, work))
        faces = [Face(family="F", weight=400, style="normal", digest=digit, data=digit.encode() * 9) for digit in "ab"]
        papers = [replace(sheet(1), faces=(faces[0],)), replace(sheet(2), faces=tuple(faces)), sheet(3)]
        with Crew(1, os.getpid) as workers:
            for paper in (*papers, papers[1]):
                assert workers.submit(faced, paper).result(60) == [face.data for face in paper.faces]
            # One that takes another's place has none.
            with pytest.raises(WorkerLost):
                workers.submit(dies).result(60)
            assert workers.submit(faced, papers[0]).result(60) == [faces[0].data]
        assert [sorted(each) for each in sent] == [["a"], ["b"], [], [], [], ["a"]]

    def test_one_worker_is_none(self) -> None:
        with hire(1, os.getpid) as workers:
            assert workers is None


def sheet(number: int, length: int = 10, output: str = "html") -> Sheet:
    return Sheet(edition=f"e{number}", output=output, path=f"{number}", html="x" * length, faces=(), created=0)


def pressed(sheet: Sheet) -> Artifact:
    if sheet.path == "3":
        raise LookupError("no such tide")
    return Artifact(edition=sheet.edition, output=sheet.output, path=sheet.path, data=b"x", pages=None)


class Recording(Executor):
    """Notes in which order sheets are submitted, and how many are under way."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN201
        self.paths.append(args[0].path)
        future: Future[object] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except LookupError as error:
            future.set_exception(error)
        return future


class Near(Recording):
    """Lays what it makes in the cache itself."""

    on_this_machine = True


class Hands(Recording):
    """Fills in pages, too, as workers do that are sent once what pages have in common."""

    sends_once = True

    def __init__(self) -> None:
        super().__init__()
        self.filled: list[str] = []

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN201
        if fn is not forms.fill:
            return super().submit(fn, *args, **kwargs)
        self.filled.append(args[0].spec.path)
        future: Future[object] = Future()
        try:
            # What is in common was sent before, and goes back and forth as bytes.
            sent = pickle.loads(pickle.dumps(args[0].bare()))  # noqa: S301
            future.set_result(fn(sent.whole(args[0].common()), *args[1:]))
        except ContentError as error:
            future.set_exception(pickle.loads(pickle.dumps(error)))  # noqa: S301
        return future


class NearHands(Hands):
    """Keeps what it fills in, too."""

    on_this_machine = True


class TestPressing:
    @pytest.fixture(autouse=True)
    def _pressed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pressing, "press", pressed)

    def paths(self, sheets: list[Sheet], executor: Executor | None) -> list[str]:
        return [each.artifact.path for each in pressing.press_all(sheets, NOWHERE, executor, Silent())]

    def test_the_longest_go_first_and_come_back_in_order(self) -> None:
        executor = Recording()
        sheets = [sheet(0, 10), sheet(1, 30), sheet(2, 20), sheet(4, 9, "pdf")]
        assert self.paths(sheets, executor) == ["0", "1", "2", "4"]
        assert executor.paths == ["4", "1", "2", "0"]

    def test_any_executor_will_do(self) -> None:
        sheets = [sheet(number) for number in (0, 1, 2)]
        with ThreadPoolExecutor(2) as executor:
            assert self.paths(sheets, executor) == self.paths(sheets, None) == ["0", "1", "2"]

    @pytest.mark.parametrize("executor", [None, Recording()], ids=["here", "elsewhere"])
    def test_one_failure_names_its_sheet_and_spares_the_others(self, executor: Executor | None) -> None:
        results = list(pressing.press_all(map(sheet, range(5)), NOWHERE, executor, Silent()))
        assert [each.failure for each in results if each.artifact.path != "3"] == [""] * 4
        assert results[3].failure == "it could not be pressed: LookupError: no such tide"

    def test_only_so_many_sheets_are_taken_ahead(self) -> None:
        taken = 0

        def sheets() -> Iterator[Sheet]:
            nonlocal taken
            for number in range(4, 4 + 3 * pressing.WINDOW):
                taken += 1
                yield sheet(number)

        results = pressing.press_all(sheets(), NOWHERE, Recording(), Silent())
        for done, _ in enumerate(results):
            assert taken - done <= pressing.WINDOW + 1
        assert done == 3 * pressing.WINDOW - 1


class Numbered(Silent):
    """Progress that notes what is done."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def done(self, path: str) -> None:
        self.paths.append(path)


class TestShelving:
    """Of many sheets those that are pressed wait in the cache, and memory holds a window of them."""

    NUMBER = 2 * pressing.WINDOW

    @pytest.fixture(autouse=True, params=[Recording, Near])
    def _pressed(self, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
        monkeypatch.setattr(pressing, "press", pressed)
        self.executor: Executor = request.param()

    def begun(self, cache: Cache) -> tuple[pressing.Press, Numbered]:
        progress = Numbered()
        press = pressing.Press(cache, self.executor, progress)
        for number in range(self.NUMBER):
            press.begin_in_turn(sheet(number))
        return press, progress

    def test_results_come_whole_and_in_order(self, tmp_path: Path) -> None:
        press, progress = self.begun(Cache(tmp_path))
        assert progress.paths == [str(number) for number in range(self.NUMBER)]
        results = list(press.results())
        assert [each.artifact.path for each in results] == progress.paths
        assert [each.artifact.path for each in results if each.failure] == ["3"]
        assert all(each.pressed for each in results)
        assert all(each.artifact.data == b"x" for each in results if not each.failure)

    def test_what_waits_is_not_in_memory(self, tmp_path: Path) -> None:
        press, _ = self.begun(Cache(tmp_path))
        held = [each for each in press._ahead if not isinstance(each, pressing.Pressing)]
        shelved = [each for each in press._ahead if isinstance(each, pressing.Pressing)]
        assert (len(held), len(shelved)) == (pressing.WINDOW, self.NUMBER - pressing.WINDOW)
        assert {each.artifact.data for each in shelved} == {b""}

    def test_where_the_disk_refuses_it_waits_in_memory(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("no folder", "utf-8")
        results = list(self.begun(Cache(tmp_path / "file"))[0].results())
        assert [each.artifact.path for each in results if not each.artifact.data] == ["3"]

    def test_what_the_cache_loses_meanwhile_is_a_failure(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path)
        press, _ = self.begun(cache)
        cache.clear()
        lost = [each.failure for each in press.results()][: self.NUMBER - pressing.WINDOW]
        assert set(lost) == {
            "it was pressed, but the cache has lost it since; build again",
            "it could not be pressed: LookupError: no such tide",
        }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_worker_killed_in_a_build_is_told_of_with_its_sheet(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (ferry / "content/editions/other.yaml").write_text("extends: short\n", "utf-8")
    monkeypatch.setattr(pressing, "made", killed)
    with Crew(2, os.getpid) as workers:
        report = build(ferry, ferry / "build", Request(), executor=workers)
    (fault,) = report.diagnostics
    assert fault.code == "E404"
    assert fault.message == (
        "short/short.pdf: it could not be pressed: WorkerLost: its worker process ended with code -9"
    )
    assert report.lost == ("short/short.pdf",)
    assert sorted(each.path.name for each in report.written) == ["other.html", "other.pdf"]


def killed(sheet: Sheet, key: str, cache: Cache) -> pressing.Made:  # noqa: ARG001
    """Press in a worker, where one sheet brings the process down."""
    if sheet.path == "short/short.pdf":
        dies()
    artifact = Artifact(edition=sheet.edition, output=sheet.output, path=sheet.path, data=b"x", pages=None)
    return pressing.Made(artifact=artifact, seconds=0.0)


def test_the_cores_are_those_this_process_may_use() -> None:
    assert 1 <= crews.available_cores() <= (os.cpu_count() or 1)


def test_what_a_late_check_finds_stops_what_was_begun(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressing, "press", pressed)
    summary = ferry / "content/sections/summary.standard.md"
    summary.write_text(summary.read_text("utf-8").replace("about a century", "about 1907 years"), "utf-8")
    executor = Recording()
    report = build(ferry, ferry / "build", Request(), executor=executor)
    assert sorted(executor.paths) == ["short/short.html", "short/short.pdf"]
    assert report.failed
    assert report.written == ()
    assert not (ferry / "build").exists()


CALLED = "block|with_calls(call)"
ODD = {
    "E411": ("<h1>", "<h5>Odd</h5><h1>"),
    "E303": ("<h1>", "{{ nothing }}<h1>"),
    "E631": (CALLED, f"{CALLED}|replace('four times', '44 times')"),
}


@pytest.mark.parametrize("code", ODD)
def test_of_many_sheets_workers_see_what_is_seen_of_few(
    ferry: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    template = ferry / "templates/plain/page.html"
    template.write_text(template.read_text("utf-8").replace(*ODD[code]), "utf-8")
    for name in ("one", "two", "three"):
        (ferry / f"content/editions/{name}.yaml").write_text("extends: short\n", "utf-8")
    few = build(ferry, ferry / "build", Request()).diagnostics
    assert {fault.code for fault in few} == {code}
    monkeypatch.setattr(pressing, "WINDOW", 2)
    monkeypatch.setattr(pressing, "press", pressed)
    read: list[str] = []
    units_of = readback.units_of
    monkeypatch.setattr(readback, "units_of", lambda sheet: read.append(sheet.path) or units_of(sheet))
    # Without a cache nothing can wait until it is judged, and the parent fills in all of it; for strangers, too.
    nowhere, strangers = (NOWHERE, Hands()), (Cache(ferry / "strangers"), Recording())
    for cache, executor in (nowhere, strangers, (Cache(ferry / "far"), Hands()), (Cache(ferry / "near"), NearHands())):
        memory.forget()
        read.clear()
        many = build(ferry, ferry / "build", Request(), cache=cache, executor=executor)
        assert many.diagnostics == few
        far = cache.folder is None or executor is strangers[1]
        assert len(getattr(executor, "filled", [])) == (0 if far else 8)
        assert far or not read
    assert not list((ferry / "build").rglob("*.*"))


def answered(share: object) -> Future[None]:
    """The worker does its share, and has nothing in memory that the parent could find there."""
    future: Future[None] = Future()
    with memory.kept_in(NOWHERE):
        future.set_result(share())  # type: ignore[operator]
    memory.forget()
    return future


def lost(_share: object) -> Future[None]:
    """The worker is lost."""
    future: Future[None] = Future()
    future.set_exception(WorkerLost("its process was killed"))
    return future


def not_begun(_share: object) -> Future[None]:
    """All workers have other things to do."""
    return Future()


@pytest.mark.parametrize("answer", [answered, lost, not_begun])
def test_many_sections_are_read_by_workers_and_the_parent(
    ferry: Path, monkeypatch: pytest.MonkeyPatch, answer: Callable[[object], Future[None]]
) -> None:
    class Reading(NearHands):
        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN202
            return answer(partial(fn, *args, **kwargs))

    for number in range(5):
        (ferry / f"content/sections/more{number}.standard.md").write_text(f"# More {number}\n", "utf-8")
    alone = project.open_project(ferry)
    monkeypatch.setattr(project, "_MANY", 2)
    monkeypatch.setattr(project, "_SHARE", 2)
    parsed: list[str] = []
    parse = markup.parse
    monkeypatch.setattr(markup, "parse", lambda section, *more: parsed.append(section.id) or parse(section, *more))
    cache = Cache(ferry / "cache")
    memory.forget()
    opened = project.open_project(ferry, hands=pressing.Press(cache, Reading(), Silent()).hands)
    assert opened == alone
    # Whoever reads them, each is read once.
    assert len(parsed) == len(set(parsed)) == len(alone.fragments)


def test_a_page_whose_worker_is_lost_is_filled_in_by_the_parent(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Losing(Hands):
        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN202
            future = super().submit(fn, *args, **kwargs)
            if fn is forms.fill and len(self.filled) % 2:
                future = Future()
                future.set_exception(WorkerLost("its process was killed"))
            return future

    for name in ("one", "two", "three"):
        (ferry / f"content/editions/{name}.yaml").write_text("extends: short\n", "utf-8")
    monkeypatch.setattr(pressing, "WINDOW", 2)
    monkeypatch.setattr(pressing, "press", pressed)
    executor = Losing()
    report = build(ferry, ferry / "build", Request(), cache=Cache(ferry / "cache"), executor=executor)
    assert (report.diagnostics, len(report.written), len(executor.filled)) == ((), 8, 8)


def test_of_many_sheets_no_more_are_pressed_once_content_is_at_fault(
    ferry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        (ferry / f"content/editions/{name}.yaml").write_text("extends: short\n", "utf-8")
    section = ferry / "content/sections/summary.standard.md"
    section.write_text(f"{section.read_text('utf-8')}\nNobody says who counted the passengers.\n", "utf-8")
    monkeypatch.setattr(pressing, "WINDOW", 3)
    monkeypatch.setattr(pressing, "press", pressed)
    executor = Recording()
    report = build(ferry, ferry / "build", Request(), cache=Cache(ferry / "cache"), executor=executor)
    assert ({fault.code for fault in report.diagnostics}, len(executor.paths)) == ({"E601"}, 3)
    assert report.written == ()
