"""The portal's pages in a real browser: how they look on a phone and in the dark, and what another site can do with them."""

import json
import time
import urllib.parse

import kit
from kit.driven_browser import DrivenBrowser

POLICIES = """\
- id: think
  name: Think first
  when: {host: coached.test}
  then: coach
  say: Do you really want this? <script>document.title = 'run'</script>
- id: why
  name: Say why
  when: {host: reasoned.test}
  then: justify
- id: prove
  name: Prove it
  when: {host: proven.test}
  then: step_up
- id: told
  name: Monitored
  when: {host: noticed.test}
  then: notice
- id: shut
  name: Shut
  when: {host: shut.test}
  then: block
- id: framed
  name: Think first, again
  when: {host: framed.test}
  then: coach
"""

HOSTS = ("coached.test", "reasoned.test", "proven.test", "noticed.test", "shut.test", "framed.test", "evil.test")
PORTAL = "https://sallyport.internal"


class PortalAttacks(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.nginx = kit.Nginx(cls, [kit.Site(*HOSTS, identity=authority.issue(*HOSTS))])
        cls.nginx.write("/index.html", "<title>the app</title><h1>the app itself</h1>")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={host: cls.nginx.tls for host in HOSTS},
            files={"addresses.yaml": "- {cidr: 127.0.0.0/8, user: ana}\n",
                   "users.csv": "name,user,upn,groups\nana,,ana@corp.test,staff\n"},
            config={"gateway": {"name": "sallyport.localhost", "contact": "mailto:helpdesk@example.org"},
                    "users": {"directory": "users.csv", "addresses": "addresses.yaml"},
                    "portal": {"organisation": "Example Corp", "enrol": True,
                               "pages": str(cls.source / "conf/pages")}})
        cls.browser = DrivenBrowser(cls, cls.gateway)
        # Tickets of the second in which the gateway began are not taken: they may be from before it.
        begun = int(time.time())
        kit.wait_until(lambda: int(time.time()) > begun, "another second begins")
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    def picture(self, page, name):
        for width, dark in ((1000, False), (1000, True), (360, False)):
            page.look(width, 900, dark)
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width, f"{name} at {width}")
            page.screenshot(self.output / f"{name}-{width}{'-dark' if dark else ''}.png")
        page.look(1000, 900)

    def problem(self, reply):
        self.assertEqual(reply.status, 403)
        self.assert_has(reply, "content-type", "application/problem+json")
        return json.loads(reply.body)

    def test_every_page_fits_a_phone_and_the_dark(self):
        for host, field in (("coached.test", "button[value=back]"), ("reasoned.test", "#reason"),
                            ("proven.test", "svg.qr"), ("noticed.test", "button"), ("shut.test", "a[target=_blank]")):
            with self.subTest(host=host):
                page = self.browser.open(f"https://{host}/")
                page.wait_for(f"document.querySelector('{field}')")
                self.picture(page, host.split(".")[0])
        page.go(page.evaluate("document.querySelector('a[target=_blank]').href"))
        self.picture(page, "request")

    def test_going_back_sends_nothing(self):
        page = self.browser.open("https://coached.test/")
        page.press("button[value=back]")
        page.wait_for("document.title === 'You did not continue'")
        self.assertEqual(self.nginx.requests(host="coached.test"), [])

    # What another site can do with a ticket that it got hold of, in the browser of its owner.

    def ticket_of(self, host):
        return self.problem(self.curl(f"https://{host}/", "-H", "Accept: */*"))["portal"].rsplit("/", 1)[1]

    def answer(self, ticket):
        return self.curl(PORTAL + "/answer", "--data-urlencode", f"ticket={ticket}", "-d", "answer=continue")

    def assert_stays_shut(self, host):
        self.problem(self.curl(f"https://{host}/"))
        self.assertEqual(self.nginx.requests(host=host), [])

    def test_attack_from_another_site_fails(self):
        ticket = self.ticket_of("framed.test")
        page = self.browser.open("https://evil.test/")
        page.evaluate(f"""document.body.innerHTML = `<form id=f method=post action="{PORTAL}/answer">
            <input name=ticket value="{ticket}"><input name=answer value=continue></form>`;
            document.querySelector('#f').submit()""")
        page.wait_for("document.title === 'This answer cannot be taken'")
        self.assert_stays_shut("framed.test")

    def test_attack_by_framing_fails(self):
        ticket = self.ticket_of("framed.test")
        page = self.browser.open("https://evil.test/")
        page.evaluate(f"""new Promise(done => {{ const f = document.createElement('iframe'); f.onload = done;
            f.src = "{PORTAL}/ask/{ticket}"; document.body.replaceChildren(f); }})""")
        frames = list(self.browser.frames())
        self.assertEqual(len(frames), 1)
        # The browser's own page of an error stands there instead.
        self.assertEqual(frames[0].evaluate("location.protocol"), "chrome-error:")
        self.assertTrue(frames[0].evaluate("document.querySelector('form, a') === null"))

    def test_attack_by_script_in_every_field_fails(self):
        evil = "<script>document.title='run'</script>"
        for path in (f"/{evil}", f"/ask/{evil}", f"/signed-in?state={evil}&code={evil}"):
            page = self.browser.open(PORTAL + urllib.parse.quote(path, safe="/?&=<>'"))
            self.assertNotEqual(page.evaluate("document.title"), "run", path)
        page = self.browser.open("https://coached.test/" + "x")
        self.assertNotEqual(page.evaluate("document.title"), "run")

    def test_z_attack_by_a_flood_is_held_up(self):
        statuses = [self.answer("x").status for _ in range(60)]
        self.assertIn(429, statuses)
        self.assertLessEqual(statuses.count(403), 40)
