// The TLS stream over memory: what a peer says arrives whole however the wire cuts it, endings are
// told apart, and nothing is lost in its buffers.

#include "tls/stream/tls_stream.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "base/io/block.h"
#include "base/io/nursery.h"
#include "base/io/worker.h"
#include "tests/kit/certs.h"
#include "tests/kit/memory_stream.h"
#include "tests/kit/tls_peer.h"
#include "tls/hello/client_hello.h"
#include "tls/hello/ja4.h"
#include "tls/stream/context.h"

namespace sallyport::tls {
namespace {

using testkit::Faults;
using testkit::Issued;
using testkit::MemoryStream;
using testkit::PeerPipes;
using testkit::TlsPeer;

// A server of ours and a client peer; `cut` bytes at most arrive at once.
struct Pair {
  explicit Pair(TlsPeer::Options client = {}, std::size_t at_once = 1 << 20,
                std::shared_ptr<TicketKeys> tickets = nullptr)
      : cut(at_once) {
    const std::string_view binding = tickets ? "files.example:443" : "";
    Result<std::unique_ptr<ServerContext>> made = ServerContext::make(std::move(tickets));
    context = std::move(*made);
    root = testkit::make_root("Root");
    leaf = testkit::issue(testkit::server_spec("files.example"), &root);
    Result<SslPtr> ssl = context->accept(leaf.certificate, leaf.key, "http/1.1", binding);
    client.server_name = "files.example";
    peer = std::make_unique<TlsPeer>(outer, client);
    stream = std::make_unique<TlsStream>(
        std::make_unique<MemoryStream>(inner.to_system, inner.from_system, faults),
        std::move(*ssl));
  }

  // Moves up to `cut` bytes each way, then lets both sides run; false when nothing moved.
  bool turn() {
    bool moved = peer->turn();
    moved = carry(*outer.to_system, *inner.to_system) || moved;
    moved = carry(*inner.from_system, *outer.from_system) || moved;
    return worker.poll() > 0 || moved;
  }
  bool carry(testkit::Pipe& from, testkit::Pipe& to) {
    const std::size_t size = std::min(cut, from.bytes.size());
    to.bytes.append(from.bytes, 0, size);
    from.bytes.erase(0, size);
    bool moved = size > 0;
    if (from.bytes.empty() && from.ended && !to.ended) {
      to.ended = true;
      moved = true;
    }
    if (from.broken && !to.broken && from.bytes.empty()) {
      to.broken = true;
      moved = true;
    }
    if (moved) {
      to.wake();
      from.wake();
    }
    return moved;
  }
  void settle() {
    while (turn()) {
    }
  }

  io::Worker worker{0};
  Faults faults;
  PeerPipes outer;  // the peer's
  PeerPipes inner;  // the stream's
  std::size_t cut = 0;
  std::unique_ptr<ServerContext> context;
  Issued root;
  Issued leaf;
  std::unique_ptr<TlsPeer> peer;
  std::unique_ptr<TlsStream> stream;
  io::Nursery nursery{worker.executor()};
};

// Everything until the end, with the kind of the end behind it.
Task<void> drain(TlsStream& stream, std::string& heard) {
  Result<void> shaken = co_await stream.handshake();
  if (!shaken) {
    heard += "<" + std::string(to_string(shaken.error().kind)) + ">";
    co_return;
  }
  std::array<std::byte, 1000> buffer;
  while (true) {
    Result<std::size_t> got = co_await io::read_some(stream, buffer);
    if (!got) {
      heard += "<" + std::string(to_string(got.error().kind)) + ">";
      co_return;
    }
    if (*got == 0) {
      heard += "<end>";
      co_return;
    }
    heard.append(reinterpret_cast<const char*>(buffer.data()), *got);
  }
}

Task<void> shake_and_write(TlsStream& stream, const std::string& text) {
  Result<void> shaken = co_await stream.handshake();
  if (!shaken) co_return;
  const std::string head = "head ";
  const std::array<io::Bytes, 3> pieces{io::as_bytes(head), io::as_bytes(text), io::as_bytes("!")};
  Result<void> sent = co_await io::write_all(stream, pieces);
  if (!sent) co_return;
  stream.end_writing();
  while (stream.unsent()) {
    Result<void> waited = co_await stream.writable();
    if (!waited) co_return;
  }
}

std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 200'000; ++i) text += std::to_string(i) + " ";
  return text;
}

TEST(TlsStream, HearsTheSameHoweverTheWireCutsIt) {
  for (const std::size_t cut : {1, 2, 3, 7, 100, 1000, 16'000, 1 << 20}) {
    Pair pair({}, cut);
    std::string heard;
    pair.nursery.start(drain(*pair.stream, heard));
    pair.settle();
    ASSERT_TRUE(pair.peer->established()) << cut;
    pair.peer->write("one ");
    pair.peer->write("two ");
    pair.settle();
    pair.peer->write("three");
    pair.peer->end();
    pair.settle();
    EXPECT_EQ(heard, "one two three<end>") << cut;
  }
}

TEST(TlsStream, HearsMuchAtOnce) {
  Pair pair;
  std::string heard;
  const std::string text = long_text();
  pair.nursery.start(drain(*pair.stream, heard));
  pair.settle();
  pair.peer->write(text);
  pair.peer->end();
  pair.settle();
  EXPECT_EQ(heard, text + "<end>");
}

TEST(TlsStream, WritesPiecesInOrderThroughANarrowPipe) {
  for (const std::size_t room : {1, 100, 5000, 1 << 20}) {
    const std::string text = room == 1 ? std::string(2000, 'x') : long_text();
    Pair pair;
    pair.inner.from_system->room = room;
    pair.nursery.start(shake_and_write(*pair.stream, text));
    pair.settle();
    EXPECT_EQ(pair.peer->take(), "head " + text + "!") << room;
    EXPECT_TRUE(pair.peer->peer_ended());
    EXPECT_FALSE(pair.stream->unsent());
  }
}

TEST(TlsStream, ReplaysWhatWasPeeked) {
  // The peer's first flight is caught before the stream exists.
  PeerPipes pipes;
  TlsPeer probe(pipes, {.server_name = "files.example"});
  probe.turn();
  const std::string hello = pipes.to_system->bytes;
  ASSERT_GT(hello.size(), 100u);
  for (const std::size_t split : {std::size_t{1}, std::size_t{5}, hello.size() / 2, hello.size()}) {
    Pair pair;
    pair.peer->turn();
    const std::string own = std::exchange(pair.outer.to_system->bytes, {});
    Result<SslPtr> ssl = pair.context->accept(pair.leaf.certificate, pair.leaf.key, "http/1.1");
    pair.inner = PeerPipes{};
    const std::size_t at = std::min(split, own.size());
    pair.stream = std::make_unique<TlsStream>(
        std::make_unique<MemoryStream>(pair.inner.to_system, pair.inner.from_system, pair.faults),
        std::move(*ssl), own.substr(0, at));
    pair.inner.to_system->bytes = own.substr(at);
    std::string heard;
    pair.nursery.start(drain(*pair.stream, heard));
    pair.settle();
    pair.peer->write("hi");
    pair.peer->end();
    pair.settle();
    EXPECT_EQ(heard, "hi<end>") << split;
  }
}

TEST(TlsStream, TellsATruncationFromAnEnd) {
  Pair pair;
  std::string heard;
  pair.nursery.start(drain(*pair.stream, heard));
  pair.settle();
  pair.peer->write("half");
  pair.settle();
  pair.outer.to_system->ended = true;  // FIN without close_notify
  pair.settle();
  EXPECT_EQ(heard, "half<closed>");
}

TEST(TlsStream, TellsAClientThatDoesNotKnowOurAuthority) {
  Pair pair({.verify = true});
  std::string heard;
  pair.nursery.start(drain(*pair.stream, heard));
  pair.settle();
  EXPECT_TRUE(pair.peer->failed());
  // TLS 1.3: the alert may come after our side is done, inside the first read.
  EXPECT_EQ(heard, "<tls_client_refused>");
  EXPECT_EQ(pair.stream->peer_alert(), 48);
}

TEST(TlsStream, RefusesAClientWithoutAProtocolOfOurs) {
  Pair pair({.alpn = {"h2", "acme-tls/1"}});
  std::string heard;
  pair.nursery.start(drain(*pair.stream, heard));
  pair.settle();
  EXPECT_TRUE(pair.peer->failed());
  EXPECT_EQ(heard, "<tls_protocol>");
}

TEST(TlsStream, ServesNoTls11) {
  Pair pair({.max_version = TLS1_1_VERSION});
  std::string heard;
  pair.nursery.start(drain(*pair.stream, heard));
  pair.settle();
  EXPECT_FALSE(pair.peer->established());
  EXPECT_EQ(heard, "<tls_protocol>");
}

// What origins see of us (safety.md B3-31). A change of this line is a change of our fingerprint,
// and wanted.
TEST(ClientContext, SaysOneFixedModernHello) {
  Result<std::unique_ptr<ClientContext>> context = ClientContext::make();
  ASSERT_TRUE(context);
  const auto hello = [&](const char* host) {
    io::Worker worker(0);
    io::Nursery nursery(worker.executor());
    Faults faults;
    PeerPipes pipes;
    Result<SslPtr> ssl = (*context)->connect(*Host::parse(host), {"http/1.1"});
    TlsStream stream(std::make_unique<MemoryStream>(pipes.to_system, pipes.from_system, faults),
                     std::move(*ssl));
    std::string heard;
    nursery.start(drain(stream, heard));
    worker.poll();
    PeekResult peeked = peek_client_hello(io::as_bytes(pipes.from_system->bytes));
    stream.close();
    worker.poll();
    return peeked.hello;
  };
  const ClientHello named = hello("files.example");
  EXPECT_EQ(ja4(named), "t13d1012h1_61a7ad8aa9b6_b8ee5d0f0989");
  EXPECT_EQ(named.server_name, "files.example");
  EXPECT_EQ(named.groups, (std::vector<std::uint16_t>{29, 23, 24}));
  EXPECT_EQ(hello("192.0.2.1").server_name, "");
}

TEST(TlsStream, GivesItsBuffersBackAndGoesOn) {
  Pair pair;
  std::string heard;
  pair.nursery.start(drain(*pair.stream, heard));
  pair.settle();
  pair.peer->write("a");
  pair.settle();
  pair.stream->release_idle_buffers();
  pair.peer->write("b");
  pair.peer->end();
  pair.settle();
  EXPECT_EQ(heard, "ab<end>");
}

TEST(TlsStream, HoldsNoReadBufferWhileItWaits) {
  Pair pair;
  std::string heard;
  pair.nursery.start(drain(*pair.stream, heard));
  pair.settle();
  EXPECT_EQ(io::Block::in_use(), 0u);
  pair.peer->write(long_text());
  pair.settle();
  EXPECT_EQ(heard, long_text());
  EXPECT_EQ(io::Block::in_use(), 0u);
  pair.peer->write("ab");
  pair.peer->end();
  pair.settle();
  EXPECT_EQ(heard, long_text() + "ab<end>");
  EXPECT_EQ(io::Block::in_use(), 0u);
}

// So that a reader gets something from the first round trip of a cold connection, and bulk costs
// few records and fewer sends.
TEST(TlsStream, AMessageBeginsWithASmallRecordGoesOnInFullOnesAndLeavesInOneSend) {
  Pair pair;
  std::string heard;
  pair.nursery.start(drain(*pair.stream, heard));
  pair.settle();
  const std::string head(300, 'h');
  const std::string body(100'000, 'b');
  const std::array<io::Bytes, 2> pieces{io::as_bytes(head), io::as_bytes(body)};
  const int operations = pair.faults.count;
  EXPECT_EQ(pair.stream->try_write(pieces).bytes, head.size() + body.size());
  EXPECT_EQ(pair.faults.count, operations + 1);
  const std::string& wire = pair.inner.from_system->bytes;
  std::vector<std::size_t> records;
  for (std::size_t at = 0; at + 5 <= wire.size();) {
    records.push_back(static_cast<unsigned char>(wire[at + 3]) * 256u +
                      static_cast<unsigned char>(wire[at + 4]));
    at += 5 + records.back();
  }
  constexpr std::size_t kOverhead = 17;  // the type inside, and the tag (RFC 8446 section 5.2)
  ASSERT_EQ(records.size(), 7u);
  EXPECT_EQ(records.front(), 4'096 + kOverhead);
  for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(records[i], 16'384 + kOverhead) << i;
  pair.peer->end();
  pair.settle();
}

Task<void> shake(TlsStream& stream, bool& done) {
  done = (co_await stream.handshake()).has_value();
}

TEST(TlsStream, SendsATicketWithTheFirstBytesThatFollowOrWhenItRests) {
  for (const bool writes : {true, false}) {
    Pair pair({}, 1 << 20, std::make_shared<TicketKeys>(system_clock()));
    bool done = false;
    pair.nursery.start(shake(*pair.stream, done));
    pair.settle();
    ASSERT_TRUE(done);
    EXPECT_TRUE(pair.peer->established());
    EXPECT_FALSE(pair.stream->unsent());
    EXPECT_EQ(pair.inner.from_system->bytes, "");
    if (writes) {
      const std::string text = "hello";
      const std::array<io::Bytes, 1> pieces{std::as_bytes(std::span(text))};
      EXPECT_EQ(pair.stream->try_write(pieces).bytes, 5u);
    } else {
      pair.stream->release_idle_buffers();
    }
    EXPECT_GT(pair.inner.from_system->bytes.size(), 200u);  // a ticket's
    pair.settle();
    EXPECT_EQ(pair.peer->take(), writes ? "hello" : "");
    EXPECT_FALSE(pair.stream->unsent());
  }
}

TEST(TlsStream, EndsCleanlyWhicheverOperationFails) {
  for (int n = 0;; ++n) {
    Pair pair;
    pair.faults.fail_at = n;
    std::string heard;
    pair.nursery.start(drain(*pair.stream, heard));
    pair.settle();
    pair.peer->write("text");
    pair.peer->end();
    pair.settle();
    EXPECT_TRUE(pair.nursery.empty()) << n;
    EXPECT_TRUE(heard.ends_with('>')) << n << heard;
    if (!pair.faults.fired) break;
    ASSERT_LT(n, 1000);
  }
}

}  // namespace
}  // namespace sallyport::tls
