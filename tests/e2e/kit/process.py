"""Programs that a scenario starts. Each dies with the scenario, whatever way that ends."""

import ctypes
import os
import shutil
import signal
import subprocess

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
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


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start(scenario, arguments, *, stdout, stderr, environment=None, cwd=None, stdin=subprocess.DEVNULL,
          preexec=None):
    """Starts a program and sees to its end. Call it from the main thread only: the death signal comes when
    the thread that started it ends."""

    def before_exec():
        _die_with_parent()
        if preexec is not None:
            preexec()

    process = subprocess.Popen([str(one) for one in arguments], stdin=stdin, stdout=stdout, stderr=stderr,
                               env=environment or clean_environment(scenario.directory),
                               cwd=cwd or scenario.directory, start_new_session=True, preexec_fn=before_exec)
    scenario.addClassCleanup(kill, process)
    return process


def kill(process):
    """The program and all that it started itself. Nothing where it has ended."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
