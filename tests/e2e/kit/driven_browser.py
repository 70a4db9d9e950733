"""Headless Chromium driven as a person would: pages are opened, fields filled, buttons pressed, pictures taken.

    browser = DrivenBrowser(cls, cls.gateway)
    page = browser.open("https://mega.nz/")
    page.fill("#reason", "Audit")
    page.press("button[value=continue]")
    page.wait_for("location.host === 'mega.nz'")
"""

import base64
import json
import os
import select
import subprocess
import time

from kit.browser import Browser
from kit.process import clean_environment, kill, tool

PATIENCE = 30.0  # seconds for one command


class DrivenBrowser(Browser):
    """One browser that stays, behind the gateway. It speaks the DevTools protocol over pipes."""

    def __init__(self, scenario, gateway, *arguments):
        super().__init__(scenario, gateway, "driven-home")
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        log = scenario.directory / "chromium.txt"
        # Chromium reads from 3 and writes to 4.
        shell = f'exec {tool("chromium")} "$@" 3<&{to_read} 4>&{to_write}'
        command = ["/bin/sh", "-c", shell, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                   "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                   "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage", "--hide-scrollbars",
                   "--password-store=basic", f"--user-data-dir={self.home}/profile-driven",
                   f"--proxy-pac-url={gateway.proxy}/proxy.pac", "--remote-debugging-pipe", *map(str, arguments)]
        with log.open("wb") as err:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=err, stderr=err, cwd=self.home,
                                       pass_fds=(to_read, to_write), env=clean_environment(self.home),
                                       start_new_session=True)
        scenario.addClassCleanup(kill, process)
        scenario.add_log("chromium", log)
        os.close(to_read)
        os.close(to_write)
        # The shell above takes no descriptor over 9: those of browsers that ended must not add up.
        scenario.addClassCleanup(os.close, self._from)
        scenario.addClassCleanup(os.close, self._to)
        self._bytes, self._count, self._events = b"", 0, []

    def command(self, method, session=None, **parameters):
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        wanted = self._count
        end = time.monotonic() + PATIENCE
        while True:
            while b"\0" not in self._bytes:
                if not select.select([self._from], [], [], max(0, end - time.monotonic()))[0]:
                    raise AssertionError(f"chromium did not answer {method} within {PATIENCE:g} s")
                more = os.read(self._from, 1 << 20)
                if not more:
                    raise AssertionError(f"chromium ended at {method}")
                self._bytes += more
            text, self._bytes = self._bytes.split(b"\0", 1)
            said = json.loads(text)
            if said.get("id") != wanted:
                continue  # An event, or an answer that nobody waits for any more.
            if "error" in said:
                raise AssertionError(f"{method}: {said['error']['message']}")
            return said["result"]

    def open(self, url, width=1000, height=900, dark=False):
        """A window of its own: no cookie and no page of another one."""
        context = self.command("Target.createBrowserContext")["browserContextId"]
        target = self.command("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.send("Page.enable")
        page.look(width, height, dark)
        page.go(url)
        return page

    def frames(self):
        """Documents of other sites inside of pages, each to be looked at like a page."""
        for target in self.command("Target.getTargets")["targetInfos"]:
            if target["type"] == "iframe":
                yield Page(self, self.command("Target.attachToTarget", targetId=target["targetId"],
                                              flatten=True)["sessionId"])


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def send(self, method, **parameters):
        return self.browser.command(method, self.session, **parameters)

    def look(self, width, height, dark=False):
        """As on a screen of this size, in light or in dark."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.send("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def go(self, url):
        """Also where the page is refused or leads on; returns once something is there."""
        said = self.send("Page.navigate", url=url)
        if said.get("errorText"):
            raise AssertionError(f"{url}: {said['errorText']}")
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def evaluate(self, expression):
        said = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise AssertionError(f"{expression}: {said['exceptionDetails'].get('exception', {}).get('description')}")
        return said["result"].get("value")

    def wait_for(self, expression, deadline=PATIENCE):
        end = time.monotonic() + deadline
        while True:
            try:
                if self.evaluate(f"!!({expression})"):
                    return
                why = ""
            except AssertionError as between:  # One document goes, the next comes.
                why = f" ({between})"
            if time.monotonic() > end:
                raise AssertionError(f"not within {deadline:g} s: {expression}{why}; the page is {self.url()}:\n{self.text()}")
            time.sleep(0.05)

    def url(self):
        return self.evaluate("location.href")

    def text(self):
        return self.evaluate("document.body ? document.body.innerText : ''")

    def fill(self, selector, text):
        """As typed: the field has the focus, and the keys come from the browser."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        self.send("Input.insertText", text=text)

    def press(self, selector):
        """A click of a mouse in the middle of it, so that a person's press is what the page sees."""
        place = self.evaluate(
            f"(e => {{ e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
            f" return [r.x + r.width / 2, r.y + r.height / 2]; }})(document.querySelector({json.dumps(selector)}))")
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def screenshot(self, file, whole=True):
        file.write_bytes(base64.b64decode(
            self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]))
