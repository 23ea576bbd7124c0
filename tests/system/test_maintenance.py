"""A technician at the real program, given only what the screens show."""
import ctypes
import contextlib
import json
import sqlite3
import pathlib
import shutil
import subprocess
import time
import unittest

from technician import TechnicianCase  # it finds the harness's folder
from rig import BOTH, STAFF


def plug(folder):
    """A small stick in a mount namespace of our own; FALSE where that is not allowed."""
    libc = ctypes.CDLL(None)
    if libc.unshare(0x20000):  # CLONE_NEWNS
        return False
    return not any(subprocess.run(words, check=False).returncode for words in (
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "-o", "size=4m,noexec,nodev,nosuid", "stick", folder]))


def read_row(pwg, number):
    """A row of the first page of a gray PWG raster (PWG 5102.4): behind "RaS2" and the page's header
    lines follow, each with how often it stands, and runs of equal or different dots."""
    at, last = 4 + 1796, -1
    width = int.from_bytes(pwg[4 + 372:4 + 376], "big")
    while last < number:
        last += pwg[at] + 1
        at += 1
        row = bytearray()
        while len(row) < width:
            run = pwg[at]
            equal, length = run < 128, run + 1 if run < 128 else 257 - run
            row += pwg[at + 1:at + 2] * length if equal else pwg[at + 1:at + 1 + length]
            at += 1 + (1 if equal else length)
    return row


class Maintenance(TechnicianCase):
    def test_a_wrong_pin_lets_nobody_in(self):
        self.kiosk.touch("maintenance")
        line = self.menu(lambda view: view["rows"])
        self.kiosk.touch(f"row:{self.row(line, STAFF[0][0])}")
        self.menu(lambda view: view["asks"])
        self.type_pin("000111")
        line = self.menu(lambda view: view["notice_id"] == "menu.pin.wrong")
        self.assertEqual(line["view"]["page"], "")

    def test_a_restart_does_not_shorten_the_wait_after_five_wrong_pins(self):
        def enter(pin, notice):
            self.menu(lambda view: view["asks"] and view["entered"] == 0)
            self.type_pin(pin)
            return self.menu(lambda view: view["notice_id"] == notice)

        def choose():
            self.kiosk.touch("maintenance")
            line = self.menu(lambda view: view["rows"])
            self.kiosk.touch(f"row:{self.row(line, STAFF[0][0])}")

        choose()
        for _ in range(4):
            enter("000111", "menu.pin.wrong")
        enter("000111", "menu.pin.wait")
        self.kiosk.quit()
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract", 40)
        choose()
        line = enter(STAFF[0][1], "menu.pin.wait")  # the right one, too early
        self.assertEqual(line["view"]["page"], "")

    def test_out_of_service_survives_a_restart_and_opens_again(self):
        self.sign_in(STAFF[0])
        self.kiosk.touch("task:3")
        self.menu(lambda view: view["notice_id"] == "menu.service.out")
        self.kiosk.touch("finish")
        self.kiosk.expect("closed")
        self.kiosk.quit()
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("closed", 20, lambda line: line["view"]["reason"] == "maintenance")
        self.sign_in(STAFF[0])
        self.kiosk.touch("task:4")
        self.menu(lambda view: view["notice_id"] == "menu.service.in")
        self.kiosk.touch("finish")
        self.kiosk.expect("attract")
        types = [event["type"] for event in self.audit()]
        self.assertIn("service-out", types)
        self.assertIn("service-in", types)

    def test_a_machine_that_keeps_dying_stays_out_of_service_until_somebody_looked(self):
        def restart():
            self.kiosk = self.rig.start_kiosk()
            self.addCleanup(self.kiosk.__exit__)

        for crash in range(3):
            self.kiosk.kill()
            restart()
            if crash < 2:
                self.kiosk.expect("attract", 60)
        self.kiosk.expect("closed", 60, lambda line: line["view"]["reason"] == "maintenance")
        self.assertEqual(self.kiosk.quit(), 0)
        restart()  # an end in order and a new start do not open it
        self.kiosk.expect("closed", 60, lambda line: line["view"]["reason"] == "maintenance")
        self.assertEqual(self.rig.log("kiosk").count("died 3 times within ten minutes"), 1)
        self.sign_in(STAFF[0])
        self.kiosk.touch("task:4")
        self.menu(lambda view: view["notice_id"] == "menu.service.in")
        self.kiosk.touch("finish")
        self.kiosk.expect("attract", 30)
        self.kiosk.kill()
        restart()  # the count begins anew
        self.kiosk.expect("attract", 60)
        results = [event["result"] for event in self.audit() if event["type"] == "service-out"]
        self.assertEqual(results, ["crashes"])

    def test_a_screen_that_is_not_there_yet_is_no_crash(self):
        self.assertEqual(self.kiosk.quit(), 0)
        plain = dict(self.rig.environment)
        self.rig.environment["SDL_VIDEODRIVER"] = "absent"
        for _ in range(4):
            said = self.rig.run_kiosk("run", "--config", self.rig.config, code=1, told=True)
            self.assertIn("panel: no display", said)
        self.rig.environment = plain
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract", 60)

    def test_sheets_are_printed_through_the_printer_s_own_way(self):
        self.rig.printer.send("page_ms 1800")  # longer than from one look at the printer to the next
        self.addCleanup(self.rig.printer.send, "page_ms 50")
        self.sign_in(STAFF[0])
        before = self.rig.printed_sides()
        for page, word in (("printer", "test-print"), ("printer", "calibration-print"),
                           ("tests", "report")):
            self.kiosk.touch("menu:3" if page == "printer" else "menu:4")
            line = self.menu(lambda view, page=page: view["page"] == page and not view["asks"])
            self.kiosk.touch(f"task:{line['view']['tasks'][word]}")
            if word == "report":
                self.menu(lambda view: view["asks"])
                self.kiosk.touch("row:0")
            self.kiosk.expect("maintenance", 20, lambda line: "confirm" in line["actions"])
            self.kiosk.touch("confirm")
            self.menu(lambda view: view["notice_id"] == "menu.print.done", 60)
        self.assertEqual(self.rig.printed_sides(), before + 3)
        types = [event["type"] for event in self.audit() if event["result"] == "ok"]
        self.assertLessEqual({"test-print", "calibration-sheet", "report"}, set(types))

    def test_journal_audit_and_log_go_onto_a_stick_with_their_checksums(self):
        stick = self.rig.folder / "stick"
        stick.mkdir()
        if not plug(stick):
            self.skipTest("no mounts here")
        self.addCleanup(subprocess.run, ["umount", stick], check=False)
        self.kiosk.quit()
        self.rig.write_config(maintenance__stick_dir=stick)
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract", 40)
        self.sign_in(STAFF[0])
        for word in ("export", "report"):
            self.kiosk.touch("menu:5" if word == "export" else "menu:4")
            line = self.menu(lambda view, word=word: word in view["tasks"] and not view["asks"])
            self.kiosk.touch(f"task:{line['view']['tasks'][word]}")
            if word == "report":
                self.menu(lambda view: view["asks"])
                self.kiosk.touch("row:1")
            self.menu(lambda view: view["notice_id"] == "menu.stick.done")
        folders = sorted(stick.iterdir(), key=lambda folder: len(list(folder.iterdir())))
        self.assertEqual([sorted(file.name for file in folder.iterdir()) for folder in folders],
                         [["SHA256SUMS", "report.pdf"],
                          ["SHA256SUMS", "audit.csv", "journal.csv", "log.txt"]])
        for folder in folders:
            subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder,
                           check=True, capture_output=True)
        log = (folders[1] / "log.txt").read_text()
        self.assertIn("kiosk: ready", log)
        self.assertNotIn("one-time code", log)
        exported = (folders[1] / "journal.csv").read_bytes().decode()
        events = [event for event in self.audit() if event["type"] == "export"]
        self.assertEqual([event["result"] for event in events], ["ok"])
        self.assertTrue(self.rig.run_kiosk("journal", "export", "--csv", "--config",
                                           self.rig.config).startswith(
                                               exported.replace("\r\n", "\n")))

    def test_restart_and_shutdown_end_with_what_the_system_is_to_do(self):
        unit = (pathlib.Path(__file__).parents[2] / "assets/system/kiosk.service").read_text()
        updated = {"restart": "", "shut-down": "warn"}  # at the second, another program lies there
        for module in self.rig.build.glob("kiosk-*.so"):  # they lie beside the program
            (self.rig.folder / module.name).symlink_to(module)
        for word, code in (("restart", 10), ("shut-down", 11)):
            self.sign_in(STAFF[0])
            self.kiosk.touch("menu:6")
            self.menu(lambda view: view["page"] == "settings")
            self.kiosk.touch("row:0")
            line = self.menu(lambda view: view["page"] == "machine")
            rows = {row["id"]: row for row in line["view"]["rows"]}
            self.assertRegex(rows["menu.machine.template"]["text"], "^[0-9a-f]{12}$")
            self.assertEqual(rows["menu.machine.update"]["state"], updated[word])
            self.kiosk.touch(f"task:{line['view']['tasks'][word]}")
            self.kiosk.expect("maintenance", 20, lambda line: "confirm" in line["actions"])
            self.kiosk.touch("confirm")
            self.assertEqual(self.kiosk.process.wait(30), code)
            self.assertIn(str(code), unit.split("SuccessExitStatus=")[1].split("\n")[0].split())
            self.rig.program = shutil.copy(self.rig.build / "kiosk", self.rig.folder / "program")
            self.kiosk = self.rig.start_kiosk()
            self.addCleanup(self.kiosk.__exit__)
            self.kiosk.expect("attract", 40)
            shutil.copy(self.rig.program, self.rig.folder / "update").replace(self.rig.program)
        self.assertIn("RestartPreventExitStatus=11\n", unit)
        types = [event["type"] for event in self.audit()]
        self.assertLessEqual({"restart", "shutdown"}, set(types))

    def test_the_log_shows_what_a_filter_picks_newest_first(self):
        self.sign_in(STAFF[0])
        for row, word in ((1, "D330"), (3, ": "), (4, STAFF[0][0]), (6, "D330")):
            self.kiosk.touch("menu:5")
            self.menu(lambda view: view["page"] == "log")
            self.kiosk.touch(f"row:{row}")
            line = self.menu(lambda view: view["page"] == "lines" and view["rows"])
            shown = " ".join(row["name"] + ": " + row["text"] for row in line["view"]["rows"])
            self.assertIn(word, shown)
        self.kiosk.touch("menu:5")
        self.menu(lambda view: view["page"] == "log")
        self.kiosk.touch("row:5")  # people: the last one logged in is on top
        line = self.menu(lambda view: view["page"] == "lines" and view["rows"])
        self.assertIn(STAFF[0][0], line["view"]["rows"][0]["text"])
        self.assertNotIn("330106", json.dumps(line))

    def test_a_panel_without_sound_says_so(self):
        self.sign_in(STAFF[0])
        self.kiosk.touch("menu:4")
        line = self.menu(lambda view: view["page"] == "tests")
        self.kiosk.touch(f"task:{line['view']['tasks']['test-sound']}")
        self.menu(lambda view: view["notice_id"] == "menu.sound.none")
        events = [event for event in self.audit() if event["type"] == "sound-test"]
        self.assertEqual([event["result"] for event in events], ["failed"])

    def test_an_enrolled_card_leads_to_its_member_s_pin_and_a_citizen_s_never(self):
        number = "330106189001010019"  # on the card collector.txt
        self.kiosk.quit()
        self.rig.run_kiosk("staff", "card", STAFF[0][0], "--config", self.rig.config,
                           typed=f"{BOTH}{number}\n")
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract", 40)
        self.rig.put_card("stranger.txt")
        self.kiosk.expect("refused", 20)
        self.rig.lift_card()
        time.sleep(1)
        self.kiosk.touch("back")
        self.kiosk.expect("attract")
        for screen, task, notice in (("attract", "take-out", "menu.service.out"),
                                     ("closed", "put-back", "menu.service.in")):
            self.rig.put_card("collector.txt")
            line = self.menu(lambda view: view["asks"])
            self.assertEqual((line["view"]["page"], line["view"]["who"]), ("", ""))
            self.type_pin(STAFF[0][1])
            line = self.menu(lambda view: view["page"] == "overview")
            self.kiosk.touch(f"task:{line['view']['tasks'][task]}")
            self.menu(lambda view, notice=notice: view["notice_id"] == notice)
            self.kiosk.touch("finish")
            self.kiosk.expect("closed" if screen == "attract" else "attract")
            self.rig.lift_card()
            if screen == "attract":  # a closed machine does not serve a citizen's card
                time.sleep(1)
                self.rig.put_card("stranger.txt")
                time.sleep(2)
                self.rig.lift_card()
                time.sleep(1)
        events = self.audit()
        shown = [event["who"] for event in events if event["type"] == "card-shown"]
        self.assertEqual(shown, [STAFF[0][0]] * 2)
        self.assertNotIn(number, json.dumps(events))
        self.assertNotIn(number, self.rig.log("kiosk"))
        self.assertEqual(self.rig.log("service").count("POST /v1/visits"), 1)  # the first stranger

    def test_touch_and_screen_are_tested_and_the_silent_cells_are_named(self):
        self.sign_in(STAFF[0])
        self.kiosk.touch("menu:4")
        line = self.menu(lambda view: view["page"] == "tests")
        number = [row["id"] for row in line["view"]["rows"]].index("menu.test.panel")
        for silent, notice in (({6, 59}, "menu.panel.silent"), (set(), "menu.panel.ok")):
            self.menu(lambda view: view["page"] == "tests" and view["cells"] == 0)
            self.kiosk.touch(f"row:{number}")
            self.kiosk.expect("maintenance", 20, lambda line: "confirm" in line["actions"])
            self.kiosk.touch("confirm")
            self.menu(lambda view: view["cells"] == 60)
            for cell in set(range(60)) - silent:
                self.kiosk.touch(f"cell:{cell}")
            for colour in ("black", "white", "red", "green", "blue"):
                self.menu(lambda view, colour=colour: view["colour"] == colour)
                self.kiosk.touch("next")
            line = self.menu(lambda view, notice=notice: view["notice_id"] == notice)
            if silent:
                self.assertIn("7, 60", line["view"]["notice"])
        events = [event for event in self.audit() if event["type"] == "panel-test"]
        self.assertEqual([(event["id"], event["result"], event["detail"]) for event in events],
                         [(506, "failed", "cells 58/60 colours 5/5"),
                          (506, "ok", "cells 60/60 colours 5/5")])

    def print_calibration(self):
        """From the printer's page; where line A stands on the paper, in tenths of a millimetre."""
        line = self.menu(lambda view: view["page"] == "printer" and not view["asks"])
        self.kiosk.touch(f"task:{line['view']['tasks']['calibration-print']}")
        self.kiosk.expect("maintenance", 20, lambda line: "confirm" in line["actions"])
        self.kiosk.touch("confirm")
        self.menu(lambda view: view["notice_id"] == "menu.print.done", 60)
        sheets = (self.rig.folder / "printer").glob("job-*.pwg")
        newest = max(sheets, key=lambda path: int(path.stem.split("-")[1]))
        row = read_row(newest.read_bytes(), 300)
        first = next(x for x, dot in enumerate(row) if dot < 128)
        last = next(x for x in range(first, len(row)) if row[x] >= 128)
        return round((first + last) / 2 * 254 / 600)

    def test_a_measured_placement_counts_for_the_next_sheet_and_names_who_changed_it(self):
        self.sign_in(STAFF[0])
        self.kiosk.touch("menu:3")
        self.assertEqual(self.print_calibration(), 200)
        self.kiosk.touch("task:11")
        for value in ("212", "1482", "197", "2197"):  # 1.2 mm to the right, 0.3 mm too high
            self.menu(lambda view: view["asks"])
            self.kiosk.send(do="type", text=value)
            self.menu(lambda view, value=value: view["typed"] == value)
            self.kiosk.touch("submit")
        self.menu(lambda view: view["notice_id"] == "menu.setting.placed")
        self.assertEqual(self.print_calibration(), 188)
        self.kiosk.touch("menu:6")
        line = self.menu(lambda view: view["page"] == "settings")
        ids = [row["id"] for row in line["view"]["rows"]]
        self.kiosk.touch(f"row:{ids.index('menu.section.printer')}")
        while True:
            line = self.menu(lambda view: view["page"] == "section")
            changed = {row["detail"]: row["chip"] for row in line["view"]["rows"] if row["chip"]}
            if "offset_x_um" in changed:
                break
            self.kiosk.touch("next-page")
            shown = line["view"]["row_page"]
            self.menu(lambda view, shown=shown: view["row_page"] == shown + 1)
        self.assertIn(STAFF[0][0], changed["offset_x_um"])
        kept = (self.rig.folder / "state/settings.ini").read_text()
        self.assertIn("offset_x_um=-1200", kept)
        self.assertIn("offset_y_um=300", kept)
        self.assertIn(STAFF[0][0], kept)

    def test_service_and_storage_say_what_is_known_of_certificate_and_journal(self):
        line = self.sign_in(STAFF[0])
        for part, row, pattern in (("menu.part.service", "menu.service.certificate",
                                    r"20\d\d-\d\d-\d\d"),
                                   ("menu.part.storage", "menu.storage.entries", r"[1-9]")):
            number = next(i for i, one in enumerate(line["view"]["rows"]) if one["id"] == part)
            self.kiosk.touch(f"row:{number}")
            page = self.menu(lambda view, row=row: any(one["id"] == row for one in view["rows"]))
            text = next(one["text"] for one in page["view"]["rows"] if one["id"] == row)
            self.assertRegex(text, pattern)
            self.kiosk.touch("menu:1")
            line = self.menu(lambda view: view["page"] == "overview")

    def acknowledge_the_cut(self):
        """The supervisor, from the overview on, by what the screens offer."""
        supervisor = STAFF[1]
        line = self.sign_in(supervisor)
        number = [row["id"] for row in line["view"]["rows"]].index("menu.part.storage")
        self.kiosk.touch(f"row:{number}")
        line = self.menu(lambda view: view["page"] == "part")
        self.kiosk.touch(f"task:{line['view']['tasks']['acknowledge']}")
        self.menu(lambda view: view["asks"])
        self.kiosk.touch("row:0")  # the disk was replaced
        self.kiosk.expect("maintenance", 20, lambda line: "confirm" in line["actions"])
        self.kiosk.touch("confirm")
        self.menu(lambda view: view["notice_id"] == "menu.acknowledged")
        seen = [event for event in self.audit() if event["type"] == "cut-seen"]
        self.assertEqual([event["who"] for event in seen], [supervisor[0]])

    def test_an_audit_tail_that_was_cut_is_found_by_the_head_that_the_service_had(self):
        self.sign_in(STAFF[0])
        self.kiosk.touch("finish")
        self.kiosk.expect("attract")
        self.kiosk.quit()
        self.kiosk = self.rig.start_kiosk()  # its first report tells the head
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract")
        self.kiosk.quit()
        verify = ("audit", "verify", "--config", self.rig.config)
        head = self.rig.run_kiosk(*verify).split("head ")[1].strip()
        with contextlib.closing(sqlite3.connect(self.rig.folder / "state/journal.db")) as database:
            database.executescript("DROP TRIGGER no_audit_delete; DELETE FROM audit WHERE seq="
                                   "(SELECT max(seq) FROM audit)")
        self.rig.run_kiosk(*verify)  # by itself the rest looks whole
        self.rig.run_kiosk(*verify, "--head", head, code=1)
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract")
        self.kiosk.quit()
        for _ in range(2):  # it stays visible: to a look, at the service, at the next start
            look = self.rig.run_kiosk("check", "--config", self.rig.config, code=None)
            self.assertIn("audit was cut", look)
            self.assertIn(f"audit CUT, not there: {head}", self.rig.central("kiosks"))
            self.kiosk = self.rig.start_kiosk()
            self.addCleanup(self.kiosk.__exit__)
            self.kiosk.expect("attract")
            self.kiosk.quit()
        cut = [event for event in self.audit() if event["type"] == "audit-cut"]
        self.assertEqual([event["detail"] for event in cut], [head])
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract")
        self.acknowledge_the_cut()
        self.assertNotIn("audit was cut",
                         self.rig.run_kiosk("check", "--config", self.rig.config, code=None))


if __name__ == "__main__":
    unittest.main()
