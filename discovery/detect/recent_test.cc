// What is found again comes to the same as what is worked out anew.

#include "discovery/detect/recent.h"

#include <gtest/gtest.h>
#include <random>

#include "discovery/detect/detectors.h"

namespace sallyport::discovery {
namespace {

using namespace std::chrono_literals;
using policy::ActivityType;
using policy::CompiledPolicy;
using policy::DetectRule;

constexpr std::string_view kPlaces =
    "AT\t+4813+01620\tEurope/Vienna\nDE\t+5230+01322\tEurope/Berlin\n"
    "NZ\t-3652+17446\tPacific/Auckland\n";
const Time kBegin = Time(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2));

// Detections of every kind, of every subject. `turn` makes others of the same ids.
std::shared_ptr<const policy::Program> program(int turn) {
  std::vector<CompiledPolicy> all;
  const auto add = [&](DetectRule::What what, DetectRule::Subject of, int trait) {
    CompiledPolicy made;
    made.id = "d" + std::to_string(all.size());
    made.kind = policy::Kind::detection;
    made.alerts_per_day = all.size() % 3 == 0 ? 0 : 10;
    made.detect.what = what;
    made.detect.of = of;
    made.detect.trait = static_cast<DetectRule::Trait>((trait + turn) % 7);
    made.detect.least = 6;
    made.detect.window = 1h;
    made.detect.learn = 3 * 24h;
    made.detect.idle = trait % 3 == 0 ? 12h : 5 * 24h;
    made.detect.common = 0.3;
    made.detect.group = 6h;
    all.push_back(std::move(made));
  };
  for (const auto of : {DetectRule::Subject::user, DetectRule::Subject::app,
                        DetectRule::Subject::address, DetectRule::Subject::organisation}) {
    for (int trait = 0; trait < 7; ++trait) add(DetectRule::What::fresh, of, trait);
    add(DetectRule::What::burst, of, 0);
    add(DetectRule::What::crowd, of, 0);
  }
  add(DetectRule::What::travel, DetectRule::Subject::user, 0);
  add(DetectRule::What::guessed, DetectRule::Subject::user, 0);
  add(DetectRule::What::dormant, DetectRule::Subject::user, 0);
  return std::make_shared<const policy::Program>(std::move(all));
}

Event random_event(std::mt19937& random, int turn) {
  Event made;
  made.start = kBegin + turn * 3min;
  if (random() % 20 == 0) made.start -= random() % 3 * 10h;  // late
  made.id.bytes[14] = static_cast<std::uint8_t>(turn >> 8);
  made.id.bytes[15] = static_cast<std::uint8_t>(turn);
  policy::Activity& facts = made.activity;
  if (random() % 10 != 0) facts.user = "u" + std::to_string(random() % 6);
  facts.client.address = IpAddress::v4(0x0a000000u + random() % 3 * 256 + random() % 3);
  static const char* const kCountries[] = {"AT", "DE", "NZ", ""};
  facts.client.country = kCountries[random() % 40 == 0 ? random() % 4 : 0];
  // More providers and apps than there is room for.
  facts.client.asn = static_cast<std::uint32_t>(random() % 4 == 0 ? random() % 60 : 1);
  if (random() % 5 != 0) {
    const auto app = random() % 3 == 0 ? random() % 60 : random() % 2;
    facts.app = policy::AppFacts{.id = "app" + std::to_string(app), .name = "App"};
  }
  facts.host = "h" + std::to_string(random() % 3) + ".example";
  facts.type = random() % 8 == 0   ? ActivityType::login_failed
               : random() % 8 == 0 ? ActivityType::login
                                   : static_cast<ActivityType>(random() % 5);
  if (random() % 6 != 0) {
    facts.agent = policy::AgentFacts{.device = policy::DeviceType::desktop,
                                     .browser = random() % 9 == 0 ? "curl" : "firefox",
                                     .os = random() % 9 == 0 ? "" : "linux"};
  }
  if (random() % 30 == 0) {
    made.verdict.action = policy::Action::block;
    made.ending = Ending::blocked;
  }
  if (random() % 50 == 0) made.ending = Ending::refused;
  return made;
}

std::vector<std::string> look(Detectors& detectors,
                              const std::shared_ptr<const policy::Program>& program, Event event) {
  std::vector<std::string> told;
  detectors.enrich(event);
  if (event.activity.seen) {
    for (const auto days : event.activity.seen->days) told.push_back(std::to_string(days));
    told.push_back("uncommon " + std::to_string(event.activity.seen->uncommon));
  }
  detectors.look(program, event, [&](const CompiledPolicy& detection, const Finding& found) {
    told.push_back(detection.id + ": " + found.text + ", " + std::to_string(found.count));
    for (const Ulid& id : found.events) told.push_back(id.to_string());
  });
  return told;
}

class RecentTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(RecentTest, FindsWhatIsFoundWithoutIt) {
  const std::size_t most_subjects = GetParam();
  Detectors quick(World::parse(kPlaces), {}, most_subjects, 64);
  Detectors plain(World::parse(kPlaces), {}, most_subjects, 0);
  const std::array programs = {program(0), program(1)};
  std::mt19937 random(11);
  std::size_t findings = 0;
  Event event;
  for (int turn = 0; turn < 20'000; ++turn) {
    const auto& asked = programs[turn / 3'000 % 2];
    // Half of them go on as before.
    if (turn == 0 || random() % 2 == 0) {
      event = random_event(random, turn);
    } else {
      event.start += 1s;
    }
    const auto told = look(quick, asked, event);
    ASSERT_EQ(told, look(plain, asked, event)) << turn;
    for (const std::string& one : told) findings += one.starts_with("d") ? 1 : 0;
  }
  EXPECT_GT(findings, 300u);
  EXPECT_EQ(quick.merged(), plain.merged());
  EXPECT_EQ(quick.forgotten(), plain.forgotten());
  EXPECT_EQ(quick.bytes().of_all, plain.bytes().of_all);
}

INSTANTIATE_TEST_SUITE_P(WithRoomAndWithout, RecentTest, ::testing::Values(1'000'000, 20));

}  // namespace
}  // namespace sallyport::discovery
