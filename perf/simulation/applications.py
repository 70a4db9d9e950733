"""Apps: who uses which, and what is done in them. Ids are those of conf/catalog."""

import functools
import itertools
import random as random_module

SANCTIONED = frozenset("""microsoft_365 microsoft_entra box zoom slack salesforce hubspot docusign gong seismic github
    atlassian aws azure gcp datadog pagerduty docker_hub npm github_copilot netsuite sap_concur power_bi coupa sap
    workday greenhouse linkedin_learning canva adobe figma mailchimp zendesk intercom genesys_cloud ironclad intralinks
    servicenow smartsheet okta intune snowflake databricks tableau miro diligent deepl wasabi jfrog knowbe4""".split())
UNSANCTIONED = frozenset("""mega pastebin wetransfer dropbox google_drive onedrive mediafire gofile tor nordvpn
    privatebin sendspace terabox file_io rapidgator transfer_sh deepseek anydesk pcloud catbox""".split())

# Classes: what people do in apps of a kind, (share, type, tail). Tails are the rest of the line, see below.
CLASSES = {
    "office": ((50, "view", "page"), (16, "send", "mail"), (8, "edit", "file"), (6, "download", "down"),
               (4, "upload", "up"), (5, "chat", "message"), (3, "create", "file"), (3, "delete", "mail_object"),
               (1.3, "share", "share"), (1.2, "move", "file"), (0.8, "rename", "renamed"), (0.9, "delete", "file"),
               (0.3, "invite", "share"), (0.5, "comment", "message")),
    "files": ((52, "view", "page"), (16, "download", "down"), (12, "upload", "up"), (6, "edit", "file"),
              (4, "create", "file"), (3, "share", "share"), (2.5, "move", "file"), (2, "rename", "renamed"),
              (1.5, "delete", "file"), (1, "copy", "file")),
    "chat": ((42, "view", "page"), (50, "chat", "message"), (4, "upload", "up"), (3, "download", "down"),
             (0.4, "invite", "share"), (0.6, "delete", "message")),
    "records": ((68, "view", "page"), (19, "edit", "record"), (8, "create", "record"), (2.5, "download", "report"),
                (1, "delete", "record"), (1.5, "comment", "message")),
    "code": ((55, "view", "page"), (14, "download", "source"), (9, "upload", "source_up"), (12, "comment", "message"),
             (6, "create", "record"), (3, "edit", "record"), (1, "delete", "record")),
    "ai": ((30, "view", "page"), (62, "prompt", "prompt"), (5, "upload", "up"), (3, "download", "down")),
    "pages": ((93, "view", "page"), (4, "post", "message"), (3, "comment", "message")),
    "media": ((97, "view", "stream"), (3, "view", "page")),
    "convert": ((50, "view", "page"), (25, "upload", "up"), (25, "download", "down")),
    "receive": ((70, "view", "page"), (30, "download", "down")),
    "native_mail": ((60, "view", "page"), (25, "send", "mail"), (10, "download", "down"), (5, "delete", "mail_object")),
    "native_sync": ((50, "download", "down"), (45, "upload", "up"), (2, "delete", "file"), (3, "rename", "renamed")),
    "admin": ((55, "view", "page"), (30, "admin", "setting"), (6, "create", "account"), (2, "delete", "account"),
              (5, "edit", "account"), (2, "invite", "account")),
}
ADMINISTERS = frozenset(("admin",))     # classes whose changes are flagged

# Department: share of people, relative rate, apps with (class, weight, share of its people that use it).
EVERYBODY = {"microsoft_365": ("office", 46, 1), "zoom": ("pages", 3, .9), "box": ("files", 4, .5),
             "servicenow": ("records", .5, .4), "workday": ("records", .7, .8), "sap_concur": ("records", .5, .4),
             "deepl": ("ai", .8, .3), "chatgpt": ("ai", 2, .35), "microsoft_copilot": ("ai", 1.5, .25)}
DEPARTMENTS = {
    "sales": (.20, 1.1, {"salesforce": ("records", 16, .97), "linkedin": ("pages", 4, .8),
                         "docusign": ("records", 2, .5), "hubspot": ("records", 3, .4), "seismic": ("files", 2, .4)}),
    "engineering": (.24, 1.2, {"github": ("code", 18, .97), "atlassian": ("records", 12, .95),
                               "slack": ("chat", 14, .95), "stack_overflow": ("pages", 4, .8),
                               "github_copilot": ("ai", 5, .6), "aws": ("records", 3, .35),
                               "docker_hub": ("receive", 1, .3), "datadog": ("records", 2, .3),
                               "claude": ("ai", 3, .3), "figma": ("records", 1, .2)}),
    "finance": (.08, .9, {"netsuite": ("records", 14, .95), "power_bi": ("records", 6, .7),
                          "coupa": ("records", 3, .5), "bloomberg": ("pages", 2, .3)}),
    "human_resources": (.04, .9, {"workday": ("records", 14, 1), "greenhouse": ("records", 7, .6),
                                  "linkedin": ("pages", 7, .9), "linkedin_learning": ("pages", 2, .4)}),
    "marketing": (.09, 1.1, {"hubspot": ("records", 9, .8), "canva": ("files", 5, .7), "adobe": ("files", 5, .5),
                             "figma": ("records", 4, .5), "mailchimp": ("records", 3, .4),
                             "google_analytics": ("records", 3, .6), "facebook": ("pages", 2, .5),
                             "vimeo": ("files", 1.5, .3)}),
    "support": (.13, 1.5, {"zendesk": ("records", 26, .98), "intercom": ("chat", 8, .5),
                           "genesys_cloud": ("records", 6, .6), "slack": ("chat", 5, .6)}),
    "legal": (.03, .8, {"ironclad": ("files", 8, .8), "docusign": ("records", 5, .9), "intralinks": ("files", 4, .5)}),
    "operations": (.12, .8, {"sap": ("records", 16, .9), "smartsheet": ("records", 5, .6), "coupa": ("records", 3, .4),
                             "dhl": ("pages", 2, .4)}),
    "it": (.06, 1.3, {"servicenow": ("records", 12, 1), "slack": ("chat", 8, .9), "atlassian": ("records", 6, .8),
                      "github": ("code", 5, .6), "datadog": ("records", 4, .5), "azure": ("records", 5, .6)}),
    "executives": (.01, .9, {"diligent": ("files", 6, .9), "power_bi": ("records", 4, .7),
                             "bloomberg": ("pages", 4, .6), "tripit": ("pages", 1, .5)}),
}
ADMIN_APPS = ("microsoft_entra", "okta", "azure", "aws", "intune", "salesforce", "github", "slack")

# What people do for themselves, with (class, share of people).
PRIVATE = {"gmail": ("office", .22), "outlook_com": ("office", .10), "youtube": ("media", .35),
           "spotify": ("media", .18), "whatsapp": ("chat", .30), "amazon": ("pages", .25), "linkedin": ("pages", .30),
           "reddit": ("pages", .15), "wikipedia": ("pages", .30), "bbc": ("pages", .20), "facebook": ("pages", .12),
           "instagram": ("pages", .12), "booking_com": ("pages", .10), "google_maps": ("pages", .30),
           "paypal": ("pages", .08), "ilovepdf": ("convert", .07), "smallpdf": ("convert", .05),
           "dropbox": ("files", .06), "google_drive": ("files", .07), "onedrive": ("files", .05),
           "wetransfer": ("receive", .07), "icloud": ("files", .03), "canva": ("files", .06),
           "grammarly": ("ai", .07), "perplexity": ("ai", .06), "trello": ("records", .05), "notion": ("files", .05)}
PERSONAL_INSTANCE = frozenset(("gmail", "outlook_com", "dropbox", "google_drive", "onedrive", "icloud", "whatsapp"))
# Of these apps an instance is told: corporate unless said otherwise.
HAS_INSTANCE = frozenset(("microsoft_365", "box", "slack", "github", "salesforce", "atlassian", "notion", "canva",
                          "figma", "chatgpt", "claude"))

TAILS = 4096        # ready-made ends of lines for each kind of tail
FRESH = 4096        # of them different; a power of two. Tests are content with fewer
_ENDINGS = (("docx", 26, 60), ("xlsx", 20, 90), ("pdf", 24, 300), ("pptx", 10, 2200), ("csv", 6, 200), ("png", 7, 350),
            ("zip", 4, 6000), ("mp4", 1, 60000), ("txt", 2, 8))    # extension, share, typical KB
_ENDINGS_OFTEN = list(itertools.accumulate(one[1] for one in _ENDINGS))
_SUBJECTS = """offer invoice minutes plan budget roadmap forecast contract draft summary review notes proposal report
    checklist training customer-list pricing design photo export agenda order statement survey onboarding template
    schedule spec release analysis board-pack""".split()


def file_facts(random, subject="", extension="", size=0):
    """Name and size of a document."""
    if not extension:
        extension, _, typical = random.choices(_ENDINGS, cum_weights=_ENDINGS_OFTEN)[0]
        size = size or int(typical * 1000 * random.lognormvariate(0, 1.3)) + 400
    name = f"{subject or random.choice(_SUBJECTS)}-{random.randrange(1, 9999)}.{extension}"
    return f'"file":{{"name":"{name}","size":{size}}},', name, size


def details(**facts):
    """Facts that a signature would tell; two underscores are a dot."""
    parts = []
    for key, value in facts.items():
        if isinstance(value, (list, tuple)):
            parts.append(f'"{key.replace("__", ".")}":[' + ",".join(f'"{one}"' for one in value) + "]")
        elif value:
            parts.append(f'"{key.replace("__", ".")}":"{value}"')
    return '"details":{' + ",".join(parts) + "}," if parts else ""


def _target(random, often):
    """Whom something is sent or opened to."""
    where = random.choices(("internal", "external", "personal"), often)[0]
    domain = {"internal": "corp.example", "personal": random.choice(("gmail.com", "outlook.com", "gmx.net")),
              "external": f"{random.choice(('partner', 'client', 'agency', 'supplier'))}{random.randrange(60)}.example"}
    return {"target__class": [where]} | ({"target__domain": [domain[where]]} if where != "internal" else {})


def bytes_of(up, down):
    return f'"bytes_in":{int(up)},"bytes_out":{int(down)}}}\n'


def tail(random, kind, instance=""):
    """The rest of a line, from behind the type of the activity."""
    noise = random.lognormvariate
    facts = {"instance__kind": instance}
    file, up = "", noise(6.3, .6)
    down = noise({"page": 9.6, "stream": 14.3}.get(kind, 8.2), 1.1)
    if kind in ("down", "source", "report"):
        subject = {"source": "archive", "report": "report"}.get(kind, "")
        file, _, down = file_facts(random, subject)
        facts["object__kind"] = {"source": "repository", "report": "report"}.get(kind, "")
    elif kind in ("up", "source_up"):
        file, _, up = file_facts(random)
        facts["object__kind"] = "" if kind == "up" else "commit"
    elif kind == "mail":
        up = noise(8.6, 1.6)
        facts |= {"object__kind": "mail"} | _target(random, (70, 27, 3))
    elif kind == "share":
        facts |= {"object__kind": "file", "object__name": file_facts(random)[1]}
        facts |= _target(random, (78, 20, 2))
        if random.random() < .12:
            facts["target__link"] = [random.choice(("organization", "organization", "people", "anyone"))]
    elif kind == "renamed":
        facts |= {"object__kind": "file", "object__name": file_facts(random)[1]}
    elif kind == "mail_object":
        facts["object__kind"] = "mail"
    elif kind == "account":
        facts["object__kind"] = random.choice(("user", "user", "group", "role", "token"))
    elif kind == "prompt":
        up, down = noise(7, 1), noise(8, .9)
    elif kind in ("file", "setting"):
        facts["object__kind"] = kind
    return file + details(**facts) + bytes_of(up, down)


def action(app, kind, admin=False):
    """The middle of a line."""
    return f'"app":{{"id":"{app}"}},"type":"{kind}",' + ('"admin":true,' if admin else "")


class Applications:
    """Ready-made parts of lines, by app and type. Each list of tails has a random sequence of its own, so that what is
    asked for first makes no difference."""

    def __init__(self, seed):
        self._seed = seed

    @functools.cache
    def tails(self, kind, instance=""):
        source = random_module.Random(f"{self._seed}:tails:{kind}:{instance}")
        return [tail(source, kind, instance) for _ in range(FRESH)] * (TAILS // FRESH)

    @functools.cache
    def choices(self, app, kind, personal=False):
        """(weights, parts) of an app: parts are what a mix is made of."""
        instance = "personal" if personal else "corporate" if app in HAS_INSTANCE else ""
        told = frozenset(("down", "up", "file", "share", "renamed"))
        shares, parts = [], []
        for share, verb, what in CLASSES[kind]:
            admin = kind in ADMINISTERS and verb not in ("view",)
            shares.append(share)
            parts.append((action(app, verb, admin), self.tails(what, instance if what in told or personal else "")))
        return shares, parts

    def mix(self, random, wanted, size=128):
        """`size` parts of lines, from which one is taken at random for each activity. `wanted` has (app, class,
        weight, personal)."""
        weights, parts = [], []
        for app, kind, weight, personal in wanted:
            shares, some = self.choices(app, kind, personal)
            scale = weight / sum(shares)
            weights += [share * scale for share in shares]
            parts += some
        return random.choices(parts, weights, k=size)
