"""Incidents of what is taken, destroyed or brought in: volumes, apps, consents, what cannot be seen."""

from applications import action, bytes_of, details, file_facts
from calendars import HOUR, MINUTE
from incidents import Kind

# Apps that nobody uses in any other way.
NEW_APPS = ("clockify", "paperform", "tally", "tldraw", "gather", "whimsical", "planview", "hackmd")
NEW_RISKY_APPS = ("buzzheavier", "krakenfiles", "0x0_st", "dpaste_org", "localtunnel", "4everproxy", "pikpak", "serveo")
NEW_BUSY_APPS = ("jumpshare", "opendrive", "kdrive", "filen", "icedrive", "koofr")
NOT_COMPLIANT = ("gigafile", "alipan", "yuanbao", "quark_drive", "kimi", "send_anywhere", "mailru_cloud", "weiyun")
ANONYMISERS = ("psiphon", "ultrasurf", "hola_vpn", "windscribe", "lantern")
UNSEEN = ("rustdesk", "pinggy", "tmate")
RESERVED = frozenset(NEW_APPS + NEW_RISKY_APPS + NEW_BUSY_APPS + NOT_COMPLIANT + ANONYMISERS + UNSEEN)


def _mass(s, kind, what, most, *, apps=("box", "microsoft_365")):
    app, instance = s.random.choice(apps), "corporate"
    if s.hidden:
        # A few times what the victim does of all things in such a time, still less than others do.
        daily = int(max(18, min(80, s.person.rate * s.random.uniform(.8, 1.6))))
        for day in s.working_days(5):
            s.acts(s.busy(day), 90, daily, s.own(day), app, kind, what, instance=instance)
        return f"{daily} times {kind} a day on five days, which is little for others and much for the victim."
    count = int(most * s.random.uniform(.5, 1.5))
    s.acts(s.busy(), 35, count, s.own(), app, kind, what, instance=instance)
    return f"{count} times {kind} in {app} within 35 minutes."


def mass_download(s):
    return _mass(s, "download", "down", 700)


def mass_delete(s):
    return _mass(s, "delete", "file", 600)


def mass_upload(s):
    return _mass(s, "upload", "up", 600)


def mass_share(s):
    to = details(object__kind="file", target__class=["personal"], target__domain=["gmail.com"],
                 instance__kind="corporate")
    days, daily = (5, s.random.randrange(7, 12)) if s.hidden else (1, s.random.randrange(70, 180))
    for day in s.working_days(days):
        begin = s.busy(day)
        for _ in range(daily):
            s.add(begin + int(40 * MINUTE * s.random.random()),
                  s.own(day) + action("microsoft_365", "share") + to + bytes_of(800, 1500))
    return f"Shares {daily} files {'a day on five days' if s.hidden else 'within 40 minutes'} with a private address."


def unusual_volume_of_user(s):
    if s.hidden:
        begin = s.time(1.5, 3)
        s.acts(begin, 110, int(s.person.rate) + 20, s.own(client=s.behaviour.at_home(s.person, s.day)),
               "microsoft_365", "view")
        return "The usual volume of a day, in the middle of the night."
    begin = s.busy()
    for _ in range(60):
        size = int(5e8 * s.random.lognormvariate(0, .3))
        s.add(begin + int(2 * HOUR * s.random.random()),
              s.own() + action("box", "download") + file_facts(s.random, extension="zip", size=size)[0]
              + details(object__kind="file", instance__kind="corporate") + bytes_of(900, size))
    return "Some thirty gigabytes in sixty downloads."


def unusual_volume_of_app(s):
    app = s.random.choice(("greenhouse", "intralinks", "coupa"))
    count, each, length = (12, 45, 9) if s.hidden else (25, 170, 2)
    others = [one for one in s.random.sample(s.world.staff, min(len(s.world.staff), 4 * count))
              if one.present(s.day) and not one.trip_on(s.day) and one is not s.person][:count]
    begin = s.busy()
    for one in [s.person] + others:
        context = s.by(one, s.behaviour.office(one, s.day), one.laptop.agent(s.day))
        s.acts(begin, length * 60, each, context, app, "view", "page")
    return f"A tool reads {app} through {count + 1} accounts, {each} pages each, in {length} hours."


def exfiltration_to_unsanctioned_app(s):
    app = s.random.choice(("mega", "pcloud", "wetransfer", "mediafire"))
    days, count, typical = (6, 6, 3e7) if s.hidden else (1, 80, 1.5e8)
    for day in s.working_days(days):
        begin = s.busy(day)
        for _ in range(count):
            size = int(typical * s.random.lognormvariate(0, .6))
            s.add(begin + int(60 * MINUTE * s.random.random()),
                  s.own(day) + action(app, "upload") + file_facts(s.random, extension="zip", size=size)[0]
                  + details(object__kind="file") + bytes_of(size, 900))
    return f"{count} archives {'a day on six days' if s.hidden else 'within an hour'} to {app}."


def upload_to_personal_instance(s):
    app, kind = ("box", "upload") if s.hidden else (s.random.choice(("google_drive", "onedrive", "dropbox")), "upload")
    for day in s.working_days(7 if s.hidden else 1):
        s.acts(s.busy(day), 30, 3 if s.hidden else 90, s.own(day), app, kind, "up", instance="personal")
    return (f"Uploads to a personal account of {app}: "
            + ("three files a day for a week." if s.hidden else "ninety files within half an hour."))


def ransomware_renames(s):
    count, minutes, ending = (150, 420, "7z") if s.hidden else (s.random.randrange(400, 900), 12, "locked")
    begin = s.at(s.person.begins + .5)
    for _ in range(count):
        _, name, size = file_facts(s.random)
        moment = begin + int(minutes * MINUTE * s.random.random())
        told = details(object__kind="file", object__name=f"{name}.{ending}", instance__kind="corporate")
        s.add(moment, s.own(agent=s.person.sync or "") + action("microsoft_365", "upload")
              + f'"file":{{"name":"{name}.{ending}","size":{size}}},' + details(object__kind="file",
                                                                               instance__kind="corporate")
              + bytes_of(size, 700))
        s.add(moment + MINUTE // 30, s.own(agent=s.person.sync or "") + action("microsoft_365", "rename") + told
              + bytes_of(500, 500))
    return (f"{count} files are rewritten and renamed to .{ending} "
            + ("over a working day." if s.hidden else "within twelve minutes."))


def new_app(s):
    app = _unused(s, NEW_APPS)
    s.acts(s.busy(), 60, 4 if s.hidden else 35, s.own(), app, "view")
    return f"{app}, which nobody used before, is " + ("looked at." if s.hidden else "worked with.")


def new_risky_app(s):
    app = _unused(s, NEW_RISKY_APPS)
    s.acts(s.busy(), 60, 2 if s.hidden else 25, s.own(), app, "upload", "up")
    return f"Files go to {app}, a risky app that nobody used before" + (", two of them." if s.hidden else ".")


def new_busy_app(s):
    app = _unused(s, NEW_BUSY_APPS)
    users = [s.person] + s.random.sample(s.world.staff, 4 if s.hidden else 20)
    for day in s.working_days(5 if s.hidden else 1):
        for one in users:
            if one.present(s.date(day)) and not one.trip_on(s.date(day)):
                context = s.by(one, s.behaviour.office(one, s.date(day)), one.laptop.agent(s.date(day)))
                for _ in range(4 if s.hidden else 15):
                    size = int((2e7 if s.hidden else 2e8) * s.random.lognormvariate(0, .5))
                    s.add(s.busy(day), context + action(app, "upload")
                          + file_facts(s.random, extension="zip", size=size)[0] + bytes_of(size, 900))
    return f"{app}, new to all, takes large files of {len(users)} people" + (", day by day." if s.hidden else ".")


def app_without_compliance(s):
    app = s.random.choice(NOT_COMPLIANT)
    s.acts(s.busy(), 45, 2 if s.hidden else 30, s.own(), app, "upload", "up")
    return f"Company files go to {app}, which proves no compliance" + (", two of them." if s.hidden else ".")


def broad_consent(s):
    if s.hidden:
        name, scopes = "Meeting Planner", ("offline_access", "Mail.ReadWrite", "Files.Read.All")
    else:
        name, scopes = "Docu Helper", ("offline_access", "Mail.ReadWrite", "Mail.Send", "Files.ReadWrite.All",
                                       "Directory.ReadWrite.All")
    moment = s.busy()
    s.case.moments.append(moment)
    s.world.surprises.consent(moment, s.own(), name, "high", scopes, s.case)
    return f"Lets {name} read mail and files" + (", under the name of a harmless app." if s.hidden else ".")


def _unseen(s, minutes, count, app, what):
    for day in s.working_days(4 if s.hidden else 1):
        begin = s.busy(day)
        for _ in range(count):
            s.add(begin + int(minutes * MINUTE * s.random.random()),
                  f'{what}{s.own(day)}"app":{{"id":"{app}"}},"type":"other",'
                  + bytes_of(s.random.lognormvariate(9, 1), s.random.lognormvariate(9, 1)))


def bypass_spike(s):
    app = s.random.choice(UNSEEN)
    count = 14 if s.hidden else 220
    _unseen(s, 300 if s.hidden else 60, count, app, '"kind":"tunnel","action":"bypass",')
    return f"{count} tunnels through {app} that nobody sees into" + (" a day on four days." if s.hidden else ".")


def pinning_spike(s):
    count = 12 if s.hidden else 200
    _unseen(s, 300 if s.hidden else 60, count, "aws",
            '"kind":"connection","ending":"client_closed","error":"the client does not accept our certificate",')
    return f"A program refuses our certificate {count} times" + (" a day on four days." if s.hidden else " in an hour.")


def tor_destination(s):
    _unseen(s, 240, 2 if s.hidden else 50, "tor",
            '"kind":"tunnel","action":"allow","destination":{"ip":"%s","category":"risky","tags":["tor"]},'
            % s.random.choice(s.network.tor).ip(s.any_number()))
    return "Tunnels to a Tor relay" + (", two a day on four days." if s.hidden else ".")


def anonymiser_destination(s):
    app = s.random.choice(ANONYMISERS)
    _unseen(s, 240, 2 if s.hidden else 60, app, '"kind":"tunnel","action":"allow",')
    return f"Tunnels to {app}" + (", two a day on four days." if s.hidden else ".")


def _unused(s, apps):
    """Each case has an app of its own."""
    left = [app for app in apps if app not in s.world.used_apps]
    app = s.random.choice(left or apps)
    s.world.used_apps.add(app)
    return app


KINDS = {
    "mass_download": Kind(mass_download, span=7), "mass_delete": Kind(mass_delete, span=7),
    "mass_share": Kind(mass_share, span=7), "mass_upload": Kind(mass_upload, span=7),
    "unusual_volume_of_user": Kind(unusual_volume_of_user), "unusual_volume_of_app": Kind(unusual_volume_of_app),
    "exfiltration_to_unsanctioned_app": Kind(exfiltration_to_unsanctioned_app, span=9),
    "upload_to_personal_instance": Kind(upload_to_personal_instance, span=10),
    "ransomware_renames": Kind(ransomware_renames), "new_app": Kind(new_app), "new_risky_app": Kind(new_risky_app),
    "new_busy_app": Kind(new_busy_app, span=7), "app_without_compliance": Kind(app_without_compliance),
    "broad_consent": Kind(broad_consent), "bypass_spike": Kind(bypass_spike, span=6),
    "pinning_spike": Kind(pinning_spike, span=6), "tor_destination": Kind(tor_destination, span=6),
    "anonymiser_destination": Kind(anonymiser_destination, span=6),
}
