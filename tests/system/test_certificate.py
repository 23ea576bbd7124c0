"""The whole visit on real parts, and what stands on the paper, in the journal and in the register."""
import hashlib
import json
import re
import struct
import subprocess
import unittest

from system import SAMPLES, Rig, rigs, walk_to

RECORD = "rec-2026-000001"
LEAF_MM = (167.0, 240.0)


def pdf_pages(pdf):
    """Count and size in mm of the pages."""
    info = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    pages = int(re.search(r"Pages:\s+(\d+)", info)[1])
    width, height = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", info).groups())
    return pages, width / 72 * 25.4, height / 72 * 25.4


def squeeze(text):
    return re.sub(r"\s", "", text)


class Raster(unittest.TestCase):
    """The form that a printer gets which takes both."""

    @classmethod
    def setUpClass(cls):
        cls.rig = Rig(spooler=False).__enter__()
        cls.addClassCleanup(cls.rig.__exit__)
        with cls.rig.start_kiosk() as kiosk:
            walk_to(kiosk, cls.rig, "collect")
            kiosk.touch("taken")
            kiosk.expect("done")
            kiosk.quit()
        cls.file = next((cls.rig.folder / "printer").glob("*.pwg"))
        cls.rig.printer.send("rasterise")

    def test_every_side_is_a_whole_page_of_the_leaf_at_600_dpi(self):
        pictures = sorted((self.rig.folder / "printer").glob("job-*-page-*.png"))
        self.assertEqual(len(pictures), 4)
        for picture in pictures:
            width, height = struct.unpack(">II", picture.read_bytes()[16:24])
            self.assertEqual((width, height), (3945, 5669))

    def test_qr_is_read_from_the_raster_and_names_the_booklet(self):
        picture = next((self.rig.folder / "printer").glob("job-*-page-1.png"))
        text = subprocess.run(["zbarimg", "--nodbus", "-q", "--raw", str(picture)],
                              capture_output=True, text=True).stdout.strip()
        self.assertIn(self.rig.issuances()[0]["booklet"], text)

    def test_evidence_holds_the_hash_of_the_bytes_that_the_printer_received(self):
        entries = json.loads(self.rig.run_kiosk("journal", "export", "--json", "--config",
                                                self.rig.config))
        evidence = next(e["body"]["evidence"] for e in entries if e["step"] == "printed")
        received = self.file.read_bytes()
        self.assertEqual(evidence["sent_sha256"], hashlib.sha256(received).hexdigest())
        self.assertEqual(evidence["sent_bytes"], len(received))
        self.assertEqual(evidence["format"], "image/pwg-raster")
        self.assertEqual(evidence["counter"], "ipp")


class Certificate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rig = Rig().__enter__()
        cls.addClassCleanup(cls.rig.__exit__)
        cls.rig.write_config(printer__format="pdf")  # its text can be read
        cls.kiosk = cls.rig.start_kiosk()
        cls.addClassCleanup(cls.kiosk.__exit__)
        cls.collect = walk_to(cls.kiosk, cls.rig, "collect")
        cls.kiosk.touch("taken")
        _, cls.done = cls.kiosk.expect("done")
        cls.kiosk.touch("finish")
        cls.kiosk.expect("attract", 30)
        cls.status = cls.kiosk.quit()
        cls.pdf = next((cls.rig.folder / "printer").glob("*.pdf"))
        cls.record = json.loads((SAMPLES / f"{RECORD}.json").read_text())
        cls.text = squeeze(subprocess.run(["pdftotext", "-layout", str(cls.pdf), "-"],
                                          capture_output=True, text=True, check=True).stdout)
        image = cls.rig.folder / "page"
        subprocess.run(["pdftoppm", "-r", "300", "-f", "1", "-l", "1", "-gray", "-png",
                        str(cls.pdf), str(image)], check=True)
        picture = next(cls.rig.folder.glob("page*.png"))
        cls.qr = subprocess.run(["zbarimg", "--nodbus", "-q", "--raw", str(picture)],
                                capture_output=True, text=True).stdout.strip()

    def test_kiosk_ends_in_order(self):
        self.assertEqual(self.status, 0)

    def test_one_document_reached_the_printer_and_each_side_was_printed_once(self):
        documents = [e for e in self.rig.printer_events() if e["event"] == "document"]
        self.assertEqual(len(documents), 1)
        self.assertEqual(self.rig.printed_sides(), 4)

    def test_pages_have_the_leaf_size(self):
        pages, width, height = pdf_pages(self.pdf)
        self.assertEqual(pages, 4)
        self.assertAlmostEqual(width, LEAF_MM[0], delta=0.05)
        self.assertAlmostEqual(height, LEAF_MM[1], delta=0.05)

    def test_every_printed_value_is_found_as_text(self):
        printed = dict(self.record["printed"])
        code = printed.pop("unit_code")
        printed["unit_code"] = f"{code[:6]}{code[6:12]}{code[12:19]}{code[19:]}"
        for member, value in printed.items():
            for line in value.split("\n"):
                self.assertIn(squeeze(line), self.text, member)
        self.assertIn(squeeze(self.record["number"]), self.text)
        self.assertIn("2026年06月30日", self.text)

    def test_qr_on_the_printed_page_is_genuine_and_about_this_record(self):
        answer = self.rig.run_kiosk("verify", self.qr, "--key",
                                    self.rig.folder / "keys/service.jwks", "--record",
                                    SAMPLES / f"{RECORD}.json")
        self.assertTrue(answer.startswith("Genuine"), answer)
        self.assertIn(self.done["view"]["identifier"], self.qr)
        self.assertIn(self.collect["view"]["booklet"], self.qr)

    def test_changed_qr_or_other_record_is_not_genuine(self):
        keys = self.rig.folder / "keys/service.jwks"
        booklet = self.collect["view"]["booklet"]
        other = self.qr.replace(booklet, "D33000000049")
        for arguments in ((other, "--key", keys),
                          (self.qr, "--key", keys, "--record", SAMPLES / "rec-2026-000002.json"),
                          ("HTTPS://X/V/broken", "--key", keys)):
            self.rig.run_kiosk("verify", *arguments, code=1)
        self.rig.run_kiosk("verify", self.qr, "--key", self.rig.folder / "no.jwks", code=2)
        self.rig.run_kiosk("verify", code=2)

    def test_journal_holds_each_step_once_and_verifies(self):
        self.rig.run_kiosk("journal", "verify", "--config", self.rig.config)
        entries = json.loads(self.rig.run_kiosk("journal", "export", "--json", "--config",
                                                self.rig.config))
        steps = [entry["step"] for entry in entries if entry["key"]]
        self.assertEqual([step for step in steps if step not in ("confirm", "acknowledged")],
                         ["plan", "bind", "render", "submit", "seen", "printed", "presented", "taken"])
        self.assertEqual(steps.count("confirm"), steps.count("acknowledged"), steps)

    def test_register_of_the_service_agrees(self):
        issuances = self.rig.issuances()
        self.assertEqual([entry["state"] for entry in issuances], ["delivered"])
        self.assertEqual(issuances[0]["booklet"], self.collect["view"]["booklet"])
        self.assertEqual(issuances[0]["record"], RECORD)

    def test_screens_mask_the_person(self):
        shown = "\n".join(json.dumps(line, ensure_ascii=False) for _, line in self.kiosk.lines)
        self.assertNotIn("330106189001010019", shown)
        self.assertNotIn("测试一", shown)
        self.assertIn("测**", shown)

    def test_screens_came_in_the_citizens_order(self):
        screens = []
        for _, line in self.kiosk.lines:
            if "screen" in line and (not screens or screens[-1] != line["screen"]):
                screens.append(line["screen"])
        self.assertEqual(screens[:11], ["closed", "attract", "card", "reading", "choose",
                                        "preview", "printing", "take-card", "collect", "done",
                                        "attract"])


if __name__ == "__main__":
    unittest.main()
