"""A print queue that stands: its backend lost the printer, or somebody stopped it. Nothing is printed
behind anybody's back, and the kiosk opens again by itself."""
import os
import subprocess
import unittest

from system import Rig, walk_to

SIDES = 4


class Queue(unittest.TestCase):
    def setUp(self):
        self.rig = Rig(page_ms=50).__enter__()
        self.addCleanup(self.rig.__exit__)
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)

    def cups(self, program, *arguments, **options):
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30,
                              env={**os.environ, "CUPS_SERVER": self.rig.cups_server,
                                   "PATH": os.environ["PATH"] + ":/usr/sbin"}, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def queue_stands(self):
        return "disabled" in self.cups("lpstat", "-p", "kiosk")

    def waiting_jobs(self):
        return [line.split()[0] for line in self.cups("lpstat", "-o", "kiosk").splitlines()]

    def live_jobs_of_the_printer(self):
        return [job for job in self.rig.printer.status()["jobs"]
                if job["state"] not in ("completed", "canceled", "aborted")]

    def assert_the_next_citizen_gets_a_booklet(self):
        """And nobody else's paper came out before, nor waits to."""
        walk_to(self.kiosk, self.rig, "card")
        self.assertEqual(self.waiting_jobs() + self.live_jobs_of_the_printer(), [])
        self.assertFalse(self.queue_stands())
        self.assertEqual(self.rig.printed_sides(), 0)
        self.rig.put_card()
        self.kiosk.expect("choose", 40, lambda line: "choose:0" in line["actions"])
        self.kiosk.touch("choose:0")
        self.kiosk.expect("preview", 40, lambda line: "confirm" in line["actions"])
        self.kiosk.touch("confirm")
        self.kiosk.expect("take-card", 40)
        self.rig.lift_card()
        self.kiosk.expect("collect")
        self.assertEqual(self.rig.printed_sides(), SIDES)

    def test_a_backend_that_stops_the_queue_costs_one_visit_and_no_paper(self):
        """It loses the answer to Create-Job, and gives up after 10 s."""
        walk_to(self.kiosk, self.rig, "preview")
        self.rig.printer.send("lose Create-Job 1")
        self.kiosk.touch("confirm")
        _, line = self.kiosk.expect("refused", 60)
        self.assertEqual(line["view"]["reason"], "released")
        log = (self.rig.folder / "c" / "log" / "error_log").read_text()
        self.assertIn("stop printer", log)
        self.rig.lift_card()
        self.kiosk.touch("back")
        self.assert_the_next_citizen_gets_a_booklet()
        states = [entry["state"] for entry in self.rig.issuances()]
        self.assertEqual((states.count("released"), len(states)), (1, 2))

    def test_a_queue_that_is_not_there_is_told_from_a_spooler_that_is_down(self):
        self.kiosk.quit()
        self.rig.write_config(printer__queue="nosuch")
        self.assertIn("spooler-no-queue", self.rig.run_kiosk("check", "--config", self.rig.config,
                                                             code=1))

    def test_a_queue_stopped_with_a_strangers_job_is_emptied_and_started_before_the_next_visit(self):
        self.kiosk.expect("attract", 40)
        self.cups("cupsdisable", "kiosk")
        self.cups("lp", "-d", "kiosk", input="a stranger's page")
        _, line = self.kiosk.expect("closed", 20)
        self.assertEqual(line["view"]["reason"], "printer-stopped")
        self.assert_the_next_citizen_gets_a_booklet()


if __name__ == "__main__":
    unittest.main()
