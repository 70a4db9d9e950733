"""HAProxy: a reverse proxy as nginx, and a plain relay of TCP for what others tunnel. `haproxy` speaks HTTP/2 to the
origin where the client speaks it, `haproxy-h1` never; `haproxy-splice` relays TCP by splice(2)."""

from origin import HOST
from peer import Peer
from system import free_ports


def start(lab, name="haproxy", env=None):
    tls, plain, relay = free_ports(3)
    folder, origin = lab.folder, lab.origin
    bundle = folder / f"{name}.bundle.pem"
    bundle.write_text((folder / "reverse.pem").read_text() + (folder / "reverse.key").read_text())
    server = (f"127.0.0.1:{origin.tls_port} ssl verify required ca-file {folder}/root.pem verifyhost {HOST} "
              f"sni str({HOST})")
    to_h2 = "" if name == "haproxy-h1" else "  use_backend h2 if { ssl_fc_alpn h2 }\n"
    splice = "  option splice-request\n  option splice-response\n" if name == "haproxy-splice" else ""
    config = folder / f"{name}.cfg"
    config.write_text(f"""
global
  nbthread 1
  maxconn {lab.most_files // (4 if splice else 2) - 200}
  ssl-default-bind-ciphersuites TLS_AES_256_GCM_SHA384
  ssl-default-bind-options ssl-min-ver TLSv1.3
  ssl-default-bind-curves X25519
  ssl-default-server-ciphersuites TLS_AES_256_GCM_SHA384
  ssl-default-server-options ssl-min-ver TLSv1.3
defaults
  mode http
  timeout connect 10s
  timeout client 300s
  timeout server 300s
  http-reuse always
frontend tls
  bind 127.0.0.1:{tls} ssl crt {bundle} alpn h2,http/1.1 backlog 8192
{to_h2}  default_backend h1
frontend plain
  bind 127.0.0.1:{plain} backlog 8192
  default_backend plain
frontend relay
  mode tcp
{splice}  bind 127.0.0.1:{relay} backlog 8192
  default_backend relay
backend h1
  server origin {server} alpn http/1.1
backend h2
  server origin {server} alpn h2
backend plain
  server origin 127.0.0.1:{origin.plain_port}
backend relay
  mode tcp
{splice}  server origin 127.0.0.1:{origin.tls_port}
""")
    process = lab.start(name, ["haproxy", "-db", "-f", config], env=env).wait_for(tls, plain, relay)
    ways = {"opened": ("direct", tls), "plain": ("direct", plain), "tunnel": ("direct", relay)}
    return Peer(lab, name, process, ways, folder / "peer.pem")
