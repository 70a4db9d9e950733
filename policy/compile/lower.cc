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
#include "policy/compile/restrictions.h"

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
                                                     "alerts_per_day",
                                                     "tag_app",
                                                     "redirect",
                                                     "category",
                                                     "expires",
                                                     "for",
                                                     "per",
                                                     "hold",
                                                     "restrict_tenants",
                                                     "restrict_youtube"};
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

// A block scalar ends with a newline that its author did not mean.
std::string without_edges(std::string_view text) {
  static constexpr std::string_view kBlank = " \t\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlank) + 1 - first));
}

// Why a policy of `kind` cannot ask for the attribute, or "". What it says completes "X ...".
struct Objection {
  std::string why;
  std::string hint;
};

std::optional<Objection> objection(const Attribute& attribute, Kind kind, bool headers) {
  const auto wrong = [&](std::string why, std::string hint) {
    return Objection{std::move(why), std::move(hint)};
  };
  if (attribute.subject == Subject::certificate && kind != Kind::tls) {
    return wrong("only a tls policy can ask for it", "write 'kind: tls'");
  }
  switch (kind) {
    case Kind::access:
      if (attribute.subject == Subject::activity) {
        return wrong("an access policy decides before anything is done",
                     "write 'kind: session' to decide by what is done");
      }
      break;
    case Kind::session:
      if (headers && attribute.from > Point::request && !attribute.may_come_early) {
        return wrong("header fields are edited before the reply, and it is not known then",
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
        return wrong("an app_discovery policy speaks of apps, whoever uses them",
                     "it can ask for app, app.tag, app.category, host.domain, host.kind, host.tag");
      }
      break;
    case Kind::activity:
      break;
  }
  return std::nullopt;
}

class Lowering {
 public:
  Lowering(Kind kind, bool headers, std::string zone, ValueReader& values, Diagnostics& found)
      : kind_(kind), headers_(headers), zone_(std::move(zone)), values_(values), found_(found) {}

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
    if (auto why = objection(*attribute, kind_, headers_)) {
      found_.error(written.attribute.place,
                   fmt::format("'{}' cannot be asked here: {}", name, why->why),
                   std::move(why->hint));
      return std::nullopt;
    }
    if (written.values.empty()) return std::nullopt;
    return values_.read(*attribute, written.values, zone_, found_);
  }

  Kind kind_;
  bool headers_;
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
    effects(out);
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
    Lowering lowering(out.kind, out.headers_only, zone_, values_, found_);
    out.when = lowering.conditions(written_.when);
    if (!out.restrictions.empty()) only_there(out);
    for (const Exception& one : written_.except) exception(one, lowering, out);
    out.written = std::make_shared<const Policy>(written_);
    return out;
  }

 private:
  static RiskCategory usual_category(Kind kind) {
    switch (kind) {
      case Kind::access:
      case Kind::session:
      case Kind::tls:
        return RiskCategory::access_control;
      case Kind::activity:
        return RiskCategory::threat_detection;
      case Kind::app_discovery:
        return RiskCategory::discovery;
    }
    std::unreachable();
  }

  // What is told to an app is told on its hosts: a condition that nobody wrote.
  void only_there(CompiledPolicy& out) {
    std::set<std::string> hosts;
    for (const HeaderOnHosts& one : out.restrictions) {
      for (const std::string_view host : one.hosts) {
        const bool below = host.starts_with('.');
        hosts.insert(below ? std::string(host.substr(1)) : "=" + std::string(host));
      }
    }
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

  // Whether the key may stand in a policy of this kind; reports where not.
  template <class T>
  bool fits(const T& key, bool allowed, std::string_view name, std::string_view where) {
    if (!key) return false;
    if (allowed) return true;
    found_.error(
        key->place,
        fmt::format(
            "'{}' has no effect in {} {} policy", name,
            std::string_view("aeiou").find(kind_word()[0]) != std::string_view::npos ? "an" : "a",
            kind_word()),
        fmt::format("it belongs to kind: {}", where));
    return false;
  }

  std::string_view kind_word() const {
    return to_string(written_.kind ? **written_.kind : Kind::session);
  }

  void effects(CompiledPolicy& out) {
    const bool decides =
        out.kind == Kind::access || out.kind == Kind::session || out.kind == Kind::tls;
    const bool reports = !decides;
    const bool restricts = !written_.restrict_tenants.empty() || written_.restrict_youtube;
    const bool edits = !(written_.add_headers.empty() && written_.remove_headers.empty());
    out.headers_only = out.kind == Kind::session && (edits || restricts);
    restrictions(out, restricts && edits);
    if (!written_.add_headers.empty() && out.kind != Kind::session) {
      found_.error(written_.add_headers.front().name.place,
                   fmt::format("'add_headers' has no effect in a policy of kind {}", kind_word()),
                   "it belongs to kind: session");
    }
    if (!written_.remove_headers.empty() && out.kind != Kind::session) {
      found_.error(
          written_.remove_headers.front().place,
          fmt::format("'remove_headers' has no effect in a policy of kind {}", kind_word()),
          "it belongs to kind: session");
    }
    for (const HeaderEdit& edit : written_.add_headers) {
      out.add_headers.push_back({*edit.name, *edit.value});
    }
    for (const auto& name : written_.remove_headers)
      out.remove_headers.push_back(sallyport::lower(*name));

    then(out, decides);
    const bool blocks = written_.then && **written_.then == Action::block;
    const bool asks_here = written_.then && asks(**written_.then);
    if (written_.say && decides && written_.then && !blocks && !asks_here) {
      found_.warning(written_.say->place, fmt::format("nobody will see this: '{}' stops nobody",
                                                      to_string(**written_.then)));
    }
    if (fits(written_.say, decides, "say", "access, session, tls")) {
      out.say = without_edges(**written_.say);
    }
    answer(out, asks_here);
    if (fits(written_.hold, out.kind == Kind::session, "hold", "session")) {
      if (blocks || written_.faulty) {
        out.hold = **written_.hold;
      } else {
        found_.error(written_.hold->place, "only what may be blocked is held",
                     "write 'then: block'");
      }
    }
    if (fits(written_.redirect, out.kind == Kind::access || out.kind == Kind::session, "redirect",
             "access, session")) {
      redirect(out, blocks);
    }
    // `none` takes a template's alerts away.
    const bool alerts = written_.alerts_per_day && **written_.alerts_per_day != kNoAlerts;
    if (alerts) {
      const auto number = parse_decimal(**written_.alerts_per_day);
      if (!number || *number < 1 || *number > 10'000) {
        found_.error(
            written_.alerts_per_day->place,
            fmt::format("'{}' is no number of alerts", printable(**written_.alerts_per_day)),
            "1 to 10000, or 'none'");
      } else if (out.headers_only) {
        found_.error(written_.alerts_per_day->place,
                     "a policy that edits header fields raises no alerts");
      } else {
        out.alerts_per_day = static_cast<std::uint32_t>(*number);
      }
    }
    if (fits(written_.tag_app, reports, "tag_app", "activity, app_discovery")) {
      tag(out);
    }
    if (fits(written_.repeat, out.kind == Kind::activity, "repeat", "activity")) repeat(out);
    per_day(out);
    if (reports && !alerts && !written_.tag_app && !written_.faulty) {
      found_.error(written_.alerts_per_day ? written_.alerts_per_day->place : written_.place,
                   "this policy has no effect",
                   written_.alerts_per_day ? "without alerts it needs 'tag_app'"
                                           : "add 'alerts_per_day' or 'tag_app'");
    }
  }

  void restrictions(CompiledPolicy& out, bool with_edits) {
    const auto& tenants = written_.restrict_tenants;
    if (!tenants.empty() && out.kind != Kind::session) {
      found_.error(
          tenants.front().app.place,
          fmt::format("'restrict_tenants' has no effect in a policy of kind {}", kind_word()),
          "it belongs to kind: session");
      return;
    }
    if (written_.restrict_youtube && !fits(written_.restrict_youtube, out.kind == Kind::session,
                                           "restrict_youtube", "session")) {
      return;
    }
    if (with_edits) {
      found_.error(tenants.empty() ? written_.restrict_youtube->place : tenants.front().app.place,
                   "restrictions are for hosts of their own, other edits for all that matches",
                   "make two policies of it");
    }
    out.restrictions = lower_restrictions(written_, found_);
  }

  void then(CompiledPolicy& out, bool decides) {
    if (!written_.then) {
      if (!decides || out.headers_only || written_.faulty) return;
      found_.error(written_.place, "policy needs 'then'",
                   out.kind == Kind::tls
                       ? "intercept, bypass or block"
                       : "allow, monitor, block, coach, justify, step_up or notice");
      return;
    }
    if (!decides) {
      fits(written_.then, false, "then", "access, session, tls");
      return;
    }
    if (out.headers_only) {
      found_.error(written_.then->place,
                   "a policy that edits header fields decides nothing, so that others may",
                   "make two policies of it");
      return;
    }
    const Action action = **written_.then;
    const bool tls_word = action == Action::bypass || action == Action::intercept;
    if (out.kind == Kind::tls && !tls_word && action != Action::block) {
      found_.error(written_.then->place, fmt::format("a tls policy cannot '{}'", to_string(action)),
                   "intercept, bypass or block");
    } else if (out.kind != Kind::tls && tls_word) {
      found_.error(written_.then->place,
                   fmt::format("'{}' is decided before a connection is opened", to_string(action)),
                   "write 'kind: tls'");
    }
    out.action = action;
  }

  // How long and how wide an answer holds.
  void answer(CompiledPolicy& out, bool asks_here) {
    constexpr auto kUsual = std::chrono::hours(8);
    constexpr auto kUsualOfNotices = std::chrono::hours(7 * 24);
    constexpr auto kLeast = std::chrono::minutes(1);
    constexpr auto kMost = std::chrono::hours(90 * 24);
    const bool may_ask = out.kind == Kind::access || out.kind == Kind::session;
    const auto means_something = [&](const auto& key, std::string_view name) {
      if (!fits(key, may_ask, name, "access, session")) return false;
      if (asks_here || written_.faulty) return asks_here;
      found_.error(key->place,
                   written_.then ? fmt::format("'{}' is about answers, and '{}' asks nothing", name,
                                               to_string(**written_.then))
                                 : fmt::format("'{}' is about answers, and nothing is asked", name),
                   "coach, justify, step_up and notice ask");
      return false;
    };
    out.grant_for = out.action == Action::notice ? kUsualOfNotices : kUsual;
    if (!asks_here) out.grant_for = {};
    if (means_something(written_.grant_for, "for")) {
      const auto span = parse_window(**written_.grant_for);
      if (!span || *span < kLeast || *span > kMost) {
        found_.error(written_.grant_for->place,
                     fmt::format("'{}' is no span that an answer can hold for",
                                 printable(**written_.grant_for)),
                     "1m to 90d: '30m', '8h', '7d'");
      } else {
        out.grant_for = *span;
      }
    }
    if (means_something(written_.grant_width, "per")) out.grant_width = **written_.grant_width;
  }

  void redirect(CompiledPolicy& out, bool blocks) {
    const std::string& url = **written_.redirect;
    const bool fits = (url.starts_with("https://") || url.starts_with("http://")) &&
                      url.size() <= 2000 && url.find_first_of(" \"<>\\^`{|}\t\r\n") == url.npos &&
                      url.size() > 8;
    if (!fits || printable(url) != url) {
      found_.error(written_.redirect->place,
                   fmt::format("'{}' is no address of a page", printable(url)),
                   "write 'https://intranet.example/why'");
    } else if (!blocks) {
      found_.error(written_.redirect->place, "only what is blocked is redirected",
                   "write 'then: block'");
    } else {
      out.redirect = url;
    }
  }

  // As apps can have it (discovery/catalog/app_tag_overlay.h): what is accepted here must not be
  // refused when the policy matches.
  void tag(CompiledPolicy& out) {
    const Spanned<std::string>& tag = *written_.tag_app;
    const auto words = app_tag_words();
    const std::vector<std::string_view> known(words.begin(), words.end());
    const bool ours = std::find(known.begin(), known.end(), *tag) != known.end();
    const bool fits =
        !tag->empty() && tag->size() <= 64 && std::all_of(tag->begin(), tag->end(), [](char c) {
          return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
        });
    if (!fits) {
      found_.error(tag.place, fmt::format("'{}' is no tag", printable(*tag)),
                   "letters a to z, digits and '_'");
    } else if (*tag == "custom_app") {
      found_.error(tag.place, "custom_app is the tag of apps from your own catalog",
                   "take another word");
    } else if (const std::string meant = ours ? "" : did_you_mean(*tag, known); !meant.empty()) {
      found_.error(tag.place, fmt::format("tag '{}' is nearly a built-in one", *tag), meant);
    }
    out.tag_app = *tag;
  }

  void repeat(CompiledPolicy& out) {
    const Repeat& repeat = *written_.repeat;
    if (!repeat.min || !repeat.window) return;  // reported
    const auto min = parse_decimal(**repeat.min);
    if (!min || *min < 2 || *min > 100'000) {
      found_.error(repeat.min->place,
                   fmt::format("'{}' is no number of activities", printable(**repeat.min)),
                   "2 to 100000; without 'repeat' each activity counts");
    } else {
      out.repeat.min = static_cast<std::uint32_t>(*min);
    }
    const auto window = parse_window(**repeat.window);
    if (!window || *window > std::chrono::hours(24)) {
      found_.error(repeat.window->place,
                   fmt::format("'{}' is no window", printable(**repeat.window)),
                   "1s to 24h: '90s', '5m', '2h'");
    } else {
      out.repeat.window = *window;
    }
    out.repeat.same_app = repeat.same_app && **repeat.same_app;
    out.repeat.unique_targets = repeat.unique_targets && **repeat.unique_targets;
  }

  void per_day(CompiledPolicy& out) {
    if (written_.per_day.empty()) return;
    if (out.kind != Kind::app_discovery) {
      found_.error(written_.per_day.front().value.place,
                   fmt::format("'per_day' has no effect in a policy of kind {}", kind_word()),
                   "it belongs to kind: app_discovery");
      return;
    }
    for (const DailyThreshold& one : written_.per_day) {
      const bool bytes =
          *one.measure == "traffic" || *one.measure == "uploaded" || *one.measure == "downloaded";
      const auto interval = parse_interval(*one.value, bytes);
      if (!one.value->starts_with('>') || !interval || interval->least < 1) {
        found_.error(
            one.value.place,
            fmt::format("'{}' of '{}' is no threshold", printable(*one.value), *one.measure),
            bytes ? "write '> 50 MB'" : "write '> 50'");
        continue;
      }
      const auto more_than = static_cast<std::uint64_t>(interval->least - 1);
      DailyThresholds& to = out.per_day;
      (*one.measure == "traffic"      ? to.traffic
       : *one.measure == "uploaded"   ? to.uploaded
       : *one.measure == "downloaded" ? to.downloaded
       : *one.measure == "users"      ? to.users
       : *one.measure == "addresses"  ? to.addresses
                                      : to.transactions) = more_than;
    }
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
  return Lowering(kind, false, zone, values, found).conditions(written);
}

}  // namespace sallyport::policy
