#include "policy/compile/lower.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/core/check.h"
#include "base/core/text.h"
#include "policy/compile/effects.h"

namespace sallyport::policy {
namespace {

std::string hint_for_attribute(std::string_view written) {
  // The keys of a policy end up under `when` by one indentation too many.
  static constexpr std::string_view kPolicyKeys[] = {"id",
                                                     "name",
                                                     "kind",
                                                     "extends",
                                                     "description",
                                                     "owner",
                                                     "references",
                                                     "mode",
                                                     "zone",
                                                     "starts",
                                                     "except",
                                                     "then",
                                                     "say",
                                                     "severity",
                                                     "repeat",
                                                     "per_day",
                                                     "detect",
                                                     "alerts_per_day",
                                                     "tag_app",
                                                     "redirect",
                                                     "category",
                                                     "expires",
                                                     "for",
                                                     "per",
                                                     "hold",
                                                     "restrict_tenants",
                                                     "restrict_youtube",
                                                     "replacement",
                                                     "quarantine",
                                                     "safe_search",
                                                     "throttle"};
  if (std::find(std::begin(kPolicyKeys), std::end(kPolicyKeys), written) != std::end(kPolicyKeys)) {
    return fmt::format("'{}' belongs to the policy, beside 'when'", written);
  }
  std::vector<std::string_view> names = {"all", "any", "not"};
  std::vector<std::string> ends;  // "ip.tag" is the end of two
  for (const Attribute& attribute : attribute_table()) {
    names.push_back(attribute.name);
    const auto at = attribute.name.size() - std::min(attribute.name.size(), written.size());
    if (at > 1 && attribute.name.substr(at) == written && attribute.name[at - 1] == '.') {
      ends.push_back(fmt::format("'{}'", attribute.name));
    }
  }
  if (!ends.empty()) return fmt::format("did you mean {}?", fmt::join(ends, " or "));
  return did_you_mean(written, names);
}

// Why a policy of `kind` cannot ask for the attribute, or "". What it says completes "X ...".
struct Objection {
  std::string why;
  std::string hint;
};

// When a policy must know what it asks for, to change how something passes.
enum class Settles : std::uint8_t {
  nothing,
  request,  // before the request goes: header fields, tenants, rates of uploads
  reply,    // before the reply does: rates of downloads alone
};

// What the bytes of a file tell, for which nothing waits that only changes how it passes.
bool is_of_bytes(std::string_view attribute) {
  return attribute == "file.family" || attribute == "file.sniffed_type" ||
         attribute == "file.sha256" || attribute == "file.scan_status";
}

std::optional<Objection> objection(const Attribute& attribute, Kind kind, Settles settles) {
  const auto wrong = [&](std::string why, std::string hint) {
    return Objection{std::move(why), std::move(hint)};
  };
  if (attribute.subject == Subject::certificate && kind != Kind::tls) {
    return wrong("only a tls policy can ask for it", "write 'kind: tls'");
  }
  if (attribute.subject == Subject::aftermath && kind != Kind::detection) {
    return wrong("it is worked out behind the exchange, where only detections look",
                 "write 'kind: detection'");
  }
  switch (kind) {
    case Kind::access:
      if (attribute.subject == Subject::activity) {
        return wrong("an access policy decides before anything is done",
                     "write 'kind: session' to decide by what is done");
      }
      break;
    case Kind::session:
      if (settles != Settles::nothing && is_of_bytes(attribute.name)) {
        return wrong("how a file passes is settled before its bytes, which tell it",
                     "ask for what comes before: file.name, file.extension, file.type, file.size");
      }
      if (settles == Settles::request && attribute.from > Point::request &&
          !attribute.may_come_early) {
        return wrong("how a request passes is settled before the reply, and it is not known then",
                     "ask for what the request tells: app, host, path, activity, ...");
      }
      break;
    case Kind::tls:
      if (attribute.subject != Subject::certificate &&
          (attribute.from > Point::connect || attribute.subject == Subject::activity)) {
        std::vector<std::string_view> names;
        for (const Attribute& one : attribute_table()) {
          if (one.from == Point::connect && one.subject != Subject::activity) {
            names.push_back(one.name);
          }
        }
        return wrong("a tls policy decides before the connection is opened",
                     fmt::format("known by then: {}", fmt::join(names, ", ")));
      }
      break;
    case Kind::app_discovery:
      if (attribute.subject != Subject::app) {
        std::vector<std::string_view> names;
        for (const Attribute& one : attribute_table()) {
          if (one.subject == Subject::app) names.push_back(one.name);
        }
        return wrong("an app_discovery policy speaks of apps, whoever uses them",
                     fmt::format("it can ask for {}", fmt::join(names, ", ")));
      }
      break;
    case Kind::activity:
    case Kind::detection:
      break;
  }
  return std::nullopt;
}

class Lowering {
 public:
  Lowering(Kind kind, Settles settles, std::string zone, ValueReader& values, Diagnostics& found)
      : kind_(kind), settles_(settles), zone_(std::move(zone)), values_(values), found_(found) {}

  std::vector<Expression> conditions(const std::vector<Condition>& written) {
    std::vector<Expression> lowered;
    for (const Condition& one : written) {
      if (auto expression = condition(one)) lowered.push_back(std::move(*expression));
    }
    return lowered;
  }

 private:
  std::optional<Expression> condition(const Condition& written) {
    if (written.kind == Condition::Kind::test) return test(written);
    std::vector<Expression> parts = conditions(written.parts);
    // Something in it was wrong, and has been reported.
    if (parts.empty()) return std::nullopt;
    switch (written.kind) {
      case Condition::Kind::all:
        return Expression::all(std::move(parts));
      case Condition::Kind::any:
        return Expression::any(std::move(parts));
      default:
        return Expression::negation(std::move(parts));
    }
  }

  std::optional<Expression> test(const Condition& written) {
    const std::string& name = *written.attribute;
    const Attribute* attribute = find_attribute(name);
    if (!attribute) {
      found_.error(written.attribute.place, fmt::format("unknown attribute '{}'", name),
                   hint_for_attribute(name));
      return std::nullopt;
    }
    if (auto why = objection(*attribute, kind_, settles_)) {
      found_.error(written.attribute.place,
                   fmt::format("'{}' cannot be asked here: {}", name, why->why),
                   std::move(why->hint));
      return std::nullopt;
    }
    if (written.values.empty()) return std::nullopt;
    return values_.read(*attribute, written.values, zone_, found_);
  }

  Kind kind_;
  Settles settles_;
  std::string zone_;
  ValueReader& values_;
  Diagnostics& found_;
};

class PolicyLowering {
 public:
  PolicyLowering(const Policy& written, const CompileOptions& options, ValueReader& values,
                 Diagnostics& found)
      : written_(written), options_(options), values_(values), found_(found) {}

  CompiledPolicy lower() {
    CompiledPolicy out;
    out.kind = written_.kind ? **written_.kind : Kind::session;
    out.id = **written_.id;
    out.name = *written_.name;
    if (out.id == kSuspensionId) {
      found_.error(written_.id->place,
                   fmt::format("'{}' is what a suspended user is told by", out.id),
                   "take another id");
    }
    out.rehearse =
        options_.mode == Mode::rehearse || (written_.mode && **written_.mode == Mode::rehearse);
    if (written_.severity) out.severity = **written_.severity;
    out.category = written_.category ? **written_.category : usual_category(out.kind);
    lower_effects(written_, found_, out);
    zone_ = written_.zone ? **written_.zone : options_.zone;
    // Told once, not again for each time in the policy.
    if (written_.zone && values_.zone(zone_, written_.zone->place, found_) == nullptr) {
      zone_ = "UTC";
    }
    if (written_.starts) out.starts = date(*written_.starts, "starts");
    if (written_.expires) out.expires = date(*written_.expires, "expires");
    if (written_.starts && written_.expires && out.starts >= out.expires) {
      found_.error(written_.expires->place, "the policy ends before it begins",
                   "'expires' is the first day on which it holds no more");
    }
    Lowering lowering(out.kind, settles(out), zone_, values_, found_);
    out.when = lowering.conditions(written_.when);
    if (!out.restrictions.empty() || !out.parameters.empty()) only_there(out);
    for (const Exception& one : written_.except) exception(one, lowering, out);
    out.written = std::make_shared<const Policy>(written_);
    return out;
  }

 private:
  static Settles settles(const CompiledPolicy& out) {
    if (!out.edits_only) return Settles::nothing;
    return out.throttle.download != 0 ? Settles::reply : Settles::request;
  }

  static RiskCategory usual_category(Kind kind) {
    switch (kind) {
      case Kind::access:
      case Kind::session:
      case Kind::tls:
        return RiskCategory::access_control;
      case Kind::activity:
      case Kind::detection:
        return RiskCategory::threat_detection;
      case Kind::app_discovery:
        return RiskCategory::discovery;
    }
    std::unreachable();
  }

  // What is told to an app is told on its hosts: a condition that nobody wrote.
  void only_there(CompiledPolicy& out) {
    std::set<std::string> hosts;
    const auto add = [&](std::span<const std::string_view> names) {
      for (const std::string_view host : names) {
        const bool below = host.starts_with('.');
        hosts.insert(below ? std::string(host.substr(1)) : "=" + std::string(host));
      }
    };
    for (const HeaderOnHosts& one : out.restrictions) add(one.hosts);
    for (const ParameterOnHosts& one : out.parameters) add(one.hosts);
    std::vector<Spanned<std::string>> values;
    for (const std::string& host : hosts) values.push_back({host, written_.place});
    Diagnostics of_our_own;  // one app's host may lie below another's
    auto condition = values_.read(*find_attribute("host"), values, zone_, of_our_own);
    CHECK(condition && !of_our_own.has_errors());
    out.when.push_back(std::move(*condition));
  }

  Time date(const Spanned<std::string>& text, std::string_view key) {
    const auto day = parse_date(*text);
    if (!day) {
      found_.error(text.place, fmt::format("'{}' of '{}' is no date", printable(*text), key),
                   "write '2026-11-26'");
      return {};
    }
    const auto zone =
        values_.zone(zone_, written_.zone ? written_.zone->place : text.place, found_);
    return zone == nullptr ? Time{} : midnight(*day, *zone);
  }

  void exception(const Exception& one, Lowering& lowering, CompiledPolicy& out) {
    std::vector<Expression> parts = lowering.conditions(one.when);
    if (parts.empty()) return;  // reported
    if (one.expires) {
      const auto day = parse_date(**one.expires);
      if (!day) {
        found_.error(one.expires->place,
                     fmt::format("'{}' of 'expires' is no date", printable(**one.expires)),
                     "write '2026-11-26'");
      } else if (const auto zone = values_.zone(zone_, one.expires->place, found_)) {
        // Holds on the days before.
        parts.push_back(Expression::test(
            *find_attribute("time.date"),
            {TimeMatcher(TimeMatcher::What::date, zone, {{-1'000'000, *day - 1}})}));
      }
    }
    out.except.push_back(Expression::all(std::move(parts)));
  }

  const Policy& written_;
  const CompileOptions& options_;
  ValueReader& values_;
  Diagnostics& found_;
  std::string zone_;
};

}  // namespace

CompiledPolicy lower_policy(const Policy& policy, const CompileOptions& options,
                            ValueReader& values, Diagnostics& found) {
  return PolicyLowering(policy, options, values, found).lower();
}

std::vector<Expression> lower_conditions(const std::vector<Condition>& written, Kind kind,
                                         const std::string& zone, ValueReader& values,
                                         Diagnostics& found) {
  return Lowering(kind, Settles::nothing, zone, values, found).conditions(written);
}

}  // namespace sallyport::policy
