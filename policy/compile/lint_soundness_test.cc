// No false alarms: what lint says of random policies is held against random exchanges. A policy
// that is told to be unreachable never decides, one that is told to match nothing never matches.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

#include "policy/compile/compile.h"
#include "policy/compile/compile_input_for_tests.h"

namespace sallyport::policy {
namespace {

using Words = std::vector<std::string>;

struct Column {
  std::string attribute;
  Words values;
};

// Few attributes and values that cover each other in many ways, so that proofs are often found.
const std::vector<Column> kColumns = {
    {"user",
     {"ana", "ANA", "a*", "'?na'", "unknown", "is set", "is not set", "'~ ^a'", "'~ (?-i)^a'"}},
    {"user.group", {"hr", "eng", "e*", "is set", "is not set"}},
    {"app", {"box", "mega", "unknown", "is set"}},
    {"app.tag", {"sanctioned", "own", "is set"}},
    {"app.category", {"webmail", "health", "is not set"}},
    {"host", {"example.com", "'*.example.com'", "=example.com", "www.example.com", "'~ www'"}},
    {"host.domain", {"example.com", "'*.com'", "example.org", "unknown"}},
    {"port", {"443", "'> 80'", "80..443", "'<= 80'", "'< 0'"}},
    {"client.ip", {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "0.0.0.0/0"}},
    {"time.of_day", {"08:00..18:00", "22:00..06:00", "06:00..22:00"}},
    {"time.weekday", {"mon..fri", "sat", "sat..mon"}},
    {"time.date", {"2026-11-26", "2026-01-01..2026-12-31"}},
    {"destination.ip", {"192.0.2.0/24", "192.0.2.7"}},
    // Not for tls policies.
    {"activity", {"login", "upload"}},
    {"path", {"/admin", "/admin/", "'/a*'", "'*/x'", "'/admin/*x'", "'~ ^/admin'"}},
    {"file.name", {"a.pdf", "'*.pdf'", "is set", "is not set"}},
    {"status", {"200", "'>= 400'", "400..499"}},
};
constexpr std::size_t kForTls = 12;

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::mt19937_64 random_;
};

// `columns` are few of kColumns, chosen for one file, so that policies speak of the same.
std::string mapping(Chance& chance, const std::vector<Column>& columns, int depth) {
  std::string out;
  std::set<std::string> used;
  const std::size_t lines = 1 + chance.below(3);
  for (std::size_t i = 0; i < lines; ++i) {
    std::string key, value;
    const std::size_t shape = depth < 2 ? chance.below(7) : 9;
    if (shape == 0) {
      key = "not";
      value = "{" + mapping(chance, columns, depth + 1) + "}";
    } else if (shape == 1) {
      key = chance.one_in(2) ? "any" : "all";
      value = fmt::format("[{{{}}}, {{{}}}]", mapping(chance, columns, depth + 1),
                          mapping(chance, columns, depth + 1));
    } else {
      const Column& column = chance.pick(columns);
      key = column.attribute;
      value = "[" + chance.pick(column.values);
      if (chance.one_in(3)) value += ", " + chance.pick(column.values);
      value += "]";
    }
    if (used.insert(key).second) out += (out.empty() ? "" : ", ") + key + ": " + value;
  }
  return out;
}

std::string random_policies(Chance& chance) {
  const bool tls = chance.one_in(4);
  std::vector<Column> columns;
  for (int i = 0; i < 3; ++i) {
    columns.push_back(kColumns[chance.below(tls ? kForTls : kColumns.size())]);
  }
  std::string text;
  const std::size_t count = 2 + chance.below(5);
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format("- {{ name: p{}, kind: {}", i, tls ? "tls" : "session");
    if (!chance.one_in(10)) text += ", when: {" + mapping(chance, columns, 0) + "}";
    if (chance.one_in(3)) text += ", except: [{" + mapping(chance, columns, 2) + "}]";
    static const Words kDeeds = {"allow", "monitor", "block", "block", "coach", "notice"};
    static const Words kTlsActions = {"bypass", "intercept", "block"};
    text += ", then: " + chance.pick(tls ? kTlsActions : kDeeds);
    if (chance.one_in(6)) text += ", mode: rehearse";
    if (chance.one_in(8)) text += ", expires: 2026-07-01";
    text += " }\n";
  }
  return text;
}

// Facts that can be true together: no group without a user, no domain that the host is not in.
Activity random_activity(Chance& chance) {
  Activity a;
  a.at = *parse_rfc3339("2026-11-26T00:00:00Z") + std::chrono::minutes(chance.below(24 * 60)) -
         std::chrono::days(chance.below(400));
  if (!chance.one_in(4)) {
    a.user = chance.pick(Words{"ana", "Ana", "bna", "carol"});
    if (chance.one_in(3)) a.user_names = {"ana", "carol"};
    a.groups = chance.pick(std::vector<Words>{{}, {"eng"}, {"eng", "hr"}, {"hr"}});
  }
  a.client.address = *IpAddress::parse(
      chance.pick(Words{"10.1.2.3", "10.1.9.9", "10.9.9.9", "192.0.2.9", "2001:db8::7"}));
  if (chance.one_in(2)) {
    a.destination.emplace().address =
        *IpAddress::parse(chance.pick(Words{"192.0.2.7", "192.0.2.8", "198.51.100.1"}));
  }
  a.host = chance.pick(Words{"example.com", "www.example.com", "a.example.org", "192.0.2.9"});
  if (a.host.ends_with("example.com")) a.domain = "example.com";
  if (a.host.ends_with("example.org")) a.domain = "example.org";
  a.port = static_cast<std::uint16_t>(chance.pick(std::vector<int>{79, 80, 81, 443, 444}));
  a.scheme = "https";
  if (!chance.one_in(3)) {
    a.app = AppFacts{chance.pick(Words{"box", "mega", "other"}), "", "", {}};
    a.app->category = chance.pick(Words{"", "webmail", "health"});
    a.app->tags = chance.pick(std::vector<Words>{{}, {"own"}, {"own", "sanctioned"}});
  }
  if (!chance.one_in(4)) {
    a.path = chance.pick(Words{"/admin", "/admin/", "/admin/x", "/administrator", "/abc", "/b/x"});
    a.type = chance.pick(
        std::vector<ActivityType>{ActivityType::login, ActivityType::upload, ActivityType::view});
  }
  if (chance.one_in(2)) {
    a.file.emplace();
    a.file->name = chance.pick(Words{"", "a.pdf", "b.pdf", "c.txt"});
  }
  if (!chance.one_in(3)) a.status = chance.pick(std::vector<int>{200, 404, 500});
  return a;
}

struct Told {
  std::set<std::size_t> unreachable;  // by number
  std::set<std::size_t> matchless;
};

Told told_by(const Diagnostics& warnings) {
  Told told;
  for (const Diagnostic& one : warnings.sorted()) {
    const std::size_t number = one.place.line - 1;  // a policy a line
    if (one.message == "this policy can never be reached") told.unreachable.insert(number);
    if (one.message == "this policy can never match" ||
        one.message == "this exception takes everything from the policy") {
      told.matchless.insert(number);
    }
  }
  return told;
}

// Half of the policies that ask were answered.
Standing some_answers(const Program& program, const Activity& activity) {
  std::vector<std::shared_ptr<const Grant>> grants;
  for (const CompiledPolicy& policy : program.policies()) {
    const bool answered = policy.number % 2 == 0 && asks(policy.action);
    auto grant = answered ? grant_wanted(policy, activity) : std::nullopt;
    if (grant) grants.push_back(std::make_shared<const Grant>(std::move(*grant)));
  }
  return {std::move(grants), {}};
}

void hold_against(const Program& program, const Told& told, const Activity& activity,
                  const std::string& text) {
  const Standing answers = some_answers(program, activity);
  const auto number_of = [&](const CompiledPolicy* policy) { return policy->number; };
  for (const Point point : {Point::connect, Point::request, Point::response, Point::download}) {
    std::vector<Decision> decisions = {program.decide(point, activity),
                                       program.decide(point, activity, answers)};
    if (point == Point::connect) decisions.push_back(program.decide_connection(activity));
    for (const Decision& decision : decisions) {
      if (decision.policy != nullptr) {
        EXPECT_FALSE(told.unreachable.contains(number_of(decision.policy))) << text;
      }
      for (const CompiledPolicy* one : decision.rehearsed()) {
        EXPECT_FALSE(told.unreachable.contains(number_of(one))) << text;
      }
    }
    for (const std::size_t number : told.matchless) {
      EXPECT_FALSE(program.policies()[number].judge(point, activity).holds()) << text;
    }
  }
}

TEST(LintSoundness, RaisesNoFalseAlarm) {
  constexpr int kFiles = 4000;
  constexpr int kActivities = 60;
  Chance chance(20261126);
  std::size_t unreachable = 0;
  std::size_t matchless = 0;
  for (int i = 0; i < kFiles && !::testing::Test::HasFailure(); ++i) {
    const std::string text = random_policies(chance);
    Diagnostics warnings;
    const auto program =
        compile({std::make_shared<const Source>(Source{"random.yaml", text})}, warnings);
    ASSERT_TRUE(program) << render(program.error());
    const Told told = told_by(warnings);
    unreachable += told.unreachable.size();
    matchless += told.matchless.size();
    if (told.unreachable.empty() && told.matchless.empty()) continue;
    for (int k = 0; k < kActivities; ++k) {
      hold_against(**program, told, random_activity(chance), text + render(warnings));
    }
  }
  // Alarms were there to be true.
  EXPECT_GT(unreachable, 1000u);
  EXPECT_GT(matchless, 500u);
}

}  // namespace
}  // namespace sallyport::policy
