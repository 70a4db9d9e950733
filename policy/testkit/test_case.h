#pragma once
// A case of a test file, as its author wrote it: an activity, and what the policies must make of
// it. The language is described in conf/policies/README.md, section Tests.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/spanned.h"
#include "policy/activity/words.h"
#include "policy/testkit/facts.h"
#include "policy/testkit/history.h"

namespace sallyport::policy {

// The activity happened more than once; for activity policies with `repeat`.
struct Repetition {
  std::uint64_t times = 1;
  std::chrono::seconds within{0};        // from the first to the last, evenly
  std::optional<std::uint64_t> targets;  // different targets among them; left out: all differ
  std::uint64_t apps = 1;                // spread evenly over so many apps
};

// What one day of the app came to; for app_discovery policies.
struct DayTotals {
  std::uint64_t uploaded = 0;            // bytes
  std::uint64_t downloaded = 0;          // bytes
  std::optional<std::uint64_t> traffic;  // bytes; left out: both together
  std::uint64_t users = 0;
  std::uint64_t addresses = 0;
  std::uint64_t transactions = 0;
};

struct ExpectedHeader {
  Spanned<std::string> name;
  std::optional<std::string> value;  // absent: the field is removed
};

// What somebody who is stopped sees.
struct ExpectedText {
  Place place;
  std::optional<std::string> text;  // absent: nothing
};

using Ids = std::vector<Spanned<std::string>>;

struct TestCase {
  Place place;       // of the case, or of the variation under `but`
  std::string name;  // "a logon from Tor is refused", "..., but activity: view"

  // ---- what happens
  std::vector<Fact> given;  // with those of `defaults`
  std::optional<Repetition> repeat;
  std::optional<DayTotals> day;
  std::optional<Spanned<Point>> at;          // asked at this point only; else the whole way
  std::optional<Spanned<Mode>> policy_mode;  // of the gateway; rehearse: of every policy
  Ids grants;                                // of policies that the person has answered
  std::vector<HistoryStep> history;          // what happened before
  std::optional<HistoryStep> now;            // so often; left out with a history: once
  bool varies = false;                       // a variation of another case

  // ---- what is expected
  bool waits = false;                          // not decided yet; only with `at`
  std::optional<Spanned<Action>> expect;       // allow where it is left out
  std::optional<Spanned<std::string>> policy;  // that decides; "none" or left out: the default
  std::optional<Ids> because;                  // attributes; exactly these
  std::optional<ExpectedText> say;
  std::optional<ExpectedText> redirect;
  Ids rehearsed;
  Ids reports;
  std::optional<Ids> tag_app;  // exactly these
  Ids edits;
  std::vector<ExpectedHeader> headers;
  Ids finds;    // detections, in what happens now
  Ids without;  // have nothing to do with it

  bool has_history() const { return now || !history.empty(); }
  bool rehearses() const { return policy_mode && **policy_mode == Mode::rehearse; }
  // The ids that the case names, but for `without`: what it is about, first what decides.
  Ids named() const;
  // All policies that it names at all.
  Ids about() const;
};

struct TestFile {
  SourcePtr source;
  std::vector<TestCase> cases;
};

inline constexpr std::string_view kNoPolicy = "none";

}  // namespace sallyport::policy
