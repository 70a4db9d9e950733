"""Basic proxy authentication against bcrypt: who may pass, who it was, and that no origin learns the password."""

import json
import time
import urllib.error
import urllib.request
import warnings

import kit

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import crypt  # Debian 12 has Python 3.11, which still has it.

POLICIES = """\
- name: guests may not upload
  when: {user.group: guests, activity: upload}
  then: block
"""

USERS = """\
name,user,upn,groups
ana,CORP\\ana,ana@corp.test,staff
ben,,,guests
"""


def bcrypt(password):
    return crypt.crypt(password, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1 << 5))


class ProxyAuth(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.heads = []
        cls.plain = kit.RawOrigin(cls, cls.talk)
        cls.tls = kit.RawOrigin(cls, cls.talk, authority.issue("inside.test"))
        # `htpasswd -B` writes $2y$, libcrypt $2b$: the same hash.
        lines = f"ana:{bcrypt('right horse').replace('$2b$', '$2y$', 1)}\nben:{bcrypt('geheim:ü')}\n"
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={"inside.test": cls.tls.address, "plain.test": cls.plain.address},
            files={"htpasswd": lines, "users.csv": USERS},
            config={"users": {"htpasswd": "htpasswd", "directory": "users.csv"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def talk(cls, peer):
        while head := peer.read_head():
            cls.heads.append(head)
            peer.read_body(head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")

    def seen(self, path):
        return [head for head in self.heads if head.target.endswith(path)]

    def test_without_credentials_it_asks_for_them(self):
        for url in ("http://plain.test/asked", "https://inside.test/asked"):
            with self.subTest(url=url):
                result = self.curl("-v", url, code=None)
                self.assertIn("HTTP/1.1 407 ", result.messages)
                self.assertRegex(result.messages, r'(?i)< Proxy-Authenticate: Basic realm="[^"]+", charset="UTF-8"')
        reply = self.curl("-H", "Accept: text/html", "http://plain.test/asked")
        self.assertEqual(reply.status, 407)
        self.assertIn("Please sign in", reply.text)
        self.assertEqual(self.seen("/asked"), [])

    def test_wrong_credentials_are_refused(self):
        for user in ("ana:wrong", "nobody:right horse", "ana:", ":", "ana", "ANA\x7f:right horse"):
            with self.subTest(user=user):
                reply = self.curl("--proxy-user", user if ":" in user else user + ":", "http://plain.test/wrong")
                self.assertEqual(reply.status, 407)
        for value in ("Basic", "Basic !!!!", "Bearer abc", "Basic YW5h", "Digest username=ana"):
            with self.subTest(value=value):
                reply = self.curl("--proxy-header", f"Proxy-Authorization: {value}", "http://plain.test/wrong")
                self.assertEqual(reply.status, 407)
        self.assertEqual(self.seen("/wrong"), [])
        self.gateway.wait_for_activities(6, "--verdict", "refused", path="/wrong")

    def test_right_credentials_pass_and_name_the_user(self):
        for number, (user, name) in enumerate((("ana:right horse", "ana"), ("ben:geheim:ü", "ben"),
                                               ("Ana:right horse", "ana"), ("CORP\\ana:right horse", "ana"),
                                               ("ana@corp.test:right horse", "ana"))):
            path = f"/passed-{number}"
            for url in ("http://plain.test", "https://inside.test"):
                with self.subTest(user=user, url=url):
                    self.assertEqual(self.curl("--proxy-user", user, url + path).text, "ok\n")
            rows = self.gateway.wait_for_activities(2, "--user", name, path=path)
            self.assertEqual({row["user"] for row in rows}, {name})
            self.assertEqual(self.gateway.event(rows[0]["id"])["user_source"], "basic")

    def test_no_origin_learns_the_credentials(self):
        for url in ("http://plain.test/secret", "https://inside.test/secret"):
            self.curl("--proxy-user", "ana:right horse", "-H", "Authorization: Basic Zm9yOm9yaWdpbg==", url)
        heads = self.seen("/secret")
        self.assertEqual(len(heads), 2)
        for head in heads:
            self.assertIsNone(head.get("Proxy-Authorization"))
            self.assertNotIn("YW5hOnJpZ2h0IGhvcnNl", repr(head))
            self.assertEqual(head.get("Authorization"), "Basic Zm9yOm9yaWdpbg==")  # That one is for the origin.

    def test_credentials_are_nowhere_on_disk_or_screen(self):
        self.curl("--proxy-user", "ana:right horse", "http://plain.test/kept")
        self.gateway.wait_for_activities(1, path="/kept")
        files = [*(file for file in self.gateway.state.rglob("*") if file.is_file()),
                 self.gateway.stdout, self.gateway.stderr]
        for file in files:
            content = file.read_bytes()
            for secret in (b"right horse", b"YW5hOnJpZ2h0IGhvcnNl"):
                self.assertNotIn(secret, content, file)

    def test_groups_of_the_user_count_in_policies(self):
        for user, status in (("ben:geheim:ü", 403), ("ana:right horse", 200)):
            with self.subTest(user=user):
                reply = self.curl("--proxy-user", user, "-T", "-", "https://inside.test/report.pdf", stdin=b"%PDF")
                self.assertEqual(reply.status, status)
        row = self.gateway.wait_for_activities(1, "--policy", "guests may not upload")[0]
        self.assertEqual((row["user"], row["type"], row["action"]), ("ben", "upload", "block"))

    def test_a_connection_does_not_lend_its_user(self):
        """Two requests on one connection, the second without credentials."""
        peer = kit.wire.connect_to(self.gateway.addresses[0])
        with peer:
            ask = "GET http://plain.test/lent HTTP/1.1\r\nHost: plain.test\r\n{}\r\n"
            peer.send(ask.format("Proxy-Authorization: Basic YW5hOnJpZ2h0IGhvcnNl\r\n"))
            head = peer.read_head()
            self.assertEqual((head.status, peer.read_body(head)), (200, b"ok\n"))
            peer.send(ask.format(""))
            self.assertEqual(peer.read_head().status, 407)
        self.assertEqual(len(self.seen("/lent")), 1)

    def test_pages_that_everybody_needs_are_open(self):
        for path in ("/proxy.pac", "/ca.pem", "/healthz"):
            with self.subTest(path=path):
                peer = kit.wire.connect_to(self.gateway.addresses[0])
                with peer:
                    peer.send(f"GET {path} HTTP/1.1\r\nHost: {self.gateway.addresses[0]}\r\n\r\n")
                    self.assertEqual(peer.read_head().status, 200)


class HeldUp(kit.Scenario):
    """Too many wrong passwords: no more are looked at for a while, and whoever is signed in goes on."""

    @classmethod
    def prepare(cls):
        cls.origin = kit.RawOrigin(cls, cls.talk)
        cls.gateway = kit.Gateway(
            cls, resolve={"plain.test": cls.origin.address},
            files={"htpasswd": f"ana:{bcrypt('right horse')}\nben:{bcrypt('battery')}\n"},
            config={"users": {"htpasswd": "htpasswd"}, "limits": {"sign_in": {"failures": 3}}, "workers": 2})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def talk(cls, peer):
        while head := peer.read_head():
            peer.read_body(head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")

    def test_after_three_failures_over_all_workers(self):
        # Whichever worker takes a connection, the count is one; one check may run on each at once.
        statuses = [self.curl("--proxy-user", f"ana:guess {n}", "http://plain.test/").status for n in range(8)]
        self.assertEqual(statuses, [407] * 3 + [429] * 5)
        result = self.curl("-v", "--proxy-user", "ana:right horse", "http://plain.test/", code=None)
        self.assertIn("HTTP/1.1 429 ", result.messages)
        self.assertRegex(result.messages, r"(?i)< Retry-After: \d+")
        self.assertEqual(self.curl("--proxy-user", "ben:battery", "http://plain.test/").text, "ok\n")


class Addresses(kit.Scenario):
    """Who is at which address: told to the running gateway, seen in records and by the operator, kept over a restart."""

    @classmethod
    def prepare(cls):
        cls.origin = kit.RawOrigin(cls, cls.talk)
        cls.gateway = kit.Gateway(
            cls, resolve={"plain.test": cls.origin.address},
            policies="- name: not ben\n  when: {user: ben@corp.test}\n  then: block\n",
            files={"users.csv": USERS.replace("ben,,", "ben,,ben@corp.test")},
            config={"users": {"directory": "users.csv"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def talk(cls, peer):
        while head := peer.read_head():
            peer.read_body(head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")

    def ask(self, method, path, body=None, token=None):
        token = token or (self.gateway.state / "admin.token").read_text().strip()
        request = urllib.request.Request(self.gateway.admin + path, method=method,
                                         headers={"Authorization": f"Bearer {token}"},
                                         data=json.dumps(body).encode() if body is not None else None)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            reply = opener.open(request, timeout=10)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        return reply.status, json.loads(reply.read())

    def put(self, user, **more):
        status, said = self.ask("PUT", "/api/v1/addresses", {"entries": [{"address": "127.0.0.1", "user": user, **more}]})
        self.assertEqual((status, said["total"]), (200, 1))

    def status(self):
        return self.curl("http://plain.test/").status

    def test_a_feed_counts_at_once_on_every_worker_and_over_a_restart(self):
        self.assertEqual(self.ask("GET", "/api/v1/addresses", token="guess")[0], 401)
        for user, status in (("CORP\\ana", 200), ("ben", 403)) * 3:
            self.put(user, source="dhcp")
            deadline = time.monotonic() + 1
            while self.status() != status and time.monotonic() < deadline:
                pass
            self.assertEqual([self.status() for _ in range(8)], [status] * 8)
        rows = self.gateway.wait_for_activities(8, "--user", "ben", "--policy", "not ben")
        self.assertEqual(self.gateway.event(rows[0]["id"])["user_source"], "address_feed")
        self.gateway.stop()
        shown = json.loads(self.gateway.command("users", "-c", self.gateway.config, "ben@corp.test",
                                                "--format", "json").stdout)
        self.assertEqual((shown[0]["user"], shown[0]["other_names"], shown[0]["groups"]),
                         ("ben", ["ben@corp.test"], ["guests"]))
        self.assertRegex(shown[0]["addresses"][0], r"^127\.0\.0\.1 until \S+Z \(dhcp\)$")
        self.gateway.start()
        self.assertEqual(self.status(), 403)
        self.assertEqual(self.ask("DELETE", "/api/v1/addresses/127.0.0.1")[0], 200)
        self.put("ana", ttl="1s")
        time.sleep(1.1)  # Its end is wall time, which nobody can set for the binary.
        row = self.curl("http://plain.test/ended")
        self.assertEqual(row.status, 200)
        self.gateway.wait_for_activities(1, "--user", "", path="/ended")

    def test_users_lists_everybody_for_people_and_for_programs(self):
        table = self.gateway.command("users", "-c", self.gateway.config).stdout
        self.assertRegex(table, r"(?m)^USER +OTHER NAMES +DOMAIN +GROUPS +MANAGER +SIGNS IN +ADDRESSES$")
        self.assertRegex(table, r"(?m)^ana +ana@corp\.test, corp\\ana +corp\.test +staff +- +no ")
        csv = self.gateway.command("users", "-c", self.gateway.config, "--group", "STAFF", "--format", "csv").stdout
        self.assertIn("ana,ana@corp.test;corp\\ana,corp.test,staff,,no,", csv)
        self.gateway.command("users", "-c", self.gateway.config, "nobody", code=1)
