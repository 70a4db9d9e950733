"""Activities on their way to the file: hour by hour, in order of time, numbered from 1.

Plans come in two forms. A stint is so many activities of somebody within a span that lies in one hour; they are made
only when the hour is written, so that memory holds plans and not lines. A single is a whole line.
"""

import bisect
import operator
import random as random_module

from calendars import HOUR, SECOND, text
from incidents import MOST_NUMBERS

MIX = 128   # parts in a mix, and 4096 tails: the bits that expand() takes apart
SECONDS = [f":{i // 60:02}:{i % 60:02}." for i in range(3600)]      # of an hour


class Writer:
    def __init__(self, file, seed, begin, end):
        self._file, self._begin, self._end = file, begin, end
        self._bits = random_module.Random(f"{seed}:activities").getrandbits
        self._stints, self._singles, self._marked = {}, {}, {}
        self._next = begin // HOUR
        self.count = 0
        self.bytes = 0

    def stint(self, start, length, count, context, mix):
        """`count` activities between `start` and `start + length`, which lie in one hour."""
        hour = start // HOUR
        if hour in self._stints:
            self._stints[hour].append((start, length, count, context, mix))
        elif self._begin <= start < self._end:
            assert hour >= self._next, "that hour is written"
            self._stints[hour] = [(start, length, count, context, mix)]

    def single(self, moment, rest, case=None):
        """One activity: `rest` is the line from behind the time."""
        if not self._begin <= moment < self._end:
            return
        hour = moment // HOUR
        assert hour >= self._next, "that hour is written"
        line = f'{{"time":"{text(moment)}",{rest}'
        self._singles.setdefault(hour, []).append(line)
        if case is not None:
            self._marked.setdefault(hour, []).append((line, case))

    def flush(self, until):
        """Writes the hours that end before this moment; nothing may come for them any more."""
        while self._next < min(until, self._end) // HOUR:
            lines = self._hour(self._next)
            for line, case in sorted(self._marked.pop(self._next, ()), key=operator.itemgetter(0)):
                case.saw(self.count + 1 + bisect.bisect_left(lines, line), MOST_NUMBERS)
            self.count += len(lines)
            whole = "".join(lines)
            self.bytes += len(whole)
            self._file.write(whole)
            self._next += 1

    def _hour(self, hour):
        lines = self._singles.pop(hour, [])
        stints = self._stints.pop(hour, ())
        if stints:
            self._expand(lines, stints, hour * HOUR, f'{{"time":"{text(hour * HOUR)[:13]}')
        # The time comes first and is of one width: the order of the texts is that of time.
        lines.sort()
        return lines

    def _expand(self, lines, stints, base, begin):
        bits, add, seconds = self._bits, lines.append, SECONDS
        for start, length, count, context, mix in stints:
            offset = start - base
            for _ in range(count):
                chance = bits(64)
                action, tails = mix[chance & 127]
                second, micro = divmod(offset + (length * (chance >> 19) >> 45), SECOND)
                add(f'{begin}{seconds[second]}{micro:06d}Z",{context}{action}{tails[chance >> 7 & 4095]}')

    @property
    def held(self):
        """Plans that wait, for the test of memory."""
        return sum(len(some) for some in self._stints.values())
