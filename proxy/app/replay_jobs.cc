#include "proxy/app/replay_jobs.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/crypto/random.h"
#include "base/io/scheduling.h"
#include "proxy/app/replay_json.h"

namespace sallyport::app {

namespace {

constexpr std::chrono::milliseconds kTellEvery{200};

}  // namespace

struct ReplayJobs::Job {
  std::string id;
  Wish wish;
  std::chrono::steady_clock::time_point ends_by;
  std::atomic<bool> given_up{false};
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> of{0};
  std::mutex mutex;  // of what follows
  State state = State::running;
  std::chrono::steady_clock::time_point ended;
  std::uint64_t events = 0;
  std::string result;
  std::string failure;
};

ReplayJobs::ReplayJobs(const Clock& clock, std::chrono::milliseconds longest)
    : clock_(clock), longest_(longest) {}

ReplayJobs::~ReplayJobs() {
  for (const auto& job : jobs_) job->given_up = true;
}

std::optional<std::string> ReplayJobs::start(Wish wish) {
  forget();
  const auto running = std::ranges::count_if(jobs_, [](const auto& job) {
    const std::lock_guard lock(job->mutex);
    return job->state == State::running;
  });
  if (static_cast<std::size_t>(running) >= kMostRunning) return std::nullopt;
  std::array<std::uint8_t, 16> random;
  random_bytes(random);
  auto job = std::make_shared<Job>();
  job->id = to_hex(random.data(), random.size());
  job->wish = std::move(wish);
  job->ends_by = clock_.steady() + longest_;
  const std::string id = job->id;
  // The list first: with a pool that has no threads it has ended when submit() returns.
  jobs_.push_back(job);
  if (pool_.submit([this, job] { run(*job); })) return id;
  jobs_.pop_back();
  return std::nullopt;
}

// On the pool.
void ReplayJobs::run(Job& job) const {
  io::give_way();  // The threads that it starts, too: they inherit it.
  discovery::HistoryQuestion question{.since = job.wish.since, .until = job.wish.until};
  question.replay = {.before = job.wish.before.get(),
                     .examples = kExamples,
                     .top = kTop,
                     .most_repeats = kMostRepeats};
  question.threads = 1;
  question.tell_every = kTellEvery;
  question.tell = [&job](std::uint64_t done, std::uint64_t all) {
    job.of = all;
    job.done = std::min(done, all);
  };
  question.gives_up = [this, &job] { return job.given_up || clock_.steady() >= job.ends_by; };
  const auto history = discovery::judge_history(job.wish.open, *job.wish.program, question);
  std::string result;
  if (history) result = replay_json(*history, *job.wish.program);
  const std::lock_guard lock(job.mutex);
  job.ended = clock_.steady();
  if (history) {
    job.done = job.of = job.events = history->events;
    job.result = std::move(result);
    job.state = State::done;
    return;
  }
  job.state = State::failed;
  if (history.error().kind != ErrorKind::cancelled) {
    job.failure = describe(history.error());
  } else if (job.given_up) {
    job.failure = "it was given up";
  } else {
    job.failure = "it took longer than " +
                  format_duration(std::chrono::duration_cast<std::chrono::seconds>(longest_)) +
                  "; ask for a shorter span";
  }
}

std::optional<ReplayJobs::Seen> ReplayJobs::find(std::string_view id) {
  forget();
  for (const auto& job : jobs_) {
    if (job->id != id || job->given_up) continue;
    const std::lock_guard lock(job->mutex);
    return Seen{job->state,  job->wish.file, job->done,   job->of,
                job->events, job->result,    job->failure};
  }
  return std::nullopt;
}

bool ReplayJobs::remove(std::string_view id) {
  for (const auto& job : jobs_) {
    if (job->id != id || job->given_up) continue;
    job->given_up = true;  // It goes with forget(), once it has ended.
    forget();
    return true;
  }
  return false;
}

// Those that are too old, were given up and have ended, or are more than are kept.
void ReplayJobs::forget() {
  const auto now = clock_.steady();
  std::size_t ended = 0;
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) {
    const std::lock_guard lock((*job)->mutex);
    if ((*job)->state == State::running) continue;
    if (++ended > kMostEnded || now - (*job)->ended > kKept) (*job)->given_up = true;
  }
  std::erase_if(jobs_, [](const auto& job) {
    const std::lock_guard lock(job->mutex);
    return job->given_up && job->state != State::running;
  });
}

std::string_view to_string(ReplayJobs::State state) {
  switch (state) {
    case ReplayJobs::State::running:
      return "running";
    case ReplayJobs::State::done:
      return "done";
    case ReplayJobs::State::failed:
      return "failed";
  }
  std::unreachable();
}

}  // namespace sallyport::app
