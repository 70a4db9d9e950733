"""The origin: nginx with one worker, TLS 1.3, HTTP/1.1 and HTTP/2, files in memory, a sink for uploads."""

import hashlib
import os
import re
import urllib.request

import certificates
from scenarios import BIG, MEDIUM
from system import LOAD_CPU, free_ports

HOST, BYPASSED, NAMES = "origin.perf.test", "bypassed.perf.test", "n*.names.perf.test"

HEAD = """daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}.error.log error;
worker_processes 1;
events {{ worker_connections 32768; }}
http {{
  client_body_temp_path {temp}/{name}-body;
  proxy_temp_path {temp}/{name}-proxy;
  fastcgi_temp_path {temp}/{name}-f; uwsgi_temp_path {temp}/{name}-u; scgi_temp_path {temp}/{name}-s;
  default_type application/octet-stream;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
  client_max_body_size 0;
  ssl_protocols TLSv1.3;
  ssl_ecdh_curve X25519;
  ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;
  tcp_nodelay on;
  sendfile on;
  access_log off;
"""

BODIES = {"1k": 1024, "medium": MEDIUM, "big": BIG}


class Origin:
    """Listens on tls_port and plain_port; /1k, /medium, /big, and PUT /sink."""

    def __init__(self, lab):
        self.lab, self.names = lab, 0
        self.digests = {}
        self.tls_port, self.plain_port, self.status_port, nothing = free_ports(4)
        self.leaves = lab.files / "leaves"
        for folder in (lab.files / "www", self.leaves):
            folder.mkdir(mode=0o755)
        certificates.make_authority(lab.folder, "root", "Sallyport perf origin root")
        certificates.make_leaf(lab.folder, "origin", "root", [HOST, BYPASSED])
        (lab.folder / "origin.key").chmod(0o644)  # read for each host of many, by a worker that has given up root
        for name, size in BODIES.items():
            self.write(name, size)
        self.sink_log = lab.folder / "sink.log"
        (lab.folder / "origin.conf").write_text(self.config(nothing))
        self.process = lab.start("origin", ["nginx", "-p", lab.folder, "-c", lab.folder / "origin.conf"], LOAD_CPU)
        self.process.wait_for(self.tls_port, self.plain_port)

    def config(self, nothing):
        folder = self.lab.folder
        listen = f"listen 127.0.0.1:{self.tls_port} ssl http2"
        # /sink takes the whole body (into memory files) before it answers; `return` alone would answer first.
        # Small files are pages: a user who downloads thousands a second is what shipped policies raise alerts for.
        serve = f"""root {self.lab.files}/www;
    location = /1k {{ default_type text/html; }}
    location /sink {{
      access_log {self.sink_log} sizes;
      client_body_in_file_only clean;
      proxy_pass http://127.0.0.1:{nothing};
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }}"""
        return HEAD.format(folder=folder, temp=self.lab.files, name="origin") + f"""
  log_format sizes '$request_length';
  open_file_cache max=64;
  server {{
    {listen} backlog=8192;
    listen 127.0.0.1:{self.plain_port} backlog=8192;
    server_name {HOST} {BYPASSED};
    ssl_certificate {folder}/origin.pem;
    ssl_certificate_key {folder}/origin.key;
    {serve}
  }}
  server {{
    {listen};
    server_name *.names.perf.test;
    ssl_certificate {self.leaves}/$ssl_server_name;
    ssl_certificate_key {folder}/origin.key;
    {serve}
  }}
  server {{ listen 127.0.0.1:{nothing}; return 204; }}
  server {{ listen 127.0.0.1:{self.status_port}; stub_status; }}
}}
"""

    def write(self, name, size):
        """A file of random bytes (a mebibyte of them, again and again), and its digest."""
        block, digest = os.urandom(1 << 20), hashlib.sha256()
        with open(self.lab.files / "www" / name, "wb") as file:
            while size > 0:
                piece = block[:size]
                file.write(piece)
                digest.update(piece)
                size -= len(piece)
        self.digests["/" + name] = digest.hexdigest()

    def make_names(self, count, first=0):
        """Certificates for n0.names.perf.test and on: each host has its own, so each leaf is its own."""
        folder = self.lab.folder
        self.lab.run([self.lab.tools / "many_leaves", folder / "root.pem", folder / "root.key", folder / "origin.key",
                      self.leaves, first, count])
        self.names = max(self.names, first + count)

    def accepts(self):
        """Connections taken so far."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.status_port}/", timeout=10) as reply:
            return int(re.search(r"\n\s*(\d+) \d+ \d+", reply.read(4096).decode()).group(1))

    def uploads(self):
        """Sizes of the requests at /sink so far, heads with them, cut ones too."""
        return [int(line) for line in self.sink_log.read_text().split()] if self.sink_log.exists() else []
