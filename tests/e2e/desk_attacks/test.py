"""Attacks on the desk's API: without its token, with odd names, misspelt and doubled queries, bodies without end, and
two operators at once."""

import json
import threading
import time

import kit
from kit import wire

POLICIES = "- {id: shut, name: Shut, when: {host: shut.test}, then: block}\n"
PEOPLE = 20
UNKNOWN = ("", "Authorization: Bearer \r\n", "Authorization: Bearer {short}\r\n", "Authorization: Basic {token}\r\n",
           "Authorization: {token}\r\n", "X-Authorization: Bearer {token}\r\n", "Cookie: token={token}\r\n")


class DeskAttacks(kit.Scenario):
    @classmethod
    def prepare(cls):
        people = "".join(f"- {{cidr: 127.0.0.{number + 1}, user: u{number}}}\n" for number in range(PEOPLE))
        cls.gateway = kit.Gateway(cls, policies=POLICIES, files={"addresses.yaml": people},
                                  config={"users": {"addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.token = (cls.gateway.state / "admin.token").read_text().strip()
        cls.address = cls.gateway.admin.split("//")[1]
        # Tickets of the second in which the gateway began are not taken: they may be from before it.
        begun = int(time.time())
        kit.wait_until(lambda: int(time.time()) > begun, "another second begins")

    def say(self, data):
        """What the admin listener answers: its status and its words; None where it hangs up."""
        with wire.connect_to(self.address) as peer:
            peer.send(data)
            head = peer.read_head()
            return (head.status, peer.read_body(head).decode()) if head else None

    def ask(self, method, path, body=b"", fields=None):
        fields = f"Authorization: Bearer {self.token}\r\n" if fields is None else fields
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.address}\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
        return self.say(head.encode("latin-1") + body)

    def listed(self, path, key):
        status, text = self.ask("GET", path)
        self.assertEqual(status, 200, text)
        return json.loads(text)[key]

    # --- who nobody knows ---

    def test_without_the_token_nothing_is_said_or_done(self):
        for fields in UNKNOWN:
            fields = fields.format(token=self.token, short=self.token[:-1])
            for method, path in (("GET", "/api/v1/grants"), ("PUT", "/api/v1/suspensions/ana"),
                                 ("GET", f"/api/v1/grants?token={self.token}"),
                                 ("POST", "/api/v1/questions?user=ana&say=x"), ("OPTIONS", "/api/v1/suspensions/ana"),
                                 ("GET", "/api/v1/nothing")):
                with self.subTest(fields=fields, path=path):
                    self.assertEqual(self.ask(method, path, fields=fields)[0], 401)
        self.assertEqual(self.listed("/api/v1/suspensions", "suspensions"), [])

    def test_no_other_spelling_of_the_path_goes_round_it(self):
        for path in ("//api/v1/grants", "/healthz/../api/v1/grants", "/api%2fv1%2fgrants", "/API/v1/grants",
                     "/./api/v1/grants"):
            with self.subTest(path):
                self.assertIn(self.ask("GET", path, fields="")[0], (401, 404))

    def test_another_site_is_let_read_nothing(self):
        with wire.connect_to(self.address) as peer:
            peer.send(f"GET /api/v1/grants HTTP/1.1\r\nHost: {self.address}\r\nOrigin: https://evil.test\r\n"
                      f"Authorization: Bearer {self.token}\r\n\r\n")
            self.assertIsNone(peer.read_head().get("Access-Control-Allow-Origin"))

    # --- who errs ---

    def test_a_misspelt_or_doubled_query_changes_nothing(self):
        self.assertEqual(self.ask("PUT", "/api/v1/suspensions/zoe")[0], 200)
        for query in ("ap=dropbox", "App=dropbox", "sanctioned=1", "sanctioned=True", "app=dropbox&app=box", "=x"):
            with self.subTest(query):
                self.assertEqual(self.ask("DELETE", f"/api/v1/suspensions/zoe?{query}")[0], 400)
        for query in ("sanctoined=true", "fro=2h", "for=2h&for=3h", "for=0s", "for=-1h", "for=99999999999999999999d"):
            with self.subTest(query):
                self.assertEqual(self.ask("PUT", f"/api/v1/suspensions/ida?{query}")[0], 400)
        self.assertEqual([one["user"] for one in self.listed("/api/v1/suspensions", "suspensions")], ["zoe"])
        self.assertEqual(self.ask("DELETE", "/api/v1/suspensions/zoe")[0], 200)

    def test_what_steers_a_terminal_is_no_name_and_no_reason(self):
        for path in ("/api/v1/suspensions/zoe%1b%5b31m", "/api/v1/suspensions/a%00b", "/api/v1/suspensions/%ff%fe",
                     "/api/v1/suspensions/zoe?reason=%1b%5d0%3bx%07", "/api/v1/suspensions/zoe?reason=a%0ab",
                     "/api/v1/suspensions/" + "u" * 300,
                     "/api/v1/suspensions/zoe?reason=" + "r" * 2_000):
            with self.subTest(path[:60]):
                self.assertEqual(self.ask("PUT", path)[0], 400)
        self.assertEqual(self.listed("/api/v1/suspensions", "suspensions"), [])

    def test_a_body_that_nests_or_never_ends_is_refused(self):
        for body, status in ((b"[" * 900_000, 400), (b'{"entries":' + b"[" * 200_000 + b"]" * 200_000 + b"}", 400),
                             (b'{"entries":[{"address":5,"user":null,"ttl":{}}]}', 400), (b" " * 1_100_000, 413)):
            self.assertEqual(self.ask("POST", "/api/v1/addresses", body)[0], status)
        smuggled = (f"POST /api/v1/addresses HTTP/1.1\r\nHost: {self.address}\r\nContent-Length: 4\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        answer = self.say(smuggled)
        self.assertTrue(answer is None or answer[0] == 400, answer)

    # --- two at once ---

    def wish(self, number):
        """Somebody asks for access on the page of a block."""
        own = ("--interface", f"127.0.0.{number + 1}")
        ticket = self.curl("http://shut.test/", *own).json()["portal"].rsplit("/", 1)[1]
        self.assertEqual(self.curl("https://sallyport.internal/answer", "-d", f"ticket={ticket}", "-d", "reason=please",
                                   *own).status, 200)

    def test_a_wish_that_is_granted_and_refused_at_once_has_one_end(self):
        for number in range(PEOPLE):
            self.wish(number)
        wishes = self.listed("/api/v1/access-requests?state=open", "access_requests")
        self.assertEqual(len(wishes), PEOPLE)
        for wish in wishes:
            both = [threading.Thread(target=self.ask, args=("POST", f"/api/v1/access-requests/{wish['id']}/{what}"))
                    for what in ("grant?for=1h", "refuse?say=no")]
            for thread in both:
                thread.start()
            for thread in both:
                thread.join()
        ends = {wish["user"]: wish["state"] for wish in self.listed("/api/v1/access-requests", "access_requests")}
        granted = {grant["user"] for grant in self.listed("/api/v1/grants", "grants")}
        self.assertEqual({user for user, end in ends.items() if end == "granted"}, granted)
        self.assertEqual(set(ends.values()) - {"granted", "refused"}, set())

    def test_many_operators_at_once_leave_nothing_half_done(self):
        answers = []

        def work(number):
            for _ in range(5):
                answers.append(self.ask("PUT", f"/api/v1/suspensions/v{number}?for=2h")[0])
                answers.append(self.ask("DELETE", f"/api/v1/suspensions/v{number}")[0])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(answers), {200})
        self.assertEqual(self.listed("/api/v1/suspensions", "suspensions"), [])

    # --- from behind ---

    def test_the_proxy_reaches_neither_itself_nor_its_desk(self):
        for host in ("127.0.0.1", "localhost", "127.1", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"):
            for port in (self.address.rsplit(":", 1)[1], self.gateway.port):
                with self.subTest(host=host, port=port):
                    reply = self.curl(f"http://{host}:{port}/metrics", code=None)
                    self.assertTrue(not reply.replies or reply.status in (403, 404, 502), reply)
