"""Receivers of alerts that can go away, come back, be slow and lie: a webhook, a mail server, rsyslog."""

import http.server
import json
import logging
import socket
import ssl
import subprocess
import threading
import time

from kit import process
from kit.curl import Curl
from kit.gateway import Gateway
from kit.ports import free_port
from kit.pki import Authority
from kit.scenario import Scenario, wait_until

POLICIES = """\
- { id: no-mega, name: No MEGA, when: { app: mega }, then: block, severity: high, category: dlp, alerts_per_day: 10000 }
- { id: no-box, name: 'No Box | = \\ "é"', when: { app: box }, then: block, severity: low, alerts_per_day: 10000 }
"""
SECRET = "0123456789abcdef-of-the-webhook"
PASSWORD = "the password of the mail server"


class Hit:
    """One POST that came whole."""

    def __init__(self, fields, body):
        self.fields, self.body = fields, body


class Webhook:
    """Listens on a port of its own, the same after every stop(). `answers` are what the next requests get, then 200:
    a status, a pair of it and header fields, or a function that is given the socket and may do as it likes."""

    def __init__(self, scenario, identity=None, start=True):
        self.hits, self.answers, self.lock = [], [], threading.Lock()
        self.identity, self.server = identity, None
        self.port = free_port()
        scenario.addClassCleanup(self.stop)
        if start:
            self.start()

    @property
    def url(self):
        return f"{'http' if self.identity is None else 'https'}://localhost:{self.port}/hooks/alerts"

    def start(self):
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # Head and body in one write: else each answer waits for an acknowledgement.

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with webhook.lock:
                    webhook.hits.append(Hit(dict(self.headers), body))
                    answer = webhook.answers.pop(0) if webhook.answers else 200
                if callable(answer):
                    self.close_connection = True
                    try:
                        answer(self.connection)
                    except OSError:
                        pass  # The gateway has had enough.
                    return
                status, fields = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "5")
                self.end_headers()
                self.wfile.write(b"noted")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            # Without a look-up of its own name.
            server_bind = lambda self: socket.SocketType.bind(self.socket, self.server_address)

            def handle_error(self, *_):
                pass  # A client that goes away, which scenarios bring about.

        Server.allow_reuse_address = True
        self.server = Server(("127.0.0.1", self.port), Handler, bind_and_activate=False)
        self.server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.server.server_bind()
        self.server.server_name, self.server.server_port = "localhost", self.port
        self.server.server_activate()
        if self.identity is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.identity.chain, self.identity.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self):
        server, self.server = self.server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def ids(self):
        with self.lock:
            return [hit.fields["Sallyport-Id"] for hit in self.hits]


def pumps(head, piece, seconds=60):
    """Lies: sends `head`, then `piece` without end."""
    def answer(connection):
        connection.sendall(head)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(piece)
    return answer


def says(data):
    """Sends that and closes."""
    return lambda connection: connection.sendall(data)


def silent(seconds):
    return lambda _: time.sleep(seconds)


class MailServer:
    """aiosmtpd, with STARTTLS (or without) and a password that must fit. `mails` are what came: (from, to, bytes)."""

    def __init__(self, scenario, identity=None, user=None, password=None, start=True):
        self.mails, self.refusals, self.attempts = [], [], []
        self.identity, self.user, self.password = identity, user, password
        self.port = free_port()
        self.controller = None
        scenario.addClassCleanup(self.stop)
        if start:
            self.start()

    def start(self):
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import SMTP, AuthResult
        # It tells of every client that goes away.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
        server = self
        context = None
        if self.identity is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.identity.chain, self.identity.key)

        class Handler:
            async def handle_DATA(self, _server, _session, envelope):
                if server.refusals:
                    return server.refusals.pop(0)
                server.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
                return "250 taken"

        def authenticate(_server, _session, _envelope, mechanism, data):
            server.attempts.append((mechanism, data.login, data.password))
            good = (data.login, data.password) == (server.user.encode(), server.password.encode())
            return AuthResult(success=good, handled=good)

        class Bound(Controller):
            def factory(self):
                extra = {}
                if server.user is not None:
                    extra = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": True}
                return SMTP(self.handler, hostname="mail.test", tls_context=context,
                            require_starttls=context is not None, **extra)

        self.controller = Bound(Handler(), hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def stop(self):
        controller, self.controller = self.controller, None
        if controller is not None:
            controller.stop()


_RSYSLOG = """
module(load="imtcp" StreamDriver.Name="ptcp" StreamDriver.Mode="0")
module(load="imudp")
global(workDirectory="{directory}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
template(name="raw" type="string" string="%pri% %app-name% %msgid% %timestamp:::date-rfc3339% %msg%\\n")
ruleset(name="tcp") {{ action(type="omfile" file="{directory}/tcp.log" template="raw") }}
ruleset(name="udp") {{ action(type="omfile" file="{directory}/udp.log" template="raw") }}
input(type="imtcp" address="127.0.0.1" port="{tcp}" ruleset="tcp")
input(type="imudp" address="127.0.0.1" port="{udp}" ruleset="udp")
"""


class Rsyslog:
    """The real one, on ports of its own, the same after every stop(). lines("tcp") is what it wrote."""

    def __init__(self, scenario, start=True):
        self.scenario = scenario
        self.directory = scenario.directory / "rsyslog"
        self.directory.mkdir()
        self.tcp, self.udp = free_port(), free_port()
        self.stderr = self.directory / "stderr.txt"
        scenario.add_log("rsyslog", self.stderr)
        self.config = self.directory / "rsyslog.conf"
        self.config.write_text(_RSYSLOG.format(directory=self.directory, tcp=self.tcp, udp=self.udp))
        self.process = None
        if start:
            self.start()

    def start(self):
        with self.stderr.open("ab") as err:
            self.process = process.start(
                self.scenario, [process.tool("rsyslogd"), "-n", "-f", self.config, "-i", self.directory / "pid", "-C"],
                stdout=subprocess.DEVNULL, stderr=err)

        def listens():
            if self.process.poll() is not None:
                raise AssertionError(f"rsyslogd ended:\n{self.stderr.read_text()}")
            try:
                socket.create_connection(("127.0.0.1", self.tcp), 1).close()
                return True
            except OSError:
                return False

        wait_until(listens, lambda: f"rsyslog listens: {self.stderr.read_text()}")
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def lines(self, transport):
        path = self.directory / f"{transport}.log"
        return path.read_text().splitlines() if path.exists() else []


class AlertScenario(Scenario):
    """A gateway whose policies raise alerts, and what its command line tells of their receivers."""

    @classmethod
    def prepare(cls):
        cls.authority, cls.strange = Authority(cls), Authority(cls, "Another Root")
        cls.identity = cls.authority.issue("localhost", "siem.test")

    def start(self, name, *receivers, run=True):
        gateway = Gateway(
            self, name, policies=POLICIES, resolve={"siem.test": "127.0.0.1"},
            files={"hook.secret": SECRET + "\n", "mail.secret": PASSWORD + "\n", "apps.yaml": "{}\n"},
            config={"tags": {"apps": "apps.yaml"}, "workers": 1, "alert_delivery": list(receivers)}, start=False)
        for file in ("hook.secret", "mail.secret"):
            (gateway.directory / file).chmod(0o600)
        return gateway.start() if run else gateway

    def hook(self, webhook, name="hook", **more):
        return {"name": name, "type": "webhook", "url": webhook.url, "secret_file": "hook.secret", "timeout": "2s", **more}

    def raises(self, gateway, count, host="mega.nz"):
        """So many alerts; their ids."""
        before = len(self.alerts(gateway))
        curl = Curl(gateway)
        for number in range(count):
            self.assertEqual(curl(f"http://{host}/{number}").status, 403)
        wait_until(lambda: len(self.alerts(gateway)) == before + count, lambda: f"{count} alerts: {gateway.log()}")
        return [one["id"] for one in self.alerts(gateway)][before:]

    def alerts(self, gateway):
        done = gateway.command("alerts", "-c", gateway.config, "--format", "json", "--oldest-first", "--limit", "1000")
        return json.loads(done.stdout)

    def receivers(self, gateway, code=None):
        done = gateway.command("alerts", "receivers", "-c", gateway.config, "--format", "json", code=code)
        return {row["name"]: row for row in json.loads(done.stdout)}

    def now(self, gateway, name="hook", *arguments):
        return gateway.command("alerts", "deliver", "-c", gateway.config, name, *arguments).stdout

    def arrive(self, gateway, webhook, ids, name="hook", deadline=20):
        """All of them and nothing else, in order, but for what comes again."""
        def all_there():
            return list(dict.fromkeys(webhook.ids())) == list(ids)
        wait_until(all_there, lambda: f"{ids} arrive; there are {webhook.ids()}: {self.receivers(gateway)} "
                   f"{gateway.log()}", deadline)
        wait_until(lambda: self.receivers(gateway)[name]["waiting"] == 0, "nothing waits")
