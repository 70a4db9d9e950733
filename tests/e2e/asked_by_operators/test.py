"""An operator ends somebody's sessions, or requires a second factor of them: by the API as the console asks it, and by
command. What the person meets at the next request, what lets them go on, who may ask for it, and what the log has."""

import datetime
import json

import kit
from kit import asking
from kit.asking import BEN

GOES_ON = "<title>You can continue</title>"
HOSTS = ("mail.test", "files.test", "login.corp.test", "other.corp.test")


class AskedByOperators(asking.Asking):
    hosts, browses = HOSTS, False
    policies = "- {id: open, name: Left unopened, kind: tls, when: {host: files.test, user: ben}, then: bypass}\n"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.people = {role: kit.Console.of(cls.gateway, f"the-{role}", role) for role in ("viewer", "analyst", "operator")}
        cls.document = cls.people["operator"].ask("GET", "/api/v1/openapi.json")[1]

    def tearDown(self):
        for one in self.listed("suspensions"):
            asks = {"step_up": ["--until-step-up"], "sign_in_again": ["--until-sign-in"]}.get(one.get("asks"), [])
            self.cli("unsuspend", one["user"], *asks)
        self.revoke()

    def sign_in_anew(self):
        """The gateway has begun again, elsewhere and without the sessions of before."""
        for role, browser in self.people.items():
            browser.address = self.gateway.admin.split("//")[1]
            self.assertEqual(browser.sign_in(f"the-{role}", kit.console.PASSWORD)[0], 200)

    def suspend(self, query, user="ana", who="operator", method="PUT", **fields):
        return self.people[who].ask(method, f"/api/v1/suspensions/{user}?{query}", **fields)

    def demand(self, asks, more="", user="ana"):
        status, answer = self.suspend(f"asks={asks}&reason=a+lost+laptop{more}", user)
        self.assertEqual(status, 200, answer)
        kit.Console.check(self.document, "Suspension", answer)
        return answer["suspension"]

    def needs(self, host="mail.test", *arguments):
        """What a program is told that is needed; "" where the request reaches the app."""
        reply = self.curl(f"https://{host}/", *arguments)
        return "" if reply.status == 200 else reply.json()["needs"]

    def log(self, action):
        return [one for one in self.listed("governance", "log") if one["action"] == action]

    # --- sessions ---

    def test_sessions_end_domain_by_domain_and_go_on_once_signed_in_again(self):
        self.assertEqual(self.needs(), "")
        made = self.demand("sign_in_again")
        self.assertEqual((made["asks"], made["reach"], made["who"], made["reason"]),
                         ("sign_in_again", "everything", "the-operator", "a lost laptop"))
        begun, ends = (datetime.datetime.fromisoformat(made[when].replace("Z", "+00:00")) for when in ("from", "until"))
        self.assertLess(abs((ends - begun).total_seconds() - 7 * 86400), 120)
        self.assertEqual((self.needs(), self.needs("files.test")), ("sign_in_again", "sign_in_again"))
        self.assertEqual(self.needs("mail.test", *BEN), "")
        cookie = ["-H", "Cookie: sid=shown-in-the-old-session"]
        ticket = self.ticket("https://mail.test/", *cookie)
        self.assertEqual(self.answer(ticket, *BEN, answer="continue").status, 403)
        self.assertEqual(self.needs(), "sign_in_again")
        self.assertIn(GOES_ON, self.answer(ticket, answer="continue").text)
        self.assertEqual((self.needs(), self.needs("files.test")), ("", "sign_in_again"))
        [grant] = self.grants()
        self.assertEqual((grant["policy"], grant["action"], grant["user"], grant["app"]),
                         ("suspension", "sign_in_again", "ana", "mail.test"))
        # Ended once more, it is asked once more, and a page that was kept from before answers nothing.
        kept = self.ticket("https://files.test/")
        self.demand("sign_in_again")
        self.assertEqual(self.needs(), "sign_in_again")
        self.assertNotIn(GOES_ON, self.answer(kept, answer="continue").text)
        self.assertEqual(self.needs("files.test"), "sign_in_again")
        self.assertIn(GOES_ON, self.answer(self.ticket("https://files.test/"), answer="continue").text)
        status, answer = self.suspend("asks=sign_in_again", method="DELETE")
        self.assertEqual((status, answer["lifted"]), (200, 1))
        self.assertEqual((self.needs(), self.needs("files.test")), ("", ""))
        ended = [one for one in self.log("end sessions") if one["who"] == "the-operator"]
        self.assertEqual([one["why"] for one in ended], ["a lost laptop"] * 2)
        self.assertIn("the-operator", [one["who"] for one in self.log("lift sign-in")])

    # --- a second factor ---

    def test_a_second_factor_is_shown_once_for_everything_and_holds_over_a_restart(self):
        self.demand("step_up", "&for=2h", user="ANA@corp.test")
        self.assertEqual((self.needs(), self.needs("files.test")), ("step_up", "step_up"))
        event = self.newest("mail.test")
        self.assertEqual((event["action"], event["policy_id"], event["ending"]), ("step_up", "suspension", "blocked"))
        self.assertEqual(event["suspension"], self.listed("suspensions")[0]["id"])
        told = self.cli("policy", "explain", "--event", event["id"]).stdout
        self.assertIn("step_up, at request: ana is suspended", told)
        self.assertIn("judged again: the same", told)
        wrong = self.answer(self.ticket("https://mail.test/"), answer="continue", code="000000")
        self.assertNotIn(GOES_ON, wrong.text)
        self.assertIn(GOES_ON, self.enrol("https://mail.test/"))
        self.assertEqual((self.needs(), self.needs("files.test")), ("", ""))
        [grant] = self.grants()
        self.assertEqual((grant["policy"], grant["action"], grant["until"]),
                         ("suspension", "step_up", self.listed("suspensions")[0]["until"]))
        self.gateway.stop()
        self.start_again()
        self.sign_in_anew()
        self.assertEqual(self.needs(), "")
        self.cli("grants", "revoke", self.grants()[0]["id"])
        self.assertEqual(self.needs(), "step_up")

    def newest(self, host):
        found = kit.wait_until(lambda: [row for row in self.gateway.activities() if row["host"] == host and row["status"] == 403],
                               f"{host} is recorded")
        return self.gateway.event(found[0]["id"])

    # --- with other things ---

    def test_one_app_alone_is_asked_where_one_is_named_and_a_block_goes_before(self):
        self.assertEqual(self.suspend("asks=step_up&app=dropbox")[0], 200)
        self.assertEqual(self.needs(), "")
        self.suspend("asks=step_up&app=dropbox", method="DELETE")
        self.demand("step_up")
        self.assertEqual(self.suspend("for=1h")[0], 200)
        self.assertNotIn("needs", self.curl("https://mail.test/").json())
        # Each is lifted by its own name.
        self.assertEqual(self.suspend("", method="DELETE")[1]["lifted"], 1)
        self.assertEqual(self.needs(), "step_up")
        status, answer = self.suspend("", method="DELETE")
        self.assertEqual(status, 404)
        self.assertIn("a suspension is in force that says step_up", answer["detail"])

    def test_who_is_to_show_a_second_factor_comes_to_the_provider(self):
        origins = json.loads(self.gateway.config.read_text())["origins"]
        sign_in = {"name": "Corp Login", "issuer": "https://login.corp.test", "client_id": "sallyport"}
        gateway = kit.Gateway(self, "provider", policies="[]\n", roots=origins["roots"], resolve=origins["resolve"],
                              files={"addresses.yaml": "- {cidr: 127.0.0.0/8, user: ana}\n"},
                              config={"users": {"addresses": "addresses.yaml"}, "portal": {"sign_in": sign_in}})
        curl = kit.Curl(gateway)
        gateway.command("suspend", "ana", "--until-step-up", "-c", gateway.config)
        self.assertEqual(curl("https://login.corp.test/").status, 200)
        self.assertEqual(curl("https://other.corp.test/").json()["needs"], "step_up")
        gateway.command("suspend", "ana", "-c", gateway.config)
        self.assertEqual(curl("https://login.corp.test/").status, 403)

    def test_what_is_not_opened_is_not_asked(self):
        self.demand("step_up", user="ben")
        self.assertEqual(self.needs("mail.test", *BEN), "step_up")
        reply = self.curl("https://files.test/", *BEN, "-k")
        self.assertEqual((reply.status, reply.text.count("reached")), (200, 1))

    # --- commands ---

    def test_commands_do_the_same_beside_a_gateway_and_without(self):
        self.assertIn("suspended on every worker",
                      self.cli("suspend", "ana", "--until-sign-in", "--for", "2d", "--reason", "left", "--by", "root").stdout)
        [one] = self.listed("suspensions")
        self.assertEqual((one["asks"], one["who"], one["reason"]), ("sign_in_again", "root", "left"))
        self.assertEqual(self.needs(), "sign_in_again")
        self.assertIn("until signed in again", self.cli("users", "show", "ana").stdout)
        self.assertIn("lifted on every worker", self.cli("unsuspend", "ana", "--until-sign-in").stdout)
        self.assertEqual(self.needs(), "")
        self.gateway.stop()
        self.cli("suspend", "ana", "--until-step-up")
        self.start_again()
        self.sign_in_anew()
        self.assertEqual(self.needs(), "step_up")
        self.assertIn("excludes", self.cli("suspend", "ana", "--until-step-up", "--until-sign-in", code=2).stderr)

    # --- who may ---

    def test_only_an_operator_with_the_proof_of_the_session_may_and_nonsense_is_refused(self):
        for who in ("viewer", "analyst"):
            self.assertEqual(self.suspend("asks=step_up", who=who)[0], 403)
            self.assertEqual(self.suspend("asks=step_up", who=who, method="DELETE")[0], 403)
        for fields in ({"X_CSRF_Token": None}, {"X_CSRF_Token": "0" * 64}, {"Sec_Fetch_Site": "cross-site"}):
            self.assertEqual(self.suspend("asks=step_up", **fields)[0], 403, fields)
        for query in ("asks=coach", "asks=block", "asks=fly", "asks=sign_in_again&for=32d", "asks=step_up&for=1s",
                      "asks=step_up&asks=step_up", "asks=step_up&app=", "asks=step_up&reason=two%0Alines",
                      "asks=step_up&app=dropbox&sanctioned=true"):
            self.assertEqual(self.suspend(query)[0], 400, query)
        self.assertEqual(self.suspend("asks=coach", method="DELETE")[0], 400)
        self.assertEqual(self.suspend("asks=step_up&app=nowhere")[0], 404)
        self.assertEqual(self.listed("suspensions"), [])
        self.assertEqual(self.needs(), "")
        self.assertEqual([one for one in self.listed("governance", "log") if one["who"] in ("the-viewer", "the-analyst") and one["action"] != "change account"],
                         [])
