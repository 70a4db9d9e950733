#pragma once
// A policy that can be judged: what the program holds of each, in the order written.
//
// INVARIANT: immutable once its Program is made; lives as long as it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "policy/activity/words.h"
#include "policy/eval/detect_rule.h"
#include "policy/eval/expression.h"

namespace sallyport::policy {

struct Policy;  // policy/model/policy.h

// A field that a session policy writes into the request, in place of what the client sent.
struct HeaderToAdd {
  std::string name;
  std::string value;
};

// A field of `restrict_tenants` or `restrict_youtube`: written into requests to some hosts only.
// There it stands in place of the client's own fields of the whole family, which all speak of the
// same restriction.
struct HeaderOnHosts {
  std::string name;
  std::string value;
  // "login.example.com": exactly it; ".example.com": it and all below. Of a constant table, as is:
  std::span<const std::string_view> hosts;
  std::span<const std::string_view> family;  // names in small letters
};
// A parameter of the query, written into what is asked of some hosts under some paths.
struct ParameterOnHosts {
  std::string_view name;
  std::string_view value;
  std::span<const std::string_view> hosts;  // as HeaderOnHosts'
  std::span<const std::string_view> paths;  // "/search": exactly it; "/i/": all below
};
bool is_on(std::span<const std::string_view> hosts, std::string_view host);

// Bytes a second of one user, of everything that the policy holds for; 0: as fast as it goes.
struct Throttle {
  std::uint64_t upload = 0;
  std::uint64_t download = 0;

  bool operator==(const Throttle&) const = default;
};

// When an activity policy matches: `min` activities of one user within `window`.
struct RepeatRule {
  std::uint32_t min = 1;  // 1: each single activity
  std::chrono::seconds window{0};
  bool same_app = false;        // counted apart for each app
  bool unique_targets = false;  // the same host and path counts once

  bool operator==(const RepeatRule&) const = default;
};

// What an app must come to on one day (UTC), all of it; absent: not asked. "more than".
struct DailyThresholds {
  std::optional<std::uint64_t> traffic;     // bytes both ways
  std::optional<std::uint64_t> uploaded;    // bytes
  std::optional<std::uint64_t> downloaded;  // bytes
  std::optional<std::uint64_t> users;
  std::optional<std::uint64_t> addresses;
  std::optional<std::uint64_t> transactions;

  bool operator==(const DailyThresholds&) const = default;
};

struct CompiledPolicy {
  std::uint32_t number = 0;  // its place in the order, from 0
  std::string id;
  std::string name;
  Kind kind = Kind::session;
  // access, session, tls. allow where `edits_only`.
  Action action = Action::allow;
  bool edits_only = false;  // session: changes how a request passes, and decides nothing
  bool rehearse = false;
  std::string say;
  Hold hold = Hold::all;  // block only
  // block: "" shows the page; isolate: where the other browser is
  std::string redirect;
  std::string replacement;  // block only: the text that is sent in a download's place, or ""
  bool quarantine = false;  // block only: of an upload that was held, an enciphered copy is kept
  // Of what asks: how long an answer holds, and how wide.
  std::chrono::seconds grant_for{0};
  GrantWidth grant_width = GrantWidth::app;
  std::vector<HeaderToAdd> add_headers;
  std::vector<std::string> remove_headers;  // small letters
  std::vector<HeaderOnHosts> restrictions;
  std::vector<ParameterOnHosts> parameters;
  Throttle throttle;

  AlertSeverity severity = AlertSeverity::medium;
  RiskCategory category = RiskCategory::threat_detection;
  std::uint32_t alerts_per_day = 0;  // 0: raises none
  std::string tag_app;      // activity and app_discovery: the tag that the app gets; "" none
  RepeatRule repeat;        // activity
  DailyThresholds per_day;  // app_discovery
  DetectRule detect;        // detection

  // In force while starts <= Activity::at < expires.
  Time starts = Time::min();
  Time expires = Time::max();
  std::vector<Expression> when;  // All must hold.
  // One Expression::all() for each exception.
  std::vector<Expression> except;

  // As it was written, with places; conditions are in the same order as above. Null in tests that
  // make a policy by hand.
  std::shared_ptr<const Policy> written;

  // `when` holds, no exception does, and it is in force. The part `known` of `when` is known to
  // hold.
  static constexpr std::size_t kNoPart = 255;
  Outcome judge(Point point, const Activity& activity, std::size_t known = kNoPart) const;
};

}  // namespace sallyport::policy
