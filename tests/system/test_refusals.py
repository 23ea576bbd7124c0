"""What must not work: each way ends in a screen that says why, and nothing is printed."""
import json
import os
import shutil
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest

from system import SAMPLES, Rig, rigs, walk_to


class Refusals(unittest.TestCase):
    def rig(self, **options):
        rig = Rig(**options)
        self.addCleanup(rig.__exit__)
        return rig.__enter__()

    def kiosk(self, rig):
        kiosk = rig.start_kiosk()
        self.addCleanup(kiosk.__exit__)
        return kiosk

    def ask_without_certificate(self, port):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        answer = b""
        try:
            with socket.create_connection(("localhost", port), 10) as plain, \
                    context.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall(b"GET /v1/kiosk HTTP/1.1\r\nHost: localhost\r\n\r\n")
                while chunk := secure.recv(4096):
                    answer += chunk
                    if b"}" in answer:
                        break
        except (ssl.SSLError, OSError):
            pass  # refused in the handshake: nothing was given
        return answer

    def assert_nothing_printed(self, rig):
        self.assertEqual(rig.printed_sides(), 0)
        self.assertEqual([e for e in rig.printer_events() if e["event"] == "create"], [])

    def test_no_card_leads_back_to_attract(self):
        rig = self.rig(spooler=False)
        rig.write_config(visit__card_s=2)
        kiosk = self.kiosk(rig)
        kiosk.expect("attract", 30)
        kiosk.touch("begin")
        kiosk.expect("card")
        kiosk.expect("attract", 10)
        self.assertEqual(kiosk.quit(), 0)

    def test_unknown_person_is_sent_to_the_window(self):
        rig = self.rig(spooler=False, card="stranger.txt")
        kiosk = self.kiosk(rig)
        walk_to(kiosk, rig, "card")
        rig.put_card()
        _, line = kiosk.expect("refused")
        self.assertEqual(line["view"]["reason"], "person-unknown")
        self.assert_nothing_printed(rig)

    def test_nothing_printable_shows_the_list_with_reasons_and_no_way_on(self):
        rig = self.rig(spooler=False, reason="tax-due")
        kiosk = self.kiosk(rig)
        walk_to(kiosk, rig, "card")
        rig.put_card()
        _, line = kiosk.expect("choose")
        self.assertFalse([a for a in line["actions"] if a.startswith("choose:")])
        self.assertEqual({c["reason"] for c in line["view"]["certificates"]}, {"tax-due"})
        kiosk.touch("choose:0")
        time.sleep(0.5)
        self.assertEqual(kiosk.screen(), "choose")
        self.assert_nothing_printed(rig)

    def test_expired_card_is_refused(self):
        rig = self.rig(spooler=False, card="expired.txt")
        kiosk = self.kiosk(rig)
        walk_to(kiosk, rig, "card")
        rig.put_card()
        _, line = kiosk.expect("refused")
        self.assertEqual(line["view"]["reason"], "card-expired")

    def test_service_down_before_the_start_keeps_the_kiosk_closed_until_it_is_back(self):
        rig = self.rig(spooler=False)
        rig.stop_service()
        kiosk = self.kiosk(rig)
        kiosk.expect("closed", where=lambda e: e["view"]["reason"] == "service-unreachable")
        rig.put_card()
        time.sleep(1.5)
        self.assertEqual(kiosk.screen(), "closed")
        rig.lift_card()
        rig.serve()
        kiosk.expect("attract", 40)

    def test_service_down_after_the_card_ends_the_visit_and_says_so(self):
        """Closed when it is noticed while the card is read, refused when it is asked for."""
        rig = self.rig(spooler=False)
        kiosk = self.kiosk(rig)
        walk_to(kiosk, rig, "card")
        rig.put_card()
        kiosk.expect("reading")
        rig.stop_service()
        said = {"closed": "service-unreachable", "refused": "service-error"}
        _, line = kiosk.expect_any(said, 30)
        self.assertEqual(line["view"]["reason"], said[line["screen"]])
        self.assert_nothing_printed(rig)

    def test_record_signed_by_another_key_is_never_drawn(self):
        rig = self.rig(spooler=False)
        other = Rig(spooler=False)
        self.addCleanup(other.__exit__)
        other.start_service()
        shutil.copy(other.folder / "keys/service.jwks", rig.folder / "keys/service.jwks")
        kiosk = self.kiosk(rig)
        walk_to(kiosk, rig, "choose")
        kiosk.touch("choose:0")
        _, line = kiosk.expect("refused")
        self.assertEqual(line["view"]["reason"], "record-signature")
        self.assertNotIn("preview", [e.get("screen") for _, e in kiosk.lines])
        self.assertEqual(rig.issuances(), [])
        self.assert_nothing_printed(rig)

    def test_service_with_another_authoritys_certificate_gets_nothing(self):
        rig = self.rig(spooler=False)
        other = Rig(spooler=False)
        self.addCleanup(other.__exit__)
        other.start_service()
        rig.write_config(service__url=f"https://localhost:{other.service_port}")
        kiosk = self.kiosk(rig)
        kiosk.expect("closed", where=lambda e: e["view"]["reason"] == "service-unreachable")
        self.assertNotIn("POST /v1/visits", other.log("service"))

    def test_kiosk_with_another_authoritys_certificate_gets_nothing(self):
        rig = self.rig(spooler=False)
        other = Rig(spooler=False)
        self.addCleanup(other.__exit__)
        other.start_service()
        for name in ("kiosk.pem", "kiosk.key"):
            shutil.copy(other.folder / "keys" / name, rig.folder / "keys" / name)
        kiosk = self.kiosk(rig)
        kiosk.expect("closed", where=lambda e: e["view"]["reason"] == "service-unreachable")
        self.assertNotIn(b"next_sequence", self.ask_without_certificate(rig.service_port))

    def test_revoked_kiosk_closes(self):
        rig = self.rig(spooler=False)
        rig.central("revoke", rigs.KIOSK)
        kiosk = self.kiosk(rig)
        kiosk.expect("closed", where=lambda e: e["view"]["reason"] in
                     ("service-refused", "service-unreachable"))
        time.sleep(1)
        self.assertEqual(kiosk.screen(), "closed")

    def test_printer_out_of_paper_keeps_the_kiosk_closed(self):
        rig = self.rig(spooler=False)
        rig.printer.send("reasons media-empty-error")
        kiosk = self.kiosk(rig)
        _, line = kiosk.expect("closed", where=lambda e: e["view"]["reason"] == "printer-media")
        self.assertNotIn("begin", line["actions"])
        self.assertTrue(line["view"]["sentence"])
        kiosk.touch("begin")
        rig.put_card()
        time.sleep(1.5)
        self.assertEqual(kiosk.screen(), "closed")
        rig.lift_card()
        rig.printer.send("clear")
        rig.printer.send("reasons none")
        kiosk.expect("attract", 20)

    def test_no_booklets_keeps_the_kiosk_closed(self):
        rig = self.rig(spooler=False, stock=None)
        kiosk = self.kiosk(rig)
        _, line = kiosk.expect("closed", where=lambda e: e["view"]["reason"] == "stock-empty")
        self.assertNotIn("begin", line["actions"])
        self.assertEqual(kiosk.quit(), 0)
        answer = rig.run_kiosk("check", "--json", "--config", rig.config, code=1)
        checks = {check["id"]: check["state"] for check in json.loads(answer)["checks"]}
        self.assertEqual(checks["stock.next"], "bad")
        self.assertEqual(checks["reader.attached"], "ok")
        self.assertEqual(checks["printer.reachable"], "ok")
        self.assertEqual(checks["service.reachable"], "ok")

    def test_character_that_no_font_has_refuses_before_anything_is_reserved(self):
        rig = self.rig(spooler=False, owners="测试一\U0002EBF0")
        kiosk = self.kiosk(rig)
        walk_to(kiosk, rig, "choose")
        kiosk.touch("choose:0")
        _, line = kiosk.expect("refused")
        self.assertEqual(line["view"]["reason"], "cannot-print")
        self.assertIn("权利人", line["view"]["sentence"])
        self.assertNotIn("U+", line["view"]["sentence"])
        self.assertIn("owners: a character cannot be printed here", rig.log("kiosk"))
        self.assertNotIn("U+2EBF0", rig.log("kiosk"))
        self.assertEqual(rig.issuances(), [])
        self.assert_nothing_printed(rig)

    def test_certificate_already_printed_is_not_offered_again(self):
        rig = self.rig(spooler=False, page_ms=20)
        kiosk = self.kiosk(rig)
        walk_to(kiosk, rig, "done")
        kiosk.touch("finish")
        line = walk_to(kiosk, rig, "choose", record=1)
        self.assertNotIn("choose:0", line["actions"])
        self.assertEqual(line["view"]["certificates"][0]["reason"], "printed")

    @unittest.skipUnless(os.geteuid() == 0, "a journal is set aside by root")
    def test_broken_journal_closes_the_machine_until_it_is_set_aside(self):
        rig = self.rig(spooler=False)
        journal = rig.folder / "state" / "journal.db"
        with sqlite3.connect(journal) as db:
            db.executescript("DROP TRIGGER no_audit_update; UPDATE audit SET key='eve' WHERE seq=1")
        db.close()
        kiosk = self.kiosk(rig)
        kiosk.expect("closed", 30, lambda line: line["view"]["reason"] == "journal")
        for command in (["check"], ["journal", "set-aside"]):
            said = rig.run_kiosk(*command, "--config", rig.config, code=1, told=True)
            self.assertIn("audit event 1: broken chain", said)
            self.assertIn("kiosk journal set-aside", said)
        self.assertIsNone(kiosk.process.poll())
        rig.run_kiosk("journal", "set-aside", journal, "--config", rig.config)
        kiosk.expect("closed", 30, lambda line: line["view"]["reason"] != "journal")
        self.assertEqual(kiosk.quit(), 0)
        self.assertEqual(rig.log("kiosk").count("closed: journal:"), 1)


class Commands(unittest.TestCase):
    def test_ready_machine_says_so(self):
        with Rig(spooler=False) as rig:
            answer = json.loads(rig.run_kiosk("check", "--json", "--config", rig.config))
            self.assertTrue(answer["ready"], answer)

    def test_second_kiosk_on_the_same_journal_ends_with_1(self):
        with Rig(spooler=False) as rig, rig.start_kiosk() as kiosk:
            kiosk.expect("attract", 30)
            rig.run_kiosk("headless", "--config", rig.config, code=1)
            self.assertEqual(kiosk.quit(), 0)

    def test_end_of_input_ends_the_kiosk_in_order(self):
        with Rig(spooler=False) as rig, rig.start_kiosk() as kiosk:
            kiosk.expect("attract", 30)
            kiosk.process.stdin.close()
            self.assertEqual(kiosk.process.wait(20), 0)

    def test_wrong_lines_are_answered_and_the_program_goes_on(self):
        with Rig(spooler=False) as rig, rig.start_kiosk() as kiosk:
            kiosk.expect("attract", 30)
            for line in (b"{", b'{"do":"dance"}', b'{"do":"touch","action":"confirm"}',
                         b"x" * 10000, b'{"do":"screenshot","file":"/no/such/folder/a.png"}'):
                kiosk.process.stdin.write(line + b"\n")
                kiosk.process.stdin.flush()
            time.sleep(1.5)
            errors = [entry for _, entry in kiosk.lines if "error" in entry]
            self.assertEqual(len(errors), 5, errors)
            kiosk.touch("begin")
            kiosk.expect("card")

    def test_touch_in_millimetres_acts_like_the_finger(self):
        with Rig(spooler=False) as rig, rig.start_kiosk() as kiosk:
            kiosk.expect("attract", 30)
            kiosk.send(do="touch", x_mm=134, y_mm=383)
            kiosk.expect("card", 10)

    def test_window_without_a_display_ends_with_1(self):
        with Rig(spooler=False) as rig:
            environment = {name: value for name, value in os.environ.items()
                           if name not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
            done = subprocess.run([str(rig.build / "kiosk"), "run", "--windowed", "--config",
                                   str(rig.config)], capture_output=True, text=True, timeout=30,
                                  env={**environment, **rig.environment})
            self.assertEqual(done.returncode, 1)
            self.assertIn("no display", done.stderr)

    def test_wrong_config_stops_the_start_naming_line_and_key(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/kiosk.conf"
            with open(path, "w") as file:
                file.write("[printer]\npoll_ms = 5\n")
            done = subprocess.run([str(rigs.folder_of_build() / "kiosk"), "headless", "--config",
                                   path], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("kiosk.conf:2: [printer] poll_ms: 5 is out of range", done.stderr)

    def test_port_that_is_taken_is_named(self):
        with Rig(spooler=False) as rig:
            command = [str(rigs.folder_of_build() / "kiosk-central"), "--config",
                       str(rig.folder / "central.conf"), "serve"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 1)
            self.assertIn(str(rig.service_port), done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "a full disk is made with a small tmpfs: needs root")
    def test_full_disk_closes_the_machine_and_says_so(self):
        with Rig(spooler=False) as rig:
            rig.write_config(kiosk__state_dir=rig.folder / "small")
            (rig.folder / "small").mkdir()
            script = (f"mount -t tmpfs -o size=64k none {rig.folder}/small && "
                      f"{rig.build}/kiosk headless --config {rig.config}")
            done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True,
                                  text=True, timeout=30, stdin=subprocess.DEVNULL)
            if "mount" in done.stderr and "kiosk" not in done.stderr:
                self.skipTest("mounting is not allowed here")
            self.assertRegex(done.stderr, "closed: journal: .*(full|space)")
            self.assertIn('"reason":"journal"', done.stdout.replace(" ", ""))

    def test_render_draws_the_sample_without_service_or_printer(self):
        with tempfile.TemporaryDirectory() as folder:
            kiosk = str(rigs.folder_of_build() / "kiosk")
            sample = str(SAMPLES / "rec-2026-000001.json")
            for arguments, code in ((["-o", f"{folder}/a.pdf"], 0),
                                    (["-o", f"{folder}/a.png", "--page", "4", "--dpi", "150"], 0),
                                    (["-o", f"{folder}/a.gif"], 2),
                                    (["-o", f"{folder}/a.png", "--page", "0"], 2),
                                    (["-o", "/no/such/folder/a.pdf"], 1)):
                done = subprocess.run([kiosk, "render", sample, *arguments], capture_output=True,
                                      text=True)
                self.assertEqual(done.returncode, code, f"{arguments}: {done.stderr}")
            done = subprocess.run([kiosk, "render", "/etc/hostname", "-o", f"{folder}/b.pdf"],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
