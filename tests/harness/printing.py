"""One issuance after the other on the real printer driver, with something going wrong in each.

A Stand is a virtual printer, for the way `queue` a private cupsd, and the program issue_one with a
journal of its own. A Cell says what goes wrong, and when; running it gives a Result with the outcome
that the machine decided and what really happened to the paper. Deadlines are a twentieth of the
machine's.
"""
import collections
import concurrent.futures
import contextlib
import dataclasses
import json
import queue
import shutil
import subprocess
import threading
import time

import rig as rigs

SIDES = 4
PAGE_MS = 60            # 1.2 s a side on the machine
SCALE = 5               # percent of the machine's deadlines
TIMEOUT_MS = 200        # libcups gives no connection less than 100 ms a try
WAYS = ("device", "queue")
BUDGET_S = 120 * SCALE / 100
SLACK_S = 1.5           # this machine may be busy
COUNTER_AT_FIRST = 1000
ORDER = ("before 1", "at 1", "after 1", "after 2", "at 3", "after 3", "before 4", "after 4",
         "first reading", "second reading")  # columns


@dataclasses.dataclass(frozen=True, eq=False)
class Cell:
    what: str                   # row of the table
    moment: str                 # column
    commands: tuple = ()        # to the virtual printer, before the issuance starts
    heal_ms: int = 0            # after so long everything is fine again; 0: not before the outcome
    kill: str = ""              # "issue", "cupsd": that program dies by SIGKILL ...
    when: str = ""              # ... when this is seen: phase:WORD, side:N; end: dies by itself
    options: tuple = ()         # of issue_one
    right: dict = dataclasses.field(default_factory=dict)  # way -> outcomes that are right


@dataclasses.dataclass
class Result:
    cell: Cell
    way: str
    outcome: str = ""
    took_s: float = 0.0
    sides: int = 0              # counted by the printer, in all
    spoilt: int = 0             # inked, but not counted
    jobs: int = 0
    late_sides: int = 0         # after the machine had come to its end
    told: int = 0               # what the counter says
    wrong: list = dataclasses.field(default_factory=list)      # what must never be
    lines: list = dataclasses.field(default_factory=list)
    events: list = dataclasses.field(default_factory=list)     # of the printer

    @property
    def is_right(self):
        return not self.wrong and self.outcome in self.cell.right[self.way]

    def describe(self):
        right = "|".join(sorted(self.cell.right[self.way]))
        return (f"{self.way}: {self.cell.what}, {self.cell.moment}: {self.outcome or 'no outcome'}"
                f" (right: {right}) after {self.took_s:.1f} s; {self.sides} sides, "
                f"{self.spoilt} spoilt, {self.jobs} jobs {self.wrong or ''}")


class Issue:
    """The program issue_one: its lines come in with their keys."""

    def __init__(self, stand, *options):
        self.process = subprocess.Popen(
            [str(stand.build / "tests/harness/issue_one"), "--config", str(stand.config), "--scale",
             str(SCALE), "--sides", str(SIDES), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with contextlib.suppress(json.JSONDecodeError):
                self.lines.put(json.loads(line))
        self.lines.put({"end": self.process.wait()})

    def kill(self):
        self.process.kill()
        self.process.wait()


class Stand(rigs.Rig):
    def __init__(self, build, way):
        super().__init__(build, page_ms=PAGE_MS, spooler=way == "queue")
        self.way = way

    def __enter__(self):
        try:
            (self.folder / "printer").mkdir()
            (self.folder / "printer" / "counter").write_text(str(COUNTER_AT_FIRST))
            self.start_printer("--off-ms", "60", "--lag-ms", "70")
            if self.spooler:
                self.start_spooler()
        except BaseException:
            self.__exit__()
            raise
        self.config.write_text(
            f"[kiosk]\nstate_dir = {self.folder}/state\n[log]\nlevel = error\n[printer]\n"
            f"uri = {self.printer_uri}\ncups_server = {getattr(self, 'cups_server', '')}\n"
            f"timeout_ms = {TIMEOUT_MS}\nstall_ms = {20000 * SCALE // 100}\ndpi_max = 300\n")
        return self

    def call_spooler(self, word):
        subprocess.run([str(rigs.HARNESS / "cupsd"), word, str(self.folder / "c")],
                       capture_output=True, check=True, timeout=60)

    def make_good(self):
        """Whatever was wrong is over; the printer goes on with what it has."""
        for command in ("clear", "reasons none", "state idle", "accepting 1"):
            self.printer.send(command)

    def events(self):
        with open(self.folder / "printer" / "events.jsonl", encoding="utf-8") as file:
            file.seek(self.mark)
            return [json.loads(line) for line in file if line.endswith("\n")]

    def begin(self, cell):
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        self.printer.send("reset")
        self.told_before = self.printer.status()["counter"]
        self.mark = (self.folder / "printer" / "events.jsonl").stat().st_size
        for command in cell.commands:
            self.printer.send(command)

    def is_seen(self, when, phases):
        word, _, value = when.partition(":")
        if word == "end":
            return "dead" in phases
        if word == "phase":
            return value in phases
        return sum(event["event"] == "page" for event in self.events()) >= int(value)

    def strike(self, cell, issue):
        """The program that is to die dies and is started again, as by systemd."""
        if cell.kill == "issue":
            issue.kill()
            return Issue(self)
        self.call_spooler("again")
        return issue

    def watch(self, cell, issue, result):
        """Until the machine has come to its end."""
        start = time.monotonic()
        phases, struck, healed = [], not cell.kill, False
        while time.monotonic() < start + 3 * BUDGET_S + 10:
            with contextlib.suppress(queue.Empty):
                line = issue.lines.get(timeout=0.02 if struck else 0.005)
                result.lines.append(line)
                phases.append("dead" if line.get("end") else line.get("phase"))
                decided = line.get("outcome") or line.get("finished")
                if decided and not result.outcome:
                    result.outcome, result.took_s = decided, time.monotonic() - start
                if "end" in line and (struck or line["end"] == 0):
                    return issue
            due = result.outcome or (cell.heal_ms and time.monotonic() > start + cell.heal_ms / 1000)
            if due and not healed:
                self.make_good()
                healed = True
            if not struck and self.is_seen(cell.when, phases):
                issue, struck = self.strike(cell, issue), True
        return issue

    def run(self, cell):
        result = Result(cell, self.way)
        self.begin(cell)
        issue = self.watch(cell, Issue(self, *cell.options), result)
        if issue.process.poll() is None:
            issue.kill()
            result.wrong.append("never comes to its end")
        at_end = sum(event["event"] == "page" for event in self.events())
        self.make_good()
        time.sleep((SIDES + 1) * PAGE_MS / 1000)
        self.take_down(result, at_end)
        return result

    def take_down(self, result, at_end):
        result.events = self.events()
        names = [event["event"] for event in result.events]
        result.sides, result.spoilt = names.count("page"), names.count("spoilt")
        result.jobs, result.late_sides = names.count("create"), names.count("page") - at_end
        status = self.printer.status()
        result.told = status["counter"] - self.told_before
        waiting = [job for job in status["jobs"] if job["file"] and
                   job["state"] not in ("completed", "canceled", "aborted")]
        judge(result, waiting)


def judge(result, waiting):
    """What must never be, whatever went wrong."""
    ink = result.sides + result.spoilt
    rules = (
        (not result.outcome, "no outcome"),
        (result.outcome in ("printed", "retracted") and result.sides != SIDES,
         "printed, but not on paper"),
        (result.outcome == "released" and ink > 0, "released with ink on the paper"),
        (result.outcome == "spoiled" and ink == 0, "spoiled without ink on the paper"),
        (result.sides > SIDES, "printed twice"),
        (result.late_sides > 0, f"{result.late_sides} sides printed after the end"),
        (bool(waiting), "a job is left that will print"),
        (result.took_s > BUDGET_S + SLACK_S, "too late"),
    )
    result.wrong += [sentence for broken, sentence in rules if broken]


def run_cells(build, way, cells, lanes, report=None):
    """All cells, spread over so many stands that work side by side; results in the cells' order. A
    cell may stand there many times."""
    todo = queue.SimpleQueue()
    results = [None] * len(cells)
    for item in enumerate(cells):
        todo.put(item)

    def work():
        with Stand(build, way) as stand:
            while True:
                try:
                    number, cell = todo.get_nowait()
                except queue.Empty:
                    return
                results[number] = stand.run(cell)
                if report:
                    report(results[number])

    with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
        for future in [pool.submit(work) for _ in range(min(lanes, len(cells)))]:
            future.result()
    return results


def run_again(build, way, results):
    """An outcome that is careful without need may come from a machine that was busy: once more, alone.
    What must never be is not tried again. Gives the results that were replaced."""
    doubtful = [number for number, result in enumerate(results)
                if not result.is_right and not result.wrong]
    if len(doubtful) > len(results) // 10:
        return []
    again = run_cells(build, way, [results[number].cell for number in doubtful], 2)
    first = [results[number] for number in doubtful]
    for number, result in zip(doubtful, again):
        results[number] = result
    return first


def describe_outcomes(results):
    """The outcomes of one cell: `printed`, or `printed 19, spoiled 1 !` of many runs."""
    seen = collections.Counter(result.outcome or "none" for result in results)
    wrong = sum(not result.is_right for result in results)
    if len(results) == 1:
        return next(iter(seen)) + (" !" if wrong else "")
    return ", ".join(f"{word} {count}" for word, count in sorted(seen.items())) + \
        (f" !{wrong}" if wrong else "")


def format_table(results):
    """What went wrong by when it did; a cell is the outcome, `!` a wrong one."""
    cells = collections.defaultdict(list)
    for result in results:
        cells[result.cell].append(result)
    moments = list(dict.fromkeys(cell.moment for cell in cells))
    moments.sort(key=lambda moment: ORDER.index(moment) if moment in ORDER else 0)
    texts = {(cell.what, cell.moment): describe_outcomes(seen) for cell, seen in cells.items()}
    rows = list(dict.fromkeys(cell.what for cell in cells))
    first = max(map(len, rows)) + 2
    width = {moment: max(len(moment), *(len(texts.get((row, moment), "")) for row in rows)) + 2
             for moment in moments}
    lines = ["".ljust(first) + "".join(moment.ljust(width[moment]) for moment in moments)]
    for row in rows:
        lines.append(row.ljust(first) + "".join(
            texts.get((row, moment), "").ljust(width[moment]) for moment in moments).rstrip())
    return "\n".join(lines)
