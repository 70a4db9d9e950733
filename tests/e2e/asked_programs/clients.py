"""Programs that are no browsers. Each asks once, as its users would, and tells what its users hear."""

import asyncio
import dataclasses
import http.client
import os
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import grpc
import urllib3
import websockets

import kit
from kit import websocket
from kit.http2 import Http2
from kit.process import clean_environment, tool

PATIENCE = 60  # seconds after which a program counts as hanging


@dataclasses.dataclass
class Heard:
    passed: bool = False
    status: object = None  # of HTTP; of gRPC its name
    fields: dict = dataclasses.field(default_factory=dict)
    text: str = ""         # the body, the message of a call, or what the program printed


def _lower(fields):
    return {name.lower(): value for name, value in fields}


def _of_reply(status, fields, body):
    return Heard(status in (101, 200, 207), status, _lower(fields), body.decode(errors="replace"))


def curl(lab, gateway, row, url):
    body = bytes(row.get("body", 0))
    reply = kit.Curl(gateway)(*row["arguments"], url, stdin=body, deadline=PATIENCE, code=None)
    if not reply.replies:
        return Heard(text=f"curl ended with {reply.code}: {reply.messages}")
    fields = {name: values[0] for name, values in reply.fields.items()}
    if reply.code != 0:
        return Heard(status=reply.status, fields=fields, text=f"curl ended with {reply.code}: {reply.messages}")
    if fields.get("grpc-status") is not None:
        status = [one for one in grpc.StatusCode if one.value[0] == int(fields["grpc-status"])][0].name
        return Heard(status == "OK", status, fields, urllib.request.unquote(fields.get("grpc-message", "")))
    return Heard(reply.status == 200, reply.status, fields, reply.text)


def _trust(gateway):
    return ssl.create_default_context(cafile=str(gateway.ca))


def urllib_(lab, gateway, row, url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": gateway.proxy, "https": gateway.proxy}),
                                         urllib.request.HTTPSHandler(context=_trust(gateway)))
    try:
        with opener.open(url, timeout=PATIENCE) as reply:
            return _of_reply(reply.status, reply.headers.items(), reply.read())
    except urllib.error.HTTPError as error:
        return _of_reply(error.code, error.headers.items(), error.read())


def http_client(lab, gateway, row, url):
    host, port = gateway.addresses[0].rsplit(":", 1)
    connection = http.client.HTTPSConnection(host, int(port), timeout=PATIENCE, context=_trust(gateway))
    connection.set_tunnel(url.split("/")[2], 443)
    body = bytes(row.get("body", 0)) or None
    connection.request("PUT" if body else "GET", "/", body)
    reply = connection.getresponse()
    heard = _of_reply(reply.status, reply.getheaders(), reply.read())
    connection.close()
    return heard


def urllib3_(lab, gateway, row, url):
    pool = urllib3.ProxyManager(gateway.proxy, ssl_context=_trust(gateway),
                                retries=urllib3.Retry(3, status_forcelist=[429, 500, 502, 503, 504]))
    reply = pool.request("GET", url, timeout=PATIENCE)
    heard = _of_reply(reply.status, reply.headers.items(), reply.data)
    pool.clear()
    return heard


def websocket_(lab, gateway, row, url):
    host = url.split("/")[2]
    with kit.connect_through(gateway, host) as peer:
        head = websocket.open_client(peer, host)
        body = b"" if head.status == 101 else peer.read_body(head)
        return _of_reply(head.status, head.fields, body)


def http2_websocket(lab, gateway, row, url):
    with Http2.connect(gateway, url.split("/")[2]) as connection:
        stream = connection.websocket("/").wait_head()
        if stream.status != 200:
            stream.wait_end()
        return _of_reply(stream.status, [one for one in stream.fields if one[0] != ":status"], stream.body)


def _tunnel(gateway, host):
    """A socket to `host` by CONNECT, without TLS."""
    return kit.connect_through(gateway, host, tls=False).socket


def websockets_(lab, gateway, row, url, begun=None):
    """The library's own client. It shows no body of what is not 101."""
    host = url.split("/")[2]
    sock = _tunnel(gateway, host)

    async def talk():
        try:
            async with websockets.connect(f"wss://{host}/", sock=sock, ssl=_trust(gateway), server_hostname=host,
                                          open_timeout=PATIENCE) as client:
                if begun is None:
                    return Heard(True, 101)
                begun()
                try:
                    await asyncio.wait_for(client.recv(), PATIENCE)
                except websockets.ConnectionClosed as error:
                    return Heard(text=str(error))
                return Heard(True)
        except websockets.InvalidStatusCode as error:
            return Heard(False, error.status_code, _lower(error.headers.items()))

    return asyncio.run(talk())


def _channel(lab, gateway, host):
    os.environ["grpc_proxy"] = gateway.proxy
    channel = grpc.secure_channel(f"{host}:443", grpc.ssl_channel_credentials(gateway.ca.read_bytes()),
                                  options=[("grpc.use_local_subchannel_pool", 1)])
    grpc.channel_ready_future(channel).result(timeout=PATIENCE)  # The variable is read by then.
    del os.environ["grpc_proxy"]
    return channel


def _of_call(error):
    return Heard(False, error.code().name, {"grpc-message": error.details()}, error.details())


def grpc_one(lab, gateway, row, url):
    with _channel(lab, gateway, url.split("/")[2]) as channel:
        try:
            reply, _ = channel.unary_unary("/test.Echo/One").with_call(b"hello", timeout=PATIENCE)
            return Heard(True, "OK", text=reply.decode())
        except grpc.RpcError as error:
            return _of_call(error)


def grpc_talk(lab, gateway, row, url, begun=None):
    more = iter([b"one"]) if begun is None else _endless()
    with _channel(lab, gateway, url.split("/")[2]) as channel:
        try:
            replies = channel.stream_stream("/test.Echo/Talk")(more, timeout=PATIENCE)
            text = next(replies)
            if begun is not None:
                begun()
                for _ in replies:
                    pass
            return Heard(True, "OK", text=text.decode())
        except grpc.RpcError as error:
            return _of_call(error)
        finally:
            if begun is not None:
                replies.cancel()


def _endless():
    while True:
        yield b"more"
        time.sleep(0.05)


def hold_open(lab, gateway, row, url, begun):
    """Keeps something open until it is cut."""
    if row["speaks"] != "curl":
        return CLIENTS[row["speaks"]](lab, gateway, row, url, begun)
    with open("/dev/zero", "rb") as zeros:  # What -T - sends.
        done = subprocess.run(kit.Curl(gateway).arguments("-o", "/dev/null", *row["arguments"], url), stdin=zeros,
                              capture_output=True, text=True, timeout=PATIENCE, env=clean_environment(lab.directory))
    return Heard(done.returncode == 0, done.returncode, text=done.stderr)


def _run(lab, gateway, *command):
    """A program that is told by its environment, as most are."""
    ca = str(gateway.ca)
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=PATIENCE, cwd=lab.directory,
        stdin=subprocess.DEVNULL,
        env=clean_environment(lab.directory, https_proxy=gateway.proxy, HTTPS_PROXY=gateway.proxy, SSL_CERT_FILE=ca,
                              GIT_SSL_CAINFO=ca, GIT_TERMINAL_PROMPT="0"))
    return Heard(done.returncode == 0, done.returncode, text=done.stdout + done.stderr)


def wget(lab, gateway, row, url):
    return _run(lab, gateway, tool("wget"), "--no-hsts", "--content-on-error", f"--ca-certificate={gateway.ca}",
                "-O", "-", url)


def git(lab, gateway, row, url):
    return _run(lab, gateway, tool("git"), "ls-remote", url + "team/project.git")


def rclone(lab, gateway, row, url):
    return _run(lab, gateway, tool("rclone"), "--config", "", "--ca-cert", gateway.ca, "lsf",
                f":webdav,url='{url}':")


CLIENTS = {"curl": curl, "urllib": urllib_, "http_client": http_client, "urllib3": urllib3_, "websocket": websocket_,
           "http2_websocket": http2_websocket, "websockets": websockets_, "grpc_one": grpc_one, "grpc_talk": grpc_talk,
           "wget": wget, "git": git, "rclone": rclone}
