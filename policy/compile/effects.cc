#include "policy/compile/effects.h"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <string_view>

#include "base/core/text.h"
#include "policy/compile/detect.h"
#include "policy/compile/restrictions.h"
#include "policy/compile/values.h"

namespace sallyport::policy {
namespace {

// A block scalar ends with a newline that its author did not mean.
std::string without_edges(std::string_view text) {
  static constexpr std::string_view kBlank = " \t\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlank) + 1 - first));
}

constexpr std::size_t kMostReplacement = 16 * 1024;  // bytes

// Where a signed context may be sent to: nobody reads it on the way, and nothing stands for it.
bool takes_context(std::string_view url) {
  if (!url.starts_with("https://")) return false;
  const std::string_view rest = url.substr(8);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.starts_with(':') || authority.find('@') != authority.npos) {
    return false;
  }
  if (url.find('#') != url.npos) return false;
  const std::size_t query = url.find('?');
  if (query == url.npos) return true;
  for (const std::string_view parameter : split(url.substr(query + 1), '&')) {
    const std::string_view name = parameter.substr(0, parameter.find('='));
    if (iequals(name, "url") || iequals(name, "context")) return false;
  }
  return true;
}

class EffectLowering {
 public:
  EffectLowering(const Policy& written, Diagnostics& found) : written_(written), found_(found) {}

  void effects(CompiledPolicy& out) {
    const bool decides =
        out.kind == Kind::access || out.kind == Kind::session || out.kind == Kind::tls;
    const bool reports = !decides && out.kind != Kind::detection;
    const bool restricts =
        !written_.restrict_tenants.empty() || written_.restrict_youtube || written_.safe_search;
    const bool edits = !(written_.add_headers.empty() && written_.remove_headers.empty());
    out.edits_only =
        out.kind == Kind::session && (edits || restricts || written_.throttle.has_value());
    restrictions(out, restricts && (edits || written_.throttle));
    if (fits(written_.throttle, out.kind == Kind::session, "throttle", "session")) throttle(out);
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
    const bool isolates = written_.then && **written_.then == Action::isolate;
    if (written_.say && decides && written_.then && !blocks && !asks_here && !isolates) {
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
      redirect(out, blocks || isolates);
    } else if (isolates && !written_.redirect && !written_.faulty) {
      found_.error(written_.then->place, "'isolate' needs 'redirect': where the other browser is",
                   "write 'redirect: https://isolation.example/open'");
    }
    of_a_block(out, blocks);
    // `none` takes a template's alerts away.
    const bool alerts = written_.alerts_per_day && **written_.alerts_per_day != kNoAlerts;
    if (alerts) {
      const auto number = parse_decimal(**written_.alerts_per_day);
      if (!number || *number < 1 || *number > 10'000) {
        found_.error(
            written_.alerts_per_day->place,
            fmt::format("'{}' is no number of alerts", printable(**written_.alerts_per_day)),
            "1 to 10000, or 'none'");
      } else if (out.edits_only) {
        found_.error(written_.alerts_per_day->place,
                     "a policy that changes how requests pass raises no alerts");
      } else {
        out.alerts_per_day = static_cast<std::uint32_t>(*number);
      }
    }
    if (fits(written_.tag_app, reports, "tag_app", "activity, app_discovery")) {
      tag(out);
    }
    if (fits(written_.repeat, out.kind == Kind::activity, "repeat", "activity")) repeat(out);
    per_day(out);
    detect(out);
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
    if (!fits_safe_search(out)) return;
    if (with_edits) {
      found_.error(!tenants.empty()            ? tenants.front().app.place
                   : written_.restrict_youtube ? written_.restrict_youtube->place
                                               : written_.safe_search->place,
                   "restrictions are for hosts of their own, other edits for all that matches",
                   "make two policies of it");
    }
    out.restrictions = lower_restrictions(written_, found_);
    out.parameters = lower_safe_search(written_, found_);
  }

  bool fits_safe_search(const CompiledPolicy& out) {
    return !written_.safe_search ||
           fits(written_.safe_search, out.kind == Kind::session, "safe_search", "session");
  }

  // What only a block does, and what it needs for that.
  void of_a_block(CompiledPolicy& out, bool blocks) {
    const auto means_something = [&](const auto& key, std::string_view name) {
      if (!fits(key, out.kind == Kind::session, name, "session")) return false;
      if (blocks || written_.faulty) return blocks;
      found_.error(key->place, fmt::format("'{}' is for what is blocked", name),
                   "write 'then: block'");
      return false;
    };
    if (means_something(written_.replacement, "replacement")) {
      out.replacement = without_edges(**written_.replacement);
      if (out.replacement.size() > kMostReplacement) {
        found_.error(written_.replacement->place, "too long a text for a file in a file's place",
                     fmt::format("at most {} bytes", kMostReplacement));
      }
      if (written_.redirect) {
        found_.error(written_.replacement->place,
                     "a download is either replaced or its reader sent elsewhere",
                     "take 'replacement' or 'redirect' out");
      }
    }
    if (means_something(written_.quarantine, "quarantine")) {
      out.quarantine = **written_.quarantine;
      if (out.quarantine && out.hold == Hold::tail) {
        found_.error(written_.quarantine->place,
                     "with 'hold: tail' nobody has the whole upload, so no copy can be kept",
                     "take 'hold' out");
      }
    }
  }

  std::uint64_t rate(const std::optional<Spanned<std::string>>& written) {
    if (!written) return 0;
    constexpr std::int64_t kLeast = 1'000;
    constexpr std::int64_t kMost = 1'000'000'000'000;
    std::string_view text = **written;
    const bool a_second = text.ends_with("/s");
    if (a_second) text.remove_suffix(2);
    const auto interval = parse_interval(text, true);
    if (!a_second || !interval || interval->least != interval->most || interval->least < kLeast ||
        interval->least > kMost) {
      found_.error(written->place, fmt::format("'{}' is no rate", printable(**written)),
                   "bytes a second, 1 KB/s at least: '256 KB/s', '2 MB/s'");
      return 0;
    }
    return static_cast<std::uint64_t>(interval->least);
  }

  void throttle(CompiledPolicy& out) {
    const WrittenThrottle& written = *written_.throttle;
    out.throttle.upload = rate(written.both ? written.both : written.upload);
    out.throttle.download = written.both ? out.throttle.upload : rate(written.download);
  }

  void then(CompiledPolicy& out, bool decides) {
    if (!written_.then) {
      if (!decides || out.edits_only || written_.faulty) return;
      found_.error(
          written_.place, "policy needs 'then'",
          out.kind == Kind::tls
              ? "intercept, bypass or block"
              : "allow, monitor, block, coach, justify, step_up, sign_in_again, notice or isolate");
      return;
    }
    if (!decides) {
      fits(written_.then, false, "then", "access, session, tls");
      return;
    }
    if (out.edits_only) {
      found_.error(written_.then->place,
                   "a policy that changes how requests pass decides nothing, so that others may",
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
                   "coach, justify, step_up, sign_in_again and notice ask");
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
    if (means_something(written_.grant_width, "per")) {
      out.grant_width = **written_.grant_width;
      if (out.action == Action::sign_in_again && out.grant_width != GrantWidth::app) {
        found_.error(written_.grant_width->place,
                     "a session is one person's with one domain, and ends for that alone",
                     "leave 'per' out");
      }
    }
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
      found_.error(written_.redirect->place, "only what is blocked or isolated is redirected",
                   "write 'then: block'");
    } else if (out.action == Action::isolate && !takes_context(url)) {
      found_.error(written_.redirect->place,
                   "the signed context goes to an https address without a user or a fragment, and "
                   "without 'url' and 'context' in its query",
                   "write 'https://isolation.example/open'");
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

  // Without `alerts_per_day` a detection has behaviours: what it finds stands in the log and
  // nowhere else.
  void detect(CompiledPolicy& out) {
    if (!written_.detect) {
      if (out.kind == Kind::detection && !written_.faulty) {
        found_.error(written_.place, "a detection needs 'detect': what it looks for",
                     "write 'detect: { what: burst, least: 100, window: 1h }'");
      }
      return;
    }
    if (fits(written_.detect, out.kind == Kind::detection, "detect", "detection")) {
      lower_detect(*written_.detect, found_, out.detect);
    }
  }

 private:
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

  const Policy& written_;
  Diagnostics& found_;
};

}  // namespace

void lower_effects(const Policy& written, Diagnostics& found, CompiledPolicy& out) {
  EffectLowering(written, found).effects(out);
}

}  // namespace sallyport::policy
