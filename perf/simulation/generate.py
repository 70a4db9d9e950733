#!/usr/bin/env python3
"""Writes the activities of an organisation that does not exist, with incidents that are known. See README.md."""

import argparse
import datetime
import functools
import json
import pathlib
import random
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import calendars        # noqa: E402  (of this folder)
import incidents        # noqa: E402
import kinds_access     # noqa: E402
import kinds_data       # noqa: E402
import people           # noqa: E402
from applications import Applications, SANCTIONED, UNSANCTIONED, action   # noqa: E402
from behaviour import Behaviour     # noqa: E402
from network import Network         # noqa: E402
from surprises import Surprises     # noqa: E402
from writer import MIX, Writer      # noqa: E402

KINDS = kinds_access.KINDS | kinds_data.KINDS
CATALOG = HERE.parent.parent / "conf" / "catalog"

# Categories of apps to which people give files when they try them.
TAKES_FILES = frozenset(("file_transfer", "productivity", "product_design", "generative_ai", "cloud_storage"))


class World:
    """Everything that plans look at."""

    def __init__(self, users, weeks, seed, file, per_eight_weeks=incidents.PER_EIGHT_WEEKS, catalog=CATALOG):
        self.seed, self.weeks, self.first = seed, weeks, calendars.START
        self.catalog = {path.parent.name: re.search(r"(?m)^category: (\w+)", path.read_text()).group(1)
                        for path in sorted(catalog.glob("*/app.yaml"))}
        self.network, self.applications = Network(), Applications(seed)
        self.used_apps = set()
        begin = calendars.utc(self.first)
        self.writer = Writer(file, seed, begin, begin + weeks * 7 * calendars.DAY)
        self.people = people.make(seed, users, self.first, weeks)
        self.staff = [one for one in self.people if one.kind == "person"]
        self.moves = self.working_day(self.day_at(.55))
        self._ready_made()
        self.surprises = Surprises(self)
        self.cases = incidents.schedule(self, KINDS, per_eight_weeks)
        self.behaviour = Behaviour(self)

    def random_for(self, what):
        """A sequence of its own for each purpose, so that a change of one leaves the others alone."""
        return random.Random(f"{self.seed}:{what}")

    def day_at(self, share):
        return self.first + datetime.timedelta(days=int(7 * self.weeks * share))

    @staticmethod
    def working_day(date):
        """That day, or the Monday after it."""
        return date + datetime.timedelta(days=(7 - date.weekday()) % 7 if date.weekday() > 3 else 0)

    def _ready_made(self):
        source, make = self.random_for("mixes"), self.applications.mix
        self.native_mail = make(source, [("microsoft_365", "native_mail", 70, False),
                                         ("microsoft_365", "chat", 30, False)])
        self.native_sync = make(source, [("microsoft_365", "native_sync", 1, False)])
        self.scripted = make(source, [("github", "code", 4, False), ("atlassian", "records", 2, False),
                                      ("aws", "records", 3, False), ("pypi", "receive", 2, False)])
        lines = self.applications.tails("prompt")
        unseen = [f'"app":{{"id":"{app}"}},"type":"other",' for app in ("whatsapp", "icloud", "paypal", "signal")]
        refused = '"kind":"connection","ending":"client_closed","error":"the client does not accept our certificate",'
        self.bypassed = [('"kind":"tunnel","action":"bypass",' + unseen[i % 4], lines) for i in range(MIX)]
        self.pinned = [(refused + unseen[i % 4], lines) for i in range(MIX)]
        self.pinned_by_messenger = [(refused + unseen[0], lines)] * MIX
        # What somebody tries once: the whole catalog, a few apps much more often than others.
        self._rare = [app for app in self.catalog if app not in kinds_data.RESERVED]
        source.shuffle(self._rare)
        self._rare_source = self.random_for("rarities")

    def rarity(self):
        """A mix of an app that somebody is curious about."""
        rank = int(len(self._rare) ** self._rare_source.random()) - 1
        app = self._rare[rank]
        kind = "pages"
        if self.catalog[app] in TAKES_FILES and self._rare_source.random() < .25:
            kind = "convert"
        return self.applications.mix(self._rare_source, [(app, kind, 1, False)])

    @functools.cache
    def only(self, app, kind, what, instance=""):
        """A mix of nothing else."""
        return [(action(app, kind, kind == "admin"), self.applications.tails(what, instance))] * MIX

    def run(self):
        cases = list(self.cases)
        end = self.first + datetime.timedelta(weeks=self.weeks)
        date = self.first - datetime.timedelta(days=1)
        while date <= end:
            if self.first <= date < end:
                self.surprises.begin_day(date)
            while cases and cases[0].day <= date:
                case = cases.pop(0)
                scene = incidents.Scene(self, case, self.random_for(case.id))
                case.sentence = KINDS[case.kind].play(scene)
            self.behaviour.plan(date)
            # No zone's next day begins earlier.
            self.writer.flush(calendars.utc(date) + 12 * calendars.HOUR)
            date += datetime.timedelta(days=1)
        self.writer.flush(1 << 62)

    def records(self):
        """The organisation, as a directory and its network plan would have it."""
        yield {"record": "span", "first": str(self.first), "weeks": self.weeks, "seed": self.seed,
               "domain": "corp.example"}
        for one in self.people:
            home = {}
            if one.kind == "person":
                carriers = self.network.mobile[one.country]
                home = {"home": self.network.home[one.city][one.home].cidr}
                home |= {"carrier": carriers[one.carrier % len(carriers)].cidr} if one.phone else {}
            yield one.record() | home
        for block in self.network.ranges:
            yield block.record()
        for app in self.catalog:
            tags = ["sanctioned"] * (app in SANCTIONED) + ["unsanctioned"] * (app in UNSANCTIONED)
            yield {"record": "app", "id": app} | ({"tags": tags} if tags else {})
        for country, dates in calendars.HOLIDAYS.items():
            yield {"record": "holidays", "country": country, "weekend": list(calendars.WEEKENDS.get(country, (5, 6))),
                   "dates": [f"2026-{date}" for date in dates]}
        yield from self.surprises.records()


def write_lines(path, records):
    with open(path, "w", encoding="ascii") as file:
        for record in records:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")


def generate(output, users, weeks, seed, per_eight_weeks=incidents.PER_EIGHT_WEEKS):
    """Writes the three files into that directory."""
    output.mkdir(parents=True, exist_ok=True)
    with open(output / "activities.jsonl", "w", encoding="ascii", buffering=1 << 20) as file:
        world = World(users, weeks, seed, file, per_eight_weeks)
        world.run()
    write_lines(output / "incidents.jsonl", (case.record() for case in world.cases))
    write_lines(output / "organisation.jsonl", world.records())
    return world


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=10000)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--incidents", type=float, default=incidents.PER_EIGHT_WEEKS, help="of each kind, in 8 weeks")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="a directory")
    given = parser.parse_args()
    if not 2 <= given.weeks <= calendars.LONGEST or given.users < 100:
        parser.error(f"2 to {calendars.LONGEST} weeks, 100 users at least")
    begin = time.monotonic()
    world = generate(given.output, given.users, given.weeks, given.seed, given.incidents)
    took = time.monotonic() - begin
    print(f"{world.writer.count} activities, {world.writer.bytes / 1e6:.0f} MB, {len(world.cases)} incidents, "
          f"{took:.0f} s: {world.writer.count / took:.0f}/s")


if __name__ == "__main__":
    main()
