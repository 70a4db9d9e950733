"""Signing in at the console by the organisation's OpenID provider: who comes in and as what, and every lie of a
provider, of a browser and of whoever stands between them."""

import hmac
import json
import threading
import time
import urllib.parse

import kit
from kit.openid_provider import CLIENT, SECRET, Key, OpenIdProvider, base64url

HOST = "login.corp.test"
ISSUER = f"https://{HOST}"
BEGIN, ANSWER = "/api/v1/session/openid", "/api/v1/session/openid/answer"


class OpenIdSignIn(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.provider = OpenIdProvider(cls.directory, ISSUER, authority.issue(HOST))
        cls.addClassCleanup(cls.provider.stop)
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies="[]\n", resolve={HOST: f"127.0.0.1:{cls.provider.port}"},
            files={"console.secret": SECRET + "\n"},
            config={"admin_server": {"sign_in": {
                "name": "Corp Login", "issuer": ISSUER, "client_id": CLIENT, "client_secret_file": "console.secret",
                "roles": {"viewer": ["staff"], "analyst": ["soc"], "operator": ["it"]}}}})
        cls.address = cls.gateway.admin.split("//")[1]

    def tearDown(self):
        self.provider.documents.clear()
        self.provider.algorithm = "RS256"

    def begin(self):
        browser = kit.Console(self.address)
        status, answer = browser.ask("POST", BEGIN)
        self.assertEqual(status, 200, answer)
        return browser, answer["url"]

    def answer(self, browser, back, **fields):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(back).query))
        status, answer = browser.ask("POST", ANSWER, query, **fields)
        if status == 200:
            browser.csrf = answer["csrf"]
        return status, answer

    def sign_in(self, name="ana", groups=("soc",), **lies):
        browser, url = self.begin()
        status, answer = self.answer(browser, self.provider.back(url, name, list(groups), **lies))
        return browser, status, answer

    def refused(self, why, **lies):
        browser, status, answer = self.sign_in(**lies)
        self.assertEqual((status, answer["needs"]), (502, "provider"), answer)
        self.assertNotIn("csrf", answer)
        self.assertIn(why, self.gateway.log().splitlines()[-1])
        self.assertEqual(browser.ask("GET", "/api/v1/session")[0], 401)

    # --- who comes in ---

    def test_the_console_learns_by_whom_one_may_sign_in(self):
        self.assertEqual(kit.Console(self.address).ask("GET", BEGIN), (200, {"provider": "Corp Login"}))

    def test_the_way_there_says_what_it_must_and_no_more(self):
        browser, url = self.begin()
        self.assertTrue(url.startswith(ISSUER + "/authorize?"))
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(url).query))
        self.assertEqual(set(query), {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce",
                                      "code_challenge", "code_challenge_method"})
        self.assertEqual(query["redirect_uri"], self.gateway.admin + "/console/signed-in")
        self.assertIn("HttpOnly; SameSite=Strict; Max-Age=600", browser.reply.getheader("Set-Cookie"))
        other = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.begin()[1]).query))
        for name in ("state", "nonce", "code_challenge"):
            self.assertNotEqual(query[name], other[name])

    def test_the_claim_makes_the_role_and_the_most_counts(self):
        for algorithm in ("RS256", "ES256"):
            self.provider.algorithm = algorithm
            for groups, role in ((["staff"], "viewer"), (["staff", "soc", "x"], "analyst"), (["it", "staff"], "operator"),
                                 ("soc", "analyst")):
                browser, status, answer = self.sign_in("ana", groups, claims={"groups": groups})
                self.assertEqual((status, answer["role"]), (200, role), answer)
                self.assertEqual((answer["name"], answer["provider"], answer["must_change"]),
                                 ("openid/ana", "Corp Login", False))
                allowed = browser.ask("GET", "/api/v1/accounts")[0] == 200
                self.assertEqual(allowed, role == "operator")
                self.assertEqual(browser.ask("GET", "/api/v1/alerts")[0], 403 if role == "viewer" else 200)

    def test_who_has_no_role_does_not_come_in(self):
        for claims in ({"groups": []}, {"groups": ["Staff", "soc "]}, {"groups": None}, {"groups": {"soc": True}},
                       {"groups": [["soc"], 1, None]}, {"groups": None, "Groups": ["soc"]}):
            browser, status, answer = self.sign_in(claims=claims)
            self.assertEqual((status, answer["needs"]), (403, "role"), claims)
            self.assertIn("ana", answer["detail"])
            self.assertEqual(browser.ask("GET", "/api/v1/session")[0], 401)
        self.assertIn("has no role here", self.gateway.log())

    def test_what_they_do_is_told_by_their_name(self):
        browser, status, _ = self.sign_in("olga", ["it"])
        self.assertEqual(status, 200)
        status, app = browser.ask("PUT", "/api/v1/apps/dropbox/tags/sanctioned")
        self.assertEqual((status, app["by_hand"][0]["who"]), (200, "openid/olga"))
        self.assertEqual(browser.ask("DELETE", "/api/v1/apps/dropbox/by-hand?by=admin")[0], 400)
        self.assertEqual(browser.ask("DELETE", "/api/v1/apps/dropbox/by-hand")[0], 200)
        log = self.gateway.command("governance", "log", "-c", self.gateway.config, "--format", "json").stdout
        said = [entry for entry in json.loads(log) if entry["who"] == "openid/olga"]
        self.assertIn("openid/olga signed in at Corp Login as id-of-olga (operator)", [one["what"] for one in said])

    def test_a_forged_request_needs_more_than_the_cookie(self):
        browser, _, _ = self.sign_in("olga", ["it"])
        tag = "/api/v1/apps/dropbox/tags/sanctioned"
        self.assertEqual(browser.ask("PUT", tag, X_CSRF_Token=None)[0], 403)
        self.assertEqual(browser.ask("GET", "/api/v1/status", Sec_Fetch_Site="cross-site")[0], 403)

    def test_signing_out_ends_it_here_and_says_where_to_end_it_there(self):
        browser, _, _ = self.sign_in()
        kept = browser.cookie
        status, answer = browser.ask("DELETE", "/api/v1/session")
        self.assertEqual((status, answer["provider_sign_out"]), (200, f"{ISSUER}/logout?client_id={CLIENT}"))
        self.assertEqual(browser.ask("GET", "/api/v1/session", Cookie=kept)[0], 401)

    def test_an_operator_sees_who_is_in_and_ends_it(self):
        ben, _, _ = self.sign_in("ben", ["soc"])
        boss, _, _ = self.sign_in("boss", ["it"])
        document = boss.ask("GET", "/api/v1/openapi.json")[1]
        accounts = boss.ask("GET", "/api/v1/accounts")[1]
        kit.Console.check(document, "Accounts", accounts)
        seen = {(one["name"], one["role"], one["provider"]) for one in accounts["sessions"]}
        self.assertLessEqual({("openid/ben", "analyst", "Corp Login"), ("openid/boss", "operator", "Corp Login")}, seen)
        path = "/api/v1/accounts/openid%2Fben/sessions"
        self.assertEqual(ben.ask("DELETE", path)[0], 403)
        self.assertEqual(boss.ask("DELETE", path), (200, {"ended": 1}))
        self.assertEqual(boss.ask("DELETE", path)[0], 404)
        self.assertEqual(ben.ask("GET", "/api/v1/session")[0], 401)
        # By command, too.
        carla, _, _ = self.sign_in("carla", ["soc"])
        command = ("accounts", "end", "openid/carla", "-c", self.gateway.config)
        self.assertEqual(self.gateway.command(*command).stdout, "ended\n")
        self.assertEqual(carla.ask("GET", "/api/v1/session")[0], 401)
        self.assertIn("is not signed in", self.gateway.command(*command, code=1).stderr)

    def test_it_stands_beside_accounts_and_touches_none(self):
        given = self.gateway.command("accounts", "add", "ana", "--role", "viewer", "-c", self.gateway.config).stdout
        local = kit.Console(self.address)
        self.assertEqual(local.sign_in("ana", given.split("password ")[1].split()[0])[0], 200)
        browser, status, answer = self.sign_in("ana", ["it"])
        self.assertEqual((status, answer["role"]), (200, "operator"))
        self.assertEqual(local.ask("GET", "/api/v1/session")[1]["role"], "viewer")
        self.assertEqual(browser.ask("POST", "/api/v1/session/password",
                                     {"password": "whatever it was", "new": "another one of mine"})[0], 409)
        # Whatever the provider calls somebody, it is no account's name.
        self.assertEqual(self.sign_in("kit", ["staff"])[2]["name"], "openid/kit")

    # --- a provider that lies, or somebody in its place ---

    def test_a_token_for_something_else_is_not_believed(self):
        now = int(time.time())
        for why, claims in (
                ("answers another request", {"nonce": "of-another-sign-in-altogether"}),
                ("answers another request", {"nonce": None}),
                ("another audience", {"aud": "another-app"}),
                ("another audience", {"aud": None}),
                ("given to another party", {"aud": [CLIENT, "another-app"]}),
                ("given to another party", {"azp": "another-app"}),
                ("another issuer", {"iss": ISSUER + "/"}),
                ("another issuer", {"iss": "https://login.evil.test"}),
                ("has expired", {"exp": now - 61}),
                ("has expired", {"exp": None}),
                ("from the future", {"iat": now + 120}),
                ("from the future", {"iat": None}),
                ("from the future", {"nbf": now + 120}),
                ("no subject", {"sub": None}),
                ("no claim 'preferred_username'", {"preferred_username": None})):
            with self.subTest(claims):
                self.refused(why, claims=claims)
        self.assertEqual(self.sign_in(claims={"aud": [CLIENT], "azp": CLIENT})[1], 200)

    def test_a_token_that_no_key_of_the_provider_signed_is_not_believed(self):
        keys = self.provider.keys
        other = Key(self.directory, "RS256", "rsa-1")
        public = keys["RS256"].public_pem
        no_signature = lambda text: b""
        for why, lies in (
                ("neither RS256 nor ES256", {"header": {"alg": "none"}, "sign": no_signature}),
                ("neither RS256 nor ES256", {"header": {"alg": "None"}}),
                ("neither RS256 nor ES256", {"header": {"alg": "HS256"},
                                             "sign": lambda text: hmac.digest(public, text.encode(), "sha256")}),
                ("neither RS256 nor ES256", {"header": {"alg": "RS512"}}),
                ("signature is not the provider's", {"key": other}),
                ("signature is not the provider's", {"sign": no_signature}),
                ("signature is not the provider's", {"sign": lambda text: keys["RS256"].sign(text + "x")}),
                ("no key of the provider", {"header": {"alg": "ES256"}}),
                ("no key of the provider", {"header": {"kid": "unknown"}}),
                ("extensions that are not known", {"header": {"crit": ["b64"], "b64": False}}),
                # Keys and places of keys that a token brings along count for nothing (RFC 8725 section 3.10).
                ("signature is not the provider's", {"key": other, "header": {"jwk": other.jwk()}}),
                ("signature is not the provider's", {"key": other, "header": {"jku": "https://evil.test/jwks"}}),
                ("no signed token", {"token": "x"}),
                ("no signed token", {"token": "a.b.c.d.e"}),
                ("no signed token", {"token": "." * 2 + "x" * 20_000})):
            with self.subTest(why=why, lies=str(lies)[:80]):
                self.refused(why, **lies)

    def test_a_member_that_stands_twice_is_not_believed(self):
        key = self.provider.keys["RS256"]
        browser, url = self.begin()
        nonce = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(url).query))["nonce"]
        now = int(time.time())
        claims = (f'{{"iss":"{ISSUER}","sub":"1","aud":"{CLIENT}","exp":{now + 60},"iat":{now},"nonce":"{nonce}",'
                  f'"preferred_username":"ana","groups":["staff"],"groups":["it"]}}')
        text = base64url(b'{"alg":"RS256","kid":"rsa-1"}') + "." + base64url(claims.encode())
        token = text + "." + base64url(key.sign(text))
        status, _ = self.answer(browser, self.provider.back(url, "ana", [], token=token))
        self.assertEqual(status, 502)
        self.assertIn("its claims cannot be read", self.gateway.log().splitlines()[-1])

    def test_a_name_that_cannot_be_shown_does_not_come_in(self):
        for name in ("ana\nby the way", "ana\u0007", "a" * 201):
            browser, status, _ = self.sign_in(name, ["it"])
            self.assertEqual(status, 502, name)

    # --- a browser, or somebody who leads it ---

    def test_a_state_is_good_once_and_in_the_browser_that_began(self):
        browser, url = self.begin()
        back = self.provider.back(url, "ana", ["soc"])
        # Whom somebody else leads to the page has no cookie, or one of another sign-in.
        stranger = kit.Console(self.address)
        self.assertEqual(self.answer(stranger, back)[0], 403)
        other, _ = self.begin()
        self.assertEqual(self.answer(other, back)[0], 403)
        cookie = browser.cookie
        self.assertEqual(self.answer(browser, back)[0], 200)
        for again in (back, self.provider.back(url, "eve", ["it"])):
            status, answer = self.answer(browser, again, Cookie=cookie)
            self.assertEqual((status, answer["needs"]), (403, "again"), answer)

    def test_a_code_of_another_sign_in_is_refused_by_its_proof(self):
        _, victims = self.begin()
        stolen = self.provider.code_for(victims, "olga", ["it"])
        browser, url = self.begin()
        state = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(url).query))["state"]
        status, answer = browser.ask("POST", ANSWER, {"code": stolen, "state": state})
        self.assertEqual((status, answer["needs"]), (502, "provider"))
        self.assertIn(f"{HOST}:443 answered 400", self.gateway.log().splitlines()[-1])

    def test_a_code_twice_is_refused(self):
        browser, url = self.begin()
        code = self.provider.code_for(url, "ana", ["soc"])
        state = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(url).query))["state"]
        self.assertEqual(browser.ask("POST", ANSWER, {"code": code, "state": state})[0], 200)
        again, url = self.begin()
        state = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(url).query))["state"]
        self.assertEqual(again.ask("POST", ANSWER, {"code": code, "state": state})[0], 502)

    def test_the_answer_of_another_provider_is_none(self):
        browser, url = self.begin()
        back = self.provider.back(url, "ana", ["soc"]).replace(urllib.parse.quote(ISSUER, safe=""), "https%3A%2F%2Fevil.test")
        self.assertEqual(self.answer(browser, back)[0], 502)

    def test_another_site_cannot_begin_nor_answer(self):
        browser, url = self.begin()
        back = self.provider.back(url, "ana", ["soc"])
        for fields in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.test"}, {"Host": "evil.localtest.example"}):
            self.assertIn(self.answer(browser, back, **fields)[0], (403, 421), fields)
            self.assertIn(kit.Console(self.address).ask("POST", BEGIN, **fields)[0], (403, 421), fields)
        self.assertEqual(self.answer(browser, back)[0], 200)

    def test_a_body_is_read_strictly(self):
        browser, _ = self.begin()
        for body in (b"", b"{}", b"[]", b'{"code":"a"}', b'{"code":"a","state":"b","x":1}', b'{"code":1,"state":"b"}',
                     json.dumps({"code": "a" * 2049, "state": "b"}).encode()):
            self.assertEqual(browser.ask("POST", ANSWER, body)[0], 400, body[:40])
        self.assertEqual(browser.ask("POST", ANSWER, b"x" * 5_000)[0], 413)

    # --- a provider in trouble ---

    def test_a_provider_that_cannot_be_used_is_said_and_others_sign_in_all_the_same(self):
        huge = lambda size: (200, "application/json", b"[" + b" " * size + b"]")
        for path, lie, why in (("/token", huge(300_000), "more than 256 KiB"), ("/token", (302, "text/plain", b""), "answered 302"),
                               ("/token", (200, "text/html", b"<p>"), "no JSON"), ("/token", (200, "application/json", b"{"), "no ID token"),
                               ("/token", lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "")):
            self.provider.documents["/token"] = lie
            browser, status, answer = self.sign_in()
            self.assertEqual((status, answer["needs"]), (502, "provider"), path)
            self.assertIn(why, self.gateway.log().splitlines()[-1])
        self.provider.documents.clear()
        self.assertEqual(self.sign_in()[1], 200)

    def test_a_document_of_another_issuer_is_not_followed(self):
        self.gateway.interrupt()
        self.gateway.wait()
        self.gateway.start()
        type(self).address = self.gateway.admin.split("//")[1]
        path = "/.well-known/openid-configuration"
        good = self.provider.metadata()
        for lie in ({**good, "issuer": "https://evil.test"}, {**good, "token_endpoint": f"http://{HOST}/token"},
                    {**good, "code_challenge_methods_supported": ["plain"]}, {"issuer": ISSUER}):
            self.provider.documents[path] = (200, "application/json", json.dumps(lie).encode())
            status, answer = kit.Console(self.address).ask("POST", BEGIN)
            self.assertEqual((status, answer["needs"]), (502, "provider"))
        self.provider.documents.clear()
        # What was wrong is not kept.
        self.assertEqual(self.sign_in()[1], 200)

    def test_a_provider_that_does_not_answer_holds_up_neither_others_nor_the_end(self):
        held = []
        self.provider.documents["/token"] = lambda handler: (held.append(handler), handler.rfile.read(1))
        slow = threading.Thread(target=self.sign_in_and_forget, daemon=True)
        slow.start()
        kit.wait_until(lambda: held, "the provider is asked")
        self.assertEqual(kit.Console(self.address).ask("GET", BEGIN)[0], 200)
        begun = time.monotonic()
        self.gateway.interrupt()
        self.gateway.wait()
        self.assertLess(time.monotonic() - begun, 9.0)  # less than the patience with a provider
        slow.join(10)
        self.provider.documents.clear()
        self.gateway.start()
        type(self).address = self.gateway.admin.split("//")[1]

    def sign_in_and_forget(self):
        try:
            self.sign_in()
        except OSError:
            pass  # The gateway stops meanwhile.
