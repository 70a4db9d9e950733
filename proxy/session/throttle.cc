#include "proxy/session/throttle.h"

#include <algorithm>
#include <utility>

#include "base/core/check.h"

namespace sallyport::session {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kLeastPiece = 1024;      // bytes
constexpr std::size_t kMostPiece = 64 * 1024;  // bytes
constexpr std::uint64_t kPiecesASecond = 8;    // about as finely as deadlines tell time
constexpr std::chrono::seconds kBetweenSweeps{10};
constexpr nanoseconds kBetweenLooks = std::chrono::milliseconds(500);

std::int64_t count(Lane::Clock::time_point at) {
  return std::chrono::duration_cast<nanoseconds>(at.time_since_epoch()).count();
}

}  // namespace

nanoseconds Lane::take(std::uint64_t bytes, std::uint64_t rate, Clock::time_point now) {
  CHECK(rate > 0);
  const std::int64_t here = count(now);
  const std::int64_t earliest = here - std::chrono::duration_cast<nanoseconds>(kMadeUp).count();
  // At most 64 KiB at a thousand bytes a second: 66 s, far from an overflow.
  const auto cost = static_cast<std::int64_t>(bytes * 1'000'000'000 / rate);
  std::int64_t due = due_.load(std::memory_order_relaxed);
  std::int64_t next = 0;
  do {
    next = std::max(due, earliest) + cost;
  } while (!due_.compare_exchange_weak(due, next, std::memory_order_relaxed));
  return nanoseconds(std::max<std::int64_t>(0, next - here));
}

void Lane::give_back(std::uint64_t bytes, std::uint64_t rate) {
  due_.fetch_sub(static_cast<std::int64_t>(bytes * 1'000'000'000 / rate),
                 std::memory_order_relaxed);
}

bool Lane::rested(Clock::time_point now) const {
  return due_.load(std::memory_order_relaxed) <=
         count(now) - std::chrono::duration_cast<nanoseconds>(kMadeUp).count();
}

std::shared_ptr<Lane> Throttles::lane(std::string_view policy_id, std::string_view who, Way way,
                                      Lane::Clock::time_point now) {
  std::string key(way == Way::upload ? "u" : "d");
  key.append(policy_id).append(1, '\0').append(who);
  const std::lock_guard held(mutex_);
  const auto found = lanes_.find(key);
  if (found != lanes_.end()) return found->second;
  if (lanes_.size() >= most_ || now - swept_ >= kBetweenSweeps) drop_rested(now);
  if (lanes_.size() >= most_) return shared_;
  return lanes_.emplace(std::move(key), std::make_shared<Lane>()).first->second;
}

void Throttles::drop_rested(Lane::Clock::time_point now) {
  // A full book is not swept for each one that finds it so.
  if (now - swept_ < std::chrono::seconds(1)) return;
  swept_ = now;
  std::erase_if(lanes_, [&](const auto& one) {
    return one.second.use_count() == 1 && one.second->rested(now);
  });
}

std::size_t Throttles::size() const {
  const std::lock_guard held(mutex_);
  return lanes_.size();
}

ThrottledBody::ThrottledBody(http::Body& inner, std::shared_ptr<Lane> lane, std::uint64_t rate,
                             io::Worker& worker, io::Nursery& nursery, std::function<bool()> gone)
    : PassingBody(inner),
      lane_(std::move(lane)),
      rate_(rate),
      clock_(worker.clock()),
      gone_(std::move(gone)),
      timer_(worker.deadlines(), [this] { wake_.notify(); }),
      on_cancel_(nursery, [this] {
        stopped_ = true;
        wake_.notify();
      }) {}

void ThrottledBody::stop() {
  stopped_ = true;
  wake_.notify();
  inner_.stop();
}

Task<Result<http::Bytes>> ThrottledBody::read(std::size_t most) {
  // The more bodies wait, the smaller their pieces, so that who comes new waits for no whole round
  // of them. One of the lane's owners is the book.
  const auto others = static_cast<std::uint64_t>(std::max<long>(1, lane_.use_count() - 1));
  const std::size_t piece = static_cast<std::size_t>(
      std::clamp<std::uint64_t>(rate_ / kPiecesASecond / others, kLeastPiece, kMostPiece));
  Result<http::Bytes> chunk = co_await inner_.read(std::min(most, piece));
  if (!chunk || chunk->empty()) co_return chunk;
  nanoseconds wait = lane_->take(chunk->size(), rate_, clock_.steady());
  waiting_ = true;
  while (wait > nanoseconds(0) && !stopped_) {
    const nanoseconds slice = std::min(wait, kBetweenLooks);
    wait -= slice;
    wake_.reset();
    timer_.set(std::chrono::ceil<std::chrono::milliseconds>(slice));
    co_await wake_.wait();
    timer_.clear();
    if (!stopped_ && gone_ && gone_()) stopped_ = true;
  }
  waiting_ = false;
  if (stopped_) {
    lane_->give_back(chunk->size(), rate_);
    co_return fail(ErrorKind::cancelled, Side::ours, "a throttled body was given up");
  }
  co_return chunk;
}

}  // namespace sallyport::session
