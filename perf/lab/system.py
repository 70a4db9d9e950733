"""Processes pinned to a core, what they cost by /proc, and what the machine is."""

import contextlib
import ctypes
import os
import pathlib
import platform
import resource
import signal
import socket
import subprocess
import time

PROXY_CPU, LOAD_CPU = "0", "1"
START_SECONDS = 60
MOST_FILES = 65536
TICK = os.sysconf("SC_CLK_TCK")


def end_with_parent(libc=ctypes.CDLL(None, use_errno=True)):
    """In a child, before it becomes a server: it gets SIGTERM when we are gone, even by SIGKILL."""
    libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def free_ports(count):
    """Held together while they are chosen, so that they differ."""
    with contextlib.ExitStack() as held:
        ports = []
        for _ in range(count):
            one = held.enter_context(socket.socket())
            one.bind(("127.0.0.1", 0))
            ports.append(one.getsockname()[1])
        return ports


def allow_many_files():
    """For us and all children; how many it came to."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
        return MOST_FILES
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Process:
    """A server and its children. Ended by its own process group, never by name."""

    def __init__(self, name, words, folder, cpu, env=None):
        self.name = name
        self.output = open(folder / f"{name}.out", "ab")
        self.child = subprocess.Popen(["taskset", "-c", cpu, *map(str, words)], stdin=subprocess.DEVNULL,
                                      stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True,
                                      preexec_fn=end_with_parent, cwd=folder, env={**os.environ, **(env or {})})
        self.pid = self.child.pid  # taskset becomes the server

    def wait_for(self, *ports):
        end = time.monotonic() + START_SECONDS
        left = list(ports)
        while left and time.monotonic() < end and self.alive():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", left[0]), timeout=1):
                left.pop(0)
                continue
            time.sleep(0.05)
        if left:
            tail = pathlib.Path(self.output.name).read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.name} does not listen on {left[0]}:\n{tail}")
        return self

    def tree(self):
        """The pids of the server and all below it."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
                    parents.setdefault(int(fields[1]), []).append(int(entry))
        found, left = [], [self.pid]
        while left:
            pid = left.pop()
            found.append(pid)
            left += parents.get(pid, [])
        return found

    def cpu_seconds(self):
        """(user, system) of all threads of the tree, with threads and children that ended."""
        user = system = 0
        for pid in self.tree():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
                user += int(fields[11]) + int(fields[13])
                system += int(fields[12]) + int(fields[14])
        return user / TICK, system / TICK

    def memory(self, what="Pss:"):
        """Bytes: Pss: or Rss: of the tree."""
        total = 0
        for pid in self.tree():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith(what))
        return total * 1024

    def open_files(self):
        total = 0
        for pid in self.tree():
            with contextlib.suppress(OSError):
                total += len(os.listdir(f"/proc/{pid}/fd"))
        return total

    def alive(self):
        return self.child.poll() is None

    def stop(self):
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(timeout=15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.child.wait(timeout=10)
        self.output.close()


def busy_seconds(cpu=PROXY_CPU):
    """Of a core, whoever used it."""
    with open("/proc/stat") as stat:
        fields = next(line for line in stat if line.startswith(f"cpu{cpu} ")).split()[1:]
    user, nice, system, _idle, _wait, irq, softirq = map(int, fields[:7])
    return (user + nice + system + irq + softirq) / TICK


def counts_instructions():
    """Whether the machine has hardware counters that perf may read."""
    try:
        done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions", "true"], capture_output=True, text=True,
                              timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stderr.split(",")[0].isdigit()


def machine_class():
    """What it is, and nothing that names it."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = ".".join(platform.release().split("-")[0].split(".")[:2])
    with contextlib.suppress(OSError), open("/etc/os-release") as release:
        words = dict(line.rstrip().split("=", 1) for line in release if "=" in line)
        return (f"{os.cpu_count()} x {model}, {memory:.0f} GiB, Linux {kernel}, "
                + words.get("PRETTY_NAME", "unknown system").strip('"'))
    return f"{os.cpu_count()} x {model}, {memory:.0f} GiB, Linux {kernel}"
