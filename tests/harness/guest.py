"""A small Debian guest in QEMU, without acceleration, in which the shipped service runs the real
window on the kernel's own screen. Kernel and root are made once from Debian's packages and kept in
build/guest; a guest writes nothing back. Nothing is installed or mounted here; it needs no root."""
import hashlib
import inspect
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
W, H = 1080, 1920
# What the machine of kiosk.service needs beside the libraries of the program.
PACKAGES = ("base-files base-passwd busybox-static coreutils dash fontconfig grep kmod "
            "linux-image-amd64 login mount sed systemd-sysv udev util-linux libegl1 libgbm1 "
            "libgl1-mesa-dri libgles2 libsdl2-2.0-0").split()
TOOLS = {"qemu-system-x86_64": "qemu-system-x86", "mke2fs": "e2fsprogs", "apt-get": "apt",
         "unshare": "util-linux"}
MODULES = ("virtio_pci virtio_blk ext4 virtio_gpu evdev uinput atkbd i8042 psmouse autofs4").split()
TO_MOUNT = ("virtio_pci", "virtio_blk", "ext4")
LEFT_OUT = ("./usr/share/doc/*", "./usr/share/man/*", "./usr/share/locale/*", "./usr/share/fonts/*",
            "./usr/share/perl*", "./usr/lib/x86_64-linux-gnu/perl*")
UNPACK = ("dpkg-deb --fsys-tarfile \"$1\" | tar -x -C \"$2\" --keep-directory-symlink --no-same-owner "
          + " ".join(f"--exclude='{name}'" for name in LEFT_OUT))
GROUPS = ("input:x:990:kiosk", "render:x:991:kiosk", "sgx:x:992:", "kvm:x:993:",
          "systemd-journal:x:994:", "kiosk:x:900:")
USERS = ("kiosk:x:900:900::/var/lib/kiosk:/usr/sbin/nologin",)


class GuestError(Exception):
    """The guest cannot be made or did not do what it must; the message says why."""


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    if done.returncode:
        raise GuestError(f"{' '.join(map(str, command))[:200]}: {done.stderr.strip()[-800:]}")
    return done.stdout


def check_tools():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    os.environ["PATH"] = path
    lacking = sorted({package for tool, package in TOOLS.items() if not shutil.which(tool)})
    if lacking:
        raise GuestError(f"as root: apt-get install --no-install-recommends {' '.join(lacking)}")


def library_packages(programs):
    names = sorted({line.split()[0] for line in run("ldd", *programs).splitlines() if "=>" in line})
    found = subprocess.run(["dpkg", "-S", *(f"*/{name}" for name in names)], capture_output=True,
                           text=True).stdout
    return sorted({line.split(":")[0] for line in found.splitlines() if not line.startswith("diversion")})


class Maker:
    """Makes kernel, first root (initrd) and disk in a folder, once for each list of packages."""

    def __init__(self, folder, programs):
        self.folder = pathlib.Path(folder)
        self.root = self.folder / "root"
        self.packages = sorted({*PACKAGES, *library_packages(programs)})
        recipe = inspect.getsource(Maker) + UNPACK + " ".join((*MODULES, *TO_MOUNT, *GROUPS, *USERS))
        text = "\n".join(self.packages) + recipe + (HERE / "guest/init").read_text()
        self.stamp = hashlib.sha256(text.encode()).hexdigest()

    def make(self):
        stamp = self.folder / "stamp"
        if stamp.exists() and stamp.read_text() == self.stamp:
            return self.folder
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        debs = self.download()
        say(f"unpacking {len(debs)} packages")
        self.unpack(debs)
        self.write_settings()
        say("choosing the kernel's modules")
        self.choose_modules()
        say("writing the disk")
        self.write_disk()
        shutil.rmtree(self.root)
        stamp.write_text(self.stamp)
        return self.folder

    def apt(self, *words):
        """As if nothing were installed here, so that the answer is a whole system."""
        nothing = self.folder / "nothing"
        nothing.touch()
        try:
            return run("apt-get", "-y", "-q", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=",
                       "-o", f"Dir::State::status={nothing}", "-o", "APT::Install-Recommends=0",
                       "-o", f"Dir::Cache::archives={self.folder}/debs/", "install", *words,
                       *self.packages)
        except GuestError as error:
            raise GuestError(f"{error}\nIs there a network? If so, as root: apt-get update") from error

    def download(self):
        """Into a folder, never onto this machine. Of two versions the younger counts."""
        say("fetching Debian's packages (180 MB, once)")
        (self.folder / "debs/partial").mkdir(parents=True, exist_ok=True)
        self.apt("--download-only")
        debs = sorted((self.folder / "debs").glob("*.deb"), key=lambda deb: deb.stat().st_mtime)
        return list({deb.name.split("_")[0]: deb for deb in debs}.values())

    def unpack(self, debs):
        shutil.rmtree(self.root, ignore_errors=True)
        for name in ("bin", "lib", "lib64", "sbin"):
            (self.root / "usr" / name).mkdir(parents=True)
            (self.root / name).symlink_to(f"usr/{name}")
        for deb in debs:
            run("sh", "-c", UNPACK, "unpack", deb, self.root)

    def write_settings(self):
        """What the packages' scripts would write."""
        etc, masters = self.root / "etc", self.root / "usr/share/base-passwd"
        members = {"video", "audio", "plugdev"}
        groups = [line + "kiosk" if line.split(":")[0] in members else line
                  for line in (masters / "group.master").read_text().splitlines()]
        (etc / "group").write_text("\n".join([*groups, *GROUPS, ""]))
        (etc / "passwd").write_text("\n".join(
            [*(masters / "passwd.master").read_text().splitlines(), *USERS, ""]))
        (etc / "shadow").write_text("root:*:19000::::::\n")
        (etc / "machine-id").write_text("")
        (etc / "hostname").write_text("kiosk\n")
        for name, target in (("getty.target.wants/getty@tty1.service", "getty@.service"),
                             ("multi-user.target.wants/shell.service", "shell.service"),
                             ("kiosk.service.requires/fonts.service", "fonts.service"),
                             ("multi-user.target.wants/kiosk.service", "kiosk.service")):
            link = etc / "systemd/system" / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(f"/lib/systemd/system/{target}")
        (self.root / "site").mkdir()

    def kmod(self, name, *words):
        return run(name, *words, executable=self.root / "bin/kmod")

    def choose_modules(self):
        """Keeps the modules that the guest's devices need; writes kernel and initrd."""
        kernel = next((self.root / "boot").glob("vmlinuz-*"))
        version = kernel.name.removeprefix("vmlinuz-")
        shutil.move(kernel, self.folder / "vmlinuz")
        shutil.rmtree(self.root / "boot")
        tree = self.root / "lib/modules" / version
        self.kmod("depmod", "-b", self.root, version)

        def order(names):
            lines = [line for name in names for line in self.kmod(
                "modprobe", "-d", self.root, "-S", version, "--show-depends", name).splitlines()]
            return list(dict.fromkeys(pathlib.Path(line.split()[1]) for line in lines
                                      if line.startswith("insmod")))

        first, kept = order(TO_MOUNT), {path.resolve() for path in order(MODULES)}
        self.write_initrd(first)
        for module in (tree / "kernel").rglob("*.ko"):
            if module.resolve() not in kept:
                module.unlink()
        self.kmod("depmod", "-b", self.root, version)

    def write_initrd(self, modules):
        folder = self.folder / "initrd"
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("bin", "dev", "proc", "root", "site", "modules"):
            (folder / name).mkdir(parents=True)
        shutil.copy(self.root / "bin/busybox", folder / "bin")
        shutil.copy(HERE / "guest/init", folder / "init")
        (folder / "init").chmod(0o755)
        for module in modules:
            shutil.copy(module, folder / "modules")
        (folder / "modules/order").write_text("".join(f"{module.name}\n" for module in modules))
        run("sh", "-c", f"cd {folder} && find . | bin/busybox cpio -o -H newc > ../initrd.img")
        shutil.rmtree(folder)

    def write_disk(self):
        make_disk(self.root, self.folder / "root.img")


def make_disk(folder, image):
    """An ext4 disk with what is in `folder`, all of it root's."""
    megabytes = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()) // 1000000
    image.unlink(missing_ok=True)
    alone = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]
    run(*alone, "mke2fs", "-q", "-t", "ext4", "-m", "0", "-d", folder, image,
        f"{megabytes * 5 // 4 + 200}M")


class Lines:
    """A socket of QEMU's that speaks in lines."""

    def __init__(self, path, process, patience_s=20):
        self.rest = b""
        until = time.monotonic() + patience_s
        while True:
            self.socket = socket.socket(socket.AF_UNIX)
            try:
                self.socket.connect(str(path))
                return
            except OSError as error:
                self.socket.close()
                if process.poll() is not None or time.monotonic() > until:
                    raise GuestError(f"QEMU does not answer at {path}: {error}") from error
                time.sleep(0.1)

    def send(self, text):
        self.socket.sendall(text.encode())

    def next(self, patience_s):
        """A line without its end, None when there is none in time."""
        until = time.monotonic() + patience_s
        while b"\n" not in self.rest:
            self.socket.settimeout(max(until - time.monotonic(), 0.01))
            try:
                more = self.socket.recv(65536)
            except TimeoutError:
                return None
            if not more:
                raise GuestError("QEMU ended")
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        return line.decode(errors="replace").rstrip("\r")

    def close(self):
        self.socket.close()


class Guest:
    """The machine while it runs. Use as a context manager. `site`: a folder that is laid over the root
    at the start; `out`: where sockets, console and pictures go."""

    def __init__(self, made, site, out):
        self.made, self.out = pathlib.Path(made), pathlib.Path(out)
        self.site = self.out / "site.img"
        self.sockets = pathlib.Path(os.path.relpath(self.out))
        make_disk(pathlib.Path(site), self.site)
        self.process = self.monitor = self.shell = None

    def __enter__(self):
        command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "2", "-m",
                   "1024", "-M", "q35", "-nodefaults", "-no-reboot", "-display", "none", "-vga", "none",
                   "-device", f"virtio-gpu-pci,xres={W},yres={H}", "-kernel", self.made / "vmlinuz",
                   "-initrd", self.made / "initrd.img", "-append",
                   "console=ttyS0 quiet loglevel=3 mitigations=off systemd.show_status=0",
                   "-drive", f"file={self.made / 'root.img'},if=virtio,format=raw,snapshot=on",
                   "-drive", f"file={self.site},if=virtio,format=raw,snapshot=on",
                   "-serial", f"file:{self.out / 'console.log'}",
                   "-serial", f"unix:{self.sockets / 'shell'},server=on,wait=off",
                   "-qmp", f"unix:{self.sockets / 'monitor'},server=on,wait=off"]
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=sys.stderr)
        try:
            self.monitor = Lines(self.sockets / "monitor", self.process)
            self.monitor.next(10)
            self.tell("qmp_capabilities")
            self.shell = Lines(self.sockets / "shell", self.process)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for stream in (self.monitor, self.shell):
            if stream:
                stream.close()
        self.site.unlink(missing_ok=True)

    def tell(self, command, **arguments):
        """A QMP command; gives what it returns."""
        self.monitor.send(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        while True:
            answer = json.loads(self.monitor.next(30) or '{"error": "no answer"}')
            if "error" in answer:
                raise GuestError(f"{command}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def wait_for_shell(self, patience_s=120):
        """What comes before the guest listens is lost, so it is asked again and again."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            self.shell.send("\necho he''llo\n")
            if self.shell.next(2) == "hello":
                while self.shell.next(1) is not None:
                    pass
                return
        raise GuestError(f"the guest does not start; see {self.out / 'console.log'}")

    def sh(self, command, patience_s=60):
        """Runs a line in the guest's shell; gives what it printed."""
        mark = f"@{time.monotonic_ns()}"
        self.shell.send(f"{command}\necho; echo {mark}\n")
        lines, until = [], time.monotonic() + patience_s
        while time.monotonic() < until:
            line = self.shell.next(until - time.monotonic())
            if line == mark:
                return "\n".join(lines).strip()
            lines.append(line or "")
        raise GuestError(f"guest: no answer to: {command[:80]}; {' '.join(lines)[-400:]}")

    def wait_until(self, command, wanted, patience_s, what):
        """Until `command` prints `wanted`; gives all that it printed."""
        until = time.monotonic() + patience_s
        while True:
            text = self.sh(command)
            if wanted in text:
                return text
            if time.monotonic() > until:
                raise GuestError(f"{what}: not within {patience_s} s; last:\n{text[-1500:]}")
            time.sleep(0.5)

    def shoot(self, name):
        """What the screen shows, as PNG."""
        path = (self.out / f"{name}.png").resolve()
        self.tell("screendump", filename=str(path), format="png")
        return path

    def press(self, *keys):
        for key in keys:
            self.tell("send-key", keys=[{"type": "qcode", "data": key}])
            time.sleep(0.15)
