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
#include "proxy/portal/refusal.h"

namespace sallyport::app {
namespace {

constexpr std::string_view kFactor = "second_factor";
constexpr std::string_view kWish = "access_request";
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

std::string text_of(const portal::AccessRequest& asked) {
  std::string text;
  JsonWriter out(text);
  out.begin_object();
  out.member("user", asked.user);
  out.member("client", asked.client);
  out.member("app", asked.app);
  out.member("host", asked.host);
  out.member("policy", asked.policy);
  out.member("event", asked.event);
  out.member("reason", asked.reason);
  out.end_object();
  return text;
}

std::optional<portal::AccessRequest> read_wish(std::string_view text) {
  portal::AccessRequest asked;
  JsonCursor cursor(text);
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "user") return cursor.string(asked.user);
    if (key == "client") return cursor.string(asked.client);
    if (key == "app") return cursor.string(asked.app);
    if (key == "host") return cursor.string(asked.host);
    if (key == "policy") return cursor.string(asked.policy);
    if (key == "event") return cursor.string(asked.event);
    if (key == "reason") return cursor.string(asked.reason);
    return cursor.skip();
  }) && cursor.at_end();
  if (!read) return std::nullopt;
  return asked;
}

// The same wish of the same person.
bool is_same(const portal::AccessRequest& a, const portal::AccessRequest& b) {
  return a.user == b.user && a.client == b.client && a.app == b.app && a.host == b.host &&
         a.policy == b.policy;
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
  auto wishes = store_.entries(kWish, now);
  if (!wishes) return pass_on(std::move(wishes));
  for (const discovery::StateEntry& entry : *wishes) {
    auto asked = read_wish(entry.value);
    if (!asked) {
      log::warning("a wish for access cannot be read and is left out: " + entry.key);
      continue;
    }
    asked->at = entry.at;
    wishes_[entry.key] = {entry.key, std::move(*asked)};
  }
  return {};
}

Result<void> PortalDesk::keep_wish(const portal::AccessRequest& asked) {
  std::size_t own = 0;
  for (const auto& [id, wish] : wishes_) {
    if (is_same(wish.asked, asked)) return {};
    const bool same =
        asked.user.empty() ? wish.asked.client == asked.client : wish.asked.user == asked.user;
    if (same) ++own;
  }
  if (wishes_.size() >= kMostWishes || own >= kMostWishesOfOne) {
    return fail(ErrorKind::limit, Side::ours, "the queue of wishes for access is full");
  }
  // The event that led to it is unique, and sorts by time.
  const std::string id =
      asked.event.empty() ? std::to_string(asked.at.time_since_epoch().count()) : asked.event;
  const discovery::StateEntry entry{std::string(kWish), id,       text_of(asked),
                                    asked.user,         asked.at, asked.at + kWishLives};
  Result<void> kept = store_.put({&entry, 1});
  if (!kept) return kept;
  wishes_[id] = {id, asked};
  log::info("access is asked for: " + (asked.user.empty() ? asked.client : asked.user) + ", " +
            (asked.app.empty() ? asked.host : asked.app) + ", policy " + asked.policy);
  return {};
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

std::vector<PortalDesk::Wish> PortalDesk::wishes() const {
  std::vector<Wish> all;
  for (const auto& [id, wish] : wishes_) all.push_back(wish);
  return all;
}

Result<bool> PortalDesk::dismiss(std::string_view id, std::string_view who) {
  const auto found = wishes_.find(id);
  if (found == wishes_.end()) return false;
  Result<void> removed = store_.remove(kWish, id, who, desk_.clock().now());
  if (!removed) return pass_on(std::move(removed));
  wishes_.erase(found);
  return true;
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
  policy::Activity activity;
  activity.at = grant.at;
  if (!grant.user.empty()) activity.user = grant.user;
  activity.host = grant.host;
  if (const auto host = Host::parse(grant.host)) {
    activity.domain = now->suffixes->registrable(host->text());
  }
  activity.client.address = grant.address;
  if (!grant.app.empty()) {
    if (const discovery::App* app = now->catalog->find(grant.app)) {
      activity.app = discovery::facts_of(*app, *now->hand_tags);
    }
  }
  std::optional<policy::Grant> wanted;
  if (policy != nullptr) wanted = policy::grant_wanted(*policy, activity);
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
  std::function<Result<void>()> work = [this, request] { return desk_.keep_wish(request); };
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
