"""Cleans up behind a lab that could not do it itself (kill -9): reads from stdin `+PID` and `-PID` of process groups that
began and ended, and `/folder`; where stdin ends it ends the groups that are left and removes the folders."""

import contextlib
import os
import shutil
import signal
import sys


def main():
    groups, folders = set(), []
    for line in sys.stdin:
        line = line.strip()
        if line.startswith("/"):
            folders.append(line)
        elif line.startswith("+"):
            groups.add(int(line[1:]))
        elif line.startswith("-"):
            groups.discard(int(line[1:]))
    for group in groups:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it ends with its lab, not before
    main()
