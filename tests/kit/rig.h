#pragma once
// The rig: one worker of the real gateway, driven by hand, with scripted clients and origins in
// memory.
//
//   Rig rig({.rules = "- {name: no mega, when: {app: mega}, then: block}\n"});
//   OriginServer& origin = rig.origin("files.example");
//   Client client = rig.client();
//   client.says("GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n");
//   EXPECT_EQ(origin.heard(), "GET / HTTP/1.1\r\n...");
//   origin.says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
//   EXPECT_EQ(client.hears(), ...);
//   EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
//
// Everything happens on the test's thread, in says(), hears() and pass(); nothing waits.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/events/event.h"
#include "policy/compile/compile.h"
#include "proxy/app/worker_parts.h"
#include "tests/kit/certs.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/http2_peer.h"
#include "tests/kit/memory_stream.h"
#include "tests/kit/tls_peer.h"

namespace sallyport::testkit {

class Rig;

// A client of the proxy.
class Client {
 public:
  Client(Rig& rig, PeerPipes pipes) : rig_(&rig), pipes_(std::move(pipes)) {}

  void says(std::string_view text);
  // Everything since the last time.
  std::string hears();
  // At most so many bytes of it, raw: a client that reads slowly.
  std::string takes(std::size_t most);
  void ends();  // half-close
  void resets();
  bool ended() const;  // the proxy closed

  // CONNECT, its 200, and TLS inside. False where the handshake failed.
  bool opens(const std::string& authority, TlsPeer::Options options);
  TlsPeer& tls() { return *tls_; }
  // HTTP/2 inside it: carries bytes between `peer` and the proxy until nothing moves.
  void carry(Http2Peer& peer);

 private:
  friend class Rig;
  Rig* rig_;
  PeerPipes pipes_;
  std::shared_ptr<TlsPeer> tls_;
};

// A server that answers as told. Its connections are taken in the order of their opening.
class OriginServer {
 public:
  OriginServer(Rig& rig, std::string name) : rig_(rig), name_(std::move(name)) {}

  // What the current connection said since the last time: raw bytes without TLS, else clear text.
  std::string heard();
  void says(std::string_view text);
  void ends();
  void resets();
  std::size_t connections() const { return connections_.size(); }
  // Says this as soon as a whole request head is there, on every connection, again and again.
  void always_says(std::string text) { always_ = std::move(text); }
  // From now on nothing is read from connections without TLS.
  void takes_nothing() { deaf_ = true; }
  TlsPeer& tls(std::size_t index) { return *connections_.at(index).tls; }
  // Everything that the wire brought to all connections, TLS records included.
  std::size_t bytes_received() const;
  // HTTP/2 on the connection that is current: what it said is read by `peer`, and back, until
  // nothing moves.
  void carry(Http2Peer& peer);
  // Turns to another connection: says, heard and ends are about that one.
  void turn_to(std::size_t index) { current_ = index; }

 private:
  friend class Rig;
  struct Connection {
    PeerPipes pipes;
    std::shared_ptr<TlsPeer> tls;
    std::string heard;       // not yet given to the test
    std::string unanswered;  // for always_says
    std::size_t received = 0;
  };
  bool turn();

  Rig& rig_;
  std::string name_;
  std::vector<Connection> connections_;
  std::size_t current_ = 0;
  std::string always_;
  bool deaf_ = false;
};

class VectorRecorder final : public session::Recorder {
 public:
  explicit VectorRecorder(std::vector<discovery::Event>& events) : events_(events) {}
  // Full of what belongs to another exchange: none of it may be recorded.
  std::unique_ptr<discovery::Event> fresh() override;
  void record(std::unique_ptr<discovery::Event> event) override {
    events_.push_back(std::move(*event));
  }

 private:
  std::vector<discovery::Event>& events_;
};

struct RigOptions {
  std::string rules;              // policies, YAML
  policy::CompileOptions policy;  // policy_mode and policy_zone
  std::string apps;      // catalog entries: "mega: mega.nz, mega.io" a line, category cloud_storage
  std::string app_tags;  // conf/tags/apps.yaml
  std::string noise;     // conf/tags/noise.yaml
  std::string ranges;    // conf/tags/ip_ranges.yaml
  std::string countries;  // lists as `geo build` reads them: "192.0.2.0,192.0.2.255,DE" a line
  std::string systems;    // "192.0.2.0,192.0.2.255,64496,Example Net"
  std::string users;      // conf/users/users.yaml
  std::string user_addresses;
  std::string passwords;  // htpasswd
  auth::SignInLimits sign_in;
  bool agents = false;  // reads User-Agents, with uap-core and what we ship
  int fail_operation = -1;
  bool untrusted_guard = false;  // false: every test address passes the guard
  std::string client_address = "192.0.2.10";
  std::size_t pipe_room = 1 << 20;
  std::function<void(app::Shared&)> tune;  // changes limits and deadlines before anything runs
};

class Rig {
 public:
  explicit Rig(RigOptions options = {});
  ~Rig();

  // From RigOptions::client_address, or from another one.
  Client client(const std::string& address = "");
  // A plain origin at `name` (port 80), with an address of its own.
  OriginServer& origin(const std::string& name, std::uint16_t port = 80);
  // One that speaks TLS with a certificate of the rig's root, unless `chain` says otherwise.
  OriginServer& tls_origin(const std::string& name, std::vector<Issued> chain = {},
                           std::vector<std::byte> staple = {}, std::string tls_name = {},
                           bool tickets = false);
  // The same, and it chooses HTTP/2 where that is offered.
  OriginServer& http2_origin(const std::string& name);
  // Gives a name an address, and what answers there is the origin of another name.
  void resolve(const std::string& name, const std::string& address);

  // Runs until nothing moves.
  void settle();
  // Lets time pass, with everything that is due.
  void pass(std::chrono::milliseconds span);

  // Other rules from now on, as after a reload. The snapshot's id is "rig-2", "rig-3", ...
  void change_rules(const std::string& rules);

  const std::vector<discovery::Event>& recorded() const { return events_; }
  // "ana login mega.nz: blocked 403, 'no mega'\n" for each event.
  std::string events() const;
  int lookups() const { return lookups_; }
  int connects() const;
  // Ends everything; no task is left behind.
  void finish();

  const Issued& root() const { return root_; }
  const tls::Authority& authority() const { return *authority_; }
  app::WorkerParts& parts() { return *parts_; }
  Faults& faults() { return faults_; }
  FakeClock& clock() { return clock_; }
  std::string address_of(const std::string& name) const { return names_.at(name); }

 private:
  friend class Client;
  friend class OriginServer;
  OriginServer& add_origin(const std::string& name, std::uint16_t port,
                           std::optional<TlsPeer::Options> tls);

  RigOptions options_;
  FakeClock clock_;
  auth::SignInThrottle throttle_{clock_.steady()};
  Faults faults_;
  Issued root_;
  std::shared_ptr<const tls::Authority> authority_;
  std::map<std::string, std::string> names_;
  int next_address_ = 1;
  int lookups_ = 0;
  std::vector<discovery::Event> events_;
  io::WorkPool inline_pool_{0, 1, "inline"};
  std::unique_ptr<local::GatewayPages> pages_;
  int reloads_ = 1;
  std::unique_ptr<app::Shared> shared_;
  std::unique_ptr<app::WorkerParts> parts_;
  MemoryConnector* connector_ = nullptr;
  std::vector<std::unique_ptr<OriginServer>> origins_;
  std::vector<std::weak_ptr<TlsPeer>> client_tls_;
  bool finished_ = false;
};

// "200" of "HTTP/1.1 200 OK..."
int status_of(std::string_view reply);
std::string body_of(std::string_view message);
// The lines of the head whose name is not one of those that every message of ours carries (Via,
// ...).
std::string head_of(std::string_view message);

}  // namespace sallyport::testkit
