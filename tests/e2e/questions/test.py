"""Operators ask somebody "was this you?": it is shown once, in the place of a page, and the answer is kept."""

import time

from kit import asking
from kit.asking import BEN, NAVIGATES

POLICIES = """\
- id: shut
  name: Shut
  when: {host: shut.test}
  then: block
"""

HOSTS = ("open.test", "other.test", "shut.test")


class Questions(asking.Asking):
    policies, hosts = POLICIES, HOSTS

    def questions(self, *filters):
        return self.listed("questions", *filters)

    def ask(self, *arguments):
        self.cli("ask", *arguments, "--by", "ops")
        return self.questions("--show", "open")[0]

    def tearDown(self):
        for one in self.questions("--show", "open"):
            self.cli("questions", "withdraw", one["id"])

    def event_of_ana(self, path):
        self.curl("https://open.test" + path)
        return self.gateway.wait_for_activities(1, path=path)[0]["id"]

    def test_about_what_was_recorded_and_not_me(self):
        event = self.event_of_ana("/seen")
        question = self.ask("ana@corp.test", "--about", event, "--say", "We saw this from <Rome>.")
        self.assertEqual((question["user"], question["event"], question["by"]), ("ana", event, "ops"))
        self.assertEqual(self.curl("https://other.test/").status, 200)  # A script is not held up.
        self.assertEqual(self.curl("https://other.test/", *NAVIGATES, *BEN).status, 200)

        page = self.browser.open("https://other.test/?x=1")
        self.assertTrue(page.url().startswith("https://sallyport.internal/ask/"), page.url())
        for text in ("Was this you?", "We saw this from <Rome>.", "open.test", event):
            self.assertIn(text, page.text())
        self.assertNotIn("other.test", page.text())
        self.picture(page, "question")
        page.press("button[value=no]")
        page.wait_for("document.title === 'Thank you'")
        self.assertIn("this was not you", page.text())
        self.picture(page, "question-not-me")
        page.press("a.button")
        page.wait_for("document.title === 'There'")
        self.assertEqual(page.url(), "https://other.test/?x=1")

        [answered] = self.questions("--show", "not_me")
        self.assertEqual((answered["id"], answered["client"]), (question["id"], "127.0.0.1"))
        self.assertIn('"this was not me", says ana', self.gateway.log())
        self.assertEqual(self.curl("https://other.test/", *NAVIGATES).status, 200)  # Once.
        [row] = self.gateway.wait_for_activities(1, host="other.test", status=303)[:1]
        self.assertEqual(self.gateway.event(row["id"])["ending"], "refused")

    def test_in_words_and_by_mistake_at_curl(self):
        question = self.ask("ana", "--say", "Did you ask us for a new password?")
        ticket = self.ticket("https://open.test/")
        self.assertEqual(self.answer(ticket, *BEN, answer="yes").status, 403)
        self.assertEqual(self.answer(ticket).status, 422)
        self.assertEqual(self.answer(ticket, answer="mistake").status, 200)
        self.assertEqual(self.answer(ticket, answer="no").status, 403)
        self.assertEqual([one["state"] for one in self.questions() if one["id"] == question["id"]], ["mistake"])

    def test_each_worker_has_it_within_a_second(self):
        self.ask("ana", "--say", "Was it you?")
        begun = time.monotonic()
        said = [self.curl("https://open.test/", *NAVIGATES).status for _ in range(20)]
        self.assertEqual(set(said), {303})
        self.assertLess(time.monotonic() - begun, 20)

    def test_what_is_blocked_stays_blocked_and_what_is_posted_is_not_lost(self):
        self.ask("ana", "--say", "Was it you?")
        self.assertEqual(self.curl("https://shut.test/", *NAVIGATES).status, 403)
        self.assertNotEqual(self.curl("https://open.test/", *NAVIGATES, "-d", "x=1").status, 303)

    def test_operators_are_told_what_is_wrong(self):
        event = self.event_of_ana("/hers")
        for arguments, words in ((("ben", "--about", event), "is of ana, not of ben"),
                                 (("ana", "--about", "01JDN0000000000000000000G1"), "there is no event"),
                                 (("ana", "--about", "x"), "no event id"),
                                 (("ana", "--say", "x", "--for", "never"), "no span"),
                                 (("ana", "--say", "x" * 1001), "at most 1000 bytes")):
            self.assertIn(words, self.cli("ask", *arguments, code=1).stderr)
        self.assertIn("--about", self.cli("ask", "ana", code=2).stderr)
        self.ask("ana", "--about", event)
        self.assertIn("asked about that already", self.cli("ask", "ana", "--about", event, code=1).stderr)
        for number in range(9):
            self.cli("ask", "ana", "--say", str(number))
        self.assertIn("10 questions wait", self.cli("ask", "ana", "--say", "one more", code=1).stderr)
        self.assertIn("there is no question", self.cli("questions", "withdraw", "01JX", code=1).stderr)


class OverARestart(asking.Asking):
    policies, hosts, browses = POLICIES, HOSTS, False

    def test_a_question_waits_and_may_be_asked_while_no_gateway_runs(self):
        self.cli("ask", "ana", "--say", "Before?")
        self.gateway.stop()
        self.assertIn("next start", self.cli("ask", "ben", "--say", "Meanwhile?").stdout)
        self.start_again()
        for who, words in (([], "Before?"), (BEN, "Meanwhile?")):
            way = self.way("https://open.test/", *who)
            self.assertIn(words, self.curl(way, *who).text)
            self.answer(way.rsplit("/", 1)[1], *who, answer="yes")
            self.assertEqual(self.curl("https://open.test/", *NAVIGATES, *who).status, 200)
        self.assertEqual({one["state"] for one in self.listed("questions")}, {"yes"})
