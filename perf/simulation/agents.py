"""What people work with: devices, browsers, their releases."""

import functools

from calendars import START

# Releases come every four weeks, and reach a device some days later: at each wave all of the organisation has a new
# browser. The first is what everybody has when the simulation begins.
WAVES = {"chrome": (145, 8, 28), "edge": (145, 10, 28), "firefox": (148, 15, 28), "safari": (26, 400, 999)}
OUTDATED = {"chrome": "109", "edge": "112", "firefox": "91", "safari": "14"}
PROGRAMS = {"outlook": "16", "microsoft_teams": "25", "onedrive": "25", "slack": "4", "zoom": "6",
            "curl": "8", "python_requests": "2", "aws_cli": "2", "git": "2", "docker": "27", "boto": "1",
            "rclone": "1", "prometheus": "3", "terraform": "1", "salesforce_client": "62", "dropbox": "210"}


def agent(device, browser, version, system, system_version="", tags=()):
    """As it stands in an activity."""
    rest = f',"os_version":"{system_version}"' if system_version else ""
    if tags:
        rest += ',"tags":[' + ",".join(f'"{tag}"' for tag in tags) + "]"
    os = f',"os":"{system}"' if system else ""
    return f'"agent":{{"device":"{device}","browser":"{browser}","browser_version":"{version}"{os}{rest}}},'


def program(name, system="", device="desktop"):
    """Of a program that is no browser."""
    return agent(device, name, PROGRAMS[name], system, tags=("native_client",))


def robot(name):
    return agent("other", name, "", "", tags=("robot",)).replace('"browser_version":"",', "")


@functools.lru_cache(maxsize=4096)
def _version(browser, lag, date):
    first, day, step = WAVES[browser]
    since = (date - START).days - day - lag
    return first if since < 0 else first + 1 + since // step


class Device:
    """A machine with its browser."""

    __slots__ = ("kind", "system", "browser", "lag", "frozen", "_texts")

    def __init__(self, kind, system, browser, lag, frozen=False):
        self.kind, self.system, self.browser, self.lag, self.frozen = kind, system, browser, lag, frozen
        self._texts = {}

    def agent(self, date):
        """What its browser calls itself on that day."""
        version = OUTDATED[self.browser] if self.frozen else _version(self.browser, self.lag, date)
        text = self._texts.get(version)
        if text is None:
            tags = ("outdated_browser",) if self.frozen else ()
            text = self._texts[version] = agent(self.kind, self.browser, version, self.system, "", tags)
        return text

    def record(self):
        return {"device": self.kind, "os": self.system, "browser": self.browser} | ({"outdated": True} if self.frozen
                                                                                    else {})


def laptop(random):
    system = random.choices(("windows", "macos", "linux"), (72, 23, 5))[0]
    browser = random.choices(("edge", "chrome", "firefox", "safari"),
                             {"windows": (55, 38, 7, 0), "macos": (4, 52, 7, 37), "linux": (0, 55, 45, 0)}[system])[0]
    return Device("desktop", system, browser, _lag(random), frozen=random.random() < 0.012)


def second_browser(random, machine):
    others = [one for one in ("chrome", "firefox", "edge") if one != machine.browser]
    return Device("desktop", machine.system, random.choice(others), _lag(random))


def phone(random):
    system = random.choices(("ios", "android"), (55, 45))[0]
    browser = "safari" if system == "ios" else "chrome"
    return Device("mobile", system, browser, _lag(random), frozen=random.random() < 0.02)


def _lag(random):
    return min(27, int(random.lognormvariate(0.9, 0.8)))
