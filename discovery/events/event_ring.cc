#include "discovery/events/event_ring.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/core/check.h"

namespace sallyport::discovery {

namespace {

constexpr std::size_t kTakenAtOnce = 32;    // spares
constexpr std::size_t kLargestText = 1024;  // bytes, in a spare

// By the texts that strangers choose.
bool holds_little(const Event& event) {
  const policy::Activity& facts = event.activity;
  const auto little = [](const std::string& text) { return text.capacity() <= kLargestText; };
  const auto is_little = [&](const std::optional<std::string>& text) {
    return !text || little(*text);
  };
  return is_little(facts.path) && is_little(facts.query) && is_little(facts.user_agent) &&
         is_little(facts.method) && is_little(facts.user) && !facts.file && !facts.details &&
         !facts.header_names && little(event.query) && little(event.media_type) &&
         little(event.error) && event.activities.capacity() <= 4;
}

}  // namespace

Bell::Bell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { CHECK(fd_ >= 0); }

Bell::~Bell() { ::close(fd_); }

void Bell::ring() {
  const int before = errno;  // For a signal handler's sake.
  const std::uint64_t one = 1;
  // EAGAIN means that the counter is full of rings nobody heard yet, which is as good.
  while (::write(fd_, &one, sizeof one) < 0 && errno == EINTR) {
  }
  errno = before;
}

bool Bell::wait(std::chrono::milliseconds longest) {
  pollfd poll_fd{fd_, POLLIN, 0};
  ::poll(&poll_fd, 1, static_cast<int>(std::clamp<std::int64_t>(longest.count(), 0, 3600 * 1000)));
  std::uint64_t rings = 0;
  return ::read(fd_, &rings, sizeof rings) == sizeof rings;
}

EventRing::EventRing(EventRingOptions options, Bell* bell)
    : options_(options), bell_(bell), slots_(options.capacity) {
  CHECK(options_.reserve < options_.capacity);
}

std::unique_ptr<Event> EventRing::fresh() {
  if (at_hand_.empty() && spare_count_.load(std::memory_order_relaxed) > 0) {
    const std::lock_guard lock(spares_mutex_);
    const std::size_t count = std::min(kTakenAtOnce, spares_.size());
    at_hand_.assign(std::make_move_iterator(spares_.end() - static_cast<std::ptrdiff_t>(count)),
                    std::make_move_iterator(spares_.end()));
    spares_.resize(spares_.size() - count);
    spare_count_.store(spares_.size(), std::memory_order_relaxed);
  }
  if (at_hand_.empty()) return std::make_unique<Event>();
  std::unique_ptr<Event> event = std::move(at_hand_.back());
  at_hand_.pop_back();
  return event;
}

void EventRing::give_back(std::span<std::unique_ptr<Event>> events) {
  const auto dear = std::partition(events.begin(), events.end(),
                                   [](const auto& event) { return holds_little(*event); });
  const std::lock_guard lock(spares_mutex_);
  const std::size_t room = options_.spares - std::min(options_.spares, spares_.size());
  const auto end =
      events.begin() + std::min(static_cast<std::ptrdiff_t>(room), dear - events.begin());
  spares_.insert(spares_.end(), std::make_move_iterator(events.begin()),
                 std::make_move_iterator(end));
  spare_count_.store(spares_.size(), std::memory_order_relaxed);
}

void EventRing::forget_spares() {
  if (spare_count_.load(std::memory_order_relaxed) == 0) return;
  std::vector<std::unique_ptr<Event>> freed;  // behind the lock
  const std::lock_guard lock(spares_mutex_);
  freed.swap(spares_);
  spare_count_.store(0, std::memory_order_relaxed);
}

bool EventRing::push(std::unique_ptr<Event> event) {
  const bool keep = must_keep(*event);
  const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
  const std::uint64_t waiting = tail - head_.load(std::memory_order_acquire);
  if (waiting >= options_.capacity - (keep ? 0 : options_.reserve)) {
    if (keep) return push_aside(std::move(event));
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  slots_[tail % options_.capacity] = std::move(event);
  // Both sequentially consistent, as are their counterparts in pop(): either the scribe sees the
  // event before it goes to sleep, or we see here that it had emptied the ring.
  tail_.store(tail + 1, std::memory_order_seq_cst);
  const std::uint64_t now = tail + 1 - head_.load(std::memory_order_seq_cst);
  if (bell_ != nullptr && (now == 1 || now == options_.bell_at)) bell_->ring();
  return true;
}

bool EventRing::push_aside(std::unique_ptr<Event> event) {
  if (aside_size_.load(std::memory_order_relaxed) >= options_.overflow) {
    lost_blocks_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  {
    const std::lock_guard lock(aside_mutex_);
    aside_.push_back(std::move(event));
  }
  if (aside_size_.fetch_add(1, std::memory_order_seq_cst) == 0 && bell_ != nullptr) bell_->ring();
  return true;
}

std::size_t EventRing::pop(std::vector<std::unique_ptr<Event>>& events, std::size_t most) {
  std::uint64_t head = head_.load(std::memory_order_relaxed);
  const std::uint64_t tail = tail_.load(std::memory_order_seq_cst);
  const std::size_t count = std::min<std::uint64_t>(most, tail - head);
  for (std::size_t i = 0; i < count; ++i, ++head) {
    events.push_back(std::move(slots_[head % options_.capacity]));
  }
  head_.store(head, std::memory_order_seq_cst);
  if (count == most || aside_size_.load(std::memory_order_seq_cst) == 0) return count;
  return count + pop_aside(events, most - count);
}

std::size_t EventRing::pop_aside(std::vector<std::unique_ptr<Event>>& events, std::size_t most) {
  if (taken_.empty()) {
    const std::lock_guard lock(aside_mutex_);
    taken_.swap(aside_);
  }
  const std::size_t count = std::min(most, taken_.size() - taken_at_);
  for (std::size_t i = 0; i < count; ++i) events.push_back(std::move(taken_[taken_at_++]));
  if (taken_at_ == taken_.size()) {
    std::vector<std::unique_ptr<Event>>().swap(taken_);  // A flood's memory is not kept.
    taken_at_ = 0;
  }
  aside_size_.fetch_sub(count, std::memory_order_seq_cst);
  return count;
}

std::size_t EventRing::size() const {
  // The head first: it never passes the tail that is read after it.
  const std::uint64_t head = head_.load(std::memory_order_seq_cst);
  const std::uint64_t tail = tail_.load(std::memory_order_seq_cst);
  return static_cast<std::size_t>(tail - head) + aside_size_.load(std::memory_order_seq_cst);
}

}  // namespace sallyport::discovery
