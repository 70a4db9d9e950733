"""Programs that a scenario starts. Each dies with the scenario, whatever way that ends."""

import os
import shutil
import signal
import subprocess

_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH")


def tool(name):
    """The path of a program that must be there."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise AssertionError(f"'{name}' is not installed; .ci/setup.sh lists the packages that tests need")
    return path


def clean_environment(home, **more):
    """Nothing of the person who runs the tests: no proxies, no .curlrc."""
    environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
    environment.update(HOME=str(home), **more)
    return environment


def start(scenario, arguments, *, stdout, stderr, environment=None, cwd=None, restore_signals=True):
    """Starts a program and sees to its end. Call it from the main thread only: the death signal that setpriv
    asks for comes when the thread that started it ends."""
    process = subprocess.Popen([tool("setpriv"), "--pdeathsig", "KILL", "--", *map(str, arguments)],
                               stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, cwd=cwd or scenario.directory,
                               env=environment or clean_environment(scenario.directory),
                               start_new_session=True, restore_signals=restore_signals)
    scenario.addClassCleanup(kill, process)
    return process


def kill(process):
    """The program and all that it started itself. Nothing where it has ended and that was noticed: its
    number may be another's by now."""
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
