// The files of policies as a program that has a token meets them: what is written, what is refused,
// and that nobody gets out of the folder.

#include "proxy/app/policy_routes.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include "base/core/file.h"
#include "base/io/worker.h"
#include "discovery/store/sqlite_state_store.h"
#include "proxy/app/api_table.h"
#include "proxy/app/policy_save.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOld = "- {id: a, name: A, when: {host: a.test}, then: block}\n";
constexpr std::string_view kNew = "- {id: b, name: B, when: {host: b.test}, then: block}\n";
constexpr std::string_view kBroken = "- {id: b, name: B, when: {app.categry: x}, then: block}\n";
constexpr std::string_view kFile = "/api/v1/policies/a.yaml";

class NoPages final : public http::Origin {
 public:
  Task<Result<http::Reply>> send(const http::RequestHead&, http::Body&, http::Interim&,
                                 io::Nursery&) override {
    co_return fail(ErrorKind::unavailable, Side::ours, "nobody asks here");
  }
};

class NoInterim final : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>(); }
};

// Each role has a token that is called like it.
class Roles final : public admin::Gate {
 public:
  std::optional<admin::Caller> by_token(std::string_view token) override {
    for (const admin::Role role :
         {admin::Role::viewer, admin::Role::analyst, admin::Role::operator_}) {
      if (token != to_string(role)) continue;
      return admin::Caller{.by = admin::Caller::By::token, .name = "olga", .role = role};
    }
    return std::nullopt;
  }
  std::expected<admin::Caller, http::Reply> by_session(const http::RequestHead&,
                                                       const local::Visitor&, bool) override {
    return std::unexpected(admin::problem(401, "Who", "nobody has a session here"));
  }
};

struct Asked {
  std::string_view token = "operator";
  std::vector<std::pair<std::string_view, std::string>> fields = {};
};

class PolicyRoutesTest : public ::testing::Test {
 protected:
  PolicyRoutesTest() : worker_(0, clock_) {
    fs::create_directory(policies_);
    fs::create_directory(state_);
    put("a.yaml", kOld);
    std::ofstream(home_.path() + "/secret.yaml") << "- a secret\n";
    Config config;
    config.policies = policies_;
    config.state_directory = state_;
    config.state_given = true;
    Loader loader(config);
    EXPECT_FALSE(loader.look(clock_.now()).found.has_errors());
    auto store = discovery::SqliteStateStore::open(state_ + "/state.sqlite");
    EXPECT_TRUE(store);
    store_ = std::move(*store);
    hand_.emplace(*store_);
    EXPECT_TRUE(hand_->load(*loader.material().snapshot->catalog, clock_.now()));
    desk_.emplace(
        worker_, std::move(loader), *hand_, archive_, std::vector<WorkerParts*>(),
        [](const Config&, const Material&) { return Tunables(); },
        [](const Config&, const Material&) {});
    api_.ask(gate_);
    routes_.emplace(api_, *desk_, *store_, clock_, worker_, state_);
  }
  ~PolicyRoutesTest() override {
    desk_->close();
    routes_.reset();
  }

  void put(const std::string& file, std::string_view text) {
    std::ofstream(policies_ + "/" + file) << text;
  }
  std::string on_disk(const std::string& file = "a.yaml") {
    return read_regular_file(policies_ + "/" + file, 1 << 20).value_or("(none)");
  }

  struct Answer {
    int status = 0;
    std::string text;
    std::string etag;

    bool says(std::string_view part) const { return text.find(part) != std::string::npos; }
  };
  Task<void> ask(http::RequestHead& head, std::string body, Answer& out) {
    io::Nursery nursery(worker_.executor());
    NoInterim interim;
    http::TextBody text(std::move(body));
    Result<http::Reply> reply = co_await api_.send(head, text, interim, nursery);
    co_await nursery.join();
    if (!reply) co_return;
    out.status = reply->head.status;
    out.etag = reply->head.headers.find("ETag").value_or("");
    Result<http::Bytes> bytes = co_await reply->body->read(1 << 20);
    out.text.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
  Answer answer(std::string_view method, std::string_view path, std::string_view body = {},
                const Asked& asked = {}) {
    http::RequestHead head;
    head.method = method;
    head.path = path;
    head.headers.add("Authorization", fmt::format("Bearer {}", asked.token));
    for (const auto& [name, value] : asked.fields) head.headers.add(name, value);
    Answer out;
    io::Nursery nursery(worker_.executor());
    nursery.start(ask(head, std::string(body), out));
    while (!nursery.empty()) worker_.poll();
    return out;
  }
  // As an editor that saw `seen`.
  Answer save(std::string_view text, std::string_view seen, std::string_view query = {}) {
    return answer("PUT", fmt::format("{}{}", kFile, query), text,
                  {.fields = {{"If-Match", policy_tag(seen)}}});
  }
  bool in_force(std::string_view id) const {
    return desk_->material().snapshot->policy->find(id) != nullptr;
  }
  std::vector<std::string> logged() {
    std::vector<std::string> lines;
    const auto entries = store_->governance(0, 100);
    for (const auto& one : *entries) lines.push_back(one.who + " " + one.key + " " + one.value);
    return lines;
  }

  testkit::TemporaryFolder home_;
  const std::string policies_ = home_.path() + "/policies";
  const std::string state_ = home_.path() + "/state";
  testkit::FakeClock clock_{*parse_rfc3339("2026-11-24T12:00:00Z")};
  io::Worker worker_;
  NoPages pages_;
  Roles gate_;
  admin::Api api_{"the token of the state directory", pages_, api_table()};
  std::unique_ptr<discovery::StateStore> store_;
  std::optional<HandTags> hand_;
  PolicyArchive archive_{state_ + "/policies"};
  std::optional<Desk> desk_;
  std::optional<PolicyRoutes> routes_;
};

TEST_F(PolicyRoutesTest, ListFilesAndWhatIsInForce) {
  put("a.test.yaml", "- {case: stays, given: {host: a.test}, expect: block}\n");
  const Answer listed = answer("GET", "/api/v1/policies");
  EXPECT_EQ(listed.status, 200);
  EXPECT_TRUE(listed.says(R"("file":"a.yaml","etag":)")) << listed.text;
  EXPECT_TRUE(listed.says(R"("tests":"a.test.yaml")")) << listed.text;
  EXPECT_TRUE(listed.says(R"("order":1,"id":"a","name":"A","kind":"session","then":"block")"))
      << listed.text;
}

TEST_F(PolicyRoutesTest, ReadAFileWithTheTagThatSavingNeeds) {
  const Answer as_json = answer("GET", kFile);
  EXPECT_EQ(as_json.status, 200);
  EXPECT_EQ(as_json.etag, policy_tag(kOld));
  EXPECT_TRUE(as_json.says("{host: a.test}"));
  const Answer as_yaml = answer("GET", kFile, {}, {.fields = {{"Accept", "text/yaml"}}});
  EXPECT_EQ(as_yaml.text, kOld);
  EXPECT_EQ(answer("GET", "/api/v1/policies/none.yaml").status, 404);
}

TEST_F(PolicyRoutesTest, SaveWhatCompilesAndHaveItInForceWhenTheyAnswer) {
  const Answer saved = save(kNew, kOld);
  EXPECT_EQ(saved.status, 200) << saved.text;
  EXPECT_TRUE(saved.says(R"("saved":true)"));
  EXPECT_TRUE(saved.says(R"("in_force":true)")) << saved.text;
  EXPECT_TRUE(saved.says(R"("commit":null)")) << saved.text;
  EXPECT_EQ(on_disk(), kNew);
  EXPECT_TRUE(in_force("b"));
  EXPECT_FALSE(in_force("a"));
  ASSERT_EQ(logged().size(), 1u);
  EXPECT_TRUE(logged()[0].starts_with("olga a.yaml {\"change\":\"replaced\"")) << logged()[0];
}

TEST_F(PolicyRoutesTest, RollBackByWritingTheOldTextOverTheNewOne) {
  ASSERT_EQ(save(kNew, kOld).status, 200);
  EXPECT_EQ(save(kOld, kOld).status, 412);  // Whoever rolls back must have seen what is there.
  ASSERT_EQ(save(kOld, kNew).status, 200);
  EXPECT_EQ(on_disk(), kOld);
  EXPECT_TRUE(in_force("a"));
  EXPECT_FALSE(in_force("b"));
  EXPECT_EQ(logged().size(), 2u);
}

TEST_F(PolicyRoutesTest, WriteNothingOverWhatSomebodyElseChanged) {
  put("a.yaml", kNew);
  const Answer late = save("# mine\n", kOld);
  EXPECT_EQ(late.status, 412);
  EXPECT_TRUE(late.says("somebody else has changed it")) << late.text;
  const Answer blind = answer("PUT", kFile, kOld);
  EXPECT_EQ(blind.status, 428);
  EXPECT_TRUE(blind.says("If-Match")) << blind.text;
  const std::vector<std::pair<std::string_view, std::string>> must_be_new{{"If-None-Match", "*"}};
  EXPECT_EQ(answer("PUT", kFile, kOld, {.fields = must_be_new}).status, 412);
  EXPECT_EQ(on_disk(), kNew);
  EXPECT_TRUE(logged().empty());
  const auto made = answer("PUT", "/api/v1/policies/z.yaml", kOld, {.fields = must_be_new});
  EXPECT_EQ(made.status, 200) << made.text;
  EXPECT_EQ(on_disk("z.yaml"), kOld);
}

TEST_F(PolicyRoutesTest, OfTwoWhoSaveAtOnceOneIsTurnedAway) {
  Answer first, second;
  http::RequestHead one, other;
  for (http::RequestHead* head : {&one, &other}) {
    head->method = "PUT";
    head->path = kFile;
    head->headers.add("Authorization", "Bearer operator");
    head->headers.add("If-Match", policy_tag(kOld));
  }
  io::Nursery nursery(worker_.executor());
  nursery.start(ask(one, std::string(kNew), first));
  nursery.start(ask(other, "# nothing\n", second));
  while (!nursery.empty()) worker_.poll();
  EXPECT_EQ(first.status, 200) << first.text;
  EXPECT_EQ(second.status, 409) << second.text;
  EXPECT_EQ(on_disk(), kNew);
}

TEST_F(PolicyRoutesTest, RefuseWhatDoesNotCompileWithItsPlace) {
  const Answer refused = save(kBroken, kOld);
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(refused.says(R"("file":"a.yaml","line":1,"column":)")) << refused.text;
  EXPECT_TRUE(refused.says("did you mean")) << refused.text;
  EXPECT_FALSE(refused.says(home_.path())) << refused.text;
  EXPECT_EQ(save("- {id: a\n", kOld).status, 422);  // no YAML
  EXPECT_EQ(save(std::string("\0\xff", 2), kOld).status, 422);
  EXPECT_EQ(on_disk(), kOld);
  EXPECT_TRUE(in_force("a"));
  EXPECT_TRUE(logged().empty());
}

TEST_F(PolicyRoutesTest, ADryRunTellsWhatIsWrongAndWritesNothing) {
  const Answer bad = answer("PUT", fmt::format("{}?dry_run=true", kFile), kBroken);
  EXPECT_EQ(bad.status, 200);
  EXPECT_TRUE(bad.says(R"("valid":false,"saved":false)")) << bad.text;
  const Answer good = answer("PUT", fmt::format("{}?dry_run=true", kFile), kNew);
  EXPECT_TRUE(good.says(R"("valid":true,"saved":false)")) << good.text;
  EXPECT_EQ(on_disk(), kOld);
  EXPECT_EQ(answer("PUT", fmt::format("{}?dry_run=maybe", kFile), kNew).status, 400);
  EXPECT_EQ(answer("PUT", fmt::format("{}?dryrun=true", kFile), kNew).status, 400);
}

TEST_F(PolicyRoutesTest, NobodyGetsOutOfTheFolder) {
  fs::create_directory(policies_ + "/below");
  put("below/b.yaml", kOld);
  put(".hidden.yaml", kOld);
  for (const std::string_view name :
       {"..%2Fsecret.yaml", "%2e%2e%2fsecret.yaml", "..%5Csecret.yaml", "below%2Fb.yaml",
        "%2Fetc%2Fpasswd", ".hidden.yaml", "a.yaml%00", "a.yaml%2F", "a.yaml%20", "..", "a.txt",
        "%C0%AE%C0%AE%C0%AFsecret.yaml", "a.yaml%0A"}) {
    const std::string path = fmt::format("/api/v1/policies/{}", name);
    const Answer read = answer("GET", path);
    EXPECT_TRUE(read.status == 400 || read.status == 404) << name << " " << read.status;
    EXPECT_FALSE(read.says("a secret")) << name;
    const Answer written = answer("PUT", path, kNew, {.fields = {{"If-None-Match", "*"}}});
    EXPECT_TRUE(written.status == 400 || written.status == 404) << name << " " << written.status;
  }
  EXPECT_EQ(read_regular_file(home_.path() + "/secret.yaml", 100).value_or(""), "- a secret\n");
  EXPECT_EQ(on_disk("below/b.yaml"), kOld);
  EXPECT_TRUE(logged().empty());
}

TEST_F(PolicyRoutesTest, ReadersReadAndOperatorsAloneWrite) {
  for (const std::string_view token : {"viewer", "analyst"}) {
    EXPECT_EQ(answer("GET", kFile, {}, {.token = token}).status, 200) << token;
    for (const std::string_view query : {"", "?dry_run=true"}) {
      const Answer refused = answer("PUT", fmt::format("{}{}", kFile, query), kNew,
                                    {.token = token, .fields = {{"If-Match", policy_tag(kOld)}}});
      EXPECT_EQ(refused.status, 403) << token << query;
    }
  }
  EXPECT_EQ(answer("GET", kFile, {}, {.token = "guess"}).status, 401);
  EXPECT_EQ(answer("PUT", kFile, kNew, {.token = "guess"}).status, 401);
  EXPECT_EQ(on_disk(), kOld);
}

TEST_F(PolicyRoutesTest, AreBounded) {
  const std::string large = "# " + std::string(kMostPolicyFile, 'x');
  EXPECT_EQ(save(large, kOld).status, 413);
  EXPECT_EQ(save(kNew, kOld, "?message=" + std::string(201, 'x')).status, 400);
  EXPECT_EQ(answer("GET", "/api/v1/policies/matches?since=93d").status, 400);
  EXPECT_EQ(on_disk(), kOld);
}

}  // namespace
}  // namespace sallyport::app
