"""curl, and what it says about each transfer."""

import itertools
import json
import pathlib
import subprocess
import tempfile

from kit.process import clean_environment, tool


class Reply:
    """One transfer."""

    def __init__(self, facts, fields, body):
        self.facts, self.fields, self.body = facts, fields, body

    @property
    def status(self):
        return self.facts["response_code"]

    @property
    def text(self):
        return self.body.decode(errors="replace")

    def header(self, name):
        values = self.fields.get(name.lower())
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.body[:600]!r}>"


class Result:
    """One run of curl. Reads like its last reply."""

    def __init__(self, code, replies, messages):
        self.code, self.replies, self.messages = code, replies, messages

    def __getattr__(self, name):
        return getattr(self.replies[-1], name)

    def __repr__(self):
        return f"<curl ended with {self.code}: {self.replies} {self.messages}>"


class Curl:
    """Goes through `gateway` and trusts its authority; both can be overruled by arguments of a call."""

    def __init__(self, gateway, *always):
        self.gateway, self.always = gateway, always
        self.directory = gateway.scenario.directory

    def arguments(self, *arguments, proxy=None, ca=None):
        """The command without what it prints, for callers that run it themselves."""
        return [tool("curl"), "-q", "-sS", "--noproxy", "", "--proxy", proxy or self.gateway.proxy,
                "--cacert", str(ca or self.gateway.ca), *self.always, *map(str, arguments)]

    def __call__(self, *arguments, code=0, stdin=None, proxy=None, ca=None, deadline=60):
        """Arguments are options and URLs; a URL is what begins with http. `code` is what curl must end with."""
        with tempfile.TemporaryDirectory(dir=self.directory) as folder:
            bodies = (pathlib.Path(folder) / f"body-{number}" for number in itertools.count())
            words, files = [], []
            for word in map(str, arguments):
                words.append(word)
                if word.startswith(("http://", "https://")):
                    files.append(next(bodies))
                    words += ["-o", str(files[-1])]
            done = subprocess.run(
                [*self.arguments(proxy=proxy, ca=ca), "-w", "%{json}\x1f%{header_json}\x1e", *words],
                input=stdin, capture_output=True, timeout=deadline, cwd=folder,
                env=clean_environment(self.directory))
            messages = done.stderr.decode(errors="replace")
            replies = []
            for record, file in zip(done.stdout.decode(errors="replace").split("\x1e"), files):
                if not record.strip():
                    break
                facts, fields = record.split("\x1f")
                body = file.read_bytes() if file.exists() else b""
                replies.append(Reply(json.loads(facts), json.loads(fields), body))
        result = Result(done.returncode, replies, messages)
        if code is not None and done.returncode != code:
            asked = " ".join(map(str, arguments))
            raise AssertionError(f"curl {asked}: ended with {done.returncode}, not {code}: {result}")
        return result
