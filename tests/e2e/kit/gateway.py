"""The gateway under test: a configuration in the scenario's directory, `sallyport run`, and the command line
beside it."""

import json
import pathlib
import re
import signal
import subprocess
import urllib.error
import urllib.request

from kit import process
from kit.scenario import wait_until

START = 20.0  # seconds until it must say that it runs; sanitized builds are slow
STOP = 40.0   # drain, abort, desk and scribe together


def _merge(into, more):
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
    return into


class Gateway:
    """
    resolve    name or *.suffix -> "address:port", as in origins.resolve
    roots      PEM files that origins may end in
    policies   YAML text; None takes the shipped ones
    files      name -> text of more files beside the configuration, which `config` may name
    config     what differs from the defaults below, merged section by section
    restore_signals  as of subprocess; False leaves SIGXFSZ ignored, as it is in Python
    first_account    the gateway makes its first account, and an entry of the governance log for it
    """

    def __init__(self, scenario, name="gateway", *, resolve=None, roots=(), policies=None, files=None,
                 config=None, start=True, restore_signals=True, first_account=False):
        self.scenario = scenario
        self.restore_signals = restore_signals
        self.directory = scenario.directory / name
        self.directory.mkdir()
        conf = scenario.source / "conf"
        policy_folder = conf / "policies"
        if policies is not None:
            policy_folder = self.directory / "policies"
            policy_folder.mkdir()
            (policy_folder / "policies.yaml").write_text(policies)
        for file, text in (files or {}).items():
            (self.directory / file).write_text(text)
        self.config = self.directory / "sallyport.yaml"
        settings = _merge({
            "gateway": {"name": "gateway.example"},
            "listeners": [{"address": "127.0.0.1:0"}, {"address": "[::1]:0"}],
            "admin": [{"address": "127.0.0.1:0"}],
            "workers": 2,
            "state": {"directory": str(self.directory / "state")},
            "origins": {
                "allow_addresses": ["127.0.0.0/8", "::1/128"],
                "resolve": dict(resolve or {}),
                "roots": [str(root) for root in roots],
            },
            "policies": str(policy_folder),
            "templates": str(conf / "templates"),
            "catalog": str(conf / "catalog"),
            "tags": {"apps": str(conf / "tags/apps.yaml"), "addresses": str(conf / "tags/ip_ranges.yaml")},
            "users": {"directory": str(conf / "users/users.yaml"),
                      "addresses": str(conf / "users/addresses.yaml")},
            "timeouts": {"drain": "5s"},
        }, config or {})
        self.state = pathlib.Path(settings["state"]["directory"])
        # JSON is YAML.
        self.config.write_text(json.dumps(settings, indent=2) + "\n")
        self.process = None
        self.runs = 0
        self.first_account = first_account
        if start:
            self.start()

    def _have_an_account(self):
        accounts = self.state / "accounts.json"
        try:
            self.state.mkdir(mode=0o750, parents=True, exist_ok=True)
            accounts.touch(mode=0o600)
            accounts.write_text('{"accounts": [{"name": "kit", "role": "operator", "hash": "nobody signs in by it"}]}')
        except OSError:
            pass  # The gateway finds the same.

    def start(self):
        if self.runs == 0 and not self.first_account:
            self._have_an_account()
        self.runs += 1
        self.stdout = self.directory / f"stdout-{self.runs}.txt"
        self.stderr = self.directory / f"stderr-{self.runs}.txt"
        self.scenario.add_log(f"{self.directory.name}, standard error", self.stderr)
        self.scenario.add_log(f"{self.directory.name}, standard output", self.stdout)
        with self.stdout.open("wb") as out, self.stderr.open("wb") as err:
            self.process = process.start(self.scenario, [self.scenario.binary, "run", "-c", self.config],
                                         stdout=out, stderr=err,
                                         restore_signals=self.restore_signals)
        self.scenario.addClassCleanup(self.stop)

        def running():
            if self.process.poll() is not None:
                raise AssertionError(f"the gateway ended with {self.process.returncode}:\n{self.log()}")
            text = self.stdout.read_text()
            return text if "Activities, as they happen" in text else None

        text = wait_until(running, lambda: "the gateway says that it runs: " + self.log(), START)
        proxies = re.search(r"^  proxy +(.+)$", text, re.M).group(1).split(", ")
        self.addresses = proxies
        self.proxy = f"http://{proxies[0]}"
        self.port = int(proxies[0].rsplit(":", 1)[1])
        self.admin = re.search(r"^  admin +(http://[^/]+)/", text, re.M).group(1)
        self.ca = pathlib.Path(re.search(r"^  CA +(.+?)   \(", text, re.M).group(1))
        return self

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return self.stderr.read_text(errors="replace")

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def wait(self, deadline=STOP):
        """After interrupt(): it must end, with code 0 and without having met a bug of its own."""
        try:
            code = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the gateway did not end within {deadline:g} s of SIGINT:\n{self.log()}") from None
        if code != 0:
            raise AssertionError(f"the gateway ended with {code}:\n{self.log()}")
        for sign in ("which is a bug", "did not end", "Sanitizer", "CHECK"):
            if sign in self.log():
                raise AssertionError(f"the gateway's log says '{sign}':\n{self.log()}")

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.interrupt()
        self.wait()
        self.process = None

    def command(self, *arguments, code=0, deadline=30):
        """`sallyport ARGUMENTS`, which must end with `code` (None: any)."""
        done = subprocess.run([str(self.scenario.binary), *map(str, arguments)], capture_output=True, text=True,
                              timeout=deadline, cwd=self.directory,
                              env=process.clean_environment(self.scenario.directory))
        if code is not None and done.returncode != code:
            raise AssertionError(f"sallyport {' '.join(map(str, arguments))} ended with {done.returncode}, not "
                                 f"{code}\nstdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def activities(self, *arguments):
        """What `sallyport activities` shows, newest first, as dictionaries."""
        done = self.command("activities", "-c", self.config, "--format", "json", *arguments)
        return json.loads(done.stdout)

    def event(self, id):
        return json.loads(self.command("activities", "-c", self.config, "--id", id).stdout)

    def logged(self):
        """The events of the access log, oldest first. After the gateway ended it holds all of them."""
        for file in sorted((self.state / "log").glob("access.jsonl*"), reverse=True):
            for line in file.read_text().splitlines(keepends=True):
                if line.endswith("\n"):  # Else it is being written.
                    yield json.loads(line)

    def wait_for_activities(self, count, *arguments, deadline=15.0, **expected):
        """At least `count` rows that the arguments select and whose fields are as `expected`. They come a
        moment after the exchange: the scribe gathers."""
        rows = []

        def enough():
            rows[:] = [row for row in self.activities("-n", "10000", *arguments)
                       if all(row.get(key) == value for key, value in expected.items())]
            return len(rows) >= count

        wait_until(enough, lambda: f"{count} activities with {arguments} {expected}; there are {rows} among "
                   f"{self.activities()}", deadline)
        return rows

    def memory(self):
        """VmRSS and VmHWM in bytes."""
        text = open(f"/proc/{self.pid}/status").read()
        value = lambda name: int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M).group(1)) * 1024
        return value("VmRSS"), value("VmHWM")

    def reset_peak(self):
        """VmHWM starts again from what is used now."""
        with open(f"/proc/{self.pid}/clear_refs", "w") as file:
            file.write("5")

    def api(self, path, method="GET", deadline=30, parse=True):
        """Status and JSON of what is asked under /api/v1/ of the admin listener; without `parse` the text."""
        request = urllib.request.Request(f"{self.admin}/api/v1/{path}", method=method)
        request.add_header("Authorization", "Bearer " + (self.state / "admin.token").read_text().strip())
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=deadline) as reply:
                return reply.status, json.load(reply) if parse else reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def metric(self, name):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        text = opener.open(self.admin + "/metrics", timeout=10).read().decode()
        found = re.findall(rf"^{re.escape(name)}(?:\{{[^}}]*\}})? (\S+)$", text, re.M)
        if not found:
            raise AssertionError(f"no metric {name} in\n{text}")
        return sum(map(float, found))
