#include "proxy/app/kept_reports.h"

#include <time.h>

#include "proxy/app/erasure_mark.h"

namespace sallyport::app {

namespace {

// The processor's time of this thread: how busy the machine is does not count.
ReportCache::Cost processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

http::Reply KeptReports::Told::reply() const {
  http::Reply reply = admin::json_answer(answer->text);
  if (age) reply.head.headers.add("Age", std::to_string(age->count()));
  return reply;
}

Task<KeptReports::Told> KeptReports::get(std::string key, ReportCache::Stamp stamp,
                                         const Clock& clock, io::Worker& worker, io::WorkPool& pool,
                                         Make make) {
  // Before anything is read, so that what is made then knows at least of that erasure.
  stamp.set_erasures(read_erasure_mark(state_));
  const ReportCache::Found found = cache_->find(key, stamp, clock.steady());
  Told told;
  told.answer = found.answer;
  if (found.answer != nullptr) told.age = found.age;
  if (found.make_anew) {
    // Behind the answer that is still given.
    auto work = [cache = cache_, key, stamp, &clock, make] {
      const ReportCache::Cost begun = processor_time();
      Result<ReportCache::Answer> made = make();
      if (!made) return cache->give_up(key);
      const ReportCache::Cost cost = processor_time() - begun;
      cache->put(key, stamp, std::move(*made), cost, clock.steady());
    };
    if (!pool.submit(std::move(work))) cache_->give_up(key);
  }
  if (told.answer != nullptr) co_return told;

  Result<ReportCache::Answer> made = ReportCache::Answer();
  ReportCache::Cost cost{};
  auto work = [&] {
    const ReportCache::Cost begun = processor_time();
    made = make();
    cost = processor_time() - begun;
  };
  told.ran = co_await pool.run(worker.executor(), std::move(work));
  if (!told.ran) co_return told;
  if (!made) {
    told.error = made.error();
    co_return told;
  }
  told.answer = std::make_shared<const ReportCache::Answer>(*made);
  cache_->put(key, stamp, std::move(*made), cost, clock.steady());
  co_return told;
}

}  // namespace sallyport::app
