"""The Tor feed: a logon from one of its addresses is stopped and recorded, and so is traffic to one of them."""

import time

import kit

# Exits are none any more two days after they were seen.
SEEN = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 3600))
FEED = f"""\
ExitNode 0000000000000000000000000000000000000001
Published {SEEN}
LastStatus {SEEN}
ExitAddress 127.0.0.2 {SEEN}
ExitNode 0000000000000000000000000000000000000002
ExitAddress 127.0.0.3 {SEEN}
"""

TAGS = """\
ranges: []
feeds:
  - name: tor exits
    path: tor-exits.txt
    format: auto
    category: risky
    tags: [tor]
"""


class RiskyAddress(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        names = ("app.box.com", "hidden.test", "plain.test")
        cls.nginx = kit.Nginx(cls, [kit.Site(*names, identity=authority.issue(*names))],
                              addresses=("127.0.0.1", "127.0.0.3"))
        cls.nginx.write("/page.html", "page")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate],
            resolve={"app.box.com": cls.nginx.tls, "plain.test": cls.nginx.plain,
                     "hidden.test": f"127.0.0.3:{cls.nginx.tls_port}"},
            files={"tags.yaml": TAGS, "tor-exits.txt": FEED}, config={"tags": {"addresses": "tags.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.from_tor = staticmethod(kit.Curl(cls.gateway, "--interface", "127.0.0.2"))

    def test_a_logon_from_tor_is_stopped(self):
        for url in ("https://app.box.com/login", "http://plain.test/login"):
            with self.subTest(url=url):
                reply = self.from_tor("-d", "user=ana&password=x", url)
                self.assertEqual(reply.status, 403, reply)
                self.assertEqual(reply.json()["policy"], "Logon from a risky IP address")
        rows = self.gateway.wait_for_activities(2, "--ip", "127.0.0.2", "--action", "login", "--verdict", "block")
        for row in rows:
            self.assertEqual((row["client"], row["policy"], row["ending"], row["path"]),
                             ("127.0.0.2", "Logon from a risky IP address", "blocked", "/login"))
        event = self.gateway.event(self.only(rows, host="app.box.com")["id"])
        self.assertEqual(event["client"]["tags"], ["tor"])
        self.assertEqual(event["activities"][0]["type"], "login")
        self.assertEqual([row for row in self.nginx.requests(method="POST") if "from-inside" not in row["uri"]], [])

    def test_the_same_logon_from_inside_passes(self):
        for url in ("https://app.box.com/login?from-inside", "http://plain.test/login?from-inside"):
            with self.subTest(url=url):
                reply = self.curl("-d", "user=ana&password=x", url)
                self.assertEqual((reply.status, reply.text), (200, "welcome"))
        rows = self.gateway.wait_for_activities(2, "--ip", "127.0.0.1", "--action", "login")
        self.assertEqual({row["action"] for row in rows}, {"allow"})

    def test_other_things_from_tor_pass(self):
        self.assertEqual(self.from_tor("https://app.box.com/page.html").text, "page")

    def test_traffic_to_tor_is_stopped(self):
        for url in ("https://hidden.test/page.html", f"http://127.0.0.3:{self.nginx.plain_port}/page.html"):
            with self.subTest(url=url):
                reply = self.curl(url)
                self.assertEqual(reply.status, 403, reply)
                self.assertEqual(reply.json()["policy"], "No traffic to Tor")
        rows = self.gateway.wait_for_activities(2, "--policy", "No traffic to Tor")
        self.assertEqual({row["host"] for row in rows}, {"hidden.test", "127.0.0.3"})
        event = self.gateway.event(self.only(rows, host="hidden.test")["id"])
        self.assertEqual((event["destination"]["ip"], event["destination"]["tags"]), ("127.0.0.3", ["tor"]))
        self.assertEqual(self.nginx.requests(host="hidden.test"), [])
