"""What an idle kiosk costs: processor, wake-ups and memory, headless and with its window."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from system import SANITIZED, Rig

SETTLE_S = 4
MEASURE_S = 12
CPU_LIMIT = 0.005      # of one core
WAKEUP_LIMIT = 8       # a second; the printer is looked at once in it
PSS_LIMIT_MB = 60


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_mb(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.M)[1]) / 1024


def threads(pid):
    """Thread id -> name."""
    return {int(task.name): (task / "comm").read_text().strip()
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir()}


def voluntary_switches(pid, tids):
    total = 0
    for tid in tids:
        text = pathlib.Path(f"/proc/{pid}/task/{tid}/status").read_text()
        total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M)[1])
    return total


def count_wakeups(pid, folder):
    """Wake-ups a second: voluntary context switches of all threads but the reader's, and the returns
    of the reader's poll(). The virtual USB bus answers each of the reader's ioctls over a socket,
    which no real bus does: those switches are not the kiosk's."""
    names = threads(pid)
    reader = [tid for tid, name in names.items() if name == "reader"]
    others = [tid for tid in names if tid not in reader]
    log = folder / "strace.log"
    tracer = subprocess.Popen(["strace", "-qq", "-e", "trace=poll,ppoll", "-o", str(log), "-p",
                               str(reader[0])], stderr=subprocess.DEVNULL)
    before = voluntary_switches(pid, others)
    time.sleep(MEASURE_S)
    switches = voluntary_switches(pid, others) - before
    tracer.send_signal(signal.SIGINT)
    tracer.wait(10)
    polls = [line for line in log.read_text(errors="replace").splitlines() if " = " in line]
    return (switches + len(polls)) / MEASURE_S


class Idle(unittest.TestCase):
    def measure(self, *arguments, environment=None):
        with Rig(spooler=False) as rig:
            rig.environment.update(environment or {})
            with rig.start_kiosk(*arguments) as kiosk:
                if arguments[0] == "headless":
                    kiosk.expect("attract", 30)
                time.sleep(SETTLE_S)
                pid = kiosk.process.pid
                self.assertIsNone(kiosk.process.poll(), rig.log("kiosk"))
                self.assertIn("ready: open for citizens", rig.log("kiosk"))
                before = cpu_seconds(pid)
                time.sleep(MEASURE_S)
                cpu = (cpu_seconds(pid) - before) / MEASURE_S
                memory = pss_mb(pid)
                waits = count_wakeups(pid, rig.folder)
        print(f"\nidle {arguments[0]}: {cpu:.2%} of one core, {waits:.1f} wake-ups/s, "
              f"{memory:.1f} MB PSS")
        self.assertLess(cpu, CPU_LIMIT)
        self.assertLess(waits, WAKEUP_LIMIT)
        self.assertLess(memory, PSS_LIMIT_MB)

    def test_headless(self):
        self.measure("headless")

    @unittest.skipUnless(shutil.which("Xvfb"), "no Xvfb here")
    def test_window(self):
        read, write = os.pipe()
        server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-noreset", "-screen", "0",
                                   "1100x1950x24"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        try:
            display = os.read(read, 16).decode().strip()
            self.measure("run", "--windowed", environment={"DISPLAY": f":{display}",
                                                           "SDL_VIDEODRIVER": "x11"})
        finally:
            server.terminate()
            server.wait(10)
            os.close(read)


if __name__ == "__main__":
    if SANITIZED:
        print("skipped: what an idle kiosk costs is measured on the program without sanitizers")
        sys.exit(77)
    unittest.main()
