"""The files that the system reads are whole: the stick's rule for udev and the machine's unit."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from system import rigs

SHIPPED = pathlib.Path(__file__).parents[2] / "assets" / "system"
# A match or an assignment of udev(7): KEY, perhaps {ATTRIBUTE}, operator, value in quotes.
PART = re.compile(r'(ACTION|SUBSYSTEM|ENV\{\w+\}|RUN\{program\})(==|\+=)"([^"]*)"')


class Shipped(unittest.TestCase):
    def test_a_stick_is_mounted_so_that_nothing_on_it_runs_where_the_menu_exports_to(self):
        lines = [line for line in (SHIPPED / "80-kiosk-stick.rules").read_text().splitlines()
                 if line and not line.startswith("#")]
        self.assertEqual(len(lines), 1)
        parts = [PART.fullmatch(part) for part in re.split(r',\s+(?=[A-Z])', lines[0])]
        self.assertTrue(all(parts), lines[0])
        matches = {part[1]: part[3] for part in parts if part[2] == "=="}
        self.assertEqual((matches["ACTION"], matches["SUBSYSTEM"], matches["ENV{ID_BUS}"]),
                         ("add", "block", "usb"))
        command = next(part[3] for part in parts if part[2] == "+=").split()
        options = next(word for word in command if word.startswith("--options="))
        self.assertLessEqual({"noexec", "nodev", "nosuid"}, set(options[10:].split(",")))
        settings = (SHIPPED.parents[1] / "kiosk.conf").read_text()
        self.assertIn(f"stick_dir = {command[-1]}\n", settings)

    def test_no_login_prompt_hears_what_is_typed_on_the_machine_s_keyboard(self):
        unit = [line.split("=", 1) for line in (SHIPPED / "kiosk.service").read_text().splitlines()
                if re.match(r"\w+=", line)]
        for key in ("Conflicts", "After"):      # stopped, and before the kiosk starts
            self.assertIn("getty@tty1.service",
                          " ".join(value for name, value in unit if name == key).split())

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd here")
    def test_systemd_understands_the_machine_s_unit(self):
        kiosk = rigs.folder_of_build() / "kiosk"
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "kiosk.service"
            text = (SHIPPED / "kiosk.service").read_text()
            unit.write_text(text.replace("/usr/bin/kiosk ", f"{kiosk} "))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                                   unit], capture_output=True, text=True, timeout=60)
        complaints = [line for line in done.stderr.splitlines() if "kiosk.service" in line]
        self.assertEqual(complaints, [])


if __name__ == "__main__":
    unittest.main()
