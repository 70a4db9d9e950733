#include "discovery/alerts/relearning.h"

#include <algorithm>

#include "base/core/error.h"
#include "base/io/scheduling.h"
#include "discovery/store/replayed_event.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kSlice = 20'000;          // events between two looks at stop_
constexpr std::chrono::seconds kNearEnough{2};  // behind what happens
constexpr std::chrono::minutes kClockFault{5};  // ahead of us
constexpr int kMostRounds = 20;                 // of catching up

}  // namespace

Relearning::Relearning(Program program, OpenPast open, std::unique_ptr<Detectors> empty, Time start,
                       std::function<Time()> now)
    : program_(std::move(program)),
      open_(std::move(open)),
      start_(start),
      now_(std::move(now)),
      learned_(std::make_unique<Learned>()) {
  learned_->detectors = std::move(empty);
  thread_ = std::thread([this] {
    io::name_thread("relearning");
    io::give_way();
    learn();
    done_.store(true, std::memory_order_release);
  });
}

Relearning::~Relearning() {
  stop_ = true;
  thread_.join();
}

std::unique_ptr<Learned> Relearning::take() {
  if (!done_.load(std::memory_order_acquire)) return nullptr;
  return std::move(learned_);
}

void Relearning::learn() {
  const auto store = open_();
  if (!store) {
    learned_->trouble = describe(store.error());
    return;
  }
  if (*store == nullptr) return;
  Time since = start_ - kSpan;
  const auto slices = (*store)->slices(since, start_, kSlice);
  if (!slices) {
    learned_->trouble = describe(slices.error());
    return;
  }
  std::uint64_t events = 0;
  for (auto one = slices->rbegin(); one != slices->rend() && events < kMostEvents; ++one) {
    events += one->events;
    since = one->since;
  }
  Result<void> read_so_far;
  for (const Slice& one : *slices) {
    if (one.since < since || stop_ || !read_so_far) continue;
    read_so_far = read(**store, one.since, one.until);
  }
  Time until = start_;
  for (int round = 0; round < kMostRounds && read_so_far && !stop_; ++round) {
    const Time now = now_();
    if (now <= until) break;
    read_so_far = read(**store, until, now);
    const bool near_enough = now - until < kNearEnough;
    until = now;
    if (near_enough) break;
  }
  if (!read_so_far) learned_->trouble = describe(read_so_far.error());
}

Result<void> Relearning::read(Store& store, Time since, Time until) {
  Event event;
  const Time now = now_();
  return store.read_past(since, until, [&](const PastEvent& one) {
    if (stop_.load(std::memory_order_relaxed)) return;
    if (!replay_event(one, event)) return;
    if (one.ending == Ending::refused || one.time > now + kClockFault) return;
    ++learned_->events;
    learned_->detectors->enrich(event);
    learned_->detectors->look(
        program_, event, [&](const policy::CompiledPolicy& detection, Finding found) {
          const bool told = detection.detect.what == policy::DetectRule::What::each;
          if (!told && one.time >= start_ && learned_->found.size() < kMostFound) {
            learned_->found.push_back({detection.id, event, std::move(found)});
          }
        });
  });
}

}  // namespace sallyport::discovery
