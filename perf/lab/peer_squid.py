"""Squid with `ssl_bump bump all`: the same job. Access log on, nothing cached."""

import os
import subprocess

from origin import BYPASSED, HOST, NAMES
from peer import Peer
from system import free_ports

HELPERS = ("/usr/lib/squid/security_file_certgen", "/usr/lib64/squid/security_file_certgen")


def start(lab, name="squid", env=None):
    opened, unopened = free_ports(2)
    folder = lab.folder / name
    folder.mkdir()
    folder.chmod(0o777)
    generator = next(path for path in HELPERS if os.path.exists(path))
    lab.run([generator, "-c", "-s", folder / "leaves", "-M", "16MB"])
    for one in [folder / "leaves", *(folder / "leaves").rglob("*")]:
        one.chmod(0o777)
    bundle = folder / "ca.pem"
    bundle.write_text((lab.folder / "peer.pem").read_text() + (lab.folder / "peer.key").read_text())
    bundle.chmod(0o644)
    # So that it asks no resolver: the others do not either.
    names = "".join(f"127.0.0.1 {NAMES.replace('*', str(i))}\n" for i in range(lab.origin.names))
    (folder / "hosts").write_text(f"127.0.0.1 {HOST} {BYPASSED}\n" + names)
    (folder / "squid.conf").write_text(f"""
http_port 127.0.0.1:{opened} ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=16MB tls-cert={bundle} tls-dh=prime256v1 options=NO_SSLv3,NO_TLSv1,NO_TLSv1_1
http_port 127.0.0.1:{unopened}
sslcrtd_program {generator} -s {folder}/leaves -M 16MB
sslcrtd_children 2 startup=1 idle=1
ssl_bump bump all
tls_outgoing_options cafile={lab.folder}/root.pem min-version=1.2
http_access allow all
cache deny all
cache_mem 8 MB
hosts_file {folder}/hosts
workers 1
max_filedescriptors {lab.most_files}
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
    process = lab.start(name, ["squid", "-N", "-f", folder / "squid.conf"], env=env).wait_for(opened, unopened)
    ways = {way: ("proxy", opened) for way in ("opened", "names", "plain")}
    return Peer(lab, name, process, {**ways, "tunnel": ("proxy", unopened)}, lab.folder / "peer.pem")
