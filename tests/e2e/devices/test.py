"""Clients that speak TLS to the gateway, and what certificates of devices prove: device.tag in policies."""

import http.client
import json
import re
import socket
import ssl

import kit
from kit.browser import Browser

POLICIES = """\
- name: only our devices may upload
  when:
    activity: upload
    not: { device.tag: managed }
  then: block
  say: Files go up from our own devices alone.
"""


class Devices(kit.Scenario):
    @classmethod
    def prepare(cls):
        servers = kit.Authority(cls)
        cls.fleet = kit.Authority(cls, "Fleet")
        cls.others = kit.Authority(cls, "Others")
        cls.laptop = cls.fleet.issue("laptop-7", usage="clientAuth")
        cls.lost = cls.fleet.issue("laptop-8", usage="clientAuth")
        cls.expired = cls.fleet.issue("laptop-9", usage="clientAuth", begins=-20, ends=-1)
        cls.server = cls.fleet.issue("www.fleet.test")
        cls.stranger = cls.others.issue("laptop-7", usage="clientAuth")
        cls.origin = kit.RawOrigin(cls, cls.talk, servers.issue("files.test"))
        cls.plain = kit.RawOrigin(cls, cls.talk)
        cls.gateway = kit.Gateway(
            cls, roots=[servers.certificate], policies=POLICIES,
            resolve={"files.test": cls.origin.address, "plain.test": cls.plain.address},
            files={"fleet.pem": cls.fleet.certificate.read_text(), "fleet.crl": cls.fleet.revoked(cls.lost),
                   "pac.yaml": "tls: true\n"},
            config={"gateway": {"name": "localhost"}, "pac": "pac.yaml",
                    "listeners": [{"address": "127.0.0.1:0"}, {"address": "127.0.0.1:0", "tls": True}],
                    "devices": [{"authorities": "fleet.pem", "revoked": "fleet.crl", "tags": ["managed"]}]})
        cls.curl = staticmethod(kit.Curl(cls.gateway, "--proxy-cacert", cls.gateway.ca))
        told = re.search(r"^  with TLS +https://127\.0\.0\.1:([0-9]+)$", cls.gateway.stdout.read_text(), re.M)
        cls.port = int(told.group(1))
        cls.tls_proxy = f"https://localhost:{cls.port}"

    @classmethod
    def talk(cls, peer):
        while head := peer.read_head():
            peer.read_body(head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")

    def put(self, *arguments, **options):
        return self.curl("-X", "PUT", "--data-binary", "text", "-H", "Content-Type: application/octet-stream",
                         *arguments, "https://files.test/report.bin", **options).status

    def with_certificate(self, identity):
        return self.put("--proxy-cert", identity.certificate, "--proxy-key", identity.key, proxy=self.tls_proxy)

    def test_a_device_of_ours_may_what_others_may_not(self):
        self.assertEqual(self.with_certificate(self.laptop), 200)
        self.assertEqual(self.put(proxy=self.tls_proxy), 403)
        event = self.gateway.wait_for_activities(1, "--verdict", "allow", path="/report.bin")[-1]
        event = self.gateway.event(event["id"])
        self.assertEqual(event.get("device_tags"), ["managed", "valid_client_certificate"], event)

    def test_the_listener_without_tls_is_no_way_around(self):
        self.assertEqual(self.put(), 403)

    def test_certificates_that_prove_nothing(self):
        before = self.gateway.metric("sallyport_client_certificates_refused_total")
        for name in ("lost", "expired", "server", "stranger"):
            with self.subTest(certificate=name):
                self.assertEqual(self.with_certificate(getattr(self, name)), 403)
        self.assertGreaterEqual(self.gateway.metric("sallyport_client_certificates_refused_total"), before + 4)

    def test_plain_requests_pass_inside_of_tls_too(self):
        reply = self.curl("--proxy-cert", self.laptop.certificate, "--proxy-key", self.laptop.key,
                          "http://plain.test/a", proxy=self.tls_proxy)
        self.assertEqual((reply.status, reply.text), (200, "ok\n"))
        event = self.gateway.wait_for_activities(1, path="/a")[-1]
        event = self.gateway.event(event["id"])
        self.assertEqual(event.get("device_tags"), ["managed", "valid_client_certificate"], event)

    def test_old_tls_and_no_tls_are_refused_and_others_do_not_wait(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as raw:
            raw.sendall(b"GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\n\r\n")
            self.assertEqual(raw.recv(100), b"")
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as silent:
            self.assertEqual(self.with_certificate(self.laptop), 200)
            silent.close()
        context = ssl.create_default_context(cafile=self.gateway.ca)
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises(OSError):
            with socket.create_connection(("127.0.0.1", self.port), timeout=20) as raw:
                context.wrap_socket(raw, server_hostname="localhost")

    def test_it_shows_a_certificate_for_its_name_and_for_its_address(self):
        context = ssl.create_default_context(cafile=self.gateway.ca)
        for name in ("localhost", "127.0.0.1"):
            with self.subTest(name=name):
                with socket.create_connection(("127.0.0.1", self.port), timeout=20) as raw:
                    with context.wrap_socket(raw, server_hostname=name) as inside:
                        self.assertEqual(inside.version(), "TLSv1.3")

    def test_the_pac_file_sends_browsers_there(self):
        pac = self.curl(f"{self.gateway.proxy}/proxy.pac", proxy="").text
        self.assertIn(f'"HTTPS localhost:{self.port}"', pac)
        page = Browser(self, self.gateway).dom("https://files.test/page")
        self.assertIn("ok", page)
        event = self.gateway.wait_for_activities(1, path="/page")[-1]
        event = self.gateway.event(event["id"])
        self.assertEqual(event.get("device_tags", []), [])
        self.assertTrue(event["intercepted"])

    def test_zz_a_list_that_is_replaced_counts_for_what_is_open_too(self):
        context = ssl.create_default_context(cafile=self.gateway.ca)
        phone = self.fleet.issue("phone-1", usage="clientAuth")
        context.load_cert_chain(phone.certificate, phone.key)
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=20)

        def upload():
            connection.request("PUT", "http://plain.test/kept.bin", body=b"text",
                               headers={"Content-Type": "application/octet-stream"})
            reply = connection.getresponse()
            reply.read()
            return reply.status

        self.assertEqual(upload(), 200)
        folder = self.gateway.config.parent
        fresh = folder / "fresh.crl"
        fresh.write_text(self.fleet.revoked(phone))
        fresh.rename(folder / "fleet.crl")
        kit.wait_until(lambda: upload() == 403, lambda: "the connection that is open is judged anew", 10)
        self.assertEqual(self.with_certificate(phone), 403)
        self.assertEqual(self.with_certificate(self.laptop), 200)
        connection.close()

    def test_check_tells_what_is_wrong_with_devices(self):
        config = json.loads(self.gateway.config.read_text())
        folder = self.gateway.config.parent

        def checked(devices, listeners=None):
            config["devices"] = devices
            if listeners is not None:
                config["listeners"] = listeners
            path = folder / "other.yaml"
            path.write_text(json.dumps(config, indent=2))
            return self.gateway.command("check", "-c", path, code=1).stderr

        self.assertIn("cannot be read", checked([{"authorities": "missing.pem"}]))
        self.assertIn("is no tag of devices", checked([{"authorities": "fleet.pem", "tags": ["manged"]}]))
        self.assertIn("did you mean 'managed'?", checked([{"authorities": "fleet.pem", "tags": ["manged"]}]))
        self.assertIn("no list of revoked", checked([{"authorities": "fleet.pem", "revoked": "pac.yaml"}]))
        (folder / "leaf.pem").write_text(self.laptop.certificate.read_text())
        self.assertIn("is no authority", checked([{"authorities": "leaf.pem"}]))
        self.assertIn("no listener without tls",
                      checked([], listeners=[{"address": "127.0.0.1:0", "tls": True}]))
