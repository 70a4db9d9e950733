#include "proxy/http2/guard.h"

#include <algorithm>

namespace sallyport::http2 {

namespace {

struct Allowance {
  std::string_view word;
  double burst;
  double per_second;
};

// A browser that leaves a page resets what it was loading: up to all of its streams at once. gRPC
// pings once a round trip while it measures.
constexpr std::array<Allowance, static_cast<std::size_t>(Nuisance::count_)> kAllowances{{
    {"resets", 200, 40},
    {"faulty streams", 100, 10},
    {"control frames", 1'000, 200},
    {"empty frames", 100, 20},
    {"continuations", 200, 50},
}};

const Allowance& of(Nuisance kind) { return kAllowances[static_cast<std::size_t>(kind)]; }

}  // namespace

std::string_view to_string(Nuisance kind) { return of(kind).word; }

Guard::Guard(Clock::time_point now) {
  for (std::size_t i = 0; i < budgets_.size(); ++i) budgets_[i] = {kAllowances[i].burst, now};
}

bool Guard::charge(Nuisance kind, Clock::time_point now) {
  Budget& budget = budgets_[static_cast<std::size_t>(kind)];
  const double passed = std::chrono::duration<double>(now - budget.at).count();
  budget.at = now;
  budget.left = std::min(of(kind).burst, budget.left + passed * of(kind).per_second) - 1;
  return budget.left >= 0;
}

}  // namespace sallyport::http2
