"""A thousand policies of a realistic mix, as perf/micro/policy_bench.cc has it, over the shipped catalog, and the
people they are about. The same every time."""

import pathlib
import random
import re

APP = "perf_files"          # the origin's app, and its category
CATEGORY = "collaboration"
USER = "user7@corp.example"  # who sits at 127.0.0.0/8
USERS, GROUPS = 5000, 300
VERBS = ("upload", "download", "share", "delete", "login", "post", "[upload, share]")


def user(number):
    return f"user{number}@corp.example"


def groups_of(number):
    return sorted({f"group-{(number * 31 + i * 37) % GROUPS}" for i in range(8)})


def users():
    rows = "".join(f"  - {{name: user{i}, upn: {user(i)}, groups: [{', '.join(groups_of(i))}]}}\n"
                   for i in range(USERS))
    return "users:\n" + rows


def addresses():
    return f"- {{cidr: 127.0.0.0/8, user: {USER}}}\n"


def app():
    return (f"id: {APP}\nname: Perf Files\nvendor: Perf\ncategory: {CATEGORY}\ndomains: [perf.test]\n"
            "sources:\n  - {kind: observed, date: 2026-11-26}\n")


def catalog_words(catalog):
    """(ids, categories) of the shipped apps."""
    ids = sorted(path.parent.name for path in pathlib.Path(catalog).glob("*/app.yaml"))
    found = {re.search(r"^category: (\w+)", (pathlib.Path(catalog) / one / "app.yaml").read_text(), re.M).group(1)
             for one in ids}
    return ids, sorted(found)


def _when(pick, apps, categories):
    part, below = pick.randrange(100), pick.randrange
    app_id, group, verbs = pick.choice(apps), f"group-{below(GROUPS)}", pick.choice(VERBS)
    category = pick.choice(categories)
    if part < 20:
        return f"app: {app_id}, activity: {verbs}", ""
    if part < 40:
        return f"app: {app_id}, user.group: {group}", ""
    if part < 50:
        return f"user.group: {group}, app.category: {category}, activity: {verbs}", category
    if part < 60:
        return (f"app.category: {category}, activity: {verbs}, user.group: {group}, not: {{app.tag: sanctioned}}",
                category)
    if part < 75:
        return (f'host: ["*.zone{below(2000)}.example", "h{below(2000)}.example"], method: [POST, PUT]', "")
    if part < 83:
        return f"user: [{user(below(USERS))}, {user(below(USERS))}], app.tag: unsanctioned", ""
    if part < 88:
        return f"client.ip: 10.{below(250)}.{below(250)}.0/24, activity: {verbs}", ""
    if part < 92:
        return f"app: {app_id}, client.ip.country: [{pick.choice(('DE', 'AT', 'CH'))}, FR], device.type: mobile", ""
    if part < 95:
        return f'app: {app_id}, path: "~ ^/api/v[0-9]+/x{below(50)}/", file.size: "> 25 MB"', ""
    if part < 97:
        return f"user.group: {group}, time.weekday: sat..sun, app.category: {category}", category
    if part < 99:
        return f"destination.ip.tag: own-{below(500)}, user_agent.tag: robot", ""
    # One in a hundred has nothing that can be looked up before the request.
    return (f"activity: {pick.choice(('admin', 'invite', 'consent'))}, not: {{client.ip.country: [DE, AT, CH]}}, "
            'user: "*@gone.example"', "")


def policies(count, catalog):
    pick = random.Random(7)
    apps, categories = catalog_words(catalog)
    text = ""
    for i in range(count):
        when, category = _when(pick, apps, categories)
        activity = i % 10 == 9
        # What is about the origin's own category is to be judged, and to let it pass.
        then = "monitor" if category == CATEGORY or i % 4 == 3 else "block"
        text += (f"- {{name: perf policy {i}, kind: {'activity' if activity else 'session'}, when: {{{when}}}, "
                 + ("alerts_per_day: 5" if activity else f"then: {then}")
                 + (", mode: rehearse}\n" if i % 13 == 5 else "}\n"))
    return text
