#include "discovery/events/encode.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <fmt/format.h>
#include <iterator>
#include <type_traits>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/events/community_id.h"

namespace sallyport::discovery {
namespace {

void put(JsonWriter& json, JsonKey name, std::string_view value) {
  json.known_key(name);
  json.string(value);
}

// By its own type, so that no number and no literal is taken for a bool.
template <class Value>
  requires std::is_arithmetic_v<Value>
void put(JsonWriter& json, JsonKey name, Value value) {
  json.known_key(name);
  if constexpr (std::same_as<Value, bool>) {
    json.boolean(value);
  } else {
    json.number(value);
  }
}

// Facts that are not known leave no field.
void text(JsonWriter& json, JsonKey name, std::string_view value) {
  if (!value.empty()) put(json, name, value);
}

void optional_text(JsonWriter& json, JsonKey name, const std::optional<std::string>& value) {
  if (value) text(json, name, *value);
}

void list(JsonWriter& json, std::span<const std::string> values) {
  json.begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

void texts(JsonWriter& json, JsonKey name, std::span<const std::string> values) {
  if (values.empty()) return;
  json.known_key(name);
  list(json, values);
}

void address(JsonWriter& json, JsonKey name, const policy::AddressFacts& facts,
             std::uint16_t port) {
  json.known_key(name);
  json.begin_object();
  put(json, "ip", facts.address.to_string());
  if (port != 0) put(json, "port", port);
  if (facts.category != policy::IpCategory::none) put(json, "category", to_string(facts.category));
  text(json, "range", facts.range);
  texts(json, "tags", facts.tags);
  text(json, "country", facts.country);
  if (facts.asn != 0) put(json, "asn", facts.asn);
  text(json, "isp", facts.isp);
  if (facts.location) {
    put(json, "latitude", facts.location->latitude);
    put(json, "longitude", facts.location->longitude);
  }
  json.end_object();
}

void agent(JsonWriter& json, const policy::AgentFacts& facts) {
  json.known_key("agent");
  json.begin_object();
  put(json, "app", to_string(facts.app));
  put(json, "device", to_string(facts.device));
  text(json, "browser", facts.browser);
  text(json, "browser_version", facts.browser_version);
  text(json, "os", facts.os);
  text(json, "os_version", facts.os_version);
  texts(json, "tags", facts.tags.texts());
  json.end_object();
}

void app(JsonWriter& json, const policy::AppFacts& facts, std::string_view host) {
  json.known_key("app");
  json.begin_object();
  text(json, "id", facts.id);
  text(json, "name", facts.name);
  text(json, "category", facts.category);
  texts(json, "tags", facts.tags);
  if (facts.risk && facts.risk->score) put(json, "risk_score", *facts.risk->score);
  // No domain is an address, so of an address only a range can have told the app.
  if (IpAddress::parse(host)) put(json, "known_by", "ip_range");
  json.end_object();
}

void verdict(JsonWriter& json, const policy::Verdict& verdict) {
  put(json, "action", to_string(verdict.action));
  text(json, "policy", verdict.policy);
  text(json, "policy_id", verdict.policy_id);
  put(json, "point", to_string(verdict.point));
  text(json, "say", verdict.say);
  text(json, "redirect", verdict.redirect);
  text(json, "suspension", verdict.suspension);
  if (!verdict.granted.empty()) {
    json.known_key("granted");
    json.begin_array();
    for (const auto& [policy_id, grant] : verdict.granted) {
      json.begin_object();
      put(json, "policy_id", policy_id);
      put(json, "grant", grant);
      json.end_object();
    }
    json.end_array();
  }
  if (verdict.rehearsed.empty()) return;
  json.known_key("rehearsed");
  json.begin_array();
  for (const auto& [policy, action] : verdict.rehearsed) {
    json.begin_object();
    put(json, "policy", policy);
    put(json, "action", to_string(action));
    json.end_object();
  }
  json.end_array();
}

void matches(JsonWriter& json, JsonKey name, const std::vector<Match>& matches) {
  if (matches.empty()) return;
  json.known_key(name);
  json.begin_array();
  for (const Match& match : matches) {
    json.begin_object();
    put(json, "id", match.id);
    put(json, "name", match.name);
    if (match.rehearsed) put(json, "rehearsed", true);
    json.end_object();
  }
  json.end_array();
}

void file(JsonWriter& json, const policy::FileFacts& facts) {
  json.known_key("file");
  json.begin_object();
  text(json, "name", facts.name);
  text(json, "extension", facts.extension);
  text(json, "type", facts.type);
  if (facts.size) put(json, "size", *facts.size);
  text(json, "sniffed_type", facts.sniffed_type);
  text(json, "family", facts.family);
  text(json, "sha256", facts.sha256);
  text(json, "scan_status", facts.scan_status);
  if (facts.name_tags) texts(json, "name_tags", *facts.name_tags);
  json.end_object();
}

// Under the names that policies have for them.
void details(JsonWriter& json, const policy::Details& facts) {
  json.known_key("details");
  json.begin_object();
  for (const policy::DetailText& one : policy::detail_texts()) {
    if (const std::string& value = facts.*one.field; !value.empty()) json.member(one.fact, value);
  }
  for (const policy::DetailList& one : policy::detail_lists()) {
    const std::vector<std::string>& values = facts.*one.field;
    if (values.empty()) continue;
    json.key(one.fact);
    list(json, values);
  }
  json.end_object();
}

// Days since the user was last seen with it, -1 for never.
void seen(JsonWriter& json, const policy::SeenFacts& facts) {
  json.known_key("seen");
  json.begin_object();
  for (std::size_t i = 0; i < policy::kSeenTraits; ++i) {
    if (facts.days[i] == policy::SeenFacts::kUnknown) continue;
    json.member(to_string(static_cast<policy::SeenTrait>(i)), static_cast<int>(facts.days[i]));
  }
  json.end_object();
  texts(json, "uncommon", policy::seen_trait_texts(facts.uncommon));
}

void tls(JsonWriter& json, const TlsFacts& facts) {
  static const TlsFacts kNone;
  if (facts == kNone) return;
  json.known_key("tls");
  json.begin_object();
  text(json, "client_version", facts.client_version);
  text(json, "client_cipher", facts.client_cipher);
  text(json, "client_alpn", facts.client_alpn);
  text(json, "origin_version", facts.origin_version);
  text(json, "origin_cipher", facts.origin_cipher);
  text(json, "origin_alpn", facts.origin_alpn);
  text(json, "origin_fingerprint", facts.origin_fingerprint);
  text(json, "leaf_serial", facts.leaf_serial);
  text(json, "verify", facts.verify);
  text(json, "ja4", facts.ja4);
  json.end_object();
}

void websocket_side(JsonWriter& json, JsonKey name, const WebsocketFacts::Direction& side) {
  json.known_key(name);
  json.begin_object();
  put(json, "messages", side.messages);
  put(json, "text", side.text);
  put(json, "binary", side.binary);
  put(json, "bytes", side.bytes);
  put(json, "largest", side.largest);
  json.end_object();
}

void websocket(JsonWriter& json, const WebsocketFacts& facts) {
  json.known_key("websocket");
  json.begin_object();
  websocket_side(json, "client", facts.client);
  websocket_side(json, "origin", facts.origin);
  put(json, "compressed", facts.compressed);
  text(json, "closed_by", facts.closed_by);
  if (facts.close_code) put(json, "close_code", *facts.close_code);
  text(json, "fault", facts.fault);
  json.end_object();
}

void activities(JsonWriter& json, const std::vector<ActivityRecord>& records) {
  if (records.empty()) return;
  json.known_key("activities");
  json.begin_array();
  for (const ActivityRecord& record : records) {
    json.begin_object();
    put(json, "type", to_string(record.type));
    if (record.admin) put(json, "admin", true);
    if (record.file) file(json, *record.file);
    if (record.details) details(json, *record.details);
    verdict(json, record.verdict);
    json.end_object();
  }
  json.end_array();
}

std::string_view colour_of(std::string_view word) {
  switch (word.front()) {
    case 'A':
      return "\x1b[32m";  // ALLOW: green
    case 'M':
    case 'J':
    case 'S':
    case 'N':
      return "\x1b[33m";  // MONITOR, JUSTIFY, STEP_UP, NOTICE: yellow
    case 'B':
      return word == "BYPASS" ? "\x1b[36m" : "\x1b[1;31m";  // cyan; BLOCK: bold red
    case 'R':
      return "\x1b[31m";  // REFUSE: red
    case 'F':
      return "\x1b[35m";  // FAIL: magenta
    default:
      return word == "COACH" ? "\x1b[33m" : "\x1b[2m";  // yellow; CLOSED: dim
  }
}

// The ids of the flows that were told last: all exchanges of a connection are one, and an id is a
// hash.
class FlowIds {
 public:
  const std::string& of(const IpEndpoint& client, const IpEndpoint& destination) {
    One& one = ids_[(client.port ^ std::uint32_t{destination.port} << 3) % ids_.size()];
    if (one.id.empty() || one.client != client || one.destination != destination) {
      one = {client, destination, community_id_tcp(client, destination)};
    }
    return one.id;
  }

 private:
  struct One {
    IpEndpoint client, destination;
    std::string id;
  };
  std::array<One, 256> ids_;
};

std::array<char, 16> sixteen_digits(std::uint64_t number) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 16> text;
  for (std::size_t i = text.size(); i-- > 0; number >>= 4) text[i] = kDigits[number & 15];
  return text;
}

// Cut to `width` characters with "..." where it is longer, and safe for a terminal.
std::string cell(std::string_view text, std::size_t width) {
  // printable() may lengthen, never shorten, so a longer text need not be looked at in full.
  std::string shown = printable(text.substr(0, width * 4 + 8));
  std::size_t characters = 0;
  std::size_t cut = 0;  // where width - 3 characters end
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if ((static_cast<unsigned char>(shown[i]) & 0xc0) == 0x80) continue;
    if (characters == width - 3) cut = i;
    if (++characters > width) return shown.substr(0, cut) + "...";
  }
  return shown;
}

bool is_plain_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

// A column of the line, and the blank behind it. What is no plain ASCII may be wider than it has
// characters, which fmt knows.
void column(std::string& out, std::string_view text, std::size_t width) {
  if (text.size() <= width && is_plain_ascii(text)) {
    out += text;
    out.append(width - text.size() + 1, ' ');
  } else {
    fmt::format_to(std::back_inserter(out), "{:<{}} ", cell(text, width), width);
  }
}

void column_to_the_right(std::string& out, std::string_view text, std::size_t width) {
  if (text.size() < width) out.append(width - text.size(), ' ');
  out += text;
}

}  // namespace

void append_json(std::string& out, const Event& event) {
  const policy::Activity& facts = event.activity;
  JsonWriter json(out);
  json.begin_object();
  put(json, "id", event.id.to_string());
  put(json, "kind", to_string(event.kind));
  put(json, "time", format_rfc3339(event.start));
  put(json, "duration_us", event.duration_us);
  const auto connection = sixteen_digits(event.connection_id);
  put(json, "connection_id", std::string_view(connection.data(), connection.size()));
  put(json, "stream_id", event.stream_id);
  if (facts.destination) {
    thread_local FlowIds flow_ids;
    text(json, "community_id",
         flow_ids.of({facts.client.address, event.client_port},
                     {facts.destination->address, facts.port}));
  }
  put(json, "worker", event.worker);
  text(json, "snapshot", event.snapshot);
  optional_text(json, "user", facts.user);
  text(json, "user_source", event.user_source);
  texts(json, "groups", facts.groups);
  if (facts.device_tags) texts(json, "device_tags", *facts.device_tags);
  address(json, "client", facts.client, event.client_port);
  if (facts.destination) address(json, "destination", *facts.destination, facts.port);
  text(json, "scheme", facts.scheme);
  text(json, "host", facts.host);
  text(json, "domain", facts.domain);
  if (facts.host_kind != policy::HostKind::unknown) {
    put(json, "host_kind", to_string(facts.host_kind));
  }
  texts(json, "host_tags", facts.host_tags);
  if (facts.port != 0) put(json, "port", facts.port);
  optional_text(json, "method", facts.method);
  optional_text(json, "path", facts.path);
  text(json, "query", event.query);
  optional_text(json, "user_agent", facts.user_agent);
  if (facts.agent) agent(json, *facts.agent);
  if (facts.app) app(json, *facts.app, facts.host);
  if (facts.type) put(json, "type", to_string(*facts.type));
  if (facts.admin) put(json, "admin", *facts.admin);
  if (facts.file) file(json, *facts.file);
  if (facts.details) details(json, *facts.details);
  if (facts.client_refusal) put(json, "client_refusal", to_string(*facts.client_refusal));
  if (facts.seen) seen(json, *facts.seen);
  if (facts.status) put(json, "status", *facts.status);
  text(json, "media_type", event.media_type);
  verdict(json, event.verdict);
  put(json, "ending", to_string(event.ending));
  text(json, "error", event.error);
  put(json, "intercepted", event.intercepted);
  put(json, "bytes_in", event.bytes_in);
  put(json, "bytes_out", event.bytes_out);
  tls(json, event.tls);
  if (event.websocket) websocket(json, *event.websocket);
  activities(json, event.activities);
  matches(json, "matched", event.matched);
  matches(json, "edited_by", event.edited_by);
  json.end_object();
}

namespace {

std::string_view question_word(policy::Action action) {
  switch (action) {
    case policy::Action::coach:
      return "COACH";
    case policy::Action::justify:
      return "JUSTIFY";
    case policy::Action::step_up:
      return "STEP_UP";
    case policy::Action::sign_in_again:
      return "SIGN_IN_AGAIN";
    default:
      return "NOTICE";
  }
}

}  // namespace

std::string_view outcome_word(const Event& event) {
  switch (event.ending) {
    case Ending::blocked:
      if (event.verdict.action == policy::Action::isolate) return "ISOLATE";
      return asks(event.verdict.action) ? question_word(event.verdict.action) : "BLOCK";
    case Ending::refused:
      return "REFUSE";
    case Ending::client_closed:
      return "CLOSED";
    case Ending::origin_failed:
    case Ending::timed_out:
    case Ending::failed:
      return "FAIL";
    case Ending::completed:
      break;
  }
  switch (event.verdict.action) {
    case policy::Action::allow:
    case policy::Action::intercept:
      return "ALLOW";
    case policy::Action::monitor:
      return "MONITOR";
    case policy::Action::bypass:
      return "BYPASS";
    case policy::Action::block:
      return "BLOCK";
    case policy::Action::isolate:
      return "ISOLATE";
    case policy::Action::coach:
    case policy::Action::justify:
    case policy::Action::step_up:
    case policy::Action::notice:
    case policy::Action::sign_in_again:
      return question_word(event.verdict.action);
  }
  return "ALLOW";
}

void append_text(std::string& out, const Event& event, Colour colour) {
  const policy::Activity& facts = event.activity;
  const std::string_view word = outcome_word(event);
  const bool plain = colour == Colour::none;
  std::string what;
  if (facts.method) {
    what = *facts.method + " ";
  } else if (event.kind != EventKind::exchange) {
    what = std::string(to_string(event.kind)) + " ";
  }
  what += facts.host.empty() ? "-" : facts.host;
  if (facts.path) {
    what += *facts.path;
  } else if (facts.port != 0) {
    what += ":" + std::to_string(facts.port);
  }
  out += std::string_view(format_rfc3339(event.start)).substr(11, 8);
  out += ' ';
  column(out, facts.user ? std::string_view(*facts.user) : "-", 12);
  const std::string client = facts.client.address.to_string();
  column(out, client, std::max<std::size_t>(client.size(), 15));
  if (!plain) out += colour_of(word);
  out += word;
  if (word.size() < 7) out.append(7 - word.size(), ' ');
  out += plain ? " " : "\x1b[0m ";
  column(out, facts.app ? std::string_view(facts.app->name) : "-", 18);
  column(out, what, 48);
  column_to_the_right(out, facts.status ? std::to_string(*facts.status) : "-", 3);
  out += ' ';
  column_to_the_right(out, human_bytes(event.bytes_in) + "/" + human_bytes(event.bytes_out), 19);
  if (!event.verdict.policy.empty()) out += "  [" + cell(event.verdict.policy, 60) + "]";
  if (!event.error.empty()) out += "  " + cell(event.error, 160);
  out += '\n';
}

}  // namespace sallyport::discovery
