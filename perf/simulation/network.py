"""Where people are and which addresses they have: cities, ranges, ISPs.

Every range is private, of a documentation or test block, or of the shared address space (100.64/10): nobody's.
Country, ASN and ISP are stated with each activity, as no geo data knows them.
"""

import dataclasses
import math

KILOMETRES_AN_HOUR = 800    # of a plane, from start to landing
AT_AIRPORTS = 1.5           # hours that a flight takes besides


@dataclasses.dataclass(frozen=True)
class City:
    name: str
    country: str
    latitude: float
    longitude: float
    zone: str


CITIES = {name: City(name, *rest) for name, *rest in (
    ("berlin", "DE", 52.5, 13.4, "Europe/Berlin"), ("munich", "DE", 48.1, 11.6, "Europe/Berlin"),
    ("hamburg", "DE", 53.6, 10.0, "Europe/Berlin"), ("london", "GB", 51.5, -0.1, "Europe/London"),
    ("manchester", "GB", 53.5, -2.2, "Europe/London"), ("new_york", "US", 40.7, -74.0, "America/New_York"),
    ("chicago", "US", 41.9, -87.6, "America/Chicago"), ("denver", "US", 39.7, -105.0, "America/Denver"),
    ("san_francisco", "US", 37.8, -122.4, "America/Los_Angeles"), ("riyadh", "SA", 24.7, 46.7, "Asia/Riyadh"),
    ("jeddah", "SA", 21.5, 39.2, "Asia/Riyadh"), ("bengaluru", "IN", 13.0, 77.6, "Asia/Kolkata"),
    ("mumbai", "IN", 19.1, 72.9, "Asia/Kolkata"), ("vienna", "AT", 48.2, 16.4, "Europe/Vienna"),
    ("zurich", "CH", 47.4, 8.5, "Europe/Zurich"), ("paris", "FR", 48.9, 2.4, "Europe/Paris"),
    ("amsterdam", "NL", 52.4, 4.9, "Europe/Amsterdam"), ("warsaw", "PL", 52.2, 21.0, "Europe/Warsaw"),
    ("prague", "CZ", 50.1, 14.4, "Europe/Prague"), ("dublin", "IE", 53.3, -6.3, "Europe/Dublin"),
    ("barcelona", "ES", 41.4, 2.2, "Europe/Madrid"), ("milan", "IT", 45.5, 9.2, "Europe/Rome"),
    ("stockholm", "SE", 59.3, 18.1, "Europe/Stockholm"), ("toronto", "CA", 43.7, -79.4, "America/Toronto"),
    ("mexico_city", "MX", 19.4, -99.1, "America/Mexico_City"), ("sao_paulo", "BR", -23.5, -46.6, "America/Sao_Paulo"),
    ("dubai", "AE", 25.2, 55.3, "Asia/Dubai"), ("cairo", "EG", 30.0, 31.2, "Africa/Cairo"),
    ("istanbul", "TR", 41.0, 29.0, "Europe/Istanbul"), ("singapore", "SG", 1.4, 103.8, "Asia/Singapore"),
    ("tokyo", "JP", 35.7, 139.7, "Asia/Tokyo"), ("sydney", "AU", -33.9, 151.2, "Australia/Sydney"),
    ("colombo", "LK", 6.9, 79.9, "Asia/Colombo"), ("hanoi", "VN", 21.0, 105.8, "Asia/Ho_Chi_Minh"),
    ("lagos", "NG", 6.5, 3.4, "Africa/Lagos"), ("bucharest", "RO", 44.4, 26.1, "Europe/Bucharest"),
    ("santiago", "CL", -33.4, -70.7, "America/Santiago"), ("johannesburg", "ZA", -26.2, 28.0, "Africa/Johannesburg"),
)}
OFFICES = ("berlin", "london", "new_york", "denver", "riyadh", "bengaluru")

# Where the traffic of a country's mobile phones comes out: often in another city than the phone is in.
EGRESS = {"DE": ("hamburg", "munich"), "GB": ("manchester", "london"), "US": ("chicago", "san_francisco"),
          "SA": ("jeddah",), "IN": ("mumbai",)}
NEAR = {"DE": ("vienna", "prague", "zurich"), "GB": ("dublin", "paris"), "US": ("toronto", "mexico_city"),
        "SA": ("dubai", "cairo"), "IN": ("colombo", "singapore")}
FAR = {"DE": ("hanoi", "sao_paulo", "lagos"), "GB": ("sydney", "hanoi", "santiago"),
       "US": ("hanoi", "bucharest", "lagos"), "SA": ("santiago", "tokyo", "sydney"),
       "IN": ("santiago", "bucharest", "sao_paulo")}


def kilometres(one, other):
    """Along a great circle."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(one.longitude - other.longitude)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371 * math.acos(max(-1, min(1, cosine)))


def flight_hours(one, other):
    return kilometres(CITIES[one], CITIES[other]) / KILOMETRES_AN_HOUR + AT_AIRPORTS


def mixed(*numbers):
    """A number that looks random and is the same in every run, on every machine."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = (state ^ (number & 0xFFFFFFFF)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 29
    return state >> 7


class Range:
    """A block of addresses that belong together."""

    def __init__(self, cidr, kind, city, asn, isp, category="", tags=()):
        self.cidr, self.kind, self.city, self.asn, self.isp = cidr, kind, city, asn, isp
        self.category, self.tags = category, tags
        self.country = CITIES[city].country
        base, length = cidr.split("/")
        self.v6 = ":" in base
        if self.v6:
            self.base, self.size = base.removesuffix("::"), 0
        else:
            parts = [int(part) for part in base.split(".")]
            self.base = parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]
            self.size = 1 << 32 - int(length)
        what = f'"category":"{category}",' if category else ""
        marks = ',"tags":[' + ",".join(f'"{tag}"' for tag in tags) + "]" if tags else ""
        self._rest = f'",{what}"country":"{self.country}","asn":{asn},"isp":"{isp}"{marks}}},'

    def ip(self, *numbers):
        """The address that these numbers choose; always the same."""
        if self.v6:     # The person's network, and a suffix that the system changes for privacy.
            suffix = mixed(*numbers)
            return (f"{self.base}:{numbers[0] & 0xffff:x}:{suffix >> 40 & 0xffff | 0x1000:x}:"
                    f"{suffix >> 28 & 0xffff | 1:x}:{suffix >> 14 & 0xffff | 1:x}:{suffix & 0xffff | 1:x}")
        address = self.base + 1 + mixed(*numbers) % (self.size - 2)
        return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"

    def client(self, *numbers):
        """The same as it stands in an activity."""
        return f'"client":{{"ip":"{self.ip(*numbers)}{self._rest}'

    def record(self):
        city = CITIES[self.city]
        return {"record": "range", "cidr": self.cidr, "kind": self.kind, "city": self.city, "country": self.country,
                "latitude": city.latitude, "longitude": city.longitude, "asn": self.asn, "isp": self.isp,
                "category": self.category or "none", "tags": list(self.tags)}


class Network:
    """All ranges. Kinds: office, vpn, home, home_v6, mobile, hotel, airport, inflight, cafe, relay, private_vpn, cloud,
    data_center, hosting, foreign_home, tor, proxy, botnet."""

    def __init__(self):
        self.ranges = []
        self._asns = {}
        self._blocks = 0
        self.office = {}
        for i, name in enumerate(OFFICES):
            self.office[name] = self._add(f"10.{16 + i}.0.0/16", "office", name, "Example Corp", "corporate")
        self.new_office = self._add("10.40.0.0/16", "office", "london", "Pennant Business Fibre", "corporate")
        self.vpn = {"frankfurt": self._add("198.18.0.0/25", "vpn", "berlin", "Example Corp", "vpn"),
                    "ashburn": self._add("198.18.1.0/25", "vpn", "new_york", "Example Corp", "vpn")}
        self.data_center = self._add("198.18.8.0/24", "data_center", "berlin", "Example Corp", "corporate")
        self.cloud = self._add("198.19.4.0/23", "cloud", "dublin", "Cumulus Cloud", "cloud_provider")
        # Of people at home: one ISP gives a new address every day, one keeps it for long, one has IPv6.
        self.home = {}
        for i, name in enumerate(OFFICES):
            country = CITIES[name].country
            self.home[name] = (self._block("home", name, f"Linden Broadband {country}"),
                               self._block("home", name, f"Harbour Cable {country}"),
                               self._add(f"2001:db8:{i + 1:x}::/48", "home_v6", name, f"Meadow Fibre {country}"))
        self.mobile = {}
        for city in CITIES.values():
            if city.country in self.mobile:
                continue
            cities = EGRESS.get(city.country, (city.name,))
            # Carrier-grade NAT: thousands of phones behind 254 addresses.
            self.mobile[city.country] = [self._block("mobile", egress, f"{word} Mobile {city.country}", 24)
                                         for word in ("Skylark", "Tern") for egress in cities]
        # Phones of Germany for two days on which a feed is wrong; no range of its own.
        skylark = self.mobile["DE"][0]
        self.mistaken = Range(skylark.cidr, "mobile", skylark.city, skylark.asn, skylark.isp, "risky", ("botnet",))
        self.hotel = {n: self._block("hotel", n, f"Lodge Guest Net {c.country}", 20) for n, c in CITIES.items()}
        self.airport = {n: self._block("airport", n, f"Gate Wifi {c.country}", 24) for n, c in CITIES.items()}
        self.cafe = {n: self._block("cafe", n, f"Corner Hotspot {CITIES[n].country}", 22) for n in OFFICES}
        self.foreign_home = {n: self._block("foreign_home", n, f"Pebble Telecom {c.country}")
                             for n, c in CITIES.items()}
        self.hosting = {n: self._block("hosting", n, f"Quarry Hosting {c.country}", 20) for n, c in CITIES.items()}
        self.relay = {n: self._block("relay", n, f"Veil Relay {CITIES[n].country}", 24) for n in OFFICES}
        self.private_vpn = {n: self._block("private_vpn", n, f"Tunnelbrook {CITIES[n].country}", 24)
                            for n in ("amsterdam", "zurich", "stockholm", "singapore")}
        self.inflight = self._block("inflight", "chicago", "Albatross Inflight", 24, tags=("satellite_provider",))
        # Known to be bad, by feeds.
        self.tor = [self._add("203.0.113.0/26", "tor", "amsterdam", "Quarry Hosting NL", "risky", ("tor",)),
                    self._add("203.0.113.64/26", "tor", "bucharest", "Quarry Hosting RO", "risky", ("tor",)),
                    self._add("203.0.113.128/26", "tor", "berlin", "Quarry Hosting DE", "risky", ("tor",))]
        self.proxy = [self._add("192.0.2.0/25", "proxy", "amsterdam", "Quarry Hosting NL", "risky",
                                ("anonymous_proxy",)),
                      self._add("192.0.2.128/25", "proxy", "chicago", "Quarry Hosting US", "risky",
                                ("anonymous_proxy",))]
        self.botnet = [self._add("198.51.100.0/25", "botnet", "hanoi", "Pebble Telecom VN", "risky", ("botnet",)),
                       self._add("198.51.100.128/25", "botnet", "sao_paulo", "Pebble Telecom BR", "risky",
                                 ("brute_force_attacker",))]

    def _add(self, cidr, kind, city, isp, category="", tags=()):
        asn = self._asns.setdefault(isp, 64512 + len(self._asns))
        self.ranges.append(Range(cidr, kind, city, asn, isp, category, tags))
        return self.ranges[-1]

    def _block(self, kind, city, isp, length=18, tags=()):
        """The next free block of 100.64.0.0/10."""
        size = 1 << 32 - length
        self._blocks = -(-self._blocks // size) * size      # on a boundary of its own
        address = (100 << 24 | 64 << 16) + self._blocks
        self._blocks += size
        assert self._blocks <= 1 << 22, "100.64/10 is full"
        return self._add(f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}/{length}",
                         kind, city, isp, tags=tags)
