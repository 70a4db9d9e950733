"""What is measured and what it needs: an origin, proxies, their certificates. All on loopback, on free ports, in scratch
directories that are gone afterwards."""

import contextlib
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import certificates
import peer_haproxy
import peer_mitmproxy
import peer_nginx
import peer_sallyport
import peer_squid
import peer_sslsplit
from origin import HOST, Origin
from system import PROXY_CPU, Process, allow_many_files

STARTERS = {"sallyport": peer_sallyport, "nginx": peer_nginx, "haproxy": peer_haproxy, "squid": peer_squid,
            "sslsplit": peer_sslsplit, "mitmproxy": peer_mitmproxy}
PEERS = ("nginx", "haproxy", "sslsplit", "squid", "mitmproxy", "haproxy-splice", "haproxy-h1")


class Stopped(Exception):
    """A signal asked us to end."""


def _stop(number, _frame):
    raise Stopped(signal.Signals(number).name)


class Lab:
    """Enter it, and the origin runs. Leave it, by whatever way, and nothing is left."""

    def __init__(self, binary, tools, repository, names=0, baseline=None):
        self.binary, self.tools, self.repository, self.baseline = binary, tools, repository, baseline
        self.wanted_names = names

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        self.most_files = allow_many_files()
        self.processes, self.started = [], 0
        self.guard = subprocess.Popen([sys.executable, "-B", pathlib.Path(__file__).parent / "guard.py"],
                                      stdin=subprocess.PIPE, text=True, start_new_session=True)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sallyport-perf-"))
        self.files = pathlib.Path(tempfile.mkdtemp(prefix="sallyport-perf-", dir="/dev/shm"))
        for one in (self.folder, self.files):
            one.chmod(0o777)  # Squid and nginx give up root
            self.tell_guard(str(one))
        try:
            certificates.make_authority(self.folder, "peer", "Sallyport perf peer CA")
            certificates.make_leaf(self.folder, "reverse", "peer", [HOST])
            self.origin = Origin(self)
            if self.wanted_names:
                self.origin.make_names(self.wanted_names)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # once is enough
        for one in reversed(self.processes):
            with contextlib.suppress(Exception):
                one.stop()
                self.tell_guard(f"-{one.pid}")
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.files, ignore_errors=True)
        self.guard.stdin.close()
        self.guard.wait(timeout=30)

    def tell_guard(self, line):
        self.guard.stdin.write(line + "\n")
        self.guard.stdin.flush()

    @property
    def generator(self):
        return self.tools / "generator"

    def run(self, words):
        """A helper program that ends by itself."""
        subprocess.run([str(word) for word in words], check=True, capture_output=True, timeout=120)

    def start(self, name, words, cpu=PROXY_CPU, env=None):
        process = Process(name, words, self.folder, cpu, env)
        self.processes.append(process)
        self.tell_guard(f"+{process.pid}")
        return process

    def start_peer(self, name, **more):
        """`name`: of a row, with words of its own behind it; they only keep its files apart."""
        kind = name.partition("-")[0]
        if kind == "baseline":
            return peer_sallyport.start(self, name, binary=self.baseline, **more)
        return STARTERS[kind].start(self, name, **more)

    def start_another(self, name, **more):
        """One more beside the one of that name."""
        self.started += 1
        return self.start_peer(f"{name}-{self.started}", **more)

    def stop_peer(self, peer):
        peer.process.stop()
        self.processes.remove(peer.process)
        self.tell_guard(f"-{peer.process.pid}")
