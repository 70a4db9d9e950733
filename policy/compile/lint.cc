#include "policy/compile/lint.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <string_view>
#include <utility>

#include "base/core/text.h"
#include "policy/compile/proof.h"
#include "policy/compile/reach.h"

namespace sallyport::policy {
namespace {

std::string where(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

// Of its name, but where a template named it.
const Place& place_of(const CompiledPolicy& policy) {
  const Policy& written = *policy.written;
  return written.name.place.source == written.place.source ? written.name.place : written.place;
}

// "'activity: [login, ...]'" or "'not: activity: login'"
std::string quote(const Claim& claim) {
  if (claim.written == nullptr) {
    const bool hosts = claim.expression->kind() == Expression::Kind::test &&
                       claim.expression->attribute().name == "host";
    return hosts ? "that it is told on the app's hosts" : "what is excepted until then";
  }
  const auto& values = claim.written->values;
  std::string text = fmt::format("{}: ", *claim.written->attribute);
  text += values.size() == 1 ? *values.front() : fmt::format("[{}, ...]", *values.front());
  return fmt::format("'{}{}'", claim.negated ? "not " : "", printable(text));
}

Place place_of(const Claim& claim, const Place& otherwise) {
  return claim.written == nullptr ? otherwise : claim.written->attribute.place;
}

std::string line_of(const Claim& claim, const Place& from) {
  if (claim.written == nullptr) return "";
  const Place& place = claim.written->attribute.place;
  if (place.source != from.source) return fmt::format(" at {}", where(place));
  return fmt::format(" on line {}", place.line);
}

std::string cure(const Clash& clash) {
  const bool same = &clash.earlier.expression->attribute() == &clash.later.expression->attribute();
  if (same && !clash.earlier.negated && !clash.later.negated &&
      !clash.earlier.expression->matchers().empty() &&
      !clash.later.expression->matchers().empty()) {
    return fmt::format("several values of one attribute are a list, which means any of them");
  }
  return "one of the two must go";
}

class Lint {
 public:
  Lint(const std::vector<CompiledPolicy>& policies, const std::vector<Policy>& templates,
       const PolicySources& sources, const CompileOptions& options, ValueReader& values,
       Diagnostics& found)
      : policies_(policies),
        templates_(templates),
        sources_(sources),
        options_(options),
        values_(values),
        found_(found) {}

  void run() {
    for (const CompiledPolicy& policy : policies_) {
      silent_.push_back(!policy.written);
      if (!policy.written) continue;
      const bool over = dates(policy);
      const bool never = never_holds(policy);
      silent_.back() = over || never;
      rehearsed_alerts(policy);
    }
    reach();
    unopened();
    lists();
  }

 private:
  // ---- dates

  void ends(const Spanned<std::string>& date, Time end, std::string_view what) {
    const Time now = *options_.now;
    if (end <= now) {
      found_.warning(date.place, fmt::format("this {} ended on {}", what, *date),
                     "take it out, or give it a later date");
    } else if (end - now <= std::chrono::days(kSoonDays)) {
      const auto days = std::chrono::ceil<std::chrono::days>(end - now).count();
      found_.warning(date.place,
                     fmt::format("this {} ends on {}, in {} {}", what, *date, days,
                                 days == 1 ? "day" : "days"),
                     "give it a later date if it is still needed");
    }
  }

  // True: the policy is over.
  bool dates(const CompiledPolicy& policy) {
    if (!options_.now) return false;
    const Policy& written = *policy.written;
    if (written.expires) ends(*written.expires, policy.expires, "policy");
    if (policy.expires <= *options_.now) return true;
    for (const Exception& one : written.except) {
      if (!one.expires) continue;
      const auto day = parse_date(**one.expires);
      const auto zone =
          values_.zone(written.zone ? **written.zone : options_.zone, one.expires->place, found_);
      if (day && zone) ends(*one.expires, midnight(*day, *zone), "exception");
    }
    return false;
  }

  // ---- contradictions

  bool never_holds(const CompiledPolicy& policy) {
    const Policy& written = *policy.written;
    const std::vector<Claim> when = claims_of(policy.when, written.when);
    const auto clash = find_clash(when, work_, [&](const Claim&, const Clash& dead) {
      const Place place = place_of(dead.later, place_of(policy));
      found_.warning(
          place, "this alternative can never hold",
          fmt::format("{}{} excludes it", quote(dead.earlier), line_of(dead.earlier, place)));
    });
    if (clash) {
      const Place place = place_of(clash->later, place_of(policy));
      found_.warning(
          place, "this policy can never match",
          fmt::format("{}{} excludes {}: {}", quote(clash->earlier), line_of(clash->earlier, place),
                      quote(clash->later), cure(*clash)));
      return true;
    }
    bool never = false;
    for (std::size_t at = 0; at < policy.except.size(); ++at) {
      never |= exception(policy, when, policy.except[at], written.except[at]);
    }
    return never;
  }

  // True: it excepts everything.
  bool exception(const CompiledPolicy& policy, const std::vector<Claim>& when,
                 const Expression& compiled, const Exception& written) {
    const std::vector<Claim> parts = claims_of(compiled.parts(), written.when);
    std::vector<Claim> both = when;
    both.insert(both.end(), parts.begin(), parts.end());
    if (const auto clash = find_clash(both, work_)) {
      const Place place = place_of(clash->later, written.place);
      found_.warning(place, "this exception excepts nothing",
                     fmt::format("{}{} excludes {}", quote(clash->earlier),
                                 line_of(clash->earlier, place), quote(clash->later)));
      return false;
    }
    const bool all =
        !when.empty() && std::all_of(parts.begin(), parts.end(),
                                     [&](const Claim& part) { return follows(when, part, work_); });
    if (!all) return false;
    found_.warning(written.place, "this exception takes everything from the policy",
                   fmt::format("wherever '{}' holds, it does too", printable(policy.name)));
    return true;
  }

  // ---- alerts

  void rehearsed_alerts(const CompiledPolicy& policy) {
    const Policy& written = *policy.written;
    if (policy.alerts_per_day == 0 || !written.mode || **written.mode != Mode::rehearse) return;
    // Of a template's alerts, a policy in rehearsal need not speak.
    if (written.alerts_per_day->place.source != written.mode->place.source) return;
    found_.warning(written.alerts_per_day->place, "a policy in rehearsal raises no alerts",
                   "take 'mode: rehearse' out once its records look right");
  }

  // ---- the order

  // Which question a policy answers. -1: it decides nothing.
  static int question_of(const CompiledPolicy& policy) {
    switch (policy.kind) {
      case Kind::access:
      case Kind::session:
        return policy.edits_only ? -1 : 0;
      case Kind::tls:
        return asks_for_certificate(policy.when) ? 2 : 1;
      default:
        return -1;
    }
  }

  static bool asks_for_certificate(std::span<const Expression> parts) {
    return std::any_of(parts.begin(), parts.end(), [](const Expression& part) {
      return part.kind() == Expression::Kind::test
                 ? part.attribute().subject == Subject::certificate
                 : asks_for_certificate(part.parts());
    });
  }

  void reach() {
    Reach questions[] = {Reach(work_), Reach(work_), Reach(work_)};
    for (std::size_t at = 0; at < policies_.size(); ++at) {
      const CompiledPolicy& policy = policies_[at];
      const int question = question_of(policy);
      if (question < 0 || silent_[at]) continue;
      Reach& before = questions[question];
      if (const CompiledPolicy* first = before.find_before(policy)) {
        silent_[at] = true;
        const bool wall = first->when.empty() && first->except.empty();
        found_.warning(place_of(policy), "this policy can never be reached",
                       fmt::format("'{}' at {} {}", printable(first->name), where(place_of(*first)),
                                   wall ? "has no conditions, so it always decides first"
                                        : "decides first wherever this one would"));
      } else {
        before.add(policy);
      }
    }
  }

  // ---- what is not opened

  // Something that a policy needs and that only the inside of a connection tells.
  static const Claim* inside_of(const std::vector<Claim>& claims) {
    const auto at = std::find_if(claims.begin(), claims.end(), [](const Claim& claim) {
      return claim.expression->kind() == Expression::Kind::test &&
             claim.expression->attribute().from > Point::connect &&
             !claim.expression->attribute().may_come_early &&
             claim.expression->missing() != Expression::Missing::holds;
    });
    return at == claims.end() ? nullptr : &*at;
  }

  static bool speaks_of_scheme(const std::vector<Claim>& claims) {
    return std::any_of(claims.begin(), claims.end(), [](const Claim& claim) {
      return shape_of(claim) == Shape::literal ? claim.expression->attribute().name == "scheme"
                                               : speaks_of_scheme(parts_of(claim));
    });
  }

  // The tls policy that leaves unopened whatever `policy` speaks of, or null.
  const CompiledPolicy* bypass_of(const CompiledPolicy& policy,
                                  const std::vector<const CompiledPolicy*>& openers,
                                  const std::vector<Claim>& when) {
    for (const CompiledPolicy* opener : openers) {
      if (always_before(*opener, policy, work_)) {
        return opener->action == Action::bypass ? opener : nullptr;
      }
      // It might decide for some of them.
      const bool apart = std::any_of(
          opener->when.begin(), opener->when.end(),
          [&](const Expression& one) { return follows(when, {&one, nullptr, true}, work_); });
      if (!apart && opener->action != Action::bypass) return nullptr;
    }
    return nullptr;
  }

  void unopened() {
    std::vector<const CompiledPolicy*> openers;
    for (const CompiledPolicy& policy : policies_) {
      if (question_of(policy) == 1 && !policy.rehearse) openers.push_back(&policy);
    }
    if (openers.empty()) return;
    for (std::size_t at = 0; at < policies_.size(); ++at) {
      const CompiledPolicy& policy = policies_[at];
      const bool inside = policy.kind == Kind::session || policy.kind == Kind::activity;
      if (!inside || silent_[at]) continue;
      const std::vector<Claim> when = claims_of(policy.when, policy.written->when);
      const Claim* asked = inside_of(when);
      if (asked == nullptr || speaks_of_scheme(when)) continue;
      const CompiledPolicy* bypass = bypass_of(policy, openers, when);
      if (bypass == nullptr) continue;
      const Place place = place_of(*asked, place_of(policy));
      found_.warning(place,
                     fmt::format("over TLS, '{}' is never known of what this policy asks for",
                                 asked->expression->attribute().name),
                     fmt::format("'{}' at {} leaves those connections unopened",
                                 printable(bypass->name), where(place_of(*bypass))));
    }
  }

  // ---- lists

  static void lists_of(const std::vector<Condition>& conditions, std::set<std::string_view>& used) {
    for (const Condition& one : conditions) {
      for (const auto& value : one.values) {
        if (value->starts_with("list/")) used.insert(std::string_view(*value).substr(5));
      }
      lists_of(one.parts, used);
    }
  }

  void lists() {
    std::set<std::string_view> used;  // by templates, which somebody may extend tomorrow
    for (const Policy& one : templates_) {
      lists_of(one.when, used);
      for (const Exception& exception : one.except) lists_of(exception.when, used);
    }
    for (const auto& [name, source] : sources_.lists) {
      if (values_.is_used(name) || used.contains(name)) continue;
      found_.warning(
          {.source = source}, "no policy uses this list",
          fmt::format("write 'list/{}' as a value, or remove the file", printable(name)));
    }
  }

  const std::vector<CompiledPolicy>& policies_;
  const std::vector<Policy>& templates_;
  const PolicySources& sources_;
  const CompileOptions& options_;
  ValueReader& values_;
  Diagnostics& found_;
  Work work_{kMostWork};
  std::vector<bool> silent_;  // more need not be said of this policy
};

}  // namespace

void lint(const std::vector<CompiledPolicy>& policies, const std::vector<Policy>& templates,
          const PolicySources& sources, const CompileOptions& options, ValueReader& values,
          Diagnostics& found) {
  Lint(policies, templates, sources, options, values, found).run();
}

}  // namespace sallyport::policy
