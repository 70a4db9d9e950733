"""Who comes in at the console, what each role may ask, what other sites cannot, and that every route answers as the
document of the API says."""

import base64
import hashlib
import hmac
import json
import re
import socket
import ssl
import struct
import time
import urllib.parse

import jsonschema

import kit

PASSWORD = "correct horse battery"
POLICIES = "- {id: no-mega, name: No Mega, when: {app: mega}, then: block}\n"
ROLES = ("viewer", "analyst", "operator")


def totp(uri):
    secret = base64.b32decode(urllib.parse.parse_qs(urllib.parse.urlparse(uri).query)["secret"][0])
    return lambda step: "%06d" % ((struct.unpack(">I", (lambda d: d[d[19] & 15:][:4])(
        hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()))[0] & 0x7fffffff) % 1_000_000)


class Console(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.names = ("www.dropbox.com", "mega.nz")
        cls.nginx = kit.Nginx(cls, [kit.Site(*cls.names, identity=cls.authority.issue(*cls.names))])
        cls.nginx.write("/page", "the page\n")
        cls.gateway = kit.Gateway(cls, roots=[cls.authority.certificate], policies=POLICIES, first_account=True,
                                  resolve={host: cls.nginx.tls for host in cls.names})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.address = cls.gateway.admin.split("//")[1]
        shown = cls.gateway.stdout.read_text()
        cls.first = re.search(r"sign in as admin with the password (\S+)", shown).group(1)

    def browser(self):
        return kit.Console(self.address)

    def command(self, *arguments, code=0):
        return self.gateway.command(*arguments, "-c", self.gateway.config, code=code).stdout

    def account(self, name, role):
        """One that has changed its password; a browser that is signed in with it."""
        given = re.search(r"with the password (\S+)", self.command("accounts", "add", name, "--role", role)).group(1)
        browser = self.browser()
        self.assertEqual(browser.sign_in(name, given)[0], 200)
        status, answer = browser.ask("POST", "/api/v1/session/password", {"password": given, "new": PASSWORD})
        self.assertEqual(status, 200, answer)
        browser.csrf = answer["csrf"]
        return browser

    # --- signing in ---

    def test_the_first_password_opens_once_and_must_be_changed(self):
        admin = self.browser()
        status, answer = admin.sign_in("admin", self.first)
        self.assertEqual((status, answer["role"], answer["must_change"]), (200, "operator", True))
        self.assertIn("HttpOnly; SameSite=Strict", admin.reply.getheader("Set-Cookie"))
        status, answer = admin.ask("GET", "/api/v1/status")
        self.assertEqual((status, answer["needs"]), (403, "password"))
        for wrong in ("short", "admin admin admin", self.first):
            self.assertEqual(admin.ask("POST", "/api/v1/session/password",
                                       {"password": self.first, "new": wrong})[0], 400)
        old = admin.cookie
        status, answer = admin.ask("POST", "/api/v1/session/password", {"password": self.first, "new": PASSWORD})
        self.assertEqual((status, answer["must_change"]), (200, False))
        admin.csrf = answer["csrf"]
        self.assertEqual(admin.ask("GET", "/api/v1/status")[0], 200)
        self.assertEqual(admin.ask("GET", "/api/v1/status", Cookie=old)[0], 401)
        self.assertEqual(self.browser().sign_in("admin", self.first)[0], 401)
        # After a restart there is no other first password, and the sessions are gone.
        self.gateway.interrupt()
        self.gateway.wait()
        self.gateway.start()
        type(self).address = self.gateway.admin.split("//")[1]
        self.assertNotIn("sign in as", self.gateway.stdout.read_text())
        admin.address = self.address
        self.assertEqual(admin.ask("GET", "/api/v1/session")[0], 401)
        self.assertEqual(admin.sign_in("admin", PASSWORD)[0], 200)
        self.assertIn("\"admin (operator)\"", json.dumps(self.command("governance", "log", "--format", "json"))
                      .replace("\\\"", "\""))

    def test_signing_out_ends_it(self):
        ana = self.account("out", "viewer")
        self.assertEqual(ana.ask("GET", "/api/v1/session")[1]["name"], "out")
        kept = ana.cookie
        self.assertEqual(ana.ask("DELETE", "/api/v1/session")[0], 200)
        self.assertEqual(ana.ask("GET", "/api/v1/session", Cookie=kept)[0], 401)

    def test_guesses_are_held_up_for_that_name_and_address(self):
        self.account("guessed", "viewer")
        said = [self.browser().sign_in("guessed", f"guess number {number}")[0] for number in range(11)]
        self.assertEqual(said, [401] * 10 + [429])
        held = self.browser()
        self.assertEqual(held.sign_in("guessed", PASSWORD)[0], 429)
        self.assertTrue(int(held.reply.getheader("Retry-After")) > 0)

    def test_nobody_learns_which_names_there_are(self):
        self.account("known", "viewer")
        known = self.browser().sign_in("known", "wrong")
        unknown = self.browser().sign_in("nobody-here", "wrong")
        self.assertEqual(known, unknown)
        self.assertEqual(self.browser().sign_in("known", "x" * 5_000)[0], 413)

    def test_a_code_is_asked_for_where_it_was_set_up(self):
        self.account("coded", "analyst")
        code = totp(re.search(r"otpauth://\S+", self.command("accounts", "totp", "coded")).group(0))
        status, answer = self.browser().sign_in("coded", PASSWORD)
        self.assertEqual((status, answer["needs"]), (401, "code"))
        self.assertEqual(self.browser().sign_in("coded", PASSWORD, "000000")[0], 401)
        right = code(int(time.time()) // 30)
        self.assertEqual(self.browser().sign_in("coded", PASSWORD, right)[0], 200)
        self.assertEqual(self.browser().sign_in("coded", PASSWORD, right)[0], 401)  # used
        self.command("accounts", "totp", "coded", "--off")
        self.assertEqual(self.browser().sign_in("coded", PASSWORD)[0], 200)

    def test_what_an_operator_changes_ends_the_sessions(self):
        for number, (what, *more) in enumerate((("reset",), ("remove",), ("role", "analyst"), ("totp",))):
            browser = self.account(f"ended{number}", "viewer")
            self.assertEqual(browser.ask("GET", "/api/v1/status")[0], 200)
            self.command("accounts", what, f"ended{number}", *more)
            self.assertEqual(browser.ask("GET", "/api/v1/status")[0], 401, what)

    # --- other sites ---

    def test_another_site_cannot_use_the_cookie(self):
        ben = self.account("crossed", "operator")
        tag = "/api/v1/apps/dropbox/tags/sanctioned"
        for fields in ({"X_CSRF_Token": None}, {"X_CSRF_Token": "0" * 64}, {"Sec_Fetch_Site": "cross-site"},
                       {"Sec_Fetch_Site": "same-site"}, {"Origin": "http://evil.test"}, {"Origin": "null"},
                       {"Host": "evil.localtest.example"}):
            with self.subTest(fields):
                self.assertIn(ben.ask("PUT", tag, **fields)[0], (403, 421))
        self.assertIn(ben.ask("GET", "/api/v1/status", Sec_Fetch_Site="cross-site")[0], (403,))
        self.assertEqual(self.browser().ask("POST", "/api/v1/session", {"name": "crossed", "password": PASSWORD},
                                            Origin="http://evil.test")[0], 403)
        self.assertNotIn("sanctioned", self.gateway.api("apps/dropbox")[1]["tags"])
        status, app = ben.ask("PUT", tag, Origin=self.gateway.admin)
        self.assertEqual((status, "sanctioned" in app["tags"]), (200, True))
        self.assertEqual(app["by_hand"][0]["who"], "crossed")
        self.assertEqual(ben.ask("DELETE", tag + "?by=ana")[0], 400)
        self.assertEqual(ben.ask("DELETE", "/api/v1/apps/dropbox/by-hand")[0], 200)

    # --- roles ---

    def test_each_role_may_what_the_document_says(self):
        browsers = {role: self.account(f"role-{role}", role) for role in ROLES}
        document = browsers["viewer"].ask("GET", "/api/v1/openapi.json")[1]
        tried = 0
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                least = operation["x-role"]
                if least == "anybody" or path.startswith("/api/v1/session"):
                    continue
                asked = re.sub(r"\{\w+\}", "zzz", path).replace("/discovery/zzz", "/discovery/apps")
                for role, browser in browsers.items():
                    allowed = ROLES.index(role) >= ROLES.index(least)
                    if allowed and method != "get":
                        continue  # Others look at what is done.
                    if allowed and path.endswith("/live"):
                        continue
                    status = browser.ask(method.upper(), asked)[0]
                    self.assertEqual(status != 403, allowed, f"{role} {method} {path}: {status}")
                    tried += 1
        self.assertGreater(tried, 80)

    def test_a_viewer_sees_no_persons(self):
        viewer = self.account("see-viewer", "viewer")
        analyst = self.account("see-analyst", "analyst")
        self.curl("https://www.dropbox.com/page")
        self.gateway.wait_for_activities(1)
        self.assertEqual(viewer.ask("GET", "/api/v1/discovery/users")[0], 403)
        self.assertEqual(viewer.ask("GET", "/api/v1/discovery/dashboard?user=ana")[0], 403)
        seen = set(viewer.ask("GET", "/api/v1/discovery/dashboard")[1])
        all_of_it = set(analyst.ask("GET", "/api/v1/discovery/dashboard")[1])
        self.assertEqual(all_of_it - seen, {"top_users", "top_addresses"})

    def test_a_token_may_what_its_role_may_and_is_gone_when_it_is_taken_back(self):
        token = re.search(r"^spt_\w+$", self.command("accounts", "token", "add", "siem", "--role", "analyst"), re.M)[0]
        bearer = {"Authorization": f"Bearer {token}"}
        program = self.browser()
        self.assertEqual(program.ask("GET", "/api/v1/alerts", **bearer)[0], 200)
        self.assertEqual(program.ask("POST", "/api/v1/reload", **bearer)[0], 403)
        self.assertEqual(program.ask("GET", "/api/v1/session", **bearer)[0], 401)
        self.assertIn("siem", self.command("accounts", "token", "list"))
        self.assertNotIn(token, (self.gateway.state / "accounts.json").read_text())
        self.command("accounts", "token", "remove", "siem")
        self.assertEqual(program.ask("GET", "/api/v1/alerts", **bearer)[0], 401)
        reads = self.command("audit", "reads", "--format", "json")
        self.assertIn("token/siem", reads)

    # --- activities ---

    def test_activities_are_found_by_the_grammar_of_policies_and_paged(self):
        ana = self.account("finder", "analyst")
        for number in range(5):
            self.curl(f"https://www.dropbox.com/page?{number}")
        self.curl("https://mega.nz/page")
        self.gateway.wait_for_activities(5, "--app", "dropbox")
        self.gateway.wait_for_activities(1, "--app", "mega")
        ask = lambda query: ana.ask("GET", "/api/v1/activities?" + urllib.parse.urlencode(query))
        status, all_of_it = ask({"filter": "app: [dropbox, mega]", "limit": 1000})
        self.assertEqual(status, 200)
        wanted = [row["id"] for row in self.gateway.activities("-n", "1000") if row.get("app") in ("dropbox", "mega")]
        self.assertEqual([row["id"] for row in all_of_it["activities"]], wanted)
        self.assertIsNone(all_of_it["next"])
        paged, after = [], ""
        while after is not None:
            page = ask({"filter": "app: [dropbox, mega]", "limit": 2, **({"after": after} if after else {})})[1]
            paged += [row["id"] for row in page["activities"]]
            after = page["next"]
        self.assertEqual(paged, wanted)
        blocked = ask({"verdict": "block", "filter": "app: mega"})[1]["activities"]
        self.assertEqual({row["policy"] for row in blocked}, {"No Mega"})
        status, event = ana.ask("GET", f"/api/v1/activities/{blocked[0]['id']}")
        self.assertEqual((status, event["policy_id"]), (200, "no-mega"))
        status, answer = ask({"filter": "app: mega, usr: ana"})
        self.assertEqual((status, answer["diagnostics"][0]["column"]), (400, 12))
        self.assertIn("did you mean", answer["diagnostics"][0]["hint"])
        for query in ({"verb": "fly"}, {"ip": "x"}, {"after": "x"}, {"since": "x"}, {"limit": "0"}, {"usr": "ana"}):
            self.assertEqual(ask(query)[0], 400, query)
        status, text = ask({"filter": "app: mega", "format": "csv"})
        self.assertTrue(text.startswith("id,time,kind,user,"), text[:80])
        self.assertEqual(ana.reply.getheader("Content-Disposition"), 'attachment; filename="activities.csv"')

    def test_activities_are_seen_as_they_come_until_the_session_ends(self):
        ana = self.account("watcher", "analyst")
        host, port = self.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=30) as peer:
            peer.sendall(f"GET /api/v1/activities/live?filter=app%3A+mega HTTP/1.1\r\nHost: {self.address}\r\n"
                         f"Cookie: {ana.cookie}\r\nSec-Fetch-Site: same-origin\r\n\r\n".encode())
            stream = peer.makefile("rb")
            head = b"".join(iter(stream.readline, b"\r\n")).decode()
            self.assertIn("200 OK", head)
            self.assertIn("text/event-stream", head)
            self.curl("https://www.dropbox.com/page")
            self.curl("https://mega.nz/live")
            line = next(line for line in stream if line.startswith(b"data: "))
            shown = json.loads(line[6:])
            self.assertEqual((shown["app"], shown["path"]), ("mega", "/live"))
            self.assertEqual(ana.ask("DELETE", "/api/v1/session")[0], 200)
            # The next beat, or the next activity, finds the session gone.
            self.curl("https://mega.nz/live")
            self.assertIn(b"0\r\n", iter(stream.readline, b""))  # the last chunk

    # --- policies ---

    def test_a_policy_is_written_where_it_compiles_and_is_as_its_editor_saw_it(self):
        owner = self.account("editor", "operator")
        url = "/api/v1/policies/policies.yaml"
        status, file = owner.ask("GET", url)
        self.assertEqual((status, file["text"]), (200, POLICIES))
        broken = POLICIES + "- {id: odd, name: Odd, when: {app.categry: x}, then: block}\n"
        status, answer = owner.ask("PUT", url + "?dry_run=true", broken.encode())
        self.assertEqual((status, answer["valid"], answer["saved"]), (200, False, False))
        self.assertEqual([(one["file"], one["line"], one["column"]) for one in answer["diagnostics"]],
                         [("policies.yaml", 2, 31)])
        match = {"If-Match": f'"{file["etag"]}"'}
        self.assertEqual(owner.ask("PUT", url, broken.encode(), **match)[0], 422)
        fine = POLICIES + "- {id: no-box, name: No Box, when: {app: dropbox, user: zoe}, then: block}\n"
        self.assertEqual(owner.ask("PUT", url, fine.encode())[0], 428)
        self.assertEqual(owner.ask("PUT", url, fine.encode(), **{"If-Match": '"other"'})[0], 412)
        status, answer = owner.ask("PUT", url, fine.encode(), **match)
        self.assertEqual((status, answer["saved"], answer["in_force"]), (200, True, True))
        self.assertIn("no-box", [one["id"] for one in owner.ask("GET", "/api/v1/policies")[1]["policies"]])
        self.assertEqual(owner.ask("PUT", url, POLICIES.encode(), **match)[0], 412)
        match = {"If-Match": f'"{answer["etag"]}"'}
        # A test beside it that fails keeps it out.
        tests = b"- {case: fails, given: {app: mega}}\n"
        self.assertEqual(owner.ask("PUT", "/api/v1/policies/policies.test.yaml", tests)[0], 422)
        self.assertEqual(owner.ask("PUT", "/api/v1/policies/..%2fx.yaml", fine.encode())[0], 400)
        self.assertEqual(owner.ask("PUT", url, POLICIES.encode(), **match)[0], 200)
        log = json.loads(self.command("governance", "log", "--format", "json", "--who", "editor"))
        self.assertEqual([one["action"] for one in log if one["action"] == "change policies"],
                         ["change policies"] * 2)
        self.assertEqual([path.name for path in self.gateway.state.glob("policy-trial-*")], [])

    # --- the document ---

    def test_every_reading_route_answers_as_the_document_says(self):
        admin = self.account("reader", "operator")
        self.curl("https://mega.nz/page")
        event = self.gateway.wait_for_activities(1, "--app", "mega")[0]["id"]
        document = admin.ask("GET", "/api/v1/openapi.json")[1]
        self.assertEqual(document["openapi"], "3.1.0")
        names = {"report": "apps", "event": event, "file": "policies.yaml", "user": "ana"}
        answered = 0
        for path, methods in document["paths"].items():
            if "get" not in methods or path.endswith("/live"):
                continue
            if path.endswith(("/{replay}", "/{commit}")):
                continue  # There is none; console_policies looks at them.
            if path == "/api/v1/discovery/{report}/{app}":
                asked = "/api/v1/discovery/app/mega"
            else:
                asked = re.sub(r"\{(\w+)\}", lambda name: names.get(name[1], "mega"), path)
            status, answer = admin.ask("GET", asked)
            if "{alert}" in path or "{call}" in path or (path.startswith("/api/v1/users/{user}/") and status == 404) or (path == "/api/v1/users/{user}" and status == 404):
                self.assertEqual(status, 404, path)  # There is none.
                kind = "application/problem+json"
                schema = {"$ref": "#/components/schemas/Problem"}
            else:
                self.assertEqual(status, 200, f"{path}: {answer}")
                [(kind, content)] = methods["get"]["responses"]["200"]["content"].items()
                schema = content["schema"] if "ndjson" not in kind else {"type": "string"}  # a line for each thing
            self.assertEqual(admin.reply.getheader("Content-Type"), kind, path)
            validator = jsonschema.Draft202012Validator({**schema, "components": document["components"]})
            faults = [f"{path}: {list(fault.path)}: {fault.message}" for fault in validator.iter_errors(answer)]
            self.assertEqual(faults, [])
            answered += 1
        self.assertGreater(answered, 25)

    # --- the pages ---

    def test_the_console_is_served_and_forbids_what_it_does_not_need(self):
        anybody = self.browser()
        self.assertEqual(anybody.ask("GET", "/")[0], 302)
        self.assertEqual(anybody.reply.getheader("Location"), "/console/")
        status, text = anybody.ask("GET", "/console/apps/dropbox")
        self.assertIn(status, (200, 503))
        policy = anybody.reply.getheader("Content-Security-Policy")
        self.assertTrue(policy.startswith("default-src 'self';"), policy)
        self.assertNotIn("unsafe", policy)
        if status == 503:
            self.assertIn("apt-get install nodejs npm", text)
            return
        self.assertIn("<!doctype html>", text.lower())
        self.assertEqual(anybody.ask("GET", "/console/", If_None_Match=anybody.reply.getheader("ETag"))[0], 304)

    def test_its_files_may_come_from_a_folder(self):
        folder = self.directory / "files"
        folder.mkdir()
        (folder / "index.html").write_text("<!doctype html>mine")
        done = self.gateway.command("run", "-c", self.gateway.config, "--console-dir", folder / "none", code=None)
        self.assertNotEqual(done.returncode, 0)

    # --- beyond loopback ---

    def test_beyond_loopback_there_is_tls_or_nothing(self):
        identity = self.authority.issue("console.test", "127.0.0.1")
        plain = kit.Gateway(self, "plain", config={"admin": [{"address": "0.0.0.0:0"}]}, start=False)
        done = plain.command("check", "-c", plain.config, code=1)
        self.assertIn("has no TLS", done.stderr + done.stdout)
        tls = kit.Gateway(self, "tls", start=False, first_account=True, config={
            "admin": [{"address": "127.0.0.1:0"}, {"address": "0.0.0.0:0"}],
            "admin_server": {"certificate": str(identity.certificate), "key": str(identity.key)}})
        tls.start()
        given = re.search(r"password (\S+)", tls.stdout.read_text()).group(1)
        port = tls.api("status")[1]["admin"][1].rsplit(":", 1)[1]
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        browser = kit.Console(f"127.0.0.1:{port}", context)
        self.assertEqual(browser.sign_in("admin", given)[0], 200)
        cookie = browser.reply.getheader("Set-Cookie")
        self.assertTrue(cookie.startswith("__Host-sallyport_session="), cookie)
        self.assertIn("; Secure", cookie)
        self.assertEqual(browser.ask("GET", "/api/v1/session")[0], 200)
        self.assertIn(browser.ask("GET", "/api/v1/session", Host="evil.test")[0], (403, 421))
