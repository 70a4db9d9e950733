"""What people do on a day: where they are, and how much of what."""

import random as random_module

import agents
import calendars
from applications import action, bytes_of, details
from calendars import HOUR, MINUTE
from travel import Travel

WEEKDAYS = (1.15, 1.05, 1.03, 1.0, 0.8, 0.75, 1.0)      # a week begins busy and ends early
# How busy the hours of a day are, local time.
PROFILE = (.1, .1, .1, .1, .1, .2, .4, .6, .8, 1.15, 1.3, 1.2, .65, .75, 1.1, 1.1, 1.0, .8, .5, .4, .4, .35, .25, .15)
FLAT = (1,) * 24

# Chances on a working day.
MISTYPED, MISTYPED_MONDAY, EXPIRED_PHONE_FAILS, STUBBORN = 0.03, 0.07, 0.3, 0.05
EVENING_WORK, FREE_DAY_WORK, VPN_LATE, CAFE, CURIOSITY = 0.10, 0.05, 0.10, 0.03, 0.05
SCRIPTS, CALLED_AT_NIGHT = 0.25, 0.25
BYPASSED, PINNED = 0.12, 0.02


class Behaviour(Travel):
    def __init__(self, world):
        self.world, self.network, self.applications = world, world.network, world.applications
        self.writer = world.writer
        self.random = random_module.Random(f"{world.seed}:behaviour")
        self._glance = [(action("microsoft_365", verb), self.applications.tails(tail))
                        for verb, tail, share in (("view", "page", 50), ("chat", "message", 14), ("send", "mail", 8))
                        for _ in range(share)]

    def plan(self, date):
        """Everybody's plans for the local day."""
        for one in self.world.people:
            if one.kind == "service":
                self._robot(one, date)
            elif one.kind == "kiosk":
                self._kiosk(one, date)
            elif one.present(date):
                trip = one.trip_on(date) if one.trips else None
                if trip:
                    self.trip_day(one, trip, date)
                elif calendars.is_free(one.country, date) or date.weekday() in one.days_off:
                    self._free_day(one, date)
                else:
                    self._working_day(one, date)

    # -- Where somebody is.

    def office(self, one, date, city="", machine=0):
        city = city or one.city
        block = self.network.new_office if city == "london" and date >= self.world.moves else self.network.office[city]
        return block.client(one.number, date.toordinal() // 7, machine)    # a lease lasts a week

    def at_home(self, one, date):
        block = self.network.home[one.city][one.home]
        # A new address every night; one for a month and more; a suffix of the day.
        lease = (date.toordinal() + one.number) // 40 if one.home == 1 else date.toordinal()
        return block.client(one.number, lease)

    def by_vpn(self, one, date):
        # People in Asia come out in Europe.
        gateway = "ashburn" if one.country == "US" else "frankfurt"
        return self.network.vpn[gateway].client(one.number % 12)

    def on_the_air(self, one, moment):
        if "privacy_relay" in one.habits:
            return self.network.relay[one.city].client(one.number, moment // calendars.DAY)
        if "private_vpn" in one.habits:
            blocks = list(self.network.private_vpn.values())
            return blocks[one.number % len(blocks)].client(one.number, moment // calendars.DAY)
        country = one.country
        if "foreign_sim" in one.habits:
            country = ("PL", "CZ", "AT", "MX", "AE", "LK")[one.number % 6]
        carriers = self.network.mobile[country]
        block, numbers = carriers[one.carrier % len(carriers)], (one.number, moment // (3 * HOUR))
        if block is carriers[0] and country == "DE" and self.world.surprises.feed_errs(moment, block.ip(*numbers)):
            block = self.network.mistaken
        return block.client(*numbers)

    @staticmethod
    def context(one, client, agent):
        return f'"user":"{one.id}",{client}{agent}'

    # -- Plans.

    def spread(self, begin, end, zone, date, count, context, mix, profile=PROFILE):
        """Activities over a span, in bursts, more of them where the day is busy."""
        if end <= begin or count <= 0:
            return
        random, stint = self.random.random, self.writer.stint
        middle = calendars.midnight(zone, date)
        hours, total = [], 0.0
        for hour in range(begin // HOUR, (end - 1) // HOUR + 1):
            first, last = max(begin, hour * HOUR), min(end, (hour + 1) * HOUR)
            weight = profile[((first + last) // 2 - middle) // HOUR % 24] * (last - first)
            total += weight
            hours.append((first, last - first, weight))
        done, position, scale = 0, random(), count / total
        for first, length, weight in hours:
            position += weight * scale
            some = int(position) - done
            if some > 0:
                done += some
                used = int(length * (.25 + .75 * random()))
                stint(first + int((length - used) * random()), used, some, context, mix)

    def mix(self, one):
        if one.mix is None:
            source = random_module.Random(f"{self.world.seed}:mix:{one.number}:{len(one.wanted)}")
            one.mix = self.applications.mix(source, one.wanted)
            private = [want for want in one.wanted if want[3] or want[1] in ("chat", "pages", "media")]
            one.phone_mix = one.mix
            if private:
                one.phone_mix = self._glance + self.applications.mix(source, private, 56)
        return one.mix

    def volume(self, one, date):
        factor = WEEKDAYS[date.weekday()]
        if one.department == "finance" and calendars.is_month_end(date):
            factor *= 1.7
        elif one.department == "sales" and calendars.is_month_end(date):
            factor *= 1.2
        return one.rate * factor * self.random.lognormvariate(-.05, .35)

    def hours(self, one, date, zone=""):
        zone = zone or one.zone
        begin, length = one.begins + max(-.9, self.random.gauss(0, .35)), one.hours + self.random.gauss(0, .5)
        if one.country == "SA" and calendars.RAMADAN[0] <= date <= calendars.RAMADAN[1]:
            begin, length = begin + 1, length - 2
        start = calendars.local(zone, date, begin)
        return start, start + int(max(2.5, length) * HOUR)

    def _working_day(self, one, date):
        random = self.random.random
        begin, end = self.hours(one, date)
        home = random() < one.at_home
        if not home:
            client = self.office(one, date)
        elif one.vpn:
            client = self.by_vpn(one, date)
        elif random() < CAFE:
            client = self.network.cafe[one.city].client(one.number, date.toordinal())
        else:
            client = self.at_home(one, date)
        self.work(one, date, begin, end, client)
        if home and one.vpn and random() < VPN_LATE:    # begun without it
            self.spread(begin - HOUR, begin, one.zone, date, 4, self.context(one, self.at_home(one, date),
                                                                             one.laptop.agent(date)), self.mix(one))
        if random() < EVENING_WORK:
            start = max(end + HOUR, calendars.local(one.zone, date, 19 + 2 * random()))
            where = self.by_vpn(one, date) if one.vpn else self.at_home(one, date)
            self.spread(start, start + HOUR, one.zone, date, one.rate * .2,
                        self.context(one, where, one.laptop.agent(date)), self.mix(one))
        if one.phone:
            self._phone(one, date, begin, end, home)
        if one.on_call:
            self._night(one, date)
        self.world.surprises.of_working_day(one, date, begin, end, client)

    def work(self, one, date, begin, end, client, share=1.0, zone=""):
        """A day, or part of one, at the laptop."""
        zone, random = zone or one.zone, self.random.random
        count = self.volume(one, date) * share
        agent = one.laptop.agent(date)
        context, mix = self.context(one, client, agent), self.mix(one)
        if one.mail:
            programs = count * .2
            count -= programs
            self.spread(begin, end, zone, date, programs * .7, self.context(one, client, one.mail),
                        self.world.native_mail)
            self.spread(begin, end, zone, date, programs * .3, self.context(one, client, one.sync),
                        self.world.native_sync)
        if one.second and random() < .4:
            self.spread(begin, end, zone, date, count * .2, self.context(one, client, one.second.agent(date)), mix)
            count *= .8
        self.spread(begin, end, zone, date, count, context, mix)
        self.logins(one, date, begin, end, context, client)
        if random() < CURIOSITY:
            start = begin + int((end - begin) * random())
            self.spread(start, start + 10 * MINUTE, zone, date, 1 + 5 * random(), context, self.world.rarity())
        if "scripts" in one.habits and random() < SCRIPTS:
            name = "curl" if one.number & 1 else "python_requests"
            start = begin + int((end - begin) * random())
            self.spread(start, start + 40 * MINUTE, zone, date, 3 + 40 * random() ** 2,
                        self.context(one, client, agents.program(name)), self.world.scripted)

    def logins(self, one, date, begin, end, context, client):
        random = self.random.random
        at = begin - int(2 * MINUTE * random())
        failed = 0
        expires = (date.toordinal() + one.password_day) % 90 == 0
        if random() < (MISTYPED_MONDAY if date.weekday() == 0 else MISTYPED) or expires and random() < .5:
            failed = 1 + int(random() ** 2 * 4)
        for i in range(failed):
            self.login(at, context, "microsoft_365", False)
            at += int((4 + 30 * random()) * calendars.SECOND)
        if expires and random() < STUBBORN:     # A program asks again and again before the person does.
            for _ in range(20 + int(60 * random())):
                self.login(at, context, "microsoft_365", False)
                at += int((2 + 12 * random()) * calendars.SECOND)
        self.login(at, context, "microsoft_365", True)
        if random() < .35:
            self.login(begin + int((end - begin) * random()), context, one.wanted[int(random() * len(one.wanted))][0],
                       True)
        if expires and one.phone and random() < EXPIRED_PHONE_FAILS:
            # The phone goes on with the old password until somebody notices.
            air = self.context(one, self.on_the_air(one, at), agents.program("outlook", one.phone.system, "mobile"))
            for _ in range(5 + int(25 * random())):
                at += int((1 + 14 * random()) * MINUTE)
                self.login(at, air, "microsoft_365", False)

    def login(self, moment, context, app, succeeds, case=None):
        kind = "login" if succeeds else "login_failed"
        told = details(outcome="success" if succeeds else "failed") + ("" if succeeds else '"status":401,')
        self.writer.single(moment, context + action(app, kind) + told + bytes_of(700, 2400), case)

    def glance(self, moment, context, count, mix):
        """A few activities within minutes."""
        self.writer.stint(moment, min(6 * MINUTE, HOUR - moment % HOUR), count, context, mix)

    def _phone(self, one, date, begin, end, home):
        random = self.random.random
        self.mix(one)
        midnight = calendars.midnight(one.zone, date)
        browser, mail = one.phone.agent(date), agents.program("outlook", one.phone.system, "mobile")
        for _ in range(int(self.random.expovariate(.28))):
            at = midnight + int((7 + 15.5 * random()) * HOUR)
            where = random()
            if begin < at < end and not home and where < .45:
                client = self.office(one, date, machine=1)
            elif (home or at > end + HOUR) and where < .55:
                client = self.at_home(one, date)
            else:
                client = self.on_the_air(one, at)
            if random() < .6:
                self.glance(at, self.context(one, client, mail), 1 + int(random() * 4), self.world.native_mail)
            else:
                self.glance(at, self.context(one, client, browser), 1 + int(random() * 4), one.phone_mix)
        for chance, unread in ((BYPASSED, self.world.bypassed), (PINNED, self.world.pinned)):
            if random() < chance:
                at = midnight + int((7 + 15 * random()) * HOUR)
                self.glance(at, self.context(one, self.on_the_air(one, at), mail), 1 + int(random() * 3), unread)

    def _night(self, one, date):
        """Whoever is on call, one week in four."""
        if (date.toordinal() // 7 + one.number) % 4 or self.random.random() > CALLED_AT_NIGHT:
            return
        begin = calendars.local(one.zone, date, 22.5 + self.random.random() * 4)
        where = self.by_vpn(one, date) if self.random.random() < .6 else self.at_home(one, date)
        context = self.context(one, where, one.laptop.agent(date))
        self.login(begin, context, "okta", True)
        self.spread(begin, begin + HOUR, one.zone, date, 10 + 30 * self.random.random(), context, self.mix(one), FLAT)

    def _free_day(self, one, date):
        if self.random.random() < FREE_DAY_WORK:
            begin = calendars.local(one.zone, date, 9 + 11 * self.random.random())
            where = self.by_vpn(one, date) if one.vpn else self.at_home(one, date)
            context = self.context(one, where, one.laptop.agent(date))
            self.login(begin, context, "microsoft_365", True)
            self.spread(begin, begin + HOUR, one.zone, date, one.rate * .25, context, self.mix(one))
        if one.on_call:
            self._night(one, date)

    # -- Accounts that are nobody's.

    def _robot(self, one, date):
        _, agent, app, kind, tail, busy, hours, _ = one.robot
        client = self.world.surprises.network_of(one)
        context, mix = self.context(one, client, agent), self.world.only(app, kind, tail)
        scale = one.rate * self.world.surprises.robots(one, date)
        for hour in hours:
            start = calendars.utc(date) + hour * HOUR
            self.writer.stint(start, HOUR - 1, int(busy * scale * self.random.lognormvariate(0, .15)), context, mix)

    def _kiosk(self, one, date):
        """Shifts at two machines, every day of the year."""
        begin = calendars.local(one.zone, date, one.begins)
        for i, (machine, share) in enumerate(((one.laptop, .7), (one.second, .3))):
            client = self.office(one, date, machine=i)
            self.spread(begin, begin + int(one.hours * HOUR), one.zone, date, one.rate * share,
                        self.context(one, client, machine.agent(date)), self.mix(one))
