"""What detections should find: which incidents happen, to whom, when. kinds_*.py say what an incident does."""

import datetime

import calendars
from applications import action, tail
from calendars import MINUTE

MOST_NUMBERS = 20       # activities that an incident's record names
PER_EIGHT_WEEKS = 3     # of each kind


class Case:
    """One incident, and what was written of it."""

    def __init__(self, number, kind, difficulty, person, day):
        self.id, self.kind, self.difficulty = f"i{number:04}", kind, difficulty
        self.person, self.day, self.others = person, day, set()
        self.sentence = ""
        self.moments, self.numbers = [], []
        self.written = 0

    def saw(self, number, most):
        self.written += 1
        if len(self.numbers) < most:
            self.numbers.append(number)

    def record(self):
        out = {"id": self.id, "kind": self.kind, "user": self.person.id, "from": calendars.text(min(self.moments)),
               "until": calendars.text(max(self.moments)), "difficulty": self.difficulty, "count": self.written,
               "activities": self.numbers, "what": self.sentence}
        if self.others:
            out["users"] = sorted({self.person.id} | self.others)
        return out


class Kind:
    """A kind of incident: `span` is the days that its hidden form takes, `who` which people it can happen to."""

    def __init__(self, play, span=1, who=None, works=True, make=None):
        self.play, self.span, self.who, self.works, self.make = play, span, who, works, make


class Scene:
    """What a kind of incident is told with: the case, its victim, and where things are."""

    def __init__(self, world, case, random):
        self.world, self.case, self.random = world, case, random
        self.person, self.day, self.hidden = case.person, case.day, case.difficulty == "hidden"
        self.network, self.behaviour = world.network, world.behaviour
        self.end = calendars.utc(world.first + datetime.timedelta(weeks=world.weeks)) - 1

    def at(self, hour, days=0):
        """That hour, local time of the victim, so many days after the first."""
        return calendars.local(self.person.zone, self.day + datetime.timedelta(days=days), hour)

    def time(self, first, last, days=0):
        return self.at(self.random.uniform(first, last), days)

    def busy(self, days=0):
        """A moment in the middle of the victim's working hours."""
        return self.time(self.person.begins + 1, self.person.begins + max(2, self.person.hours - 2), days)

    def date(self, days):
        return self.day + datetime.timedelta(days=days)

    def place(self, days=0):
        """Where the victim is: `client` of an activity."""
        one, date = self.person, self.date(days)
        if one.at_home > .5 or calendars.is_free(one.country, date):
            return self.behaviour.by_vpn(one, date) if one.vpn else self.behaviour.at_home(one, date)
        return self.behaviour.office(one, date)

    def own(self, days=0, client="", agent=""):
        """The victim's own context, or one that differs in the place or in the agent."""
        return self.behaviour.context(self.person, client or self.place(days),
                                      agent or self.person.laptop.agent(self.date(days)))

    def by(self, person, client, agent):
        if person is not self.person:
            self.case.others.add(person.id)
        return self.behaviour.context(person, client, agent)

    def working_days(self, count):
        """The first days from the incident's on, as numbers of days after it, on which the victim is at work."""
        found = []
        for days in range(40):
            date = self.date(days)
            if len(found) == count or calendars.utc(date) > self.end:
                break
            one = self.person
            if one.present(date) and not calendars.is_free(one.country, date) and date.weekday() not in one.days_off:
                found.append(days)
        return found or [0]

    def add(self, moment, rest):
        if moment > self.end:
            return
        self.case.moments.append(moment)
        self.world.writer.single(moment, rest, self.case)

    def act(self, moment, context, app, kind, what="page", instance="", admin=False):
        """One activity; `what` names its tail."""
        self.add(moment, context + action(app, kind, admin) + tail(self.random, what, instance))

    def acts(self, begin, minutes, count, *what, **more):
        """So many of them, at random moments from `begin` on; the first at once."""
        for i in range(count):
            self.act(begin + (int(self.random.random() * minutes * MINUTE) if i else 0), *what, **more)

    def login(self, moment, context, succeeds=True, app="microsoft_365"):
        if moment > self.end:
            return
        self.case.moments.append(moment)
        self.behaviour.login(moment, context, app, succeeds, self.case)

    def anchor(self, moment):
        """The victim at work at that moment, which is no part of the incident."""
        if moment < self.end:
            self.world.writer.single(moment, self.own() + action("microsoft_365", "view") + tail(self.random, "page"))

    def any_number(self):
        return self.random.randrange(1 << 30)


def schedule(world, kinds, per_eight_weeks):
    """All cases, with victims of their own, in order of their days."""
    random = world.random_for("incidents")
    count = max(1, round(per_eight_weeks * world.weeks / 8))
    taken, cases = set(), []
    total = 7 * world.weeks
    wanted = []
    for index, (name, kind) in enumerate(sorted(kinds.items())):
        for i in range(count):
            hidden = i == 1 if i < 2 and count > 1 else random.random() < .5
            if count == 1:
                hidden = bool(index % 2)
            wanted.append((name, kind, "hidden" if hidden else "plain"))
    # Whom few people qualify for comes first.
    wanted.sort(key=lambda one: one[1].who is None and one[1].make is None)
    for name, kind, difficulty in wanted:
        span = kind.span if difficulty == "hidden" else 1
        person, day = _victim(world, random, kind, taken, total // 4, total - span - 1, span)
        taken.add(person.number)
        cases.append(Case(len(cases) + 1, name, difficulty, person, day))
        if kind.make:
            kind.make(random, person, day, world)
    return sorted(cases, key=lambda case: (case.day, case.id))


def _victim(world, random, kind, taken, first, last, span):
    people = world.staff
    for attempt in range(20000):
        one = people[random.randrange(len(people))]
        if one.number in taken or one.dormant and not kind.make:
            continue
        day = world.first + datetime.timedelta(days=random.randrange(first, max(first + 1, last)))
        if kind.who and not kind.who(one, day) and not (kind.make and attempt > 15000):
            continue
        if kind.make:       # The person's life is changed to fit; nobody may be on a journey then.
            if not one.trips and not one.away and one.start < world.first and (one.leave is None or one.dormant):
                return one, day
            continue
        dates = calendars.days(day, span + 1)
        if not all(one.present(date) and not one.trip_on(date) for date in dates):
            continue
        if kind.works and (calendars.is_free(one.country, day) or day.weekday() in one.days_off):
            continue
        return one, day
    raise SystemExit("too few people for so many incidents: more --users, or fewer --incidents")
