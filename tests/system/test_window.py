"""A whole visit in the real window: a hand of xdotool clicks, a server without a screen shows. Each
screen must look as the headless panel draws it, and with speech on it must be heard."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from system import SANITIZED, Rig

import rig as rigs

MM = 1920 / 476             # pixels
HEADER_MM = 29              # the clock goes on
SHARE_LIMIT = 0.004         # of the pixels: digits of a countdown
RING_LIMIT = 0.012          # the ring of the focus as well
PATIENCE_S = 20
PRIMARY, SPEECH = (134, 383), (182, 442)
SHOWN = ("attract", "card", "choose", "preview", "take-card", "collect", "done")


@contextlib.contextmanager
def x_server():
    """An X server of the panel's size; gives its DISPLAY."""
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-noreset", "-screen", "0",
                               "1080x1920x24"], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        yield f":{os.read(read, 16).decode().strip()}"
    finally:
        server.terminate()
        server.wait(10)
        os.close(read)


SPEECHD_CONF = """CommunicationMethod "unix_socket"
LogLevel 0
AudioOutputMethod "alsa"
AudioALSADevice "null"
AddModule "wav" "sd_generic" "wav.conf"
DefaultModule "wav"
DefaultLanguage "en"
"""
WAV_CONF = """GenericExecuteSynth "printf %s \\'$DATA\\' | espeak-ng -v $VOICE -w {folder}/one.wav \\
 && cat {folder}/one.wav >> {folder}/all.wav"
AddVoice "en" "MALE1" "en"
AddVoice "zh" "MALE1" "cmn"
DefaultVoice "cmn"
"""


@contextlib.contextmanager
def speech_server(folder):
    """speech-dispatcher with espeak-ng behind it, which speaks into a file; gives its socket."""
    (folder / "modules").mkdir(parents=True)
    (folder / "speechd.conf").write_text(SPEECHD_CONF)
    (folder / "modules" / "wav.conf").write_text(WAV_CONF.format(folder=folder))
    address = folder / "s"
    server = subprocess.Popen(
        ["speech-dispatcher", "-s", "-t", "0", "-C", str(folder), "-L", str(folder), "-P",
         str(folder / "pid"), "-c", "unix_socket", "-S", str(address)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        until = time.monotonic() + PATIENCE_S
        while not address.exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield address
    finally:
        rigs.end_process(server)


class Hand:
    """Clicks on a window and looks at it."""

    def __init__(self, build, display, pictures):
        self.environment = {**os.environ, "DISPLAY": display}
        self.compare = str(build / "tests/harness/window_compare")
        self.pictures = pictures

    def click(self, place):
        subprocess.run(["xdotool", "mousemove", str(round(place[0] * MM)), str(round(place[1] * MM)),
                        "click", "1"], env=self.environment, check=True, timeout=10)

    def key(self, name):
        subprocess.run(["xdotool", "key", name], env=self.environment, check=True, timeout=10)

    def differs(self, screen):
        done = subprocess.run([self.compare, str(self.pictures / f"{screen}.png"), str(HEADER_MM)],
                              env=self.environment, capture_output=True, text=True, timeout=10)
        return float(done.stdout or 1)

    def wait_for(self, screen, log, limit=SHARE_LIMIT):
        """Waits until the window shows `screen`; gives the share of pixels that still differ."""
        until, share = time.monotonic() + PATIENCE_S, 1.0
        while time.monotonic() < until:
            share = self.differs(screen)
            if share < limit:
                return share
            time.sleep(0.05)
        raise AssertionError(f"the window does not show {screen}: {share:.2%} differ\n{log()}")


def draw_references(rig, pictures):
    """The same visit without a window; leaves a picture of each screen."""
    with rig.start_kiosk() as kiosk:
        acts = {"attract": lambda: kiosk.touch("begin"), "card": rig.put_card,
                "choose": lambda: kiosk.touch("choose:0"), "preview": lambda: kiosk.touch("confirm"),
                "take-card": rig.lift_card, "collect": lambda: kiosk.touch("taken"),
                "done": lambda: kiosk.touch("finish")}
        ready = {"choose": lambda line: "choose:0" in line["actions"]
                 and line["view"]["certificates"][0]["pages"],
                 "preview": lambda line: line["view"]["drawn"]}
        for screen in SHOWN:
            kiosk.expect(screen, 40, ready.get(screen))
            kiosk.screenshot(pictures / f"{screen}.png")
            acts[screen]()
        kiosk.expect("attract", 30)


@unittest.skipUnless(shutil.which("Xvfb") and shutil.which("xdotool"), "no Xvfb or no xdotool here")
class Window(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kiosk-window-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def open_window(self, stack, rig, display):
        rig.environment.update({"DISPLAY": display, "SDL_VIDEODRIVER": "x11",
                                "SDL_AUDIODRIVER": "dummy"})
        stack.enter_context(rig.start_kiosk("run"))
        return Hand(rig.build, display, self.folder), lambda: rig.log("kiosk")[-2000:]

    def test_a_whole_visit_by_clicks(self):
        with contextlib.ExitStack() as stack:
            rig = stack.enter_context(Rig(records=["rec-2026-000001"]))
            draw_references(rig, self.folder)
        # the register has printed it: the window's visit has a register of its own
        with contextlib.ExitStack() as stack:
            rig = stack.enter_context(Rig(records=["rec-2026-000001"]))
            display = stack.enter_context(x_server())
            hand, log = self.open_window(stack, rig, display)
            acts = {"attract": lambda: hand.click(PRIMARY), "card": rig.put_card,
                    "choose": lambda: hand.click(PRIMARY), "preview": lambda: hand.click(PRIMARY),
                    "take-card": rig.lift_card, "collect": lambda: hand.click(PRIMARY),
                    "done": lambda: hand.click(PRIMARY)}
            for screen in SHOWN:
                share = hand.wait_for(screen, log)
                print(f"{screen}: {share:.3%} of the pixels differ")
                acts[screen]()
            hand.wait_for("attract", log)
            self.assertEqual([issuance["state"] for issuance in rig.issuances()], ["delivered"])

    @unittest.skipUnless(shutil.which("speech-dispatcher") and shutil.which("espeak-ng"),
                         "no speech-dispatcher or no espeak-ng here")
    def test_speech_is_heard_and_keys_work(self):
        with contextlib.ExitStack() as stack:
            rig = stack.enter_context(Rig(spooler=False))
            address = stack.enter_context(speech_server(self.folder / "speech"))
            display = stack.enter_context(x_server())
            rig.write_config(panel__speech_socket=address)
            with rig.start_kiosk() as kiosk:
                kiosk.expect("attract", 30)
                kiosk.screenshot(self.folder / "attract.png")
                kiosk.touch("begin")
                kiosk.expect("card")
                kiosk.touch("speech")
                kiosk.expect("card", where=lambda line: line["speech"])
                kiosk.screenshot(self.folder / "card.png")
                kiosk.touch("cancel")
            hand, log = self.open_window(stack, rig, display)
            hand.wait_for("attract", log)
            hand.click(SPEECH)
            said = self.folder / "speech" / "all.wav"
            until = time.monotonic() + PATIENCE_S
            while not said.exists() and time.monotonic() < until:
                time.sleep(0.05)
            self.assertTrue(said.exists(), f"nothing was said\n{log()}")
            first = said.stat().st_size
            hand.key("Down")            # the focus comes to the primary, and says so
            hand.key("Return")
            hand.wait_for("card", log, RING_LIMIT)
            while said.stat().st_size < first + 10000 and time.monotonic() < until:
                time.sleep(0.05)
            self.assertGreater(said.stat().st_size, first + 10000)  # some words more
            hand.key("Escape")
            hand.wait_for("attract", log, RING_LIMIT)


if __name__ == "__main__":
    if SANITIZED:
        print("skipped: the window is tested on the program without sanitizers")
        sys.exit(77)
    unittest.main()
