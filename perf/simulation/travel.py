"""Days of journeys: the morning at home, the airport, the flight, evenings in hotels, the other office."""

import agents
import calendars
from calendars import HOUR, MINUTE
from network import CITIES, OFFICES

INFLIGHT_WIFI, HOME_ROUTED = 0.08, 0.6     # of flights; of phones abroad: the data goes home first


class Travel:
    """Part of Behaviour."""

    def trip_day(self, one, trip, date):
        if date > trip.last:
            self._after(one, trip, date)
            return
        if date == trip.first:
            self._out(one, trip, date)
            return
        zone = CITIES[trip.city].zone
        if calendars.is_free(one.country, date) and self.random.random() < .8:
            return
        begin, end = self.hours(one, date, zone)
        begin = max(begin, trip.arrival + 8 * HOUR)
        if date == trip.last:
            end = min(end, trip.back - 3 * HOUR)
            self._airport(one, date, trip.city, trip.back)
        self._abroad(one, trip, date, begin, end, zone)

    def _abroad(self, one, trip, date, begin, end, zone):
        random = self.random.random
        hotel = self._bed(one, trip)
        if end - begin > HOUR:
            place = hotel
            if trip.city in OFFICES and trip.reason == "business" and random() < .85:
                place = self.office(one, date, trip.city)
            elif one.vpn and random() < .6:
                place = self.by_vpn(one, date)
            self.work(one, date, begin, end, place, .8, zone)
            if one.phone:
                self._phone_abroad(one, trip, date, begin, end)
        if date != trip.last and random() < .5:
            start = calendars.local(zone, date, 20)
            if start > trip.arrival + 2 * HOUR:
                self.spread(max(start, end + HOUR), max(start, end + HOUR) + 2 * HOUR, zone, date, one.rate * .15,
                            self.context(one, hotel, one.laptop.agent(date)), self.mix(one))

    def _bed(self, one, trip):
        if trip.reason == "work abroad":
            return self.network.foreign_home[trip.city].client(one.number, trip.first.toordinal())
        # A meeting of many takes one hotel: they share its address.
        guest = 7 if trip.reason == "sales meeting" else one.number
        return self.network.hotel[trip.city].client(guest, trip.first.toordinal())

    def _phone_abroad(self, one, trip, date, begin, end):
        self.mix(one)
        for _ in range(int(self.random.expovariate(.35))):
            at = begin + int((end - begin) * self.random.random())
            if one.number % 10 < HOME_ROUTED * 10:
                client = self.on_the_air(one, at)
            else:
                client = self.network.mobile[CITIES[trip.city].country][0].client(one.number, at // (3 * HOUR))
            mail = agents.program("outlook", one.phone.system, "mobile")
            self.glance(at, self.context(one, client, mail), 1 + int(self.random.random() * 3), self.world.native_mail)

    def _out(self, one, trip, date):
        if not calendars.is_free(one.country, date):
            begin, _ = self.hours(one, date)
            client = self.at_home(one, date) if one.at_home > .5 else self.office(one, date)
            end = trip.out - 2 * HOUR
            if end - begin > HOUR:
                self.work(one, date, begin, end, client, .3)
        self._airport(one, date, one.city, trip.out)
        zone = CITIES[trip.city].zone
        if self.random.random() < .4:
            start = trip.arrival + 90 * MINUTE
            context = self.context(one, self._bed(one, trip), one.laptop.agent(date))
            self.spread(start, start + HOUR, zone, date, one.rate * .1, context, self.mix(one))

    def _airport(self, one, date, city, departure):
        """An hour before the start, and sometimes above the clouds."""
        agent = one.laptop.agent(date)
        if self.random.random() < .6:
            start = departure - 75 * MINUTE
            self.spread(start, start + 40 * MINUTE, CITIES[city].zone, date, one.rate * .12,
                        self.context(one, self.network.airport[city].client(one.number), agent), self.mix(one))
        if self.random.random() < INFLIGHT_WIFI:
            start = departure + 30 * MINUTE
            self.spread(start, start + 30 * MINUTE, CITIES[city].zone, date, one.rate * .12,
                        self.context(one, self.network.inflight.client(one.number), agent), self.mix(one))

    def _after(self, one, trip, date):
        """The day after the flight home, which may still be its end."""
        if calendars.is_free(one.country, date):
            return
        begin, end = self.hours(one, date)
        begin = max(begin, trip.home + 9 * HOUR)
        if end - begin > 2 * HOUR:
            self.work(one, date, begin, end, self.at_home(one, date) if one.at_home > .5 else self.office(one, date),
                      .7)
