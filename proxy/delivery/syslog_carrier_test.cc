// A receiver of syslog in memory: when an alert counts as delivered, and what is sent anew.

#include "proxy/delivery/syslog_carrier.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/alerts/alert_samples_for_tests.h"
#include "tests/kit/certs.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/memory_stream.h"
#include "tests/kit/tls_peer.h"

namespace sallyport::delivery {
namespace {

using namespace std::chrono_literals;
using discovery::samples::alert;
using exporting::SyslogTransport;
using testkit::PeerPipes;

ReceiverOptions options_for(SyslogTransport transport, const testkit::Issued* root = nullptr) {
  SyslogOptions to;
  to.address.host = *Host::parse("siem.example");
  to.address.server_name = to.address.host;
  to.address.transport = transport;
  if (root != nullptr) to.roots = *tls::TrustStore::of(std::span(&root->certificate, 1));
  ReceiverOptions options;
  options.name = "siem";
  options.to = to;
  return options;
}

class Bench {
 public:
  explicit Bench(ReceiverOptions the_options) : options(std::move(the_options)) {}
  ~Bench() {
    carrier.abandon();
    settle();
    nursery.start(carrier.close());
    settle();
  }

  void listens() {
    connector.listen(at, [this](PeerPipes pipes) {
      connections.push_back(pipes);
      peers.push_back(tls.server ? std::make_unique<testkit::TlsPeer>(std::move(pipes), tls)
                                 : nullptr);
    });
  }
  void carry(std::vector<discovery::Alert> some) {
    alerts = std::move(some);
    told = "waits";
    nursery.start(run());
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
  // The numbers of the alerts that the n-th connection brought.
  std::string heard(std::size_t n) {
    if (n >= connections.size()) return "no connection";
    std::string text =
        peers[n] ? peers[n]->take() : std::exchange(connections[n].from_system->bytes, {});
    if (!peers[n]) connections[n].from_system->wake();
    std::string found;
    for (std::size_t at_id = 0;;) {
      at_id = text.find("externalId=", at_id);
      if (at_id == std::string::npos) return found;
      const std::string id = text.substr(at_id + 11, 26);
      for (int i = 0; i < 10; ++i) {
        if (alert(i).id.to_string() == id) found += std::to_string(i);
      }
      ++at_id;
    }
  }
  void ends(std::size_t n) {
    connections[n].to_system->ended = true;
    connections[n].to_system->wake();
  }

  const ReceiverOptions options;
  testkit::FakeClock clock{testkit::noon()};
  io::Worker worker{7, clock};
  io::WorkPool pool{0, 16, "lookup"};
  testkit::Faults faults;
  testkit::MemoryConnector connector{faults};
  io::Resolver resolver{worker, pool, [](const std::string&) {
                          return Result<std::vector<IpAddress>>{{*IpAddress::parse("192.0.2.5")}};
                        }};
  std::unique_ptr<tls::ClientContext> context = *tls::ClientContext::make();
  CarrierParts parts{{worker, connector, connector, resolver, *context}, "gw.example"};
  IpEndpoint at{*IpAddress::parse("192.0.2.5"), 514};
  testkit::TlsPeer::Options tls;
  std::vector<PeerPipes> connections;
  std::vector<std::unique_ptr<testkit::TlsPeer>> peers;
  std::vector<discovery::Alert> alerts;
  std::string told;
  SyslogCarrier carrier{options, parts};
  io::Nursery nursery{worker.executor()};

 private:
  Task<void> run() {
    const Outcome outcome = co_await carrier.carry(alerts, false);
    constexpr std::string_view kWords[] = {"delivered", "later", "refused"};
    told = std::string(kWords[static_cast<std::size_t>(outcome.kind)]) + ": " + outcome.what;
  }
};

TEST(SyslogCarrier, IsDeliveredOnceTheReceiversMachineHasEveryByte) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.listens();
  bench.carry({alert(1), alert(2)});
  EXPECT_EQ(bench.told, "waits");  // What was written waits in the pipe.
  bench.pass(300ms);
  EXPECT_EQ(bench.told, "waits");
  EXPECT_EQ(bench.heard(0), "12");
  bench.pass(200ms);
  EXPECT_EQ(bench.told, "delivered: taken by the receiver's machine");
  // The same connection for what comes next.
  bench.carry({alert(3)});
  EXPECT_EQ(bench.heard(0), "3");
  bench.pass(200ms);
  EXPECT_EQ(bench.told, "delivered: taken by the receiver's machine");
  EXPECT_EQ(bench.connections.size(), 1u);
}

TEST(SyslogCarrier, AReceiverThatTakesNothingOrEndsHasNotGotIt) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.carry({alert(1)});
  EXPECT_EQ(bench.told, "later: connect_refused: 192.0.2.5:514");
  bench.listens();
  bench.carry({alert(1)});
  bench.pass(10'300ms);
  EXPECT_EQ(bench.told, "later: timed_out: it takes nothing");
  bench.carry({alert(1)});
  bench.ends(1);
  bench.settle();
  EXPECT_EQ(bench.told, "later: closed: by the receiver");
  // Ended while nothing was under way: another connection, before anything is written.
  bench.carry({alert(1)});
  EXPECT_EQ(bench.heard(2), "1");
  bench.pass(200ms);
  bench.ends(2);
  bench.settle();
  bench.carry({alert(2)});
  EXPECT_EQ(bench.heard(2), "");
  EXPECT_EQ(bench.heard(3), "2");
}

TEST(SyslogCarrier, UdpIsOneMessageADatagramAndAMomentOfSilence) {
  Bench bench(options_for(SyslogTransport::udp));
  bench.listens();
  bench.carry({alert(1), alert(2)});
  EXPECT_EQ(bench.told, "waits");
  EXPECT_TRUE(bench.connections[0].from_system->bytes.starts_with("<130>1 "));
  EXPECT_EQ(bench.heard(0), "12");
  bench.pass(500ms);
  EXPECT_EQ(bench.told, "delivered: sent; UDP does not tell what arrives");
}

TEST(SyslogCarrier, NothingIsSentToWhoIsNotBelieved) {
  const testkit::Issued root = testkit::make_root("Test Root");
  const testkit::Issued other = testkit::make_root("Other Root");
  for (const bool good : {true, false}) {
    Bench bench(options_for(SyslogTransport::tls, &root));
    bench.tls.server = true;
    bench.tls.chain = {testkit::issue(testkit::server_spec("siem.example"), good ? &root : &other)};
    bench.listens();
    bench.carry({alert(1)});
    bench.pass(300ms);
    EXPECT_EQ(bench.heard(0), good ? "1" : "");
    bench.pass(300ms);
    EXPECT_TRUE(bench.told.starts_with(good ? "delivered: " : "later: tls_verify: ")) << bench.told;
  }
}

TEST(SyslogCarrier, EndsAtOnceWhenItIsAbandoned) {
  Bench bench(options_for(SyslogTransport::tcp));
  bench.listens();
  bench.carry({alert(1)});
  EXPECT_EQ(bench.told, "waits");
  bench.carrier.abandon();
  bench.settle();
  EXPECT_TRUE(bench.told.starts_with("later: ")) << bench.told;
}

}  // namespace
}  // namespace sallyport::delivery
