#!/usr/bin/python3 -B
"""Runs end-to-end scenarios: the real gateway between real clients and real servers, all on loopback.

    tests/e2e/run.py                       every scenario, with build/dev/sallyport
    tests/e2e/run.py curl_basics big_post  only these
    tests/e2e/run.py --binary PATH ...     another build

A scenario is a folder with a test.py; its first line says what it shows. What a scenario leaves for people
(screenshots) goes to --output. A tool that is missing is a failure, never a skip.
"""

import argparse
import importlib.util
import pathlib
import resource
import signal
import sys
import unittest

import kit

HERE = pathlib.Path(__file__).resolve().parent


def load(name):
    path = HERE / name / "test.py"
    if not path.is_file():
        raise SystemExit(f"there is no scenario '{name}': {path} does not exist")
    spec = importlib.util.spec_from_file_location(f"scenario_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


class Result(unittest.TextTestResult):
    """Shows the gateway's log with the failure that it may explain."""

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.show_logs(test)

    def addError(self, test, error):
        super().addError(test, error)
        self.show_logs(test)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.show_logs(test)

    def show_logs(self, test):
        for title, text in kit.Scenario.logs():
            self.stream.writeln(f"\n--- {title}\n{text}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*")
    parser.add_argument("--source", type=pathlib.Path, default=HERE.parents[1])
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    source = options.source.resolve()
    binary = (options.binary or source / "build/dev/sallyport").resolve()
    output = (options.output or binary.parent / "e2e").resolve()
    if not binary.is_file():
        raise SystemExit(f"{binary} does not exist: build it, or name another with --binary")
    output.mkdir(parents=True, exist_ok=True)
    kit.Scenario.configure(binary, source, output)

    # ctest ends a test that takes too long; what it started must not outlive it.
    def ended(number, _frame):
        raise KeyboardInterrupt(f"signal {number}")

    signal.signal(signal.SIGTERM, ended)
    names = options.scenarios or sorted(path.parent.name for path in HERE.glob("*/test.py"))
    suite = unittest.TestSuite(load(name) for name in names)
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result).run(suite)
    work = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{sum(one.ru_utime + one.ru_stime for one in work):.1f} s of a processor", flush=True)
    if result.testsRun == 0:
        raise SystemExit("no test ran")
    raise SystemExit(0 if result.wasSuccessful() and not result.skipped else 1)


if __name__ == "__main__":
    main()
