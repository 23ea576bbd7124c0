"""The reader as the whole program sees it: absent, plugged, unplugged, one too many; cards that are
refused, put back or taken for another; and what is left of a card in memory."""
import json
import re
import time
import unittest

from system import SAMPLES, SANITIZED, Rig, walk_to

NUMBER = "330106189001010019"
ADDRESS_ON_CARD = "示例市西湖区测试路1号1幢1单元101室"


def reads(process, needles):
    """Which of `needles` (bytes) stand anywhere in the process's own memory."""
    found = set()
    with open(f"/proc/{process.pid}/maps", encoding="utf-8") as maps, \
            open(f"/proc/{process.pid}/mem", "rb", 0) as memory:
        for line in maps:
            first, last, access = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if not access.startswith("rw"):
                continue
            try:
                memory.seek(int(first, 16))
                block = memory.read(int(last, 16) - int(first, 16))
            except (OSError, ValueError, OverflowError):
                continue
            found |= {needle for needle in needles if needle in block}
    return found


class Reader(unittest.TestCase):
    def setUp(self):
        self.rig = Rig(spooler=False)
        self.addCleanup(self.rig.__exit__)
        self.rig.__enter__()

    def start(self):
        kiosk = self.rig.start_kiosk()
        self.addCleanup(kiosk.__exit__)
        return kiosk

    def expect_reason(self, kiosk, screen, reason):
        kiosk.expect(screen, where=lambda line: line["view"]["reason"] == reason)

    def test_kiosk_is_closed_without_a_reader_and_comes_back_by_itself(self):
        self.rig.reader.send("unplug")
        kiosk = self.start()
        self.expect_reason(kiosk, "closed", "reader-absent")
        self.rig.reader.send("plug")
        kiosk.expect("attract")
        self.rig.reader.send("plug-twin")
        self.expect_reason(kiosk, "closed", "reader-several")
        self.rig.reader.send("unplug-twin")
        kiosk.expect("attract")
        self.rig.reader.send("unplug")
        self.expect_reason(kiosk, "closed", "reader-absent")
        self.rig.reader.send("transport C")
        self.rig.reader.send("plug")
        walk_to(kiosk, self.rig, "choose")

    def test_reader_unplugged_while_it_reads_is_waited_for(self):
        self.rig.reader.send("delay read 2500")
        kiosk = self.start()
        walk_to(kiosk, self.rig, "card")
        self.rig.put_card()
        kiosk.expect("reading")
        self.rig.reader.send("unplug")
        self.expect_reason(kiosk, "closed", "reader-absent")
        self.rig.lift_card()
        self.rig.reader.send("delay read 50")
        self.rig.reader.send("plug")
        walk_to(kiosk, self.rig, "choose")

    def test_each_card_that_cannot_be_used_has_its_own_sentence(self):
        kiosk = self.start()
        sentences = set()
        for card, reason in (("expired", "card-expired"), ("future", "card-future"),
                             ("odd-type", "card-type"), ("forged", "card-not-genuine")):
            walk_to(kiosk, self.rig, "card")
            self.rig.put_card(f"{card}.txt")
            _, line = kiosk.expect("refused")
            self.assertEqual(line["view"]["reason"], reason)
            sentences.add(line["view"]["sentence"])
            self.rig.lift_card()
            kiosk.touch("back")
        self.assertEqual(len(sentences), 4)
        self.assertTrue(all(sentences))

    def test_next_card_after_a_refused_one_begins_a_visit(self):
        kiosk = self.start()
        walk_to(kiosk, self.rig, "card")
        self.rig.put_card("expired.txt")
        kiosk.expect("refused")
        self.rig.lift_card()
        time.sleep(1.5)
        self.rig.put_card()
        kiosk.expect("choose")

    def test_card_that_cannot_be_read_comes_to_an_end(self):
        kiosk = self.start()
        walk_to(kiosk, self.rig, "card")
        self.rig.reader.send("fault moved at read")
        self.rig.put_card()
        self.expect_reason(kiosk, "refused", "card-unreadable")
        self.rig.reader.send("fault none")
        self.rig.lift_card()
        time.sleep(1.5)
        self.rig.put_card()
        kiosk.expect("choose")

    def test_reader_unplugged_at_the_list_goes_on_when_the_card_lies_there_again(self):
        kiosk = self.start()
        walk_to(kiosk, self.rig, "choose")
        self.rig.reader.send("unplug")
        kiosk.expect("still-there")
        self.rig.reader.send("plug")
        kiosk.expect("choose")

    def test_card_lifted_too_early_is_asked_for_again(self):
        self.rig.reader.send("delay read 800")
        kiosk = self.start()
        walk_to(kiosk, self.rig, "card")
        self.rig.put_card()
        kiosk.expect("reading")
        self.rig.lift_card()
        _, line = kiosk.expect("card")
        self.assertTrue(line["view"]["hint"])
        self.rig.put_card()
        kiosk.expect("choose")

    def test_card_put_back_goes_on_and_another_one_ends_the_visit(self):
        kiosk = self.start()
        walk_to(kiosk, self.rig, "choose")
        self.rig.lift_card()
        kiosk.expect("still-there")
        self.rig.put_card()
        kiosk.expect("choose")
        self.rig.lift_card()
        kiosk.expect("still-there")
        self.rig.put_card("stranger.txt")
        _, line = kiosk.expect("refused")
        self.assertEqual(line["view"]["reason"], "card-other")
        self.assertFalse(line["view"].get("masked_name"))
        self.assertEqual(self.rig.printed_sides(), 0)
        kiosk.touch("back")
        kiosk.expect("attract")
        self.assertNotIn("choose:0", line["actions"])

    @unittest.skipIf(SANITIZED, "ASan keeps what was freed, and has terabytes of shadow")
    def test_nothing_of_the_card_stays_in_memory(self):
        needles = {NUMBER.encode("utf-16-le"), ADDRESS_ON_CARD.encode("utf-16-le"),
                   b"WLf\0\x7e\0\x32\0\0" + bytes(range(9, 60))}
        kiosk = self.start()
        walk_to(kiosk, self.rig, "choose")
        self.assertEqual(reads(kiosk.process, needles), set())
        kiosk.touch("cancel")
        kiosk.expect("attract")
        time.sleep(0.5)
        self.assertEqual(reads(kiosk.process, needles), set())

    @unittest.skipIf(SANITIZED, "ASan keeps what was freed, and has terabytes of shadow")
    def test_nothing_of_a_printed_certificate_stays_in_memory(self):
        printed = json.loads((SAMPLES / "rec-2026-000001.json").read_text())["printed"]
        texts = [NUMBER, "测试一", printed["owners"], printed["location"], printed["unit_code"]]
        needles = {text.encode(code) for text in texts for code in ("utf-8", "utf-16-le", "utf-32-le")}
        kiosk = self.start()
        walk_to(kiosk, self.rig, "preview")
        held = reads(kiosk.process, needles)  # the scan finds what is there
        self.assertGreaterEqual(held, {text.encode() for text in texts})
        kiosk.touch("confirm")
        kiosk.expect("take-card", 30)
        self.rig.lift_card()
        kiosk.expect("collect")
        kiosk.touch("taken")
        kiosk.expect("done")
        kiosk.touch("finish")
        kiosk.expect("attract")
        time.sleep(1)
        self.assertEqual(reads(kiosk.process, needles), set())
        self.assertEqual(self.rig.printed_sides(), 4)


if __name__ == "__main__":
    unittest.main()
