#pragma once
// Activities as they are recorded, for those who watch at the console: server-sent events.
//
//   id: 01KB2M4Q7Z8X9Y0A1B2C3D4E5F
//   event: activity                         as GET /api/v1/activities shows it
//   data: {"id": "01KB2M4Q7Z8X9Y0A1B2C3D4E5F", ...}
//
//   event: dropped                          the reader was too slow for so many
//   data: {"dropped": 17}
//
//   event: lost                             it asked to go on, and what came meanwhile is not known
//   data: {"lost": null}
//
// Who comes back within kParked (Last-Event-ID, as browsers do it) goes on where it was: what it
// had not got yet is sent first, in order, and what there was no room for is told as `dropped`.
//
// A comment every 15 s shows that it lives. The answer ends where its reader is let in no more.
//
// Traffic never waits for it, and recording no longer than a reader's conditions take: who has no
// reader costs nothing. Limits: 32 readers, those that may come back among them; 500 activities
// wait for each, then they are dropped and counted; the last 200 that were sent are held, in case
// they did not arrive. Thread rule: write() on the scribe's thread, all else on the desk's.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/http/body.h"
#include "base/io/worker.h"
#include "discovery/events/sink.h"

namespace sallyport::app {

class LiveFeed final : public discovery::Sink {
 public:
  using Wants = std::function<bool(const discovery::Event& event)>;

  // `worker` is the desk's, and outlives the feed; the feed outlives its readers.
  explicit LiveFeed(io::Worker& worker);
  ~LiveFeed() override;

  // Null where there are kMostReaders. `wants` is asked on the scribe's thread; `holds` on the
  // desk's: whether the reader may still see (empty: yes).
  std::unique_ptr<http::Body> join(Wants wants, std::function<bool()> holds) {
    return join(std::move(wants), std::move(holds), {});
  }
  // Who comes back: `key` says who it is and what it asked for, `last` is the id of what it got
  // last ("": it begins).
  struct Place {
    std::string key;
    std::string last;
  };
  std::unique_ptr<http::Body> join(Wants wants, std::function<bool()> holds, Place place);
  // Ends all of them.
  void close();

  void write(discovery::EventSpan events) override;
  void flush() override {}

  static constexpr std::size_t kMostReaders = 32;
  static constexpr std::size_t kMostWaiting = 500;
  static constexpr std::size_t kMostHeld = 200;
  static constexpr std::chrono::milliseconds kBeat{15'000};
  static constexpr std::chrono::seconds kParked{60};

 private:
  struct Reader;
  class Stream;
  void leave(const std::shared_ptr<Reader>& reader);
  std::shared_ptr<Reader> take_up(const Place& place);
  void forget_parked();

  io::Worker& worker_;
  std::mutex mutex_;  // of readers_
  std::vector<std::shared_ptr<Reader>> readers_;
  std::atomic<std::size_t> count_{0};
  bool closed_ = false;
};

}  // namespace sallyport::app
