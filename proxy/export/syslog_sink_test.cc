// One receiver of syslog, in memory: what it hears, what is kept while it is away, what is counted.

#include "proxy/export/syslog_sink.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/events/samples_for_tests.h"
#include "tests/kit/certs.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/memory_stream.h"
#include "tests/kit/tls_peer.h"

namespace sallyport::exporting {
namespace {

using namespace std::chrono_literals;
using discovery::samples::allowed;
using discovery::samples::blocked;
using testkit::PeerPipes;

SyslogOptions options_for(SyslogTransport transport) {
  SyslogOptions options;
  options.host = *Host::parse("siem.example");
  options.server_name = options.host;
  options.transport = transport;
  options.format.host_name = "gw";
  options.format.line = *discovery::LineFormat::parse({"%{stream_id}", {}});
  return options;
}

// A sink with its worker, and the receiver's machine.
class Bench {
 public:
  explicit Bench(SyslogOptions options, const testkit::Issued* root = nullptr)
      : sink(std::move(options), {worker, connector, connector, resolver, *context},
             root == nullptr ? nullptr : verifier_of(*root)) {
    nursery.start(sink.run());
  }
  ~Bench() {
    sink.abandon();
    settle();
  }

  static std::shared_ptr<const tls::Verifier> verifier_of(const testkit::Issued& root) {
    return std::make_shared<const tls::Verifier>(
        *tls::TrustStore::of(std::span(&root.certificate, 1)), tls::Verifier::Options{});
  }

  void listens() {
    connector.listen(at, [this](PeerPipes pipes) { accept(std::move(pipes)); });
  }
  void listens_with(testkit::TlsPeer::Options the_tls) {
    tls = std::move(the_tls);
    listens();
  }

  void write(int n) {
    const discovery::Event event = allowed(n);
    sink.write(std::span(&event, 1));
    settle();
  }
  void write_blocked(int n) {
    const discovery::Event event = blocked(n);
    sink.write(std::span(&event, 1));
    settle();
  }

  void settle() {
    bool moved = true;
    while (moved) {
      moved = worker.poll() > 0;
      for (const auto& peer : peers) moved = (peer && peer->turn()) || moved;
    }
  }
  void pass(std::chrono::milliseconds span) {
    for (; span.count() > 0; span -= 100ms) {
      clock.pass(100ms);
      worker.deadlines().advance(clock.steady());
      settle();
    }
  }

  // What the n-th connection brought since the last time.
  std::string heard(std::size_t n = 0) {
    if (n >= connections.size()) return "no connection";
    settle();
    if (peers[n]) return peers[n]->take();
    std::string text = std::exchange(connections[n].from_system->bytes, {});
    connections[n].from_system->wake();
    settle();
    return text;
  }
  void ends(std::size_t n) {
    connections[n].to_system->ended = true;
    connections[n].to_system->wake();
    settle();
  }
  void resets(std::size_t n) {
    connections[n].to_system->broken = connections[n].from_system->broken = true;
    connections[n].to_system->wake();
    connections[n].from_system->wake();
    settle();
  }
  std::int64_t metric(Metric which) { return worker.metrics().get(which); }

  testkit::FakeClock clock{testkit::noon()};
  io::Worker worker{7, clock};
  io::WorkPool pool{0, 16, "lookup"};
  testkit::Faults faults;
  testkit::MemoryConnector connector{faults};
  Result<std::vector<IpAddress>> answer{std::vector<IpAddress>{*IpAddress::parse("192.0.2.5")}};
  io::Resolver resolver{worker, pool, [this](const std::string&) { return answer; }};
  std::unique_ptr<tls::ClientContext> context = *tls::ClientContext::make();
  IpEndpoint at{*IpAddress::parse("192.0.2.5"), 514};
  testkit::TlsPeer::Options tls;
  std::vector<PeerPipes> connections;
  std::vector<std::unique_ptr<testkit::TlsPeer>> peers;
  std::size_t room = 1 << 20;
  SyslogSink sink;
  io::Nursery nursery{worker.executor()};

 private:
  void accept(PeerPipes pipes) {
    pipes.from_system->room = room;
    connections.push_back(pipes);
    peers.push_back(tls.server ? std::make_unique<testkit::TlsPeer>(std::move(pipes), tls)
                               : nullptr);
  }
};

// The numbers of the messages in a stream with octet counting (RFC 6587 section 3.4.1); "?" where
// it is none.
std::string numbers(std::string_view stream) {
  std::string found;
  while (!stream.empty()) {
    const std::size_t blank = stream.find(' ');
    const auto size = parse_decimal(stream.substr(0, blank));
    if (!size || stream.size() < blank + 1 + *size) return found + "?";
    const std::string_view message = stream.substr(blank + 1, *size);
    if (!message.starts_with("<1")) return found + "?";
    found += (found.empty() ? "" : " ") + std::string(message.substr(message.rfind(' ') + 1));
    stream.remove_prefix(blank + 1 + *size);
  }
  return found;
}

TEST(SyslogSink, FramesMessagesByCountingOctets) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.listens();
  bench.write(1);
  EXPECT_EQ(bench.heard(), "62 <134>1 2026-11-23T21:58:52.000000Z gw sallyport - exchange - 1");
}

TEST(SyslogSink, KeepsOneConnectionAndItsOrder) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.listens();
  for (int n = 1; n <= 5; ++n) bench.write(n);
  EXPECT_EQ(numbers(bench.heard()), "1 2 3 4 5");
  EXPECT_EQ(bench.connections.size(), 1u);
  EXPECT_EQ(bench.metric(Metric::syslog_sent_total), 5);
  EXPECT_EQ(bench.metric(Metric::syslog_queued_bytes), 0);
  EXPECT_EQ(bench.sink.trouble(), "");
}

TEST(SyslogSink, KeepsMessagesWhileTheReceiverIsAwayAndTriesAgainLaterAndLater) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.write(1);
  EXPECT_EQ(bench.connector.attempts(), 1);
  EXPECT_EQ(bench.sink.trouble(), "syslog tcp://siem.example:514: connect_refused: 192.0.2.5:514");
  bench.write(2);
  bench.pass(900ms);
  EXPECT_EQ(bench.connector.attempts(), 1) << "not before its time, whatever comes";
  bench.pass(300ms);
  EXPECT_EQ(bench.connector.attempts(), 2);
  bench.pass(2300ms);
  EXPECT_EQ(bench.connector.attempts(), 3);
  bench.pass(120s);
  EXPECT_LE(bench.connector.attempts(), 10) << "every 30 s in the end";
  bench.listens();
  bench.pass(31s);
  EXPECT_EQ(numbers(bench.heard()), "1 2");
  EXPECT_EQ(bench.sink.trouble(), "");
  EXPECT_EQ(bench.sink.failures(), 0u);
}

TEST(SyslogSink, SendsAgainWhatABrokenConnectionMayHaveLost) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.room = 100;  // One message and a piece of the next.
  bench.listens();
  bench.write(1);
  EXPECT_EQ(numbers(bench.heard()), "1");
  const discovery::Event events[] = {allowed(2), allowed(3)};
  bench.sink.write(events);
  bench.settle();
  bench.resets(0);
  bench.pass(1200ms);
  bench.room = 1 << 20;
  std::string all;
  for (int i = 0; i < 4; ++i) all += bench.heard(1);
  EXPECT_EQ(numbers(all), "2 3");
  EXPECT_EQ(bench.sink.failures(), 0u);
  EXPECT_EQ(bench.metric(Metric::syslog_connections_total), 2);
  EXPECT_EQ(bench.metric(Metric::syslog_failures_total), 1);
}

TEST(SyslogSink, ReconnectsAtOnceAfterAnIdleConnectionWasClosed) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.listens();
  bench.write(1);
  EXPECT_EQ(numbers(bench.heard()), "1");
  bench.ends(0);
  EXPECT_EQ(bench.sink.trouble(), "");
  bench.write(2);
  EXPECT_EQ(numbers(bench.heard(1)), "2");
  EXPECT_EQ(bench.metric(Metric::syslog_failures_total), 0);
}

TEST(SyslogSink, BacksOffFromAReceiverThatClosesWhatItAccepts) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.connector.listen(bench.at, [&](PeerPipes pipes) {
    pipes.to_system->ended = true;
    bench.connections.push_back(pipes);
    bench.peers.push_back(nullptr);
  });
  bench.write(1);
  bench.pass(500ms);
  EXPECT_EQ(bench.connections.size(), 1u);
  EXPECT_NE(bench.sink.trouble(), "");
}

TEST(SyslogSink, GivesUpAReceiverThatTakesNothing) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.room = 10;
  bench.listens();
  bench.write(1);
  bench.pass(31s);
  EXPECT_EQ(bench.sink.trouble(), "syslog tcp://siem.example:514: timed_out: it takes nothing");
  bench.room = 1 << 20;
  bench.pass(2s);
  EXPECT_EQ(numbers(bench.heard(bench.connections.size() - 1)), "1");
}

TEST(SyslogSink, BoundsItsQueueAndKeepsRoomForWhatWasBlocked) {
  SyslogOptions options = options_for(SyslogTransport::tcp);
  options.queue = 10'000;
  Bench bench(options);
  for (int n = 0; n < 1000; ++n) bench.write(n);
  const std::uint64_t dropped = bench.sink.failures();
  EXPECT_GT(dropped, 900u);
  EXPECT_LT(dropped, 1000u);
  EXPECT_LE(bench.metric(Metric::syslog_queued_bytes), 9'000);
  EXPECT_EQ(bench.metric(Metric::syslog_dropped_total), static_cast<std::int64_t>(dropped));
  bench.write_blocked(5000);
  EXPECT_EQ(bench.sink.failures(), dropped) << "the last tenth is for this one";
  for (int n = 0; n < 100; ++n) bench.write_blocked(n);
  EXPECT_GT(bench.sink.failures(), dropped + 80);
  EXPECT_LE(bench.metric(Metric::syslog_queued_bytes), 10'000);

  bench.listens();
  bench.pass(2s);
  const std::string heard = numbers(bench.heard());
  EXPECT_TRUE(heard.starts_with("0 1 2 ")) << heard;
  EXPECT_NE(heard.find(" 5000"), std::string::npos) << heard;
  EXPECT_EQ(bench.metric(Metric::syslog_queued_bytes), 0);
}

TEST(SyslogSink, CountsWhatNoShorteningMakesFit) {
  SyslogOptions options = options_for(SyslogTransport::tcp);
  options.format.line = discovery::LineFormat::json();
  options.format.most = 480;
  Bench bench(options);
  bench.write(1);
  EXPECT_EQ(bench.sink.failures(), 1u);
  EXPECT_EQ(bench.metric(Metric::syslog_dropped_total), 1);
  EXPECT_EQ(bench.connector.attempts(), 0);
}

TEST(SyslogSink, TakesOnlyWhatItWasToldTo) {
  SyslogOptions options = options_for(SyslogTransport::tcp);
  options.only.add(discovery::Ending::blocked);
  Bench bench(options);
  bench.listens();
  bench.write(1);
  EXPECT_TRUE(bench.connections.empty());
  bench.write_blocked(2);
  EXPECT_EQ(numbers(bench.heard()), "2");
}

TEST(SyslogSink, SaysWhyANameIsNotFound) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.answer = fail(ErrorKind::name_not_found, Side::origin, "siem.example");
  bench.write(1);
  EXPECT_EQ(bench.sink.trouble(), "syslog tcp://siem.example:514: name_not_found: siem.example");
}

TEST(SyslogSink, SendsWhatIsQueuedBeforeItEnds) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.listens();
  bench.write(1);
  const discovery::Event event = allowed(2);
  bench.sink.write(std::span(&event, 1));
  bench.worker.post([&] { bench.sink.finish(); });
  bench.settle();
  EXPECT_TRUE(bench.nursery.empty());
  EXPECT_EQ(numbers(bench.heard()), "1 2");
  EXPECT_TRUE(bench.connections[0].from_system->ended);
}

TEST(SyslogSink, CountsWhatItLeavesBehind) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.write(1);
  bench.write(2);
  bench.sink.finish();
  bench.settle();
  EXPECT_EQ(bench.connector.attempts(), 2) << "once more";
  EXPECT_FALSE(bench.nursery.empty());
  bench.sink.abandon();
  bench.settle();
  EXPECT_TRUE(bench.nursery.empty());
  EXPECT_EQ(bench.sink.failures(), 2u);
  EXPECT_EQ(bench.metric(Metric::syslog_queued_bytes), 0);
}

TEST(SyslogSink, SendsOneMessageADatagramWithoutFraming) {
  Bench bench(options_for(SyslogTransport::udp));
  bench.listens();
  bench.write(1);
  EXPECT_EQ(bench.heard(), "<134>1 2026-11-23T21:58:52.000000Z gw sallyport - exchange - 1");
  bench.write(2);
  EXPECT_EQ(bench.heard(), "<134>1 2026-11-23T21:58:53.000000Z gw sallyport - exchange - 2");
}

testkit::TlsPeer::Options server(const testkit::Issued& leaf) {
  testkit::TlsPeer::Options options;
  options.server = true;
  options.chain = {leaf};
  return options;
}

TEST(SyslogSink, SpeaksTlsToAReceiverThatItBelieves) {
  const testkit::Issued root = testkit::make_root("SIEM Root");
  Bench bench(options_for(SyslogTransport::tls), &root);
  bench.listens_with(server(testkit::issue(testkit::server_spec("siem.example"), &root)));
  bench.write(1);
  bench.write(2);
  EXPECT_EQ(numbers(bench.heard()), "1 2");
  EXPECT_EQ(bench.sink.trouble(), "");
}

TEST(SyslogSink, SendsNothingToAReceiverThatItDoesNotBelieve) {
  const testkit::Issued root = testkit::make_root("SIEM Root");
  const testkit::Issued other = testkit::make_root("Other Root");
  struct Case {
    testkit::Issued leaf;
    std::string why;
  };
  testkit::CertSpec expired = testkit::server_spec("siem.example");
  expired.not_after = testkit::noon() - std::chrono::days(1);
  for (const Case& one : {
           Case{testkit::issue(testkit::server_spec("siem.example"), &other), "tls_verify"},
           Case{testkit::issue(testkit::server_spec("www.example"), &root), "wrong_host"},
           Case{testkit::issue(expired, &root), "expired"},
       }) {
    Bench bench(options_for(SyslogTransport::tls), &root);
    bench.listens_with(server(one.leaf));
    bench.write(1);
    EXPECT_EQ(bench.heard(), "") << one.why;
    EXPECT_NE(bench.sink.trouble().find(one.why), std::string::npos) << bench.sink.trouble();
    EXPECT_EQ(bench.metric(Metric::syslog_sent_total), 0);
    EXPECT_EQ(bench.metric(Metric::syslog_failures_total), 1);
  }
}

TEST(SyslogSink, BelievesAReceiverWhoseRootCameLater) {
  const testkit::Issued root = testkit::make_root("SIEM Root");
  const testkit::Issued other = testkit::make_root("Other Root");
  Bench bench(options_for(SyslogTransport::tls), &other);
  bench.listens_with(server(testkit::issue(testkit::server_spec("siem.example"), &root)));
  bench.write(1);
  EXPECT_NE(bench.sink.trouble(), "");
  bench.sink.trust(Bench::verifier_of(root));
  bench.pass(1200ms);
  EXPECT_EQ(numbers(bench.heard(1)), "1");
}

TEST(SyslogSink, LosesNothingWhicheverOperationFails) {
  for (int n = 0; n < 40; ++n) {
    Bench bench(options_for(SyslogTransport::tcp));
    bench.faults.fail_at = n;
    bench.listens();
    for (int i = 1; i <= 3; ++i) bench.write(i);
    bench.pass(10s);
    std::set<std::string> found;
    for (std::size_t i = 0; i < bench.connections.size(); ++i) {
      const std::string heard = numbers(bench.heard(i));
      for (const std::string_view number : split(heard, ' ')) found.emplace(number);
    }
    for (const char* number : {"1", "2", "3"}) {
      EXPECT_TRUE(found.contains(number)) << number << " with operation " << n << " failing";
    }
    EXPECT_EQ(bench.sink.failures(), 0u);
  }
}

}  // namespace
}  // namespace sallyport::exporting
