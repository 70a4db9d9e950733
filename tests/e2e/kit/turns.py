"""How programs that measure are scheduled."""

import ctypes
import os
import platform
import struct

_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}  # sched_setattr(2), from asm/unistd.h


def ask_for_short_ones():
    """For clients that measure, as the gateway's workers do for themselves: else they would measure for how long a
    Python that could run waits for somebody else's slice to end. A wish, granted from Linux 6.12 on."""
    number = _SCHED_SETATTR.get(platform.machine())
    if number is not None:
        # struct sched_attr: size, policy, flags, nice, priority, runtime (ns), deadline, period
        attributes = struct.pack("=IIQiIQQQ", 48, os.SCHED_OTHER, 0, os.nice(0), 0, 100_000, 0, 0)
        ctypes.CDLL(None).syscall(number, 0, attributes, 0)
