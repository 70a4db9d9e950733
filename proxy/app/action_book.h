#pragma once
// Calls of webhook actions (webhook_call.h), and what became of them. Each is in the state store,
// with its entry of the governance log, before it is tried, and again once it is done or has
// failed: what waits is read again after a restart, whatever ended the process.
//
//   pending -> done      the receiver answered 2xx
//           -> failed    it refused, or nobody could be reached for give_up_after
//
// INVARIANT: what is in it was durable first. A call that was done just before a crash may be made
// once more; its id is the same. Thread rule: the desk's.

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/id.h"
#include "base/json/writer.h"
#include "discovery/store/state_store.h"
#include "proxy/app/standing_book.h"
#include "proxy/delivery/webhook_call.h"

namespace sallyport::app {

class ActionBook {
 public:
  static constexpr std::size_t kMostPending = 1'000;
  static constexpr std::size_t kMostKept = 10'000;  // done and failed; past them the oldest goes
  static constexpr std::size_t kMostText = 1'000;   // bytes of a reason, or of what went wrong
  static constexpr std::chrono::days kKept{90};     // after it was done or failed

  enum class State : unsigned char { pending, done, failed };
  struct Kept {
    delivery::ActionCall call;
    State state = State::pending;
    std::string detail;       // what the receiver said, or why it failed; of a pending one not kept
    std::uint32_t tries = 0;  // since the start
    Time ended{};
  };
  using Refusal = StandingBook::Refusal;

  explicit ActionBook(discovery::StateStore& store, std::size_t most_pending = kMostPending)
      : store_(store), most_pending_(most_pending) {}

  // What was kept. Once, before anything else. What cannot be read is left out, with a warning.
  Result<void> load(Time now);

  // Its id and time are made here.
  std::expected<const Kept*, Refusal> ask(delivery::ActionCall call, Time now);
  // A try that came to nothing yet.
  void tried(std::string_view id, std::string detail);
  // REQUIRES: it is pending. Where it cannot be kept it stays pending, and is tried again.
  Result<void> end(std::string_view id, State state, std::string detail, Time now);

  // Of people who were erased: the store has let go of them already.
  void drop(const std::function<bool(const Kept&)>& gone);

  // By id, which begins with the time.
  const std::map<std::string, Kept, std::less<>>& all() const { return calls_; }
  std::size_t pending() const;

 private:
  Result<void> put(const Kept& kept, Time now);

  discovery::StateStore& store_;
  const std::size_t most_pending_;
  UlidMaker ids_;
  std::map<std::string, Kept, std::less<>> calls_;
};

std::string_view to_string(ActionBook::State state);
std::optional<ActionBook::State> parse_action_state(std::string_view word);

// {id, action, state, user, app, alert, reason, by, at, ended, tries, detail}; what is empty is
// left out.
void write_action_call(JsonWriter& json, const ActionBook::Kept& kept);

}  // namespace sallyport::app
