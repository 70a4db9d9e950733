#include "proxy/app/live_feed.h"

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <iterator>
#include <optional>

#include "base/io/deadline.h"
#include "base/io/signal.h"
#include "discovery/store/render.h"
#include "discovery/store/row.h"

namespace sallyport::app {

struct LiveFeed::Reader {
  struct Message {
    std::string id;
    std::string text;
  };

  std::string key;  // who reads what; "": nobody who could come back
  Wants wants;
  std::function<bool()> holds;
  io::Signal wakes;    // the desk's
  bool ended = false;  // likewise
  // Since when nobody has read; of the feed's mutex.
  std::optional<std::chrono::steady_clock::time_point> parked;
  std::mutex mutex;  // of what follows
  std::deque<Message> waiting;
  std::deque<Message> sent;  // the last of it
  std::uint64_t dropped = 0;
  bool lost = false;  // it could not go on where it was
};

class LiveFeed::Stream final : public http::Body {
 public:
  Stream(LiveFeed& feed, std::shared_ptr<Reader> reader)
      : feed_(feed), reader_(std::move(reader)) {}
  ~Stream() override { feed_.leave(reader_); }

  Task<Result<http::Bytes>> read(std::size_t most) override {
    while (at_ >= text_.size()) {
      const bool holds = !reader_->ended && (!reader_->holds || reader_->holds());
      if (!holds) co_return http::Bytes();
      gather();
      if (!text_.empty()) break;
      bool beat = false;
      io::Deadline next(feed_.worker_.deadlines(), [this, &beat] {
        beat = true;
        reader_->wakes.notify();
      });
      next.set(kBeat);
      co_await reader_->wakes.wait();
      if (beat) text_ = ":\n\n";
    }
    const std::size_t size = std::min(most, text_.size() - at_);
    const http::Bytes bytes = std::as_bytes(std::span(text_.data() + at_, size));
    at_ += size;
    co_return bytes;
  }
  bool ready() const override { return at_ < text_.size(); }
  void stop() override {
    reader_->ended = true;
    reader_->wakes.notify();
  }

 private:
  void gather() {
    text_.clear();
    at_ = 0;
    if (!begun_) {
      // So that the reader knows at once that it is there.
      begun_ = true;
      text_ = "retry: 3000\n:\n\n";
    }
    std::uint64_t dropped = 0;
    {
      const std::lock_guard lock(reader_->mutex);
      if (reader_->lost) text_ += "event: lost\ndata: {\"lost\":null}\n\n";
      reader_->lost = false;
      for (Reader::Message& one : reader_->waiting) {
        text_ += one.text;
        reader_->sent.push_back(std::move(one));
        if (reader_->sent.size() > kMostHeld) reader_->sent.pop_front();
      }
      reader_->waiting.clear();
      std::swap(dropped, reader_->dropped);
    }
    if (dropped > 0) text_ += fmt::format("event: dropped\ndata: {{\"dropped\":{}}}\n\n", dropped);
  }

  LiveFeed& feed_;
  std::shared_ptr<Reader> reader_;
  std::string text_;
  std::size_t at_ = 0;
  bool begun_ = false;
};

LiveFeed::LiveFeed(io::Worker& worker) : worker_(worker) {}
LiveFeed::~LiveFeed() = default;

std::unique_ptr<http::Body> LiveFeed::join(Wants wants, std::function<bool()> holds, Place place) {
  const std::lock_guard lock(mutex_);
  forget_parked();
  std::shared_ptr<Reader> before = place.last.empty() ? nullptr : take_up(place);
  if (closed_) return nullptr;
  if (readers_.size() >= kMostReaders) {
    // Who is here goes before who may come back.
    const auto parked = std::ranges::min_element(readers_, {}, [](const auto& one) {
      return one->parked.value_or(std::chrono::steady_clock::time_point::max());
    });
    if (!(*parked)->parked) return nullptr;
    readers_.erase(parked);
  }
  auto reader = std::make_shared<Reader>();
  reader->key = std::move(place.key);
  reader->wants = std::move(wants);
  reader->holds = std::move(holds);
  reader->lost = before == nullptr && !place.last.empty();
  if (before != nullptr) {
    reader->waiting = std::move(before->waiting);
    reader->sent = std::move(before->sent);
    reader->dropped = before->dropped;
  }
  readers_.push_back(reader);
  count_ = readers_.size();
  return std::make_unique<Stream>(*this, std::move(reader));
}

// The reader that was there before, out of the row, with what `place` has not got yet waiting. Null
// where there is none. REQUIRES: the lock.
std::shared_ptr<LiveFeed::Reader> LiveFeed::take_up(const Place& place) {
  for (const std::shared_ptr<Reader>& one : readers_) {
    if (one->key.empty() || one->key != place.key) continue;
    const std::lock_guard its_lock(one->mutex);
    const auto at = std::ranges::find(one->sent, place.last, &Reader::Message::id);
    if (at == one->sent.end()) continue;
    // Not more than may wait: they were sent once.
    one->waiting.insert(one->waiting.begin(), std::make_move_iterator(at + 1),
                        std::make_move_iterator(one->sent.end()));
    one->sent.erase(at + 1, one->sent.end());
    // Its old connection may not have noticed yet that nobody is there.
    one->ended = true;
    one->wakes.notify();
    std::shared_ptr<Reader> found = one;
    std::erase(readers_, found);
    return found;
  }
  return nullptr;
}

// REQUIRES: the lock.
void LiveFeed::forget_parked() {
  const auto now = worker_.clock().steady();
  std::erase_if(readers_,
                [now](const auto& one) { return one->parked && now - *one->parked > kParked; });
  count_ = readers_.size();
}

void LiveFeed::leave(const std::shared_ptr<Reader>& reader) {
  const std::lock_guard lock(mutex_);
  const bool may_come_back =
      !closed_ && !reader->key.empty() && !reader->ended && (!reader->holds || reader->holds());
  if (may_come_back) {
    reader->holds = nullptr;  // Who comes back brings their own.
    reader->parked = worker_.clock().steady();
  } else {
    std::erase(readers_, reader);
  }
  count_ = readers_.size();
}

void LiveFeed::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& reader : readers_) {
    reader->ended = true;
    reader->wakes.notify();
  }
}

void LiveFeed::write(discovery::EventSpan events) {
  if (count_ == 0) return;
  const std::lock_guard lock(mutex_);
  forget_parked();
  for (const auto& reader : readers_) {
    std::deque<Reader::Message> fresh;
    std::uint64_t dropped = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (!reader->wants(events[i])) continue;
      if (fresh.size() >= kMostWaiting) {
        ++dropped;
        continue;
      }
      const discovery::Row row = discovery::row_of(events[i]);
      Reader::Message message;
      message.id = row.id.to_string();
      message.text = fmt::format("id: {}\nevent: activity\ndata: ", message.id);
      append_json(message.text, row);
      message.text += "\n\n";
      fresh.push_back(std::move(message));
    }
    if (fresh.empty() && dropped == 0) continue;
    {
      const std::lock_guard its_lock(reader->mutex);
      for (Reader::Message& one : fresh) {
        if (reader->waiting.size() < kMostWaiting) {
          reader->waiting.push_back(std::move(one));
        } else {
          ++dropped;
        }
      }
      reader->dropped += dropped;
    }
    worker_.post([weak = std::weak_ptr<Reader>(reader)] {
      if (const auto still = weak.lock()) still->wakes.notify();
    });
  }
}

}  // namespace sallyport::app
