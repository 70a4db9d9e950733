"""HTTP/2 by python3-h2, both ends of it, for what no program does on demand. One thread drives a connection:
whatever waits for one stream takes in what comes for all."""

import collections

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings
import hyperframe.frame

from kit import wire

Codes = h2.errors.ErrorCodes
WINDOW = 1 << 20  # bytes, of each stream and of the connection


class Stream:
    """One exchange. What came of it: `fields` (pseudo-headers too), `interim` (fields of 1xx), `body`,
    `trailers`, `ended`, and `reset`, the code, where the other side or the connection's end cut it short."""

    def __init__(self, connection, id):
        self.connection, self.id = connection, id
        self.fields, self.trailers, self.interim = None, None, []
        self.body = b""
        self.ended, self.reset = False, None

    @property
    def over(self):
        return self.ended or self.reset is not None

    @property
    def status(self):
        status = self.get(":status")
        return int(status) if status else None

    def get(self, name, default=None):
        for field, value in self.fields or ():
            if field == name:
                return value
        return default

    def wait_head(self):
        self.connection.pump_until(lambda: self.fields is not None or self.over)
        return self

    def wait_end(self):
        self.connection.pump_until(lambda: self.over)
        return self

    def send_head(self, fields, end=False):
        self.connection.engine.send_headers(self.id, fields, end_stream=end)
        self.connection.flush()

    def reply(self, status, body=b"", fields=(), trailers=()):
        """A whole reply, or with `body` None its head alone."""
        head = [(":status", str(status)), *fields]
        if body is None:
            return self.send_head(head)
        self.send_head(head, end=not body and not trailers)
        if body:
            self.send(body, end=not trailers)
        if trailers:
            self.send_head(list(trailers), end=True)

    def send(self, data, end=False):
        """As the other side's windows allow. False where it gave the stream up meanwhile."""
        engine, view = self.connection.engine, memoryview(data.encode() if isinstance(data, str) else data)
        while len(view):
            if self.reset is not None:
                return False
            room = min(engine.local_flow_control_window(self.id), engine.max_outbound_frame_size, len(view))
            if room == 0:
                self.connection.flush()
                if not self.connection.pump():
                    return False
                continue
            engine.send_data(self.id, view[:room].tobytes(), end_stream=end and room == len(view))
            view = view[room:]
        if end and not len(data):
            engine.end_stream(self.id)
        self.connection.flush()
        return True

    def abort(self, code=Codes.CANCEL):
        self.connection.engine.reset_stream(self.id, code)
        self.connection.flush()
        self.reset = int(code)

    # As a kit.Peer, for what is spoken inside a stream.
    def read_exactly(self, count):
        self.connection.pump_until(lambda: len(self.body) >= count or self.over)
        if len(self.body) < count:
            raise EOFError(f"{count - len(self.body)} bytes of {count} did not come; {self!r}")
        data, self.body = self.body[:count], self.body[count:]
        return data

    def __repr__(self):
        return (f"<stream {self.id}: {self.fields} {len(self.body)} bytes {self.body[:300]!r} interim {self.interim} "
                f"trailers {self.trailers} ended {self.ended} reset {self.reset}>")


class Http2:
    """Over a kit.Peer. `settings` are those of h2.settings.SettingCodes."""

    def __init__(self, peer, client, **settings):
        self.peer = peer
        self.client = client
        self.engine = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=client, header_encoding="utf-8", validate_outbound_headers=False,
            normalize_outbound_headers=False))
        self.streams = {}
        self.new = collections.deque()  # a server's requests that nobody took yet
        self.settings = {}              # the other side's
        self.goaway = None              # its code
        self.closed = False
        codes = h2.settings.SettingCodes
        # Before the preface: update_settings() would speak first.
        self.engine.local_settings = h2.settings.Settings(client, {
            codes.INITIAL_WINDOW_SIZE: WINDOW, codes.ENABLE_PUSH: 0, codes.MAX_HEADER_LIST_SIZE: 64 * 1024,
            **{codes[name.upper()]: value for name, value in settings.items()}})
        self.engine.initiate_connection()
        self.engine.increment_flow_control_window(WINDOW - 65535)
        self.flush()

    def flush(self):
        data = self.engine.data_to_send()
        if data:
            self.peer.send(data)

    def pump(self):
        """Takes in what comes next. False where nothing will any more."""
        if self.closed:
            return False
        data, self.peer.held = self.peer.held, b""
        if not data:
            try:
                self.peer.fill()
            except ConnectionError:
                pass
            data, self.peer.held = self.peer.held, b""
        if not data:
            self.closed = True
            for stream in self.streams.values():
                if not stream.over:
                    stream.reset = -1
            return False
        for event in self.engine.receive_data(data):
            self._take(event)
        self.flush()
        return True

    def pump_until(self, reached):
        while not reached() and self.pump():
            pass

    def _take(self, event):
        if isinstance(event, h2.events.RequestReceived):
            stream = self.streams[event.stream_id] = Stream(self, event.stream_id)
            stream.fields = event.headers
            self.new.append(stream)
            return
        if isinstance(event, h2.events.RemoteSettingsChanged):
            self.settings.update({code: change.new_value for code, change in event.changed_settings.items()})
        if isinstance(event, h2.events.ConnectionTerminated):
            self.goaway = event.error_code
        stream = self.streams.get(getattr(event, "stream_id", None) or 0)
        if stream is None:
            return
        if isinstance(event, h2.events.ResponseReceived):
            stream.fields = event.headers
        elif isinstance(event, h2.events.InformationalResponseReceived):
            stream.interim.append(event.headers)
        elif isinstance(event, h2.events.TrailersReceived):
            stream.trailers = event.headers
        elif isinstance(event, h2.events.DataReceived):
            stream.body += event.data
            # Where the stream ended, only the connection's window is still owed.
            self.engine.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            stream.ended = True
        elif isinstance(event, h2.events.StreamReset):
            stream.reset = event.error_code

    # --- a client ---

    @classmethod
    def connect(cls, gateway, host, **settings):
        """Through the gateway, which must choose h2."""
        peer = wire.connect_through(gateway, host, alpn=("h2",))
        if peer.alpn != "h2":
            raise AssertionError(f"{host}: the gateway chose {peer.alpn}")
        connection = cls(peer, True, **settings)
        connection.host = host
        return connection

    def request(self, path, method="GET", fields=(), body=None, end=True, scheme="https"):
        """Its stream. Without `end` the caller sends more."""
        stream = Stream(self, self.engine.get_next_available_stream_id())
        self.streams[stream.id] = stream
        stream.send_head([(":method", method), (":scheme", scheme), (":authority", self.host), (":path", path),
                          *fields], end=end and not body)
        if body:
            stream.send(body, end=end)
        return stream

    def websocket(self, path, fields=()):
        """Extended CONNECT (RFC 8441); the stream is the WebSocket where its status is 200."""
        return self.request(path, "CONNECT", [(":protocol", "websocket"), ("sec-websocket-version", "13"), *fields],
                            end=False)

    # --- a server ---

    def accept(self):
        """The next request, as soon as its head is there; None at the connection's end."""
        self.pump_until(lambda: self.new)
        return self.new.popleft() if self.new else None

    def goodbye(self, last, code=Codes.NO_ERROR):
        """GOAWAY: streams behind `last` were not looked at. By hand, for h2 falls silent behind its own."""
        self.flush()
        self.peer.send(hyperframe.frame.GoAwayFrame(0, last_stream_id=last, error_code=int(code)).serialize())

    def close(self):
        self.peer.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
