"""What an idle kiosk costs: processor, wake-ups and memory, headless and with its window."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

from system import Rig

SETTLE_S = 6
MEASURE_S = 20
CPU_LIMIT = 0.005      # of one core
WAKEUP_LIMIT = 8       # a second
PSS_LIMIT_MB = 60
WAITS = "poll,ppoll,epoll_wait,epoll_pwait,select,pselect6,futex,clock_nanosleep,nanosleep"


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_mb(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.M)[1]) / 1024


def count_waits(pid, folder):
    """Returns from waiting calls in all threads, a second. The virtual USB bus answers each ioctl
    over a socket, which no real bus does: those are not waits and not counted."""
    log = folder / "strace.log"
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-e", f"trace={WAITS}", "-o", str(log), "-p",
                               str(pid)], stderr=subprocess.DEVNULL)
    time.sleep(MEASURE_S / 2)
    tracer.send_signal(signal.SIGINT)
    tracer.wait(10)
    done = [line for line in log.read_text(errors="replace").splitlines()
            if re.search(r"(resumed>|\) ).*= ", line) and "unfinished" not in line
            and "FUTEX_WAKE" not in line]
    return len(done) / (MEASURE_S / 2)


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
                waits = count_waits(pid, rig.folder) if shutil.which("strace") else 0
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
    unittest.main()
