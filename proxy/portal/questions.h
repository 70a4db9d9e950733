#pragma once
// What operators want to know of people: "was this you, and was it intended?". Those that wait, as
// all workers see them.
//
// INVARIANT: immutable once it is made; from any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"

namespace sallyport::portal {

struct Question {
  std::string id;    // a ULID
  std::string user;  // canonical
  std::string say;   // the operator's words, or ""
  // What it is about, where it is about something that was recorded.
  std::string event;
  std::string app;   // as people know it, or its host
  std::string what;  // "upload report.pdf"
  Time when{};
  Time expires{};
};

class Questions {
 public:
  Questions() = default;
  explicit Questions(std::vector<Question> waiting);

  // The oldest that waits for `user` at `now`, or null. Lives as long as the Questions.
  const Question* next_of(std::string_view user, Time now) const;
  // Null where it is answered, taken back, over, or somebody else's.
  const Question* find(std::string_view id, std::string_view user, Time now) const;

 private:
  std::vector<Question> waiting_;  // by user, then by id, which begins with the time
};

}  // namespace sallyport::portal
