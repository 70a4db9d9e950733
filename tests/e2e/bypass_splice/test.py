"""A bypass rule: the origin's own certificate reaches the client, nothing is opened, and the bytes are counted."""

import socket
import ssl

import kit

POLICIES = """\
- name: mega stays out
  when: {app: mega}
  then: block
- name: pinned apps stay closed
  kind: tls
  when: {host: [pinned.test, raw.test]}
  then: bypass
"""


class BypassSplice(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        names = ("pinned.test", "opened.test", "mega.nz")
        cls.identity = cls.authority.issue(*names)
        cls.nginx = kit.Nginx(cls, [kit.Site(*names, identity=cls.identity)])
        cls.nginx.write("/file.bin", bytes(500_000))
        cls.raw = kit.RawOrigin(cls, cls.talk)
        cls.gateway = kit.Gateway(cls, roots=[cls.authority.certificate], policies=POLICIES, resolve={
            **{name: cls.nginx.tls for name in names}, "raw.test": cls.raw.address})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        der = ssl.PEM_cert_to_DER_cert(cls.identity.certificate.read_text())
        cls.origins_own = kit.fingerprint(der)

    @staticmethod
    def talk(peer):
        """Not TLS: a greeting, then what came until the other side had nothing more to say."""
        peer.send("220 ready\r\n")
        said = peer.read_to_end()
        peer.send(b"you said: " + said)

    def shown_for(self, host, **more):
        with kit.connect_through(self.gateway, host, ca=False, **more) as peer:
            context = peer.socket.getpeercert(binary_form=True)
            return kit.fingerprint(context)

    def test_the_origins_own_certificate_reaches_the_client(self):
        self.assertEqual(self.shown_for("pinned.test"), self.origins_own)
        self.assertNotEqual(self.shown_for("opened.test"), self.origins_own)
        # A client that trusts the origin's authority and not ours is content, and one the other way is not.
        ask = "https://{}/file.bin"
        self.assertEqual(self.curl(ask.format("pinned.test"), ca=self.authority.certificate).body, bytes(500_000))
        self.curl(ask.format("pinned.test"), code=60)
        self.curl(ask.format("opened.test"), ca=self.authority.certificate, code=60)
        self.assertEqual(self.curl(ask.format("opened.test")).status, 200)

    def test_the_tunnel_is_recorded_with_its_bytes_and_nothing_of_its_inside(self):
        self.curl("https://pinned.test/file.bin", ca=self.authority.certificate)
        row = [row for row in self.gateway.wait_for_activities(1, "--host", "pinned.test", "--verdict", "bypass")
               if row["bytes_out"] > 500_000][0]
        self.assertEqual((row["kind"], row["action"], row["policy"], row["ending"]),
                         ("tunnel", "bypass", "pinned apps stay closed", "completed"))
        for inside in ("method", "path", "status"):
            self.assertNotIn(inside, row)
        self.assertGreater(row["bytes_in"], 300)
        self.assertLess(row["bytes_out"], 520_000)
        event = self.gateway.event(row["id"])
        self.assertFalse(event["intercepted"])
        self.assertNotIn("client_version", event.get("tls", {}))

    def test_bytes_of_a_raw_tunnel_are_exact_and_half_closing_works(self):
        with kit.connect_through(self.gateway, "raw.test", tls=False) as peer:
            self.assertEqual(peer.read_exactly(11), b"220 ready\r\n")  # The origin speaks first.
            peer.send(b"x" * 12345)
            peer.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(peer.read_to_end(), b"you said: " + b"x" * 12345)
        row = self.gateway.wait_for_activities(1, "--host", "raw.test")[0]
        self.assertEqual((row["kind"], row["bytes_in"], row["bytes_out"], row["ending"]),
                         ("tunnel", 12345, 11 + 10 + 12345, "completed"))

    def test_a_bypassed_name_does_not_carry_another(self):
        # CONNECT to the one, SNI of the other: bypassed only if both may be.
        self.assertNotEqual(self.shown_for("pinned.test", server_name="opened.test"), self.origins_own)
        with kit.connect_through(self.gateway, "pinned.test", server_name="mega.nz") as peer:
            peer.send("GET / HTTP/1.1\r\nHost: mega.nz\r\n\r\n")
            self.assertEqual(peer.read_head().status, 403)
        self.assertEqual(self.nginx.requests(host="mega.nz"), [])

    def test_what_is_not_tls_is_carried_only_where_a_rule_bypasses(self):
        with kit.connect_through(self.gateway, "opened.test", tls=False) as peer:
            peer.send("EHLO there\r\n")
            try:
                self.assertEqual(peer.read_to_end(), b"")
            except ConnectionError:
                pass
        self.gateway.wait_for_activities(1, "--host", "opened.test", "--verdict", "refused")
