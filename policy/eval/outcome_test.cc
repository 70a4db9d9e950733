#include "policy/eval/outcome.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <vector>

namespace sallyport::policy {
namespace {

enum Answer { no, unknown, yes };  // in Kleene's order

Outcome known(Answer answer) {
  return answer == yes ? Outcome::yes() : answer == no ? Outcome::no() : Outcome::unknown();
}

constexpr std::array kAnswers = {no, unknown, yes};

TEST(Outcome, IsKleenesLogicWhereEverythingIsKnown) {
  for (const Answer a : kAnswers) {
    EXPECT_EQ(!known(a), known(static_cast<Answer>(yes - a)));
    for (const Answer b : kAnswers) {
      EXPECT_EQ(known(a) & known(b), known(std::min(a, b))) << a << b;
      EXPECT_EQ(known(a) | known(b), known(std::max(a, b))) << a << b;
    }
  }
}

TEST(Outcome, StaysOpenExactlyWhereAnAnswerMayStillTurnIt) {
  const Outcome open = Outcome::not_yet();
  EXPECT_EQ(open & Outcome::no(), Outcome::no());
  EXPECT_EQ(open | Outcome::yes(), Outcome::yes());
  EXPECT_EQ(open & Outcome::yes(), open);
  EXPECT_EQ(open | Outcome::no(), open);
  EXPECT_EQ(!open, open);

  // Both unknown or no: it will not hold, but its opposite may.
  EXPECT_FALSE((open & Outcome::unknown()).may_hold());
  EXPECT_TRUE((!(open & Outcome::unknown())).may_hold());
  EXPECT_FALSE((!(open & Outcome::unknown())).holds());
  EXPECT_TRUE((open | Outcome::unknown()).may_hold());
}

// For every pair of sets of possible answers: the set of what `and` makes of each pair of answers.
TEST(Outcome, AndIsTakenOverEveryPossibleAnswer) {
  const auto outcome_of = [](const std::vector<Answer>& answers) {
    // Built from the four that exist: a set of one, everything, or what `&` itself makes of two.
    if (answers.size() == 1) return known(answers.front());
    if (answers.size() == 3) return Outcome::not_yet();
    if (answers == std::vector{no, unknown}) return Outcome::not_yet() & Outcome::unknown();
    return Outcome::not_yet() | Outcome::unknown();
  };
  const std::vector<std::vector<Answer>> sets = {{no},          {unknown},      {yes},
                                                 {no, unknown}, {unknown, yes}, {no, unknown, yes}};
  for (const auto& a : sets) {
    for (const auto& b : sets) {
      std::vector<Answer> both;
      for (const Answer x : a) {
        for (const Answer y : b) both.push_back(std::min(x, y));
      }
      std::sort(both.begin(), both.end());
      both.erase(std::unique(both.begin(), both.end()), both.end());
      EXPECT_EQ(outcome_of(a) & outcome_of(b), outcome_of(both));
    }
  }
}

}  // namespace
}  // namespace sallyport::policy
