"""What happens in any organisation and looks like an attack: on single days, and every now and then.

Nothing here is an incident. README.md has the list with its rates.
"""

import datetime

import agents
import calendars
from applications import action, bytes_of, details
from calendars import HOUR, MINUTE, SECOND
from journeys import add_trip

# Chances on a working day of anybody: bursts of harmless work.
BURSTS = (  # chance, type, tail, apps, least, most, minutes
    (.0040, "download", "down", ("box", "microsoft_365"), 30, 220, 45),         # before an audit, a handover
    (.0020, "upload", "up", ("microsoft_365", "box"), 30, 160, 40),             # a folder is moved into the cloud
    (.0025, "delete", "mail_object", ("microsoft_365",), 40, 400, 20),          # a mailbox is tidied up
    (.0008, "delete", "file", ("microsoft_365", "box"), 30, 150, 20),
    (.0012, "share", "share", ("microsoft_365", "box"), 8, 40, 40),             # a project with a partner begins
    (.0008, "rename", "renamed", ("microsoft_365", "box"), 20, 140, 30),        # photos, a new scheme of names
)
TIDIES_UP, ANALYST, FILMS = 0.06, 0.2, 0.15
ADMIN_WORK = 0.05           # of an administrator: a project, newcomers, a change of many settings
CONSENTS = ((.0016, "low", ("openid", "email", "User.Read")),
            (.0007, "medium", ("offline_access", "Calendars.ReadWrite", "Contacts.Read")),
            (.00005, "high", ("offline_access", "Mail.Read")))
CONSENTED = ("Meeting Planner", "Signature Maker", "Poll Box", "Travel Desk", "Notes Anywhere", "Mail Rules",
             "Slide Coach", "Room Finder")
PRIVATE_CONTACT = 0.0003    # looks at what Tor or a VPN has to offer, and does no more
NEW_LAPTOP = 0.0018         # a day: four years of life; the first synchronisation fetches everything again
FAREWELL = 0.3              # of leavers, who take their own photos along

ROLLOUTS = (  # at this share of the weeks: department, app, class, weight
    (.35, "sales", "gong", "records", 6), (.60, "marketing", "miro", "records", 5),
    (.48, "finance", "anaplan", "records", 6), (.70, "human_resources", "culture_amp", "records", 5),
)


class Surprises:
    def __init__(self, world):
        self.world, self.random = world, world.random_for("surprises")
        at = world.day_at
        self.moves = world.moves
        self.outage = world.working_day(at(.30))
        self.test = world.working_day(at(.45))
        self.migration = world.working_day(at(.65))
        self.backup = at(.50)
        self.feed = world.working_day(at(.25))
        self.secret = world.working_day(at(.58))
        self.add_in = world.working_day(at(.62))
        self.pinning = world.working_day(at(.75))
        self.meeting = at(.40) - datetime.timedelta(days=at(.40).weekday())
        staff = [one for one in world.people if one.kind == "person"]
        engineers = [one for one in staff if one.department == "engineering"
                     and one.present(self.migration) and not one.trip_on(self.migration)]
        self.movers = self.random.sample(engineers, min(len(engineers), max(3, len(staff) // 800)))
        self.notices = [
            (self.moves, "The office in London moves: another range of addresses, another ISP"),
            (self.outage, "An outage of the sign-in service: for 40 minutes every second login fails"),
            (self.test, "Audit by our own scanner against four apps, agreed upon"),
            (self.migration, "Migration from Box to Microsoft 365 for three days by "
             + ", ".join(one.id for one in self.movers)),
            (self.backup, "Full backup: six times the usual volume for two nights"),
            (self.feed, "A feed takes some addresses of a mobile carrier for a botnet, for two days"),
            (self.secret, "The secret of svc-etl-01 has expired: it fails for hours, until it gets a new one"),
            (self.add_in, "An add-in for mail that reads all of it, approved, is consented to by half of support"),
            (self.pinning, "A new version of a messenger refuses our certificate for five days"),
            (self.meeting, "Sales meeting in Barcelona: a quarter of the department, one hotel"),
        ]
        self._send_to_meeting(staff)
        self._rollouts = []
        for share, department, app, kind, weight in ROLLOUTS:
            day = world.working_day(at(share))
            self.notices.append((day, f"{app} is rolled out to {department}"))
            for one in staff:
                if one.department == department and self.random.random() < .8:
                    late = min(10, int(self.random.expovariate(.7)))
                    self._rollouts.append((day + datetime.timedelta(days=late), one, (app, kind, weight, False)))

    def _send_to_meeting(self, staff):
        end = self.world.first + datetime.timedelta(weeks=self.world.weeks)
        day = self.meeting + datetime.timedelta(days=1)
        for one in staff:
            if one.department == "sales" and self.random.random() < .25:
                add_trip(self.random, one, "barcelona", day, 2, end, "sales meeting")

    def records(self):
        return [{"record": "notice", "date": str(day), "text": text} for day, text in sorted(self.notices)]

    def begin_day(self, date):
        """What is new for many from this day on."""
        for day, one, want in self._rollouts:
            if day == date:
                one.wanted.append(want)
                one.mix = None
        behaviour = self.world.behaviour
        if date == self.test:
            self._audit(date)
        if date == self.secret:
            self._expired(date)
        if self.migration <= date < self.migration + datetime.timedelta(days=3):
            for one in self.movers:
                if one.present(date) and not calendars.is_free(one.country, date):
                    self._migrate(behaviour, one, date)

    def _migrate(self, behaviour, one, date):
        begin = calendars.local(one.zone, date, 9.5)
        context = behaviour.context(one, behaviour.office(one, date), agents.program("rclone", one.laptop.system))
        for app, kind, tail in (("box", "download", "down"), ("microsoft_365", "upload", "up")):
            behaviour.spread(begin, begin + 7 * HOUR, one.zone, date, self.random.randrange(400, 1400), context,
                             self.world.only(app, kind, tail, "corporate"))

    def _audit(self, date):
        network, behaviour = self.world.network, self.world.behaviour
        context = f'"user":"svc-monitor-01",{network.data_center.client(99)}{agents.robot("nessus")}'
        for app in ("salesforce", "atlassian", "servicenow", "okta"):
            start = calendars.utc(date) + 10 * HOUR + int(self.random.random() * 3 * HOUR)
            behaviour.spread(start, start + 40 * MINUTE, "Europe/London", date, 150, context,
                             self.world.only(app, "view", "page"))

    def _expired(self, date):
        etl = next(one for one in self.world.people if one.id == "svc-etl-01")
        context = self.world.behaviour.context(etl, self.network_of(etl), etl.robot[1])
        at = calendars.utc(date) + 2 * HOUR
        while at < calendars.utc(date) + 9 * HOUR:
            self.world.behaviour.login(at, context, "salesforce", False)
            at += int((1.5 + self.random.random()) * MINUTE)
        self.world.behaviour.login(at, context, "salesforce", True)

    def network_of(self, robot):
        return getattr(self.world.network, robot.robot[7]).client(robot.number)

    def feed_errs(self, moment, ip):
        return 0 <= moment - calendars.utc(self.feed) < 2 * calendars.DAY and ip.endswith(("7", "3"))

    def robots(self, one, date):
        """How much more than usual a robot does."""
        nights = (date - self.backup).days
        if one.robot[0] == "backup":
            return 6 if 0 <= nights < 2 else 1.3 if date.weekday() == 6 else 1
        if one.robot[0] == "etl" and calendars.is_month_end(date):
            return 2
        return 1

    def of_working_day(self, one, date, begin, end, client):
        random, behaviour = self.random.random, self.world.behaviour
        if random() < NEW_LAPTOP:
            one.laptop = agents.laptop(self.random)
            one.replaced.append(str(date))
            behaviour.spread(begin, begin + 3 * HOUR, one.zone, date, 150 * 6 ** random(),
                             behaviour.context(one, client, agents.program("onedrive", one.laptop.system)),
                             self.world.only("microsoft_365", "download", "down", "corporate"))
        context = behaviour.context(one, client, one.laptop.agent(date))
        if random() < .03:      # of the rare things, one look at all of them
            self._rare(one, date, begin, end, context, 1 / .03)
        if one.admin and random() < ADMIN_WORK:
            at = begin + int((end - begin - HOUR) * random())
            app = next(want[0] for want in one.wanted if want[1] == "admin")
            behaviour.spread(at, at + HOUR, one.zone, date, 10 * 6 ** random(), context,
                             self.world.only(app, "admin", "setting"))
        if one.habits:
            self._habit(one, date, begin, end, context)
        if one.department == "support" and 0 <= (date - self.add_in).days < 3 and random() < .25:
            self.consent(begin + int((end - begin) * random()), context, "Mail Rules", "high",
                         ("offline_access", "Mail.ReadWrite", "MailboxSettings.ReadWrite"))
        if date == self.outage:
            self._outage(one, date, context)
        if self.pinning <= date < self.pinning + datetime.timedelta(days=5) and one.phone and random() < .25:
            at = begin + int((end - begin) * random())
            agent = agents.agent("mobile", "whatsapp", "26", one.phone.system, tags=("native_client",))
            behaviour.glance(at, behaviour.context(one, behaviour.on_the_air(one, at), agent), 2 + int(8 * random()),
                             self.world.pinned_by_messenger)
        if one.leave and (one.leave - date).days in (2, 3, 4) and one.number % 10 < FAREWELL * 10:
            at = begin + int((end - begin - HOUR) * random())
            behaviour.spread(at, at + HOUR, one.zone, date, 5 + 20 * random(), context,
                             self.world.only("google_drive", "upload", "up", "personal"))
        if one.start == date:
            for _ in range(int(4 * random())):
                behaviour.login(begin - int(5 * MINUTE * random()) - MINUTE, context, "microsoft_365", False)
            behaviour.spread(begin, begin + 3 * HOUR, one.zone, date, 20 + 60 * random(), context,
                             self.world.only("box", "download", "down", "corporate"))

    def _rare(self, one, date, begin, end, context, scale):
        random, behaviour = self.random.random, self.world.behaviour
        at = begin + int((end - begin) * random() * .8)
        for chance, kind, tail, apps, least, most, minutes in BURSTS:
            if random() < chance * scale * one.bursts:
                count = int(least * (most / least) ** random())
                app = apps[int(random() * len(apps))]
                length = int(minutes * MINUTE * (.4 + random()))
                behaviour.spread(at, at + length, one.zone, date, count, context,
                                 self.world.only(app, kind, tail, "corporate"))
        for chance, level, scopes in CONSENTS:
            if random() < chance * scale:
                name = CONSENTED[int(random() * len(CONSENTED))]
                self.consent(at, context, name, level, scopes)
        if random() < PRIVATE_CONTACT * scale:
            app = ("tor", "mullvad", "nordvpn", "proton_vpn")[int(random() * 4)]
            behaviour.spread(at, at + 10 * MINUTE, one.zone, date, 3, context, self.world.only(app, "view", "page"))

    def consent(self, at, context, name, level, scopes, case=None):
        told = details(outcome="success", consent__client=f"c-{sum(name.encode()):06}", consent__name=name,
                       consent__level=level, consent__scopes=scopes)
        self.world.writer.single(at, context + action("microsoft_entra", "consent") + told + bytes_of(1400, 3000),
                                 case)

    def _habit(self, one, date, begin, end, context):
        random, spread, only = self.random.random, self.world.behaviour.spread, self.world.only
        at = begin + int((end - begin) * random() * .7)
        if "tidies_up" in one.habits and random() < TIDIES_UP:
            kind = "delete" if random() < .6 else "move"
            spread(at, at + 25 * MINUTE, one.zone, date, 60 + 300 * random() ** 2, context,
                   only("microsoft_365", kind, "file", "corporate"))
        if "analyst" in one.habits and random() < ANALYST:
            app = "netsuite" if one.department == "finance" else "snowflake"
            spread(at, at + HOUR, one.zone, date, 60 + 400 * random() ** 2, context, only(app, "download", "report"))
        if "films" in one.habits and random() < FILMS:
            for _ in range(1 + int(3 * random())):
                size = int(4e8 * self.random.lognormvariate(0, 1))
                rest = (context + action("vimeo", "upload")
                        + f'"file":{{"name":"film-{size % 9973}.mp4","size":{size}}},' + bytes_of(size, 900))
                self.world.writer.single(at + int(40 * MINUTE * random()), rest)

    def _outage(self, one, date, context):
        """Whoever is at work at 14:10 UTC."""
        at = calendars.utc(date) + 14 * HOUR + 10 * MINUTE
        if not calendars.local(one.zone, date, one.begins) < at < calendars.local(one.zone, date, 17):
            return
        for _ in range(int(self.random.expovariate(.4))):
            at += int(self.random.expovariate(1 / 6) * MINUTE) + SECOND
            self.world.behaviour.login(at, context, "microsoft_365", False)
        self.world.behaviour.login(calendars.utc(date) + 15 * HOUR + int(self.random.random() * 20 * MINUTE), context,
                                   "microsoft_365", True)
