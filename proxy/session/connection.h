#pragma once
// What is known of one client connection, for all of its exchanges; and the services of its worker.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/core/address.h"
#include "base/core/host.h"
#include "base/io/worker.h"
#include "discovery/agent/agent_cache.h"
#include "discovery/events/event.h"
#include "discovery/files/transfer_book.h"
#include "policy/activity/activity.h"
#include "policy/eval/program.h"
#include "policy/eval/verdict.h"
#include "proxy/http1/parser.h"
#include "proxy/origin/dialer.h"
#include "proxy/origin/pool.h"
#include "proxy/origin/route.h"
#include "proxy/session/known_shelf.h"
#include "proxy/session/pace.h"
#include "proxy/session/snapshot.h"
#include "proxy/session/spool.h"
#include "proxy/session/websocket_watch.h"
#include "tls/cert/certificate.h"

namespace sallyport::tls {
class ClientAuthorities;
}
namespace sallyport::portal {
class Portal;
class PortalState;
}  // namespace sallyport::portal

namespace sallyport::session {

class Waits;

class DroppedCredentials;
class Quarantine;
class Sessions;
class Throttles;

// Takes events away. One per worker; never blocks.
class Recorder {
 public:
  virtual ~Recorder() = default;
  // One to be filled. REQUIRES: it is assigned as a whole first; it may hold anything.
  virtual std::unique_ptr<discovery::Event> fresh() = 0;
  virtual void record(std::unique_ptr<discovery::Event> event) = 0;
};

// Where HTTP/2 is spoken (origins.http2).
enum class Http2 : std::uint8_t {
  match,   // an origin is offered what its client offers us
  prefer,  // every origin is offered it
  never,   // HTTP/1.1 on both sides
};

struct Settings {
  std::string gateway_name = "sallyport.localhost";  // shown on pages
  std::string pseudonym =
      "sallyport";      // Ours in Via (RFC 9110 section 7.6.3), unique per installation.
  std::string contact;  // whom a blocked person may ask
  bool record_queries = false;
  bool file_digests = true;                // of uploads that pass as a whole
  std::uint64_t held_upload = 1ull << 30;  // bytes of one that policies wait for
  std::shared_ptr<SpoolBudget> spools;     // of all workers; null: nothing is held
  std::string spool_folder;                // where what is held may lie
  // Uploads that travel in several requests, of all workers; null: each request is one by itself.
  std::shared_ptr<discovery::TransferBook> transfers;
  // What policies ask of session.*, of all workers; null: it is not known.
  std::shared_ptr<Sessions> sessions;
  // What passes no more of sessions that policies ended, of all workers; null: all passes.
  std::shared_ptr<DroppedCredentials> dropped;
  // Copies of blocked uploads, of all workers; null: none are kept.
  std::shared_ptr<Quarantine> quarantine;
  // How fast bodies pass where policies throttle, of all workers; null: as they come.
  std::shared_ptr<Throttles> throttles;
  std::chrono::milliseconds reply_head{300'000};     // an origin's time to begin its reply
  std::chrono::milliseconds stall{300'000};          // no byte of a body in either direction
  std::chrono::milliseconds tunnel_idle{3'600'000};  // no byte of an upgraded or spliced connection
  PaceRule pace;                                     // of clients that send or take a body
  http1::HeadLimits heads;                           // of requests
  Http2 http2 = Http2::match;
  std::uint32_t http2_streams = 100;  // at once, of one connection of a client
  // Looks into the messages of WebSockets; null: nobody does, and their frames are only counted.
  MessageInspector* messages = nullptr;
  websocket::MessageBounds message_bounds;  // of what it gets
};

// The parts of one worker that a session uses. All outlive it.
struct Services {
  io::Worker& worker;
  const SnapshotShelf& snapshots;
  origin::Router& router;
  origin::Dialer& dialer;
  origin::Pool& pool;
  Recorder& recorder;
  const Settings& settings;
  UlidMaker& ids;
  discovery::AgentCache& agents;
  KnownShelf& known;
  // Where people answer what policies ask; null: nowhere, and what asks is a block.
  portal::Portal* portal = nullptr;
  const portal::PortalState* portal_state = nullptr;
  Waits* waits = nullptr;  // how long exchanges take; null: nobody asks
};

struct ClientConnection {
  std::uint64_t id = 0;
  IpEndpoint peer;
  IpEndpoint local;
  std::uint32_t exchanges = 0;
  std::uint64_t uploaded = 0;  // bytes of what has ended on it: bodies, or tunnel bytes
  std::uint64_t downloaded = 0;

  // The registrable domain of the host that was asked for last: it costs more than the rest of what
  // is told from a name, and a connection seldom asks for another.
  struct {
    std::string host;
    std::shared_ptr<const discovery::PublicSuffixes> suffixes;
    std::string domain;
  } last_domain;

  // What the last exchange knew, for the next one to the same place; others that are alike may use
  // it too. Null once the connection has rested.
  std::shared_ptr<Known> known;

  // What the client's certificate shows, where it was asked for one; empty where it has none.
  std::optional<std::vector<tls::Certificate>> device_chain;
  // What that proves, and to whom: Session::device_tags().
  std::optional<std::vector<std::string>> device_tags;
  std::shared_ptr<const tls::ClientAuthorities> device_proven;
  Time device_looked{};  // when: certificates and lists end

  std::optional<std::string> user;
  std::string user_source;  // "basic", "address_feed", "address_map"

  // Inside an opened connection: the name that was decided on, which every request must repeat, and
  // the way to it, pinned.
  std::optional<Authority> decided;
  // It was opened by CONNECT alone: there is no TLS inside, each request is decided by itself and
  // finds its own way, but to `decided` only.
  bool plain = false;
  std::optional<origin::Route> route;
  discovery::TlsFacts tls;
  origin::Offer offer;  // to origins, for this client

  // Connections to origins are shared within this class; "" is everybody. Set once a client speaks
  // a scheme that authenticates connections (NTLM, Negotiate): then nobody else gets its
  // connections.
  std::string identity;

  // Closes the client's stream; for deadlines.
  std::function<void()> abort;
  // Gives up what waits for an origin at the moment.
  void cancel() {
    for (Waiting* one = waiting_; one != nullptr; one = one->next_) one->give_up_();
  }
  // Ends it after the exchange that runs, where requests are read from it inside TLS; else empty.
  std::function<void()> drain;
  // The id of the suspension that cut it, or "".
  std::string suspension;
  // The id of the grant that was taken back while something ran by it, or "".
  std::string revoked;
  bool draining = false;
  // Ends it where it waits for a request inside TLS; else empty. True where it did.
  std::function<bool()> end_if_idle;

  // Whether something runs on it, and `fits` says yes to what one of it is about.
  template <class Fits>
  bool any_about(const Fits& fits) const {
    for (const Waiting* one = waiting_; one != nullptr; one = one->next_) {
      if (fits(one->about_)) return true;
    }
    return false;
  }
  // The grant by which something runs on it, and of which `fits` says yes; or "".
  template <class Fits>
  std::string granted_by(const Fits& fits) const {
    for (const Waiting* one = waiting_; one != nullptr; one = one->next_) {
      for (const policy::Verdict::Granted& granted : one->by_.granted) {
        if (fits(granted.grant)) return granted.grant;
      }
    }
    return {};
  }
  bool runs() const { return waiting_ != nullptr; }

  // Something that runs and may be given up, for as long as this object lives. Giving up ends
  // nothing at once: it makes what waits end soon. `about`, and `by`, which let it pass, outlive
  // it, and may change meanwhile.
  class Waiting {
   public:
    Waiting(ClientConnection& connection, const policy::Activity& about, const policy::Verdict& by,
            std::function<void()> give_up)
        : connection_(connection),
          about_(about),
          by_(by),
          give_up_(std::move(give_up)),
          next_(connection.waiting_) {
      if (next_ != nullptr) next_->previous_ = this;
      connection.waiting_ = this;
    }
    ~Waiting() {
      (previous_ != nullptr ? previous_->next_ : connection_.waiting_) = next_;
      if (next_ != nullptr) next_->previous_ = previous_;
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    friend struct ClientConnection;
    ClientConnection& connection_;
    const policy::Activity& about_;
    const policy::Verdict& by_;
    std::function<void()> give_up_;
    Waiting* next_;
    Waiting* previous_ = nullptr;
  };

 private:
  Waiting* waiting_ = nullptr;
};

}  // namespace sallyport::session
