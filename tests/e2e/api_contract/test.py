"""The contract of the API: with something of everything in the store, each route answers, and each answer has what its
schema says and nothing that the schema does not know."""

import json
import re
import subprocess
import urllib.parse

import jsonschema

import kit
from kit import asking
from kit.alert_receivers import SECRET, Webhook
from kit.asking import BEN

POLICIES = """\
- {id: no-mega, name: No Mega, when: {app: mega}, then: block}
- {id: think, name: Think first, when: {host: coached.test}, then: coach, say: Think again.}
- {id: tried, name: Tried, when: {app: dropbox}, then: block, mode: rehearse}
- {id: watched, name: Storage is watched, kind: activity, when: {app: dropbox}, alerts_per_day: 100}
- {id: bank, name: The bank is left alone, kind: tls, when: {host: bank.test}, then: bypass}
"""
RANGES = """\
ranges:
  - {name: head office, cidrs: [127.0.0.0/8], category: corporate, tags: [office], override_isp: Example Net,
     override_location: {country: DE, lat: 52.5, lon: 13.4}}
feeds:
  - {name: exits, path: exits.txt, category: risky, tags: [tor]}
"""
# What an operator does is asked for after all that only reads, in this order: (method, path, body).
CHANGES = [
    ("POST", "/api/v1/accounts?name=nina&role=viewer", None), ("POST", "/api/v1/accounts/nina/totp", None),
    ("DELETE", "/api/v1/accounts/nina/totp", None), ("POST", "/api/v1/accounts/nina/reset", None),
    ("PUT", "/api/v1/accounts/nina/role?role=analyst", None), ("DELETE", "/api/v1/accounts/vic/sessions", None),
    ("DELETE", "/api/v1/accounts/nina", None), ("POST", "/api/v1/tokens?name=siem&role=viewer", None),
    ("DELETE", "/api/v1/tokens/siem", None), ("POST", "/api/v1/reload", None),
    ("PUT", "/api/v1/apps/dropbox/tags/sanctioned", None), ("DELETE", "/api/v1/apps/dropbox/tags/sanctioned", None),
    ("DELETE", "/api/v1/apps/dropbox/by-hand", None), ("POST", "/api/v1/alerts/{alert}/read", None),
    ("POST", "/api/v1/alerts/{alert}/comment?text=seen", None), ("POST", "/api/v1/alert-receivers/siem/test", None),
    ("POST", "/api/v1/alert-receivers/siem/deliver", None),
    ("PUT", "/api/v1/suspensions/ben?for=1h&reason=why", None), ("DELETE", "/api/v1/suspensions/ben", None),
    ("POST", "/api/v1/questions?user=ben&say=Was+this+you", None), ("DELETE", "/api/v1/questions/{question}", None),
    ("POST", "/api/v1/access-requests/{request}/grant?for=1h", None), ("POST", "/api/v1/access-requests/{other}/refuse?say=no", None),
    ("DELETE", "/api/v1/grants/{grant}", None), ("DELETE", "/api/v1/factors/ana", None),
    ("POST", "/api/v1/addresses", {"entries": [{"address": "10.1.2.3", "user": "zoe", "ttl": "2h"}]}),
    ("PUT", "/api/v1/addresses", {"entries": [{"address": "10.1.2.3", "user": "zoe"}]}),
    ("DELETE", "/api/v1/addresses/10.1.2.3", None), ("DELETE", "/api/v1/users/ben?reason=asked", None),
    ("POST", "/api/v1/session/password", {"password": kit.console.PASSWORD, "new": "another long password"}),
    ("DELETE", "/api/v1/session", None),
]
# What cannot be had here, and which scenario asks it. Those answers are not held against the document.
ELSEWHERE = {
    ("post", "/api/v1/session/openid"): "openid_sign_in", ("post", "/api/v1/session/openid/answer"): "openid_sign_in",
    ("post", "/api/v1/users/{user}/reveal"): "pseudonyms",
    ("get", "/api/v1/activities/live"): "console_facts",  # a stream
    ("get", "/api/v1/policies/schema"): "console_facts",  # a schema, as the command prints it
}


REPORTS = ("dashboard", "apps", "users", "addresses", "devices", "countries", "categories", "alternatives", "leakage",
           "non_compliant?lacks=iso_27001", "new", "inactive", "hosts")


def strict(schema):
    """The same where an object has no member that is not named."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: ({name: strict(one) for name, one in value.items()} if key in ("properties", "schemas") else strict(value))
            for key, value in schema.items()}
    if "properties" in made and "unevaluatedProperties" not in made:
        made.setdefault("additionalProperties", False)
    return made


class ApiContract(asking.Asking):
    hosts, browses = ("www.dropbox.com", "content.dropboxapi.com", "mega.nz", "coached.test", "bank.test", "slack.com"), False
    policies = POLICIES

    @classmethod
    def prepare(cls):
        cls.webhook = Webhook(cls)
        action = {"name": "end-sessions", "description": "Ends sessions", "url": cls.webhook.url, "secret_file": "hook.secret",
                  "timeout": "2s", "needs": ["user", "reason"]}
        receiver = {"name": "siem", "type": "webhook", "url": cls.webhook.url, "secret_file": "hook.secret"}
        cls.settings = {"webhook_actions": [action], "alert_delivery": [receiver],
                        "tags": {"consent_scopes": str(cls.source / "conf/tags/consent_scopes.yaml"), "addresses": "ranges.yaml"}}
        cls.more_files = {"ranges.yaml": RANGES, "exits.txt": "203.0.113.9\n", "hook.secret": SECRET + "\n"}
        super().prepare()
        cls.git("init", "--quiet")
        cls.git("add", ".")
        cls.git("commit", "--quiet", "-m", "As we began")
        cls.olga = kit.Console.of(cls.gateway, "olga", "operator")
        cls.document = cls.olga.ask("GET", "/api/v1/openapi.json")[1]
        cls.components = strict(cls.document["components"])
        cls.answered = set()

    @classmethod
    def git(cls, *words):
        subprocess.run(["git", "-c", "user.name=Zoe", "-c", "user.email=z@example.com", "-C", cls.gateway.directory / "policies",
                        *words], check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})

    def setUp(self):
        self.faults = []

    # --- asking ---

    def operation(self, method, path):
        """The route of a path as the document writes it, and what it says of it; the most literal one counts."""
        parts = path.split("?")[0].split("/")
        fitting = [(sum("{" in one for one in route.split("/")), route) for route in self.document["paths"]
                   if len(route.split("/")) == len(parts) and method.lower() in self.document["paths"][route]
                   and all("{" in mine or mine == its for mine, its in zip(route.split("/"), parts))]
        return min(fitting)[1]

    def ask(self, method, path, body=None, status=(200, 202), **fields):
        """What the route answers, held against its schema."""
        code, answer = self.olga.ask(method, path, body, **fields)
        self.assertIn(code, status, f"{method} {path}: {answer}")
        route = self.operation(method, path)
        replies = self.document["paths"][route][method.lower()]["responses"]
        [(kind, content)] = (replies.get(str(code)) or replies["200"])["content"].items()
        self.assertEqual(self.olga.reply.getheader("Content-Type"), kind, path)
        lines = [json.loads(line) for line in answer.splitlines()] if "ndjson" in kind else [answer]
        for line in lines:
            self.fits(f"{method} {path}", content["schema"], line)
        self.answered.add((method.lower(), route))
        if route.startswith("/api/v1/session") and "csrf" in answer:
            self.olga.csrf = answer["csrf"]  # It changes with the password.
        return answer

    def fits(self, what, schema, answer):
        validator = jsonschema.Draft202012Validator({**strict(schema), "components": self.components})
        self.faults += [f"{what}: {'/'.join(map(str, fault.path))}: {fault.message[-300:]}" for fault in validator.iter_errors(answer)]

    # --- filling ---

    def fill(self):
        upload = ["-H", "Dropbox-API-Arg: " + json.dumps({"path": "/plans.pdf"}), "-H", "Content-Type: application/octet-stream",
                  "--data-binary", "@-"]
        for more in ((), BEN):
            self.curl(*upload, *more, "https://content.dropboxapi.com/2/files/upload", stdin=b"x" * 2000)
            self.curl("https://mega.nz/", *more)
        self.curl("https://bank.test/", "-k")
        scopes = urllib.parse.urlencode({"client_id": "777.888", "response_type": "code", "scope": "users:read,files:read",
                                         "redirect_uri": "https://bot.example/cb"})
        self.curl("https://slack.com/oauth/v2/authorize?" + scopes)
        self.answer(self.ticket("https://coached.test/"), answer="continue")
        for more in ((), BEN):
            way = self.way_to_ask("mega.nz", *more)
            self.answer(way.rsplit("/", 1)[1], *more, reason="for the fair")
        self.cli("suspend", "ana", "--until-step-up")
        self.enrol("https://coached.test/")
        self.cli("unsuspend", "ana", "--until-step-up")
        self.cli("suspend", "ben", "--app", "box", "--for", "2h", "--reason", "why")
        self.gateway.wait_for_activities(1, "--app", "mega", "--user", "ben")
        self.gateway.wait_for_activities(1, "--app", "slack")

    def known(self):
        """A name for what stands in braces."""
        alert = kit.wait_until(lambda: self.ask("GET", "/api/v1/alerts"), "an alert")[0]["id"]
        event = self.gateway.activities("--app", "dropbox", "--user", "ana")[0]["id"]
        self.ask("POST", f"/api/v1/questions?user=ana&about={event}&say=Was+this+you")
        self.ask("POST", "/api/v1/webhook-actions/end-sessions/call?user=ana&reason=left")
        call = kit.wait_until(lambda: [one for one in self.ask("GET", "/api/v1/webhook-calls")["calls"] if one["state"] == "done"],
                              "the call is made")[0]["id"]
        asked = self.ask("GET", "/api/v1/access-requests")["access_requests"]
        return {"alert": alert, "event": event, "call": call, "app": "dropbox", "file": "policies.yaml", "user": "ana",
                "question": self.ask("GET", "/api/v1/questions")["questions"][0]["id"],
                "request": asked[0]["id"], "other": asked[1]["id"], "grant": self.ask("GET", "/api/v1/grants")["grants"][0]["id"]}

    def policies_change(self):
        url = "/api/v1/policies/policies.yaml"
        file = self.ask("GET", url)
        bad = self.ask("PUT", url + "?dry_run=true", b"- {id: odd, name: Odd, when: {app.categry: x}, then: block}\n")
        self.assertFalse(bad["valid"])
        text = POLICIES.replace("No Mega", "No Mega at all")
        self.ask("PUT", url, text.encode(), **{"If-Match": f'"{file["etag"]}"'})
        commit = self.ask("GET", url + "/history")["history"][0]["commit"]
        self.ask("GET", f"{url}/history/{commit}")
        begun = self.ask("POST", url + "/replay", {"text": POLICIES.replace("app: mega", "app: dropbox"), "since": "1h"})
        ended = kit.wait_until(lambda: next((one for one in [self.ask("GET", f"{url}/replay/{begun['id']}")]
                                             if one["state"] != "running"), None), "the replay ends")
        self.assertEqual(ended["state"], "done", ended)
        self.ask("DELETE", f"{url}/replay/{begun['id']}")

    def test_each_route_answers_what_its_schema_says_and_nothing_else(self):
        self.fill()
        known = self.known()
        self.policies_change()
        for route, methods in self.document["paths"].items():
            if "get" not in methods or ("get", route) in ELSEWHERE or "{replay}" in route or "{commit}" in route:
                continue
            for path in ([route] if "{report}" not in route else
                         [route.replace("{report}", one) for one in (("app", "alternatives") if "{app}" in route else REPORTS)]):
                self.ask("GET", re.sub(r"\{(\w+)\}", lambda name: known[name[1]], path))
        for path in ("activities?limit=1", "files?whole=true", "users-seen?idle=1h", "feeds", "explain/" + known["event"]):
            self.ask("GET", "/api/v1/" + path)
        kit.Console.of(self.gateway, "vic", "viewer")
        for method, path, body in CHANGES:
            self.ask(method, re.sub(r"\{(\w+)\}", lambda name: known[name[1]], path), body)
        self.assertEqual(self.olga.sign_in("olga", "another long password")[0], 200)
        self.fits("signing in", {"$ref": "#/components/schemas/Session"}, self.olga.sign_in("olga", "another long password")[1])
        self.answered.add(("post", "/api/v1/session"))
        wanted = {(method, route) for route, methods in self.document["paths"].items() for method in methods}
        self.assertEqual(wanted - self.answered, set(ELSEWHERE))
        self.assertEqual(self.faults, [])

    def test_a_refusal_is_a_problem_with_nothing_else_in_it(self):
        for method, path in (("GET", "/api/v1/activities?filter=app%3A"), ("GET", "/api/v1/nowhere"), ("GET", "/api/v1/apps/nowhere"),
                             ("PUT", "/api/v1/policies/policies.yaml"), ("POST", "/api/v1/questions"), ("DELETE", "/api/v1/status")):
            code, answer = self.olga.ask(method, path)
            self.assertGreaterEqual(code, 400, path)
            self.assertEqual(self.olga.reply.getheader("Content-Type"), "application/problem+json", path)
            self.fits(path, {"$ref": "#/components/schemas/Problem"}, answer)
        self.assertEqual(self.faults, [])
