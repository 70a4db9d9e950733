"""Chromium through PAC and our authority: a page with 60 parts shows whole, an unsanctioned app shows why not."""

import re

import kit
from kit.browser import Browser
from kit.driven_browser import DrivenBrowser

PARTS = 20  # of each kind; a third of each comes from another host

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sixty parts</title>
{styles}
</head><body><h1>Sixty parts</h1>
<p id="count">not counted</p>
<p>{images}</p>
<script>var ran = 0;</script>
{scripts}
<script>
  window.addEventListener('load', function () {{
    var images = Array.prototype.filter.call(document.images, function (i) {{ return i.naturalWidth === 24; }});
    var styles = 0;
    for (var n = 0; n < {parts}; n++) {{
      var value = getComputedStyle(document.documentElement).getPropertyValue('--part-' + n).trim();
      if (value === 'style-' + n) styles++;
    }}
    document.getElementById('count').textContent =
      'images ' + images.length + ', styles ' + styles + ', scripts ' + ran;
    document.cookie = 'seen=1; Secure';
    fetch('/echo').then(function (r) {{ return r.text(); }}).then(function (text) {{
      document.body.insertAdjacentHTML('beforeend', '<pre id="echo"></pre>');
      document.getElementById('echo').textContent = text;
    }});
  }});
</script>
</body></html>
"""

IMAGE = """<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><rect width="24" height="24"
fill="hsl({hue} 60% 50%)"/></svg>"""


class BrowserPage(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        names = ("www.box.com", "cdn.boxcdn.net", "mega.nz", "bank.test")
        cls.nginx = kit.Nginx(cls, [
            kit.Site(*names, identity=authority.issue(*names)),
            kit.Site("expired.test", identity=authority.issue("expired.test", begins=-20, ends=-10))])
        place = lambda number: "https://cdn.boxcdn.net" if number % 3 == 0 else ""
        for number in range(PARTS):
            cls.nginx.write(f"/part/{number}.svg", IMAGE.format(hue=number * 18))
            cls.nginx.write(f"/part/{number}.css", f":root {{ --part-{number}: style-{number}; }}\n")
            cls.nginx.write(f"/part/{number}.js", "ran++;\n" + "// filling\n" * 3000)
        cls.nginx.write("/page.html", PAGE.format(
            parts=PARTS,
            styles="\n".join(f'<link rel="stylesheet" href="{place(n)}/part/{n}.css">' for n in range(PARTS)),
            images="\n".join(f'<img alt="" src="{place(n)}/part/{n}.svg">' for n in range(PARTS)),
            scripts="\n".join(f'<script src="{place(n)}/part/{n}.js"></script>' for n in range(PARTS))))
        cls.nginx.write("/index.html", "<h1>the app itself</h1>")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], resolve={name: cls.nginx.tls for name in (*names, "expired.test")},
            # Chromium takes names below localhost for this machine.
            config={"gateway": {"name": "sallyport.localhost", "contact": "mailto:helpdesk@example.org"}})
        cls.browser = Browser(cls, cls.gateway)

    def test_a_page_of_sixty_parts_comes_whole(self):
        dom = self.browser.dom("https://www.box.com/page.html")
        self.assertIn(f"images {PARTS}, styles {PARTS}, scripts {PARTS}", dom)
        seen = [row for row in self.nginx.wait_for_requests(3 * PARTS + 1) if row["uri"].startswith("/part/")]
        expected = {f"/part/{number}.{kind}" for number in range(PARTS) for kind in ("svg", "css", "js")}
        self.assertEqual({row["uri"] for row in seen}, expected)
        self.assertEqual({row["status"] for row in seen}, {200})
        self.assertEqual(len(seen), len(expected), "each part was asked for once")
        for row in seen:
            self.assertRegex(row["via"], r"^1\.1 sallyport-")
            other = int(row["uri"].split("/")[2].split(".")[0]) % 3 == 0
            self.assertEqual(row["host"], "cdn.boxcdn.net" if other else "www.box.com")
        # Each is in the records too, with the app that it belongs to.
        rows = self.gateway.wait_for_activities(3 * PARTS, "--app", "box", status=200)
        self.assertLessEqual(expected, {row["path"] for row in rows})
        self.assertEqual({row["ending"] for row in rows}, {"completed"})

    def test_an_unsanctioned_app_shows_the_page_that_says_why(self):
        dom = self.browser.dom("https://mega.nz/")
        for words in ("Access to MEGA was blocked", "This app is not approved here",
                      "Unsanctioned apps are refused", "helpdesk@example.org"):
            self.assertIn(words, dom)
        self.assertNotIn("the app itself", dom)
        self.assertEqual(self.nginx.requests(host="mega.nz"), [])
        id = re.search(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", dom).group(0)
        kit.wait_until(lambda: any(row["id"] == id for row in self.gateway.activities("--verdict", "block")),
                       f"the reference {id} on the page is that of an event")
        event = self.gateway.event(id)
        self.assertEqual((event["host"], event["app"]["id"], event["type"]), ("mega.nz", "mega", "view"))

    def test_an_expired_site_shows_the_page_that_says_why(self):
        dom = self.browser.dom("https://expired.test/")
        self.assertIn("expired.test could not prove who it is", dom)
        self.assertIn("A certificate of the site has expired.", dom)
        self.assertEqual(self.nginx.requests(host="expired.test"), [])

    def test_the_page_that_says_why_fits_a_phone_in_light_and_in_dark(self):
        browser = DrivenBrowser(type(self), self.gateway)
        for dark in (False, True):
            with self.subTest(dark=dark):
                page = browser.open("https://mega.nz/", width=360, height=740, dark=dark)
                self.assertIn("Access to MEGA was blocked", page.text())
                self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 360)
                ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
                light = sum(map(int, re.findall(r"\d+", ground)[:3])) > 3 * 128
                self.assertEqual(light, not dark, ground)
                page.screenshot(self.output / f"blocked-phone-{'dark' if dark else 'light'}.png")

    def test_pictures_for_people(self):
        for name, url in (("page", "https://www.box.com/page.html"), ("blocked", "https://mega.nz/"),
                          ("expired", "https://expired.test/"), ("front", f"{self.gateway.proxy}/")):
            with self.subTest(page=name):
                self.browser.screenshot(url, self.output / f"{name}.png")
