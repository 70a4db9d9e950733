"""nginx: a reverse proxy, TLS to TLS, kept-alive origin connections. What the path costs."""

from origin import HEAD, HOST
from peer import Peer
from system import free_ports


def start(lab, name="nginx", env=None, pool=256):
    tls, plain = free_ports(2)
    folder, origin = lab.folder, lab.origin
    (folder / f"{name}.conf").write_text(HEAD.format(folder=folder, temp=lab.files, name=name) + f"""
  upstream tls {{ server 127.0.0.1:{origin.tls_port}; keepalive {pool}; keepalive_requests 100000000; }}
  upstream plain {{ server 127.0.0.1:{origin.plain_port}; keepalive {pool}; keepalive_requests 100000000; }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host {HOST};
  proxy_ssl_name {HOST};
  proxy_ssl_server_name on;
  proxy_ssl_protocols TLSv1.3;
  proxy_ssl_verify on;
  proxy_ssl_trusted_certificate {folder}/root.pem;
  proxy_request_buffering off;
  proxy_max_temp_file_size 0;
  server {{
    listen 127.0.0.1:{tls} ssl http2 backlog=8192;
    ssl_certificate {folder}/reverse.pem;
    ssl_certificate_key {folder}/reverse.key;
    location / {{ proxy_pass https://tls; }}
  }}
  server {{
    listen 127.0.0.1:{plain} backlog=8192;
    location / {{ proxy_pass http://plain; }}
  }}
}}
""")
    process = lab.start(name, ["nginx", "-p", folder, "-c", folder / f"{name}.conf"], env=env).wait_for(tls, plain)
    return Peer(lab, name, process, {"opened": ("direct", tls), "plain": ("direct", plain)}, folder / "peer.pem")
