"""gRPC through the gateway: calls of all four kinds, errors without a message, deadlines and cancellation."""

import concurrent.futures
import os
import queue
import threading

import grpc
import kit

HOST = "grpc.test"
BIG = os.urandom(20_000_000)
NO_LIMITS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Calls(grpc.GenericRpcHandler):
    """The server: bytes in, bytes out, no protoc."""

    def __init__(self):
        self.cancelled = threading.Event()  # a call of Hang met its end
        self.remaining = None               # seconds that its caller had left when it came
        self.arrived = queue.Queue()        # messages of Collect, one by one

    def service(self, details):
        kinds = {"/test.Echo/One": grpc.unary_unary_rpc_method_handler(self.one),
                 "/test.Echo/Many": grpc.unary_stream_rpc_method_handler(self.many),
                 "/test.Echo/Collect": grpc.stream_unary_rpc_method_handler(self.collect),
                 "/test.Echo/Talk": grpc.stream_stream_rpc_method_handler(self.talk),
                 "/test.Echo/Fail": grpc.unary_unary_rpc_method_handler(self.fail),
                 "/test.Echo/Break": grpc.unary_stream_rpc_method_handler(self.break_off),
                 "/test.Echo/Hang": grpc.unary_unary_rpc_method_handler(self.hang),
                 "/test.Echo/HangTalk": grpc.stream_stream_rpc_method_handler(self.hang_talk)}
        return kinds.get(details.method)

    def one(self, request, context):
        context.send_initial_metadata([("x-first", "yes"), ("x-first-bin", b"\x00\xff")])
        given = dict(context.invocation_metadata())
        context.set_trailing_metadata([("x-last", given.get("x-given", "nothing")),
                                       ("x-last-bin", given.get("x-given-bin", b""))])
        return request

    def many(self, request, _context):
        for number in range(int(request)):
            yield b"message %d" % number

    def collect(self, requests, _context):
        total = 0
        for request in requests:
            self.arrived.put(request)
            total += len(request)
        return b"%d" % total

    def talk(self, requests, _context):
        for request in requests:
            yield b"you said " + request

    def fail(self, request, context):
        context.set_trailing_metadata([("x-why", "because")])
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"not {request.decode()}: 100 % nonsense, ü")

    def break_off(self, _request, context):
        yield b"first"
        yield b"second"
        context.abort(grpc.StatusCode.DATA_LOSS, "the third is lost")

    def hang(self, _request, context):
        self.remaining = context.time_remaining()
        return self._wait(context)

    def hang_talk(self, requests, context):
        yield next(requests)
        yield self._wait(context)

    def _wait(self, context):
        over = threading.Event()
        context.add_callback(over.set)
        if over.wait(20):
            self.cancelled.set()
        return b"too late"


class Grpc(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        identity = authority.issue(HOST, "mega.nz", "hasty.test")
        cls.calls = Calls()
        # The programs first: those that are started while gRPC runs are forked from its threads.
        port = kit.ports.free_port()
        hasty = kit.ports.free_port()
        resolve = dict.fromkeys((HOST, "mega.nz"), f"127.0.0.1:{port}")
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate], config={"workers": 1},
                                  resolve={**resolve, "hasty.test": f"127.0.0.1:{hasty}"})
        cls.serve(port, identity)
        # Ends its connections after a moment, as servers behind balancers do: GOAWAY amid calls.
        cls.serve(hasty, identity, ("grpc.max_connection_age_ms", 100), ("grpc.max_connection_age_grace_ms", 10_000))
        # What gRPC goes through, as everywhere: the environment.
        os.environ["grpc_proxy"] = cls.gateway.proxy
        cls.addClassCleanup(os.environ.pop, "grpc_proxy")

    @classmethod
    def serve(cls, port, identity, *options):
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=64), handlers=[cls.calls],
                             options=[*NO_LIMITS, *options])
        credentials = grpc.ssl_server_credentials([(identity.key.read_bytes(), identity.chain.read_bytes())])
        if server.add_secure_port(f"127.0.0.1:{port}", credentials) != port:
            raise AssertionError(f"gRPC does not listen on {port}")
        server.start()
        cls.addClassCleanup(lambda: server.stop(0).wait())

    def setUp(self):
        self.channel = self.open(HOST)
        self.calls.cancelled.clear()

    def open(self, host):
        channel = grpc.secure_channel(f"{host}:443", grpc.ssl_channel_credentials(self.gateway.ca.read_bytes()),
                                      options=[*NO_LIMITS, ("grpc.use_local_subchannel_pool", 1)])
        self.addCleanup(channel.close)
        return channel

    def one(self, request, method="/test.Echo/One", **options):
        return self.channel.unary_unary(method)(request, timeout=options.pop("timeout", 30), **options)

    def row(self, path, **expected):
        return self.gateway.wait_for_activities(1, "--host", HOST, path=path, **expected)[0]

    def test_a_call_and_its_metadata_pass_both_ways(self):
        reply, call = self.channel.unary_unary("/test.Echo/One").with_call(
            b"hello", timeout=30, metadata=[("x-given", "this"), ("x-given-bin", b"\x01\xfe")])
        self.assertEqual((reply, call.code()), (b"hello", grpc.StatusCode.OK))
        first, last = dict(call.initial_metadata()), dict(call.trailing_metadata())
        self.assertEqual((first["x-first"], first["x-first-bin"]), ("yes", b"\x00\xff"))
        self.assertEqual((last["x-last"], last["x-last-bin"]), ("this", b"\x01\xfe"))
        row = self.row("/test.Echo/One")
        tls = self.gateway.event(row["id"])["tls"]
        self.assertEqual((tls["client_alpn"], tls["origin_alpn"]), ("h2", "h2"))

    def test_big_messages_come_back_byte_for_byte(self):
        for size in (0, 1, 16_384, 65_536, 1_000_003, len(BIG)):
            with self.subTest(size=size):
                self.assertTrue(self.one(BIG[:size]) == BIG[:size])

    def test_compressed_messages_pass(self):
        text = b"the same again and again, " * 10_000
        self.assertEqual(self.one(text, compression=grpc.Compression.Gzip), text)

    def test_a_stream_from_the_server_comes_whole(self):
        replies = self.channel.unary_stream("/test.Echo/Many")(b"2000", timeout=30)
        self.assertEqual(list(replies), [b"message %d" % number for number in range(2000)])

    def test_each_message_of_a_client_arrives_before_the_next_is_sent(self):
        def requests():
            for number in range(20):
                request = b"part %d" % number
                yield request
                self.assertEqual(self.calls.arrived.get(timeout=10), request)

        self.assertEqual(self.channel.stream_unary("/test.Echo/Collect")(requests(), timeout=30), b"130")

    def test_both_sides_talk_in_turn(self):
        said = queue.Queue()
        replies = self.channel.stream_stream("/test.Echo/Talk")(iter(said.get, None), timeout=30)
        for number in range(200):
            said.put(b"line %d" % number)
            self.assertEqual(next(replies), b"you said line %d" % number)
        said.put(None)
        self.assertEqual(list(replies), [])
        self.assertEqual(replies.code(), grpc.StatusCode.OK)
        self.assertEqual(self.row("/test.Echo/Talk")["ending"], "completed")

    def test_an_error_without_a_message_tells_its_status(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.one(b"this", method="/test.Echo/Fail")
        error = raised.exception
        self.assertEqual((error.code(), error.details()),
                         (grpc.StatusCode.INVALID_ARGUMENT, "not this: 100 % nonsense, ü"))
        self.assertEqual(dict(error.trailing_metadata())["x-why"], "because")
        self.assertEqual(self.row("/test.Echo/Fail")["status"], 200)

    def test_a_method_that_nobody_has_is_unimplemented(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.one(b"", method="/test.Echo/Nothing")
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_an_error_behind_messages_comes_behind_them(self):
        replies = self.channel.unary_stream("/test.Echo/Break")(b"", timeout=30)
        got = []
        with self.assertRaises(grpc.RpcError) as raised:
            for reply in replies:
                got.append(reply)
        self.assertEqual(got, [b"first", b"second"])
        self.assertEqual((raised.exception.code(), raised.exception.details()),
                         (grpc.StatusCode.DATA_LOSS, "the third is lost"))

    def test_a_deadline_reaches_the_server_and_ends_its_call(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.one(b"", method="/test.Echo/Hang", timeout=1)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        self.assertTrue(self.calls.cancelled.wait(10), "the server's call ended")
        self.assertLessEqual(self.calls.remaining, 1)

    def test_a_cancelled_call_is_cancelled_at_the_server(self):
        said = queue.Queue()
        said.put(b"begin")
        replies = self.channel.stream_stream("/test.Echo/HangTalk")(iter(said.get, None), timeout=30)
        self.assertEqual(next(replies), b"begin")
        replies.cancel()
        said.put(None)
        self.assertTrue(self.calls.cancelled.wait(10), "the server's call ended")
        self.assertEqual(self.row("/test.Echo/HangTalk")["ending"], "client_closed")
        # The connections live on.
        self.assertEqual(self.one(b"after"), b"after")

    def test_many_calls_at_once_share_a_connection(self):
        self.one(b"first")
        before = self.gateway.metric("sallyport_http2_origin_connections_total")
        call = self.channel.unary_unary("/test.Echo/One")
        requests = [b"call %d " % number * 100 for number in range(500)]
        waiting = [call.future(request, timeout=60) for request in requests]
        self.assertEqual([one.result() for one in waiting], requests)
        self.assertEqual(self.gateway.metric("sallyport_http2_origin_connections_total"), before)

    def test_a_server_that_ends_its_connections_loses_no_call(self):
        call = self.open("hasty.test").unary_unary("/test.Echo/One")
        opened = lambda: self.gateway.metric("sallyport_http2_origin_connections_total")
        before, made, handed_back = opened(), 0, 0

        def outcome(waiting, request):
            # A call whose request had begun to leave when the server ended its connection is handed back
            # unprocessed (REFUSED_STREAM): for the client to make again, which this version leaves to its user.
            nonlocal handed_back
            for _ in range(5):
                try:
                    return waiting.result()
                except grpc.RpcError as error:
                    self.assertEqual(error.details(), "Received RST_STREAM with error code 7")
                    handed_back += 1
                    waiting = call.future(request, timeout=30)
            self.fail("handed back again and again")

        while opened() < before + 5:
            requests = [b"call %d" % number for number in range(50)]
            waiting = [call.future(request, timeout=30) for request in requests]
            self.assertEqual([outcome(one, request) for one, request in zip(waiting, requests)], requests)
            made += len(requests)
        print(f"[{made} calls over 5 connections that the server ended, {handed_back} handed back] ", end="",
              flush=True)

    def test_a_blocked_service_is_refused_and_never_reached(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.open("mega.nz").unary_unary("/test.Echo/One")(b"hello", timeout=30)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.PERMISSION_DENIED, raised.exception)
        # The author's words, so that whoever reads the program's log knows why.
        self.assertIn("This app is not approved here", raised.exception.details())
