"""The organisation: people with their departments, offices, devices and habits; robots; shared accounts."""

import datetime
import random as random_module

import agents
import journeys
from applications import ADMIN_APPS, DEPARTMENTS, EVERYBODY, PERSONAL_INSTANCE, PRIVATE, SANCTIONED
from network import CITIES, OFFICES

OFFICE_SHARES = (30, 18, 20, 9, 7, 16)
LONG_AGO = datetime.date(2025, 1, 1)

# Shares of people.
PART_TIME, HYBRID, REMOTE, VPN_AT_HOME = 0.12, 0.35, 0.10, 0.35
PHONE, SECOND_BROWSER, NATIVE_PROGRAMS = 0.75, 0.18, 0.7
FOREIGN_SIM, PRIVACY_RELAY, PRIVATE_VPN = 0.01, 0.015, 0.004
FEWEST_ADMINS = 8
ADMINS_OF_IT, ON_CALL_TECHNICAL, SCRIPTS_ENGINEERING = 0.25, 0.12, 0.15
PASSWORD_DAYS = 90
SERVICE_ACCOUNTS, KIOSKS = 0.006, 0.0025    # per person

ROBOTS = (  # name, agent, app, type, tail, activities of a busy hour, hours of the day (UTC), network
    ("backup", agents.program("boto"), "wasabi", "upload", "up", 700, (1, 2, 3), "data_center"),
    ("ci", agents.program("git", "linux"), "github", "download", "source", 60, range(24), "cloud"),
    ("etl", agents.program("python_requests"), "salesforce", "download", "report", 90, range(0, 24, 2), "cloud"),
    ("warehouse", agents.program("python_requests"), "snowflake", "view", "page", 70, range(24), "cloud"),
    ("monitor", agents.robot("prometheus"), "datadog", "view", "page", 40, range(24), "data_center"),
    ("images", agents.program("docker", "linux"), "docker_hub", "download", "down", 25, range(24), "cloud"),
    ("provisioning", agents.program("terraform", "linux"), "aws", "admin", "setting", 6, range(5, 20), "cloud"),
)


class Person:
    """Somebody, or something, with an account."""

    def __init__(self, number, name, kind, department, office):
        self.number, self.id, self.kind, self.department, self.office = number, name, kind, department, office
        self.city, self.country, self.zone = office, CITIES[office].country, CITIES[office].zone
        self.groups = [department, office]
        self.start, self.leave, self.last_seen = LONG_AGO, None, None
        self.away, self.trips, self.habits = [], [], []
        self.admin = self.on_call = self.traveller = self.part_time = self.vpn = self.dormant = False
        self.days_off = ()
        self.begins, self.hours, self.rate, self.at_home = 9.0, 8.5, 30.0, 0.0
        self.home, self.carrier, self.password_day, self.bursts = 0, 0, 0, 1.0
        self.laptop = self.second = self.phone = self.mail = self.sync = None
        self.wanted, self.mix, self.phone_mix, self.robot = [], None, None, None
        self.replaced = []      # when the laptop was

    def present(self, date):
        """Whether the person is employed, and not away for the whole day."""
        if date < self.start or self.leave and date >= self.leave or self.dormant:
            return False
        return not any(first <= date < until for first, until, _ in self.away)

    def trip_on(self, date):
        for one in self.trips:
            if one.first <= date <= one.last + datetime.timedelta(days=1):
                return one
        return None

    def record(self):
        out = {"record": "user", "id": self.id, "kind": self.kind, "department": self.department,
               "office": self.office, "country": self.country, "groups": self.groups, "zone": self.zone,
               "works": [round(self.begins, 1), round(self.begins + self.hours, 1)]}
        for key in ("admin", "on_call", "traveller", "part_time", "vpn", "dormant"):
            if getattr(self, key):
                out[key] = True
        if self.start != LONG_AGO:
            out["start"] = str(self.start)
        if self.leave:
            out["leave"] = str(self.leave)
        if self.last_seen:
            out["last_seen"] = str(self.last_seen)
        if self.days_off:
            out["days_off"] = list(self.days_off)
        if self.habits:
            out["habits"] = self.habits
        if self.away:
            out["away"] = [[str(first), str(until), why] for first, until, why in self.away]
        if self.trips:
            out["trips"] = [{"city": one.city, "out": str(one.first), "back": str(one.last), "reason": one.reason}
                            for one in self.trips]
        if self.replaced:
            out["new_laptop"] = self.replaced
        machines = [one.record() for one in (self.laptop, self.second, self.phone) if one]
        return out | ({"devices": machines} if machines else {})


def make(seed, count, first_day, weeks):
    """Everybody: `count` people first, then robots and kiosks."""
    random = random_module.Random(f"{seed}:people")
    names = list(DEPARTMENTS)
    shares = [DEPARTMENTS[name][0] for name in names]
    everybody = []
    for number in range(count):
        # However small it is, somebody has to administer it.
        department = "it" if number < FEWEST_ADMINS else random.choices(names, shares)[0]
        office = random.choices(OFFICES, OFFICE_SHARES)[0]
        everybody.append(_person(random, number, department, office))
        journeys.plan(random, everybody[-1], first_day, weeks)
    for i in range(max(len(ROBOTS), round(count * SERVICE_ACCOUNTS))):
        robot = ROBOTS[i % len(ROBOTS)]
        one = Person(len(everybody), f"svc-{robot[0]}-{i // len(ROBOTS) + 1:02}", "service", "it", "berlin")
        one.robot, one.rate = robot, random.lognormvariate(0, .4) * min(1, count * SERVICE_ACCOUNTS / len(ROBOTS))
        everybody.append(one)
    for i in range(max(len(OFFICES), round(count * KIOSKS))):
        office = OFFICES[i % len(OFFICES)]
        one = Person(len(everybody), f"kiosk-{office}-{i // len(OFFICES) + 1:02}", "kiosk", "operations", office)
        one.begins, one.hours, one.rate = 6, 16, random.uniform(40, 110)
        one.laptop = agents.Device("desktop", "windows", "edge", 20, frozen=random.random() < .3)
        one.second = agents.Device("tablet", "android", "chrome", 25)
        one.wanted = [("microsoft_365", "office", 4, False), ("sap", "records", 5, False),
                      ("workday", "records", 1, False)]
        everybody.append(one)
    return everybody


def _person(random, number, department, office):
    one = Person(number, f"u{number:05}", "person", department, office)
    chance = random.random
    if chance() < .05:
        one.groups.append("contractors")
    technical = department in ("it", "engineering")
    one.admin = department == "it" and chance() < ADMINS_OF_IT or department == "engineering" and chance() < .02
    one.admin = one.admin or number < FEWEST_ADMINS
    one.on_call = technical and chance() < ON_CALL_TECHNICAL
    one.groups += ["admins"] * one.admin + ["on_call"] * one.on_call
    one.traveller = chance() < journeys.TRAVELLERS * {"sales": 2, "executives": 5, "support": .3}.get(department, .8)
    one.begins = min(11.5, max(6.8, random.gauss(8.8, .8)))
    one.hours = random.gauss(8.8, .7)
    if chance() < PART_TIME:
        one.part_time = True
        if chance() < .5:
            one.hours = random.uniform(4, 6)
        else:
            one.days_off = tuple(sorted(random.sample(range(5), random.choice((1, 1, 2)))))
    one.rate = DEPARTMENTS[department][1] * random.lognormvariate(3.35, .55) * min(1.1, one.hours / 8.5)
    where = chance()
    one.at_home = .95 if where < REMOTE else random.uniform(.2, .6) if where < REMOTE + HYBRID else .03
    one.vpn = chance() < (.9 if one.admin or one.on_call else VPN_AT_HOME)
    one.home, one.carrier = random.randrange(3), random.randrange(4)
    one.password_day = random.randrange(PASSWORD_DAYS)
    one.bursts = random.lognormvariate(-.7, 1.2)    # how often work comes by the hundred; 1 on average
    one.laptop = agents.laptop(random)
    if chance() < SECOND_BROWSER:
        one.second = agents.second_browser(random, one.laptop)
    if chance() < PHONE:
        one.phone = agents.phone(random)
    if chance() < NATIVE_PROGRAMS and one.laptop.system != "linux":
        one.mail = agents.program("outlook", one.laptop.system)
        one.sync = agents.program("onedrive", one.laptop.system)
    _habits(random, one)
    _apps(random, one)
    return one


def _habits(random, one):
    chance = random.random
    if one.phone:
        if chance() < FOREIGN_SIM:
            one.habits.append("foreign_sim")
        elif one.phone.system == "ios" and chance() < PRIVACY_RELAY:
            one.habits.append("privacy_relay")
        elif chance() < PRIVATE_VPN:
            one.habits.append("private_vpn")
    if one.department == "engineering" and chance() < SCRIPTS_ENGINEERING:
        one.habits.append("scripts")
    if chance() < .01:
        one.habits.append("tidies_up")      # deletes and moves by the hundred, now and then
    if one.department == "marketing" and chance() < .1:
        one.habits.append("films")          # uploads of gigabytes
    if one.department in ("finance", "engineering", "operations") and chance() < .04:
        one.habits.append("analyst")        # downloads by the hundred, every week


def _apps(random, one):
    """(app, class, weight, personal) of what the person uses."""
    wanted = {}
    for app, (kind, weight, share) in (EVERYBODY | DEPARTMENTS[one.department][2]).items():
        if random.random() < share:
            wanted[app] = (app, kind, weight * random.lognormvariate(0, .5), False)
    private = random.lognormvariate(1.6, .7)        # how much of the day is private
    own = [app for app, (_, share) in PRIVATE.items() if app not in wanted and random.random() < share]
    for app in own:
        personal = app in PERSONAL_INSTANCE or app not in SANCTIONED and PRIVATE[app][0] == "files"
        wanted[app] = (app, PRIVATE[app][0], private / len(own) * random.lognormvariate(0, .5), personal)
    if one.admin:
        for app in random.sample(ADMIN_APPS, random.choice((1, 2, 2, 3))):
            wanted[f"{app}:admin"] = (app, "admin", random.uniform(8, 25), False)
    one.wanted = list(wanted.values())
