#include "discovery/usage/users_seen.h"

#include <algorithm>
#include <utility>

#include "base/core/text.h"
#include "discovery/store/usage_view.h"
#include "discovery/usage/usage_roll.h"

namespace sallyport::discovery {
namespace {

class Seen {
 public:
  Seen(UsageView& view, const UsersSeenQuestion& question) : view_(view), question_(question) {
    by_number_.resize(view.names().size());
  }

  Result<void> add_users() {
    if (!question_.app.empty()) return add_users_of_app();
    view_.expect_totals(view_.widest());
    for (const std::size_t piece : view_.widest()) {
      const auto totals = view_.totals(piece);
      if (!totals) return std::unexpected(totals.error());
      for (const auto& [user, total] : totals->users) add(view_.period(piece), user, total);
    }
    return {};
  }

  std::vector<UserSeen> sorted(const std::function<bool(const UserSeen&)>& keep) {
    std::vector<UserSeen> found;
    for (std::size_t n = 1; n < by_number_.size(); ++n) {
      UserSeen& one = by_number_[n];
      const std::string& name = view_.names()[n].name;
      // Whoever was erased is nobody any more (sqlite_person_usage.h).
      if (one.count == 0 || name.empty() || name.starts_with("(erased ")) continue;
      one.user = name;
      one.apps = n;  // until they are counted
      if (keep(one)) found.push_back(std::move(one));
    }
    std::ranges::sort(found, [](const UserSeen& a, const UserSeen& b) {
      return a.last != b.last ? a.last > b.last : a.user < b.user;
    });
    return found;
  }

  // In whose place `apps` a number stands.
  Result<void> count_apps(std::vector<UserSeen>& found) {
    std::vector<std::uint32_t> place(by_number_.size(), UINT32_MAX);
    std::vector<Distinct> apps(std::min(found.size(), question_.limit));
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i < apps.size()) place[found[i].apps] = static_cast<std::uint32_t>(i);
      found[i].apps = 0;
    }
    const UsageServices all = UsageServices::all();
    for (const std::size_t piece : view_.widest()) {
      Result<void> read = view_.each_part(piece, all, UsagePart::Columns::few,
                                          UsageView::Counts::no, [&](const UsagePart& part) {
                                            for (const UsagePart::Run& run : part.runs) {
                                              if (!is_wanted(run.service)) continue;
                                              for (std::uint32_t i = run.begin; i < run.end; ++i) {
                                                const std::uint32_t at = place[part.users[i]];
                                                if (at != UINT32_MAX) apps[at].add(run.service);
                                              }
                                            }
                                          });
      if (!read) return read;
    }
    for (std::size_t i = 0; i < apps.size(); ++i) found[i].apps = apps[i].count();
    return {};
  }

 private:
  bool is_wanted(NameNumber service) const {
    const UsageName& name = view_.names()[service];
    return service != kOther && name.kind == NameKind::app &&
           (question_.app.empty() || iequals(question_.app, name.name));
  }

  Result<void> add_users_of_app() {
    std::vector<NameNumber> some;
    for (NameNumber one = 0; one < view_.names().size(); ++one) {
      if (is_wanted(one)) some.push_back(one);
    }
    const UsageServices wanted(std::move(some));
    for (const std::size_t piece : view_.widest()) {
      Result<void> read =
          view_.each_part(piece, wanted, UsagePart::Columns::few, UsageView::Counts::yes,
                          [&](const UsagePart& part) {
                            for (std::size_t i = 0; i < part.size(); ++i) {
                              add(view_.period(piece), part.users[i], part.totals[i]);
                            }
                          });
      if (!read) return read;
    }
    return {};
  }

  void add(UsagePeriod period, NameNumber user, const UsageTotal& total) {
    UserSeen& one = by_number_[user];
    const Time begin{period.day.time_since_epoch()};
    const Time first = begin + std::chrono::minutes(total.first);
    one.first = one.count == 0 ? first : std::min(one.first, first);
    one.last = std::max<Time>(one.last, begin + std::chrono::minutes(total.last));
    one.count += total.counts.transactions + total.counts.blocked + total.counts.asked;
  }

  UsageView& view_;
  const UsersSeenQuestion& question_;
  std::vector<UserSeen> by_number_;
};

}  // namespace

Result<std::vector<UserSeen>> users_seen(UsageReader& store, const UsersSeenQuestion& question,
                                         const std::function<bool(const UserSeen&)>& keep) {
  const auto view = store.view_usage(question.span);
  if (!view) return std::unexpected(view.error());
  Seen seen(**view, question);
  Result<void> done = seen.add_users();
  if (!done) return pass_on(std::move(done));
  std::vector<UserSeen> found = seen.sorted(keep);
  done = seen.count_apps(found);
  if (!done) return pass_on(std::move(done));
  return found;
}

}  // namespace sallyport::discovery
