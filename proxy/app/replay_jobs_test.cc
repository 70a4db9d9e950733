// Replays that the console asks for: how many, how long, and what becomes of them.

#include "proxy/app/replay_jobs.h"

#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

#include "policy/compile/compile.h"
#include "proxy/app/replay_routes.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::app {
namespace {

using discovery::PastEvent;
using discovery::Slice;

// A store of so many events, which lets nobody read before it is opened.
struct Gate {
  void open() {
    const std::lock_guard lock(mutex);
    is_open = true;
    opened.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex);
    someone_came = true;
    came.notify_all();
    opened.wait(lock, [this] { return is_open; });
  }
  void wait_for_someone() {
    std::unique_lock lock(mutex);
    came.wait(lock, [this] { return someone_came; });
  }

  std::mutex mutex;
  std::condition_variable opened;
  std::condition_variable came;
  bool is_open = false;
  bool someone_came = false;
};

class SlowStore final : public discovery::Store {
 public:
  SlowStore(Gate& gate, std::size_t slices) : gate_(gate), slices_(slices) {}

  Result<void> write(discovery::EventSpan) override { return {}; }
  Result<std::vector<discovery::Row>> query(const discovery::Query&) override {
    return std::vector<discovery::Row>();
  }
  Result<std::optional<std::string>> find_record(const Ulid&) override { return std::nullopt; }
  Result<std::optional<std::string>> find_facts(const Ulid&) override { return std::nullopt; }
  Result<discovery::StoreTotals> totals() override { return discovery::StoreTotals(); }
  Result<std::vector<Slice>> slices(Time since, Time until, std::size_t) override {
    return std::vector<Slice>(slices_, Slice{since, until, 1});
  }
  Result<void> read_past(Time since, Time,
                         const std::function<void(const PastEvent&)>& each) override {
    gate_.pass();
    PastEvent event;
    event.time = since;
    each(event);
    return {};
  }

 private:
  Gate& gate_;
  const std::size_t slices_;
};

class ReplayJobsTest : public ::testing::Test {
 protected:
  ReplayJobs::Wish wish(std::size_t events = 3) {
    ReplayJobs::Wish made;
    made.file = "a.yaml";
    made.program = std::make_shared<const policy::Program>();
    made.since = clock_.now() - std::chrono::hours(1);
    made.until = clock_.now();
    made.open = [this, events]() -> Result<std::unique_ptr<discovery::Store>> {
      return std::make_unique<SlowStore>(gate_, events);
    };
    return made;
  }
  ReplayJobs::Seen ended(ReplayJobs& jobs, const std::string& id) {
    for (;;) {
      auto seen = jobs.find(id);
      if (!seen) return {};
      if (seen->state != ReplayJobs::State::running) return *seen;
      std::this_thread::yield();
    }
  }

  testkit::FakeClock clock_{*parse_rfc3339("2026-11-24T12:00:00Z")};
  Gate gate_;
};

TEST_F(ReplayJobsTest, TellWhatTheyCameToUntilThatIsTooLongAgo) {
  ReplayJobs jobs(clock_);
  gate_.open();
  const auto id = jobs.start(wish());
  ASSERT_TRUE(id);
  EXPECT_EQ(id->size(), 32u);
  const ReplayJobs::Seen seen = ended(jobs, *id);
  EXPECT_EQ(seen.state, ReplayJobs::State::done);
  EXPECT_EQ(seen.done, 3u);
  EXPECT_EQ(seen.of, 3u);
  EXPECT_EQ(seen.events, 3u);
  EXPECT_NE(seen.result.find(R"("events":{"all":3,)"), std::string::npos) << seen.result;
  EXPECT_FALSE(jobs.find("0" + id->substr(1) + "x"));
  clock_.pass(ReplayJobs::kKept + std::chrono::seconds(1));
  EXPECT_FALSE(jobs.find(*id));
}

TEST_F(ReplayJobsTest, AreTwoAtOnce) {
  ReplayJobs jobs(clock_);
  const auto one = jobs.start(wish());
  const auto two = jobs.start(wish());
  ASSERT_TRUE(one && two);
  EXPECT_FALSE(jobs.start(wish()));
  EXPECT_EQ(jobs.find(*one)->state, ReplayJobs::State::running);
  gate_.open();
  EXPECT_EQ(ended(jobs, *one).state, ReplayJobs::State::done);
  EXPECT_TRUE(jobs.start(wish()));
}

TEST_F(ReplayJobsTest, AreGoneWhenTheyAreGivenUpAndTakeNoPlaceOnceTheyHaveEnded) {
  ReplayJobs jobs(clock_);
  const auto one = jobs.start(wish(1'000'000));
  ASSERT_TRUE(one);
  EXPECT_TRUE(jobs.remove(*one));
  EXPECT_FALSE(jobs.find(*one));
  EXPECT_FALSE(jobs.remove(*one));
  gate_.open();
  // A million events of a store that lets everybody read: only one that gave up makes room at once.
  const auto two = jobs.start(wish());
  ASSERT_TRUE(two);
  EXPECT_EQ(ended(jobs, *two).state, ReplayJobs::State::done);
}

TEST_F(ReplayJobsTest, SayThatTheyTookTooLong) {
  ReplayJobs jobs(clock_, std::chrono::minutes(2));
  const auto id = jobs.start(wish(1'000));
  ASSERT_TRUE(id);
  gate_.wait_for_someone();
  clock_.pass(std::chrono::minutes(2));
  gate_.open();
  const ReplayJobs::Seen seen = ended(jobs, *id);
  EXPECT_EQ(seen.state, ReplayJobs::State::failed);
  EXPECT_EQ(seen.failure, "it took longer than 2m; ask for a shorter span");
}

TEST_F(ReplayJobsTest, SayWhyTheStoreCannotBeRead) {
  ReplayJobs jobs(clock_);
  ReplayJobs::Wish unread = wish();
  unread.open = []() -> Result<std::unique_ptr<discovery::Store>> {
    return fail(ErrorKind::not_found, Side::ours, "no store");
  };
  const auto id = jobs.start(std::move(unread));
  ASSERT_TRUE(id);
  EXPECT_EQ(ended(jobs, *id).failure, "ours not_found: no store");
}

TEST_F(ReplayJobsTest, EndWithTheirOwner) {
  auto jobs = std::make_unique<ReplayJobs>(clock_);
  ASSERT_TRUE(jobs->start(wish(1'000'000)));
  gate_.open();
  jobs.reset();
}

std::string names_of(const policy::PolicySources& sources) {
  std::string out;
  for (const SourcePtr& one : sources.policies) out += one->name + "=" + one->text + " ";
  return out;
}

TEST(WithText, StandsInThePlaceOfTheFileOrWhereItsNameBelongs) {
  policy::PolicySources sources;
  for (const char* name : {"p/a.yaml", "p/c.yaml"}) {
    sources.policies.push_back(std::make_shared<const Source>(Source{name, "old"}));
  }
  EXPECT_EQ(names_of(with_text(sources, "p", "c.yaml", "new")), "p/a.yaml=old p/c.yaml=new ");
  EXPECT_EQ(names_of(with_text(sources, "p", "b.yaml", "new")),
            "p/a.yaml=old p/b.yaml=new p/c.yaml=old ");
  EXPECT_EQ(names_of(with_text({}, "p", "b.yaml", "new")), "p/b.yaml=new ");
}

}  // namespace
}  // namespace sallyport::app
