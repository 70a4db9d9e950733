"""WebSockets of programs that others wrote: python3-websockets and Chromium, compressed, through TLS."""

import asyncio
import contextlib
import http
import os
import socket
import ssl
import sys
import threading

import kit
from kit.browser import Browser

# Debian's package, also for a python3 of somebody else's that comes first in PATH.
sys.path.append("/usr/lib/python3/dist-packages")
import websockets  # noqa: E402

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Echo</title></head><body><p id="said"></p>
<script>
  var said = [], socket = new WebSocket('%s://' + location.host + '/from-the-browser');
  socket.binaryType = 'arraybuffer';
  socket.onopen = function () {
    socket.send('Grüße '.repeat(500));
    socket.send(new Uint8Array(70000));
    socket.send('bye');
  };
  socket.onmessage = function (event) {
    said.push(typeof event.data === 'string' ? 'text ' + event.data.length : 'binary ' + event.data.byteLength);
    if (event.data === 'bye') socket.close(3001, 'enough');
  };
  socket.onclose = function (event) {
    said.push('closed ' + event.code + ' ' + event.wasClean + ' [' + socket.extensions + ']');
    document.getElementById('said').textContent = said.join(', ');
    fetch('/over');
  };
</script>
<img alt="" src="/when-over"></body></html>
"""


class Echo:
    """An origin with a loop of its own: /page, and an echo everywhere else."""

    def __init__(self, scenario, identity=None):
        self.loop = asyncio.new_event_loop()
        self.over = None
        context = None
        if identity is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(identity.chain, identity.key)
        self.scheme = "ws" if identity is None else "wss"
        thread = threading.Thread(target=self.loop.run_forever)
        thread.start()
        self.server = self.run(self._start(context))
        self.address = "127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]

        def stop():
            self.run(self._stop())
            self.loop.call_soon_threadsafe(self.loop.stop)
            thread.join()
            self.loop.close()
        scenario.addClassCleanup(stop)

    def run(self, task):
        return asyncio.run_coroutine_threadsafe(task, self.loop).result(60)

    async def _start(self, context):
        self.over = asyncio.Event()
        return await websockets.serve(self._talk, "127.0.0.1", 0, ssl=context, max_size=None,
                                      process_request=self._page)

    async def _stop(self):
        self.server.close()
        await self.server.wait_closed()

    async def _talk(self, peer):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for message in peer:
                if message == "please close":
                    return await peer.close(1011, "asked to")
                await peer.send(message)

    async def _page(self, path, headers):
        if path == "/page":
            return http.HTTPStatus.OK, {"Content-Type": "text/html"}, (PAGE % self.scheme).encode()
        if path == "/over":
            self.over.set()
            return http.HTTPStatus.NO_CONTENT, {}, b""
        if path == "/when-over":
            # The page is not loaded, and its document not looked at, before its WebSocket has ended.
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.over.wait(), 20)
            self.over.clear()
            return http.HTTPStatus.NOT_FOUND, {}, b""
        return None


class WebsocketEcho(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.echo = Echo(cls, authority.issue("live.test"))
        cls.plain = Echo(cls)
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate],
                                  resolve={"live.test": cls.echo.address, "plain.test": cls.plain.address},
                                  # Chromium takes names below localhost for this machine.
                                  config={"gateway": {"name": "sallyport.localhost"}})
        cls.trust = ssl.create_default_context(cafile=cls.gateway.ca)

    def tunnel(self):
        host, port = self.gateway.addresses[0].rsplit(":", 1)
        peer = socket.create_connection((host, int(port)), timeout=20)
        peer.sendall(b"CONNECT live.test:443 HTTP/1.1\r\nHost: live.test:443\r\n\r\n")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += peer.recv(1)
        self.assertIn(b" 200 ", head.split(b"\r\n")[0])
        peer.setblocking(False)
        return peer

    def connect(self, path, **options):
        return websockets.connect("wss://live.test" + path, sock=self.tunnel(), ssl=self.trust,
                                  server_hostname="live.test", max_size=None, **options)

    def said(self, path, *arguments):
        row = self.gateway.wait_for_activities(1, *arguments, path=path)[0]
        return self.gateway.event(row["id"])

    def test_messages_come_back_and_are_counted(self):
        async def talk(path, compression):
            async with self.connect(path, compression=compression) as peer:
                for message in ("", "Grüße " * 100, os.urandom(70_000), b"\0" * 300_000,
                                ["in ", "fragments ", "sent"]):
                    await peer.send(message)
                    back = await peer.recv()
                    self.assertEqual(back, "".join(message) if isinstance(message, list) else message)
                await (await peer.ping(b"there?"))
        for compression in ("deflate", None):
            path = f"/counted-{compression}"
            with self.subTest(path=path):
                asyncio.run(talk(path, compression))
                event = self.said(path)
                told = event["websocket"]
                self.assertEqual((event["status"], event["ending"]), (101, "completed"), event)
                for side in ("client", "origin"):
                    counts = {name: told[side][name] for name in ("messages", "text", "binary")}
                    self.assertEqual(counts, {"messages": 5, "text": 3, "binary": 2}, told)
                self.assertEqual((told["closed_by"], told["close_code"], told["compressed"], told.get("fault")),
                                 ("client", 1000, compression is not None, None))
                # What is random stays long; the zeros only where nothing is compressed.
                self.assertGreaterEqual(told["client"]["largest"], 300_000 if compression is None else 70_000)
                self.assertLess(told["origin"]["bytes"], 400_000 if compression is None else 80_000)

    def test_who_closed_and_why(self):
        async def talk():
            async with self.connect("/closed-by-the-origin") as peer:
                await peer.send("please close")
                with self.assertRaises(websockets.ConnectionClosedError) as closed:
                    await peer.recv()
                self.assertEqual((closed.exception.rcvd.code, closed.exception.rcvd.reason), (1011, "asked to"))
        asyncio.run(talk())
        told = self.said("/closed-by-the-origin")["websocket"]
        self.assertEqual((told["closed_by"], told["close_code"]), ("origin", 1011))

    def test_many_talk_at_once(self):
        async def one(number):
            async with self.connect("/many") as peer:
                for turn in range(50):
                    message = f"{number} says {turn} " * (turn + 1)
                    await peer.send(message)
                    self.assertEqual(await peer.recv(), message)

        async def all_of_them():
            await asyncio.gather(*(one(number) for number in range(20)))
        asyncio.run(all_of_them())
        rows = self.gateway.wait_for_activities(20, path="/many")
        self.assertEqual([self.gateway.event(row["id"])["websocket"]["client"]["text"] for row in rows], [50] * 20)

    def test_what_is_no_websocket_is_cut_off(self):
        async def talk():
            async with self.connect("/broken", compression=None) as peer:
                await peer.send("good")
                self.assertEqual(await peer.recv(), "good")
                peer.transport.write(b"SSH-2.0-OpenSSH_9.2\r\n")
                with self.assertRaises(websockets.ConnectionClosed):
                    await peer.recv()
        asyncio.run(talk())
        event = self.said("/broken")
        self.assertEqual(event["ending"], "refused")
        self.assertIn("RFC 6455 section 5.2", event["error"])
        self.assertGreaterEqual(self.gateway.metric("sallyport_websocket_faults_total"), 1)

    def test_a_browser_talks(self):
        # Chromium asks for ws:// through CONNECT to port 80, and for wss:// through one to 443.
        browser = Browser(self, self.gateway)
        for page in ("https://live.test/page", "http://plain.test/page"):
            with self.subTest(page=page):
                dom = browser.dom(page)
                self.assertIn("text 3000, binary 70000, text 3, closed 3001 true [permessage-deflate", dom)
                event = self.said("/from-the-browser", "--host", page.split("/")[2])
                told = event["websocket"]
                self.assertEqual(event["intercepted"], page.startswith("https"))
                self.assertEqual((told["client"]["text"], told["client"]["binary"]), (2, 1), told)
                self.assertEqual((told["closed_by"], told["close_code"], told["compressed"]),
                                 ("client", 3001, True), told)
