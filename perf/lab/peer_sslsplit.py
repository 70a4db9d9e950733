"""sslsplit: intercepts towards one origin, forges the leaf, understands nothing of what is inside. It has no CONNECT,
so the generator speaks to it as to a reverse proxy. A line per connection goes to a file."""

from peer import Peer
from system import free_ports


def start(lab, name="sslsplit", env=None):
    port, = free_ports(1)
    folder = lab.folder
    words = ["sslsplit", "-c", folder / "peer.pem", "-k", folder / "peer.key", "-K", folder / "reverse.key", "-u", "root",
             "-o", "VerifyPeer=yes", "ssl", "127.0.0.1", port, "127.0.0.1", lab.origin.tls_port]
    env = {**(env or {}), "SSL_CERT_FILE": str(folder / "root.pem")}
    process = lab.start(name, words, env=env).wait_for(port)
    return Peer(lab, name, process, {"opened": ("direct", port)}, folder / "peer.pem")
