"""A technician mends what the screens say, and the machine opens by itself.

He knows the hidden way in, his PIN, and how to handle things with his hands: paper, doors, plugs. What
is wrong and what to do about it he reads on the screen. Prints the table of all faults.
"""
import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import time
import unittest

from system import Rig
import rig as rigs
from rig import STAFF

SHIM = rigs.folder_of_build() / "tests/harness/world_shim.so"
OPEN_WITHIN_S = 60
NOTICE_S = 45  # until the machine has noticed
CORNERS = ((20, 10), (250, 10), (20, 10), (250, 10), (250, 10))  # the hidden way in


class World:
    """What hands can do around the machine: break it, and the remedy for each."""

    def __init__(self, rig):
        self.rig = rig
        self.clock_ms, self.free_bytes = 0, -1
        self.reasons, self.state, self.net = set(), "idle", "ok"
        self.set()
        self.cabinet("yes")

    def set(self, clock_ms=None, free_bytes=None):
        self.clock_ms = self.clock_ms if clock_ms is None else clock_ms
        self.free_bytes = self.free_bytes if free_bytes is None else free_bytes
        with open(self.rig.folder / "world", "r+b" if (self.rig.folder / "world").exists()
                  else "wb") as file:
            file.write(struct.pack("=qq", self.clock_ms, self.free_bytes))

    def cabinet(self, shut):
        time.sleep(0.3)  # the lamp, which stands in the same file, has been set
        fresh = self.rig.folder / "cabinet.new"
        fresh.write_text(f"[sensors]\ndoor_shut = {shut}\n")
        fresh.rename(self.rig.folder / "cabinet.ini")

    def printer(self, reason=None, done=None, state=None, net=None):
        """One more thing is wrong with it, one is done, its state or its network is another."""
        self.reasons = (self.reasons | {reason} if reason else self.reasons) - {done}
        self.state, self.net = state or self.state, net or self.net
        self.rig.printer.send(f"reasons {','.join(self.reasons) or 'none'}")
        self.rig.printer.send(f"state {self.state}")
        self.rig.printer.send(f"net {self.net}")

    def cups(self, command):
        subprocess.run([command, "kiosk"], check=True, timeout=20, capture_output=True,
                       env={**os.environ, "CUPS_SERVER": self.rig.cups_server})

    def plug(self):
        """Pulls the reader's cable, if it is in, and plugs it in again."""
        self.rig.reader.send("fault none")
        with contextlib.suppress(rigs.RigError):
            self.rig.reader.send("unplug")
        self.rig.reader.send("plug")


# What hands do when a step says so. The picture shows at what: the first word of its name. Each does
# that and no more, so wrong steps mend nothing.
HANDS = (
    ("printer", "装入红本|Put booklets in", lambda world: world.printer(done="media-empty-error")),
    ("printer", "拉出卡住的|pull the booklet out", lambda world: world.printer(done="media-jam-error")),
    ("printer", "关好打印机的门|Close the printer's door",
     lambda world: world.printer(done="door-open-error")),
    ("printer", "换上新粉盒|put in a new cartridge",
     lambda world: world.printer(done="marker-supply-empty-error")),
    ("printer", "有没有通电|switched on", lambda world: world.printer(net="ok")),
    ("printer", "在面板上让它继续|let it continue there", lambda world: world.printer(state="idle")),
    ("reader", "拔下 USB 线.*再插上|Pull its USB cable.*plug it in", World.plug),
    ("service", "检查网线|network cable", lambda world: world.rig.serve()),
    ("storage", "清理硬盘|free the disk", lambda world: world.set(free_bytes=-1)),
    ("clock", "检查网络|Check the network", lambda world: world.set(clock_ms=0)),
    ("cabinet", "关好机门|Shut the cabinet's door", lambda world: world.cabinet("yes")),
)

# Name, how it breaks.
FAULTS = (
    ("printer off", lambda world: world.printer(net="refuse")),
    ("paper empty", lambda world: world.printer(reason="media-empty-error")),
    ("paper jam", lambda world: world.printer(reason="media-jam-error")),
    ("printer door open", lambda world: world.printer(reason="door-open-error")),
    ("toner empty", lambda world: world.printer(reason="marker-supply-empty-error")),
    ("printer paused", lambda world: world.printer(state="stopped")),
    ("cabinet door open", lambda world: world.cabinet("no")),
    ("disk nearly full", lambda world: world.set(free_bytes=3_000_000)),
    ("clock wrong", lambda world: world.set(clock_ms=-90_000)),
    ("reader unplugged", lambda world: world.rig.reader.send("unplug")),
    ("reader hung", lambda world: world.rig.reader.send("fault hung")),
    ("service down", lambda world: world.rig.stop_service()),
)


class Technician:
    """Sees lines of the panel, touches what they offer."""

    def __init__(self, kiosk, member):
        self.kiosk, self.member = kiosk, member

    def see(self, where, patience_s=20):
        _, line = self.kiosk.expect("maintenance", patience_s, lambda line: where(line["view"]))
        return line

    def enter(self):
        for x_mm, y_mm in CORNERS:
            self.kiosk.send(do="touch", x_mm=x_mm, y_mm=y_mm)
        name, pin = self.member
        line = self.see(lambda view: any(row["name"] == name for row in view["rows"]))
        row = next(i for i, row in enumerate(line["view"]["rows"]) if row["name"] == name)
        self.kiosk.touch(f"row:{row}")
        self.see(lambda view: view["asks"])
        for digit in pin:
            self.kiosk.touch(f"digit:{digit}")
        self.see(lambda view: view["entered"] == len(pin))
        self.kiosk.touch("submit")
        return self.see(lambda view: view["page"] == "overview")

    def read_fault(self):
        """Opens the first row that is bad; gives what stands on its page."""
        line = self.enter()
        if not any(row["state"] == "bad" for row in line["view"]["rows"]):
            line = self.see(lambda view: any(row["state"] == "bad" for row in view["rows"]))
        row = next(i for i, row in enumerate(line["view"]["rows"]) if row["state"] == "bad")
        self.kiosk.touch(f"row:{row}")
        return self.see(lambda view: view["page"] == "part")["view"]

    def leave(self):
        self.kiosk.touch("back")
        self.see(lambda view: view["page"] == "overview")
        self.kiosk.touch("finish")


class Recovery(unittest.TestCase):
    def setUp(self):
        self.rig = Rig().__enter__()
        self.addCleanup(self.rig.__exit__)
        self.world = World(self.rig)
        self.rig.environment["LD_PRELOAD"] = f"{SHIM}:{self.rig.environment['LD_PRELOAD']}"
        self.rig.environment["KIOSK_WORLD"] = str(self.rig.folder / "world")
        self.rig.write_config(service__status_s=5, cabinet__driver="virtual",
                              cabinet__virtual_file=self.rig.folder / "cabinet.ini")

    def test_from_every_fault_the_screens_lead_back_to_service(self):
        kiosk = self.rig.start_kiosk()
        self.addCleanup(kiosk.__exit__)
        technician = Technician(kiosk, STAFF[0])
        kiosk.expect("attract", 40)
        table = []
        for number, (name, break_it) in enumerate(FAULTS):
            table.append((name, *self.mend(kiosk, technician, break_it, number % 2 == 1)))
            if os.environ.get("KIOSK_VERBOSE"):
                print(table[-1], flush=True)
        print("\n".join(["fault | the screen says | picture | steps | seconds until open",
                         "--- | --- | --- | --- | ---"] +
                        [f"{name} | {says} | {picture} | {steps} | {seconds:.1f}"
                         for name, says, picture, steps, seconds in table]))
        self.assertEqual(len(table), len(FAULTS))

    def mend(self, kiosk, technician, break_it, english):
        break_it(self.world)
        _, line = kiosk.expect("closed", NOTICE_S)
        if (line["language"] == "en") != english:
            kiosk.touch("language")
        page = technician.read_fault()
        part = page["picture"].split(".")[0]
        acts = [act for step in page["steps"] for at, words, act in HANDS
                if at == part and re.search(words, step)]
        self.assertTrue(acts, (page["picture"], page["steps"]))
        technician.leave()
        kiosk.expect("closed")
        start = time.monotonic()
        for act in acts:
            act(self.world)
        at, _ = kiosk.expect("attract", OPEN_WITHIN_S)
        return (f"{page['heading']}: {page['lead']}", page["picture"],
                " ".join(f"{i}. {step}" for i, step in enumerate(page["steps"], 1)), at - start)

    def test_a_queue_that_somebody_paused_is_started_again_without_anybody(self):
        kiosk = self.rig.start_kiosk()
        self.addCleanup(kiosk.__exit__)
        kiosk.expect("attract", 40)
        start = time.monotonic()
        self.world.cups("cupsdisable")
        until = start + OPEN_WITHIN_S
        while time.monotonic() < until and "disabled" in self.queue_state():
            time.sleep(0.5)
        self.assertNotIn("disabled", self.queue_state())
        print(f"queue paused | started again by itself after {time.monotonic() - start:.1f} s")
        if kiosk.screen() != "attract":
            kiosk.expect("attract", OPEN_WITHIN_S)

    def queue_state(self):
        return subprocess.run(["lpstat", "-p", "kiosk"], timeout=20, capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C",
                                   "CUPS_SERVER": self.rig.cups_server}).stdout

    def test_a_check_ends_although_the_service_never_answers(self):
        with socket.create_server(("localhost", 0)) as silent:
            self.rig.write_config(service__url=f"https://localhost:{silent.getsockname()[1]}",
                                  service__timeout_ms=60000)
            start = time.monotonic()
            told = json.loads(self.rig.run_kiosk("check", "--json", "--config", self.rig.config,
                                                 code=1, timeout=30))
        self.assertLess(time.monotonic() - start, 15)
        service = next(check for check in told["checks"] if check["id"] == "service.reachable")
        self.assertNotEqual(service["state"], "ok")
        self.assertTrue(all(check["sentence"] and check["sentence_zh"]
                            for check in told["checks"]))
        self.assertGreater(len(told["checks"]), 8)


if __name__ == "__main__":
    unittest.main()
