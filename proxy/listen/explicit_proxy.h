#pragma once
// The proxy that clients know of: absolute-form requests, CONNECT, and what is asked of the gateway
// itself. Accepts on one worker's own listeners and owns the connections that come of it.
//
// INVARIANT: every connection is in `live_` from accept to end, its work in the nursery; drain()
// and abort_all() reach all of them.

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/io/nursery.h"
#include "base/io/tcp.h"
#include "discovery/users/address_map.h"
#include "proxy/auth/authenticator.h"
#include "proxy/http1/server.h"
#include "proxy/intercept/exchange_loop.h"
#include "proxy/intercept/interceptor.h"
#include "proxy/listen/admission.h"
#include "proxy/listen/connection_rate.h"
#include "proxy/listen/flood_watch.h"
#include "proxy/local/gateway_pages.h"
#include "proxy/session/connection.h"
#include "proxy/session/refusal.h"

namespace sallyport::listen {

struct ProxyOptions {
  std::string gateway_name;
  std::vector<std::uint16_t> connect_ports{443, 80};  // safety.md C3: CONNECT goes nowhere else
  std::uint32_t connection_rate = 200;                // of one client, a second; 0: any
  std::shared_ptr<Admission> admission;               // shared by all workers; null: the defaults
  std::string realm = "Sallyport";
};

class ExplicitProxy {
 public:
  // `authenticator` may be null: nobody is asked. `pages` answers what is asked of the gateway.
  ExplicitProxy(const session::Services& services, const intercept::Keys& keys,
                const intercept::Timeouts& timeouts, const ProxyOptions& options,
                local::GatewayPages& pages, auth::Authenticator* authenticator);
  ~ExplicitProxy();

  // Adds a listener; start() begins to accept on all of them, until drain().
  // `tls`: clients speak TLS to it, around everything else (intercept/proxy_tls.h).
  void listen(std::unique_ptr<io::TcpListener> listener, bool tls = false);
  void start();
  // One connection; also what tests call with a stream in memory.
  void take(io::Accepted accepted, bool tls = false);

  // Ends the connections that wait for a request, those that have waited a second or longer; for
  // when memory is short. Returns how many.
  std::size_t shed_idle();
  // Somebody may be suspended by now, or an answer revoked: what is open by it is cut, and recorded
  // as a block.
  void stand(const policy::Standing& standing);
  // Who is at which address, as the desk was told; another map from now on.
  void know(std::shared_ptr<const discovery::AddressMap> addresses) {
    addresses_ = std::move(addresses);
  }

  // No more connections; those that are idle end now, the others after their exchange.
  void drain();
  // Ends everything at once.
  void abort_all();
  bool empty() const { return live_.empty(); }
  // Until every connection has ended. REQUIRES: drain().
  Task<void> join();

 private:
  struct Live {
    Admission::Place place;
    session::ClientConnection facts;
    std::unique_ptr<io::ByteStream> stream;
    intercept::ExchangeLoop* loop = nullptr;  // while requests are read from it
    bool tls = false;                         // the client speaks it to us
    bool tunnelled = false;
  };
  using LiveList = std::list<Live>;

  // Tells drain() which loop reads requests, for as long as it does.
  class LoopMark {
   public:
    LoopMark(Live& live, intercept::ExchangeLoop& loop) : live_(live) { live_.loop = &loop; }
    ~LoopMark() { live_.loop = nullptr; }
    LoopMark(const LoopMark&) = delete;
    LoopMark& operator=(const LoopMark&) = delete;

   private:
    Live& live_;
  };

  void end_what_was_revoked(const policy::Standing& standing);
  Task<void> accept_loop(io::TcpListener& listener, bool tls);
  Task<void> serve(LiveList::iterator live);
  Task<bool> open(Live& live);
  // What is asked of the proxy itself, until CONNECT was answered: its target, and what the client
  // said behind it.
  struct Asked {
    std::optional<Authority> tunnel_to;
    std::string early;
  };
  Task<Asked> serve_requests(Live& live);
  Task<void> serve_one(Live& live, http1::Server& server, http1::Server::Exchange& exchange,
                       std::optional<Authority>& tunnel_to);
  Task<bool> identify(Live& live, http1::Server::Exchange& exchange);
  void identify_by_address(session::ClientConnection& facts, const discovery::Users& users) const;
  session::Refusal refusal_of(const auth::Proof& proof) const;
  bool may_go_to(const http::RequestHead& request) const;
  // Counts; `place` is filled where it is true.
  bool lets_in(const IpAddress& client, Admission::Place& place);
  bool admit(const IpAddress& client, Admission::Place& place);
  void begin(io::Accepted accepted, Admission::Place place, bool tls);
  void count_refused(Metric metric, const char* why);
  void watch(const IpAddress& client);
  void ignore_flooders();
  Task<void> hear_again();
  bool is_for_gateway(const Live& live, const http1::Server::Exchange& exchange) const;
  Task<void> answer_as_gateway(http1::Server::Exchange& exchange);

  const session::Services& services_;
  const intercept::Keys& keys_;
  const intercept::Timeouts& timeouts_;
  const ProxyOptions& options_;
  std::shared_ptr<Admission> admission_;
  ConnectionRate rate_;
  FloodWatch floods_;
  bool waits_to_hear_ = false;  // hear_again() runs
  local::GatewayPages& pages_;
  auth::Authenticator* authenticator_;
  std::shared_ptr<const discovery::AddressMap> addresses_;  // never null
  struct Door {
    std::unique_ptr<io::TcpListener> listener;
    bool tls = false;
  };
  std::vector<Door> doors_;
  LiveList live_;
  std::uint64_t next_id_;
  std::chrono::steady_clock::time_point quiet_until_{};  // refusals are not logged before
  bool draining_ = false;
  io::Nursery nursery_;
};

}  // namespace sallyport::listen
