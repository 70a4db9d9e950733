"""Holds what the gateway kept of a call against what the call means, and counts.

An expectation (calls/*.yaml) is a dictionary: app, verb, admin, size, account, instance, object {kind, id, name},
target {email, domain, user, group, link, role}. A list means: any of these; of a target: all of these. What it does
not state is not judged, but for two: `admin` is false (unless `either`) and there is no target where it states none.
`may` has targets that are true of the call and need not be told.

Verb. Every expected activity that was kept counts for recall, every kept one that was expected for precision.
`view` and `other` that nobody expects are no mistake: SDKs look up what they need. All else is one, a second
upload of the same transfer too, unless the call names it under `also`.
Everything else is counted on activities whose verb is right: a value that is there and right, there and wrong
(for precision and for recall), or absent (for recall). Where the verb is missed, all of its values are absent.
"""

import collections
import dataclasses

NEUTRAL = ("view", "other", None)
GROUPS = ("verb", "app", "object", "target", "size", "account", "instance", "admin")
OBJECT = ("kind", "id", "name")
TARGET = ("email", "domain", "user", "group", "link", "role")


@dataclasses.dataclass
class Count:
    right: int = 0   # there, and as expected
    wrong: int = 0   # there, and not as expected
    missed: int = 0  # expected, and not there as expected

    def add(self, other):
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed

    @property
    def precision(self):
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self):
        return self.right / (self.right + self.missed) if self.right + self.missed else None


def new_counts():
    return collections.defaultdict(Count)


def as_list(value):
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


def names(expected, kept):
    """A kept name may have the path before it: /Q3/report.pdf names report.pdf."""
    return kept == expected or kept.rstrip("/").endswith("/" + expected)


def _fits(key, expected, kept):
    """Whether one of the accepted values is the kept one; of several kept ones all must be accepted."""
    accepted = [str(value) for value in as_list(expected)]
    told = [str(value) for value in as_list(kept)]
    equal = names if key == "name" else lambda one, other: one.lower() == other.lower()
    return bool(told) and all(any(equal(one, value) for one in accepted) for value in told)


def _stated(expected):
    """(group, key, value) of all that an expectation states beside its verb."""
    for group in ("app", "size", "account", "instance"):
        if group in expected:
            yield group, group, expected[group]
    for group in ("object", "target"):
        for key, value in (expected.get(group) or {}).items():
            yield group, key, value


def _told(kept, group, key):
    return (kept.get(group) or {}).get(key) if group in ("object", "target") else kept.get(group)


def _agreement(expected, kept):
    return sum(_fits(key, value, _told(kept, group, key)) for group, key, value in _stated(expected))


def _verb_fits(expected, kept):
    return kept.get("verb") in as_list(expected["verb"])


def one_of_each_transfer(kept):
    """The steps of a transfer, which the records name by one `session`, are one activity: what its last step tells,
    and what only earlier ones do."""
    whole, sessions = [], {}
    for one in kept:
        session = one.get("session")
        if not session or (one.get("verb"), session) not in sessions:
            whole.append(dict(one))
            sessions[(one.get("verb"), session)] = whole[-1]
            continue
        into = sessions[(one.get("verb"), session)]
        for key, value in one.items():
            if isinstance(value, dict):
                into[key] = {**(into.get(key) or {}), **{name: what for name, what in value.items() if what is not None}}
            elif value is not None:
                into[key] = value
    return whole


def _judge_targets(expected, kept, counts, remarks):
    """Each target by itself: a list in an expectation means all of them. The domain of an expected address goes
    without saying."""
    target = expected.get("target") or {}
    for key in TARGET:
        told = [str(value).lower() for value in as_list(_told(kept or {}, "target", key)) if value != ""]
        wanted = [str(value).lower() for value in as_list(target.get(key))]
        if key == "domain":
            implied = [str(value).lower().rpartition("@")[2] for value in as_list(target.get("email"))]
            told = [value for value in told if value in wanted or value not in implied]
        allowed = [str(value).lower() for value in as_list((expected.get("may") or {}).get(key))]
        told = [value for value in told if value in wanted or value not in allowed]
        count = counts["target"]
        count.right += sum(value in told for value in wanted)
        count.missed += sum(value not in told for value in wanted)
        count.wrong += sum(value not in wanted for value in told)
        if kept and sorted(told) != sorted(wanted):
            remarks.append(f"target.{key} is {wanted or 'nothing'}, not {told or 'nothing'}")


def _judge_values(expected, kept, counts, remarks):
    _judge_targets(expected, kept, counts, remarks)
    for group, key, value in _stated(expected):
        if group == "target":
            continue
        told = _told(kept, group, key) if kept else None
        place = group if key == group else f"{group}.{key}"
        if told in (None, "", []):
            counts[group].missed += 1
            if kept:
                remarks.append(f"{place} is not told; it is {value}")
        elif _fits(key, value, told):
            counts[group].right += 1
        else:
            counts[group].wrong += 1
            counts[group].missed += 1
            remarks.append(f"{place} is {value}, not {told}")
    if expected.get("admin") == "either":
        return
    admin = bool(expected.get("admin"))
    told = bool(kept and kept.get("admin"))
    if admin and told:
        counts["admin"].right += 1
    elif admin:
        counts["admin"].missed += 1
        if kept:
            remarks.append("it administers the app, which is not told")
    elif told:
        counts["admin"].wrong += 1
        remarks.append("it does not administer the app")


def judge(expectations, also, kept):
    """What one call comes to: (counts, remarks). All three are lists of dictionaries."""
    counts, remarks = new_counts(), []
    kept = one_of_each_transfer(kept)
    left = list(kept)
    pairs = []
    for expected in expectations:
        fitting = [one for one in left if _verb_fits(expected, one)]
        found = max(fitting, key=lambda one: _agreement(expected, one), default=None)
        if found is not None:
            left.remove(found)
        pairs.append((expected, found))
    for expected, found in pairs:
        if found is None:
            counts["verb"].missed += 1
            said = ", ".join(str(one.get("verb")) for one in kept) or "nothing"
            remarks.append(f"no {' or '.join(as_list(expected['verb']))}; kept: {said}")
        else:
            counts["verb"].right += 1
        _judge_values(expected, found, counts, remarks)
    for one in left:
        if one.get("verb") in NEUTRAL or any(_verb_fits(accepted, one) for accepted in also):
            continue
        counts["verb"].wrong += 1
        remarks.append(f"a {one['verb']} that nobody did: {one.get('from', '')}".rstrip(": "))
    return counts, remarks


def percent(value):
    return "-" if value is None else f"{100 * value:.0f}"


def table(rows):
    """Lines for people. `rows`: (name, number of calls, counts)."""
    head = f"{'':18} {'calls':>5}" + "".join(f" {group:>9}" for group in GROUPS)
    lines = [head, f"{'':18} {'':>5}" + "".join(f" {'P / R':>9}" for _ in GROUPS)]
    for name, calls, counts in rows:
        cells = "".join(f" {percent(counts[group].precision) + ' / ' + percent(counts[group].recall):>9}"
                        for group in GROUPS)
        lines.append(f"{name:18} {calls:>5}{cells}")
    return lines
