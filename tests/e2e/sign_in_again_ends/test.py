"""What `sign_in_again` ended stays ended, however it is spelt, and what the app sets anew passes."""

import kit
from kit import asking, websocket, wire
from kit.http2 import Http2

ENDED = ("fields.test", "domain.test", "token.test", "new.test", "mine.test", "sockets.test", "long.test", "odd.test",
         "early.test", "reload.test", "names.test", "busy.test")
SITES = (*ENDED, "box.com", "box.net")  # the last two are one app's
POLICIES = """\
- id: over
  name: The session is over
  when: {user: ana, host.domain: [%s], not: {path: /free}}
  then: sign_in_again
- {id: wide, name: Wide, when: {app: box}, then: sign_in_again}
- {id: all, name: All others, when: {host: "*.zz"}, then: sign_in_again}
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
            resolve={**dict.fromkeys(hosts, secure), "*.zz": plain},
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

    def test_an_answer_for_one_domain_lets_no_old_session_of_another_pass(self):
        self.end("box.com", "Cookie: sid=shown-then\r\n")
        head = self.ask("box.net", "Cookie: sid=of-the-second\r\n")
        self.assertEqual(head.status, 403)

    def test_what_is_set_anew_passes_also_where_it_is_the_same_text(self):
        self.end("new.test", "Cookie: wordpress_test_cookie=WP%20Cookie%20check; lang=en\r\n")
        self.ask("new.test", "X-Set: wordpress_test_cookie=WP%20Cookie%20check; path=/; secure\r\n")
        self.assertEqual(self.arrives("new.test", "Cookie: wordpress_test_cookie=WP%20Cookie%20check\r\n"),
                         ["wordpress_test_cookie=WP%20Cookie%20check"])
        self.assertEqual(self.arrives("new.test", "Cookie: lang=en\r\n"), ["lang=en"])

    def test_another_spelling_is_the_same_credential(self):
        self.end("fields.test", "Cookie: sid=shown-then\r\nAuthorization: Bearer shown-too\r\n")
        for fields in ("Authorization: bearer shown-too\r\n", "Authorization: Bearer  shown-too\r\n",
                       "Authorization: Token shown-too\r\n", "Cookie: sid=\"shown-then\"\r\n", "Cookie: sid =shown-then\r\n",
                       "Cookie: sid= shown-then\r\n", "Cookie: sid=shown-the%6e\r\n", "Cookie: SID=shown-then\r\n",
                       "Cookie: session=shown-then\r\n"):
            with self.subTest(fields):
                self.assertEqual(self.arrives("fields.test", fields), [])

    def test_nor_does_it_pass_in_the_target(self):
        self.end("token.test", "Cookie: JSESSIONID=shown-then\r\nAuthorization: Bearer shown-too\r\n")
        for path in ("/a;jsessionid=shown-then", "/a?sid=shown-then", "/a?access_token=shown-too"):
            with self.subTest(path):
                self.assertEqual(self.ask("token.test", "", path).status, 403)

    def test_nobody_empties_the_book_for_others(self):
        ben = "127.0.0.2"
        page = self.curl("http://ben.zz/", *asking.BEN, "-H", "Accept: text/html", "-b", "sid=shown-then")
        ticket = page.header("Location").rsplit("/", 1)[1]
        self.curl(asking.PORTAL + "/answer", *asking.BEN, "-d", f"ticket={ticket}", "-d", "answer=continue")
        with wire.connect_to(self.gateway.addresses[0]) as peer:
            for number in range(16_500):
                peer.send(f"GET http://d{number}.zz/ HTTP/1.1\r\nHost: d{number}.zz\r\nCookie: a=b\r\n\r\n")
                peer.read_body(peer.read_head())
        self.curl("http://ben.zz/", *asking.BEN, "-b", "sid=shown-then")
        self.assertEqual(self.credentials(self.seen[-1].fields), [])

    def test_the_last_of_many_is_remembered(self):
        self.end("long.test", f"Cookie: {'; '.join(f'j{number}=junk{number:04}' for number in range(512))}; sid=shown-then\r\n")
        self.assertEqual(self.arrives("long.test", "Cookie: sid=shown-then\r\n"), [])
