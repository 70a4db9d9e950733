#pragma once
// How fast a user's bodies pass where a policy says `throttle`: all of them together, over all
// connections and workers.
//
//   const auto lane = throttles.lane(policy_id, user, Throttles::Way::upload, now);
//   ThrottledBody slow(body, lane, rate, worker, nursery);   // gives what `body` gives, in time
//
// A lane keeps the moment at which all that was let pass would have passed at the rate (a virtual
// scheduling, as of the generic cell rate algorithm). What comes early waits; a rest of half a
// second is made up for, and no more, so that nobody saves up for a burst.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/http/body.h"
#include "base/io/deadline.h"
#include "base/io/nursery.h"
#include "base/io/signal.h"
#include "base/io/worker.h"

namespace sallyport::session {

// One user's way in one direction under one policy. Of any thread.
class Lane {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kMadeUp{500};

  // Counts `bytes` at `rate` (bytes a second, > 0): how long they must wait before they pass.
  std::chrono::nanoseconds take(std::uint64_t bytes, std::uint64_t rate, Clock::time_point now);
  // Of what was taken and then did not pass: those who come later need not wait for it.
  void give_back(std::uint64_t bytes, std::uint64_t rate);
  // Whether a new lane would do as well.
  bool rested(Clock::time_point now) const;

 private:
  std::atomic<std::int64_t> due_{0};  // nanoseconds of the clock
};

// Of any thread.
class Throttles {
 public:
  enum class Way : std::uint8_t { upload, download };

  // `most` lanes are told apart; all users beyond share one, so that a flood of names is slow
  // and not fast.
  explicit Throttles(std::size_t most = 65'536) : most_(most) {}

  // `who`: the user, or the client's address where nobody is known.
  std::shared_ptr<Lane> lane(std::string_view policy_id, std::string_view who, Way way,
                             Lane::Clock::time_point now);
  std::size_t size() const;

 private:
  void drop_rested(Lane::Clock::time_point now);

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Lane>> lanes_;
  Lane::Clock::time_point swept_{};
  const std::shared_ptr<Lane> shared_ = std::make_shared<Lane>();
};

// A body that passes at the rate of its lane. What waits is what was read last, so that no byte is
// ahead of its time. Cancelling the nursery, or stop(), ends the wait; so does `gone`, which is
// asked each half second whether anybody waits for it still: what was booked for who left is given
// back, so that others need not wait for it.
class ThrottledBody final : public http::PassingBody {
 public:
  ThrottledBody(http::Body& inner, std::shared_ptr<Lane> lane, std::uint64_t rate,
                io::Worker& worker, io::Nursery& nursery, std::function<bool()> gone = nullptr);

  Task<Result<http::Bytes>> read(std::size_t most) override;
  std::optional<Result<http::Bytes>> read_now(std::size_t) override { return std::nullopt; }
  bool ready() const override { return false; }
  void stop() override;

  // Whether bytes wait for their time: then nobody else is slow.
  bool waiting() const { return waiting_; }

 private:
  const std::shared_ptr<Lane> lane_;
  const std::uint64_t rate_;
  const Clock& clock_;
  const std::function<bool()> gone_;
  io::Signal wake_;
  io::Deadline timer_;
  bool waiting_ = false;
  bool stopped_ = false;
  const io::Nursery::OnCancel on_cancel_;
};

}  // namespace sallyport::session
