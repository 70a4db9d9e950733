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
#include "discovery/users/user_name.h"
#include "policy/eval/compiled_policy.h"
#include "proxy/app/grant_wish.h"
#include "proxy/app/route_words.h"
#include "proxy/portal/refusal.h"

namespace sallyport::app {
namespace {

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

}  // namespace

Result<void> PortalDesk::load(Time now) {
  Result<void> loaded = factors_.load(now);
  if (loaded) loaded = access_.load(now);
  if (loaded) loaded = questions_.load(now);
  return loaded;
}

Result<void> PortalDesk::keep_answer(const portal::Answer& answer) {
  if (answer.kind == portal::TicketKind::ask_user) {
    return questions_.answer(answer.question, answer.user, answer.said, answer.client, answer.at);
  }
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

std::string WorkerPortal::person(std::string_view name) const {
  const auto normal = discovery::normal_user_name(name);
  return normal ? snapshots_.pin()->people().canonical(*normal) : std::string();
}

Task<Result<void>> WorkerPortal::grant(const portal::Grant& grant) {
  const session::SnapshotPin now = snapshots_.pin();
  const Stopped stopped{grant.user, grant.address, grant.app, grant.host, grant.at};
  std::optional<policy::Grant> wanted;
  std::chrono::seconds lasts{0};
  if (grant.policy == policy::kSuspensionId) {
    const auto asked = policy::parse_action(portal::to_string(grant.kind));
    SuspensionAnswer answer = answer_wanted(
        *now, snapshots_.standing(), asked.value_or(policy::Action::block), stopped, grant.event);
    wanted = std::move(answer.grant);
    if (wanted) lasts = policy::answer_holds(*answer.suspension, grant.at);
  } else if (const policy::CompiledPolicy* policy = now->policy->find(grant.policy)) {
    // The ticket names the policy as the event has it: it may be gone, or ask something else by
    // now.
    wanted = grant_wanted(*now, *policy, stopped);
    lasts = policy->grant_for;
  }
  if (!wanted || portal::to_string(grant.kind) != policy::to_string(wanted->action)) {
    co_return fail(ErrorKind::not_found, Side::ours, "nothing asks for such an answer any more");
  }
  GrantWish wish{std::move(*wanted), lasts, grant.reason,
                 grant.user.empty() ? grant.client : grant.user};
  wish.grant.user = desk_.known_as(wish.grant.user);
  if (!grant.user.empty()) wish.who = wish.grant.user;
  const StandingDesk::Granted granted = co_await standing_->grant_from(worker_, std::move(wish));
  if (granted) co_return Result<void>();
  const ErrorKind kind = granted.error().status == 409 ? ErrorKind::limit : ErrorKind::storage;
  co_return fail(kind, Side::ours, granted.error().detail);
}

Task<Result<void>> WorkerPortal::request_access(const portal::AccessRequest& request) {
  portal::AccessRequest asked = request;
  asked.user = desk_.known_as(asked.user);
  std::function<Result<void>()> work = [this, asked] { return desk_.access().ask(asked); };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<portal::AccessAnswer>> WorkerPortal::find_access(const portal::AccessRequest& request) {
  portal::AccessRequest asked = request;
  asked.user = desk_.known_as(asked.user);
  std::function<Result<portal::AccessAnswer>()> work = [this, asked] {
    return Result<portal::AccessAnswer>(desk_.access().find(asked, desk_.desk().clock().now()));
  };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<void>> WorkerPortal::keep(const portal::Answer& answer) {
  portal::Answer said = answer;
  said.user = desk_.known_as(said.user);
  std::function<Result<void>()> work = [this, said] { return desk_.keep_answer(said); };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<WorkerPortal::State>> WorkerPortal::find(std::string_view user) {
  std::function<Result<State>()> work = [this, user = desk_.known_as(user)] {
    return Result<State>(desk_.factors().state_of(user));
  };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<portal::CodeCheck>> WorkerPortal::check(std::string_view user, std::string_view code,
                                                    Time now) {
  std::function<Result<portal::CodeCheck>()> work = [this, user = desk_.known_as(user),
                                                     code = std::string(code), now] {
    return desk_.factors().check(user, code, now);
  };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

Task<Result<portal::CodeCheck>> WorkerPortal::enrol(std::string_view user, std::string_view secret,
                                                    std::string_view code, Time now) {
  std::function<Result<portal::CodeCheck>()> work =
      [this, user = desk_.known_as(user), secret = std::string(secret), code = std::string(code),
       now] { return desk_.factors().enrol(user, secret, code, now); };
  co_return co_await on_desk(worker_, desk_.desk(), std::move(work));
}

}  // namespace sallyport::app
