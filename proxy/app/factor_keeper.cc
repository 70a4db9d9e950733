#include "proxy/app/factor_keeper.h"

#include <algorithm>
#include <utility>

#include "base/core/log.h"
#include "base/crypto/base64.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"

namespace sallyport::app {

namespace {

constexpr std::string_view kFactor = "second_factor";

std::string text_of(const portal::Factor& factor) {
  std::string text;
  JsonWriter out(text);
  const auto count = [](Time time) {
    return static_cast<std::int64_t>(time.time_since_epoch().count());
  };
  out.begin_object();
  out.member("secret", base64_encode(factor.secret));
  out.member("last_step", factor.last_step);
  out.member("wrong", std::uint64_t{factor.wrong});
  out.member("held_until", count(factor.held_until));
  out.member("enrolled", count(factor.enrolled));
  out.end_object();
  return text;
}

std::optional<portal::Factor> read_factor(std::string_view text) {
  portal::Factor factor;
  std::string secret;
  std::uint64_t wrong = 0;
  std::int64_t held = 0, enrolled = 0;
  JsonCursor cursor(text);
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "secret") return cursor.string(secret);
    if (key == "last_step") return cursor.number(factor.last_step);
    if (key == "wrong") return cursor.number(wrong);
    if (key == "held_until") return cursor.number(held);
    if (key == "enrolled") return cursor.number(enrolled);
    return cursor.skip();
  }) && cursor.at_end();
  const auto bytes = base64_decode(secret, 256);
  if (!read || !bytes || bytes->empty()) return std::nullopt;
  factor.secret = *bytes;
  factor.wrong = static_cast<std::uint32_t>(std::min<std::uint64_t>(wrong, UINT32_MAX));
  factor.held_until = Time(Time::duration(held));
  factor.enrolled = Time(Time::duration(enrolled));
  return factor;
}

}  // namespace

Result<void> FactorKeeper::load(Time now) {
  auto factors = store_.entries(kFactor, now);
  if (!factors) return pass_on(std::move(factors));
  for (const discovery::StateEntry& entry : *factors) {
    auto factor = read_factor(entry.value);
    if (!factor) {
      return fail(ErrorKind::invalid, Side::ours,
                  "the second factor of " + entry.key + " cannot be read");
    }
    // One of before names were hidden is theirs all the same; what was kept later counts.
    factors_.put(names_ ? names_->asked(entry.key) : entry.key, std::move(*factor));
  }
  return {};
}

portal::SecondFactors::State FactorKeeper::state_of(std::string_view user) const {
  portal::SecondFactors::State state;
  state.enrolled = factors_.find(user) != nullptr;
  state.may_enrol = may_enrol_ && !state.enrolled && !user.empty();
  return state;
}

Result<void> FactorKeeper::keep(std::string_view user, Time now) {
  const portal::Factor* factor = factors_.find(user);
  if (factor == nullptr) return {};
  const discovery::StateEntry entry{
      std::string(kFactor), std::string(user), text_of(*factor), std::string(user), now,
      std::nullopt};
  return store_.put({&entry, 1});
}

Result<portal::CodeCheck> FactorKeeper::check(std::string_view user, std::string_view code,
                                              Time now) {
  const portal::CodeCheck said = factors_.check(user, code, now);
  // A code that was used must be known as used after a crash, and a guess as a guess.
  Result<void> kept = keep(user, now);
  if (!kept) return pass_on(std::move(kept));
  return said;
}

Result<portal::CodeCheck> FactorKeeper::enrol(std::string_view user, std::string_view secret,
                                              std::string_view code, Time now) {
  if (!may_enrol_) return portal::CodeCheck::not_enrolled;
  const portal::CodeCheck said = factors_.enrol(user, secret, code, now);
  if (said != portal::CodeCheck::right) return said;
  Result<void> kept = keep(user, now);
  if (!kept) {
    factors_.remove(user);
    return pass_on(std::move(kept));
  }
  log::info("an authenticator app is set up by " + std::string(user));
  return said;
}

Result<bool> FactorKeeper::forget(std::string_view user, std::string_view who, Time now) {
  if (factors_.find(user) == nullptr) return false;
  Result<void> removed = store_.remove(kFactor, user, who, now);
  if (removed && names_) removed = store_.remove(kFactor, names_->revealed(user), who, now);
  if (!removed) return pass_on(std::move(removed));
  factors_.remove(user);
  log::info("the authenticator app of " + std::string(user) + " is forgotten by " +
            (who.empty() ? "somebody" : std::string(who)));
  return true;
}

std::vector<FactorKeeper::Told> FactorKeeper::all() const {
  std::vector<Told> all;
  for (const auto& [user, factor] : factors_.all()) {
    const Time used(std::chrono::seconds(factor.last_step * factor.settings.step.count()));
    all.push_back({user, factor.enrolled, used, factor.wrong, factor.held_until});
  }
  return all;
}

}  // namespace sallyport::app
