"""After a visit, by either way, nothing of the citizen is left: not in the spooler's folders, the logs,
the temporary folder or the kiosk's state. Documents are looked into: PDF as text, and no raster may be
left at all. That the search finds what is there is seen at the printer itself."""
import gzip
import os
import pathlib
import re
import subprocess
import unittest

from system import Rig, walk_to

NAMES = ("测试一", "测试二", "330106189001010019", "18900101", "测试路1号",
         "330106001002GB00012F00010023")
OF_THE_SYSTEM = ("/var/spool/cups", "/var/cache/cups", "/var/log/cups", "/run/cups")


def texts_of(path):
    """The bytes of a file, and what they hold when they are packed or a PDF."""
    data = path.read_bytes()
    yield data
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
        yield data
    if data[:5] == b"%PDF-":
        yield subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True,
                             check=True).stdout
    if data[:4] in (b"RaS2", b"2SaR"):
        yield "".join(NAMES).encode()  # a picture of the pages


def find_person(places):
    found = []
    for place in map(pathlib.Path, places):
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if not path.is_file() or not os.access(path, os.R_OK):
                continue
            squeezed = b"".join(re.sub(rb"\s", b"", text) for text in texts_of(path))
            found += [(str(path), name) for name in NAMES if name.encode() in squeezed]
    return found


class Privacy(unittest.TestCase):
    def visit(self, spooler, form):
        rig = Rig(spooler=spooler, page_ms=50)
        self.addCleanup(rig.__exit__)
        rig.__enter__()
        rig.write_config(printer__format=form)
        temporary = rig.folder / "tmp"
        temporary.mkdir()
        rig.environment["TMPDIR"] = str(temporary)
        with rig.start_kiosk() as kiosk:
            walk_to(kiosk, rig, "done")
            kiosk.touch("finish")
            kiosk.expect("attract", 40)
            self.assertEqual(rig.printed_sides(), 4)
            self.assertTrue(find_person([rig.folder / "printer"]), "the search finds nothing")
            places = [rig.folder / name for name in ("state", "c", "tmp", "kiosk.log", "service.log")]
            self.assertEqual(find_person([*places, *OF_THE_SYSTEM]), [])
            kiosk.quit()
        self.assertEqual(find_person(places), [])

    def test_nothing_is_left_by_the_printers_own_way(self):
        self.visit(False, "pdf")
        self.visit(False, "pwg")

    def test_nothing_is_left_by_the_spoolers_way(self):
        self.visit(True, "pdf")
        self.visit(True, "pwg")

    def test_the_spooler_that_is_shipped_keeps_no_document_and_logs_no_page(self):
        rig = Rig(page_ms=50)
        self.addCleanup(rig.__exit__)
        rig.__enter__()
        settings = (rig.folder / "c" / "etc" / "cupsd.conf").read_text()
        for line in ("PreserveJobFiles No", "PageLogFormat"):
            self.assertRegex(settings, f"(?m)^{line}$")
        unit = (rig.folder / "c" / "etc" / "cups.service.conf").read_text()
        self.assertIn(f"TemporaryFileSystem={rig.folder}/c/spool", unit)
        self.assertIn("LimitCORE=0", unit)


if __name__ == "__main__":
    unittest.main()
