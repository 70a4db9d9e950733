"""What is made of measurements: medians, spreads, ratios, verdicts. Nothing here measures."""

import math
import re
import statistics

EQUAL = 1.20  # Rounds differ by 20-40 %: less than this beyond the target says nothing.

PASS, NEAR, MISSED = "PASS", "EQUAL-WITHIN-20 %", "MISSED"


def median(values):
    return statistics.median(values)


def spread(values):
    """(largest - smallest) / median, in per cent."""
    middle = median(values)
    return 100 * (max(values) - min(values)) / middle if middle else 0.0


def ratio(ours, theirs):
    """The median of the quotients within rounds: a round's drift of the machine cancels. Rounds that either
    side lacks are left out; None where none is left."""
    quotients = [a / b for a, b in zip(ours, theirs) if a is not None and b]
    return median(quotients) if quotients else None


def verdict(reached, allowed):
    """How a cost stands to what it may be at most."""
    if reached <= allowed:
        return PASS
    return NEAR if reached <= allowed * EQUAL else MISSED


def judge(target, rows):
    """(ratio to the target's peer, or None; verdict) from rows: {peer: [cost of each round, or None]}."""
    ours = [cost for cost in rows.get("sallyport", []) if cost is not None]
    if not ours:
        return None, "not measured"
    if not target.peer:
        return None, verdict(median(ours), target.absolute)
    reached = ratio(rows["sallyport"], rows.get(target.peer, []))
    if reached is None:
        return None, f"{target.peer} not measured"
    return reached, verdict(reached, target.factor)


def cost(unit, result, cpu_seconds):
    """Of one round, in the unit's base: seconds a request, a gigabyte; microseconds of latency."""
    if unit == "latency":
        return float(result["p50_us"]) if result["requests"] else None
    amount = {"request": result["requests"], "in": result["bytes_in"] / 1e9, "out": result["bytes_out"] / 1e9}[unit]
    return cpu_seconds / amount if amount else None


def parse_strace(text, amount):
    """[(call, per unit)], most often first, from `strace -c -U calls,name`."""
    found = re.findall(r"^\s*(\d+)\s+(\w+)$", text, re.MULTILINE)
    return sorted(((name, int(count) / amount) for count, name in found if name != "total"), key=lambda one: -one[1])


def parse_metrics(text):
    """{name: sum over its labels} of a Prometheus text."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            name = name.partition("{")[0]
            found[name] = found.get(name, 0) + float(value)
    return found


def parse_perf_stat(text):
    """Instructions, from `perf stat -x,`; None where the machine does not count them."""
    for line in text.splitlines():
        fields = line.split(",")
        if len(fields) > 2 and fields[2].startswith("instructions"):
            return int(fields[0]) if fields[0].isdigit() else None
    return None


def slope(points):
    """Least squares through [(x, y)]: y per x."""
    if not points:
        return 0.0
    xs, ys = [x for x, _ in points], [y for _, y in points]
    middle_x, middle_y = statistics.fmean(xs), statistics.fmean(ys)
    across = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / across if across else 0.0


def linearity(points):
    """How the cost grows with what was changed, from [(size, cost of a unit)]: the exponent of a power law through
    the points, 0 where the unit costs the same everywhere."""
    return slope([(math.log(size), math.log(value)) for size, value in points if value > 0])


class Progress:
    """How much time is left, by what was estimated and how the estimates fared so far."""

    def __init__(self, estimates):
        self.total, self.done, self.spent = sum(estimates), 0.0, 0.0

    def step(self, estimate, took):
        self.done += estimate
        self.spent += took

    def left(self):
        pace = self.spent / self.done if self.done else 1.0
        return max(0.0, (self.total - self.done) * pace)


def minutes(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
