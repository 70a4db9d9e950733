#pragma once
// The conditions of a policy, asked of activities that happened: what `filter=` of the API means.
//
//   app: dropbox
//   {app.category: cloud_storage, activity: [upload, share], not: {user.group: admins}}
//
// The grammar is that of `when` (conf/policies/README.md), with the braces left out where it is one
// line. Lists of the policies ("list/NAME") may be named.
//
// An event holds where one of its activities does, with all that was known at the end.
// Immutable: from any thread. Limit: 4,096 bytes.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/events/event.h"
#include "discovery/store/query.h"
#include "policy/compile/compile.h"
#include "policy/eval/expression.h"

namespace sallyport::app {

class ActivityFilter {
 public:
  // Places are in the text as it was given. `zone`: of times of the day.
  static Checked<ActivityFilter> parse(std::string_view text, const policy::PolicySources& sources,
                                       const std::string& zone);

  bool keeps(const discovery::Event& event) const;
  // Adds to `query` what every event that is kept fulfils, so that the store can pass over blocks
  // without one. What it asks already stays.
  void narrow(discovery::Query& query) const;

  static constexpr std::size_t kMostText = 4'096;  // bytes

 private:
  std::vector<policy::Expression> conditions_;
  std::optional<std::string> app_;  // the one app, where it names one
  std::optional<policy::ActivityType> type_;
};

}  // namespace sallyport::app
