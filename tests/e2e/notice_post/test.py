"""A notice stops nothing: what is posted by a form passes, and the next page that is opened is told first."""

import kit
from kit import asking


class NoticePost(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.asked = []
        origin = kit.RawOrigin(cls, cls.talk, authority.issue("noticed.test"))
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate],
                                  policies="- {name: Told, when: {host: noticed.test}, then: notice}\n",
                                  resolve={"noticed.test": origin.address},
                                  files={"addresses.yaml": "- {cidr: 127.0.0.0/8, user: ana}\n"},
                                  config={"users": {"addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def talk(cls, peer):
        while (head := peer.read_head()) is not None:
            cls.asked.append((head.method, peer.read_body(head)))
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def test_a_form_passes_and_the_next_page_is_told(self):
        posted = self.curl("https://noticed.test/saml/acs", *asking.NAVIGATES, "-d", "SAMLResponse=abc")
        self.assertEqual((posted.status, self.asked), (200, [("POST", b"SAMLResponse=abc")]))
        self.assertEqual(self.curl("https://noticed.test/", *asking.NAVIGATES).status, 303)
