#!/usr/bin/python3 -B
"""Signing in at a real OpenID provider: npm's oidc-provider on loopback, with TLS; the gateway's relying party alone
(lab.cc), and the whole gateway with a person at Chromium. See README.md beside this.

    tests/sign_in/run.py                       with build/dev/tests/sign_in_lab and build/dev/sallyport
    tests/sign_in/run.py --binary PATH --gateway PATH
"""

import argparse
import hashlib
import http.client
import http.cookiejar
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import unittest
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import kit  # noqa: E402
from kit.driven_browser import DrivenBrowser  # noqa: E402

HOST = "login.corp.test"
CLIENT, SECRET = "sallyport", "s3:cret+of tests"
REDIRECT = "https://sallyport.internal/signed-in"
PREPARE = 600.0  # seconds that npm may take


def install(folder):
    """The provider as the lock file pins it, once per lock file."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "installed"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, folder / name)
    print("Installing the provider ...", flush=True)
    done = subprocess.run([kit.tool("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                          capture_output=True, text=True, timeout=PREPARE)
    if done.returncode != 0:
        raise SystemExit(f"npm could not install the provider:\n{done.stderr[-4000:]}")
    stamp.write_text(lock)


class StopAtTheGateway(urllib.request.HTTPRedirectHandler):
    """Follows the provider's redirects; that to the gateway is what is looked for."""

    def redirect_request(self, request, fp, code, message, headers, new_url):
        if new_url.startswith(REDIRECT):
            raise Arrived(new_url)
        return super().redirect_request(request, fp, code, message, headers, new_url)


class Arrived(Exception):
    pass


class SignIn(kit.Scenario):
    modules: pathlib.Path
    algorithm = "RS256"

    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        # Modules are found from where a script stands.
        shutil.copyfile(HERE / "provider.mjs", cls.modules / "provider.mjs")
        cls.port = cls.start_provider(cls.authority.issue(HOST))

    @classmethod
    def start_provider(cls, identity):
        out, err = cls.directory / "provider.txt", cls.directory / "provider-errors.txt"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = kit.process.start(
                cls, [kit.tool("node"), cls.modules / "provider.mjs", "--issuer", f"https://{HOST}",
                      "--certificate", identity.chain, "--key", identity.key, "--client", CLIENT, "--secret", SECRET,
                      "--redirect", REDIRECT, "--algorithm", cls.algorithm], stdout=stdout, stderr=stderr)
        cls.add_log("the provider", err)

        def listening():
            if process.poll() is not None:
                raise AssertionError(f"the provider ended: {err.read_text()}")
            return out.read_text().strip()
        return int(kit.wait_until(listening, "the provider listens", 60))

    def setUp(self):
        self.lab = self.start_lab(SECRET)

    def start_lab(self, secret, root=None):
        lab = subprocess.Popen([self.binary, HOST, str(self.port), root or self.authority.certificate, CLIENT, secret],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def end():
            lab.stdin.close()
            self.assertEqual(lab.wait(30), 0)
            lab.stdout.close()
        self.addCleanup(end)
        return lab

    def say(self, *words, lab=None):
        lab = lab or self.lab
        print(*words, file=lab.stdin, flush=True)
        return lab.stdout.readline().strip()

    def browse(self, address, user):
        """What a person's browser does: from the address to the gateway's, with the fields of its query."""
        trust, port = ssl.create_default_context(cafile=str(self.authority.certificate)), self.port

        class Provider(http.client.HTTPSConnection):
            def connect(self):
                plain = socket.create_connection(("127.0.0.1", port), 30)
                self.sock = trust.wrap_socket(plain, server_hostname=HOST)

        class Loopback(urllib.request.HTTPSHandler):
            def https_open(self, request):
                return self.do_open(Provider, request)

        opener = urllib.request.build_opener(
            Loopback, StopAtTheGateway, urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        try:
            page = opener.open(address)
            for _ in range(3):
                text = page.read().decode()
                action = re.search(r'<form[^>]*action="([^"]+)"', text).group(1)
                prompt = re.search(r'name="prompt" value="(\w+)"', text).group(1)
                fields = {"prompt": prompt}
                if prompt == "login":
                    fields.update(login=user, password="any")
                page = opener.open(urllib.parse.urljoin(page.url, action), urllib.parse.urlencode(fields).encode())
        except Arrived as arrived:
            return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(str(arrived)).query))
        self.fail(f"the provider does not come to an end: {page.url}")

    def test_who_signs_in_is_named(self):
        state, address = self.say("begin").split(" ")
        came = self.browse(address, "ana")
        self.assertEqual(came["state"], state)
        self.assertEqual(came["iss"], f"https://{HOST}")
        self.assertEqual(self.say("finish", state, came["code"]), "ana")

    def test_a_code_is_good_once(self):
        state, address = self.say("begin").split(" ")
        code = self.browse(address, "ana")["code"]
        self.assertEqual(self.say("finish", state, code), "ana")
        self.assertIn("answered 400", self.say("finish", state, code))

    def test_attack_with_the_code_of_another_state_fails(self):
        state, address = self.say("begin").split(" ")
        other, _ = self.say("begin").split(" ")
        code = self.browse(address, "ana")["code"]
        # The provider holds it against the challenge of the state that it was made for (RFC 7636).
        self.assertIn("answered 400", self.say("finish", other, code))

    def test_attack_with_a_code_that_was_made_up_fails(self):
        state, _ = self.say("begin").split(" ")
        self.assertIn("answered 400", self.say("finish", state, "made-up"))

    def test_a_wrong_secret_is_told(self):
        lab = self.start_lab("wrong")
        state, address = self.say("begin", lab=lab).split(" ")
        code = self.browse(address, "ana")["code"]
        self.assertIn("answered 401", self.say("finish", state, code, lab=lab))

    def test_attack_by_a_provider_with_another_certificate_fails(self):
        other = kit.Authority(type(self), "Another Root")
        lab = self.start_lab(SECRET, other.certificate)
        self.assertIn("refused: origin tls_verify", self.say("begin", lab=lab))


class SignInWithEs256(SignIn):
    algorithm = "ES256"


POLICIES = """\
- id: prove
  name: Prove it
  when: {host: [proven.test, others.test, named.test]}
  then: step_up
"""


class ThroughTheGateway(kit.Scenario):
    """The gateway as a whole, its portal, and a person at Chromium."""

    modules: pathlib.Path
    gateway_binary: pathlib.Path
    algorithm = "RS256"
    start_provider = classmethod(SignIn.start_provider.__func__)

    @classmethod
    def prepare(cls):
        cls.binary = cls.gateway_binary
        authority = kit.Authority(cls)
        shutil.copyfile(HERE / "provider.mjs", cls.modules / "provider.mjs")
        port = cls.start_provider(authority.issue(HOST))
        hosts = ("proven.test", "others.test", "named.test")
        cls.nginx = kit.Nginx(cls, [kit.Site(*hosts, identity=authority.issue(*hosts))])
        cls.nginx.write("/index.html", "<title>the app</title>")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={HOST: f"127.0.0.1:{port}", **{host: cls.nginx.tls for host in hosts}},
            files={"addresses.yaml": "- {cidr: 127.0.0.0/8, user: ana}\n",
                   "users.csv": "name,user,upn,groups\nana,,ana@corp.test,staff\n", "sign_in.secret": SECRET + "\n"},
            config={"gateway": {"name": "sallyport.localhost"},
                    "users": {"directory": "users.csv", "addresses": "addresses.yaml"},
                    "portal": {"sign_in": {"name": "Corp Login", "issuer": f"https://{HOST}", "client_id": CLIENT,
                                           "client_secret_file": "sign_in.secret"}}})
        cls.browser = DrivenBrowser(cls, cls.gateway)

    def sign_in(self, host, user):
        page = self.browser.open(f"https://{host}/")
        page.wait_for("document.title.includes('confirm that it is you')")
        page.screenshot(self.output / "step-up.png")
        page.press("a.button[href*=sign-in]")
        page.wait_for("document.querySelector('input[name=login]')")
        page.fill("input[name=login]", user)
        page.fill("input[name=password]", "any")
        page.press("button[type=submit]")
        page.wait_for("document.querySelector('input[name=prompt][value=consent]')")
        page.press("button[type=submit]")
        return page

    def test_whoever_signs_in_goes_on(self):
        page = self.sign_in("proven.test", "ana")
        page.wait_for("document.title === 'the app'")
        self.assertEqual(page.url(), "https://proven.test/")

    def test_whoever_signs_in_by_another_of_their_names_goes_on(self):
        page = self.sign_in("named.test", "ana@corp.test")
        page.wait_for("document.title === 'the app'")

    def test_attack_by_signing_in_as_somebody_else_fails(self):
        page = self.sign_in("others.test", "mallory")
        page.wait_for("document.title === 'You signed in as somebody else'")
        self.assertIn("mallory", page.text())
        page.screenshot(self.output / "not-who-it-is.png")
        self.assertEqual(self.nginx.requests(host="others.test"), [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=pathlib.Path, default=HERE.parents[1])
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--gateway", type=pathlib.Path, help="build/dev/sallyport")
    parser.add_argument("--modules", type=pathlib.Path, help="where the provider is installed; build/sign_in")
    options = parser.parse_args()
    source = options.source.resolve()
    binary = (options.binary or source / "build/dev/tests/sign_in_lab").resolve()
    if not binary.is_file():
        raise SystemExit(f"{binary} does not exist: build it, or name another with --binary")
    modules = (options.modules or source / "build/sign_in").resolve()
    install(modules)
    SignIn.modules = ThroughTheGateway.modules = modules
    ThroughTheGateway.gateway_binary = (options.gateway or source / "build/dev/sallyport").resolve()
    SignIn.configure(binary, source, modules)
    ThroughTheGateway.configure(binary, source, modules)
    unittest.main(argv=[sys.argv[0]], verbosity=2)


if __name__ == "__main__":
    main()
