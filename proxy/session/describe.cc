// What a session learns of an exchange, and what the policies say to it.

#include <algorithm>
#include <utility>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/http/normal_path.h"
#include "discovery/classify/classify.h"
#include "discovery/classify/file_facts.h"
#include "proxy/origin/sender.h"
#include "proxy/session/agent_claims.h"
#include "proxy/session/known_at_connect.h"
#include "proxy/session/rehearsal.h"
#include "proxy/session/rewrite.h"
#include "proxy/session/session.h"
#include "proxy/session/walk.h"
#include "tls/verify/client_authorities.h"

namespace sallyport::session {

using discovery::Event;
using policy::Point;

namespace {
constexpr std::chrono::minutes kDeviceHolds{5};  // until a certificate is looked at again
}  // namespace

Event Session::begin_event() const {
  Event event;
  event.start = services_.worker.clock().now();
  event.id = services_.ids.make(event.start);
  event.connection_id = connection_.id;
  event.client_port = connection_.peer.port;
  event.worker = static_cast<std::uint16_t>(services_.worker.index());
  event.user_source = connection_.user_source;
  event.intercepted = is_intercepted();
  event.tls = connection_.tls;
  return event;
}

const std::string& Session::domain_of(const Snapshot& now, const std::string& host) const {
  auto& last = connection_.last_domain;
  if (last.host != host || last.suffixes != now.suffixes) {
    last.host = host;
    last.suffixes = now.suffixes;
    last.domain = now.suffixes->registrable(host);
  }
  return last.domain;
}

// Nothing is known where no authority of devices is configured. Where one is, whoever shows no
// certificate proves nothing, on whatever listener: else a plain one would be the way around it.
const std::optional<std::vector<std::string>>& Session::device_tags(const Snapshot& now) const {
  const bool shown = connection_.device_chain && !connection_.device_chain->empty();
  if (connection_.device_proven == now.devices &&
      !(shown && services_.worker.clock().now() - connection_.device_looked > kDeviceHolds)) {
    return connection_.device_tags;
  }
  connection_.device_proven = now.devices;
  connection_.device_tags.reset();
  if (now.devices == nullptr) return connection_.device_tags;
  connection_.device_tags.emplace();
  if (shown) {
    connection_.device_looked = services_.worker.clock().now();
    tls::DeviceProof proof =
        now.devices->prove(*connection_.device_chain, connection_.device_looked);
    if (!proof.fault.empty()) {
      services_.worker.metrics().add(Metric::client_certificates_refused_total);
      log::debug("a client's certificate proves nothing: " + proof.fault);
    }
    connection_.device_tags = std::move(proof.tags);
  }
  return connection_.device_tags;
}

policy::Activity Session::begin_activity(const Snapshot& now, const Host& host, std::uint16_t port,
                                         std::string scheme, Time at) const {
  policy::Activity activity =
      known_at_connect(now, {connection_.user, connection_.peer.address, host,
                             domain_of(now, host.text()), port, std::move(scheme), at});
  activity.device_tags = device_tags(now);
  activity.ja4 = connection_.tls.ja4;
  activity.client_tls_version = connection_.tls.client_version;
  activity.connection_uploaded = connection_.uploaded;
  activity.connection_downloaded = connection_.downloaded;
  return activity;
}

Alike Session::alike(const SnapshotPin& now, const http::RequestHead& asked) const {
  return {now.number(),     connection_.user, connection_.user_source, connection_.peer.address,
          asked.authority,  asked.scheme,     is_intercepted(),        connection_.tls,
          device_tags(*now)};
}

bool Session::knows(const SnapshotPin& now, const http::RequestHead& asked) const {
  const Alike this_one = alike(now, asked);
  if (connection_.known != nullptr && this_one.fits(*connection_.known)) return true;
  connection_.known = services_.known.find(this_one);
  return connection_.known != nullptr;
}

void Session::learn(const SnapshotPin& now, const http::RequestHead& asked, Time at) const {
  auto known = std::make_shared<Known>();
  known->snapshot = now.number();
  known->user = connection_.user;
  known->to = asked.authority;
  known->asks_carried =
      now->policy->asks("connection.uploaded") || now->policy->asks("connection.downloaded");
  known->begun = begin_event();
  known->begun.snapshot = now->id;
  known->begun.activity =
      begin_activity(*now, asked.authority.host, asked.authority.port, asked.scheme, at);
  services_.known.keep(alike(now, asked), known);
  connection_.known = std::move(known);
}

void Session::begin_event_in(Event& event, const Snapshot& now, bool known) const {
  if (known) {
    event = connection_.known->begun;  // As a whole: what stood there was of another exchange.
    event.start = services_.worker.clock().now();
    event.id = services_.ids.make(event.start);
    event.connection_id = connection_.id;
    event.client_port = connection_.peer.port;
  } else {
    event = begin_event();
    event.snapshot = now.id;
  }
  event.stream_id = ++connection_.exchanges;
}

policy::Decision Session::decide_opened(const SnapshotPin& now,
                                        const policy::Activity& activity) const {
  Known& known = *connection_.known;
  const auto minute = std::chrono::floor<std::chrono::minutes>(activity.at);
  const std::uint64_t standing = services_.snapshots.standing_number();
  if (known.asks_carried || !known.decision || known.decided != minute ||
      known.standing != standing) {
    policy::Activity& begun = known.begun.activity;
    begun.at = activity.at;
    begun.connection_uploaded = activity.connection_uploaded;
    begun.connection_downloaded = activity.connection_downloaded;
    known.decision = now->policy->decide_connection(begun, services_.snapshots.standing());
    known.decided = minute;
    known.standing = standing;
  }
  return *known.decision;
}

policy::Program::Recall* Session::recall_for(const Walk& walk) const {
  Known* known = connection_.known.get();
  const bool fits = walk.known && known != nullptr && known->snapshot == walk.now.number();
  return fits ? &known->recall : nullptr;
}

policy::AddressFacts Session::destination_of(const SnapshotPin& now,
                                             const IpAddress& address) const {
  const std::shared_ptr<Known>& known = connection_.known;
  if (!known || known->snapshot != now.number()) return now->facts_of(address);
  if (!known->destination || !(known->destination->address == address)) {
    known->destination = now->facts_of(address);
  }
  return *known->destination;
}

void Session::describe_request(const Snapshot& now, http::Exchange& exchange, Event& event) const {
  const http::RequestHead& asked = exchange.request();
  policy::Activity& activity = event.activity;
  activity.point = Point::request;
  activity.method = asked.method;
  activity.path = http::normal_path(asked.path_only());
  if (now.policy->asks("query")) activity.query = asked.query();
  if (now.policy->asks("header")) activity.header_names = names_of(asked.headers);
  if (services_.settings.record_queries) event.query = asked.query();
  describe_agent(now, asked, event);
  discovery::classify_request(activity, asked);
  if (activity.type == policy::ActivityType::upload) {
    activity.file = discovery::uploaded_file(asked, exchange.body().length());
    tell_name(now, activity.file);
  }
}

void Session::describe_reply(const Snapshot& now, const http::RequestHead& asked,
                             const http::Reply& reply, Event& event) {
  policy::Activity& activity = event.activity;
  activity.point = Point::response;
  activity.status = reply.head.status;
  event.media_type = http::media_type(reply.head.headers.find("Content-Type").value_or(""));
  discovery::classify_reply(activity, asked, reply.head);
  if (activity.type == policy::ActivityType::download) {
    activity.file = discovery::downloaded_file(asked, reply.head, reply.body->length());
    tell_name(now, activity.file);
  }
}

void Session::describe_agent(const Snapshot& now, const http::RequestHead& asked,
                             Event& event) const {
  const discovery::AgentClaims claims = agent_claims(asked.headers);
  if (claims.user_agent.empty()) return;
  event.activity.user_agent = claims.user_agent;
  const policy::AgentFacts* facts = services_.agents.find(now.agents, claims, event.start);
  if (facts != nullptr) event.activity.agent = *facts;
}

policy::Verdict Session::decide_for_route(const Snapshot& now, Point point,
                                          policy::Activity& activity,
                                          const origin::Route& route) const {
  const auto decide = [&] {
    const policy::Standing& standing = services_.snapshots.standing();
    return policy::Verdict(point == Point::connect
                               ? now.policy->decide_connection(activity, standing)
                               : now.policy->decide(point, activity, standing));
  };
  std::optional<policy::AddressFacts> first;
  std::optional<policy::Verdict> by_first;
  for (const IpEndpoint& endpoint : route.endpoints) {
    policy::AddressFacts facts = now.facts_of(endpoint.address);
    activity.destination = facts;
    policy::Verdict verdict = decide();
    if (verdict.stops()) {
      if (by_first) keep_rehearsed(*by_first, verdict);
      return verdict;
    }
    if (!by_first) {
      first = std::move(facts);
      by_first = std::move(verdict);
    } else {
      keep_rehearsed(verdict, *by_first);
    }
  }
  activity.destination = std::move(first);
  return by_first ? std::move(*by_first) : decide();
}

Task<Result<void>> Session::recognise(Walk& walk) {
  const http::RequestHead& asked = walk.exchange.request();
  if (!asked.upgrade.empty()) co_return Result<void>();
  walk.activities =
      ActivityWatch::begin(*walk.now, asked, walk.event.activity, services_.settings.file_digests);
  if (!walk.activities) co_return Result<void>();
  // gRPC says all in its path, and a call may wait for an answer before it goes on.
  const bool grpc =
      istarts_with(asked.headers.find("Content-Type").value_or(""), "application/grpc");
  if (walk.activities->wants_body() && !walk.exchange.body().none() && !grpc) {
    walk.upload.emplace(walk.exchange.body(), walk.event.bytes_in, walk.stall, walk.patience);
    walk.upload_moving = true;
    walk.peeked.emplace(*walk.upload);
    Result<void> read = co_await walk.peeked->peek(discovery::kMostBodyRead);
    if (!read) co_return read;
    // Where somebody may be stopped, what stands further behind is read too.
    if (!walk.peeked->whole() &&
        (walk.activities->wants_more(walk.peeked->prefix()) || judges_what_is_done(walk))) {
      read = co_await walk.peeked->peek(discovery::kMostBatchRead);
      if (!read) co_return read;
    }
  }
  walk.activities->read_request(walk.peeked ? walk.peeked->prefix() : std::string_view(),
                                walk.peeked ? walk.peeked->whole() : walk.exchange.body().none());
  co_return Result<void>();
}

bool Session::judges_what_is_done(const Walk& walk) const {
  // What the head alone tells is told of a request that hides others too.
  static constexpr std::string_view kOfTheHead[] = {"header", "method", "path", "query"};
  policy::Activity facts = walk.event.activity;
  facts.point = Point::connect;
  facts.type.reset();
  facts.admin.reset();
  facts.file.reset();
  facts.details.reset();
  const auto names =
      walk.now->policy->waits_for(Point::connect, facts, true, services_.snapshots.standing());
  return std::ranges::any_of(names, [](std::string_view name) {
    return std::ranges::find(kOfTheHead, name) == std::end(kOfTheHead);
  });
}

void Session::decide_at_request(Walk& walk, const origin::Route& route) const {
  const Snapshot& now = *walk.now;
  policy::Activity& facts = walk.event.activity;
  if (route.endpoints.size() == 1) {
    facts.destination = destination_of(walk.now, route.endpoints.front().address);
  }
  const auto decide = [&](policy::Activity& activity) {
    return route.endpoints.size() == 1
               ? policy::Verdict(now.policy->decide(
                     Point::request, activity, services_.snapshots.standing(), recall_for(walk)))
               : decide_for_route(now, Point::request, activity, route);
  };
  const std::size_t count = walk.activities ? walk.activities->count() : 0;
  const std::optional<std::uint64_t> length = walk.exchange.body().length();
  if (count <= 1) {
    if (count == 1) {
      walk.activities->describe(0, facts, length);
      know_transfer(walk, facts, 0);
    } else {
      tell_whose(now, facts);
    }
    walk.event.verdict = decide(facts);
    return;
  }
  const policy::Activity plain = facts;
  for (std::size_t i = 0; i < count; ++i) {
    policy::Activity one = plain;
    walk.activities->describe(i, one, length);
    know_transfer(walk, one, i);
    policy::Verdict verdict = decide(one);
    const bool stops = verdict.stops();
    walk.activities->judged(verdict);
    if (i > 0 && !stops) continue;
    walk.activities->show(i);
    facts = std::move(one);
    walk.event.verdict = std::move(verdict);
    if (stops) return;
  }
}

void Session::report(const Snapshot& now, Event& event, policy::Program::Recall* recall) {
  if (!now.policy->has_reports()) return;
  const auto note = [&](const policy::CompiledPolicy& policy) {
    event.matched.push_back({policy.id, policy.name, policy.rehearse});
  };
  now.policy->report(event.activity, note, recall);
}

void Session::fill_from_origin(Event& event, const origin::OriginFacts& facts) const {
  fill_origin_tls(event.tls, facts);
  if (facts.connected && event.activity.destination &&
      !(event.activity.destination->address == facts.endpoint.address)) {
    event.activity.destination = services_.snapshots.pin()->facts_of(facts.endpoint.address);
  }
}

void fill_origin_tls(discovery::TlsFacts& tls, const origin::OriginFacts& facts) {
  if (facts.tls_version.empty()) return;
  tls.origin_version = facts.tls_version;
  tls.origin_cipher = facts.tls_cipher;
  tls.origin_alpn = facts.alpn;
  tls.origin_fingerprint = facts.fingerprint;
  tls.verify = facts.report.accepted ? "ok" : facts.report.summary;
}

}  // namespace sallyport::session
