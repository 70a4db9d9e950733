#pragma once
// Everything that one worker owns. Reading the constructor shows what runs on a worker; nothing in
// here is touched by another thread but through Worker::post().

#include <memory>
#include <string>
#include <vector>

#include "base/core/id.h"
#include "base/io/pool.h"
#include "base/io/resolver.h"
#include "base/io/tcp.h"
#include "base/io/worker.h"
#include "discovery/events/event_ring.h"
#include "proxy/app/portal_desk.h"
#include "proxy/auth/authenticator.h"
#include "proxy/intercept/interceptor.h"
#include "proxy/listen/explicit_proxy.h"
#include "proxy/local/gateway_pages.h"
#include "proxy/origin/dialer.h"
#include "proxy/origin/pool.h"
#include "proxy/origin/route.h"
#include "proxy/portal/oidc.h"
#include "proxy/portal/portal.h"
#include "proxy/session/connection.h"
#include "proxy/session/waits.h"
#include "tls/bypass/pin_memory.h"
#include "tls/ca/leaf_cache.h"
#include "tls/stream/context.h"

namespace sallyport::app {

// What may be another while the gateway runs. Each worker has one of its own and takes another
// between two turns of its loop: never hold a reference into it across an await.
struct Tunables {
  std::shared_ptr<const session::Snapshot> snapshot;
  std::shared_ptr<const io::StaticNames> names;
  std::shared_ptr<const origin::AddressGuard> guard;
  std::shared_ptr<const tls::Verifier> verifier;
  std::shared_ptr<const discovery::Htpasswd> passwords;  // null: nobody signs in, from the start on
  session::Settings settings;
  intercept::Timeouts client_timeouts;
  origin::Timeouts origin_timeouts;
  listen::ProxyOptions proxy;
  auth::SignInLimits sign_in;
  io::Resolver::Options lookups;
};

// What all workers share: immutable, or made for many threads.
struct Shared {
  const Clock& clock;
  Tunables first;
  std::shared_ptr<const tls::Authority> authority;
  std::shared_ptr<tls::LeafKeys> leaf_keys;
  discovery::CredentialCache::Key credential_key;
  auth::SignInThrottle& throttle;
  io::WorkPool& lookups;
  io::WorkPool& work;
  local::GatewayPages& pages;
  origin::Pool::Options pool;
  std::string crl_url;
  std::shared_ptr<tls::TicketKeys> tickets;  // of all workers
  // Where people answer. Null: nowhere.
  portal::PortalState* portal_state = nullptr;
  portal::PortalOptions portal;
  std::optional<portal::ProviderOptions> provider;
  PortalDesk* portal_desk = nullptr;
  const std::unique_ptr<StandingDesk>* standing = nullptr;
};

class WorkerParts {
 public:
  // `connector` and `recorder` null: the real ones (TCP, the ring).
  static Result<std::unique_ptr<WorkerParts>> make(
      int index, const Shared& shared, discovery::Bell* bell,
      std::unique_ptr<io::Connector> connector = nullptr,
      std::unique_ptr<session::Recorder> recorder = nullptr,
      io::Resolver::Lookup lookup = io::Resolver::system_lookup());
  ~WorkerParts();

  // On the worker's own thread. Exchanges that run keep the snapshot that they pinned.
  void take(const Tunables& tunables);

  io::Worker& worker() { return worker_; }
  listen::ExplicitProxy& proxy() { return *proxy_; }
  discovery::EventRing& ring() { return ring_; }
  tls::PinMemory& pins() { return pins_; }
  const session::Waits& waits() const { return waits_; }
  origin::Router& router() { return *router_; }
  origin::Pool& pool() { return *pool_; }
  origin::Dialer& dialer() { return *dialer_; }
  session::SnapshotShelf& snapshots() { return snapshots_; }

 private:
  WorkerParts(int index, const Shared& shared, discovery::Bell* bell);

  Tunables now_;
  io::Worker worker_;
  discovery::EventRing ring_;
  session::SnapshotShelf snapshots_;
  UlidMaker ids_;
  discovery::AgentCache agents_;
  session::KnownShelf known_;
  tls::LeafCache leaves_;
  tls::MirroredKeys mirrored_;
  tls::LeafCache own_leaves_{1024};
  intercept::MintGate mirrors_{worker_};
  intercept::MintGate own_answers_{worker_};
  tls::PinMemory pins_;
  session::Waits waits_;
  std::unique_ptr<session::Recorder> recorder_;
  std::unique_ptr<io::Connector> connector_;
  std::unique_ptr<tls::ServerContext> server_context_;
  std::unique_ptr<tls::ClientContext> client_context_;
  std::unique_ptr<io::Resolver> resolver_;
  std::unique_ptr<origin::Router> router_;
  std::unique_ptr<origin::Dialer> dialer_;
  std::unique_ptr<origin::Pool> pool_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<WorkerPortal> answers_;
  std::unique_ptr<portal::OriginFetcher> fetcher_;
  std::unique_ptr<portal::Oidc> sign_in_;
  std::unique_ptr<portal::Portal> portal_;
  std::unique_ptr<session::Services> services_;
  std::unique_ptr<intercept::Keys> keys_;
  std::unique_ptr<listen::ExplicitProxy> proxy_;
};

}  // namespace sallyport::app
