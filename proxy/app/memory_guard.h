#pragma once
// Whether memory is short, looked at once a second on the desk.
//
// Above the limit no connection is taken and idle ones are ended, until use has fallen to nine
// tenths of it. What is measured is what the process has resident; the limit is a share of what the
// machine or its control group (version 1 or 2, the tightest on the way up) gives, or a number.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/io/nursery.h"
#include "base/io/worker.h"

namespace sallyport::app {

struct MemoryLimit {
  std::uint64_t bytes = 0;  // 0: see percent
  unsigned percent = 80;    // of what there is; 0 with bytes 0: no limit
  // What it comes to where there are `available` bytes; 0 for none.
  std::uint64_t of(std::uint64_t available) const;
};

// "80%", "2 GiB", "none".
std::optional<MemoryLimit> parse_memory_limit(std::string_view text);

// Files of the system, as texts; nothing where they say nothing. For tests apart from reading them.
std::optional<std::uint64_t> resident_of(std::string_view statm, std::uint64_t page_size);
std::optional<std::uint64_t> total_of(std::string_view meminfo);
// Where the limits of the process's control groups stand, most specific first.
std::vector<std::string> limit_files_of(std::string_view proc_self_cgroup);

std::uint64_t memory_resident();   // bytes; 0 where it cannot be told
std::uint64_t memory_available();  // bytes, the tightest limit; 0 where there is none

// Above and below, with the gap between. Pure.
class Watermark {
 public:
  explicit Watermark(std::uint64_t limit) : limit_(limit) {}
  void move_to(std::uint64_t limit) { limit_ = limit; }
  // Whether it is short now.
  bool look(std::uint64_t used) {
    short_ = limit_ != 0 && (used >= limit_ || (short_ && used > limit_ / 10 * 9));
    return short_;
  }
  std::uint64_t limit() const { return limit_; }

 private:
  std::uint64_t limit_;
  bool short_ = false;
};

class MemoryGuard {
 public:
  // `tell` is called on the desk's thread once a second while memory is short (true), and once
  // when it no longer is (false).
  MemoryGuard(io::Worker& desk, const MemoryLimit& limit, std::function<void(bool)> tell,
              std::function<std::uint64_t()> resident = memory_resident);
  ~MemoryGuard();

  // Until stop(). On the desk.
  Task<void> run();
  void stop();
  // Another limit, after a reload. On the desk.
  void limit(const MemoryLimit& limit);

 private:
  void look();

  io::Worker& desk_;
  Watermark watermark_;
  std::function<void(bool)> tell_;
  std::function<std::uint64_t()> resident_;
  io::Signal wake_;
  bool stopped_ = false;
  bool was_short_ = false;
};

}  // namespace sallyport::app
