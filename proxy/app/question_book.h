#pragma once
// What operators ask people ("was this you?"), and what they said. Each question and each answer is
// in the state store before it counts; what waits is given to all workers at once.
//
//   open -> yes | mistake | not_me     the person's answer, at the portal
//        -> expired                    nobody answered in time
//        -> (gone)                     taken back
//
// Bounded: see the constants. Of answered ones the oldest are forgotten.
//
// INVARIANT: what is in it was durable first. Thread rule: the desk's.

#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/id.h"
#include "discovery/events/event.h"
#include "discovery/store/state_store.h"
#include "proxy/app/standing_book.h"
#include "proxy/portal/grants.h"
#include "proxy/portal/questions.h"

namespace sallyport::app {

class QuestionBook {
 public:
  static constexpr std::size_t kMostOpen = 5'000;
  static constexpr std::size_t kMostOpenOfOne = 10;
  static constexpr std::size_t kMostKept = 10'000;  // answered and expired ones
  static constexpr std::size_t kMostSay = 1'000;    // bytes
  static constexpr std::chrono::days kUsual{7};
  static constexpr std::chrono::days kLongest{90};
  static constexpr std::chrono::days kKept{90};  // after it was asked, at least

  struct Kept {
    portal::Question question;
    Time asked{};
    std::string by;     // who asked
    std::string alert;  // whose history the answer goes into; "": none's
    std::optional<portal::Said> said;
    Time answered{};
    std::string client;  // from where it was answered
  };
  using Refusal = StandingBook::Refusal;
  using Publish = std::function<void(std::shared_ptr<const portal::Questions>)>;
  using Answered = std::function<void(const Kept&)>;

  // `names`: as of StandingBook; what is published has names.
  explicit QuestionBook(discovery::StateStore& store,
                        std::shared_ptr<const discovery::NameCipher> names = nullptr)
      : store_(store), names_(std::move(names)) {}

  // What was kept. Once, before anything else. What cannot be read is left out, with a warning.
  Result<void> load(Time now);
  // Called at once, and whenever what waits is another.
  void publish_to(Publish publish);
  // Called with each that is answered, once that is kept.
  void tell_answers(Answered answered) { answered_ = std::move(answered); }

  // `question` has a user and `say` or `event`; its id is made here. `lasts` 0: kUsual.
  std::expected<Kept, Refusal> ask(portal::Question question, std::chrono::seconds lasts,
                                   std::string by, Time now, std::string alert = {});
  // ErrorKind::not_found where it does not wait (any more) for that user.
  Result<void> answer(std::string_view id, std::string_view user, portal::Said said,
                      std::string_view client, Time now);
  std::optional<Refusal> withdraw(std::string_view id, std::string_view who, Time now);

  // Of people who were erased: the store has let go of them already.
  void drop(const std::function<bool(const Kept&)>& gone, Time now);

  // By id, which begins with the time.
  const std::map<std::string, Kept, std::less<>>& all() const { return questions_; }

 private:
  Result<void> put(const Kept& kept);
  void forget_old_ones(Time now);
  void publish(Time now);

  discovery::StateStore& store_;
  const std::shared_ptr<const discovery::NameCipher> names_;
  UlidMaker ids_;
  Publish publish_;
  Answered answered_;
  Time loaded_{};
  std::map<std::string, Kept, std::less<>> questions_;
};

// "open", "yes", "mistake", "not_me", "expired".
std::string_view state_of(const QuestionBook::Kept& kept, Time now);

// "this was not me", "this was me", "by mistake"; "" while nobody answered.
std::string_view said_words(const QuestionBook::Kept& kept);

// What a question says of an event. The user stays as it is.
void tell_about(const discovery::Event& event, portal::Question& question);

}  // namespace sallyport::app
