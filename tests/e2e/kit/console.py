"""Asks /api/v1 as the console's pages do."""

import http.client
import json
import re

import jsonschema

PASSWORD = "correct horse battery"


class Console:
    """A browser at the console: keeps its cookie and its proof, and says what browsers say."""

    def __init__(self, address, context=None):
        self.address, self.context = address, context
        self.cookie = self.csrf = None

    def ask(self, method, path, body=None, **fields):
        host, port = self.address.rsplit(":", 1)
        connection = (http.client.HTTPSConnection(host, int(port), timeout=30, context=self.context) if self.context
                      else http.client.HTTPConnection(host, int(port), timeout=30))
        head = {"Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            head["Cookie"] = self.cookie
        if self.csrf and method != "GET":
            head["X-CSRF-Token"] = self.csrf
        head.update({name.replace("_", "-"): value for name, value in fields.items() if value is not None})
        for name in [name for name, value in fields.items() if value is None]:
            head.pop(name.replace("_", "-"), None)
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        connection.request(method, path, data, head)
        reply = connection.getresponse()
        self.reply, text = reply, reply.read()
        set_cookie = reply.getheader("Set-Cookie")
        if set_cookie:
            self.cookie = set_cookie.split(";")[0]
        connection.close()
        kind = reply.getheader("Content-Type") or ""
        return reply.status, json.loads(text) if "json" in kind and "ndjson" not in kind else text.decode()

    def sign_in(self, name, password, code=""):
        body = {"name": name, "password": password, **({"code": code} if code else {})}
        status, answer = self.ask("POST", "/api/v1/session", body)
        if status == 200:
            self.csrf = answer["csrf"]
        return status, answer

    @classmethod
    def of(cls, gateway, name, role):
        """A new account of the gateway that has changed its password; signed in with it."""
        shown = gateway.command("accounts", "add", name, "--role", role, "-c", gateway.config).stdout
        given = re.search(r"with the password (\S+)", shown).group(1)
        browser = cls(gateway.admin.split("//")[1])
        status, answer = browser.sign_in(name, given)
        if status != 200:
            raise AssertionError(f"signing in as {name}: {status} {answer}")
        status, answer = browser.ask("POST", "/api/v1/session/password", {"password": given, "new": PASSWORD})
        if status != 200:
            raise AssertionError(f"the password of {name}: {status} {answer}")
        browser.csrf = answer["csrf"]
        return browser

    @staticmethod
    def check(document, schema, answer):
        """That an answer is as the document of the API says."""
        validator = jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}",
                                                     "components": document["components"]})
        faults = [f"{list(fault.path)}: {fault.message}" for fault in validator.iter_errors(answer)]
        if faults:
            raise AssertionError(f"{schema}: {faults}")
