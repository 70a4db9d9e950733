#include "policy/eval/detection_memo.h"

#include <gtest/gtest.h>
#include <random>

namespace sallyport::policy {
namespace {

using namespace std::chrono_literals;

const Attribute& attribute(std::string_view name) { return *find_attribute(name); }
Expression is(std::string_view name, std::string text) {
  return Expression::test(attribute(name), {TextMatcher({std::move(text)}, {}, true)});
}

CompiledPolicy detection(std::vector<Expression> when) {
  static int number = 0;
  CompiledPolicy made;
  made.id = "d" + std::to_string(number++);
  made.kind = Kind::detection;
  made.when = std::move(when);
  return made;
}

std::vector<CompiledPolicy> policies() {
  std::vector<CompiledPolicy> all;
  all.push_back(detection({}));
  all.push_back(detection({is("activity", "upload")}));
  all.push_back(detection({is("user", "ana"), is("activity", "download")}));
  all.push_back(detection({Expression::negation({is("client.ip.tag", "tor")})}));
  all.push_back(detection({is("user_agent", "curl")}));
  all.push_back(detection({is("user.group", "staff")}));
  all.push_back(detection({Expression::test(attribute("status"), {NumberMatcher({{400, 499}})})}));
  all.push_back(detection({is("activity", "upload")}));
  all.back().expires = Time(100s);
  all.push_back(detection({is("app", "box")}));
  all.back().except.push_back(Expression::all({is("user", "bob")}));
  all.push_back(detection({}));
  all.back().starts = Time(50s);
  return all;
}

Activity random_activity(std::mt19937& random) {
  Activity made;
  made.at = Time(std::chrono::seconds(random() % 150));
  static const char* const kUsers[] = {"ana", "bob", "carl", ""};
  if (const auto user = random() % 5; user < 4) made.user = kUsers[user];
  if (random() % 3 != 0) made.type = random() % 2 ? ActivityType::upload : ActivityType::download;
  if (random() % 2) made.client.tags = {"tor"};
  if (random() % 4 == 0) made.client.tags.push_back("vpn");
  if (random() % 2) made.user_agent = random() % 2 ? "curl" : "Mozilla";
  if (random() % 3 == 0) made.groups = {"staff", "other"};
  if (random() % 2) made.status = static_cast<int>(200 + random() % 3 * 100 + random() % 2);
  if (random() % 2) made.app = AppFacts{.id = random() % 2 ? "box" : "drive"};
  return made;
}

using Found = std::vector<std::string>;

Found by_memo(DetectionMemo& memo, const DetectionMemo::ProgramPtr& program, const Activity& one) {
  Found found;
  memo.detects(program, one, [&](const CompiledPolicy& policy) { found.push_back(policy.id); });
  return found;
}
Found plainly(const Program& program, const Activity& one) {
  Found found;
  program.detects(one, [&](const CompiledPolicy& policy) { found.push_back(policy.id); });
  return found;
}

TEST(DetectionMemo, SaysOfEachActivityWhatTheProgramSaysAndInItsOrder) {
  const auto program = std::make_shared<const Program>(policies());
  const auto other = std::make_shared<const Program>(policies());
  std::mt19937 random(3);
  for (const std::size_t entries : {0u, 2u, 16u, 1024u}) {
    DetectionMemo memo(entries);
    std::size_t held = 0;
    for (int turn = 0; turn < 20'000; ++turn) {
      const auto& asked = turn / 500 % 2 ? other : program;
      const Activity one = random_activity(random);
      const Found found = by_memo(memo, asked, one);
      ASSERT_EQ(found, plainly(*asked, one)) << turn;
      held += found.size();
    }
    EXPECT_GT(held, 20'000u);
  }
}

TEST(DetectionMemo, TextsThatAreSplitInOtherWaysAreOthers) {
  std::vector<CompiledPolicy> both;
  both.push_back(detection({is("user", "ab")}));
  both.push_back(detection({is("user_agent", "c")}));
  const auto program = std::make_shared<const Program>(std::move(both));
  DetectionMemo memo(2);
  Activity one;
  one.user = "ab";
  one.user_agent = "c";
  EXPECT_EQ(by_memo(memo, program, one).size(), 2u);
  one.user = "a";
  one.user_agent = "bc";
  EXPECT_EQ(by_memo(memo, program, one).size(), 0u);
}

TEST(DetectionMemo, WhatIsTooLongIsJudgedEachTime) {
  const auto program = std::make_shared<const Program>(policies());
  DetectionMemo memo;
  Activity one;
  one.user_agent = std::string(DetectionMemo::kMostKey + 1, 'x');
  EXPECT_EQ(by_memo(memo, program, one), plainly(*program, one));
}

}  // namespace
}  // namespace sallyport::policy
