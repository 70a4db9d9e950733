#include "proxy/portal/questions.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sallyport::portal {

Questions::Questions(std::vector<Question> waiting) : waiting_(std::move(waiting)) {
  std::ranges::sort(waiting_, {}, [](const Question& one) { return std::tie(one.user, one.id); });
}

const Question* Questions::next_of(std::string_view user, Time now) const {
  if (waiting_.empty() || user.empty()) return nullptr;
  const auto theirs = std::ranges::equal_range(
      waiting_, user, {}, [](const Question& one) { return std::string_view(one.user); });
  for (const Question& one : theirs) {
    if (one.expires > now) return &one;
  }
  return nullptr;
}

const Question* Questions::find(std::string_view id, std::string_view user, Time now) const {
  for (const Question& one : waiting_) {
    if (one.id == id) return one.user == user && one.expires > now ? &one : nullptr;
  }
  return nullptr;
}

}  // namespace sallyport::portal
