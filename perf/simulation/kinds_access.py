"""Incidents of accounts that are not in their owner's hands: where, with what and how somebody signs in."""

import datetime

import agents
from calendars import HOUR, MINUTE, SECOND
from incidents import Kind
from network import EGRESS, FAR, NEAR, OFFICES, CITIES

STRANGERS = (agents.agent("desktop", "chrome", "144", "windows"), agents.agent("desktop", "firefox", "140", "linux"),
             agents.agent("desktop", "chrome", "143", "macos"), agents.agent("mobile", "chrome", "141", "android"))


def _stranger(s):
    return s.random.choice(STRANGERS)


def _foreign(s, cities):
    """One of the cities, in a country that the victim has not been to."""
    seen = {CITIES[trip.city].country for trip in s.person.trips}
    return s.random.choice([city for city in cities if CITIES[city].country not in seen] or cities)


def _near(s):
    return s.network.foreign_home[_foreign(s, NEAR[s.person.country])]


def _far(s, kind="foreign_home"):
    return getattr(s.network, kind)[_foreign(s, FAR[s.person.country])]


def _same_country(s, kind="foreign_home"):
    cities = [n for n in EGRESS[s.person.country]] + [n for n in OFFICES if CITIES[n].country == s.person.country]
    return getattr(s.network, kind)[s.random.choice(cities)]


def risky_address(s):
    if s.hidden:
        block = s.network.proxy[0 if s.person.country != "US" else 1]
        context = s.own(client=block.client(s.any_number()))
        begin = s.busy()
        s.login(begin, context)
        s.acts(begin + MINUTE, 20, 2, context, "microsoft_365", "view")
        return "Signs in once through an anonymous proxy, with the victim's own browser, during working hours."
    context = s.own(client=s.random.choice(s.network.botnet).client(s.any_number()), agent=_stranger(s))
    begin = s.time(0, 5)
    s.login(begin, context)
    s.acts(begin + MINUTE, 30, 12, context, "microsoft_365", "view")
    return "Signs in at night from an address of a botnet and reads mail."


def tor_address(s):
    context = s.own(client=s.random.choice(s.network.tor).client(s.any_number()),
                    agent="" if s.hidden else _stranger(s))
    begin = s.busy() if s.hidden else s.time(0, 24)
    s.login(begin, context)
    s.acts(begin + MINUTE, 15, 1 if s.hidden else 14, context, "microsoft_365", "view")
    return "Comes through a Tor exit" + (", once, with the victim's own browser." if s.hidden else " and reads mail.")


def new_country(s):
    if s.hidden:
        context = s.own(client=_near(s).client(s.any_number()))
        begin = s.time(19.5, 22)
        s.login(begin, context)
        s.acts(begin + MINUTE, 60, 4, context, "microsoft_365", "view")
        return "Four looks at mail from a neighbouring country, hours after the victim went home."
    context = s.own(client=_far(s).client(s.any_number()), agent=_stranger(s))
    begin = s.time(0, 5)
    s.login(begin, context)
    s.acts(begin + MINUTE, 40, 15, context, "microsoft_365", "view")
    s.acts(begin + 5 * MINUTE, 40, 6, context, "box", "download", "down", instance="corporate")
    return "Signs in at night from a country far away and reads mail and files."


def impossible_travel(s):
    begin = s.busy()
    s.anchor(begin - (10 if s.hidden else 35) * MINUTE)
    block = _near(s) if s.hidden else _far(s)
    context = s.own(client=block.client(s.any_number()), agent="" if s.hidden else _stranger(s))
    s.login(begin, context)
    s.acts(begin + MINUTE, 30, 2 if s.hidden else 12, context, "microsoft_365", "view")
    return (f"While the victim works in {s.person.city}, somebody signs in from {block.city}"
            + (" with the same kind of browser, for two looks." if s.hidden else "."))


def new_isp(s):
    block = _same_country(s) if s.hidden else _same_country(s, "hosting")
    context = s.own(client=block.client(s.any_number()))
    begin = s.time(20, 23) if s.hidden else s.busy()
    s.login(begin, context)
    s.acts(begin + MINUTE, 45, 3 if s.hidden else 15, context, "microsoft_365", "view")
    return ("A stolen session is used from " + ("another household" if s.hidden else "a hosting provider")
            + " in the victim's own country, with the same browser.")


def new_device(s):
    if s.hidden:
        other = "macos" if s.person.laptop.system == "windows" else "windows"
        agent = agents.agent("desktop", "chrome", "145", other)
        begin = s.busy()
        s.acts(begin, 30, 4, s.own(agent=agent), "microsoft_365", "view")
        return "Somebody in the victim's building uses the account on a machine of another make, four times."
    agent = agents.agent("tablet", "opera_mini", "80", "android", "9", ("outdated_os",))
    block = _same_country(s)
    context = s.own(client=block.client(s.any_number()), agent=agent)
    begin = s.time(20, 23.5)
    s.login(begin, context)
    s.acts(begin + MINUTE, 45, 18, context, "microsoft_365", "view")
    return "An old tablet that nobody knows reads the victim's mail from another household."


def failed_logins_then_success(s):
    if s.hidden:
        context = s.own(client=_same_country(s).client(s.any_number()))
        begin = s.busy()
        for i in range(6):
            s.login(begin + int((40 * i + 25 * s.random.random()) * MINUTE), context, False)
        begin += 5 * HOUR
        s.login(begin, context)
        s.acts(begin + MINUTE, 30, 3, context, "microsoft_365", "view")
        return "Six guesses in four hours from a household in the same country, then the right password."
    context = s.own(client=_far(s, "hosting").client(s.any_number()), agent=_stranger(s))
    begin = s.time(0, 24)
    for _ in range(s.random.randrange(14, 40)):
        s.login(begin, context, False)
        begin += int((2 + 20 * s.random.random()) * SECOND)
    s.login(begin, context)
    s.acts(begin + MINUTE, 30, 12, context, "microsoft_365", "view")
    return "A machine at a hosting provider guesses the password within minutes, and reads mail."


def brute_force(s):
    if s.hidden:
        context = s.own(client=_same_country(s).client(s.any_number()), agent=agents.program("python_requests"))
        for hour in range(30):
            for _ in range(2):
                s.login(s.at(8) + int((hour + s.random.random()) * HOUR), context, False)
        return "Two guesses an hour for more than a day, from a household."
    context = s.own(client=s.network.botnet[1].client(s.any_number()), agent=agents.program("python_requests"))
    begin = s.time(0, 24)
    for _ in range(s.random.randrange(150, 420)):
        s.login(begin + int(20 * s.random.random() * MINUTE), context, False)
    return "Hundreds of guesses within twenty minutes; none is right."


def password_spray(s):
    block = s.random.choice(s.network.botnet) if not s.hidden else _far(s)
    begin, numbers = s.time(0, 12), [s.any_number() for _ in range(25 if s.hidden else 1)]
    victims = [s.person] + s.random.sample(s.world.staff, min(len(s.world.staff) // 2, 45 if s.hidden else 140))
    for i, one in enumerate(victims):
        context = s.by(one, block.client(numbers[i % len(numbers)]), agents.program("python_requests"))
        length = 22 * HOUR if s.hidden else 30 * MINUTE
        s.login(begin + int(length * s.random.random()), context, False)
    return (f"One password is tried on {len(victims)} accounts, "
            + ("through a day, from 25 households." if s.hidden else "within half an hour, from one address."))


def _administer(s, begin, minutes, context, changes):
    app = next((want[0] for want in s.person.wanted if want[1] == "admin"), "microsoft_entra")
    s.acts(begin, minutes, changes, context, app, "admin", "setting", admin=True)
    s.acts(begin + MINUTE, minutes, max(1, changes // 3), context, app, "create", "account", admin=True)


def admin_from_outside(s):
    if s.hidden:
        context = s.own(client=s.network.cafe[s.person.city].client(s.any_number()))
        begin = s.busy()
        _administer(s, begin, 20, context, 2)
        return "An administrator's stolen session changes two settings from a hotspot of the same city."
    context = s.own(client=_same_country(s, "hosting").client(s.any_number()), agent=_stranger(s))
    begin = s.time(0, 24)
    s.login(begin, context)
    _administer(s, begin + MINUTE, 40, context, 14)
    return "An administrator's account changes settings and makes accounts from a hosting provider."


def new_admin_location(s):
    if s.hidden:
        city = _foreign(s, [n for n in OFFICES if CITIES[n].country != s.person.country])
        context = s.own(client=s.behaviour.office(s.person, s.day, city, machine=5))
        begin = s.busy()
        _administer(s, begin, 25, context, 3)
        return f"Administers from the office in {city}, where this administrator has never been."
    context = s.own(client=_far(s, "hotel").client(s.any_number()))
    begin = s.time(0, 6)
    s.login(begin, context)
    _administer(s, begin + MINUTE, 40, context, 8)
    return "Administers from a hotel in a country far away."


def new_administrator(s):
    context, begin = s.own(), s.busy()
    _administer(s, begin, 30, context, 2 if s.hidden else 15)
    return ("Somebody who never administered anything does so from the own desk: "
            + ("two settings and an account." if s.hidden else "many settings and accounts."))


def outdated_browser(s):
    if s.hidden:
        agent = agents.agent("desktop", "chrome", "109", s.person.laptop.system, "", ("outdated_browser",))
        s.acts(s.busy(), 20, 3, s.own(agent=agent), "microsoft_365", "view")
        return "Three activities with a Chrome of years ago, else as always."
    agent = agents.agent("desktop", "internet_explorer", "11", "windows", "7", ("outdated_browser", "outdated_os"))
    s.acts(s.busy(), 180, 40, s.own(agent=agent), "salesforce", "view")
    return "Works for hours with Internet Explorer 11 on Windows 7."


def outdated_system(s):
    agent = agents.agent("desktop", "firefox", "148", "windows", "7", ("outdated_os",))
    s.acts(s.busy(), 30 if s.hidden else 180, 3 if s.hidden else 40, s.own(agent=agent), "microsoft_365", "view")
    return "Windows 7 with a current browser" + (", three activities." if s.hidden else ", for hours.")


def suspicious_agent(s):
    if s.hidden:
        context = s.own(agent=agents.program("python_requests"))
        s.acts(s.time(12, 14), 30, 9, context, "workday", "download", "report")
        return "A script fetches nine reports of Workday in the name of somebody who never ran one."
    name = s.random.choice(("sqlmap", "nikto", "nuclei", "headless_chrome"))
    s.acts(s.busy(), 30, 120, s.own(agent=agents.robot(name)), "salesforce", "view")
    return f"{name} goes through Salesforce from the victim's desk."


def terminated_user(s):
    if s.hidden:
        system = s.person.phone.system if s.person.phone else "ios"
        context = s.own(client=s.behaviour.on_the_air(s.person, s.time(18, 20)),
                        agent=agents.program("outlook", system, "mobile"))
        s.acts(s.time(18, 22), 20, 2, context, "microsoft_365", "view")
        return "Two looks at mail from the phone, days after the person left."
    context = s.own(client=s.behaviour.at_home(s.person, s.day))
    begin = s.time(19, 22)
    s.login(begin, context)
    s.acts(begin + MINUTE, 40, 45, context, "box", "download", "down", instance="corporate")
    return "Downloads files from home, days after the person left."


def _leaves(random, person, day, _world):
    person.leave = day - datetime.timedelta(days=random.choice((1, 2, 3, 6, 12)))


def dormant_account(s):
    if s.hidden:
        context = s.own(client=s.behaviour.by_vpn(s.person, s.day))
        begin = s.time(9, 17)
        s.login(begin, context)
        s.acts(begin + MINUTE, 60, 4, context, "microsoft_365", "view")
        return "An account that nobody used for months comes through the VPN and looks around."
    context = s.own(client=_same_country(s, "hosting").client(s.any_number()), agent=_stranger(s))
    begin = s.time(0, 24)
    s.login(begin, context)
    s.acts(begin + MINUTE, 60, 25, context, "box", "download", "down", instance="corporate")
    return "An account that nobody used for months signs in from a hosting provider and downloads."


def _sleeps(random, person, _day, world):
    person.dormant = True
    person.last_seen = person.last_seen or world.first - datetime.timedelta(days=random.randrange(80, 300))


KINDS = {
    "risky_address": Kind(risky_address), "tor_address": Kind(tor_address),
    "new_country": Kind(new_country), "impossible_travel": Kind(impossible_travel),
    "new_isp": Kind(new_isp), "new_device": Kind(new_device),
    "failed_logins_then_success": Kind(failed_logins_then_success),
    "brute_force": Kind(brute_force, span=2), "password_spray": Kind(password_spray, span=2),
    "admin_from_outside": Kind(admin_from_outside, who=lambda one, day: one.admin),
    "new_admin_location": Kind(new_admin_location, who=lambda one, day: one.admin),
    "new_administrator": Kind(new_administrator,
                              who=lambda one, day: not one.admin and one.department in ("it", "sales", "operations")),
    "outdated_browser": Kind(outdated_browser, who=lambda one, day: not one.laptop.frozen),
    "outdated_system": Kind(outdated_system),
    "suspicious_agent": Kind(suspicious_agent, who=lambda one, day: one.department in (
        "sales", "finance", "human_resources", "marketing", "support")),
    "terminated_user": Kind(terminated_user, make=_leaves, who=lambda one, day: not one.dormant),
    "dormant_account": Kind(dormant_account, make=_sleeps, who=lambda one, day: one.dormant),
}
