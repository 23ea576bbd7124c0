"""All parts around one kiosk, real ones where they are ours and virtual ones beneath the cable.

A Rig starts, in a short temporary folder: the reference central service with keys made on the spot,
the virtual printer, a private cupsd with a queue to it, and the virtual ID card reader. A Kiosk is
the program itself, driven by JSON lines. Everything that was started is ended again.
"""
import contextlib
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
HARNESS = SOURCE / "tests" / "harness"
SAMPLES = SOURCE / "assets" / "samples"
RECORDS = ["rec-2026-000001", "rec-2026-000002", "rec-2026-000003"]
KIOSK = "A012"
BOOKLETS = ("D33000000001", "D33000000050")
STAFF = (("tina", "193746"), ("sam", "827364"))  # technician, supervisor
BOTH = "".join(f"{name} {pin}\n" for name, pin in STAFF)


class RigError(Exception):
    """A part did not do what it must; the message says which and what it said."""


def end_process(process, patience_s=10):
    """SIGTERM to the process group, SIGKILL when that does not help."""
    if process.poll() is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(patience_s)
            return
        except subprocess.TimeoutExpired:
            continue


class Control:
    """A line-based control socket: one command, one answer."""

    def __init__(self, path, patience_s=10):
        self.path = str(path)
        until = time.monotonic() + patience_s
        while True:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(30)
            try:
                self.socket.connect(self.path)
                break
            except OSError as error:
                self.socket.close()
                if time.monotonic() > until:
                    raise RigError(f"{self.path}: {error}") from error
                time.sleep(0.02)
        self.file = self.socket.makefile("rw", encoding="utf-8", newline="\n")

    def send(self, command):
        self.file.write(command + "\n")
        self.file.flush()
        answer = self.file.readline().strip()
        if not answer or answer.startswith("error"):
            raise RigError(f"{self.path}: {command}: {answer or 'no answer'}")
        return answer

    def status(self):
        answer = self.send("status")
        return json.loads(answer[answer.index("{"):])

    def close(self):
        self.file.close()
        self.socket.close()


class Rig:
    """The parts around the kiosk. Use as a context manager."""

    def __init__(self, build, card="collector.txt", lease_s=600, page_ms=150, stock=BOOKLETS,
                 records=RECORDS, spooler=True, reason=None, owners=None):
        self.build = pathlib.Path(build).resolve()
        self.program = self.build / "kiosk"  # what start_kiosk starts
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kiosk-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.card, self.lease_s, self.page_ms = card, lease_s, page_ms
        self.stock, self.records, self.spooler = stock, records, spooler
        self.reason, self.owners = reason, owners
        self.processes = {}
        self.controls = {}
        self.environment = {}
        self.config = self.folder / "kiosk.conf"

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            if threading.current_thread() is threading.main_thread():
                signal.signal(number, lambda caught, _: sys.exit(128 + caught))
        try:
            self.start_service()
            self.start_printer()
            if self.spooler:
                self.start_spooler()
            self.start_reader()
            self.write_config()
            if self.stock:
                self.hire()
                self.load_stock(*self.stock)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for control in self.controls.values():
            with contextlib.suppress(Exception):
                control.close()
        if self.spooler:
            self.stop_spooler()
        for process in reversed(list(self.processes.values())):
            end_process(process)
        if not os.environ.get("KIOSK_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    # The central service.

    def central(self, *arguments):
        command = [self.build / "kiosk-central", "--config", self.folder / "central.conf", *arguments]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RigError(f"kiosk-central {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def start_service(self):
        (self.folder / "central.conf").write_text(self.central_config(0))
        self.central("init")
        self.central("enroll", KIOSK, str(self.folder / "keys"))
        self.import_records()
        self.central("assign", KIOSK, f"{BOOKLETS[0]}-{BOOKLETS[1]}")
        self.serve(0)
        (self.folder / "central.conf").write_text(self.central_config(self.service_port))

    def import_records(self):
        """The samples; a number for `records` makes that many of the first one."""
        texts = self.records
        if isinstance(texts, int):
            texts = [f"rec-copy-{number:04}" for number in range(1, texts + 1)]
        for number, name in enumerate(texts, 1):
            sample = name if name in RECORDS else RECORDS[0]
            record = json.loads((SAMPLES / f"{sample}.json").read_text())
            record["id"] = name
            if name not in RECORDS:
                record["number"] = f"示(2026)示例市不动产权第{9000000 + number:07}号"
            if self.owners:
                record["printed"]["owners"] = self.owners
            path = SAMPLES / f"{name}.json"
            if name not in RECORDS or self.owners:
                path = self.folder / f"{name}.json"
                path.write_text(json.dumps(record, ensure_ascii=False))
            reason = ["--reason", self.reason] if self.reason else []
            self.central("import", str(path), *reason)

    def central_config(self, port):
        return (f"[service]\nstate_dir = {self.folder}/central\nlease_s = {self.lease_s}\n"
                f"[listen]\napi_port = {port}\npublic_port = 0\n")

    def serve(self, _port=None):
        """Starts the service (again, at its old port)."""
        process = self.spawn("service", [self.build / "kiosk-central", "--config",
                                         self.folder / "central.conf", "serve"], pipe=True)
        words = self.wait_ready(process, "service")
        self.service_port = int(words["api"])

    def stop_service(self):
        end_process(self.processes.pop("service"))

    def issuances(self):
        return json.loads(self.central("issuances", "--json"))

    # The printer and its spooler.

    def start_printer(self, *options):
        process = self.spawn("printer", [
            self.build / "tests/harness/virtual_printer/virtual_printer", "--spool", self.folder / "printer",
            "--control", self.folder / "printer.sock", "--page-ms", str(self.page_ms), *options],
                             pipe=True)
        words = self.wait_ready(process, "printer")
        self.printer_uri = f"ipp://localhost:{words['port']}/ipp/print"
        self.printer = self.controls["printer"] = Control(self.folder / "printer.sock")

    def printer_events(self):
        path = self.folder / "printer" / "events.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def printed_sides(self):
        return self.printer.status()["sides"]

    def start_spooler(self):
        done = subprocess.run([str(HARNESS / "cupsd"), "start", str(self.folder / "c"),
                               self.printer_uri], capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RigError(f"cupsd: {done.stderr.strip()}")
        self.cups_server = done.stdout.strip().splitlines()[-1]

    def stop_spooler(self):
        if (self.folder / "c").exists():
            subprocess.run([str(HARNESS / "cupsd"), "stop", str(self.folder / "c")],
                           capture_output=True, timeout=60)

    # The reader.

    def start_reader(self):
        env_file = self.folder / "reader.env"
        self.spawn("reader", ["umockdev-wrapper", self.build / "tests/harness/virtual_reader/virtual_reader",
                              "--control", self.folder / "reader.sock", "--env-file", env_file])
        self.reader = self.controls["reader"] = Control(self.folder / "reader.sock")
        until = time.monotonic() + 10
        while not env_file.exists() and time.monotonic() < until:
            time.sleep(0.01)  # it appears behind the socket, when the reader is ready
        for line in env_file.read_text().splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            self.environment[name] = value.strip("'\"")

    def put_card(self, name=None):
        self.reader.send(f"card {HARNESS / 'cards' / (name or self.card)}")

    def lift_card(self):
        self.reader.send("lift")

    # The kiosk.

    def write_config(self, **changes):
        """`changes`: section__key=value."""
        values = {
            "kiosk__state_dir": self.folder / "state",
            "printer__uri": self.printer_uri,
            "printer__cups_server": getattr(self, "cups_server", ""),
            "service__url": f"https://localhost:{self.service_port}",
            "service__ca_file": self.folder / "keys/ca.pem",
            "service__certificate_file": self.folder / "keys/kiosk.pem",
            "service__key_file": self.folder / "keys/kiosk.key",
            "service__jwks_file": self.folder / "keys/service.jwks",
            "log__level": os.environ.get("KIOSK_LOG", "info"),
            **changes,
        }
        sections = {}
        for name, value in values.items():
            section, key = name.split("__")
            sections.setdefault(section, []).append(f"{key} = {value}")
        self.config.write_text("".join(f"[{section}]\n" + "\n".join(lines) + "\n\n"
                                       for section, lines in sections.items()))

    def run_kiosk(self, *arguments, code=0, timeout=60, typed="", told=False):
        """What it printed; with `told` also what it logged. `typed`: its standard input."""
        command = list(map(str, [self.build / "kiosk", *arguments]))
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                              input=typed, env={**os.environ, **self.environment})
        if code is not None and done.returncode != code:
            raise RigError(f"kiosk {arguments[0]}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout + (done.stderr if told else "")

    def hire(self):
        """A supervisor by the one-time code of the log, then a technician."""
        log = self.run_kiosk("staff", "code", "--config", self.config, told=True)
        code = log.split("one-time code ")[1][:8]
        (technician, pin), (supervisor, pin_too) = STAFF
        self.run_kiosk("staff", "add", supervisor, "supervisor", "--config", self.config,
                       typed=f"{code}\n{pin_too}\n")
        self.run_kiosk("staff", "add", technician, "technician", "--config", self.config,
                       typed=f"{pin_too}\n{pin}\n")

    def change_stock(self, verb, *arguments):
        """`kiosk stock VERB ARGUMENTS` by both."""
        return self.run_kiosk("stock", verb, *arguments, "--config", self.config, typed=BOTH)

    def load_stock(self, first, last):
        self.change_stock("load", f"{first}-{last}", int(last[1:]) - int(first[1:]) + 1)

    def start_kiosk(self, *arguments):
        return Kiosk(self, arguments or ("headless",))

    # Processes.

    def spawn(self, name, command, pipe=False):
        log = open(self.folder / f"{name}.log", "ab")
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE if pipe else log, stderr=log,
                                   start_new_session=True, env={**os.environ, "TMPDIR": "/tmp"})
        log.close()
        self.processes[name] = process
        return process

    def wait_ready(self, process, name, patience_s=20):
        """The line `READY word=value ...` as a dict; the rest of the output is drained."""
        lines = queue.Queue()

        def drain():
            for line in process.stdout:
                lines.put(line.decode())
            lines.put("")

        threading.Thread(target=drain, daemon=True).start()
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            with contextlib.suppress(queue.Empty):
                line = lines.get(timeout=0.2)
                if line.startswith("READY"):
                    return dict(word.split("=", 1) for word in line.split()[1:])
                if line == "":
                    break
        raise RigError(f"{name} did not get ready:\n{self.log(name)}")

    def log(self, name):
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""


class Kiosk:
    """The program, headless: lines come in with the time at which they came."""

    def __init__(self, rig, arguments):
        self.rig = rig
        log = open(rig.folder / "kiosk.log", "ab")
        self.process = subprocess.Popen(
            [str(rig.program), *arguments, "--config", str(rig.config)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
            env={**os.environ, **rig.environment})
        log.close()
        self.lines = []     # (monotonic seconds, dict)
        self.seen = 0       # lines already looked at by expect
        self.fresh = threading.Condition()
        self.ended = False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end_process(self.process)
        self.thread.join(5)
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                stream.close()

    def read(self):
        for line in self.process.stdout:
            with self.fresh:
                self.lines.append((time.monotonic(), json.loads(line)))
                self.fresh.notify_all()
        with self.fresh:
            self.ended = True
            self.fresh.notify_all()

    def expect(self, screen, patience_s=20, where=None):
        """Waits for a line with `screen` (and `where(line)`), gives (time, line)."""
        return self.expect_any((screen,), patience_s, where)

    def expect_any(self, screens, patience_s=20, where=None):
        until = time.monotonic() + patience_s
        with self.fresh:
            while True:
                while self.seen < len(self.lines):
                    at, line = self.lines[self.seen]
                    self.seen += 1
                    if line.get("screen") in screens and (where is None or where(line)):
                        return at, line
                left = until - time.monotonic()
                if self.ended or left <= 0:
                    shown = [entry.get("screen", entry) for _, entry in self.lines[-8:]]
                    raise RigError(f"no screen {' or '.join(screens)}; last: {shown}\n"
                                   f"{self.rig.log('kiosk')[-2000:]}")
                self.fresh.wait(left)

    def screen(self):
        """The screen shown last, or None."""
        with self.fresh:
            shown = [line["screen"] for _, line in self.lines if "screen" in line]
        return shown[-1] if shown else None

    def send(self, **command):
        """Sends a line, gives the time at which it was sent."""
        self.process.stdin.write((json.dumps(command, ensure_ascii=False) + "\n").encode())
        self.process.stdin.flush()
        return time.monotonic()

    def touch(self, action):
        return self.send(do="touch", action=action)

    def screenshot(self, path, patience_s=10):
        """A picture of what a panel would show now."""
        path = pathlib.Path(path)
        path.unlink(missing_ok=True)
        self.send(do="screenshot", file=str(path))
        until = time.monotonic() + patience_s
        while not path.exists():
            if time.monotonic() > until:
                raise RigError(f"no screenshot {path}")
            time.sleep(0.01)

    def kill(self):
        """SIGKILL, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.thread.join(5)

    def quit(self, patience_s=130):
        """Ends it in order, gives the exit status."""
        with contextlib.suppress(BrokenPipeError):
            self.send(do="quit")
        return self.process.wait(patience_s)


def walk_to(kiosk, rig, last, record=0):
    """The citizen's way up to the screen `last`; gives that line."""
    steps = [
        ("attract", lambda: kiosk.touch("begin")),
        ("card", rig.put_card),
        ("choose", lambda: kiosk.touch(f"choose:{record}")),
        ("preview", lambda: kiosk.touch("confirm")),
        ("take-card", rig.lift_card),
        ("collect", lambda: kiosk.touch("taken")),
        ("done", lambda: kiosk.touch("finish")),
    ]
    for screen, act in steps:
        offers = {"choose": f"choose:{record}", "preview": "confirm"}.get(screen)
        _, line = kiosk.expect(screen, 40, lambda entry, word=offers: not word or
                               word in entry["actions"])
        if screen == last:
            return line
        act()
    raise RigError(f"no screen {last} on the way")


def folder_of_build():
    return pathlib.Path(os.environ.get("KIOSK_BUILD", SOURCE / "build"))


if __name__ == "__main__":
    sys.exit("rig.py is used by tests and by the demo")
