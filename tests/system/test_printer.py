"""The printer between two visits: whose jobs lie there, and what it took before."""
import subprocess
import time
import unittest

from system import Rig, walk_to

SIDES = 4
STRANGE_JOB = """{{
    OPERATION {operation}
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR naturalLanguage attributes-natural-language en
    ATTR uri printer-uri $uri
    ATTR name requesting-user-name stranger
    ATTR name job-name "{name}"
    {document}
    STATUS successful-ok
}}
"""


class Printer(unittest.TestCase):
    def setUp(self):
        self.rig = Rig(spooler=False, page_ms=60000).__enter__()
        self.addCleanup(self.rig.__exit__)

    def send_strange_job(self, operation, document=""):
        file = self.rig.folder / f"{operation}.test"
        file.write_text(STRANGE_JOB.format(operation=operation, name=operation, document=document))
        done = subprocess.run(["ipptool", "-t", self.rig.printer_uri, str(file)],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def job_states(self):
        return [job["state"] for job in self.rig.printer.status()["jobs"]]

    def visit(self, kiosk, record):
        """One booklet; gives the seconds that the screen counted down from while it was printed."""
        walk_to(kiosk, self.rig, "collect", record)
        with kiosk.fresh:
            shown = [line for _, line in kiosk.lines if line.get("screen") == "printing"]
        kiosk.touch("taken")
        kiosk.expect("done")
        kiosk.touch("finish")
        kiosk.expect("attract", 30)
        return max(line["seconds_left"] for line in shown)

    def test_what_others_left_at_the_printer_is_cancelled_before_the_first_visit(self):
        """A document that would come out between two pages, and a job that waits for its document
        and keeps a small printer busy for ever."""
        page = self.rig.folder / "strange.pdf"
        page.write_bytes(b"%PDF-1.4\n1 0 obj\n<< /Type /Pages /Count 1 >>\nendobj\n%%EOF\n")
        self.send_strange_job("Print-Job", f"FILE {page}")
        self.send_strange_job("Create-Job")
        self.assertNotIn("canceled", self.job_states())
        with self.rig.start_kiosk() as kiosk:
            until = time.monotonic() + 20
            while self.job_states() != ["canceled", "canceled"] and time.monotonic() < until:
                time.sleep(0.05)
            self.assertEqual(self.job_states(), ["canceled", "canceled"])
            self.rig.printer.send("page_ms 50")
            walk_to(kiosk, self.rig, "collect")
            self.assertEqual(self.rig.printed_sides(), SIDES)

    def test_what_this_printer_takes_is_remembered_by_the_next_start(self):
        self.rig.printer.send("page_ms 200")
        with self.rig.start_kiosk() as kiosk:
            self.assertGreater(self.visit(kiosk, 0), 60)  # of the two minutes: never measured
            self.assertEqual(kiosk.quit(), 0)
        with self.rig.start_kiosk() as kiosk:
            self.assertLess(self.visit(kiosk, 1), 15)


if __name__ == "__main__":
    unittest.main()
