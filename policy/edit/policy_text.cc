#include "policy/edit/policy_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/core/text.h"
#include "policy/model/policy_keys.h"

namespace sallyport::policy {
namespace {

using yaml::Node;
using yaml::Piece;

Piece collection(Node::Kind kind, std::string key = {}) {
  Piece piece;
  piece.kind = kind;
  piece.key = std::move(key);
  return piece;
}

std::string shown(const Place& place) {
  return place.source ? fmt::format("{}:{}", place.source->name, place.line) : std::string();
}

// A comment that to_yaml() aligns.
constexpr char kMark = '\x01';
std::string comment(const Place& place) { return kMark + ("# " + printable(shown(place))); }

Piece map_of(const std::vector<Condition>& conditions);

Piece piece_of(const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::test: {
      if (condition.values.size() == 1) {
        return yaml::scalar(*condition.attribute, *condition.values.front());
      }
      Piece list = collection(Node::Kind::list, *condition.attribute);
      for (const auto& value : condition.values) list.parts.push_back(yaml::scalar(*value));
      return list;
    }
    case Condition::Kind::negation: {
      Piece map = map_of(condition.parts);
      map.key = "not";
      return map;
    }
    case Condition::Kind::all:
    case Condition::Kind::any:
      break;
  }
  Piece list = collection(Node::Kind::list, condition.kind == Condition::Kind::all ? "all" : "any");
  for (const Condition& part : condition.parts) {
    // Several lines of one mapping were read as an `all`.
    list.parts.push_back(part.kind == Condition::Kind::all ? map_of(part.parts) : map_of({part}));
  }
  return list;
}

Piece map_of(const std::vector<Condition>& conditions) {
  Piece map = collection(Node::Kind::map);
  std::vector<Piece> twice;
  for (const Condition& condition : conditions) {
    Piece piece = piece_of(condition);
    const bool known = std::any_of(map.parts.begin(), map.parts.end(),
                                   [&](const Piece& one) { return one.key == piece.key; });
    if (!known) {
      map.parts.push_back(std::move(piece));
    } else if (piece.key == "all") {
      for (Piece& part : piece.parts) twice.push_back(std::move(part));
    } else {
      Piece alone = collection(Node::Kind::map);
      alone.parts.push_back(std::move(piece));
      twice.push_back(std::move(alone));
    }
  }
  if (twice.empty()) return map;
  auto all = std::find_if(map.parts.begin(), map.parts.end(),
                          [](const Piece& one) { return one.key == "all"; });
  if (all == map.parts.end()) {
    map.parts.push_back(collection(Node::Kind::list, "all"));
    all = std::prev(map.parts.end());
  }
  for (Piece& one : twice) all->parts.push_back(std::move(one));
  return map;
}

Piece exceptions(const std::vector<Exception>& except) {
  Piece list = collection(Node::Kind::list, "except");
  for (const Exception& one : except) {
    Piece item = map_of(one.when);
    if (one.reason) item.parts.push_back(yaml::scalar("reason", **one.reason));
    if (one.expires) item.parts.push_back(yaml::scalar("expires", **one.expires));
    item.behind = comment(one.place);
    list.parts.push_back(std::move(item));
  }
  return list;
}

class Keys {
 public:
  void text(std::string_view key, const std::optional<Spanned<std::string>>& value) {
    if (value) add(yaml::scalar(std::string(key), **value), value->place);
  }
  template <class E>
  void word(std::string_view key, const std::optional<Spanned<E>>& value) {
    if (value) add(yaml::scalar(std::string(key), std::string(to_string(**value))), value->place);
  }
  void texts(std::string_view key, const std::vector<Spanned<std::string>>& values) {
    if (values.empty()) return;
    Piece list = collection(Node::Kind::list, std::string(key));
    for (const auto& value : values) list.parts.push_back(yaml::scalar(*value));
    add(std::move(list), values.front().place);
  }
  void add(Piece piece, const Place& place) { keys_.push_back({std::move(piece), place}); }
  std::vector<WrittenKey> take() { return std::move(keys_); }

 private:
  std::vector<WrittenKey> keys_;
};

Piece repeat(const Repeat& repeat) {
  Piece map = collection(Node::Kind::map, "repeat");
  if (repeat.min) map.parts.push_back(yaml::scalar("min", **repeat.min));
  if (repeat.window) map.parts.push_back(yaml::scalar("window", **repeat.window));
  const auto flag = [&map](const char* key, const std::optional<Spanned<bool>>& value) {
    if (value) map.parts.push_back(yaml::scalar(key, **value ? "true" : "false"));
  };
  flag("same_app", repeat.same_app);
  flag("unique_targets", repeat.unique_targets);
  return map;
}

Piece detect(const WrittenDetect& detect) {
  Piece map = collection(Node::Kind::map, "detect");
  for (const WrittenDetect::Part& part : detect.parts) {
    map.parts.push_back(yaml::scalar(*part.key, *part.value));
  }
  return map;
}

Piece throttle(const WrittenThrottle& throttle) {
  if (throttle.both) return yaml::scalar("throttle", **throttle.both);
  Piece map = collection(Node::Kind::map, "throttle");
  if (throttle.upload) map.parts.push_back(yaml::scalar("upload", **throttle.upload));
  if (throttle.download) map.parts.push_back(yaml::scalar("download", **throttle.download));
  return map;
}

Piece restrictions(const std::vector<TenantRestriction>& tenants) {
  Piece map = collection(Node::Kind::map, "restrict_tenants");
  for (const TenantRestriction& one : tenants) {
    const auto values = [](const TenantRestriction::Part& part, std::string key) {
      if (part.values.size() == 1) return yaml::scalar(std::move(key), *part.values.front());
      Piece list = collection(Node::Kind::list, std::move(key));
      for (const auto& value : part.values) list.parts.push_back(yaml::scalar(*value));
      return list;
    };
    if (one.parts.size() == 1 && one.parts.front().name->empty()) {
      map.parts.push_back(values(one.parts.front(), *one.app));
      continue;
    }
    Piece parts = collection(Node::Kind::map, *one.app);
    for (const TenantRestriction::Part& part : one.parts) {
      parts.parts.push_back(values(part, *part.name));
    }
    map.parts.push_back(std::move(parts));
  }
  return map;
}

// Comments behind marks stand below each other.
std::string aligned(const std::string& text) {
  constexpr std::size_t kFarthest = 56;  // columns; longer lines have theirs two spaces behind
  std::size_t column = 0;
  const std::vector<std::string_view> lines = split(text, '\n');
  for (const std::string_view line : lines) {
    const std::size_t at = line.find(kMark);
    if (at != line.npos && at <= kFarthest) column = std::max(column, at);
  }
  std::string out;
  for (const std::string_view line : lines) {
    const std::size_t at = line.find(kMark);
    if (at == line.npos) {
      out += line;
    } else {
      out += line.substr(0, at);
      if (line.find_first_not_of(' ') != at && at < column) out.append(column - at, ' ');
      out += line.substr(at + 1);
    }
    out += '\n';
  }
  out.pop_back();
  return out;
}

std::string file_of(std::vector<Piece> keys) {
  Piece policy = collection(Node::Kind::map);
  policy.block = true;
  policy.parts = std::move(keys);
  for (Piece& key : policy.parts) {
    if (key.key == "when") key.block = true;
  }
  Piece root = collection(Node::Kind::list);
  root.parts.push_back(std::move(policy));
  return yaml::write(root);
}

void drop_comments(Piece& piece) {
  piece.behind.clear();
  for (Piece& part : piece.parts) drop_comments(part);
}

}  // namespace

std::vector<WrittenKey> written_keys(const Policy& policy) {
  Keys keys;
  keys.text("id", policy.id);
  if (!policy.name->empty()) keys.add(yaml::scalar("name", *policy.name), policy.name.place);
  keys.word("kind", policy.kind);
  keys.text("extends", policy.extends);
  keys.text("description", policy.description);
  keys.text("owner", policy.owner);
  keys.texts("references", policy.references);
  keys.word("severity", policy.severity);
  keys.word("category", policy.category);
  keys.word("mode", policy.mode);
  keys.text("starts", policy.starts);
  keys.text("expires", policy.expires);
  keys.text("zone", policy.zone);
  if (!policy.when.empty()) {
    Piece when = map_of(policy.when);
    when.key = "when";
    for (Piece& line : when.parts) {
      for (const Condition& condition : policy.when) {
        if (*condition.attribute != line.key) continue;
        line.behind = comment(condition.attribute.place);
        break;
      }
    }
    keys.add(std::move(when), policy.when.front().attribute.place);
  }
  if (!policy.except.empty()) keys.add(exceptions(policy.except), policy.except.front().place);
  keys.word("then", policy.then);
  keys.text("say", policy.say);
  keys.text("for", policy.grant_for);
  keys.word("per", policy.grant_width);
  keys.word("hold", policy.hold);
  keys.text("redirect", policy.redirect);
  keys.text("replacement", policy.replacement);
  if (policy.quarantine) {
    keys.add(yaml::scalar("quarantine", **policy.quarantine ? "true" : "false"),
             policy.quarantine->place);
  }
  if (!policy.add_headers.empty()) {
    Piece map = collection(Node::Kind::map, "add_headers");
    for (const HeaderEdit& one : policy.add_headers) {
      map.parts.push_back(yaml::scalar(*one.name, *one.value));
    }
    keys.add(std::move(map), policy.add_headers.front().name.place);
  }
  keys.texts("remove_headers", policy.remove_headers);
  if (!policy.restrict_tenants.empty()) {
    keys.add(restrictions(policy.restrict_tenants), policy.restrict_tenants.front().app.place);
  }
  keys.text("restrict_youtube", policy.restrict_youtube);
  keys.text("safe_search", policy.safe_search);
  if (policy.throttle) keys.add(throttle(*policy.throttle), policy.throttle->place);
  keys.text("alerts_per_day", policy.alerts_per_day);
  keys.text("tag_app", policy.tag_app);
  if (policy.repeat) keys.add(repeat(*policy.repeat), policy.repeat->place);
  if (!policy.per_day.empty()) {
    Piece map = collection(Node::Kind::map, "per_day");
    for (const DailyThreshold& one : policy.per_day) {
      map.parts.push_back(yaml::scalar(*one.measure, *one.value));
    }
    keys.add(std::move(map), policy.per_day.front().measure.place);
  }
  if (policy.detect) keys.add(detect(*policy.detect), policy.detect->place);
  return keys.take();
}

std::string to_yaml(const Policy& policy, Places places) {
  std::vector<Piece> keys;
  for (WrittenKey& key : written_keys(policy)) {
    if (places == Places::left_out) {
      drop_comments(key.value);
    } else if (key.value.key != "when" && key.value.key != "except") {
      key.value.behind = comment(key.place);
    }
    keys.push_back(std::move(key.value));
  }
  return aligned(file_of(std::move(keys)));
}

std::string to_yaml(std::vector<Piece> keys) {
  std::stable_sort(keys.begin(), keys.end(), [](const Piece& a, const Piece& b) {
    return key_order(a.key) < key_order(b.key);
  });
  return file_of(std::move(keys));
}

}  // namespace sallyport::policy
