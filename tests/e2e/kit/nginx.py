"""nginx as origin, in one process (no master that could leave workers behind)."""

import json
import socket
import subprocess

from kit import process
from kit.ports import free_port
from kit.scenario import wait_until

_CONFIG = """
daemon off;
master_process off;
user root root;
pid {directory}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 2048; }}
http {{
  types {{ text/html html; text/css css; text/javascript js; image/svg+xml svg; image/png png; }}
  default_type application/octet-stream;
  log_format e2e escape=json '{{"connection":$connection,"number":$connection_requests,'
    '"method":"$request_method","scheme":"$scheme","host":"$host","uri":"$request_uri","status":$status,'
    '"length":$request_length,"sent":$body_bytes_sent,"via":"$http_via","agent":"$http_user_agent",'
    '"proxy_authorization":"$http_proxy_authorization","protocol":"$server_protocol"}}';
  access_log {directory}/access.log e2e;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  client_max_body_size 0;
  keepalive_requests 100000;
{servers}
}}
"""

_SERVER = """
  server {{
    {listens}
    server_name {names};
    {tls}
    root {root};
    location /upload/ {{
      dav_methods PUT;
      create_full_put_path on;
    }}
    location /sink {{ return 204; }}
    location /login {{ return 200 "welcome"; }}
    location /echo {{
      default_type text/plain;
      return 200 "host=$http_host\\nvia=$http_via\\nagent=$http_user_agent\\nxff=$http_x_forwarded_for\\n";
    }}
  }}
"""


class Site:
    """Names that share a certificate. Without identity: plain HTTP only. nginx speaks HTTP/2 on all of its TLS
    ports or on none: `http2` of one site is that of all."""

    def __init__(self, *names, identity=None, http2=False):
        self.names, self.identity, self.http2 = names, identity, http2


def wait_for_listener(server, address, ports, stderr):
    """Waits until a server that was started takes connections. False where somebody else has its port."""
    def probe():
        if server.poll() is not None:
            return "ended"
        try:
            for port in ports:
                socket.create_connection((address, port), 1).close()
            return "listening"
        except OSError:
            return None

    outcome = wait_until(probe, lambda: "it listens: " + stderr.read_text())
    if outcome == "ended" and "in use" not in stderr.read_text():
        raise AssertionError(f"{server.args} ended:\n{stderr.read_text()}")
    return outcome == "listening"


class Nginx:
    """Serves `root` for every site; /upload/ keeps what is PUT there, /echo shows fields of the request,
    /sink and /login take anything. `plain` and `tls` are "address:port"."""

    def __init__(self, scenario, sites, name="nginx", addresses=("127.0.0.1",)):
        self.scenario, self.sites, self.addresses = scenario, sites, addresses
        self.directory = scenario.directory / name
        self.root = self.directory / "root"
        self.root.mkdir(parents=True)
        self.access_log = self.directory / "access.log"
        self.stderr = self.directory / "stderr.txt"
        scenario.add_log(name, self.stderr)
        # Between finding a port free and nginx taking it, somebody else may.
        for attempt in range(5):
            if self._start():
                return
        raise AssertionError(f"nginx did not start:\n{self.stderr.read_text()}")

    def _start(self):
        plain, tls = free_port(), free_port()
        self.plain, self.tls = f"{self.addresses[0]}:{plain}", f"{self.addresses[0]}:{tls}"
        self.plain_port, self.tls_port = plain, tls
        servers = ""
        for site in self.sites:
            listens = "".join(f"listen {address}:{plain}; " for address in self.addresses)
            keys = ""
            if site.identity is not None:
                kind = "ssl http2" if site.http2 else "ssl"
                listens += "".join(f"listen {address}:{tls} {kind}; " for address in self.addresses)
                keys = (f"ssl_certificate {site.identity.chain}; ssl_certificate_key {site.identity.key}; "
                        "ssl_protocols TLSv1.2 TLSv1.3;")
            servers += _SERVER.format(listens=listens, names=" ".join(site.names), tls=keys, root=self.root)
        config = self.directory / "nginx.conf"
        config.write_text(_CONFIG.format(directory=self.directory, servers=servers))
        with self.stderr.open("wb") as err:
            self.process = process.start(
                self.scenario, [process.tool("nginx"), "-p", self.directory, "-c", config, "-e", "stderr"],
                stdout=subprocess.DEVNULL, stderr=err)

        ports = (plain, tls) if any(site.identity for site in self.sites) else (plain,)
        return wait_for_listener(self.process, self.addresses[0], ports, self.stderr)

    def write(self, path, content):
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        file.chmod(0o644)

    def write_sparse(self, path, size):
        """A file of zeros that takes no room."""
        with (self.root / path.lstrip("/")).open("wb") as file:
            file.truncate(size)

    def requests(self, **expected):
        """What was asked of it and answered, in that order."""
        rows = []
        if self.access_log.exists():
            rows = [json.loads(line) for line in self.access_log.read_text().splitlines()]
        return [row for row in rows if all(row[key] == value for key, value in expected.items())]

    def wait_for_requests(self, count, **expected):
        """nginx writes its log a moment after the answer."""
        wait_until(lambda: len(self.requests(**expected)) >= count,
                   lambda: f"{count} requests with {expected}; there are {self.requests()}")
        return self.requests(**expected)
