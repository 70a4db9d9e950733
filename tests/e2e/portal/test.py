"""What policies ask is answered at the portal: by a person at Chromium, by curl as a script sees it; and by nobody
else. Attackers try other people's tickets, used ones, forged ones, other sites' forms."""

import json
import re

import kit
from kit import asking
from kit.asking import BEN, NAVIGATES, totp

POLICIES = """\
- id: think
  name: Think first
  when: {host: [coached.test, other.test]}
  then: coach
  say: Do you really want this?
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
- id: late
  name: Uploads are thought of first
  when: {host: app.test, activity: upload}
  then: coach
- id: ended
  name: Sessions end at night
  when: {host: signed.test, path: /mail.html}
  then: sign_in_again
- id: shut
  name: Shut
  when: {host: shut.test}
  then: block
"""

HOSTS = ("coached.test", "other.test", "reasoned.test", "proven.test", "noticed.test", "app.test", "shut.test", "signed.test")
APP = """<!DOCTYPE html><title>App</title><h1>App</h1><p id="said">nothing yet</p><script>
function send() {
  fetch('/up/a.pdf', {method: 'PUT', headers: {'Content-Type': 'application/pdf'}, body: '%PDF-1.7 x'})
    .then(r => r.json().catch(() => ({})).then(body => r.status + ' ' + (body.needs || '')))
    .catch(e => 'failed: ' + e).then(text => { document.getElementById('said').textContent = text; });
}
</script>"""


class PortalScenario(asking.Asking):
    policies, hosts = POLICIES, HOSTS

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.nginx.write("/app.html", APP)
        cls.nginx.write("/mail.html", "<!DOCTYPE html><title>Mail</title><h1>Mail</h1>")

    # --- people at browsers ---

    def test_coach_is_shown_answered_and_leads_on(self):
        page = self.browser.open("https://coached.test/")
        self.assertIn("Do you really want this?", page.text())
        self.picture(page, "coach")
        page.press("button[value=continue]")
        page.wait_for("document.title === 'There'")
        self.assertEqual(page.url(), "https://coached.test/")
        self.assertEqual([(one["policy"], one["user"]) for one in self.grants() if one["policy"] == "think"],
                         [("think", "ana")])

    def test_justify_wants_a_reason_and_keeps_it(self):
        page = self.browser.open("https://reasoned.test/")
        page.press("button[value=continue]")
        page.wait_for("document.querySelector('[aria-invalid=true], :invalid') !== null")
        page.fill("[name=reason]", "Audit of <b>May</b>")
        self.picture(page, "justify")
        page.press("button[value=continue]")
        page.wait_for("document.title === 'There'")
        self.assertIn("Audit of <b>May</b>", [one.get("reason") for one in self.grants()])

    def test_step_up_enrols_an_authenticator_and_asks_for_its_code(self):
        page = self.browser.open("https://proven.test/")
        self.assertTrue(page.url().startswith("https://sallyport.internal/"), page.url())
        self.picture(page, "step-up-enrol")
        found = re.search(r"secret=([A-Z2-7]+)", page.evaluate("document.documentElement.outerHTML"))
        secret = found.group(1) if found else re.sub(
            r"\s", "", re.search(r"\b((?:[A-Z2-7]{4}\s?){8})", page.text()).group(1))
        code = totp(secret)
        page.fill("[name=code]", code)
        page.press("button[value=continue]")
        page.wait_for("document.title === 'There'")
        self.revoke()
        again = self.browser.open("https://proven.test/")
        self.picture(again, "step-up")
        again.fill("[name=code]", code)  # Used, whatever the time is by now.
        again.press("button[value=continue]")
        again.wait_for("document.querySelector('[aria-invalid=true]') !== null")
        self.assertEqual([one for one in self.grants() if one["policy"] == "prove"], [])
        [factor] = self.listed("factors")
        self.assertEqual(factor["user"], "ana")
        self.assertIn("enrolled", factor)
        self.assertNotIn(secret, str(factor))
        self.cli("factors", "forget", "ana@corp.test", "--by", "ops")
        self.assertEqual(self.listed("factors"), [])
        self.assertIn("the authenticator app of ana is forgotten by ops", self.gateway.log())
        self.assertIn("no authenticator app", self.cli("factors", "forget", "ana", code=1).stderr)
        anew = self.browser.open("https://proven.test/")
        self.assertIn("Set up your authenticator app", anew.text())

    def test_a_browser_throws_away_what_it_kept_of_a_session_that_ends(self):
        page = self.browser.open("https://signed.test/app.html")
        page.evaluate("document.cookie = 'sid=old; path=/'; localStorage.token = 'old'; true")
        self.assertEqual(page.evaluate("document.cookie"), "sid=old")
        page.go("https://signed.test/mail.html")  # The same window: another has cookies of its own.
        self.assertTrue(page.url().startswith("https://sallyport.internal/"), page.url())
        self.picture(page, "sign-in-again")
        page.press("button[value=continue]")
        page.wait_for("document.title === 'Mail'")
        self.assertEqual(page.evaluate("document.cookie"), "")
        self.assertEqual(page.evaluate("localStorage.length"), 0)

    def test_notice_is_shown_once(self):
        page = self.browser.open("https://noticed.test/")
        self.picture(page, "notice")
        page.press("button[value=continue]")
        page.wait_for("document.title === 'There'")
        self.assertEqual(self.curl("https://noticed.test/", *NAVIGATES).status, 200)

    def test_an_upload_inside_of_an_app_gets_an_error_that_its_script_can_read(self):
        page = self.browser.open("https://app.test/app.html")
        page.evaluate("send()")
        page.wait_for("document.getElementById('said').textContent === '403 coach'")

    # --- scripts ---

    def test_a_script_hears_what_is_needed_and_where(self):
        reply = self.curl("https://coached.test/", "-H", "Accept: application/json")
        self.assertEqual(reply.status, 403)
        said = json.loads(reply.text)
        self.assertEqual(said["needs"], "coach")
        self.assertTrue(said["portal"].startswith("https://sallyport.internal/ask/"), said)

    def test_once_answered_a_script_passes_too_and_only_there(self):
        reply = self.curl("https://coached.test/", *BEN)
        self.assertEqual(reply.status, 403)
        ticket = self.ticket("https://coached.test/", *BEN)
        said = self.answer(ticket, *BEN, answer="continue")
        self.assertEqual(said.status, 200, said)
        self.assertEqual(self.curl("https://coached.test/", *BEN).status, 200)
        self.assertEqual(self.curl("https://other.test/", *BEN).status, 403)
        self.revoke()
        self.assertEqual(self.curl("https://coached.test/", *BEN).status, 403)

    # --- attackers ---

    def refused(self, reply, policy="think"):
        self.assertNotEqual(reply.status, 303)
        self.assertEqual([one for one in self.grants() if one["policy"] == policy and one["user"] == "ana"], [])

    def test_nobody_answers_for_somebody_else(self):
        self.revoke()
        of_ben = self.ticket("https://coached.test/", *BEN)
        self.refused(self.answer(of_ben, answer="continue"))
        self.assertEqual(self.grants(), [])

    def test_a_ticket_is_good_once_and_as_it_was_sealed(self):
        self.revoke()
        ticket = self.ticket("https://coached.test/")
        for forged in (ticket[:-2] + ("AA" if ticket[-2:] != "AA" else "BB"), "x" + ticket, ticket[:40], "", "A" * 9000):
            self.refused(self.answer(forged, answer="continue"))
        self.assertEqual(self.answer(ticket, answer="continue").status, 200)
        self.revoke()
        self.refused(self.answer(ticket, answer="continue"))

    def test_other_sites_cannot_send_the_form(self):
        self.revoke()
        ticket = self.ticket("https://coached.test/")
        for fields in (["-H", "Origin: https://evil.test"], ["-H", "Origin: null"],
                       ["-H", "Origin: https://coached.test"], ["-H", "Sec-Fetch-Site: cross-site"], ["-H", "Sec-Fetch-Site: same-site"]):
            self.refused(self.answer(ticket, *fields, answer="continue"))
        self.refused(self.curl(f"https://sallyport.internal/answer?ticket={ticket}&answer=continue"))

    def test_pages_cannot_be_framed_cached_or_scripted_and_lead_nowhere_else(self):
        reply = self.curl(self.way("https://coached.test/?%3Cscript%3Ealert(1)%3C/script%3E&return=https://evil.test/"))
        policy = reply.header("content-security-policy")
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertIn("default-src 'none'", policy)
        self.assertIn("no-store", reply.header("cache-control"))
        self.assertNotIn("<script>alert", reply.text)
        self.assertIsNone(reply.header("set-cookie"))
        self.assertNotIn("href=\"https://evil.test", reply.text)

    def test_access_requests_cannot_flood_the_operators(self):
        ticket = self.way_to_ask("shut.test").rsplit("/", 1)[1]
        said = [self.curl("https://sallyport.internal/answer", "--data-urlencode", f"ticket={ticket}",
                          "--data-urlencode", "reason=again").status for _ in range(15)]
        self.assertNotIn(500, said)
        self.assertLessEqual(self.gateway.log().count("access is asked for: ana"), 1)

    def test_what_never_reaches_an_origin(self):
        self.assertEqual(self.curl("https://sallyport.internal/").status, 404)
        self.curl("https://coached.test/")  # Behind it, so that what is recorded is there.
        kit.wait_until(lambda: self.gateway.activities(), "something is recorded")
        self.assertFalse([row for row in self.gateway.activities() if row["host"] in ("", "sallyport.internal")])
        self.assertFalse([one for one in self.nginx.requests() if "sallyport" in one["uri"] + one["host"]])
