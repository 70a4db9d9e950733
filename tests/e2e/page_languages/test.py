"""Whatever goes wrong, a person reads of it in the language of their browser, and a program in English."""

import html
import re

import kit
from kit import wire

POLICIES = """\
- {name: Geschlossen, when: {host: closed.test}, then: block}
- {name: Nachgefragt, when: {host: asked.test}, then: coach}
- {name: Warum, when: {host: why.test}, then: justify}
- {name: Ausgewiesen, when: {host: who.test}, then: step_up}
- {name: Beendet, when: {host: ended.test}, then: sign_in_again}
- {name: Woanders, when: {host: away.test}, then: isolate, redirect: "https://isolation.example/open"}
- {name: Suche, safe_search: strict}
"""
# In a frame, where nobody is led to the portal.
PERSON = ["-H", "Accept: text/html", "-H", "Sec-Fetch-Dest: iframe", "-H", "Sec-Fetch-Mode: navigate",
          "-H", "Accept-Language: de-AT, en;q=0.5"]
PROGRAM = ["-H", "Accept: */*", "-H", "Accept-Language: de"]
ENGLISH = re.compile(r"\b(the|this|that|site|your|with|and|of|rule|access|address|time|reference|questions)\b", re.I)


class PageLanguages(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        secure = lambda name, identity: {name: kit.RawOrigin(cls, cls.talk, identity).address}
        plain = kit.RawOrigin(cls, cls.talk).address
        mail = kit.RawOrigin(cls, lambda peer: peer.send("220 ESMTP\r\n")).address
        silent = kit.RawOrigin(cls, wire.Peer.read_to_end).address
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={**secure("good.test", authority.issue("good.test")),
                     **secure("expired.test", authority.issue("expired.test", begins=-20, ends=-10)),
                     **secure("future.test", authority.issue("future.test", begins=5, ends=20)),
                     **secure("wrong.test", authority.issue("another.test")),
                     **secure("self.test", authority.self_sign("self.test")),
                     "nobody.test": "127.0.0.1:1", "mail.test": mail, "silent.test": silent, "clear.test": plain,
                     "inner.test": "10.0.0.7", "www.google.com": plain, "*.test": plain},
            config={"gateway": {"contact": "mailto:hilfe@example.org"}, "timeouts": {"reply_head": "2s", "handshake": "2s"},
                    "portal": {"organisation": "Muster AG", "pages": str(cls.source / "conf/pages")}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @staticmethod
    def talk(peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            if head.target == "/wrong":
                return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
            if head.target == "/closes":
                return
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def faults(self):
        """What goes wrong: its status, words of its page and of its problem details, and how to ask for it."""
        loop = "Via: " + self.curl("http://clear.test/").header("via")
        return (
            (502, "Ein Zertifikat der Website ist abgelaufen.", "Connection not secure", "https://expired.test/"),
            (502, "Ein Zertifikat der Website ist noch nicht gültig.", "Connection not secure", "https://future.test/"),
            (502, "ist auf einen anderen Namen ausgestellt.", "Connection not secure", "https://wrong.test/"),
            (502, "Die Website bürgt nur für sich selbst", "Connection not secure", "https://self.test/"),
            (502, "keine ausreichend starke Verschlüsselung", "No usable answer", "https://mail.test/"),
            (502, "Der Server hat die Verbindung abgelehnt.", "No connection", "http://nobody.test/"),
            (502, "Die Antwort des Servers kann nicht", "No usable answer", "http://clear.test/wrong"),
            (502, "Der Server hat die Verbindung geschlossen.", "No usable answer", "http://clear.test/closes"),
            (504, "Der Server hat nicht rechtzeitig geantwortet.", "No answer", "http://silent.test/"),
            (504, "Der Server hat nicht rechtzeitig geantwortet.", "No answer", "https://silent.test/"),
            (403, "Port 25 ist für das Gateway nicht freigegeben.", "Not reachable from here", "http://clear.test:25/"),
            (403, "in einem Bereich, der für das Gateway gesperrt ist.", "Not reachable from here", "http://inner.test/"),
            (508, "Die Anfrage ist zu dem Gateway zurückgekommen", "Request not understood", "http://clear.test/", "-H", loop),
            (421, "Meist hilft es, die Seite neu zu laden.", "Wrong connection", "https://good.test/", "-H", "Host: a.test"),
            (413, "Die sichere Suche", "Request not understood", "http://www.google.com/search", "-d", "x" * 70_000),
            (403, "Eine Regel, die Muster AG festgelegt hat", "Blocked by policy", "http://closed.test/"),
            (403, "fragt deshalb vorher nach.", "Blocked by policy", "http://asked.test/"),
            (403, "Muster AG bittet dafür zuerst um eine Begründung.", "Blocked by policy", "http://why.test/"),
            (403, "einen zweiten Nachweis, dass Sie es sind.", "Blocked by policy", "http://who.test/"),
            (403, "Muster AG hat diese Sitzung beendet.", "Blocked by policy", "http://ended.test/"),
            (403, "in einem Browser, der an anderer Stelle läuft.", "Blocked by policy", "http://away.test/"))

    def words_of(self, page):
        page = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
        return html.unescape(re.sub("<[^>]+>", " ", page.replace("<wbr>", "")))

    def test_a_person_reads_german_and_nothing_else(self):
        for status, words, _, *request in self.faults():
            with self.subTest(request=request):
                reply = self.curl(*request, *PERSON)
                self.assertEqual(reply.status, status)
                self.assert_has(reply, "content-language", "de")
                self.assertIn("Accept-Language", reply.header("vary"))
                self.assertIn('<html lang="de">', reply.text)
                said = self.words_of(reply.text)
                self.assertIn(words, said)
                self.assertEqual(ENGLISH.findall(said), [])

    def test_a_program_reads_english(self):
        for status, _, title, *request in self.faults():
            with self.subTest(request=request):
                reply = self.curl(*request, *PROGRAM)
                self.assertEqual((reply.status, reply.json()["title"]), (status, title))
                self.assertIsNone(reply.header("content-language"))
                self.assertNotRegex(reply.text, "[äöüß]|Gateway hat|Regel")

    def test_the_nearest_language_is_taken(self):
        for asked, tag in {"de": "de", "DE-ch-1996": "de", "fr, de;q=0.1": "de", "de;q=0.2, en;q=0.3": "en", "de;q=0": "en",
                           "fr": "en", "*": "en", "": "en", "x" * 5000: "en"}.items():
            with self.subTest(asked):
                reply = self.curl("http://closed.test/", "-H", "Accept: text/html", "-H", f"Accept-Language: {asked}")
                self.assert_has(reply, "content-language", tag)
