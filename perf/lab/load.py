"""A run of the load generator (perf/load)."""

import json
import select
import subprocess
import time

from system import LOAD_CPU, end_with_parent


class Load:
    """with Load(generator, words, most_seconds) as load: load.ready(); load.go(); load.result()

    go() is for words with --pause: the window begins there. Whatever happens, the child has ended behind it."""

    def __init__(self, generator, words, most_seconds):
        self.end = time.monotonic() + most_seconds
        self.child = subprocess.Popen(["taskset", "-c", LOAD_CPU, str(generator), *map(str, words)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=end_with_parent)
        self.text = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(timeout=10)
        self.child.stdout.close()

    def line(self):
        while b"\n" not in self.text:
            left = self.end - time.monotonic()
            if left <= 0 or not select.select([self.child.stdout], [], [], left)[0]:
                raise RuntimeError("the generator takes too long")
            more = self.child.stdout.read1(1 << 16)
            if not more:
                raise RuntimeError(f"the generator ended without a result (exit {self.child.wait(timeout=10)})")
            self.text += more
        line, _, self.text = self.text.partition(b"\n")
        return line.decode()

    def ready(self):
        line = self.line()
        if line != "ready":
            raise RuntimeError(f"the generator said {line!r}")

    def go(self):
        self.child.stdin.write(b"go\n")
        self.child.stdin.flush()

    def result(self):
        return json.loads(self.line())


def one_request(generator, words, more=(), most=1, seconds=20):
    """The result of `most` requests, at most."""
    words = [*words, *more, "--window", "15000", "--most-requests", most, "--most-failures", "20"]
    with Load(generator, words, seconds) as load:
        load.ready()
        return load.result()
