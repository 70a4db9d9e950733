"""What scenarios about questions to people share: an app that policies ask about, the people, their portal."""

import base64
import hashlib
import hmac
import json
import re
import struct
import time

from kit.curl import Curl
from kit.driven_browser import DrivenBrowser
from kit.gateway import Gateway
from kit.nginx import Nginx, Site
from kit.pki import Authority
from kit.scenario import Scenario, wait_until

PORTAL = "https://sallyport.internal"
NAVIGATES = ["-H", "Accept: text/html", "-H", "Sec-Fetch-Mode: navigate", "-H", "Sec-Fetch-Dest: document"]
BEN = ["--interface", "127.0.0.2"]  # Everybody else is ana.


def totp(secret, at=None):
    """RFC 6238 with SHA-1, 30 seconds, six digits."""
    counter = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place:place + 4])[0] & 0x7fffffff) % 1_000_000:06}"


class Asking(Scenario):
    policies = ""
    hosts = ()
    browses = True  # A browser stays open; the gateway must not start again then, because its port changes.
    settings = {}   # What the configuration has besides.
    more_files = {}

    @classmethod
    def prepare(cls):
        authority = Authority(cls)
        cls.nginx = Nginx(cls, [Site(*cls.hosts, identity=authority.issue(*cls.hosts))])
        cls.nginx.write("/index.html", "<!DOCTYPE html><title>There</title><h1>reached</h1>")
        config = {"gateway": {"name": "sallyport.localhost", "contact": "mailto:helpdesk@example.org"},
                  "users": {"directory": "users.csv", "addresses": "addresses.yaml"},
                  "portal": {"organisation": "Example Corp", "enrol": True, "pages": str(cls.source / "conf/pages")}}
        for section, values in cls.settings.items():
            if isinstance(values, dict):
                config.setdefault(section, {}).update(values)
            else:
                config[section] = values
        cls.gateway = Gateway(
            cls, roots=[authority.certificate], policies=cls.policies,
            resolve={host: cls.nginx.tls for host in cls.hosts},
            files={"addresses.yaml": "- {cidr: 127.0.0.2, user: ben}\n- {cidr: 127.0.0.0/8, user: ana}\n",
                   "users.csv": "name,user,upn,groups\nana,,ana@corp.test,staff\nben,,,staff\n", **cls.more_files},
            config=config)
        cls.curl = staticmethod(Curl(cls.gateway))
        if cls.browses:
            cls.browser = DrivenBrowser(cls, cls.gateway)
        cls.wait_a_second()

    @classmethod
    def wait_a_second(cls):
        """Tickets of the second in which the gateway began are not taken: they may be from before it."""
        begun = int(time.time())
        wait_until(lambda: int(time.time()) > begun, "another second begins")

    def start_again(self):
        self.gateway.start()
        self.wait_a_second()

    # --- operators ---

    def cli(self, *arguments, code=0):
        return self.gateway.command(*arguments, "-c", self.gateway.config, code=code)

    def listed(self, *arguments):
        return json.loads(self.cli(*arguments, "--format", "json").stdout)

    def grants(self):
        return self.listed("grants")

    def revoke(self):
        for grant in self.grants():
            self.cli("grants", "revoke", grant["id"])

    # --- people ---

    def way(self, url, *arguments):
        """The address of the portal's page that somebody who navigates is sent to."""
        reply = self.curl(url, *NAVIGATES, *arguments)
        self.assertEqual(reply.status, 303, reply)
        return reply.header("location")

    def ticket(self, url, *arguments):
        return self.way(url, *arguments).rsplit("/", 1)[1]

    def way_to_ask(self, host, *arguments):
        """Where the page of a block leads who wants access."""
        page = self.curl(f"https://{host}/", "-H", "Accept: text/html", *arguments).text
        return re.search(r'href="(https://sallyport\.internal/ask/[^"]+)"', page).group(1)

    def answer(self, ticket, *arguments, **fields):
        data = [part for name, value in {"ticket": ticket, **fields}.items()
                for part in ("--data-urlencode", f"{name}={value}")]
        return self.curl(PORTAL + "/answer", *data, *arguments)

    def enrol(self, url, *arguments):
        """What the page says that is shown where somebody who has none is asked for a second factor, and sets one up."""
        page = self.curl(self.way(url, *arguments), "-H", "Accept: text/html", *arguments).text
        secret = re.search(r"secret=([A-Z2-7]+)", page)
        secret = secret.group(1) if secret else re.sub(r"\s", "", re.search(r"\b((?:[A-Z2-7]{4}\s?){8})", page).group(1))
        ticket = re.search(r'name="?ticket"? value="([^"]+)"', page).group(1)
        return self.answer(ticket, *arguments, answer="continue", code=totp(secret)).text

    def picture(self, page, name):
        """Light, dark and as narrow as a phone; nothing may stick out."""
        for width, dark in ((1000, False), (1000, True), (360, False)):
            page.look(width, 900, dark)
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width, f"{name} at {width}")
            page.screenshot(self.output / f"{name}-{width}{'-dark' if dark else ''}.png")
        page.look(1000, 900)
