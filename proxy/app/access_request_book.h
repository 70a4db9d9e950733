#pragma once
// The operators' queue: who asked for access where a policy blocks them, and what came of it. Each
// request and each answer is in the state store before it counts.
//
//   waiting  -> granted   a grant (standing_book.h) lets the person pass that policy, in that app
//            -> refused   the person is told so, for kRefusalHolds; then they may ask again
//
// Bounded, so that nobody who asks again and again fills it: see the constants. Who asks for the
// same again while it waits has asked once. Of answered ones the oldest are forgotten.
//
// INVARIANT: what is in it was durable first. Thread rule: the desk's.

#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "discovery/store/state_store.h"
#include "proxy/app/standing_book.h"
#include "proxy/portal/grants.h"

namespace sallyport::app {

class AccessRequestBook {
 public:
  static constexpr std::size_t kMostWaiting = 2'000;
  static constexpr std::size_t kMostWaitingOfNobody = 500;  // where no user is known, together
  static constexpr std::size_t kMostAnswered = 2'000;
  static constexpr std::size_t kMostOfOne =
      20;  // of one user or client that wait; as many answered
  static constexpr std::size_t kMostSay = 1'000;  // bytes
  static constexpr std::chrono::days kWaits{30};
  static constexpr std::chrono::days kRefusalHolds{7};
  static constexpr std::chrono::days kAnsweredLives{90};

  struct Kept {
    std::string id;  // of the event that led to it
    portal::AccessRequest asked;
    portal::AccessAnswer answer;
    std::string who;    // answered it
    std::string grant;  // its id, where it was granted
  };
  using Refusal = StandingBook::Refusal;

  explicit AccessRequestBook(discovery::StateStore& store) : store_(store) {}

  // What was kept. Once, before anything else. What cannot be read is left out, with a warning.
  Result<void> load(Time now);

  // ErrorKind::limit where the queue is full.
  Result<void> ask(const portal::AccessRequest& asked);
  // What came of what the same person asked for the same, as it is at `now`.
  portal::AccessAnswer find(const portal::AccessRequest& asked, Time now) const;

  // The one that waits, or why there is none (404, 409).
  std::expected<const Kept*, Refusal> waiting(std::string_view id) const;
  // REQUIRES: waiting(id). `grant` is in force.
  std::optional<Refusal> granted(std::string_view id, const policy::Grant& grant,
                                 std::string_view who, Time now);
  // `say` is shown to the person.
  std::optional<Refusal> refuse(std::string_view id, std::string say, std::string_view who,
                                Time now);

  // Of people who were erased: the store has let go of them already.
  void drop(const std::function<bool(const Kept&)>& gone);

  // By id, which begins with the time; what has ended is among them until load().
  const std::map<std::string, Kept, std::less<>>& all() const { return requests_; }
  std::size_t waiting_count() const;

 private:
  std::optional<Refusal> keep(Kept kept, Time now);
  void forget_old_answers(const Kept& newest, Time now);

  discovery::StateStore& store_;
  std::map<std::string, Kept, std::less<>> requests_;
};

// How long a request that waits, or was answered, is kept at most.
Time end_of(const AccessRequestBook::Kept& kept);

// "waiting", "granted", "refused".
std::string_view to_string(portal::AccessAnswer::State state);
std::optional<portal::AccessAnswer::State> parse_access_state(std::string_view word);

}  // namespace sallyport::app
