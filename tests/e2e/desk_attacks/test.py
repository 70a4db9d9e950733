"""Attacks on the desk's API: without its token, with odd names, bodies without end, many operators at once, and through
the proxy itself."""

import json
import threading

import kit
from kit import wire

UNKNOWN = ("", "Authorization: Bearer \r\n", "Authorization: Bearer {short}\r\n", "Authorization: Basic {token}\r\n",
           "Authorization: {token}\r\n", "X-Authorization: Bearer {token}\r\n", "Cookie: token={token}\r\n")


class DeskAttacks(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.gateway = kit.Gateway(cls, policies="[]\n")
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.token = (cls.gateway.state / "admin.token").read_text().strip()
        cls.address = cls.gateway.admin.split("//")[1]

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
                                 ("POST", "/api/v1/addresses"), ("OPTIONS", "/api/v1/suspensions/ana"),
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
