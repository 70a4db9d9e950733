"""One scenario: a temporary directory, what runs in it, and its orderly end."""

import pathlib
import shutil
import tempfile
import time
import unittest

POLL = 0.02  # seconds between two looks at what is waited for


def wait_until(probe, what, deadline=10.0):
    """The first true value of probe(). Fails with `what` where none comes within `deadline` seconds."""
    end = time.monotonic() + deadline
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline:g} s: {what() if callable(what) else what}")
        time.sleep(POLL)


class Scenario(unittest.TestCase):
    """Base of all scenarios. Services are started once per class in prepare(), and whatever was started is
    stopped in reverse order, also where prepare() itself failed.

    INVARIANT: a gateway that was started ends with exit code 0 or the scenario fails.
    """

    binary: pathlib.Path
    source: pathlib.Path
    output: pathlib.Path
    directory: pathlib.Path
    maxDiff = 4000
    _logs = []

    @classmethod
    def configure(cls, binary, source, output):
        cls.binary, cls.source, cls.output = binary, source, output

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="sallyport-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        Scenario._logs = []
        cls.prepare()

    @classmethod
    def prepare(cls):
        """Starts what all tests of the class use."""

    @classmethod
    def add_log(cls, title, path):
        """A file whose end is shown beside a failure."""
        Scenario._logs.append((title, path))

    @staticmethod
    def logs(most=6000):
        for title, path in Scenario._logs:
            try:
                text = path.read_text(errors="replace")
            except OSError:
                continue
            if text.strip():
                yield title, text[-most:]

    def assert_has(self, reply, name, value):
        self.assertEqual(reply.header(name), value, f"field {name} of {reply}")

    def only(self, rows, **expected):
        """The one row that has all of `expected`."""
        found = [row for row in rows if all(row.get(key) == value for key, value in expected.items())]
        self.assertEqual(len(found), 1, f"rows with {expected} among {rows}")
        return found[0]
