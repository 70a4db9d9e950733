#pragma once
// A policy exactly as its author wrote it.
//
//   - id: customer-data-stays-home
//     name: Customer data stays in sanctioned storage
//     kind: session
//     when:
//       app.category: cloud_storage
//       activity: [upload, share]
//       not: { app.tag: sanctioned }
//     except:
//       - { user: ana, reason: moves the archive, expires: 2027-01-31 }
//     then: block
//     say: Please use the company share.
//
// The shape has been checked, the content has not: attributes may not exist, values may have the
// wrong type. compile() turns policies into a Program or into diagnostics, and nobody else may act
// on them. Each part keeps its place in the file, because diagnostics, explain and the console's
// editor point at it.
//
// INVARIANT: order matters between policies, never inside one.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/spanned.h"
#include "policy/activity/words.h"

namespace sallyport::policy {

// One line under `when`, or a group of them.
struct Condition {
  enum class Kind : std::uint8_t {
    test,      // attribute: value, or attribute: [value, ...], which means any of them
    all,       // all: [ {...}, ... ]
    any,       // any: [ {...}, ... ]
    negation,  // not: {...}: holds when not all of its conditions hold
  };

  Kind kind = Kind::test;
  Spanned<std::string> attribute;            // test: its name; else the word "all", "any" or "not"
  std::vector<Spanned<std::string>> values;  // test: at least one
  std::vector<Condition> parts;              // all, any, negation: at least one
};

// One entry under `except`: where it holds, the policy does not. An exception whose facts are
// unknown does not hold, so an unknown user is excepted from nothing.
struct Exception {
  Place place;
  std::vector<Condition> when;  // All must hold; at least one.
  std::optional<Spanned<std::string>> reason;
  std::optional<Spanned<std::string>> expires;  // a date; from that day on it holds no more
};

struct HeaderEdit {
  Spanned<std::string> name;
  Spanned<std::string> value;
};

// A line of `restrict_tenants`, which tenants of an app may be used: `google_workspace:
// [corp.example]`, or where the app wants to know several things, `slack: { requester: T01,
// workspaces: [T01, E02] }`.
struct TenantRestriction {
  struct Part {
    Spanned<std::string> name;  // "" where the line has values alone
    std::vector<Spanned<std::string>> values;
  };
  Spanned<std::string> app;
  std::vector<Part> parts;
};

// `throttle: 1 MB/s`, or `throttle: { upload: 256 KB/s, download: 2 MB/s }`.
struct WrittenThrottle {
  Place place;
  std::optional<Spanned<std::string>> both;
  std::optional<Spanned<std::string>> upload;
  std::optional<Spanned<std::string>> download;
};

// Of an activity policy: it matches when so many activities of one user did.
struct Repeat {
  Place place;
  std::optional<Spanned<std::string>> min;      // a number, at least 2
  std::optional<Spanned<std::string>> window;   // a duration
  std::optional<Spanned<bool>> same_app;        // counted per app
  std::optional<Spanned<bool>> unique_targets;  // the same target counts once
};

// Of an app_discovery policy: `traffic: "> 50 MB"`. All must come true on one day.
struct DailyThreshold {
  Spanned<std::string> measure;  // traffic, uploaded, downloaded, users, addresses, transactions
  Spanned<std::string> value;
};

// Of a detection: `detect: { what: burst, least: 100, window: 1h }`, as written.
struct WrittenDetect {
  struct Part {
    Spanned<std::string> key;  // one of detect_keys()
    Spanned<std::string> value;
  };
  Place place;
  std::vector<Part> parts;
};

// `alerts_per_day: none`
inline constexpr std::string_view kNoAlerts = "none";

// Every key may be absent here, because a policy may take it from the template that it extends.
// After resolve() (compile/resolve.h) `extends` is done with, and `id` and `name` are never empty.
struct Policy {
  Place place;
  bool faulty = false;  // Its shape is wrong, which has been reported: no key is missed in it.
  std::optional<Spanned<std::string>> id;  // Unique; stays when the name changes.
  Spanned<std::string> name;
  std::optional<Spanned<Kind>> kind;            // session where not written
  std::optional<Spanned<std::string>> extends;  // "template/ID"
  std::optional<Spanned<std::string>> description;
  std::optional<Spanned<std::string>> owner;
  std::vector<Spanned<std::string>> references;
  std::optional<Spanned<AlertSeverity>> severity;
  std::optional<Spanned<RiskCategory>> category;
  std::optional<Spanned<Mode>> mode;
  std::optional<Spanned<std::string>> zone;     // of times and dates in it; the gateway's else
  std::optional<Spanned<std::string>> starts;   // a date; not in force before that day
  std::optional<Spanned<std::string>> expires;  // a date; not in force from that day on
  std::vector<Condition> when;                  // All must hold; none at all always holds.
  std::vector<Exception> except;
  std::optional<Spanned<Action>> then;
  std::optional<Spanned<std::string>> say;          // Shown to the person who was stopped.
  std::optional<Spanned<std::string>> grant_for;    // `for`, of what asks: how long an answer holds
  std::optional<Spanned<GrantWidth>> grant_width;   // `per`, likewise: how wide it is
  std::optional<Spanned<Hold>> hold;                // of a block: what may go before it
  std::optional<Spanned<std::string>> redirect;     // Where who navigates is sent instead.
  std::optional<Spanned<std::string>> replacement;  // sent in place of a blocked download
  std::optional<Spanned<bool>> quarantine;          // of a block: a copy of the upload is kept
  std::vector<HeaderEdit> add_headers;
  std::vector<Spanned<std::string>> remove_headers;
  std::vector<TenantRestriction> restrict_tenants;
  std::optional<Spanned<std::string>> restrict_youtube;
  std::optional<Spanned<std::string>> safe_search;
  std::optional<WrittenThrottle> throttle;
  // A number or kNoAlerts; absent: no alert, and nothing said about a template's.
  std::optional<Spanned<std::string>> alerts_per_day;
  std::optional<Spanned<std::string>> tag_app;
  std::optional<Repeat> repeat;
  std::vector<DailyThreshold> per_day;
  std::optional<WrittenDetect> detect;
};

}  // namespace sallyport::policy
