#include "discovery/events/decode.h"

#include <limits>
#include <utility>

#include "base/core/text.h"
#include "base/json/cursor.h"

namespace sallyport::discovery {
namespace {

template <class Word, class Parse>
bool read_word(JsonCursor& cursor, Parse parse, Word& out) {
  std::string text;
  if (!cursor.string(text)) return false;
  const auto parsed = parse(text);
  if (parsed) out = *parsed;
  return parsed.has_value();
}

template <class Number>
bool read_number(JsonCursor& cursor, Number& out) {
  std::uint64_t value = 0;
  if (!cursor.number(value) || value > std::numeric_limits<Number>::max()) return false;
  out = static_cast<Number>(value);
  return true;
}

bool read_texts(JsonCursor& cursor, std::vector<std::string>& out) {
  out.clear();
  return cursor.array([&] { return cursor.string(out.emplace_back()); });
}

std::optional<policy::Point> parse_point(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(policy::Point::download); ++i) {
    if (word == to_string(static_cast<policy::Point>(i))) return static_cast<policy::Point>(i);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_connection_id(std::string_view hex) {
  if (hex.size() != 16) return std::nullopt;
  std::uint64_t id = 0;
  for (const char c : hex) {
    if (!is_hex(c)) return std::nullopt;
    id = id << 4 | static_cast<std::uint64_t>(hex_value(c));
  }
  return id;
}

// Reads one record. A member function per object takes a key whose value comes next, and returns
// false where that cannot be; `wrong_` is then the key, the innermost first.
class RecordReader {
 public:
  RecordReader(std::string_view text, RecordId id)
      : cursor_(text), has_id_(id == RecordId::may_be_missing) {}

  Result<Event> read() {
    const bool whole = each([this](std::string_view key) { return event_member(key); });
    if (!whole || !cursor_.at_end()) {
      return refused(wrong_.empty() ? "the record is no JSON object, or not whole"
                                    : "the record's '" + wrong_ + "' is not understood");
    }
    if (!has_id_) return refused("the record has no id");
    return std::move(event_);
  }

 private:
  static std::unexpected<Error> refused(std::string detail) {
    return fail(ErrorKind::invalid, Side::ours, std::move(detail));
  }

  template <class Member>
  bool each(Member member) {
    return cursor_.object([&](std::string_view key) {
      if (member(key)) return true;
      if (wrong_.empty()) wrong_ = key;
      return false;
    });
  }

  bool text(std::string& out) { return cursor_.string(out); }
  bool text(std::optional<std::string>& out) { return cursor_.string(out.emplace()); }

  bool event_member(std::string_view key);
  bool outcome_member(std::string_view key);
  bool facts_member(std::string_view key, policy::Activity& facts);
  bool verdict_member(std::string_view key, policy::Verdict& verdict);
  bool address(policy::AddressFacts& facts, std::uint16_t* port);
  bool place_member(std::string_view key, policy::AddressFacts& facts);
  bool agent(policy::AgentFacts& agent);
  bool app(policy::AppFacts& app);
  bool tls(TlsFacts& tls);
  bool websocket(WebsocketFacts& facts);
  bool activities();
  bool matched();
  bool file(policy::FileFacts& file);
  bool details(policy::Details& details);
  bool seen(policy::SeenFacts& facts);
  bool uncommon(policy::SeenFacts& facts);

  JsonCursor cursor_;
  Event event_;
  bool has_id_;
  std::string wrong_;
};

bool RecordReader::event_member(std::string_view key) {
  if (key == "id") {
    has_id_ = true;
    return read_word(cursor_, parse_ulid, event_.id);
  }
  if (key == "kind") return read_word(cursor_, parse_event_kind, event_.kind);
  if (key == "time") {
    const bool read = read_word(cursor_, parse_rfc3339, event_.start);
    event_.activity.at = event_.start;
    return read;
  }
  if (key == "duration_us") return cursor_.number(event_.duration_us);
  if (key == "connection_id") return read_word(cursor_, parse_connection_id, event_.connection_id);
  if (key == "stream_id") return read_number(cursor_, event_.stream_id);
  if (key == "worker") return read_number(cursor_, event_.worker);
  if (key == "snapshot") return text(event_.snapshot);
  if (key == "client") return address(event_.activity.client, &event_.client_port);
  if (key == "destination") return address(event_.activity.destination.emplace(), nullptr);
  if (key == "app") return app(event_.activity.app.emplace());
  if (key == "tls") {
    const bool read = tls(event_.tls);
    // The facts of policies that stand in there.
    event_.activity.ja4 = event_.tls.ja4;
    event_.activity.client_tls_version = event_.tls.client_version;
    return read;
  }
  if (key == "websocket") return websocket(event_.websocket.emplace());
  if (key == "activities") return activities();
  if (key == "matched") return matched();
  return outcome_member(key);
}

bool RecordReader::outcome_member(std::string_view key) {
  if (key == "user_source") return text(event_.user_source);
  if (key == "query") return text(event_.query);
  if (key == "media_type") return text(event_.media_type);
  if (key == "ending") return read_word(cursor_, parse_ending, event_.ending);
  if (key == "error") return text(event_.error);
  if (key == "intercepted") return cursor_.boolean(event_.intercepted);
  if (key == "bytes_in") return cursor_.number(event_.bytes_in);
  if (key == "bytes_out") return cursor_.number(event_.bytes_out);
  return facts_member(key, event_.activity);
}

bool RecordReader::facts_member(std::string_view key, policy::Activity& facts) {
  if (key == "user") return text(facts.user);
  if (key == "groups") return read_texts(cursor_, facts.groups);
  if (key == "device_tags") return read_texts(cursor_, facts.device_tags.emplace());
  if (key == "scheme") return text(facts.scheme);
  if (key == "host") return text(facts.host);
  if (key == "domain") return text(facts.domain);
  if (key == "host_kind") return read_word(cursor_, policy::parse_host_kind, facts.host_kind);
  if (key == "host_tags") return read_texts(cursor_, facts.host_tags);
  if (key == "port") return read_number(cursor_, facts.port);
  if (key == "method") return text(facts.method);
  if (key == "path") return text(facts.path);
  if (key == "user_agent") return text(facts.user_agent);
  if (key == "agent") return agent(facts.agent.emplace());
  if (key == "type") {
    return read_word(cursor_, policy::parse_activity_type, facts.type.emplace());
  }
  if (key == "admin") return cursor_.boolean(facts.admin.emplace());
  if (key == "file") return file(facts.file.emplace());
  if (key == "details") return details(facts.details.emplace());
  if (key == "client_refusal") {
    return read_word(cursor_, policy::parse_client_refusal, facts.client_refusal.emplace());
  }
  if (key == "seen") return seen(facts.seen ? *facts.seen : facts.seen.emplace());
  if (key == "uncommon") return uncommon(facts.seen ? *facts.seen : facts.seen.emplace());
  if (key == "status") return read_number(cursor_, facts.status.emplace());
  return verdict_member(key, event_.verdict);
}

// The last of the chain: what nobody knows is passed over.
bool RecordReader::verdict_member(std::string_view key, policy::Verdict& verdict) {
  if (key == "action") return read_word(cursor_, policy::parse_action, verdict.action);
  if (key == "policy") return text(verdict.policy);
  if (key == "policy_id") return text(verdict.policy_id);
  if (key == "redirect") return text(verdict.redirect);
  if (key == "point") return read_word(cursor_, parse_point, verdict.point);
  if (key == "say") return text(verdict.say);
  if (key == "suspension") return text(verdict.suspension);
  if (key == "granted") {
    verdict.granted.clear();
    return cursor_.array([&] {
      auto& granted = verdict.granted.emplace_back();
      return each([&](std::string_view inner) {
        if (inner == "policy_id") return text(granted.policy_id);
        if (inner == "grant") return text(granted.grant);
        return cursor_.skip();
      });
    });
  }
  if (key != "rehearsed") return cursor_.skip();
  verdict.rehearsed.clear();
  return cursor_.array([&] {
    auto& rehearsed = verdict.rehearsed.emplace_back();
    return each([&](std::string_view inner) {
      if (inner == "policy") return text(rehearsed.policy);
      if (inner == "action") return read_word(cursor_, policy::parse_action, rehearsed.action);
      return cursor_.skip();
    });
  });
}

bool RecordReader::address(policy::AddressFacts& facts, std::uint16_t* port) {
  return each([&](std::string_view key) {
    if (key == "ip") return read_word(cursor_, IpAddress::parse, facts.address);
    if (key == "port" && port != nullptr) return read_number(cursor_, *port);
    if (key == "category") return read_word(cursor_, policy::parse_ip_category, facts.category);
    if (key == "range") return text(facts.range);
    if (key == "tags") return read_texts(cursor_, facts.tags);
    return place_member(key, facts);
  });
}

bool RecordReader::place_member(std::string_view key, policy::AddressFacts& facts) {
  // Half a location reads as one whose other half is zero: what writes records writes both.
  const auto degrees = [&](double policy::Coordinates::* field, double most) {
    if (!facts.location) facts.location.emplace();
    double& value = (*facts.location).*field;
    return cursor_.number(value) && value >= -most && value <= most;
  };
  if (key == "country") return text(facts.country);
  if (key == "asn") return read_number(cursor_, facts.asn);
  if (key == "isp") return text(facts.isp);
  if (key == "latitude") return degrees(&policy::Coordinates::latitude, 90);
  if (key == "longitude") return degrees(&policy::Coordinates::longitude, 180);
  return cursor_.skip();
}

bool RecordReader::agent(policy::AgentFacts& agent) {
  return each([&](std::string_view key) {
    if (key == "app") return read_word(cursor_, policy::parse_client_app, agent.app);
    if (key == "device") return read_word(cursor_, policy::parse_device_type, agent.device);
    if (key == "browser") return text(agent.browser);
    if (key == "browser_version") return text(agent.browser_version);
    if (key == "os") return text(agent.os);
    if (key == "os_version") return text(agent.os_version);
    if (key != "tags") return cursor_.skip();
    return cursor_.array([&] {
      policy::AgentTag tag{};
      if (!read_word(cursor_, policy::parse_agent_tag, tag)) return false;
      agent.tags.add(tag);
      return true;
    });
  });
}

bool RecordReader::matched() {
  return cursor_.array([&] {
    Match& match = event_.matched.emplace_back();
    return each([&](std::string_view key) {
      if (key == "id") return text(match.id);
      if (key == "name") return text(match.name);
      if (key == "rehearsed") return cursor_.boolean(match.rehearsed);
      return cursor_.skip();
    });
  });
}

bool RecordReader::file(policy::FileFacts& file) {
  return each([&](std::string_view key) {
    if (key == "name") return text(file.name);
    if (key == "extension") return text(file.extension);
    if (key == "type") return text(file.type);
    if (key == "size") return cursor_.number(file.size.emplace());
    if (key == "sniffed_type") return text(file.sniffed_type);
    if (key == "family") return text(file.family);
    if (key == "sha256") return text(file.sha256);
    if (key == "scan_status") return text(file.scan_status);
    if (key == "name_tags") return read_texts(cursor_, file.name_tags.emplace());
    return cursor_.skip();
  });
}

bool RecordReader::details(policy::Details& details) {
  return each([&](std::string_view key) {
    for (const policy::DetailText& one : policy::detail_texts()) {
      if (one.fact == key) return text(details.*one.field);
    }
    for (const policy::DetailList& one : policy::detail_lists()) {
      if (one.fact == key) return read_texts(cursor_, details.*one.field);
    }
    return cursor_.skip();
  });
}

bool RecordReader::seen(policy::SeenFacts& facts) {
  return each([&](std::string_view key) {
    const auto trait = policy::parse_seen_trait(key);
    if (!trait) return cursor_.skip();
    std::int64_t days = 0;
    if (!cursor_.number(days) || days < policy::SeenFacts::kFirst || days > 0x7fff) return false;
    facts.of(*trait) = static_cast<std::int16_t>(days);
    return true;
  });
}

bool RecordReader::uncommon(policy::SeenFacts& facts) {
  facts.uncommon = 0;
  return cursor_.array([&] {
    policy::SeenTrait trait{};
    if (!read_word(cursor_, policy::parse_seen_trait, trait)) return false;
    facts.uncommon |= policy::bit_of(trait);
    return true;
  });
}

bool RecordReader::app(policy::AppFacts& app) {
  return each([&](std::string_view key) {
    if (key == "id") return text(app.id);
    if (key == "name") return text(app.name);
    if (key == "category") return text(app.category);
    if (key == "tags") return read_texts(cursor_, app.tags);
    if (key == "risk_score") {  // All that a record tells of it.
      policy::RiskFacts risk;
      if (!read_number(cursor_, risk.score.emplace())) return false;
      app.risk = policy::share(std::move(risk));
      return true;
    }
    return cursor_.skip();
  });
}

bool RecordReader::tls(TlsFacts& tls) {
  const std::pair<std::string_view, std::string*> fields[] = {
      {"client_version", &tls.client_version},
      {"client_cipher", &tls.client_cipher},
      {"client_alpn", &tls.client_alpn},
      {"origin_version", &tls.origin_version},
      {"origin_cipher", &tls.origin_cipher},
      {"origin_alpn", &tls.origin_alpn},
      {"origin_fingerprint", &tls.origin_fingerprint},
      {"leaf_serial", &tls.leaf_serial},
      {"verify", &tls.verify},
      {"ja4", &tls.ja4},
  };
  return each([&](std::string_view key) {
    for (const auto& [name, field] : fields) {
      if (key == name) return text(*field);
    }
    return cursor_.skip();
  });
}

bool RecordReader::websocket(WebsocketFacts& facts) {
  const auto direction = [this](WebsocketFacts::Direction& side) {
    return each([&](std::string_view key) {
      if (key == "messages") return cursor_.number(side.messages);
      if (key == "text") return cursor_.number(side.text);
      if (key == "binary") return cursor_.number(side.binary);
      if (key == "bytes") return cursor_.number(side.bytes);
      if (key == "largest") return cursor_.number(side.largest);
      return cursor_.skip();
    });
  };
  return each([&](std::string_view key) {
    if (key == "client") return direction(facts.client);
    if (key == "origin") return direction(facts.origin);
    if (key == "compressed") return cursor_.boolean(facts.compressed);
    if (key == "closed_by") return text(facts.closed_by);
    if (key == "close_code") return read_number(cursor_, facts.close_code.emplace());
    if (key == "fault") return text(facts.fault);
    return cursor_.skip();
  });
}

bool RecordReader::activities() {
  event_.activities.clear();
  return cursor_.array([&] {
    ActivityRecord& record = event_.activities.emplace_back();
    return each([&](std::string_view key) {
      if (key == "type") return read_word(cursor_, policy::parse_activity_type, record.type);
      if (key == "admin") return cursor_.boolean(record.admin);
      if (key == "file") return file(record.file.emplace());
      if (key == "details") return details(record.details.emplace());
      return verdict_member(key, record.verdict);
    });
  });
}

}  // namespace

Result<Event> parse_event(std::string_view json, RecordId id) {
  if (json.size() > kMaxRecord) {
    return fail(ErrorKind::invalid, Side::ours,
                "the record is larger than " + std::to_string(kMaxRecord) + " bytes");
  }
  return RecordReader(json, id).read();
}

std::optional<Ulid> parse_ulid(std::string_view text) {
  static constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  // 26 characters are 130 bits: the two in front must be zero.
  if (text.size() != 26 || text.front() > '7') return std::nullopt;
  Ulid id;
  unsigned pending = 0;
  int bits = -2;
  std::size_t at = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(to_lower(c));
    if (value == std::string_view::npos) return std::nullopt;
    pending = (pending << 5 | static_cast<unsigned>(value)) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      id.bytes[at++] = static_cast<std::uint8_t>(pending >> bits & 0xff);
    }
  }
  return id;
}

std::optional<EventKind> parse_event_kind(std::string_view word) {
  for (const EventKind kind : {EventKind::exchange, EventKind::tunnel, EventKind::connection}) {
    if (word == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::optional<Ending> parse_ending(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(Ending::failed); ++i) {
    if (word == to_string(static_cast<Ending>(i))) return static_cast<Ending>(i);
  }
  return std::nullopt;
}

}  // namespace sallyport::discovery
