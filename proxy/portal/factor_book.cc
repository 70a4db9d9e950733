#include "proxy/portal/factor_book.h"

#include <algorithm>

#include "base/crypto/secret.h"

namespace sallyport::portal {
namespace {

std::chrono::seconds hold_after(std::uint32_t wrong) {
  std::chrono::seconds hold = FactorBook::kFirstHold;
  for (std::uint32_t i = FactorBook::kFreeTries; i < wrong && hold < FactorBook::kLongestHold;
       ++i) {
    hold *= 2;
  }
  return std::min(hold, FactorBook::kLongestHold);
}

// Whether the code is of a step whose code may still be typed, but was used.
bool was_used(const Factor& factor, std::string_view code, Time now) {
  const auto step = check_totp(factor.secret, code, now, 0, factor.settings);
  return step && *step <= factor.last_step;
}

}  // namespace

void FactorBook::put(std::string user, Factor factor) {
  factors_.insert_or_assign(std::move(user), std::move(factor));
}

bool FactorBook::remove(std::string_view user) {
  const auto found = factors_.find(user);
  if (found == factors_.end()) return false;
  secure_wipe(found->second.secret);
  factors_.erase(found);
  return true;
}

const Factor* FactorBook::find(std::string_view user) const {
  const auto found = factors_.find(user);
  return found == factors_.end() ? nullptr : &found->second;
}

CodeCheck FactorBook::check(std::string_view user, std::string_view code, Time now) {
  const auto found = factors_.find(user);
  if (found == factors_.end()) return CodeCheck::not_enrolled;
  Factor& factor = found->second;
  // Before the code is looked at, so that nobody learns whether it was right.
  if (now < factor.held_until) return CodeCheck::held_up;
  if (const auto step = check_totp(factor.secret, code, now, factor.last_step, factor.settings)) {
    factor.last_step = *step;
    factor.wrong = 0;
    factor.held_until = Time{};
    return CodeCheck::right;
  }
  // Sent twice by an impatient finger: no guess, and no reason to hold anybody up.
  if (was_used(factor, code, now)) return CodeCheck::used;
  if (++factor.wrong >= kFreeTries) factor.held_until = now + hold_after(factor.wrong);
  return CodeCheck::wrong;
}

CodeCheck FactorBook::enrol(std::string_view user, std::string_view secret, std::string_view code,
                            Time now) {
  if (user.empty() || secret.size() < 16 || factors_.contains(user)) {
    return CodeCheck::not_enrolled;
  }
  Factor factor;
  factor.secret = secret;
  const auto step = check_totp(secret, code, now, 0, factor.settings);
  if (!step) return CodeCheck::wrong;
  factor.last_step = *step;
  factor.enrolled = now;
  factors_.emplace(user, std::move(factor));
  return CodeCheck::right;
}

}  // namespace sallyport::portal
