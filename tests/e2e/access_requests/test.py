"""Whoever is blocked may ask for access: operators grant or refuse it, and the person is told what came of it."""

import re

from kit import asking
from kit.asking import BEN

POLICIES = """\
- id: shut
  name: Shut
  when: {host: [shut.test, closed.test, later.test, full.test]}
  then: block
  say: Please use Box for files.
- id: shut-too
  name: Shut for uploads
  when: {host: shut.test, path: /forbidden}
  then: block
"""

HOSTS = ("shut.test", "closed.test", "later.test", "full.test")


class AccessRequests(asking.Asking):
    policies, hosts = POLICIES, HOSTS

    def requests(self, *filters):
        return self.listed("access-requests", *filters)

    def ask(self, host, reason):
        way = self.way_to_ask(host)
        self.answer(way.rsplit("/", 1)[1], reason=reason)
        [asked] = self.requests("--app", host, "--show", "open")
        return way, asked

    def test_what_is_granted_passes_that_policy_there_for_that_person(self):
        page = self.browser.open("https://shut.test/")
        self.picture(page, "block")
        way = page.evaluate("document.querySelector('a[target=_blank]').href")
        page = self.browser.open(way)
        self.picture(page, "request-access")
        page.fill("[name=reason]", "for the fair")
        page.press("button")
        page.wait_for("document.title === 'Your request was sent'")
        [asked] = self.requests("--show", "open", "--app", "shut.test")
        self.assertEqual((asked["user"], asked["policy"], asked["reason"], asked["state"]),
                         ("ana", "shut", "for the fair", "waiting"))

        page = self.browser.open(way)
        self.assertIn("Your request is waiting", page.text())
        self.picture(page, "access-waiting")

        self.assertIn("on every worker", self.cli("access-requests", "grant", asked["id"], "--for", "2h", "--by",
                                                  "ops").stdout)
        page = self.browser.open(way)
        self.assertIn("You may use shut.test", page.text())
        self.picture(page, "access-granted")
        page.press("a.button")
        page.wait_for("document.title === 'There'")
        self.assertEqual(self.curl("https://shut.test/", *BEN).status, 403)
        self.assertEqual(self.curl("https://closed.test/").status, 403)
        self.assertEqual(self.curl("https://shut.test/forbidden").status, 403)

        [grant] = self.grants()
        self.assertEqual((grant["user"], grant["action"], grant["reason"]), ("ana", "block", "for the fair"))
        told = self.cli("policy", "explain", "https://shut.test/", "--user", "ana").stdout
        self.assertRegex(told, "passed over: .*'Shut', which would block, by grant " + grant["id"])
        [row] = self.gateway.wait_for_activities(1, host="shut.test", status=200)[:1]
        self.assertEqual(self.gateway.event(row["id"])["granted"], [{"policy_id": "shut", "grant": grant["id"]}])
        told = self.cli("policy", "explain", "--event", row["id"]).stdout
        self.assertIn("judged again: the same", told)
        [answered] = self.requests("--show", "answered", "--app", "shut.test")
        self.assertEqual((answered["state"], answered["who"], answered["grant"]), ("granted", "ops", grant["id"]))
        self.assertIn("was granted already", self.cli("access-requests", "grant", asked["id"], code=1).stderr)
        self.assertIn(asked["id"], self.cli("access-requests", "--format", "csv").stdout)

        self.cli("grants", "revoke", grant["id"])
        self.assertEqual(self.curl("https://shut.test/").status, 403)
        # Blocked again in spite of it: so it may be asked for again.
        self.wait_a_second()
        self.assertIn("<textarea", self.curl(self.way_to_ask("shut.test")).text)

    def test_who_is_refused_is_told_why(self):
        way, asked = self.ask("closed.test", "I would like to")
        self.cli("access-requests", "refuse", asked["id"], "--say", "Box does <the same>.")
        page = self.browser.open(way)
        self.assertIn("Your request was refused", page.text())
        self.assertIn("Box does <the same>.", page.text())
        self.picture(page, "access-refused")
        self.assertEqual([one["state"] for one in self.requests("--user", "ana@corp.test", "--app", "closed.test")],
                         ["refused"])
        self.assertEqual(self.curl("https://closed.test/").status, 403)

    def test_pages_speak_the_language_of_the_browser_and_programs_english(self):
        german = ["-H", "Accept: text/html", "-H", "Accept-Language: de-CH, en;q=0.5"]
        reply = self.curl("https://full.test/", *german)
        self.assert_has(reply, "content-language", "de")
        for words in ("Der Zugriff auf full.test wurde gesperrt", "Please use Box for files.", "Zugang anfragen",
                      "<dt>Regel</dt><dd><bdi>Shut</bdi>", "Diese Seite kommt nicht von full.test",
                      "das Example Corp betreibt."):
            self.assertIn(words, reply.text)
        way = re.search(r'href="(https://sallyport\.internal/ask/[^"]+)"', reply.text).group(1)
        self.assertIn("<dt>Regel</dt><dd><bdi>Shut</bdi>", self.curl(way, *german).text)
        self.assertEqual(self.curl("https://full.test/", "-H", "Accept-Language: de").json()["title"],
                         "Blocked by policy")
        self.cli("suspend", "ben")
        self.addCleanup(self.cli, "unsuspend", "ben")
        self.assertIn("Ihr Zugang ist vorübergehend gesperrt.", self.curl("https://full.test/", *german, *BEN).text)

    def test_who_asks_again_and_again_has_asked_once(self):
        tickets = [self.way_to_ask("full.test").rsplit("/", 1)[1] for _ in range(15)]
        said = [self.answer(ticket, *BEN, reason="again").status for ticket in tickets]
        self.assertEqual(set(said), {403})  # Somebody else's.
        said = [self.answer(ticket, reason="again").status for ticket in tickets]
        self.assertEqual(set(said), {200})
        self.assertEqual(len(self.requests("--app", "full.test")), 1)

    def test_the_api_says_what_is_wrong(self):
        self.assertIn("there is no access request", self.cli("access-requests", "refuse", "01JX", code=1).stderr)
        self.ask("later.test", "x")
        [asked] = self.requests("--app", "later.test", "--show", "open")
        self.assertIn("no span", self.cli("access-requests", "grant", asked["id"], "--for", "10y", code=1).stderr)
        self.cli("access-requests", "--show", "closed", code=None)


class WhileNoGatewayRuns(asking.Asking):
    policies, hosts, browses = POLICIES, HOSTS, False

    def test_operators_answer_and_it_holds_from_the_next_start_on(self):
        for host in ("later.test", "shut.test"):
            self.answer(self.way_to_ask(host).rsplit("/", 1)[1], reason="once more")
        ids = {one["app"]: one["id"] for one in self.listed("access-requests")}
        self.gateway.stop()
        self.assertIn("from the next start on", self.cli("access-requests", "grant", ids["later.test"]).stdout)
        self.cli("access-requests", "refuse", ids["shut.test"], "--say", "no")
        self.start_again()
        self.assertEqual(self.curl("https://later.test/").status, 200)
        self.assertEqual(self.curl("https://shut.test/").status, 403)
        self.assertRegex(self.curl(self.way_to_ask("shut.test")).text, r'class="say">no<')
        self.assertEqual({one["app"]: one["state"] for one in self.listed("access-requests")},
                         {"later.test": "granted", "shut.test": "refused"})
