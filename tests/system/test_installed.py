"""What `meson install` puts into a folder runs from there, with fonts, templates, translations and
drawings of its own."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from system import SAMPLES, Rig, rigs

BUILD = rigs.folder_of_build()
SETTINGS = "[reader]\ndriver = none\n[printer]\ndriver = none\n"


@unittest.skipUnless(shutil.which("meson"), "no Meson here")
class Installed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.root = self.folder / "root"
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir",
                        self.root], check=True, capture_output=True, timeout=120)
        self.kiosk = next(self.root.rglob("bin/kiosk"))
        self.assets = next(self.root.rglob("kiosk/assets"))
        (self.folder / "kiosk.conf").write_text(SETTINGS)

    def run_there(self, *words, program=None):
        return subprocess.run([program or self.kiosk, *words], cwd=self.folder, text=True,
                              capture_output=True, timeout=60)

    def test_the_installed_program_draws_checks_and_shows(self):
        pages = [self.folder / "installed.pdf", self.folder / "built.pdf"]
        for path, program in zip(pages, (self.kiosk, BUILD / "kiosk")):
            self.run_there("render", SAMPLES / "rec-2026-000001.json", "-o", path, program=program)
        self.assertEqual(pages[0].read_bytes(), pages[1].read_bytes())
        done = self.run_there("check", "--config", "kiosk.conf")
        self.assertRegex(done.stdout, r"ok +document\.template")
        with Rig(spooler=False) as rig:
            rig.program = self.kiosk
            with rig.start_kiosk() as kiosk:
                kiosk.expect("attract", 40)
                kiosk.screenshot(self.folder / "screen.png")
                kiosk.quit()
            self.assertNotIn("Fontconfig", (rig.folder / "kiosk.log").read_text())
        self.assertEqual((self.folder / "screen.png").read_bytes()[:4], b"\x89PNG")
        # and it is its own that it used
        (self.assets / "fonts/fonts.conf").unlink()
        done = self.run_there("render", SAMPLES / "rec-2026-000001.json", "-o", pages[0])
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(self.assets), done.stderr)

    def test_the_installed_unit_starts_the_installed_program(self):
        unit = next(self.root.rglob("kiosk.service")).read_text()
        program = re.search(r"(?m)^ExecStart=/(\S+)", unit)[1]
        self.assertTrue((self.root / program).samefile(self.kiosk))


if __name__ == "__main__":
    unittest.main()
