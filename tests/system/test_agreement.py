"""Kiosk and service come to agree again: the service restored from a backup, settlements made at either
place, the kiosk's journal lost."""
import contextlib
import json
import shutil
import sqlite3
import time
import unittest

from system import Rig, RigError, rigs, walk_to

TECHNICIAN, SUPERVISOR = rigs.STAFF


class Agreement(unittest.TestCase):
    def setUp(self):
        self.rig = Rig(spooler=False, records=3, page_ms=50)
        self.addCleanup(self.rig.__exit__)
        self.rig.__enter__()
        self.rig.write_config(service__status_s=5)

    def kiosk(self):
        kiosk = self.rig.start_kiosk()
        self.addCleanup(kiosk.__exit__)
        return kiosk

    def journal(self):
        return {line["key"]: line for line in json.loads(
            self.rig.run_kiosk("journal", "list", "--json", "--config", self.rig.config))}

    def service(self):
        return {entry["key"]: entry["state"] for entry in self.rig.issuances()}

    def wait_for(self, look, wanted, patience_s=40):
        until = time.monotonic() + patience_s
        while (seen := look()) != wanted:
            if time.monotonic() > until:
                raise RigError(f"{seen}, not {wanted}\n{self.rig.log('kiosk')[-3000:]}")
            time.sleep(0.2)

    def back_up(self):
        with sqlite3.connect(self.rig.folder / "central" / "central.db") as source, \
                sqlite3.connect(self.rig.folder / "backup.db") as target:
            source.backup(target)

    def restore(self):
        self.rig.stop_service()
        database = self.rig.folder / "central" / "central.db"
        for name in ("central.db-wal", "central.db-shm"):
            database.with_name(name).unlink(missing_ok=True)
        shutil.copy(self.rig.folder / "backup.db", database)
        time.sleep(1.1)  # the epoch is a second
        self.rig.central("restored")
        self.rig.serve()

    @contextlib.contextmanager
    def second_kiosk(self):
        """Everything within is the kiosk B034: its own keys, journal and booklets."""
        first, rig = self.rig.config, self.rig
        keys, rig.config = rig.folder / "keys-too", rig.folder / "second.conf"
        try:
            if not rig.config.exists():
                rig.central("enroll", "B034", str(keys))
                rig.central("assign", "B034", "D33000000101-D33000000110")
                rig.write_config(kiosk__state_dir=rig.folder / "state-too", service__status_s=5,
                                 service__certificate_file=keys / "kiosk.pem",
                                 service__key_file=keys / "kiosk.key")
                rig.hire()
                rig.load_stock("D33000000101", "D33000000110")
            yield
        finally:
            rig.config = first

    def awaited(self):
        return [kiosk["kiosk"] for kiosk in json.loads(self.rig.central("kiosks", "--json"))
                if kiosk["awaited"]]

    def retract(self, record):
        """A visit whose booklet is retained, for the kiosk dies before it is taken; its key."""
        before = set(self.service())
        with self.rig.start_kiosk() as kiosk:
            walk_to(kiosk, self.rig, "collect", record)
            kiosk.kill()
        self.rig.lift_card()
        with self.rig.start_kiosk() as kiosk:
            kiosk.expect("attract", 60)
            self.assertEqual(kiosk.quit(), 0)
        key, = set(self.service()) - before
        self.assertEqual(self.journal()[key]["state"], "retracted")
        return key

    def settle(self, key, state, code=0, typed=rigs.BOTH):
        return self.rig.run_kiosk("settle", key, state, "--reason", "counted by both", "--config",
                                  self.rig.config, typed=typed, code=code, told=True)

    def test_a_restored_service_is_told_again_what_it_lost(self):
        self.back_up()
        kiosk = self.kiosk()
        walk_to(kiosk, self.rig, "done")
        kiosk.touch("finish")
        kiosk.expect("attract")
        self.wait_for(lambda: list(self.service().values()), ["delivered"])
        self.restore()
        self.assertEqual(self.service(), {})
        kiosk.expect("closed", 30)
        self.wait_for(lambda: list(self.service().values()), ["delivered"])
        kiosk.expect("attract", 30)
        self.assertEqual(kiosk.quit(), 0)
        self.assertEqual({k: v["state"] for k, v in self.journal().items()}, self.service())
        self.assertEqual(self.rig.printed_sides(), 4)

    def test_no_second_kiosk_prints_what_the_lost_hour_had_printed(self):
        with self.second_kiosk():
            pass
        self.back_up()
        with self.rig.start_kiosk() as first:
            walk_to(first, self.rig, "done")
            first.kill()  # delivered, acknowledged, and off while the service is restored
        self.rig.lift_card()
        self.restore()
        with self.second_kiosk():
            second = self.kiosk()
            second.expect("closed", 30, lambda line: line["view"]["reason"] == "service-unreachable")
            self.wait_for(self.awaited, ["A012"])
            time.sleep(6)  # a heartbeat more: it stays closed
            self.assertEqual(second.screen(), "closed")
        first = self.kiosk()  # without a reader, which the second one has: it tells all the same
        self.wait_for(self.awaited, [])
        told = time.monotonic()
        second.expect("attract", 30)
        self.assertLess(time.monotonic() - told, 12)
        second.touch("begin")
        second.expect("card")
        self.rig.put_card()
        _, line = second.expect("choose", 20, lambda entry: entry["view"]["certificates"])
        self.assertEqual([(c["printable"], c["reason"]) for c in line["view"]["certificates"]],
                         [(False, "printed"), (True, ""), (True, "")])
        self.assertEqual(self.rig.printed_sides(), 4)
        self.assertEqual([second.quit(), first.quit()], [0, 0])

    def test_a_citizen_in_between_waits_only_as_long_as_the_service_says(self):
        self.rig.write_config()  # a heartbeat a minute: it is the 503 that tells the kiosk
        self.rig.reader.send("delay read 1500")
        kiosk = self.kiosk()
        kiosk.expect("attract", 60)
        kiosk.touch("begin")
        kiosk.expect("card")
        self.rig.put_card()
        kiosk.expect("reading")
        time.sleep(0.3)  # the kiosk has asked the service whether it is there
        began = time.monotonic()
        self.rig.central("restored")
        kiosk.expect("choose", 20, lambda entry: "choose:0" in entry["actions"])
        waited = time.monotonic() - began
        self.assertIn("restoring (503); again in 5 s", self.rig.log("kiosk"))
        self.assertGreater(waited, 5)
        self.assertLess(waited, 9)
        self.assertEqual(kiosk.quit(), 0)

    def test_two_people_end_the_waiting_for_a_kiosk_that_burnt(self):
        with self.second_kiosk():
            self.restore_from_now()
            kiosk = self.kiosk()
            self.wait_for(self.awaited, ["A012"])
            with self.assertRaises(RigError):
                self.rig.central("forgo", "A012", "--by", "ann", "--reason", "burnt")
            self.rig.central("forgo", "A012", "--by", "ann", "--by", "bob", "--reason", "burnt")
            kiosk.expect("attract", 30)
            self.assertEqual(kiosk.quit(), 0)

    def restore_from_now(self):
        self.back_up()
        self.restore()

    def test_settlements_of_either_place_reach_the_other(self):
        here, there = self.retract(0), self.retract(1)
        self.assertIn("another role", self.settle(here, "void", 1, typed=" ".join(SUPERVISOR) + "\n"))
        for wrong in ("printed", "spoiled"):
            self.assertIn("is retracted and can become delivered or void", self.settle(here, wrong, 1))
        self.assertEqual(self.journal()[here]["state"], "retracted")
        self.settle(here, "void")
        self.assertEqual(self.service()[here], "void")
        self.assertEqual(self.journal()[here]["state"], "void")
        self.assertIn("waits for nobody", self.settle(here, "delivered", 1))
        self.rig.central("settle", rigs.KIOSK, there, "delivered", "--by", "ann", "--by", "bob",
                         "--reason", "handed over at the window")
        kiosk = self.kiosk()
        self.wait_for(lambda: self.journal()[there]["state"], "delivered")
        kiosk.expect("attract", 60)
        self.assertEqual(kiosk.quit(), 0)
        stock = self.rig.run_kiosk("stock", "list", "--config", self.rig.config)
        self.assertIn("48 in stock, 1 issued, 1 void", stock)
        self.rig.run_kiosk("audit", "verify", "--config", self.rig.config)
        events = json.loads(self.rig.run_kiosk("audit", "export", "--json", "--config",
                                               self.rig.config))
        self.assertEqual([e["who"] for e in events if e["type"] == "settle"],
                         [f"{TECHNICIAN[0]},{SUPERVISOR[0]}"])
        self.assertEqual(len([e for e in events if e["type"] == "settled-elsewhere"]), 1)

    def test_a_settlement_that_the_service_has_otherwise_is_taken_over(self):
        key = self.retract(0)
        self.rig.central("settle", rigs.KIOSK, key, "void", "--by", "ann", "--by", "bob",
                         "--reason", "torn")
        self.assertIn("settled it already: void", self.settle(key, "delivered", 1))
        self.assertEqual(self.journal()[key]["state"], "void")

    def test_a_kiosk_that_lost_its_journal_opens_after_a_count_by_two(self):
        with self.rig.start_kiosk() as kiosk:
            walk_to(kiosk, self.rig, "done")
            kiosk.touch("finish")
            walk_to(kiosk, self.rig, "collect", 1)
            self.wait_for(lambda: sorted(self.service().values()), ["delivered", "printed"])
            kiosk.kill()
        self.rig.lift_card()
        shutil.rmtree(self.rig.folder / "state")
        self.rig.hire()
        kiosk = self.kiosk()
        kiosk.expect("closed", 30, lambda line: line["view"]["reason"] == "stock-empty")
        self.wait_for(lambda: "count the stock" in self.rig.log("kiosk"), True)
        self.assertEqual(kiosk.quit(), 0)
        self.rig.load_stock("D33000000003", "D33000000050")
        kiosk = self.kiosk()
        walk_to(kiosk, self.rig, "done", 2)
        self.assertEqual(kiosk.quit(), 0)
        identifiers = [entry["identifier"] for entry in self.rig.issuances()]
        self.assertEqual([text.split(".")[2][8:] for text in identifiers],
                         ["00000001", "00000002", "00000003"])


if __name__ == "__main__":
    unittest.main()
