"""A gateway and a stand-in origin outside of a test, for figures that do not depend on how busy the machine is. Uses
the kit of tests/e2e; what it starts ends with it."""

import pathlib
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SOURCE / "tests/e2e"))

import kit  # noqa: E402
from kit.process import clean_environment  # noqa: E402,F401


def laboratory(binary, prepare):
    """Runs prepare(scenario), a class of kit.Scenario, and cleans up behind it, whatever happens."""

    class Laboratory(kit.Scenario):
        pass

    Laboratory.prepare = classmethod(lambda cls: None)
    Laboratory.configure(pathlib.Path(binary).resolve(), SOURCE, pathlib.Path())
    Laboratory.setUpClass()
    try:
        return prepare(Laboratory)
    finally:
        Laboratory.doClassCleanups()
        for _, failure, _ in Laboratory.tearDown_exceptions:
            raise failure
