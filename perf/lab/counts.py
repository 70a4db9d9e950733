"""What does not depend on how busy the machine is: system calls, heap allocations and, where there are counters,
instructions. In short runs of their own, since counting slows what is counted."""

import contextlib
import mmap
import signal
import struct
import subprocess
import time

import figures
from load import Load
from preflight import names_words, use_names

SECONDS = 1.0
ATTACH_SECONDS = 10
PERF_OPENS = 1  # seconds


def run(lab, peer, scenario, begin, end):
    """begin() where all connections stand and nothing is in flight, end() behind the last reply. (amount, unit)"""
    words = [*peer.words(scenario), *scenario.count_words(), *names_words(lab, peer, scenario), "--pause",
             "--warm-up", "300", "--window", int(SECONDS * 1000)]
    with Load(lab.generator, words, 60) as load:
        load.ready()
        peer.settle()
        begin()
        load.go()
        result = load.result()
        peer.settle()
        end()
    if scenario.way == "names":
        use_names(peer, result)
    if scenario.bulk:
        return result["bytes_out" if scenario.unit == "out" else "bytes_in"] / 1e6, "MB"
    return result["requests"], "request"


class Tracer:
    """A program that is attached to the peer and writes what it counted to a file, or to its stderr, at SIGINT."""

    def __init__(self, words, attached):
        self.words, self.attached, self.child, self.started = words, attached, None, 0.0

    def begin(self):
        self.started = time.monotonic()
        self.child = subprocess.Popen([str(word) for word in self.words], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + ATTACH_SECONDS
        while not self.attached() and self.child.poll() is None and time.monotonic() < end:
            time.sleep(0.02)

    def end(self):
        with contextlib.suppress(ProcessLookupError):
            self.child.send_signal(signal.SIGINT)
        return self.child.communicate(timeout=20)[1]


def is_traced(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as status:
        return any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in status)
    return False


def waited_since(started):
    return time.monotonic() - started > PERF_OPENS


def system_calls(lab, peer, scenario):
    """{calls, unit}"""
    file = lab.folder / f"{peer.name}.strace"
    pids = peer.process.tree()
    attach = [word for pid in pids for word in ("-p", pid)]
    tracer = Tracer(["strace", "-c", "-f", "-qq", "-U", "calls,name", "-o", file, *attach],
                    lambda: all(is_traced(pid) for pid in pids))
    try:
        amount, unit = run(lab, peer, scenario, tracer.begin, tracer.end)
    finally:
        if tracer.child is not None and tracer.child.poll() is None:
            tracer.child.kill()
    return {"scenario": scenario.name, "peer": peer.name, "unit": unit,
            "calls": figures.parse_strace(file.read_text(), amount) if amount else []}


def instructions(lab, peer, scenario):
    """Per unit, in user space and the kernel."""
    pids = ",".join(map(str, peer.process.tree()))
    said = []
    # perf does not say when its counters are open.
    tracer = Tracer(["perf", "stat", "-x,", "-e", "instructions", "-p", pids], lambda: waited_since(tracer.started))
    amount, _ = run(lab, peer, scenario, tracer.begin, lambda: said.append(tracer.end()))
    found = figures.parse_perf_stat(said[0])
    return found / amount if found is not None and amount else None


class Allocations:
    """A Sallyport whose malloc counts. with Allocations(lab) as peer: allocations(lab, peer, scenario)"""

    def __init__(self, lab):
        self.lab, self.file = lab, lab.folder / "allocations"

    def __enter__(self):
        self.file.write_bytes(bytes(16))
        env = {"LD_PRELOAD": str(self.lab.tools / "count_allocations.so"), "SALLYPORT_PERF_COUNTS": str(self.file)}
        self.peer = self.lab.start_another("sallyport", env=env)
        self.opened = open(self.file, "r+b")
        self.peer.allocated = mmap.mmap(self.opened.fileno(), 16)
        return self.peer

    def __exit__(self, *_):
        self.lab.stop_peer(self.peer)
        self.opened.close()


def allocations(lab, peer, scenario):
    """Per unit, calls of malloc, calloc and realloc: worker, scribe and all."""
    numbers = []
    read = lambda: numbers.append(struct.unpack("QQ", peer.allocated[:])[0])
    amount, _ = run(lab, peer, scenario, read, read)
    return (numbers[1] - numbers[0]) / amount if amount else None
