"""Two people at the real program account for every booklet, given only what the screens show."""
import json
import unittest

from technician import TechnicianCase  # it finds the harness's folder
from rig import STAFF
from system import walk_to


class Stock(TechnicianCase):
    def test_a_blank_that_was_damaged_before_use_is_voided_by_two_people_and_then_destroyed(self):
        self.sign_in(STAFF[1])
        self.kiosk.touch("menu:2")
        line = self.menu(lambda view: view["page"] == "booklets" and not view["asks"])
        self.kiosk.touch(f"task:{line['view']['tasks']['spoil']}")
        self.type_serials("D33000000007")
        self.second(STAFF[0])
        self.menu(lambda view: view["notice_id"] == "menu.spoiled")
        self.kiosk.touch("row:0")
        line = self.menu(lambda view: view["page"] == "batch")
        row = next(i for i, row in enumerate(line["view"]["rows"]) if row["id"] == "menu.booklet.gone")
        self.kiosk.touch(f"row:{row}")
        self.type_serials("D33000000007")
        self.second(STAFF[0])
        self.menu(lambda view: view["notice_id"] == "menu.destroyed")
        both = f"{STAFF[1][0]},{STAFF[0][0]}"
        self.assertEqual([(event["type"], event["who"], event["detail"]) for event in self.audit()
                          if event["type"] in ("stock-spoil", "stock-destroy")],
                         [("stock-spoil", both, "D33000000007"),
                          ("stock-destroy", both, "D33000000007")])
        stock = self.rig.run_kiosk("stock", "list", "--json", "--config", self.rig.config)
        self.assertEqual(json.loads(stock)["batches"][0]["destroyed"], 1)

    def test_booklets_are_loaded_by_two_people_and_audited(self):
        self.sign_in(STAFF[0])
        self.kiosk.touch("menu:2")
        self.menu(lambda view: view["page"] == "booklets" and not view["asks"])
        self.kiosk.touch("task:5")
        self.type_serials("D33000012301", "D33000012310", "10")
        self.second(STAFF[1])
        self.menu(lambda view: view["notice_id"] == "menu.loaded")
        events = [event for event in self.audit() if event["type"] == "stock-load"]
        self.assertIn(STAFF[0][0], events[-1]["who"])
        self.assertIn(STAFF[1][0], events[-1]["who"])

    def test_a_load_that_was_wrong_is_taken_back_by_two_people(self):
        self.sign_in(STAFF[0])
        self.kiosk.touch("menu:2")
        line = self.menu(lambda view: view["page"] == "booklets" and not view["asks"])
        self.kiosk.touch(f"task:{line['view']['tasks']['load']}")
        self.type_serials("D33000012301", "D33000012310", "10")
        self.second(STAFF[1])
        line = self.menu(lambda view: view["notice_id"] == "menu.loaded")
        self.kiosk.touch(f"menu:{line['view']['pages']['batches']}")
        self.menu(lambda view: view["page"] == "batches")
        self.kiosk.touch("row:0")  # the newest
        line = self.menu(lambda view: view["page"] == "batch")
        self.assertIn("count", line["view"]["tasks"])
        self.kiosk.touch("row:0")
        self.kiosk.expect("maintenance", 20, lambda line: "confirm" in line["actions"])
        self.kiosk.touch("confirm")
        self.second(STAFF[1])
        line = self.menu(lambda view: view["notice_id"] == "menu.unloaded")
        self.assertEqual(line["view"]["tasks"], {})  # nothing is there to be counted
        events = [event for event in self.audit() if event["type"] == "stock-unload"]
        self.assertEqual([event["who"] for event in events], [f"{STAFF[0][0]},{STAFF[1][0]}"])
        stock = self.rig.run_kiosk("stock", "list", "--json", "--config", self.rig.config)
        self.assertEqual(len(json.loads(stock)["batches"]), 1)

    def test_two_people_count_a_batch_and_the_account_agrees_or_not(self):
        self.sign_in(STAFF[0])
        self.kiosk.touch("menu:2")
        line = self.menu(lambda view: view["page"] == "booklets")
        self.kiosk.touch(f"menu:{line['view']['pages']['batches']}")
        self.menu(lambda view: view["page"] == "batches")
        self.kiosk.touch("row:0")
        for counted, notice in (("49", "menu.counted.differs"), ("50", "menu.counted")):
            self.menu(lambda view: view["page"] == "batch" and not view["asks"])
            self.kiosk.touch("task:6")
            self.menu(lambda view: view["asks"])
            self.kiosk.send(do="type", text=counted)
            self.menu(lambda view, counted=counted: view["typed"] == counted)
            self.kiosk.touch("submit")
            self.second(STAFF[1])
            self.menu(lambda view, notice=notice: view["notice_id"] == notice)
        events = [event for event in self.audit() if event["type"] == "stock-count"]
        self.assertEqual([event["detail"].split()[1] for event in events], ["49", "50"])

    def test_a_retained_booklet_is_settled_by_two_people_with_the_service(self):
        self.kiosk.quit()
        with self.rig.start_kiosk() as kiosk:
            walk_to(kiosk, self.rig, "collect")
            kiosk.kill()
        self.rig.lift_card()
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract", 60)
        self.sign_in(STAFF[0])
        self.kiosk.touch("menu:2")
        line = self.menu(lambda view: view["page"] == "booklets")
        self.assertEqual(line["view"]["rows"][0]["detail"], "待两人核对")
        self.kiosk.touch(f"menu:{line['view']['pages']['cases']}")
        self.menu(lambda view: view["page"] == "cases")
        self.kiosk.touch("row:0")
        line = self.menu(lambda view: view["page"] == "case")
        tasks = line["view"]["tasks"]
        self.assertEqual(set(tasks), {"settle-void", "settle-delivered"})
        self.kiosk.touch(f"task:{tasks['settle-delivered']}")
        self.menu(lambda view: view["asks"])
        self.kiosk.touch("row:0")
        self.kiosk.expect("maintenance", 20, lambda line: "confirm" in line["actions"])
        self.kiosk.touch("confirm")
        self.second(STAFF[1])
        self.menu(lambda view: view["notice_id"] == "menu.settled.delivered")
        self.kiosk.touch("finish")
        event = [event for event in self.audit() if event["type"] == "settle"][-1]
        self.assertEqual((event["who"], event["result"]), (f"{STAFF[0][0]},{STAFF[1][0]}", "ok"))
        journal = json.loads(self.rig.run_kiosk("journal", "list", "--json", "--config",
                                                self.rig.config))
        self.assertEqual([one["state"] for one in journal], ["delivered"])


if __name__ == "__main__":
    unittest.main()
