#pragma once
// How a feed fared when it was read, and how old it is whenever somebody asks: for the console, the
// command line and the metrics.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "discovery/tags/feed.h"

namespace sallyport::discovery {

struct FeedStatus {
  std::string name;
  std::string path;
  FeedFormat format = FeedFormat::plain;
  std::uint64_t bytes = 0;  // Of the file.
  std::size_t entries = 0;  // Addresses, CIDRs and spans.
  std::size_t hosts = 0;    // Host names.
  std::size_t bad_lines = 0;
  std::size_t ignored = 0;  // Understood, and of no use.
  std::size_t expired = 0;  // Too old by their own stamp.
  bool usable = false;      // False: missing, unreadable or without a single entry; covers nothing.
  std::string trouble;      // Why it could not be read, or "".
  std::optional<Time> as_of;  // Newest stamp inside, else when the file was last changed.
  std::chrono::milliseconds max_age{0};  // 0: never stale.

  // None while nothing was read. Never negative: a stamp of tomorrow is of now.
  std::optional<std::chrono::milliseconds> age(Time now) const;
  // Older than max_age; its entries are used all the same.
  bool is_stale(Time now) const;
};

// Prometheus text: sallyport_feed_age_seconds{feed="..."} and its siblings; "" without any feed.
std::string render_feed_metrics(const std::vector<FeedStatus>& feeds, Time now);

}  // namespace sallyport::discovery
