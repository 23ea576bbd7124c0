"""kill -9 of the real program after its first, second, third ... write of the journal, for every write
and every flush of a whole visit, the start and the end with it: torn in the middle, or right behind.
After the new start nothing was printed twice, the chains verify, and kiosk and service agree. The
points are counted in a first visit that nothing disturbs. Then the same over recovery: killed behind a
flush of the visit, and again at the first, second, third ... write of the start that recovers (behind
some flushes; behind each with KIOSK_CRASH_ALL=1)."""
import concurrent.futures
import contextlib
import json
import os
import time
import unittest

from system import Rig, RigError, rigs

SIDES = 4
WORKERS = 5
PER_RIG = 48  # each point takes a record, and at most one booklet
SHIM = rigs.folder_of_build() / "tests/harness/crash_shim.so"
WORDS = {None, "released", "printed", "delivered", "retracted", "spoiled", "unsure"}
SETTLED = ("attract", "stock-position")


def next_serial(serial):
    return f"{serial[0]}{int(serial[1:]) + 1:011}"


class Bench:
    """One rig whose kiosk is killed again and again."""

    def __init__(self, points, page_ms=20):
        self.points = points
        self.rig = Rig(spooler=False, page_ms=page_ms, records=PER_RIG)
        self.rows = []
        self.error = None
        self.record = self.recoveries = 0

    def shim(self, **settings):
        """The kiosk's environment with the shim before its other preloads."""
        others = self.rig.environment["LD_PRELOAD"]
        return {"LD_PRELOAD": f"{SHIM}:{others}", "KIOSK_CRASH_FILE": "/journal.db",
                "KIOSK_CRASH_LOG": str(self.rig.folder / "crash.log"), **settings}

    def start(self, **settings):
        plain = dict(self.rig.environment)
        self.rig.environment.update(self.shim(**settings) if settings else {})
        try:
            return self.rig.start_kiosk()
        finally:
            self.rig.environment = plain

    def visit(self, kiosk):
        """A citizen who sees it through; what the screens say is not looked at, only followed."""
        walked = [("attract", lambda: kiosk.touch("begin")), ("card", self.rig.put_card),
                  ("choose", lambda: kiosk.touch(f"choose:{self.record}")),
                  ("preview", lambda: kiosk.touch("confirm")), ("take-card", self.rig.lift_card),
                  ("collect", lambda: kiosk.touch("taken")), ("done", lambda: kiosk.touch("finish")),
                  ("attract", lambda: None)]
        for screen, act in walked:
            offer = {"choose": f"choose:{self.record}", "preview": "confirm"}.get(screen)
            kiosk.expect(screen, 30, lambda line, word=offer: not word or word in line["actions"])
            act()
        kiosk.quit()

    def issuances(self):
        try:
            text = self.rig.run_kiosk("journal", "list", "--json", "--config", self.rig.config)
        except RigError:  # the very first write: no journal yet
            return {}
        return {entry["key"]: entry for entry in json.loads(text)}

    def settle(self, kiosk):
        """The word at which it rests, or None: it was killed."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with kiosk.fresh:
                shown = [line for _, line in kiosk.lines if "screen" in line]
            word = shown[-1]["screen"] if shown else None
            word = shown[-1]["view"]["reason"] if word == "closed" else word
            if word in SETTLED or kiosk.process.poll() is not None:
                return word if word in SETTLED else None
            time.sleep(0.02)
        raise RigError(f"not settled: {word}\n{self.rig.log('kiosk')[-3000:]}")

    def agree(self, key, word):
        until = time.monotonic() + 20
        wanted = {"released": (None, "released")}.get(word, (word,))
        while True:
            state = {entry["key"]: entry["state"] for entry in self.rig.issuances()}.get(key)
            if state in wanted or time.monotonic() > until:
                return state in wanted
            time.sleep(0.1)

    def crash_recovery(self, at):
        """Kills the next start at its write or flush `at`; FALSE: it was settled before it came so far."""
        with self.start(KIOSK_CRASH_AT=str(at), KIOSK_CRASH_WHEN="torn" if at % 2 else "after",
                        KIOSK_CRASH_LOG=str(self.rig.folder / f"recovery-{self.recoveries}.log")) as kiosk:
            self.recoveries += 1
            if self.settle(kiosk):
                time.sleep(0.2)  # the last report's answer
            return kiosk.process.poll() == -9

    def crash(self, at, when, recovery=0):
        before = self.issuances()
        sides, jobs = self.rig.printed_sides(), self.jobs()
        log = self.rig.folder / f"crash-{at}-{when}-{recovery}.log"
        with self.start(KIOSK_CRASH_AT=str(at), KIOSK_CRASH_WHEN=when,
                        KIOSK_CRASH_LOG=str(log)) as kiosk:
            with contextlib.suppress(RigError, BrokenPipeError):
                self.visit(kiosk)
            died = kiosk.process.wait(10)
        self.rig.lift_card()
        again = recovery > 0 and self.crash_recovery(recovery)
        with self.start() as kiosk:
            rest = self.settle(kiosk)
            fresh = [entry for key, entry in self.issuances().items() if key not in before]
            word = fresh[0]["state"] if fresh else None
            agreed = not fresh or self.agree(fresh[0]["key"], word)
            ended = kiosk.quit()
        if rest == "stock-position":
            self.rig.change_stock("next", next_serial(fresh[0]["booklet"]))
        self.rig.run_kiosk("journal", "verify", "--config", self.rig.config)
        self.rig.run_kiosk("audit", "verify", "--config", self.rig.config)
        self.record += word not in (None, "released", "spoiled")
        return {"at": at, "when": when, "recovery": recovery, "died": died, "again": again,
                "seen": len(log.read_text()), "ended": ended, "fresh": len(fresh), "word": word,
                "agreed": agreed, "sides": self.rig.printed_sides() - sides,
                "jobs": self.jobs() - jobs}

    def jobs(self):
        return len([e for e in self.rig.printer_events() if e["event"] == "create"])

    def crash_each_recovery(self, at):
        """Killed behind the visit's flush `at`, then at each point of the start behind it."""
        again, recovery = True, 0
        while again:
            recovery += 1
            self.rows.append(self.crash(at, "after", recovery))
            again = self.rows[-1]["again"]

    def work(self):
        try:
            with self.rig:
                self.rig.write_config(kiosk__crashes=0)
                while self.points:
                    point = self.points.pop()
                    if len(point) == 1:
                        self.crash_each_recovery(*point)
                    else:
                        self.rows.append(self.crash(*point))
        except Exception as error:  # noqa: BLE001 the main thread raises it
            self.error = error


class CrashLoop(unittest.TestCase):
    def count_points(self):
        bench = Bench([])
        with bench.rig, bench.start(KIOSK_CRASH_AT="0") as kiosk:
            bench.visit(kiosk)
            return (bench.rig.folder / "crash.log").read_text()

    def check(self, row):
        # A start after a crash has a few writes more than one after an orderly end, or fewer.
        self.assertEqual(row["died"], -9 if row["seen"] >= row["at"] else 0, row)
        self.assertEqual(row["ended"], 0, row)
        self.assertLessEqual(row["fresh"], 1, row)
        self.assertIn(row["word"], WORDS, row)
        self.assertTrue(row["agreed"], row)
        self.assertLessEqual(row["jobs"], 1, row)
        self.assertLessEqual(row["sides"], SIDES, row)
        if row["word"] in (None, "released"):
            self.assertEqual(row["sides"], 0, row)
        if row["word"] in ("printed", "delivered", "retracted"):
            self.assertEqual(row["sides"], SIDES, row)

    # A rig has certificates for PER_RIG points: enough for all of one recovery.
    def run_points(self, points, n_rigs):
        """All rows, by so many rigs, WORKERS of them at once."""
        benches = [Bench(points[i::n_rigs]) for i in range(n_rigs)]
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(Bench.work, benches))
        for bench in benches:
            if bench.error:
                raise bench.error
        return sorted((row for bench in benches for row in bench.rows), key=lambda row: row["at"])

    def test_every_crash_point_of_a_visit_is_settled(self):
        log = self.count_points()
        began = time.monotonic()
        points = [(n, when) for n in range(len(log), 0, -1) for when in ("torn", "after")]
        rows = self.run_points(points, WORKERS)
        words = {}
        for row in rows:
            words[row["word"]] = words.get(row["word"], 0) + 1
        print(f"\n{len(log)} points in a visit ({log.count('w')} writes, {log.count('s')} flushes, "
              f"{log.count('t')} truncations), "
              f"{sum(row['died'] != 0 for row in rows)} crashes in {time.monotonic() - began:.0f} s: "
              + ", ".join(f"{count} {word or 'nothing begun'}" for word, count in words.items()))
        self.assertEqual(len(rows), len(points))
        for row in rows:
            self.check(row)
        self.assertGreaterEqual(max(row["at"] for row in rows if row["died"]), len(log) - 6)

    def test_every_crash_point_of_a_recovery_is_settled(self):
        log = self.count_points()
        began = time.monotonic()
        flushes = [n for n, letter in enumerate(log, 1) if letter == "s"]
        chosen = flushes if os.environ.get("KIOSK_CRASH_ALL") else flushes[7::len(flushes) // 2]
        rows = self.run_points([(n,) for n in chosen], len(chosen))
        killed = [row for row in rows if row["again"]]
        print(f"\n{len(killed)} kills of the recovery behind {len(chosen)} of {len(flushes)} flushes of a "
              f"visit, in {time.monotonic() - began:.0f} s: at most "
              f"{max(row['recovery'] for row in killed)} points in one recovery")
        for row in rows:
            self.check(row)
        self.assertGreater(len(killed), 4 * len(chosen))


if __name__ == "__main__":
    unittest.main()
