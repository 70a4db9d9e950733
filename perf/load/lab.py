"""The lab that compare.py measures in: certificates, the origin, and the peers, each a process of its own
in a temporary folder, on loopback and on ports that were free."""

import contextlib
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

PROXY_CPU, LOAD_CPU = "0", "1"
HOST = "origin.perf.test"  # RFC 6761: never a real name
BYPASSED = "bypassed.perf.test"
START_SECONDS = 20
BIG = 100 << 20  # bytes


def free_ports(count):
    """Ports that nothing listens on now. They are taken at once by processes that start right after."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def openssl(*words, **more):
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=30, **more)


def make_authority(folder, name, common_name):
    """A P-256 root: folder/name.pem and folder/name.key."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-subj", f"/CN={common_name}",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def make_leaf(folder, name, authority, names):
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr", "-subj", f"/CN={names[0]}")
    extensions = folder / f"{name}.ext"
    extensions.write_text("subjectAltName=" + ",".join("DNS:" + one for one in names) +
                          "\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\n"
                          "basicConstraints=critical,CA:FALSE\n")
    openssl("x509", "-req", "-days", "20", "-in", folder / f"{name}.csr", "-CA", folder / f"{authority}.pem",
            "-CAkey", folder / f"{authority}.key", "-CAcreateserial", "-extfile", extensions,
            "-out", folder / f"{name}.pem")


class Process:
    """A server and its children. Ended by its own process group, never by name."""

    def __init__(self, name, words, folder, cpu, env=None):
        self.name = name
        self.output = open(folder / f"{name}.out", "ab")
        self.child = subprocess.Popen(["taskset", "-c", cpu, *map(str, words)], stdin=subprocess.DEVNULL,
                                      stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True,
                                      cwd=folder, env={**os.environ, **(env or {})})
        self.pid = self.child.pid  # taskset becomes the server

    def wait_for(self, port):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.child.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return self
            time.sleep(0.05)
        tail = pathlib.Path(self.output.name).read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self.name} does not listen on {port}:\n{tail}")

    def tree(self):
        """The pids of the server and all below it."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
                    parents.setdefault(int(fields[1]), []).append(int(entry))
        found, left = [], [self.pid]
        while left:
            pid = left.pop()
            found.append(pid)
            left += parents.get(pid, [])
        return found

    def cpu_seconds(self):
        """(user, system) of the tree, with children that ended."""
        user = system = 0
        for pid in self.tree():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
                user += int(fields[11]) + int(fields[13])
                system += int(fields[12]) + int(fields[14])
        tick = os.sysconf("SC_CLK_TCK")
        return user / tick, system / tick

    def pss_bytes(self):
        total = 0
        for pid in self.tree():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        return total * 1024

    def alive(self):
        return self.child.poll() is None

    def stop(self):
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGTERM)
            try:
                self.child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.child.wait(timeout=10)
        self.output.close()


NGINX_HEAD = """daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}.error.log error;
worker_processes 1;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
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
"""


class Lab:
    """Enter it, and the origin runs. Leave it, and nothing is left."""

    def __enter__(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.processes = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sallyport-perf-"))
        self.files = pathlib.Path(tempfile.mkdtemp(prefix="sallyport-perf-", dir="/dev/shm"))
        for one in (self.folder, self.files):
            one.chmod(0o777)  # Squid and nginx give up root
        try:
            make_authority(self.folder, "root", "Sallyport perf origin root")
            make_leaf(self.folder, "origin", "root", [HOST, BYPASSED])
            make_authority(self.folder, "peer", "Sallyport perf peer CA")
            make_leaf(self.folder, "reverse", "peer", [HOST])
            self.start_origin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for one in reversed(self.processes):
            with contextlib.suppress(Exception):
                one.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.files, ignore_errors=True)

    def start(self, name, words, cpu=PROXY_CPU, env=None):
        process = Process(name, words, self.folder, cpu, env)
        self.processes.append(process)
        return process

    def start_origin(self):
        self.tls_port, self.plain_port, nothing = free_ports(3)
        (self.files / "www").mkdir(mode=0o755)
        (self.files / "www" / "1k").write_bytes(b"k" * 1024)
        with open(self.files / "www" / "big", "wb") as big:
            block = os.urandom(1 << 20)
            for _ in range(BIG >> 20):
                big.write(block)
        # /sink takes the whole body (into memory files) before it answers; `return` alone would answer first.
        (self.folder / "origin.conf").write_text(
            NGINX_HEAD.format(folder=self.folder, temp=self.files, name="origin") + f"""
  access_log off;
  open_file_cache max=16;
  server {{
    listen 127.0.0.1:{self.tls_port} ssl backlog=4096;
    listen 127.0.0.1:{self.plain_port} backlog=4096;
    ssl_certificate {self.folder}/origin.pem;
    ssl_certificate_key {self.folder}/origin.key;
    root {self.files}/www;
    location /sink {{
      client_body_in_file_only clean;
      proxy_pass http://127.0.0.1:{nothing};
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }}
  }}
  server {{ listen 127.0.0.1:{nothing}; return 204; }}
}}
""")
        self.origin = self.start("origin", ["nginx", "-p", self.folder, "-c", self.folder / "origin.conf"], LOAD_CPU)
        self.origin.wait_for(self.tls_port)

    # The peers. Each returns a Peer that listens.

    def sallyport(self, binary, repository, name="sallyport", idle=None, env=None):
        proxy, admin = free_ports(2)
        rules = self.folder / f"{name}-policies"
        shutil.copytree(repository / "conf" / "policies", rules)
        (rules / "perf.yaml").write_text(
            f'- name: Perf is carried unopened\n  when: {{ host: "={BYPASSED}" }}\n  kind: tls\n  then: bypass\n')
        conf = repository / "conf"
        more = "" if idle is None else f"  idle_connections_per_origin: {idle}\n"
        config = self.folder / f"{name}.yaml"
        config.write_text(f"""
listeners:
  - address: 127.0.0.1:{proxy}
admin:
  - address: 127.0.0.1:{admin}
workers: 1
state:
  directory: {self.folder}/{name}-state
connect:
  ports: [443, {self.tls_port}]
origins:
  allow_addresses: [127.0.0.0/8]
  resolve:
    {HOST}: 127.0.0.1
    {BYPASSED}: 127.0.0.1
  roots: [{self.folder}/root.pem]
{more}policies: {rules}
templates: {conf}/templates
catalog: {conf}/catalog
tags:
  apps: {conf}/tags/apps.yaml
  addresses: {conf}/tags/ip_ranges.yaml
users:
  directory: {conf}/users/users.yaml
  addresses: {conf}/users/addresses.yaml
pac: {conf}/pac/pac.yaml
recording:
  logs:
    - file: access.jsonl
limits:                     # all of this comes from one client
  connections_per_client: 100000
  connection_rate: 0
""")
        process = self.start(name, [binary, "run", "--quiet", "-c", config], env=env).wait_for(proxy)
        roots = self.folder / f"{name}-ca.pem"
        with urllib.request.urlopen(f"http://127.0.0.1:{proxy}/ca.pem", timeout=5) as reply:
            roots.write_bytes(reply.read(100_000))
        return Peer(self, name, process, proxy=proxy, roots=roots, opens_tunnels=True, admin=admin)

    def squid(self, name="squid", env=None):
        opened, unopened = free_ports(2)
        folder = self.folder / name
        folder.mkdir()
        folder.chmod(0o777)
        generator = next(path for path in ("/usr/lib/squid/security_file_certgen",
                                           "/usr/lib64/squid/security_file_certgen") if os.path.exists(path))
        subprocess.run([generator, "-c", "-s", folder / "leaves", "-M", "16MB"], check=True,
                       capture_output=True, timeout=30)
        for one in [folder / "leaves", *(folder / "leaves").rglob("*")]:
            one.chmod(0o777)
        bundle = folder / "ca.pem"
        bundle.write_text((self.folder / "peer.pem").read_text() + (self.folder / "peer.key").read_text())
        bundle.chmod(0o644)
        (folder / "hosts").write_text(f"127.0.0.1 {HOST} {BYPASSED}\n")
        (folder / "squid.conf").write_text(f"""
http_port 127.0.0.1:{opened} ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=16MB tls-cert={bundle} tls-dh=prime256v1 options=NO_SSLv3,NO_TLSv1,NO_TLSv1_1
http_port 127.0.0.1:{unopened}
sslcrtd_program {generator} -s {folder}/leaves -M 16MB
sslcrtd_children 2 startup=1 idle=1
ssl_bump bump all
tls_outgoing_options cafile={self.folder}/root.pem min-version=1.2
http_access allow all
cache deny all
cache_mem 8 MB
hosts_file {folder}/hosts
workers 1
max_filedescriptors 16384
access_log stdio:{folder}/access.log
cache_log {folder}/cache.log
cache_store_log none
pid_filename {folder}/squid.pid
coredump_dir {folder}
pinger_enable off
netdb_filename none
shutdown_lifetime 0 seconds
visible_hostname squid.perf.test
""")
        process = self.start(name, ["squid", "-N", "-f", folder / "squid.conf"], env=env).wait_for(opened)
        return Peer(self, name, process, proxy=opened, tunnel=unopened, roots=self.folder / "peer.pem",
                    opens_tunnels=True)

    def nginx(self, name="nginx", env=None):
        tls, plain = free_ports(2)
        (self.folder / f"{name}.conf").write_text(
            NGINX_HEAD.format(folder=self.folder, temp=self.files, name=name) + f"""
  access_log {self.folder}/{name}.access.log;
  upstream tls {{ server 127.0.0.1:{self.tls_port}; keepalive 256; keepalive_requests 100000000; }}
  upstream plain {{ server 127.0.0.1:{self.plain_port}; keepalive 256; keepalive_requests 100000000; }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host {HOST};
  proxy_ssl_name {HOST};
  proxy_ssl_server_name on;
  proxy_ssl_protocols TLSv1.3;
  proxy_ssl_verify on;
  proxy_ssl_trusted_certificate {self.folder}/root.pem;
  proxy_request_buffering off;
  proxy_max_temp_file_size 0;
  server {{
    listen 127.0.0.1:{tls} ssl backlog=4096;
    ssl_certificate {self.folder}/reverse.pem;
    ssl_certificate_key {self.folder}/reverse.key;
    location / {{ proxy_pass https://tls; }}
  }}
  server {{
    listen 127.0.0.1:{plain} backlog=4096;
    location / {{ proxy_pass http://plain; }}
  }}
}}
""")
        process = self.start(name, ["nginx", "-p", self.folder, "-c", self.folder / f"{name}.conf"],
                             env=env).wait_for(tls)
        return Peer(self, name, process, direct_tls=tls, direct_plain=plain, roots=self.folder / "peer.pem")


class Peer:
    """A proxy under measurement, and how the generator is told to go through it."""

    def __init__(self, lab, name, process, proxy=None, tunnel=None, direct_tls=None, direct_plain=None,
                 roots=None, opens_tunnels=False, admin=None):
        self.lab, self.name, self.process, self.roots = lab, name, process, roots
        self.proxy, self.tunnel = proxy, tunnel or proxy
        self.direct_tls, self.direct_plain = direct_tls, direct_plain
        self.opens_tunnels, self.admin = opens_tunnels, admin

    def words(self, kind):
        """kind: opened (intercepted TLS), plain (HTTP), tunnel (carried unopened)."""
        lab = self.lab
        if kind == "opened":
            if self.direct_tls:
                return ["--direct", f"127.0.0.1:{self.direct_tls}", "--host", HOST, "--roots", self.roots]
            return ["--proxy", f"127.0.0.1:{self.proxy}", "--host", f"{HOST}:{lab.tls_port}",
                    "--roots", self.roots]
        if kind == "plain":
            if self.direct_plain:
                return ["--direct", f"127.0.0.1:{self.direct_plain}", "--host", HOST, "--plain"]
            return ["--proxy", f"127.0.0.1:{self.proxy}", "--host", f"{HOST}:{lab.plain_port}", "--plain"]
        return ["--proxy", f"127.0.0.1:{self.tunnel}", "--host", f"{BYPASSED}:{lab.tls_port}",
                "--roots", lab.folder / "root.pem"]

    def metrics(self):
        """Sallyport's own counters: {name: sum over its labels}; empty for the others."""
        if self.admin is None:
            return {}
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=5) as reply:
            text = reply.read(1 << 20).decode()
        found = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                name = name.partition("{")[0]
                found[name] = found.get(name, 0) + float(value)
        return found

    def issuer(self):
        """Whose CA an intercepted leaf must come from."""
        text = subprocess.run(["openssl", "x509", "-noout", "-subject", "-nameopt", "multiline", "-in",
                               self.roots], check=True, capture_output=True, text=True, timeout=10).stdout
        return next(line.split("=", 1)[1].strip() for line in text.splitlines() if "commonName" in line)
