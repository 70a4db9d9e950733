"""Who keeps what they showed of a session that policy ended gets nowhere with it, whatever they write around it and wherever
in the domain they show it; what is new passes at once, and nobody else notices."""

import threading

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
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

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

    # --- what was shown ---

    def test_a_cookie_passes_no_more_whatever_stands_around_it(self):
        self.end("fields.test", "Cookie: sid=shown-then; theme=shown-beside\r\n")
        for fields, left in (("Cookie: sid=shown-then; theme=shown-beside\r\n", []),
                             ("Cookie: theme=shown-beside;sid=shown-then\r\n", []),
                             ("cOOkie:sid=shown-then\r\n", []),
                             ("Cookie: ;; sid=shown-then ;\r\n", []),
                             ("Cookie: sid=shown-then\t;a=b\r\n", ["a=b"]),
                             ("Cookie: a=b\r\nCookie: sid=shown-then\r\n", ["a=b"]),
                             ("Cookie: sid=shown-then\r\nAccept: */*\r\nCookie: a=b; sid=shown-then\r\n", ["a=b"]),
                             ("Cookie: $Version=1; sid=shown-then; $Path=/\r\n", ["$Version=1; $Path=/"]),
                             ("Cookie: sid=shown-then; sid=set-anew; sid=shown-then\r\n", ["sid=set-anew"])):
            with self.subTest(fields):
                self.assertEqual(self.arrives("fields.test", fields), left)

    def test_nor_in_crumbs_of_http2(self):
        self.end("odd.test", "Cookie: sid=shown-then\r\n")
        with Http2.connect(self.gateway, "odd.test") as connection:
            for crumbs, left in ((["sid=shown-then"], []), (["a=b", "sid=shown-then"], ["a=b"]),
                                 (["sid=shown-then; a=b", "c=d"], ["a=b; c=d"]),
                                 (["a=b", "", "sid=shown-then", "sid=shown-then"], ["a=b"])):
                with self.subTest(crumbs):
                    reply = connection.request("/", fields=[("cookie", crumb) for crumb in crumbs]).wait_end()
                    self.assertEqual(reply.status, 200)
                    self.assertEqual(self.credentials(self.seen[-1].fields), left)

    def test_nor_anywhere_in_the_domain_at_any_worker_with_tls_or_without(self):
        self.end("domain.test", "Cookie: sid=shown-then\r\n")
        for _ in range(8):  # Each on a connection of its own: both workers have some.
            for host in ("domain.test", "api.domain.test", "plain.domain.test"):
                self.assertEqual(self.arrives(host, "Cookie: sid=shown-then\r\n", "/any?where"), [])

    def test_nor_before_the_button_is_pressed_where_the_policy_does_not_look(self):
        self.assertEqual(self.arrives("early.test", "Cookie: sid=shown-then\r\n", "/free"), ["sid=shown-then"])
        self.stop("early.test", "Cookie: sid=shown-then\r\n")
        self.assertEqual(self.arrives("early.test", "Cookie: sid=shown-then\r\n", "/free"), [])

    def test_a_token_passes_no_more_and_a_password_does(self):
        self.end("token.test", "Authorization: Bearer shown-then\r\n")
        for fields, left in (("Authorization: Bearer shown-then\r\n", []), ("authorization:  Bearer shown-then \r\n", []),
                             ("Authorization: Bearer set-anew\r\nAuthorization: Bearer shown-then\r\n", ["Bearer set-anew"]),
                             ("Authorization: Bearer shown-thens\r\n", ["Bearer shown-thens"]),
                             ("Authorization: Basic YW5hOmE=\r\n", ["Basic YW5hOmE="])):
            with self.subTest(fields):
                self.assertEqual(self.arrives("token.test", fields), left)

    def test_a_websocket_that_is_opened_then_does_not_carry_it(self):
        self.end("sockets.test", "Cookie: sid=shown-then\r\n")
        with kit.connect_through(self.gateway, "sockets.test") as peer:
            head = websocket.open_client(peer, "sockets.test", fields="Cookie: sid=shown-then; a=b\r\n")
            self.assertEqual(head.status, 101)
            self.assertEqual(self.credentials(self.seen[-1].fields), ["a=b"])
        with Http2.connect(self.gateway, "sockets.test") as connection:
            self.assertEqual(connection.websocket("/", [("cookie", "sid=shown-then")]).wait_head().status, 200)
            self.assertEqual(self.credentials(self.seen[-1].fields), [])

    def test_it_is_remembered_across_a_reload_and_beside_many_other_domains(self):
        self.end("reload.test", "Cookie: sid=shown-then\r\n")
        policies = self.gateway.directory / "policies/policies.yaml"
        policies.write_text(policies.read_text() + "- {name: One more, when: {host: more.test}, then: block}\n")
        kit.wait_until(lambda: self.curl("http://more.test/").status == 403, "it is read")
        self.assertEqual(self.arrives("reload.test", "Cookie: sid=shown-then\r\n"), [])

    def test_many_cookies_are_as_well_taken_out_and_the_rest_is_left(self):
        many = [f"c{number}={number:016x}" for number in range(500)]
        self.end("long.test", f"Cookie: {'; '.join(many)}\r\n")
        rest = ";".join(f"r{number}=other{number:04}" for number in range(1_000))
        [left] = self.arrives("long.test", f"Cookie: {';'.join(many)};{rest}\r\n")
        self.assertEqual(left.replace(" ", ""), rest)

    # --- what is new, and whose it is ---

    def test_what_is_new_passes_at_once_by_any_worker_and_version(self):
        self.end("new.test", "Cookie: sid=shown-then\r\nAuthorization: Bearer shown-then\r\n")
        new = "Cookie: sid=set-anew; old=sid\r\nAuthorization: Bearer set-anew\r\n"
        for host in ("new.test", "api.new.test", "plain.new.test") * 4:
            self.assertEqual(self.arrives(host, new), ["sid=set-anew; old=sid", "Bearer set-anew"])
        with Http2.connect(self.gateway, "new.test") as connection:
            fields = [("cookie", "sid=set-anew"), ("cookie", "old=sid"), ("authorization", "Bearer set-anew")]
            self.assertEqual(connection.request("/", fields=fields).wait_end().status, 200)
            self.assertEqual(sorted(self.credentials(self.seen[-1].fields)), ["Bearer set-anew", "sid=set-anew; old=sid"])

    def test_nobody_else_and_no_other_domain_is_signed_out(self):
        same = "Cookie: sid=same-text\r\nAuthorization: Bearer same-text\r\n"
        self.end("mine.test", same)
        self.assertEqual(self.arrives("other.test", same), ["sid=same-text", "Bearer same-text"])
        self.curl("https://mine.test/", *asking.BEN, "-b", "sid=same-text", "-H", "Authorization: Bearer same-text")
        self.assertEqual(sorted(self.credentials(self.seen[-1].fields)), ["Bearer same-text", "sid=same-text"])

    def test_a_rehearsal_ends_no_session(self):
        head = self.ask("rehearsed.test", NAVIGATES + "Cookie: sid=shown-then\r\n")
        self.assertEqual((head.status, head.get("Clear-Site-Data"), head.get("Set-Cookie")), (200, None, None))
        self.assertEqual(self.arrives("rehearsed.test", "Cookie: sid=shown-then\r\n"), ["sid=shown-then"])

    # --- what is thrown away ---

    def test_names_of_cookies_write_no_fields_and_reach_no_other_domain(self):
        names = ["a b", "x\"y", "Domain", "__Host-sid", "q,r", "e\u00e9", "very" * 50, "ok", ""]
        head = self.stop("names.test", "Cookie: " + "; ".join(f"{name}=1" for name in names) + "\r\n")
        cleared = [value for name, value in head.fields if name == "Set-Cookie"]
        self.assertEqual({value.split("=")[0] for value in cleared}, {"Domain", "__Host-sid", "very" * 50, "ok"})
        for value in cleared:
            self.assertRegex(value, r"^[\w-]+=; Path=/; Max-Age=0; Secure; HttpOnly(; Domain=names\.test)?$")
            self.assertFalse(value.startswith("__Host-") and "Domain=" in value, value)

    def test_of_many_programs_that_show_theirs_at_once_each_loses_it(self):
        statuses = []

        def program(number):
            for _ in range(4):
                statuses.append(self.ask("api.busy.test", f"Cookie: sid=of-program-{number:04}\r\n").status)

        threads = [threading.Thread(target=program, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [403] * 48)
        self.end("busy.test", "Cookie: sid=of-the-browser\r\n")
        for name in ("of-the-browser", *(f"of-program-{number:04}" for number in range(12))):
            self.assertEqual(self.arrives("busy.test", f"Cookie: sid={name}; mine=other\r\n"), ["mine=other"])
