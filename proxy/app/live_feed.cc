#include "proxy/app/live_feed.h"

#include <algorithm>
#include <deque>
#include <fmt/format.h>

#include "base/io/deadline.h"
#include "base/io/signal.h"
#include "discovery/store/render.h"
#include "discovery/store/row.h"

namespace sallyport::app {

struct LiveFeed::Reader {
  Wants wants;
  std::function<bool()> holds;
  io::Signal wakes;    // the desk's
  bool ended = false;  // likewise
  std::mutex mutex;    // of what follows
  std::deque<std::string> waiting;
  std::uint64_t dropped = 0;
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
    std::deque<std::string> waiting;
    std::uint64_t dropped = 0;
    {
      const std::lock_guard lock(reader_->mutex);
      waiting.swap(reader_->waiting);
      std::swap(dropped, reader_->dropped);
    }
    for (const std::string& one : waiting) text_ += one;
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

std::unique_ptr<http::Body> LiveFeed::join(Wants wants, std::function<bool()> holds) {
  const std::lock_guard lock(mutex_);
  if (closed_ || readers_.size() >= kMostReaders) return nullptr;
  auto reader = std::make_shared<Reader>();
  reader->wants = std::move(wants);
  reader->holds = std::move(holds);
  readers_.push_back(reader);
  count_ = readers_.size();
  return std::make_unique<Stream>(*this, std::move(reader));
}

void LiveFeed::leave(const std::shared_ptr<Reader>& reader) {
  const std::lock_guard lock(mutex_);
  std::erase(readers_, reader);
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
  for (const auto& reader : readers_) {
    std::deque<std::string> fresh;
    std::uint64_t dropped = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (!reader->wants(events[i])) continue;
      if (fresh.size() >= kMostWaiting) {
        ++dropped;
        continue;
      }
      const discovery::Row row = discovery::row_of(events[i]);
      std::string text = fmt::format("id: {}\nevent: activity\ndata: ", row.id.to_string());
      append_json(text, row);
      fresh.push_back(std::move(text += "\n\n"));
    }
    if (fresh.empty() && dropped == 0) continue;
    {
      const std::lock_guard its_lock(reader->mutex);
      for (std::string& one : fresh) {
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
