"""What can be done in an app: the cases beside its signatures, made into requests that differ a little."""
import dataclasses
import json
import pathlib
import random
import re
import urllib.parse

import yaml

CATALOG = pathlib.Path(__file__).resolve().parent.parent / "catalog"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NAMES = ["budget-2027", "customers", "forecast-q4", "contract-draft", "roadmap", "salaries", "campaign-brief", "minutes",
         "board-slides", "architecture", "price-list", "invoice-1187", "release-notes", "photo-shoot", "audit-findings"]
# Content of a reply where the case has none.
PAGE = b"<!doctype html><title>Stand-in</title><p>An app of the demo." + b" ." * 1500


@dataclasses.dataclass
class Case:
    app: str
    name: str
    verb: str
    method: str
    host: str
    target: str
    headers: dict
    body: bytes
    kind: str       # of the body: json, form, raw or none
    account: str    # as the case has it; ""
    file: str       # likewise
    step: bool      # of a transfer of several requests
    reply: dict


@dataclasses.dataclass
class Request:
    method: str
    host: str
    target: str
    headers: dict
    body: bytes
    reply: "Reply"


@dataclasses.dataclass
class Reply:
    status: int
    headers: dict
    body: bytes


def load(app):
    """The cases of an app that are one activity of a known verb, by verb."""
    known = {}
    for row in yaml.load((CATALOG / app / "activities.test.yaml").read_text(), LOADER)["tests"]:
        expected = row["expect"]
        if not isinstance(expected, dict) or "activity" not in expected:
            continue
        method, url = row["request"].split(None, 1)
        parts = urllib.parse.urlsplit(url.strip())
        if parts.scheme != "https" or parts.port:
            continue
        headers = {name: str(value) for name, value in (row.get("headers") or {}).items()}
        if "json" in row:
            kind, body = "json", json.dumps(row["json"]).encode()
        elif "form" in row:
            kind, body = "form", urllib.parse.urlencode({key: str(value) for key, value in row["form"].items()}).encode()
        elif "body" in row:
            kind, body = "raw", str(row["body"]).encode()
        else:
            kind, body = "none", b""
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        case = Case(app, row["name"], expected["activity"], method, parts.hostname, target, headers, body, kind,
                    str(expected.get("account", "")), str(expected.get("file.name", "")),
                    any(key.startswith("transfer.") for key in expected), row.get("reply") or {})
        known.setdefault(case.verb, []).append(case)
    return known


def make(case, person, mail, agent, dice: random.Random):
    """A request of `person` for the case: with their mail address, another file's name and size."""
    swaps = {}
    if MAIL.fullmatch(case.account):
        swaps[case.account] = mail
    stem, dot, _ = case.file.rpartition(".")
    if dot and len(stem) > 2:
        swaps[stem] = dice.choice(NAMES)

    def fit(text, quote=lambda one: one):
        for old, new in swaps.items():
            text = text.replace(quote(old), quote(new))
        return text

    target = fit(case.target, urllib.parse.quote)
    headers = {name: fit(value) for name, value in case.headers.items()}
    body = case.body
    if case.kind == "form":
        body = fit(body.decode(), urllib.parse.quote).encode()
    elif case.kind != "none":
        body = fit(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    lower = {name.lower() for name in headers}
    if "content-type" not in lower and case.kind in ("json", "form"):
        headers["Content-Type"] = "application/json" if case.kind == "json" else "application/x-www-form-urlencoded"
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if case.verb == "upload" and case.kind == "raw" and not case.step and not kind.startswith(("multipart/", "application/json")):
        body += dice.randbytes(int(min(4e6, dice.lognormvariate(11.5, 1.3))))
    headers = {name: value for name, value in headers.items()
               if name.lower() not in ("host", "content-length", "user-agent", "connection", "transfer-encoding")}
    headers["User-Agent"] = case.headers.get("User-Agent", agent)
    return Request(case.method, case.host, target, headers, body, _reply(case, fit, dice))


def _reply(case, fit, dice):
    status = int(case.reply.get("status", 200))
    headers = {name: fit(str(value)) for name, value in (case.reply.get("headers") or {}).items()}
    if "json" in case.reply:
        headers.setdefault("Content-Type", "application/json")
        return Reply(status, headers, fit(json.dumps(case.reply["json"])).encode())
    if "body" in case.reply:
        return Reply(status, headers, str(case.reply["body"]).encode())
    if case.verb == "download" and not case.reply:
        headers.setdefault("Content-Type", "application/octet-stream")
        return Reply(status, headers, dice.randbytes(int(min(6e6, dice.lognormvariate(12, 1.3)))))
    if case.verb == "view" and case.method == "GET":
        headers.setdefault("Content-Type", "text/html; charset=utf-8")
        return Reply(status, headers, PAGE)
    headers.setdefault("Content-Type", "application/json")
    return Reply(status, headers, b"{}")


def visits(count, dice: random.Random, apart_from):
    """Apps of the catalog that are only looked at: (app, host)."""
    found = []
    folders = sorted(folder for folder in CATALOG.iterdir() if (folder / "app.yaml").is_file())
    for folder in dice.sample(folders, min(len(folders), count * 3)):
        if folder.name in apart_from:
            continue
        app = yaml.load((folder / "app.yaml").read_text(), LOADER)
        for domain in app.get("domains") or []:
            host = domain if isinstance(domain, str) else domain.get("domain", "")
            if re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host):
                found.append((folder.name, host))
                break
        if len(found) == count:
            break
    return found
