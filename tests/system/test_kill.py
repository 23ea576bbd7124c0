"""kill -9 of the kiosk between two writes of its journal, while paper moves and people act, then a new
start: never more sides than pages, the journal verifies, the service agrees. Prints the table.
(test_crash_loop.py kills at each write.)"""
import json
import os
import time
import unittest

from system import Rig, RigError, rigs, walk_to

SIDES = 4
# moment, screen to walk to, milliseconds after the touch that leaves it
MOMENTS = [("reading", "card", 150), ("preview", "preview", None)]
MOMENTS += [(f"confirm + {ms} ms", "preview", ms) for ms in (0, 50, 120, 200, 300, 500, 900)]
MOMENTS += [("take-card", "take-card", None), ("collect", "collect", None)]
SETTLED = ("attract", "stock-position")
AGREES = {"released": ("released", None), "printed": ("printed",), "retracted": ("retracted",),
          "spoiled": ("spoiled",), "unsure": ("unsure",), "delivered": ("delivered",), None: (None,)}


def next_serial(serial):
    return f"{serial[0]}{int(serial[1:]) + 1:011}"


class Kill(unittest.TestCase):
    def walk_and_kill(self, rig, kiosk, moment, record):
        _, screen, after_ms = moment
        walk_to(kiosk, rig, screen, record)
        if after_ms is not None:
            if screen == "card":
                rig.put_card()
            else:
                kiosk.touch("confirm")
            time.sleep(after_ms / 1000)
        kiosk.kill()
        rig.lift_card()

    def settle(self, kiosk):
        """Waits until the new start has settled the old issuance; gives the word it rests at."""
        until = time.monotonic() + 60
        word = None
        while time.monotonic() < until:
            with kiosk.fresh:
                shown = [line for _, line in kiosk.lines if "screen" in line]
            if shown:
                last = shown[-1]
                word = last["screen"] if last["screen"] != "closed" else last["view"]["reason"]
            if word in SETTLED:
                return word
            time.sleep(0.05)
        raise RigError(f"not settled after 60 s: {word}\n{rigs_log(kiosk)}")

    def kiosk_issuances(self, rig):
        """Issuance key -> last word, from the journal."""
        return {entry["key"]: entry for entry in
                json.loads(rig.run_kiosk("journal", "list", "--json", "--config", rig.config))}

    def wait_agreement(self, rig, key, word):
        until = time.monotonic() + 15
        while True:
            states = {entry["key"]: entry["state"] for entry in rig.issuances()}
            if states.get(key) in AGREES[word]:
                return states.get(key)
            if time.monotonic() > until:
                return f"DISAGREES: {states.get(key)}"
            time.sleep(0.1)

    def run_moment(self, rig, number, moment):
        sides_before = rig.printed_sides()
        jobs_before = len([e for e in rig.printer_events() if e["event"] == "create"])
        known = set(self.kiosk_issuances(rig)) if number else set()
        with rig.start_kiosk() as kiosk:
            self.walk_and_kill(rig, kiosk, moment, number)
        with rig.start_kiosk() as kiosk:
            rest = self.settle(kiosk)
            after = self.kiosk_issuances(rig)
            fresh = [key for key in after if key not in known]
            self.assertLessEqual(len(fresh), 1, moment)
            word = after[fresh[0]]["state"] if fresh else None
            state = self.wait_agreement(rig, fresh[0], word) if fresh else None
            self.assertEqual(kiosk.quit(), 0)
        if rest == "stock-position":
            rig.change_stock("next", next_serial(after[fresh[0]]["booklet"]))
        rig.run_kiosk("journal", "verify", "--config", rig.config)
        time.sleep(max(0, rig.page_ms * SIDES / 1000 + 0.3) if word in ("unsure", "spoiled") else 0)
        sides = rig.printed_sides() - sides_before
        jobs = len([e for e in rig.printer_events() if e["event"] == "create"]) - jobs_before
        return {"moment": moment[0], "sides": sides, "jobs": jobs, "kiosk": word or "-",
                "service": state or "-", "then": rest}

    def test_kill_while_paper_moves_prints_at_most_once_and_both_sides_agree(self):
        rows = []
        with Rig(records=len(MOMENTS), page_ms=100) as rig:
            rig.write_config(kiosk__crashes=0)
            for number, moment in enumerate(MOMENTS):
                rows.append(self.run_moment(rig, number, moment))
        print(f"\n{'killed at':<20}{'sides':>6}{'jobs':>5}  {'kiosk':<11}{'service':<11}then")
        for row in rows:
            print(f"{row['moment']:<20}{row['sides']:>6}{row['jobs']:>5}  {row['kiosk']:<11}"
                  f"{row['service']:<11}{row['then']}")
        for row in rows:
            self.assertLessEqual(row["sides"], SIDES, row)
            self.assertLessEqual(row["jobs"], 1, row)
            self.assertNotIn("DISAGREES", row["service"], row)
            if row["kiosk"] == "released":
                self.assertEqual(row["sides"], 0, row)
            if row["kiosk"] in ("retracted", "printed", "delivered"):
                self.assertEqual(row["sides"], SIDES, row)


def rigs_log(kiosk):
    return kiosk.rig.log("kiosk")[-3000:]


if __name__ == "__main__":
    unittest.main()
