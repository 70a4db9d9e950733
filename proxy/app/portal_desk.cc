#include "proxy/app/portal_desk.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "base/io/signal.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"
#include "policy/eval/compiled_policy.h"
#include "proxy/app/grant_wish.h"
#include "proxy/portal/refusal.h"

namespace sallyport::app {
namespace {

constexpr std::string_view kFactor = "second_factor";
constexpr std::string_view kAnswer = "portal_answer";
constexpr std::chrono::days kAnswerLives{90};

// Runs `work` on the desk and brings back what it gives.
template <class Got>
Task<Got> on_desk(io::Worker& from, io::Worker& desk, std::function<Got()> work) {
  struct Asked {
    io::Signal done;  // of the worker that waits
    std::optional<Got> got;
  };
  const auto asked = std::make_shared<Asked>();
  desk.post([&from, asked, work = std::move(work)] {
    Got got = work();
    from.post([asked, got = std::move(got)]() mutable {
      asked->got = std::move(got);
      asked->done.notify();
    });
  });
  co_await asked->done.wait();
  co_return std::move(*asked->got);
}

std::string text_of(const portal::Factor& factor) {
  std::string text;
  JsonWriter out(text);
  out.begin_object();
  out.member("secret", base64_encode(factor.secret));
  out.member("last_step", factor.last_step);
  out.member("wrong", std::uint64_t{factor.wrong});
  out.member("held_until", static_cast<std::int64_t>(factor.held_until.time_since_epoch().count()));
  out.end_object();
  return text;
}

std::optional<portal::Factor> read_factor(std::string_view text) {
  portal::Factor factor;
  std::string secret;
  std::uint64_t wrong = 0;
  std::int64_t held = 0;
  JsonCursor cursor(text);
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "secret") return cursor.string(secret);
    if (key == "last_step") return cursor.number(factor.last_step);
    if (key == "wrong") return cursor.number(wrong);
    if (key == "held_until") return cursor.number(held);
    return cursor.skip();
  }) && cursor.at_end();
  const auto bytes = base64_decode(secret, 256);
  if (!read || !bytes || bytes->empty()) return std::nullopt;
  factor.secret = *bytes;
  factor.wrong = static_cast<std::uint32_t>(std::min<std::uint64_t>(wrong, UINT32_MAX));
  factor.held_until = Time(Time::duration(held));
  return factor;
}

}  // namespace

Result<void> PortalDesk::load(Time now) {
  auto factors = store_.entries(kFactor, now);
  if (!factors) return pass_on(std::move(factors));
  for (const discovery::StateEntry& entry : *factors) {
    auto factor = read_factor(entry.value);
    if (!factor) {
      return fail(ErrorKind::invalid, Side::ours,
                  "the second factor of " + entry.key + " cannot be read");
    }
    factors_.put(entry.key, std::move(*factor));
  }
  return access_.load(now);
}

Result<void> PortalDesk::keep_answer(const portal::Answer& answer) {
  std::string text;
  JsonWriter out(text);
  out.begin_object();
  out.member("said", portal::to_string(answer.said));
  out.member("client", answer.client);
  out.member("app", answer.app);
  out.member("host", answer.host);
  out.member("policy", answer.policy);
  out.end_object();
  const discovery::StateEntry entry{std::string(kAnswer), answer.event, text,
                                    answer.user,          answer.at,    answer.at + kAnswerLives};
  return store_.put({&entry, 1});
}

portal::SecondFactors::State PortalDesk::factor_of(std::string_view user) const {
  portal::SecondFactors::State state;
  state.enrolled = factors_.find(user) != nullptr;
  state.may_enrol = may_enrol_ && !state.enrolled && !user.empty();
  return state;
}

Result<void> PortalDesk::keep_factor(std::string_view user) {
  const portal::Factor* factor = factors_.find(user);
  if (factor == nullptr) return {};
  const discovery::StateEntry entry{std::string(kFactor), std::string(user),   text_of(*factor),
                                    std::string(user),    desk_.clock().now(), std::nullopt};
  return store_.put({&entry, 1});
}

Result<portal::CodeCheck> PortalDesk::check(std::string_view user, std::string_view code,
                                            Time now) {
  const portal::CodeCheck said = factors_.check(user, code, now);
  // A code that was used must be known as used after a crash, and a guess as a guess.
  Result<void> kept = keep_factor(user);
  if (!kept) return pass_on(std::move(kept));
  return said;
}

Result<portal::CodeCheck> PortalDesk::enrol(std::string_view user, std::string_view secret,
                                            std::string_view code, Time now) {
  if (!may_enrol_) return portal::CodeCheck::not_enrolled;
  const portal::CodeCheck said = factors_.enrol(user, secret, code, now);
  if (said != portal::CodeCheck::right) return said;
  Result<void> kept = keep_factor(user);
  if (kept) return said;
  factors_.remove(user);
  return pass_on(std::move(kept));
}

Result<bool> PortalDesk::forget_factor(std::string_view user, std::string_view who) {
  if (factors_.find(user) == nullptr) return false;
  Result<void> removed = store_.remove(kFactor, user, who, desk_.clock().now());
  if (!removed) return pass_on(std::move(removed));
  factors_.remove(user);
  return true;
}

Task<Result<void>> WorkerPortal::grant(const portal::Grant& grant) {
  const session::SnapshotPin now = snapshots_.pin();
  // The ticket names the policy as the event has it: it may be gone, or ask something else by now.
  const policy::CompiledPolicy* policy = now->policy->find(grant.policy);
  std::optional<policy::Grant> wanted;
  if (policy != nullptr) {
    wanted =
        grant_wanted(*now, *policy, {grant.user, grant.address, grant.app, grant.host, grant.at});
  }
  if (!wanted || portal::to_string(grant.kind) != policy::to_string(wanted->action)) {
    co_return fail(ErrorKind::not_found, Side::ours, "the policy asks for no such answer any more");
  }
  GrantWish wish{std::move(*wanted), policy->grant_for, grant.reason,
                 grant.user.empty() ? grant.client : grant.user};
  const StandingDesk::Granted granted = co_await standing_->grant_from(worker_, std::move(wish));
  if (granted) co_return Result<void>();
  const ErrorKind kind = granted.error().status == 409 ? ErrorKind::limit : ErrorKind::storage;
  co_return fail(kind, Side::ours, granted.error().detail);
}

Task<Result<void>> WorkerPortal::request_access(const portal::AccessRequest& request) {
  std::function<Result<void>()> work = [this, request] { return desk_.access().ask(request); };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<portal::AccessAnswer>> WorkerPortal::find_access(const portal::AccessRequest& request) {
  std::function<Result<portal::AccessAnswer>()> work = [this, request] {
    return Result<portal::AccessAnswer>(desk_.access().find(request, desk_.desk().clock().now()));
  };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<void>> WorkerPortal::keep(const portal::Answer& answer) {
  std::function<Result<void>()> work = [this, answer] { return desk_.keep_answer(answer); };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<WorkerPortal::State>> WorkerPortal::find(std::string_view user) {
  std::function<Result<State>()> work = [this, user = std::string(user)] {
    return Result<State>(desk_.factor_of(user));
  };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<portal::CodeCheck>> WorkerPortal::check(std::string_view user, std::string_view code,
                                                    Time now) {
  std::function<Result<portal::CodeCheck>()> work = [this, user = std::string(user),
                                                     code = std::string(code),
                                                     now] { return desk_.check(user, code, now); };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<portal::CodeCheck>> WorkerPortal::enrol(std::string_view user, std::string_view secret,
                                                    std::string_view code, Time now) {
  std::function<Result<portal::CodeCheck>()> work =
      [this, user = std::string(user), secret = std::string(secret), code = std::string(code),
       now] { return desk_.enrol(user, secret, code, now); };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

}  // namespace sallyport::app
