"""A state directory whose room is small, ends, and comes back."""

import ctypes
import os
import resource
import subprocess

from kit.process import tool

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNS = 0x00020000
_CLONE_NEWUSER = 0x10000000
_private = False


def _own_mounts():
    """Mounts that nobody else sees, and that end with this process whatever way it ends. Who is not root
    becomes it in a user namespace, which needs a process of one thread."""
    global _private
    if _private:
        return
    uid, gid = os.geteuid(), os.getegid()
    if _libc.unshare(_CLONE_NEWNS | (_CLONE_NEWUSER if uid != 0 else 0)) != 0:
        raise AssertionError(f"no mount namespace of our own: {os.strerror(ctypes.get_errno())}")
    if uid != 0:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    _run("mount", "--make-rprivate", "/")
    _private = True


def _run(program, *arguments):
    done = subprocess.run([tool(program), *map(str, arguments)], capture_output=True, text=True, timeout=20)
    if done.returncode != 0:
        raise AssertionError(f"{program} {arguments}: {done.stderr}")


class SmallDisk:
    """A tmpfs of its own, with options of mount: "size=6m" to run out of room (ENOSPC), "ro"."""

    restore_signals = True

    def __init__(self, scenario, *options):
        _own_mounts()
        self.directory = scenario.directory / "disk"
        self.filler = self.directory / "filler"
        self.directory.mkdir()
        _run("mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", self.directory)
        scenario.addClassCleanup(_run, "umount", "--lazy", self.directory)

    def fill(self, _gateway):
        with self.filler.open("wb", buffering=0) as file:
            block = bytes(1 << 16)
            while block:
                try:
                    file.write(block)
                except OSError:
                    block = block[:len(block) // 2]

    def free(self, _gateway):
        self.filler.unlink()


class ShortFiles:
    """A limit on the size of files that moves: writes end with EFBIG. Works for everybody."""

    restore_signals = False  # SIGXFSZ would end the process where its write should fail.

    def __init__(self, scenario):
        self.directory = scenario.directory / "short"
        self.directory.mkdir()

    def fill(self, gateway):
        # No file may grow beyond the head of the smallest; only what lies inside can be written over.
        self.before = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (4096, self.before[1]))

    def free(self, gateway):
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, self.before)
