"""People at an app with a service worker see our pages, as others do: what their browser asks for through it is what they
navigate to."""

import kit
from kit import asking
from kit.driven_browser import DrivenBrowser

POLICIES = """\
- {name: Think, when: {host: coached.test, path: /page.html}, then: coach}
- {name: Shut, when: {host: shut.test, path: /page.html}, then: block}
- {name: Told, when: {host: noticed.test, path: /page.html}, then: notice}
- {name: Ended, when: {host: signed.test, path: /page.html}, then: sign_in_again}
- {name: Elsewhere, when: {host: far.test, path: /page.html}, then: isolate, redirect: "https://isolation.test/open"}
"""
HOSTS = ("coached.test", "shut.test", "noticed.test", "signed.test", "far.test", "isolation.test")
FILES = {"/worker.js": ("text/javascript", """self.addEventListener('activate', e => e.waitUntil(clients.claim()));
self.addEventListener('fetch', e => e.respondWith(fetch(e.request)));"""),
         "/begin.html": ("text/html", """<!DOCTYPE html><title>Begins</title><script>
navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)
  .then(() => { document.title = 'Ready'; });</script>""")}


class ServiceWorkers(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        origin = kit.RawOrigin(cls, cls.talk, authority.issue(*HOSTS))
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate], policies=POLICIES,
                                  resolve=dict.fromkeys(HOSTS, origin.address),
                                  files={"addresses.yaml": "- {cidr: 127.0.0.0/8, user: ana}\n"},
                                  config={"gateway": {"name": "sallyport.localhost"},
                                          "users": {"addresses": "addresses.yaml"}})
        cls.browser = DrivenBrowser(cls, cls.gateway)
        asking.Asking.wait_a_second()

    @staticmethod
    def talk(peer):
        while (head := peer.read_head()) is not None:
            kind, text = FILES.get(head.target, ("text/html", f"<!DOCTYPE html><title>There</title>{head.get('Host')}"))
            peer.send(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n{text}")

    def through_the_worker(self, host):
        page = self.browser.open(f"https://{host}/begin.html")
        page.wait_for("document.title === 'Ready' && navigator.serviceWorker.controller !== null")
        page.go(f"https://{host}/page.html")
        return page

    def test_who_is_asked_is_led_to_the_portal_and_back(self):
        for host in ("coached.test", "noticed.test", "signed.test"):
            with self.subTest(host):
                page = self.through_the_worker(host)
                page.wait_for("location.host === 'sallyport.internal'", 5)
                page.press("button[value=continue]")
                page.wait_for("document.title === 'There'", 10)
                self.assertEqual(page.text(), host)

    def test_a_block_is_a_page(self):
        page = self.through_the_worker("shut.test")
        self.assertEqual(page.evaluate("document.contentType"), "text/html")
        self.assertIn("shut.test", page.text())

    def test_who_is_sent_to_another_browser_comes_there(self):
        page = self.through_the_worker("far.test")
        page.wait_for("location.host === 'isolation.test'", 5)
