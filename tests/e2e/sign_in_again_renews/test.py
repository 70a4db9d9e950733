"""FOUND 105 to 107: red until mended; each test says what must hold."""

import threading
import time

import kit
from kit import asking, websocket, wire
from kit.http2 import Http2

ENDED = ("fields.test", "domain.test", "token.test", "new.test", "mine.test", "sockets.test", "long.test", "odd.test",
         "early.test", "reload.test", "names.test", "busy.test")
SITES = (*ENDED, "rehearsed.test", "other.test")
POLICIES = """\
- id: over
  name: The session is over
  when: {user: ana, host.domain: [%s], not: {path: /free}}
  then: sign_in_again
- id: practice
  name: In rehearsal
  when: {host: rehearsed.test}
  then: sign_in_again
  mode: rehearse
""" % ", ".join(ENDED)
NAVIGATES = "Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"


class SignInAgainAttacks(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        hosts = [f"{part}{site}" for site in SITES for part in ("", "api.")]
        cls.seen = []
        secure = kit.RawOrigin(cls, cls.talk, authority.issue(*hosts)).address
        plain = kit.RawOrigin(cls, cls.talk).address
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={**dict.fromkeys(hosts, secure), **{f"plain.{site}": plain for site in SITES}},
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
            peer.read_body(head)
            time.sleep(float(head.get("X-Delay") or 0))  # A long poll.
            sets = f"Set-Cookie: {head.get('X-Set')}\r\n" if head.get("X-Set") else ""
            peer.send(f"HTTP/1.1 200 OK\r\n{sets}Content-Length: 2\r\n\r\nok")

    # --- what people and programs do ---

    def ask(self, host, fields, path="/"):
        """The reply's head, to fields as they are written."""
        plain = host.startswith("plain.")
        with wire.connect_to(self.gateway.addresses[0]) if plain else kit.connect_through(self.gateway, host) as peer:
            target = f"http://{host}{path}" if plain else path
            peer.send(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n")
            head = peer.read_head()
            peer.read_body(head)
            time.sleep(float(head.get("X-Delay") or 0))  # A long poll.
        return head

    def stop(self, host, fields):
        stopped = self.ask(host, NAVIGATES + fields)
        self.assertEqual(stopped.status, 303, stopped)
        return stopped

    def press(self, stopped):
        ticket = stopped.get("Location").rsplit("/", 1)[1]
        reply = self.curl(asking.PORTAL + "/answer", "-d", f"ticket={ticket}", "-d", "answer=continue")
        self.assertEqual(reply.status, 200, reply)

    def end(self, host, fields):
        """The session ends: `fields` are shown to a request that is stopped, and the person presses the button."""
        self.press(self.stop(host, fields))

    def arrives(self, host, fields, path="/"):
        """What an origin gets of the credentials in `fields`."""
        self.assertEqual(self.ask(host, fields, path).status, 200)
        return self.credentials(self.seen[-1].fields)

    @staticmethod
    def credentials(fields):
        return [value for name, value in fields if name.lower() in ("cookie", "authorization")]

    def test_105_what_is_no_session_may_stand_in_an_address(self):
        self.end("new.test", "Cookie: sid=0123456789abcdef; last_user=ana@corp.example; tz=Europe/Berlin; "
                             "cats=accounting,marketing; back=%2Fdashboard%2Fhome\r\n")
        for path in ("/login?login_hint=ana%40corp.example", "/api?timezone=Europe/Berlin", "/team?name=marketing",
                     "/login?next=/dashboard/home"):
            with self.subTest(path):
                self.assertEqual(self.ask("new.test", "", path).status, 200)
        for path in ("/a?sid=0123456789abcdef", "/a;SID=0123456789abcdef", "/a;jsessionid=0123456789abcdef"):
            with self.subTest(path):
                self.assertEqual(self.ask("new.test", "", path).status, 403)

    def test_106_constants_of_an_app_pass_with_a_new_session(self):
        constants = "Authorization: Bearer constant-for-everybody\r\nX-Api-Key: constant-of-the-app\r\n"
        self.end("mine.test", "Cookie: sid=0123456789abcdef\r\n" + constants)
        self.ask("mine.test", "X-Set: sid=fedcba9876543210; Path=/\r\n")
        self.assertEqual(self.ask("mine.test", "Cookie: sid=fedcba9876543210\r\n" + constants).status, 200)
        fields = {name.lower(): value for name, value in self.seen[-1].fields}
        self.assertEqual((fields.get("authorization"), fields.get("x-api-key")),
                         ("Bearer constant-for-everybody", "constant-of-the-app"))

    def test_107_another_cookie_of_the_same_value_brings_nothing_back(self):
        self.end("token.test", "Cookie: sid=0123456789abcdef\r\n")
        self.ask("token.test", "X-Set: lang=0123456789abcdef\r\n")
        self.assertEqual(self.arrives("token.test", "Cookie: sid=0123456789abcdef\r\n"), [])

    def test_111_operators_see_the_answer_while_it_is_in_force(self):
        self.end("busy.test", "Cookie: sid=0123456789abcdef\r\n")
        listed = self.gateway.command("grants", "-c", self.gateway.config).stdout
        self.assertIn("busy.test", listed)

    def test_113_a_reply_to_the_old_session_that_was_on_its_way_brings_it_not_back(self):
        slow = threading.Thread(target=lambda: self.ask(
            "early.test", "Cookie: sid=0123456789abcdef\r\nX-Delay: 1\r\nX-Set: sid=0123456789abcdef; Max-Age=600\r\n", "/free"))
        before = len(self.seen)
        slow.start()
        kit.wait_until(lambda: len(self.seen) > before, "it is on its way")
        self.stop("early.test", "Cookie: sid=0123456789abcdef\r\n")
        slow.join()
        self.assertEqual(self.arrives("early.test", "Cookie: sid=0123456789abcdef\r\n", "/free"), [])
