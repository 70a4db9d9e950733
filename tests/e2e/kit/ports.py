"""Ports of loopback that a test names before something listens there, or again after it has stopped.

The kernel gives ports of its ephemeral range to whoever connects or listens on port 0: one of that range that was free
a moment ago may be the local port of somebody's connection now, and a server that starts again finds its address in
use. So these lie below (or above) that range, and a lock file keeps other processes of the tests from the same."""

import fcntl
import os
import pathlib
import random
import socket
import tempfile

LOWEST, HIGHEST = 10240, 65000
_held = []  # Open lock files: a port is this process's until it ends.


def ephemeral():
    """The kernel's range, first and last."""
    try:
        first, last = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
        return int(first), int(last)
    except OSError:
        return 32768, 60999


def free_port(address="127.0.0.1"):
    first, last = ephemeral()
    ranges = [range(LOWEST, min(first, HIGHEST)), range(max(LOWEST, last + 1), HIGHEST)]
    candidates = [port for ports in ranges for port in ports] or range(LOWEST, HIGHEST)  # All may be ephemeral.
    folder = pathlib.Path(tempfile.gettempdir()) / f"sallyport-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for _ in range(1000):
        port = random.choice(candidates)
        lock = os.open(folder / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind((address, port))
        except OSError:
            os.close(lock)
            continue
        # Out of the way of descriptors that a shell can name, which are digits (DrivenBrowser).
        _held.append(fcntl.fcntl(lock, fcntl.F_DUPFD_CLOEXEC, 100))
        os.close(lock)
        return port
    raise AssertionError("a thousand ports of loopback, and none was free")
