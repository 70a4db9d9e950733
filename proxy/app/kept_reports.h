#pragma once
// Answers of routes that read much: made on a thread of their own, and kept a while where that took
// long (report_cache.h).
//
// Thread rule: the desk's.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "base/io/pool.h"
#include "base/io/worker.h"
#include "proxy/admin/api.h"
#include "proxy/app/report_cache.h"

namespace sallyport::app {

class KeptReports {
 public:
  // `state`: the directory whose erasures count.
  explicit KeptReports(std::string state) : state_(std::move(state)) {}

  // Runs on a thread of the pool, perhaps after the call has ended: it owns what it needs.
  using Make = std::function<Result<ReportCache::Answer>()>;

  struct Told {
    bool ran = true;                                    // false: the pool had no room
    std::optional<Error> error;                         // of what was made
    std::shared_ptr<const ReportCache::Answer> answer;  // where neither
    std::optional<std::chrono::seconds> age;            // where it was kept

    // JSON; `Age` (RFC 9111 section 5.1) says how long ago it was made. REQUIRES: answer
    http::Reply reply() const;
  };

  // All live until the task ends, the pool's threads end before the clock.
  Task<Told> get(std::string key, ReportCache::Stamp stamp, const Clock& clock, io::Worker& worker,
                 io::WorkPool& pool, Make make);

 private:
  const std::string state_;
  std::shared_ptr<ReportCache> cache_ = std::make_shared<ReportCache>();
};

}  // namespace sallyport::app
