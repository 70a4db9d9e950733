"""The portal's pages in a real browser: how they look on a phone and in the dark, and what another site can do with them."""

import json
import urllib.parse

from kit import asking
from kit.asking import PORTAL

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


class PortalAttacks(asking.Asking):
    policies, hosts = POLICIES, HOSTS

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
        statuses = [self.answer("x", answer="continue").status for _ in range(60)]
        self.assertIn(429, statuses)
        self.assertLessEqual(statuses.count(403), 40)
