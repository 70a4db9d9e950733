"""mitmproxy (mitmdump): the same job, in Python. Large bodies are streamed, flows are not kept."""

from origin import BYPASSED
from peer import Peer
from system import free_ports

# The system's resolver does not know the lab's names. (To change data.server.address in a hook would make mitmproxy
# open a connection for each plain request, and hang at the sixth.)
ADDON = """
import socket

ask = socket.getaddrinfo


def getaddrinfo(host, *rest, **more):
    name = host.decode() if isinstance(host, bytes) else str(host)
    return ask("127.0.0.1" if name.endswith(".perf.test") else host, *rest, **more)


socket.getaddrinfo = getaddrinfo
"""


def start(lab, name="mitmproxy", env=None):
    port, = free_ports(1)
    folder = lab.folder / name
    folder.mkdir()
    (folder / "mitmproxy-ca.pem").write_text(
        (lab.folder / "peer.key").read_text() + (lab.folder / "peer.pem").read_text())
    (folder / "addon.py").write_text(ADDON)
    words = ["mitmdump", "-q", "--listen-host", "127.0.0.1", "-p", port, "-s", folder / "addon.py"]
    for option in (f"confdir={folder}", f"ssl_verify_upstream_trusted_ca={lab.folder}/root.pem",
                   "stream_large_bodies=1m", "flow_detail=0", f"ignore_hosts={BYPASSED}", "block_global=false"):
        words += ["--set", option]
    process = lab.start(name, words, env=env).wait_for(port)
    ways = {way: ("proxy", port) for way in ("opened", "names", "plain", "tunnel")}
    return Peer(lab, name, process, ways, lab.folder / "peer.pem")
