"""What the tests of the maintenance menu share: a machine of its own for each, and somebody who signs
in, fills in fields and fetches the second person."""
import json
import unittest

from system import Rig


class TechnicianCase(unittest.TestCase):
    def setUp(self):
        self.rig = Rig(spooler=False).__enter__()
        self.addCleanup(self.rig.__exit__)
        self.kiosk = self.rig.start_kiosk()
        self.addCleanup(self.kiosk.__exit__)
        self.kiosk.expect("attract", 40)

    def menu(self, where=lambda view: True, patience_s=20):
        _, line = self.kiosk.expect("maintenance", patience_s, lambda line: where(line["view"]))
        return line

    def type_pin(self, pin):
        self.kiosk.send(do="type", text=pin)
        self.menu(lambda view: view["entered"] == len(pin))
        self.kiosk.touch("submit")

    def row(self, line, name):
        return next(i for i, row in enumerate(line["view"]["rows"]) if row["name"] == name)

    def sign_in(self, member):
        name, pin = member
        self.kiosk.touch("maintenance")
        line = self.menu(lambda view: any(row["name"] == name for row in view["rows"]))
        self.kiosk.touch(f"row:{self.row(line, name)}")
        self.menu(lambda view: view["asks"])
        self.type_pin(pin)
        return self.menu(lambda view: view["page"] == "overview")

    def audit(self):
        self.kiosk.quit()
        return json.loads(self.rig.run_kiosk("audit", "export", "--json", "--config",
                                             self.rig.config))

    def type_serials(self, *serials):
        for serial in serials:
            self.menu(lambda view: view["asks"] and view["entered"] < 12)
            self.kiosk.send(do="type", text=serial)
            self.menu(lambda view, serial=serial: view["typed"] == serial)
            self.kiosk.touch("submit")

    def second(self, member):
        """The other one of the two people confirms."""
        line = self.menu(lambda view: any(row["name"] == member[0] for row in view["rows"]))
        self.kiosk.touch(f"row:{self.row(line, member[0])}")
        self.menu(lambda view: view["asks"])
        self.type_pin(member[1])
