// The compiled program against a plain interpreter of the same text, on random policies and random
// activities: one million pairs, no difference. Sanitizers take a tenth; SALLYPORT_PAIRS sets
// another number.

#include <atomic>
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <mutex>
#include <random>
#include <thread>

#include "policy/compile/compile.h"
#include "policy/compile/parse.h"
#include "policy/compile/plain_interpreter_for_tests.h"
#include "policy/compile/resolve.h"

namespace sallyport::policy {
namespace {

using Words = std::vector<std::string>;

struct Column {
  std::string attribute;
  Words values;
};

// What conditions are made of. Few words, so that they often meet.
const std::vector<Column> kColumns = {
    {"user", {"ana", "Bob", "a*", "?ob", "unknown", "is set", "is not set"}},
    {"user.group", {"hr", "ENG", "e*", "is set"}},
    {"user.domain", {"corp.example", "*.example", "is not set"}},
    {"app", {"dropbox", "box", "BOX", "mega", "unknown"}},
    {"app.tag", {"sanctioned", "unsanctioned", "own", "s*"}},
    {"app.category", {"cloud_storage", "webmail"}},
    {"app.risk_score", {"< 5", "3..8", "10", "unknown"}},
    {"app.factor", {"saml", "soc_2"}},
    {"app.headquarters", {"US", "de", "unknown"}},
    {"host", {"example.com", "*.example.com", "=www.example.com", "www.example.com", "192.0.2.9"}},
    {"host.kind", {"app", "cdn", "unknown"}},
    {"port", {"443", "> 1000", "80..443", "<= 80"}},
    {"scheme", {"https", "http"}},
    {"client.ip", {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "0.0.0.0/0", "::/0"}},
    {"client.ip.tag", {"tor", "own", "t*"}},
    {"client.ip.category", {"risky", "corporate", "none"}},
    {"client.ip.country", {"DE", "AT", "unknown"}},
    {"client.ip.asn", {"64496", "64496..64511", "unknown"}},
    {"time.of_day", {"08:00..18:00", "22:00..06:00"}},
    {"time.weekday", {"mon..fri", "sat", "sat..mon"}},
    {"time.date", {"2026-11-26", "2026-01-01..2026-06-30"}},
    {"destination.ip", {"192.0.2.0/24", "198.51.100.7"}},
    {"destination.ip.tag", {"tor", "aws"}},
    {"device.type", {"desktop", "mobile"}},
    {"browser", {"chrome", "curl", "unknown"}},
    // From here on not for access policies.
    {"activity", {"login", "upload", "download"}},
    {"activity.admin", {"true", "false"}},
    {"method", {"GET", "post"}},
    {"path", {"/admin", "/admin/", "/a*", "*/x"}},
    {"file.name", {"a.pdf", "*.exe", "is set", "is not set"}},
    {"file.size", {"> 1000", "5..10", "0"}},
    {"connection.uploaded", {"> 5000", "0..10"}},
    {"session.uploaded", {"> 5000", "0..10"}},
    {"status", {"200", ">= 400"}},
};
constexpr std::size_t kForTls = 16;     // of them are known at connect
constexpr std::size_t kForAccess = 22;  // of them speak of no activity

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

// Conditions in flow style. At most `left` tests, because the interpreter tries 3^n answers.
std::string mapping(Chance& chance, std::size_t columns, int depth, int& left) {
  std::string out;
  std::set<std::string> used;
  const std::size_t lines = 1 + chance.below(3);
  for (std::size_t i = 0; i < lines && left > 0; ++i) {
    std::string key, value;
    const std::size_t shape = depth < 2 ? chance.below(6) : 9;
    if (shape == 0) {
      key = "not";
      value = "{" + mapping(chance, columns, depth + 1, left) + "}";
    } else if (shape == 1) {
      key = chance.one_in(2) ? "any" : "all";
      value = "[{" + mapping(chance, columns, depth + 1, left) + "}";
      if (left > 0) value += ", {" + mapping(chance, columns, depth + 1, left) + "}";
      value += "]";
    } else {
      const Column& column = kColumns[chance.below(columns)];
      key = column.attribute;
      value = "[\"" + chance.pick(column.values) + "\"";
      if (chance.one_in(3)) value += ", \"" + chance.pick(column.values) + "\"";
      value += "]";
      if (used.contains(key)) continue;
      --left;
    }
    if (!used.insert(key).second) continue;
    out += (out.empty() ? "" : ", ") + key + ": " + value;
  }
  // A repeated key may have left nothing.
  if (out.empty()) {
    const Column& column = kColumns[chance.below(columns)];
    out = column.attribute + ": [\"" + chance.pick(column.values) + "\"]";
    --left;
  }
  return out;
}

std::string random_policies(Chance& chance) {
  std::string text;
  const std::size_t count = 1 + chance.below(12);
  for (std::size_t i = 0; i < count; ++i) {
    static const Words kKinds = {"access", "session", "session", "session", "tls", "activity"};
    const std::string& kind = chance.pick(kKinds);
    static const Words kDeeds = {"allow", "monitor", "block",  "block",
                                 "coach", "step_up", "notice", "justify"};
    static const Words kTlsActions = {"bypass", "intercept", "block"};
    const std::size_t columns = kind == "tls"      ? kForTls
                                : kind == "access" ? kForAccess
                                                   : kColumns.size();
    text += fmt::format("- {{ name: p{}, kind: {}", i, kind);
    int left = 4;
    if (!chance.one_in(12)) text += ", when: {" + mapping(chance, columns, 0, left) + "}";
    if (chance.one_in(5)) {
      int few = 2;
      text += ", except: [{" + mapping(chance, columns, 1, few) + "}]";
    }
    if (kind == "activity") {
      text += ", alerts_per_day: 5";
    } else {
      const std::string& deed = chance.pick(kind == "tls" ? kTlsActions : kDeeds);
      text += ", then: " + deed;
      static const Words kWidths = {"user", "app", "address"};
      if (asks(*parse_action(deed)) && chance.one_in(2)) text += ", per: " + chance.pick(kWidths);
    }
    if (chance.one_in(5)) text += ", mode: rehearse";
    text += " }\n";
  }
  return text;
}

Activity random_activity(Chance& chance) {
  Activity a;
  const auto maybe = [&](auto& field, const Words& words) {
    if (!chance.one_in(4)) field = chance.pick(words);
  };
  a.at = *parse_rfc3339("2026-11-26T00:00:00Z") +
         std::chrono::seconds(chance.below(400) * 86400 / 2 + chance.below(86400)) -
         std::chrono::days(200);
  maybe(a.user, {"ana", "bob", "carol"});
  if (a.user && chance.one_in(2)) a.user_names = {"ana", "ana@corp.example"};
  maybe(a.user_domain, {"corp.example", "other.example", "elsewhere.test"});
  if (chance.one_in(2)) a.groups = {"eng", "hr"};
  const auto address = [&](AddressFacts& facts) {
    static const Words kAddresses = {"10.1.2.3",    "10.9.9.9",     "192.0.2.9", "198.51.100.7",
                                     "2001:db8::7", "2001:dead::7", "0.0.0.0"};
    facts.address = *IpAddress::parse(chance.pick(kAddresses));
    if (chance.one_in(3)) facts.tags = {"aws", "tor"};
    if (chance.one_in(3)) facts.tags = {"own"};
    facts.category = static_cast<IpCategory>(chance.below(4));
    if (chance.one_in(2)) facts.country = chance.one_in(2) ? "DE" : "FR";
    if (chance.one_in(2)) facts.asn = static_cast<std::uint32_t>(64490 + chance.below(20));
  };
  address(a.client);
  if (chance.one_in(2)) address(a.destination.emplace());
  a.host = chance.pick(Words{"example.com", "www.example.com", "a.www.example.com", "192.0.2.9",
                             "notexample.com", "com"});
  a.host_kind = static_cast<HostKind>(chance.below(6));
  a.port = static_cast<std::uint16_t>(chance.pick(std::vector<int>{80, 443, 8443, 444}));
  a.scheme = chance.one_in(3) ? "http" : "https";
  if (!chance.one_in(4)) {
    a.app = AppFacts{chance.pick(Words{"dropbox", "box", "mega"}), "", "", {}};
    maybe(a.app->category, {"cloud_storage", "webmail"});
    if (chance.one_in(2)) a.app->tags = {"own", "sanctioned"};
    if (chance.one_in(3)) a.app->tags = {"unsanctioned"};
    RiskFacts risk;
    if (chance.one_in(2)) risk.score = static_cast<std::uint32_t>(chance.below(11));
    if (chance.one_in(2)) risk.has = {"hipaa", "saml"};
    if (chance.one_in(2)) risk.headquarters = chance.one_in(2) ? "DE" : "US";
    a.app->risk = share(std::move(risk));
  }
  maybe(a.method, {"GET", "POST"});
  maybe(a.path, {"/admin", "/admin/x", "/administrator", "/abc", "/b/x"});
  if (!chance.one_in(4)) {
    a.type = chance.pick(
        std::vector<ActivityType>{ActivityType::login, ActivityType::upload, ActivityType::view});
  }
  if (!chance.one_in(3)) a.admin = chance.one_in(2);
  if (chance.one_in(2)) {
    a.file.emplace();
    maybe(a.file->name, {"a.pdf", "x.EXE", "b.txt"});
    if (chance.one_in(2)) a.file->size = chance.pick(std::vector<std::uint64_t>{0, 7, 1001});
  }
  if (chance.one_in(2)) {
    a.agent.emplace();
    a.agent->device = static_cast<DeviceType>(chance.below(3));
    maybe(a.agent->browser, {"chrome", "curl", "firefox"});
  }
  a.connection_uploaded = chance.pick(std::vector<std::uint64_t>{0, 5, 9000});
  if (chance.pick(std::vector<int>{0, 1}) == 1) {
    a.session = SessionFacts{.uploaded = chance.pick(std::vector<std::uint64_t>{0, 5, 9000})};
  }
  if (!chance.one_in(3)) a.status = chance.pick(std::vector<int>{200, 404, 201});
  return a;
}

// Some of the answers of whoever does `activity`, and some that look like them.
plain::State random_state(Chance& chance, const Program& program, const Activity& activity) {
  plain::State state;
  const auto some_time = [&](Time& until) {
    if (chance.one_in(2)) until = activity.at + std::chrono::hours(3) * (chance.one_in(4) ? -1 : 1);
    until = end_of_minute(until);
  };
  for (const CompiledPolicy& policy : program.policies()) {
    if (!chance.one_in(2)) continue;
    auto grant = grant_wanted(policy, activity);
    if (!grant) continue;
    some_time(grant->until);
    switch (chance.below(8)) {
      case 0:
        grant->user = chance.pick(Words{"ana", "bob", ""});
        break;
      case 1:
        grant->app = chance.pick(Words{"box", "dropbox", ""});
        break;
      case 2:
        grant->site = "example.com";
        break;
      case 3:
        grant->action = chance.one_in(2) ? Action::coach : Action::step_up;
        break;
      case 4:
        grant->address =
            *IpAddress::parse(chance.pick(Words{"10.1.2.3", "0.0.0.0", "2001:db8::7"}));
        break;
      default:
        break;
    }
    state.grants.push_back(std::move(*grant));
  }
  if (chance.one_in(8)) {
    Suspension one;
    one.user = chance.pick(Words{"ana", "bob", "ana@corp.example"});
    one.reach = static_cast<Suspension::Reach>(chance.below(3));
    one.app = chance.pick(Words{"box", "dropbox"});
    some_time(one.until);
    state.suspensions.push_back(std::move(one));
  }
  return state;
}

Standing standing_of(const plain::State& state) {
  std::vector<std::shared_ptr<const Grant>> grants;
  for (const Grant& one : state.grants) grants.push_back(std::make_shared<const Grant>(one));
  return {std::move(grants), state.suspensions};
}

std::string shown(const plain::Told& told) {
  return fmt::format("{} by '{}'{}{}, rehearsed [{}], granted [{}]", to_string(told.action),
                     told.policy, told.final ? "" : ", open", told.suspended ? ", suspended" : "",
                     fmt::join(told.rehearsed, " "), fmt::join(told.granted, " "));
}

plain::Told as_told(const Decision& decision) {
  plain::Told told{.action = decision.action,
                   .policy = decision.policy ? decision.policy->id : "",
                   .final = decision.final,
                   .rehearsed = {},
                   .granted = {},
                   .suspended = decision.suspension.has_value()};
  for (const CompiledPolicy* one : decision.rehearsed()) told.rehearsed.push_back(one->id);
  for (const Decision::Granted& one : decision.granted()) told.granted.push_back(one.policy->id);
  return told;
}

// One question; what both say where they differ, else "". `recall`: of the activities before.
std::string difference(const Program& program, const std::vector<Policy>& policies,
                       const Activity& activity, const plain::State& state, std::size_t question,
                       Program::Recall* recall) {
  if (question == 5) {
    std::vector<std::string> ids;
    program.report(activity, [&](const CompiledPolicy& one) { ids.push_back(one.id); }, recall);
    const auto expected = plain::reports(policies, activity);
    if (ids == expected) return {};
    return fmt::format("reports: [{}] but plainly [{}]", fmt::join(ids, " "),
                       fmt::join(expected, " "));
  }
  constexpr std::array kPoints = {Point::connect, Point::request, Point::response, Point::download};
  plain::Told expected = question == 4
                             ? plain::decide_connection(policies, activity, state)
                             : plain::decide(policies, kPoints[question], activity, state);
  if (expected.granted.size() > Decision::kMostGranted) {
    expected.granted.resize(Decision::kMostGranted);
  }
  if (expected.rehearsed.size() > Decision::kMostRehearsed) {
    expected.rehearsed.resize(Decision::kMostRehearsed);
  }
  const Standing standing = standing_of(state);
  const plain::Told told =
      as_told(question == 4 ? program.decide_connection(activity, standing)
                            : program.decide(kPoints[question], activity, standing, recall));
  // Where no policy matches, the program may say "ask again" although nothing can come of it.
  const bool undecided = told.policy.empty() || told.action == Action::notice;
  if (undecided && !told.final) expected.final = false;
  if (told == expected) return {};
  return fmt::format("question {}: {} but plainly {}", question, shown(told), shown(expected));
}

std::size_t pairs_wanted() {
  const char* wanted = std::getenv("SALLYPORT_PAIRS");
  if (wanted != nullptr) return std::strtoull(wanted, nullptr, 10);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 100'000;
#else
  return 1'000'000;
#endif
}

TEST(Differential, ProgramAndPlainInterpreterSayTheSame) {
  constexpr std::size_t kPerProgram = 200;
  const std::size_t programs = (pairs_wanted() + kPerProgram - 1) / kPerProgram;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> pairs{0}, decided{0}, open{0}, granted{0}, suspended{0}, noticed{0};
  std::mutex lock;
  std::string first;
  const auto work = [&] {
    for (std::size_t number = next++; number < programs; number = next++) {
      Chance chance(number * 7919 + 1);
      const std::string text = random_policies(chance);
      const auto source = std::make_shared<const Source>(Source{"random.yaml", text});
      Diagnostics warnings, found;
      const auto program = compile({source}, warnings);
      const std::vector<Policy> policies = resolve(parse_policies(source, found), {}, found);
      std::string problem = program ? "" : render(program.error());
      Program::Recall recall;
      for (std::size_t i = 0; program && problem.empty() && i < kPerProgram; ++i) {
        const Activity activity = random_activity(chance);
        const plain::State state =
            chance.one_in(3) ? plain::State() : random_state(chance, **program, activity);
        problem = difference(**program, policies, activity, state, chance.below(6),
                             chance.one_in(3) ? nullptr : &recall);
        ++pairs;
        const Decision decision = (*program)->decide(Point::request, activity, standing_of(state));
        if (decision.policy != nullptr) ++decided;
        if (!decision.final) ++open;
        if (!decision.granted().empty()) ++granted;
        if (decision.suspension) ++suspended;
        if (decision.action == Action::notice) ++noticed;
      }
      if (problem.empty()) continue;
      const std::lock_guard guard(lock);
      if (first.empty()) first = "seed " + std::to_string(number) + ": " + problem + "\n" + text;
      return;
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(first, "");
  EXPECT_GE(pairs, pairs_wanted());
  // The pairs are worth something: many are decided, and many wait.
  EXPECT_GT(decided * 4, pairs);
  EXPECT_GT(open * 25, pairs);
  EXPECT_GT(granted * 50, pairs);
  EXPECT_GT(suspended * 100, pairs);
  EXPECT_GT(noticed * 100, pairs);
  RecordProperty("pairs", static_cast<int>(pairs));
}

TEST(Differential, ToWaitForTheFileIsToWaitForOneOfItsFacts) {
  std::size_t yes = 0, no = 0;
  for (std::size_t number = 0; number < 1'000; ++number) {
    Chance chance(number * 104729 + 3);
    const auto source =
        std::make_shared<const Source>(Source{"random.yaml", random_policies(chance)});
    Diagnostics warnings;
    const auto program = compile({source}, warnings);
    ASSERT_TRUE(program) << render(program.error());
    for (int i = 0; i < 10; ++i) {
      Activity activity = random_activity(chance);
      if (chance.one_in(2)) activity.file.reset();
      const Standing standing = standing_of(random_state(chance, **program, activity));
      const bool enforced = chance.one_in(2);
      const auto names = (*program)->waits_for(Point::request, activity, enforced, standing);
      const bool expected = std::ranges::any_of(
          names, [](std::string_view name) { return name.starts_with("file."); });
      ASSERT_EQ((*program)->waits_for_file(Point::request, activity, enforced, standing), expected)
          << "seed " << number << "\n"
          << source->text;
      ++(expected ? yes : no);
    }
  }
  EXPECT_GT(yes, 500U);
  EXPECT_GT(no, 500U);
}

}  // namespace
}  // namespace sallyport::policy
