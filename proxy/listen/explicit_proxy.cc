#include "proxy/listen/explicit_proxy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/io/deadline.h"
#include "proxy/intercept/proxy_tls.h"

namespace sallyport::listen {

using discovery::Ending;

namespace {
constexpr std::chrono::milliseconds kAcceptPause{100};  // after running out of files or memory
constexpr std::chrono::milliseconds kHearPause{100};    // at most, so that drain() is quick
constexpr std::chrono::seconds kQuiet{10};  // between two lines of the log about refusals
// Sorted.
constexpr std::array<std::uint16_t, 82> kNotHttp = {
    0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,
    37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,
    110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,  389,
    427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,  556,
    563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3306, 3659,
    4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6669, 6697};
static_assert(std::is_sorted(kNotHttp.begin(), kNotHttp.end()));
constexpr std::chrono::milliseconds kAnswerPatience{30'000};  // to take an answer of ours
}  // namespace

ExplicitProxy::ExplicitProxy(const session::Services& services, const intercept::Keys& keys,
                             const intercept::Timeouts& timeouts, const ProxyOptions& options,
                             local::GatewayPages& pages, auth::Authenticator* authenticator)
    : services_(services),
      keys_(keys),
      timeouts_(timeouts),
      options_(options),
      admission_(options.admission ? options.admission
                                   : std::make_shared<Admission>(Admission::Options{})),
      pages_(pages),
      authenticator_(authenticator),
      addresses_(std::make_shared<const discovery::AddressMap>()),
      // Ids of different workers and runs do not meet: worker in the top bits, start time below.
      next_id_(
          (static_cast<std::uint64_t>(services.worker.index()) << 52) |
          ((static_cast<std::uint64_t>(services.worker.clock().now().time_since_epoch().count()) &
            0xffffffffffULL)
           << 10)),
      nursery_(services.worker.executor()) {}

ExplicitProxy::~ExplicitProxy() = default;

void ExplicitProxy::listen(std::unique_ptr<io::TcpListener> listener, bool tls) {
  doors_.push_back({std::move(listener), tls});
}

void ExplicitProxy::start() {
  for (const Door& door : doors_) nursery_.start(accept_loop(*door.listener, door.tls));
}

Task<void> ExplicitProxy::accept_loop(io::TcpListener& listener, bool tls) {
  Admission::Place place;
  const io::TcpListener::Door door = [&](const IpEndpoint& peer) {
    return lets_in(peer.address, place);
  };
  while (true) {
    Result<io::Accepted> accepted = co_await listener.accept(&door);
    if (accepted) {
      begin(std::move(*accepted), std::move(place), tls);
      continue;
    }
    place = {};
    if (accepted.error().kind == ErrorKind::closed) co_return;
    MetricSet& metrics = services_.worker.metrics();
    metrics.add(Metric::accept_failures_total);
    metrics.add(Metric::accept_turned_away_total,
                static_cast<std::int64_t>(listener.turned_away()));
    const auto now = services_.worker.clock().steady();
    if (accepted.error().kind == ErrorKind::unavailable && now >= quiet_until_) {
      quiet_until_ = now + kQuiet;
      log::warning("cannot accept connections: " + accepted.error().detail);
    }
    // Spinning on a full table would take the time that closing connections needs.
    co_await io::pause(services_.worker.executor(), kAcceptPause);
  }
}

void ExplicitProxy::take(io::Accepted accepted, bool tls) {
  Admission::Place place;
  if (lets_in(accepted.peer.address, place)) {
    begin(std::move(accepted), std::move(place), tls);
  } else {
    accepted.stream->reset();
  }
}

bool ExplicitProxy::lets_in(const IpAddress& client, Admission::Place& place) {
  MetricSet& metrics = services_.worker.metrics();
  metrics.add(Metric::client_connections_total);
  if (!draining_ && admit(client, place)) return true;
  metrics.add(Metric::client_connections_refused_total);
  return false;
}

void ExplicitProxy::begin(io::Accepted accepted, Admission::Place place, bool tls) {
  services_.worker.metrics().add(Metric::client_connections_open);
  live_.emplace_back();
  const auto live = std::prev(live_.end());
  live->place = std::move(place);
  live->facts.id = next_id_++;
  live->facts.peer = accepted.peer;
  live->facts.local = accepted.local;
  live->stream = std::move(accepted.stream);
  live->tls = tls;
  io::ByteStream* raw = live->stream.get();
  live->facts.abort = [raw] { raw->reset(); };
  nursery_.start(serve(live));
}

bool ExplicitProxy::admit(const IpAddress& client, Admission::Place& place) {
  if (!rate_.take(client, options_.connection_rate, services_.worker.clock().steady())) {
    count_refused(Metric::client_connections_over_rate_total,
                  "a client has reached limits.connection_rate");
    watch(client);
    return false;
  }
  switch (admission_->enter(client, place)) {
    case Admission::Answer::admitted:
      return true;
    case Admission::Answer::over_limit:
      count_refused(Metric::client_connections_over_limit_total, "limits.connections is reached");
      return false;
    case Admission::Answer::over_client_limit:
      count_refused(Metric::client_connections_over_client_limit_total,
                    "a client has reached limits.connections_per_client");
      watch(client);
      return false;
    case Admission::Answer::over_memory:
      count_refused(Metric::client_connections_over_memory_total, "memory is short");
      return false;
  }
  return false;
}

// No event: who floods us must not be able to fill the record. Counters and a line now and then.
void ExplicitProxy::count_refused(Metric metric, const char* why) {
  services_.worker.metrics().add(metric);
  const auto now = services_.worker.clock().steady();
  if (now < quiet_until_) return;
  quiet_until_ = now + kQuiet;
  log::warning(std::string("connections are refused: ") + why);
}

void ExplicitProxy::watch(const IpAddress& client) {
  if (!floods_.refused(client, services_.worker.clock().steady())) return;
  services_.worker.metrics().add(Metric::client_floods_ignored_total);
  ignore_flooders();
  if (!std::exchange(waits_to_hear_, true)) nursery_.start(hear_again());
}

void ExplicitProxy::ignore_flooders() {
  const std::vector<IpAddress> clients = floods_.ignored(services_.worker.clock().steady());
  for (const Door& door : doors_) {
    if (!door.listener->ignore(clients)) log::debug("the kernel cannot ignore clients for us");
  }
}

Task<void> ExplicitProxy::hear_again() {
  while (!draining_) {
    const auto now = services_.worker.clock().steady();
    const auto next = floods_.next_heard(now);
    if (!next) break;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now);
    co_await io::pause(services_.worker.executor(), std::min(kHearPause, left));
    ignore_flooders();
  }
  waits_to_hear_ = false;
}

Task<void> ExplicitProxy::serve(LiveList::iterator live) {
  // The one catch of a connection: a bug costs this connection.
  try {
    Asked asked;
    if (co_await open(*live)) asked = co_await serve_requests(*live);
    if (asked.tunnel_to) {
      live->tunnelled = true;
      intercept::Interceptor interceptor(services_, keys_, timeouts_);
      co_await interceptor.serve(live->facts, *asked.tunnel_to, std::move(live->stream),
                                 std::move(asked.early));
    }
  } catch (const std::exception& exception) {
    log::error(std::string("a connection threw, which is a bug: ") + exception.what());
  }
  services_.worker.metrics().add(Metric::client_connections_open, -1);
  live_.erase(live);
}

// True where requests may be read from it.
Task<bool> ExplicitProxy::open(Live& live) {
  if (!live.tls) co_return true;
  Result<std::unique_ptr<io::ByteStream>> opened = co_await intercept::open_proxy_tls(
      services_, keys_, timeouts_, live.facts, std::move(live.stream));
  if (!opened) {
    log::debug("a client did not come to speak with the proxy: " + describe(opened.error()));
    co_return false;
  }
  live.stream = std::move(*opened);
  co_return true;
}

Task<ExplicitProxy::Asked> ExplicitProxy::serve_requests(Live& live) {
  Asked asked;
  http1::Server server(*live.stream, http1::ServerOptions{"http", services_.settings.heads});
  intercept::ExchangeLoop loop(services_, timeouts_, live.facts, server);
  const LoopMark mark(live, loop);
  const auto serve_exchange = [&](http1::Server::Exchange& exchange) -> Task<void> {
    return serve_one(live, server, exchange, asked.tunnel_to);
  };
  co_await loop.run(serve_exchange);
  if (asked.tunnel_to) asked.early = server.take_leftover();
  co_return asked;
}

bool ExplicitProxy::is_for_gateway(const Live& live,
                                   const http1::Server::Exchange& exchange) const {
  const http::RequestHead& request = exchange.request();
  if (request.method == "CONNECT") return false;
  if (exchange.form() != http1::TargetForm::absolute) return true;  // Asked of us, as of a server.
  if (request.scheme != "http" || request.authority.port != live.facts.local.port) return false;
  return request.authority.host.text() == options_.gateway_name ||
         request.authority.host.address() == live.facts.local.address;
}

// Encrypted connections go to the listed ports; plain requests to all but those on which something
// else than HTTP listens and would take a request for its own words (the Fetch standard's "bad
// ports").
bool ExplicitProxy::may_go_to(const http::RequestHead& request) const {
  const std::uint16_t port = request.authority.port;
  if (request.method == "CONNECT" || request.scheme == "https") {
    const auto& ports = options_.connect_ports;
    return std::find(ports.begin(), ports.end(), port) != ports.end();
  }
  return !std::binary_search(kNotHttp.begin(), kNotHttp.end(), port);
}

Task<void> ExplicitProxy::answer_as_gateway(http1::Server::Exchange& exchange) {
  io::Nursery nursery(services_.worker.executor());
  http::EmptyBody nothing;
  Result<http::Reply> reply = co_await pages_.send(exchange.request(), nothing, exchange, nursery);
  if (reply) {
    Result<void> sent = co_await exchange.respond(reply->head, *reply->body);
    if (!sent) log::debug("a page of ours was not delivered: " + describe(sent.error()));
  }
  co_await nursery.join();
}

// What was told at run time comes before the operator's file, whichever names the longer prefix
// (discovery/users/address_map.h).
void ExplicitProxy::identify_by_address(session::ClientConnection& facts,
                                        const discovery::Users& users) const {
  const discovery::AddressEntry* entry =
      addresses_->find(facts.peer.address, services_.worker.clock().now());
  if (entry != nullptr) {
    facts.user = users.canonical(entry->user);
    facts.user_source = "address_feed";
    return;
  }
  facts.user = users.user_of(facts.peer.address);
  facts.user_source = facts.user ? "address_map" : "";
}

session::Refusal ExplicitProxy::refusal_of(const auth::Proof& proof) const {
  session::Refusal refusal;
  refusal.ending = Ending::refused;
  // Only of somebody who exists: see Proof::listed.
  const std::string whose =
      proof.listed ? "for '" + printable(proof.user) + "'" : "for nobody that we know";
  switch (proof.state) {
    case auth::Proof::State::busy:
      refusal.kind = local::PageKind::internal;
      refusal.status = 503;
      refusal.error = "too many passwords wait to be checked";
      break;
    case auth::Proof::State::held_up: {
      refusal.kind = local::PageKind::sign_in_held_up;
      refusal.retry_after = std::chrono::ceil<std::chrono::seconds>(proof.wait);
      refusal.reason = local::Word("reason.next_try");
      refusal.number = static_cast<std::size_t>(refusal.retry_after.count());
      refusal.error = "held up after too many failed sign-ins " +
                      std::string(to_string(proof.cause)) + ", no password checked " + whose +
                      ", next in " + std::to_string(refusal.retry_after.count()) + " s";
      break;
    }
    default:
      refusal.kind = local::PageKind::auth_required;
      refusal.challenge = auth::Authenticator::challenge(options_.realm);
      refusal.error = proof.state == auth::Proof::State::missing
                          ? "no proxy credentials"
                          : "wrong proxy credentials " + whose;
  }
  return refusal;
}

// True where the client may go on; else it has been answered.
Task<bool> ExplicitProxy::identify(Live& live, http1::Server::Exchange& exchange) {
  session::ClientConnection& facts = live.facts;
  const session::SnapshotPin now = services_.snapshots.pin();
  if (authenticator_ == nullptr) {
    identify_by_address(facts, now->people());
    co_return true;
  }
  const auth::Proof proof = co_await authenticator_->prove(exchange.request().proxy_authorization,
                                                           facts.peer.address, now->people());
  if (proof.state == auth::Proof::State::accepted) {
    facts.user = proof.user;
    facts.user_source = "basic";
    co_return true;
  }
  facts.user.reset();
  facts.user_source.clear();
  const session::Refusal refusal = refusal_of(proof);
  session::Session session(services_, facts);
  co_await session.answer(exchange, refusal);
  co_return false;
}

Task<void> ExplicitProxy::serve_one(Live& live, http1::Server& server,
                                    http1::Server::Exchange& exchange,
                                    std::optional<Authority>& tunnel_to) {
  // For what is answered outside of a session, which has deadlines of its own.
  io::Deadline patience(services_.worker.deadlines(), [&live] { live.facts.abort(); });
  patience.set(kAnswerPatience);
  if (is_for_gateway(live, exchange)) co_return co_await answer_as_gateway(exchange);
  patience.clear();
  const bool known = co_await identify(live, exchange);
  if (!known) co_return;
  session::Session session(services_, live.facts);
  const http::RequestHead& request = exchange.request();
  const Authority& target = request.authority;
  if (!may_go_to(request)) {
    session::Refusal refusal;
    refusal.kind = local::PageKind::not_allowed;
    refusal.ending = Ending::refused;
    refusal.reason = local::Word("reason.port");
    refusal.number = target.port;
    refusal.error =
        request.method + " to port " + std::to_string(target.port) + "; see connect.ports";
    co_return co_await session.answer(exchange, refusal);
  }
  if (request.method != "CONNECT") co_return co_await session.serve(exchange);
  patience.set(kAnswerPatience);
  Result<void> accepted = co_await server.accept_connect();
  if (!accepted) {
    live.stream->close();
    discovery::Event event = session.begin_event();
    event.kind = discovery::EventKind::connection;
    event.ending = Ending::client_closed;
    event.error = describe(accepted.error());
    const session::SnapshotPin now = services_.snapshots.pin();
    event.snapshot = now->id;
    event.activity = session.begin_activity(*now, target.host, target.port, "https", event.start);
    session.record_without_exchange(std::move(event));
    co_return;
  }
  tunnel_to = target;
  live.loop->stop();
}

// A grant that was taken back ends what it let pass, with the connection: what else runs there is
// the same person's.
void ExplicitProxy::end_what_was_revoked(const policy::Standing& standing) {
  std::int64_t cut = 0;
  for (Live& live : live_) {
    session::ClientConnection& facts = live.facts;
    if (!facts.suspension.empty() || !facts.revoked.empty()) continue;
    facts.revoked =
        facts.granted_by([&](const std::string& grant) { return standing.was_revoked(grant); });
    if (facts.revoked.empty()) continue;
    facts.cancel();
    facts.abort();
    ++cut;
  }
  services_.worker.metrics().add(Metric::client_connections_revoked_total, cut);
  if (cut > 0) log::info(std::to_string(cut) + " connections of revoked answers were cut");
}

void ExplicitProxy::stand(const policy::Standing& standing) {
  if (standing.any_revoked()) end_what_was_revoked(standing);
  if (standing.suspensions().empty()) return;
  std::int64_t cut = 0;
  for (Live& live : live_) {
    session::ClientConnection& facts = live.facts;
    if (!facts.user || !facts.suspension.empty()) continue;
    const policy::Suspension* suspension = nullptr;
    const auto is_suspended = [&](policy::Activity activity) {
      activity.at = services_.worker.clock().now();
      suspension = standing.find_suspension(activity);
      return suspension != nullptr;
    };
    if (facts.runs()) {
      facts.any_about(is_suspended);
    } else if (facts.known) {
      is_suspended(facts.known->begun.activity);
    } else {  // Nothing is under way; the next request is judged by what it is.
      policy::Activity nothing;
      nothing.user = facts.user;
      is_suspended(std::move(nothing));
    }
    if (suspension == nullptr) continue;
    facts.suspension = suspension->id.to_string();
    facts.cancel();
    facts.abort();
    ++cut;
  }
  services_.worker.metrics().add(Metric::client_connections_suspended_total, cut);
  if (cut > 0) log::info(std::to_string(cut) + " connections of suspended users were cut");
}

std::size_t ExplicitProxy::shed_idle() {
  std::size_t shed = 0;
  for (Live& live : live_) {
    const bool ended = live.loop != nullptr ? live.loop->end_if_idle()
                                            : live.facts.end_if_idle && live.facts.end_if_idle();
    if (ended) ++shed;
  }
  services_.worker.metrics().add(Metric::client_connections_shed_total,
                                 static_cast<std::int64_t>(shed));
  return shed;
}

void ExplicitProxy::drain() {
  draining_ = true;
  for (const Door& door : doors_) door.listener->close();
  for (Live& live : live_) {
    live.facts.draining = true;
    if (live.loop != nullptr) live.loop->drain();
    if (live.facts.drain) live.facts.drain();
  }
}

void ExplicitProxy::abort_all() {
  for (Live& live : live_) {
    live.facts.cancel();
    live.facts.abort();
  }
}

Task<void> ExplicitProxy::join() { co_await nursery_.join(); }

}  // namespace sallyport::listen
