"""Days: the simulated span, holidays, weekends, time zones. All moments are microseconds since 1970, UTC."""

import datetime
import functools
import zoneinfo

DAY = 86_400_000_000        # microseconds
HOUR = 3_600_000_000
MINUTE = 60_000_000
SECOND = 1_000_000

START = datetime.date(2026, 3, 2)   # a Monday; summer time begins and Easter is within eight weeks
LONGEST = 43                        # weeks: HOLIDAYS ends with the year

# Of 2026; those that follow the moon as they were expected.
HOLIDAYS = {
    "DE": ("03-08", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"),
    "GB": ("04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"),
    "US": ("05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "11-27", "12-25"),
    "SA": ("03-19", "03-22", "03-23", "05-26", "05-27", "05-28", "05-31", "09-23"),
    "IN": ("03-04", "03-20", "04-03", "04-14", "05-01", "05-27", "08-15", "10-02", "10-20", "11-09", "12-25"),
}
RAMADAN = (datetime.date(2026, 2, 18), datetime.date(2026, 3, 18))  # shorter working days in Riyadh
WEEKENDS = {"SA": (4, 5)}           # Friday and Saturday; elsewhere Saturday and Sunday
EPOCH = datetime.date(1970, 1, 1)

_HOLIDAYS = {country: frozenset(datetime.date(2026, int(d[:2]), int(d[3:])) for d in days)
             for country, days in HOLIDAYS.items()}


def is_holiday(country, date):
    return date in _HOLIDAYS.get(country, ())


def is_weekend(country, date):
    return date.weekday() in WEEKENDS.get(country, (5, 6))


def is_free(country, date):
    return is_weekend(country, date) or is_holiday(country, date)


def utc(date):
    """The moment at which the day begins at Greenwich."""
    return (date - EPOCH).days * DAY


@functools.lru_cache(maxsize=4096)
def midnight(zone, date):
    """The moment at which the day begins in the zone, by the clock of six in the morning: where clocks change in the
    night, the day's working hours are right."""
    six = datetime.datetime.combine(date, datetime.time(6), zoneinfo.ZoneInfo(zone))
    return utc(date) - int(six.utcoffset().total_seconds()) * SECOND


def local(zone, date, hour):
    """The moment at which it is that hour, which may have a fraction, on that day in the zone."""
    return midnight(zone, date) + int(hour * HOUR)


def is_month_end(date):
    """The last three and the first two days of a month."""
    return date.day <= 2 or (date + datetime.timedelta(days=3)).month != date.month


def days(first, count):
    return [first + datetime.timedelta(days=i) for i in range(count)]


def text(moment):
    """RFC 3339 with microseconds."""
    second, micro = divmod(moment, SECOND)
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=second)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{micro:06d}Z"
