#include "proxy/app/action_caller.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/io/deadline.h"
#include "proxy/app/names.h"
#include "proxy/delivery/courier.h"
#include "proxy/delivery/curl_carriers.h"

namespace sallyport::app {

using delivery::Outcome;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kLongRest{60'000};  // where nothing waits; whoever asks wakes it

}  // namespace

ActionCaller::ActionCaller(ActionBook& book, io::Worker& desk, std::string gateway,
                           std::shared_ptr<const discovery::NameCipher> names)
    : book_(book),
      desk_(desk),
      gateway_(std::move(gateway)),
      names_(std::move(names)),
      attempts_(desk.executor()) {}

void ActionCaller::set(std::vector<ActionConfig> actions,
                       std::vector<delivery::ReceiverOptions> receivers) {
  if (actions == actions_ && receivers == receivers_) return;
  actions_ = std::move(actions);
  receivers_ = std::move(receivers);
  waiting_.clear();  // What was wrong may be mended.
  std::erase_if(lines_, [&](const auto& line) {
    return !line.second->is_busy && std::ranges::none_of(actions_, [&](const ActionConfig& one) {
      return one.receiver.options.name == line.first;
    });
  });
  wake_.notify();
}

void ActionCaller::close() {
  closed_ = true;
  for (const auto& [name, line] : lines_) line->session.abandon();
  wake_.notify();
}

std::expected<const ActionBook::Kept*, ActionBook::Refusal> ActionCaller::call(
    delivery::ActionCall wanted) {
  using Refusal = ActionBook::Refusal;
  const auto action = std::ranges::find_if(
      actions_, [&](const auto& one) { return one.receiver.options.name == wanted.action; });
  if (action == actions_.end()) {
    std::vector<std::string_view> names;
    for (const ActionConfig& one : actions_) names.push_back(one.receiver.options.name);
    const std::string hint = did_you_mean(wanted.action, names);
    return std::unexpected(
        Refusal{404, fmt::format("no action is called '{}'{}{}", printable(wanted.action),
                                 hint.empty() ? "" : "; ", hint)});
  }
  const std::pair<std::string_view, const std::string*> parts[] = {{"user", &wanted.user},
                                                                   {"app", &wanted.app},
                                                                   {"alert", &wanted.alert},
                                                                   {"reason", &wanted.reason}};
  for (const auto& [name, text] : parts) {
    const bool needed = std::ranges::find(action->needs, name) != action->needs.end();
    if (needed && trim(*text).empty()) {
      return std::unexpected(Refusal{400, fmt::format("'{}' needs '{}'", wanted.action, name)});
    }
  }
  auto kept = book_.ask(std::move(wanted), desk_.clock().now());
  if (kept) wake_.notify();
  return kept;
}

void ActionCaller::leave_out(delivery::ActionCall wanted, std::string why) {
  const Time now = desk_.clock().now();
  const auto kept = book_.ask(std::move(wanted), now);
  if (!kept) {
    log::warning("a call that is not made is in no log: " + kept.error().detail);
    return;
  }
  const std::string id = (*kept)->call.id;
  const Result<void> ended = book_.end(id, ActionBook::State::failed, std::move(why), now);
  if (!ended) log::warning("a call that is not made waits: " + describe(ended.error()));
}

const ActionBook::Kept* ActionCaller::due(milliseconds& wait) {
  const auto now = desk_.clock().steady();
  wait = kLongRest;
  for (const auto& [id, kept] : book_.all()) {
    if (kept.state != ActionBook::State::pending) continue;
    if (const auto line = lines_.find(kept.call.action); line != lines_.end()) {
      if (line->second->is_busy) continue;  // Who ends wakes us.
    }
    const auto known = waiting_.find(id);
    if (known == waiting_.end() || known->second.next <= now) return &kept;
    wait = std::min(wait, std::chrono::ceil<milliseconds>(known->second.next - now));
  }
  return nullptr;
}

Task<void> ActionCaller::run() {
  while (!closed_) {
    milliseconds wait{0};
    if (const ActionBook::Kept* next = due(wait)) {
      Line& line = line_of(next->call.action);
      line.is_busy = true;
      attempts_.start(attempt(next->call.id, line));
    } else {
      co_await rest(wait);
    }
  }
  co_await attempts_.join();
}

ActionCaller::Line& ActionCaller::line_of(const std::string& action) {
  auto& line = lines_[action];
  if (line == nullptr) line = std::make_unique<Line>();
  return *line;
}

Task<void> ActionCaller::attempt(std::string id, Line& line) {
  co_await make(id, line);
  line.is_busy = false;
  wake_.notify();
}

Task<void> ActionCaller::rest(milliseconds delay) {
  io::Deadline until(desk_.deadlines(), [this] { wake_.notify(); });
  until.set(delay);
  co_await wake_.wait();
}

Task<void> ActionCaller::make(const std::string& id, Line& line) {
  delivery::ActionCall call = book_.all().find(id)->second.call;
  const auto at = std::ranges::find_if(
      actions_, [&](const auto& one) { return one.receiver.options.name == call.action; });
  if (at == actions_.end()) {
    Outcome none;
    none.what = "no such action is configured";
    settle(id, nullptr, none);
    co_return;
  }
  const std::string known_as = call.user;
  const bool names_them = names_ != nullptr && at->real_names && !known_as.empty();
  if (names_them) call.user = names_->revealed(known_as);
  // Of its own: a reload may take theirs away while the receiver is waited for.
  const delivery::ReceiverOptions receiver =
      receivers_.at(static_cast<std::size_t>(at - actions_.begin()));
  const auto& to = std::get<delivery::WebhookOptions>(receiver.to);
  const delivery::WebhookMessage message =
      delivery::make_action_message(call, at->parameters, to.secret, gateway_, desk_.clock().now());
  const delivery::HttpPost post{to.url, message.fields, message.body, to.roots, receiver.timeout};
  delivery::CurlAnswer answer;
  std::move_only_function<void()> work = [&] { answer = line.session.post(post); };
  const bool ran = co_await line.thread.run(desk_.executor(), std::move(work));
  Outcome outcome = delivery::judge_webhook(answer);
  if (!ran) outcome = {Outcome::Kind::later, "its thread is busy", {}};
  // What the receiver says is kept, and may say whom it was about.
  if (names_them) hide_name_in(outcome.what, call.user, known_as);
  if (closed_ && outcome.kind != Outcome::Kind::delivered) co_return;  // It was given up by us.
  settle(id, &receiver, std::move(outcome));
}

void ActionCaller::settle(const std::string& id, const delivery::ReceiverOptions* receiver,
                          Outcome outcome) {
  using State = ActionBook::State;
  const auto kept = book_.all().find(id);
  if (kept == book_.all().end()) return;
  const Time now = desk_.clock().now();
  const milliseconds patience =
      receiver != nullptr ? receiver->give_up_after : delivery::ReceiverOptions().give_up_after;
  State state = State::pending;
  if (outcome.kind == Outcome::Kind::delivered) state = State::done;
  if (outcome.kind == Outcome::Kind::refused) state = State::failed;
  if (outcome.kind == Outcome::Kind::later && now >= kept->second.call.at + patience) {
    state = State::failed;
    outcome.what = "given up: " + outcome.what;
  }
  const std::string action = kept->second.call.action;
  bool ended = false;
  if (state == State::pending) {
    book_.tried(id, outcome.what);
  } else if (const Result<void> done = book_.end(id, state, outcome.what, now); done) {
    ended = true;
    log::info(fmt::format("webhook action {} ({}): {}: {}", printable(action), id, to_string(state),
                          printable(outcome.what)));
  } else {
    log::warning(
        fmt::format("the end of webhook action {} cannot be kept: {}", id, describe(done.error())));
  }
  if (ended) {
    waiting_.erase(id);
    return;
  }
  Waiting& waiting = waiting_[id];
  milliseconds delay = waiting.back_off.next(delivery::Courier::random_chance());
  if (outcome.after) {
    delay = std::clamp<milliseconds>(*outcome.after, delivery::BackOff::kFirst,
                                     delivery::Courier::kMostAfter);
  }
  waiting.next = desk_.clock().steady() + delay;
}

}  // namespace sallyport::app
