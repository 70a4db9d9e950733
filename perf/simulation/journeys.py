"""When people are away: holidays of their own, illness, long leave, journeys on business, weeks of work abroad."""

import dataclasses
import datetime

import calendars
from network import CITIES, FAR, NEAR, OFFICES, flight_hours

DESTINATIONS = ("vienna", "zurich", "paris", "amsterdam", "warsaw", "prague", "dublin", "barcelona", "milan",
                "stockholm", "toronto", "mexico_city", "dubai", "istanbul", "singapore", "tokyo", "sydney", "munich",
                "manchester", "chicago", "san_francisco", "mumbai", "jeddah")

# Shares of people, or chances for one person in a week.
VACATION_WEEKLY = 0.075
SHORT_ILLNESS_WEEKLY = 0.03
TRAVELLERS = 0.07
TRIP_WEEKLY_TRAVELLER, TRIP_WEEKLY_OTHERS = 0.16, 0.007
WORK_ABROAD_WEEKLY = 0.0015
LONG_LEAVE = 0.004          # of people, who come back from months of leave within the simulated weeks
DORMANT = 0.008             # accounts that nobody uses: long leave, forgotten, never disabled
JOINERS, LEAVERS = 0.03, 0.025


@dataclasses.dataclass(frozen=True)
class Trip:
    city: str
    first: datetime.date        # the day of the flight out
    last: datetime.date         # the day on which the flight back starts
    out: int                    # moments: start and landing
    arrival: int
    back: int
    home: int
    reason: str


def trip(random, person, city, first, nights, reason="business"):
    """A journey with flights that a person could take."""
    zone = CITIES[person.city].zone
    last = first + datetime.timedelta(days=nights)
    out = calendars.local(zone, first, random.uniform(11, 15))
    there = int(flight_hours(person.city, city) * calendars.HOUR)
    back = calendars.local(CITIES[city].zone, last, random.uniform(14, 18))
    if out + there >= back - 12 * calendars.HOUR:       # across the date line and many zones
        last += datetime.timedelta(days=1)
        back += calendars.DAY
    return Trip(city, first, last, out, out + there, back, back + there, reason)


def plan(random, person, first_day, weeks):
    """Fills in what the person will be away for."""
    end = first_day + datetime.timedelta(weeks=weeks)
    fate = random.random()
    if fate < DORMANT:
        person.dormant = True
        person.last_seen = first_day - datetime.timedelta(days=random.randrange(75, 400))
        return
    if fate < DORMANT + LONG_LEAVE:
        back = first_day + datetime.timedelta(days=random.randrange(7 * weeks // 3, 7 * weeks))
        person.away.append((first_day, back, "long leave"))
        person.last_seen = first_day - datetime.timedelta(days=random.randrange(60, 300))
        return
    if random.random() < JOINERS * weeks / 8:
        person.start = first_day + datetime.timedelta(days=7 * random.randrange(0, weeks))
    elif random.random() < LEAVERS * weeks / 8:
        person.leave = first_day + datetime.timedelta(days=random.randrange(7 * weeks // 4, 7 * weeks))
    for week in range(weeks):
        monday = first_day + datetime.timedelta(weeks=week)
        easter = 2.2 if person.country in ("DE", "GB") and monday.month == 3 and monday.day >= 28 else 1
        if _free(person, monday) and random.random() < VACATION_WEEKLY * easter:
            length = random.choices((5, 7, 12, 14, 21), (25, 35, 15, 20, 5))[0]
            start = monday + datetime.timedelta(days=random.choice((0, 0, 0, 2, 5)))
            person.away.append((start, start + datetime.timedelta(days=length), "vacation"))
        elif random.random() < SHORT_ILLNESS_WEEKLY:
            start = monday + datetime.timedelta(days=random.randrange(5))
            person.away.append((start, start + datetime.timedelta(days=random.randrange(1, 5)), "illness"))
        elif _free(person, monday):
            _journey(random, person, monday, end)
    person.away.sort()


def _journey(random, person, monday, end):
    chance = random.random()
    often = TRIP_WEEKLY_TRAVELLER if person.traveller else TRIP_WEEKLY_OTHERS
    if chance < often:
        # Half of all journeys go to another office, the rest to customers.
        cities = OFFICES if random.random() < .5 else DESTINATIONS
        city = random.choice([one for one in cities if one != person.city])
        first = monday + datetime.timedelta(days=random.randrange(3))
        add_trip(random, person, city, first, random.randrange(1, 4), end)
    elif chance < often + WORK_ABROAD_WEEKLY:
        # With the family, or where it is warm; agreed upon with nobody but the manager.
        near = random.random() < .6
        city = random.choice((NEAR if near else FAR)[person.country] + (("barcelona",) if near else ()))
        add_trip(random, person, city, monday - datetime.timedelta(days=1), random.choice((8, 13, 15)), end,
                 "work abroad")


def add_trip(random, person, city, first, nights, end, reason="business"):
    """Adds it where it fits."""
    until = first + datetime.timedelta(days=nights + 3)
    if not (person.start <= first and until < end and (person.leave is None or until < person.leave)):
        return False
    if any(other.first <= until and first <= other.last + datetime.timedelta(days=2) for other in person.trips):
        return False
    if any(start <= until and first <= stop for start, stop, _ in person.away):
        return False
    person.trips.append(trip(random, person, city, first, nights, reason))
    return True


def _free(person, day):
    return (not any(start <= day + datetime.timedelta(days=7) and day <= stop for start, stop, _ in person.away)
            and not any(one.last + datetime.timedelta(days=3) >= day for one in person.trips))
