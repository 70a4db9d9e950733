"""Who keeps what they showed of a session that policy ended gets nowhere with it, however they spell it, whatever they write
around it and wherever in the domain they show it; what the app sets anew passes at once, and nobody else notices."""

import re
import threading
import time
import unittest

import kit
from kit import asking, websocket, wire
from kit.http2 import Http2

POLICIES = """\
- id: over
  name: The session is over
  when: {user: ana, host.domain: [%s], not: {path: /free}}
  then: sign_in_again
- {id: wide, name: An app of several domains, when: {app: box}, then: sign_in_again}
- {id: everybody, name: Anybody's session, when: {host: "*.zz"}, then: sign_in_again}
- {id: practice, name: In rehearsal, when: {host: rehearsed.test}, then: sign_in_again, mode: rehearse}
"""
NAVIGATES = "Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
COOKIE = "Cookie: sid=shown-then\r\n"
TOKEN = "Authorization: Bearer shown-too\r\n"


class SignInAgain(kit.Scenario):
    """Each test has a domain of its own, `site`, in which ana's sessions are ended; /free is looked at by no policy."""

    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.sites = {test: f"site{number}.test"
                     for number, test in enumerate(unittest.defaultTestLoader.getTestCaseNames(cls))}
        hosts = [f"{part}{site}" for site in (*cls.sites.values(), "other.test", "rehearsed.test", "box.com", "box.net")
                 for part in ("", "api.")]
        cls.seen = []
        secure = kit.RawOrigin(cls, cls.talk, authority.issue(*hosts)).address
        plain = kit.RawOrigin(cls, cls.talk).address
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES % ", ".join(cls.sites.values()),
            resolve={**dict.fromkeys(hosts, secure), "*.test": plain, "*.zz": plain},
            files={"addresses.yaml": "- {cidr: 127.0.0.2, user: ben}\n- {cidr: 127.0.0.0/8, user: ana}\n"},
            config={"users": {"addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        asking.Asking.wait_a_second()

    @classmethod
    def talk(cls, peer):
        while (head := peer.read_head()) is not None:
            cls.seen.append(head)
            if head.get("Upgrade"):
                return websocket.echo(peer, head)
            time.sleep(float(head.get("X-Delay", 0)))  # A long poll.
            sets = f"Set-Cookie: {head.get('X-Set')}\r\n" if head.get("X-Set") else ""
            peer.send(f"HTTP/1.1 200 OK\r\n{sets}Content-Length: 2\r\n\r\nok")

    def setUp(self):
        self.site = self.sites[self._testMethodName]

    # --- what people and programs do ---

    def ask(self, fields="", path="/", host=None):
        """The reply's head, to fields as they are written."""
        host = host or self.site
        plain = host.startswith("plain.")
        with wire.connect_to(self.gateway.addresses[0]) if plain else kit.connect_through(self.gateway, host) as peer:
            target = f"http://{host}{path}" if plain else path
            peer.send(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n")
            head = peer.read_head()
            peer.read_body(head)
        return head

    def stop(self, fields, host=None):
        stopped = self.ask(NAVIGATES + fields, host=host)
        self.assertEqual(stopped.status, 303, stopped)
        return stopped

    def press(self, stopped):
        ticket = stopped.get("Location").rsplit("/", 1)[1]
        reply = self.curl(asking.PORTAL + "/answer", "-d", f"ticket={ticket}", "-d", "answer=continue")
        self.assertEqual(reply.status, 200, reply)

    def end(self, fields, host=None):
        """The session ends: `fields` are shown to a request that is stopped, and the person presses the button."""
        self.press(self.stop(fields, host))

    def app_sets(self, cookie):
        self.assertEqual(self.ask(f"X-Set: {cookie}\r\n").status, 200)

    def arrived(self):
        """What the origin got of credentials with the last request."""
        return [value for name, value in self.seen[-1].fields if name.lower() in ("cookie", "authorization", "x-api-key")]

    def arrives(self, fields, path="/", host=None):
        """What an origin gets of the credentials in `fields`."""
        self.assertEqual(self.ask(fields, path, host).status, 200)
        return self.arrived()

    def assert_arrive(self, cases):
        for fields, left in cases.items():
            with self.subTest(fields):
                self.assertEqual(self.arrives(fields), left)

    # --- what was shown ---

    def test_a_cookie_passes_no_more_whatever_stands_around_it(self):
        self.end("Cookie: sid=shown-then; theme=shown-beside\r\n")
        self.assert_arrive({
            "Cookie: sid=shown-then; theme=shown-beside\r\n": [],
            "Cookie: theme=shown-beside;sid=shown-then\r\n": [],
            "cOOkie:sid=shown-then\r\n": [],
            "Cookie: ;; sid=shown-then ;\r\n": [],
            "Cookie: sid=shown-then\t;a=b\r\n": ["a=b"],
            "Cookie: a=b\r\nCookie: sid=shown-then\r\n": ["a=b"],
            "Cookie: sid=shown-then\r\nAccept: */*\r\nCookie: a=b; sid=shown-then\r\n": ["a=b"],
            "Cookie: $Version=1; sid=shown-then; $Path=/\r\n": ["$Version=1; $Path=/"],
            "Cookie: sid=shown-then; sid=set-anew; sid=shown-then\r\n": ["sid=set-anew"]})

    def test_a_token_passes_no_more_and_a_password_does(self):
        self.end(TOKEN)
        self.assert_arrive({
            TOKEN: [], "authorization:  Bearer shown-too \r\n": [],
            "Authorization: Bearer set-anew\r\nAuthorization: Bearer shown-too\r\n": ["Bearer set-anew"],
            "Authorization: Bearer shown-toos\r\n": ["Bearer shown-toos"],
            "Authorization: Basic YW5hOmE=\r\n": ["Basic YW5hOmE="]})

    def test_another_spelling_is_the_same_credential(self):
        self.end(COOKIE + TOKEN)
        self.assert_arrive(dict.fromkeys((
            "Authorization: bearer shown-too\r\n", "Authorization: Bearer  shown-too\r\n", "Authorization: Token shown-too\r\n",
            "Cookie: sid=\"shown-then\"\r\n", "Cookie: sid =shown-then\r\n", "Cookie: sid= shown-then\r\n",
            "Cookie: sid=shown-the%6e\r\n", "Cookie: SID=shown-then\r\n", "Cookie: session=shown-then\r\n"), []))

    def test_in_an_address_it_is_refused_and_what_is_no_session_may_stand_there(self):
        self.end("Cookie: sid=0123456789abcdef; JSESSIONID=shown-then; last_user=ana@corp.example; tz=Europe/Berlin; "
                 "cats=accounting,marketing; back=%2Fdashboard%2Fhome\r\n" + TOKEN)
        for path, status in {
                "/a?sid=0123456789abcdef": 403, "/a;SID=0123456789abcdef": 403, "/a;jsessionid=0123456789abcdef": 403,
                "/a;jsessionid=shown-then": 403, "/a?sid=shown-then": 403, "/a?access_token=shown-too": 403,
                "/login?login_hint=ana%40corp.example": 200, "/api?timezone=Europe/Berlin": 200,
                "/team?name=marketing": 200, "/login?next=/dashboard/home": 200}.items():
            with self.subTest(path):
                self.assertEqual(self.ask(path=path).status, status)

    def test_crumbs_of_http2_carry_it_no_more(self):
        self.end(COOKIE)
        with Http2.connect(self.gateway, self.site) as connection:
            for crumbs, left in ((["sid=shown-then"], []), (["a=b", "sid=shown-then"], ["a=b"]),
                                 (["sid=shown-then; a=b", "c=d"], ["a=b; c=d"]),
                                 (["a=b", "", "sid=shown-then", "sid=shown-then"], ["a=b"])):
                with self.subTest(crumbs):
                    reply = connection.request("/", fields=[("cookie", crumb) for crumb in crumbs]).wait_end()
                    self.assertEqual(reply.status, 200)
                    self.assertEqual(self.arrived(), left)

    def test_a_websocket_that_is_opened_then_does_not_carry_it(self):
        self.end(COOKIE)
        with kit.connect_through(self.gateway, self.site) as peer:
            head = websocket.open_client(peer, self.site, fields="Cookie: sid=shown-then; a=b\r\n")
            self.assertEqual(head.status, 101)
            self.assertEqual(self.arrived(), ["a=b"])
        with Http2.connect(self.gateway, self.site) as connection:
            self.assertEqual(connection.websocket("/", [("cookie", "sid=shown-then")]).wait_head().status, 200)
            self.assertEqual(self.arrived(), [])

    def test_it_passes_nowhere_in_the_domain_at_no_worker_with_tls_or_without(self):
        self.end(COOKIE)
        for _ in range(8):  # Each on a connection of its own: both workers have some.
            for part in ("", "api.", "plain."):
                self.assertEqual(self.arrives(COOKIE, "/any?where", part + self.site), [])

    def test_nor_before_the_button_is_pressed_where_the_policy_does_not_look(self):
        self.assertEqual(self.arrives(COOKIE, "/free"), ["sid=shown-then"])
        self.stop(COOKIE)
        self.assertEqual(self.arrives(COOKIE, "/free"), [])

    def test_an_answer_for_one_domain_lets_no_old_session_of_another_of_the_app_pass(self):
        self.end(COOKIE, "box.com")
        self.assertEqual(self.ask("Cookie: sid=of-the-second\r\n", host="box.net").status, 403)

    # --- how long and how much is remembered ---

    def test_it_is_remembered_across_a_reload_and_beside_many_other_domains(self):
        self.end(COOKIE)
        policies = self.gateway.directory / "policies/policies.yaml"
        policies.write_text(policies.read_text() + "- {name: One more, when: {host: more.test}, then: block}\n")
        kit.wait_until(lambda: self.curl("http://more.test/").status == 403, "it is read")
        self.assertEqual(self.arrives(COOKIE), [])

    def test_many_cookies_are_as_well_taken_out_and_the_rest_is_left(self):
        many = [f"c{number}={number:016x}" for number in range(500)]
        self.end(f"Cookie: {'; '.join(many)}\r\n")
        rest = ";".join(f"r{number}=other{number:04}" for number in range(1_000))
        [left] = self.arrives(f"Cookie: {';'.join(many)};{rest}\r\n")
        self.assertEqual(left.replace(" ", ""), rest)

    def test_the_last_of_many_is_remembered(self):
        self.end(f"Cookie: {'; '.join(f'j{number}=junk{number:04}' for number in range(512))}; sid=shown-then\r\n")
        self.assertEqual(self.arrives(COOKIE), [])

    def test_nobody_empties_the_book_for_others(self):
        ben = ("http://ben.zz/", *asking.BEN, "-b", "sid=shown-then")
        ticket = self.curl(*ben, "-H", "Accept: text/html").header("Location").rsplit("/", 1)[1]
        self.curl(asking.PORTAL + "/answer", *asking.BEN, "-d", f"ticket={ticket}", "-d", "answer=continue")
        with wire.connect_to(self.gateway.addresses[0]) as peer:
            for number in range(16_500):
                peer.send(f"GET http://d{number}.zz/ HTTP/1.1\r\nHost: d{number}.zz\r\nCookie: a=b\r\n\r\n")
                peer.read_body(peer.read_head())
        self.curl(*ben)
        self.assertEqual((self.seen[-1].get("Host"), self.arrived()), ("ben.zz", []))

    def test_of_many_programs_that_show_theirs_at_once_each_loses_it(self):
        api = f"api.{self.site}"
        statuses = []

        def program(number):
            for _ in range(4):
                statuses.append(self.ask(f"Cookie: sid=of-program-{number:04}\r\n", host=api).status)

        threads = [threading.Thread(target=program, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [403] * 48)
        self.end("Cookie: sid=of-the-browser\r\n")
        self.assert_arrive({f"Cookie: sid={name}; mine=other\r\n": ["mine=other"]
                            for name in ("of-the-browser", *(f"of-program-{number:04}" for number in range(12)))})

    # --- what is new, and whose it is ---

    def test_what_is_new_passes_at_once_by_any_worker_and_version(self):
        self.end(COOKIE + TOKEN)
        new = "Cookie: sid=set-anew; old=sid\r\nAuthorization: Bearer set-anew\r\n"
        for part in ("", "api.", "plain.") * 4:
            self.assertEqual(self.arrives(new, host=part + self.site), ["sid=set-anew; old=sid", "Bearer set-anew"])
        with Http2.connect(self.gateway, self.site) as connection:
            fields = [("cookie", "sid=set-anew"), ("cookie", "old=sid"), ("authorization", "Bearer set-anew")]
            self.assertEqual(connection.request("/", fields=fields).wait_end().status, 200)
            self.assertEqual(sorted(self.arrived()), ["Bearer set-anew", "sid=set-anew; old=sid"])

    def test_what_is_set_anew_passes_also_where_it_is_the_same_text(self):
        check = "wordpress_test_cookie=WP%20Cookie%20check"
        self.end(f"Cookie: {check}; lang=en\r\n")
        self.app_sets(f"{check}; path=/; secure")
        self.assert_arrive({f"Cookie: {check}\r\n": [check], "Cookie: lang=en\r\n": ["lang=en"]})

    def test_constants_of_an_app_pass_with_a_new_session(self):
        constants = "Authorization: Bearer constant-for-everybody\r\nX-Api-Key: constant-of-the-app\r\n"
        self.end(COOKIE + constants)
        self.app_sets("sid=set-anew-since; Path=/")
        self.assert_arrive({"Cookie: sid=set-anew-since\r\n" + constants:
                            ["sid=set-anew-since", "Bearer constant-for-everybody", "constant-of-the-app"]})

    def test_another_cookie_of_the_same_value_brings_nothing_back(self):
        self.end(COOKIE)
        self.app_sets("lang=shown-then")
        self.assertEqual(self.arrives(COOKIE), [])

    def test_a_reply_to_the_old_session_that_was_on_its_way_brings_it_not_back(self):
        slow = threading.Thread(target=lambda: self.ask(
            f"{COOKIE}X-Delay: 1\r\nX-Set: sid=shown-then; Max-Age=600\r\n", "/free"))
        before = len(self.seen)
        slow.start()
        kit.wait_until(lambda: len(self.seen) > before, "it is on its way")
        self.stop(COOKIE)
        slow.join()
        self.assertEqual(self.arrives(COOKIE, "/free"), [])

    def test_nobody_else_and_no_other_domain_is_signed_out(self):
        self.end(COOKIE + TOKEN)
        self.assertEqual(self.arrives(COOKIE + TOKEN, host="other.test"), ["sid=shown-then", "Bearer shown-too"])
        self.curl(f"https://{self.site}/", *asking.BEN, "-b", "sid=shown-then", "-H", TOKEN.strip())
        self.assertEqual(sorted(self.arrived()), ["Bearer shown-too", "sid=shown-then"])

    def test_a_rehearsal_ends_no_session(self):
        head = self.ask(NAVIGATES + COOKIE, host="rehearsed.test")
        self.assertEqual((head.status, head.get("Clear-Site-Data"), head.get("Set-Cookie")), (200, None, None))
        self.assertEqual(self.arrives(COOKIE, host="rehearsed.test"), ["sid=shown-then"])

    # --- what is thrown away, and what operators see ---

    def test_names_of_cookies_write_no_fields_and_reach_no_other_domain(self):
        names = ["a b", "x\"y", "Domain", "__Host-sid", "q,r", "e\u00e9", "very" * 50, "ok", ""]
        head = self.stop("Cookie: " + "; ".join(f"{name}=1" for name in names) + "\r\n")
        cleared = [value for name, value in head.fields if name == "Set-Cookie"]
        self.assertEqual({value.split("=")[0] for value in cleared}, {"Domain", "__Host-sid", "very" * 50, "ok"})
        for value in cleared:
            self.assertRegex(value, rf"^[\w-]+=; Path=/; Max-Age=0; Secure; HttpOnly(; Domain={re.escape(self.site)})?$")
            self.assertFalse(value.startswith("__Host-") and "Domain=" in value, value)

    def test_operators_see_the_answer_while_it_is_in_force(self):
        self.end(COOKIE)
        self.assertIn(self.site, self.gateway.command("grants", "-c", self.gateway.config).stdout)
