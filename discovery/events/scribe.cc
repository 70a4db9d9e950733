#include "discovery/events/scribe.h"

#include <algorithm>
#include <utility>

#include "base/core/check.h"
#include "base/core/log.h"
#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/events/encode.h"

namespace sallyport::discovery {
namespace {

constexpr std::chrono::seconds kFirstRetry{1};
constexpr std::chrono::seconds kLastRetry{30};
constexpr std::chrono::milliseconds kIdle{1000};  // how often retry and retention are looked at

std::string encode(const Event& event) {
  std::string record;
  append_json(record, event);
  return record;
}

}  // namespace

Scribe::Scribe(ScribeOptions options, const Clock& clock, Bell& bell, std::vector<EventRing*> rings,
               EventWriter* store, Journal* journal, std::vector<Sink*> sinks, MetricSet& metrics)
    : options_(options),
      clock_(clock),
      bell_(bell),
      rings_(std::move(rings)),
      store_(store),
      journal_(journal),
      sinks_(std::move(sinks)),
      metrics_(metrics),
      retain_at_(clock.steady()) {
  CHECK(options_.batch > 0);
  batch_.reserve(options_.batch);
  publish_status();
}

Scribe::~Scribe() {
  if (thread_.joinable()) stop(std::chrono::seconds(5));
}

void Scribe::start() {
  CHECK(!thread_.joinable());
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void Scribe::stop(std::chrono::milliseconds deadline) {
  deadline_ = deadline;
  stopping_ = true;
  bell_.ring();
  if (thread_.joinable()) {
    thread_.join();
  } else {
    drain();
  }
}

void Scribe::run() {
  pump();  // What an earlier process left in the journal.
  while (!stopping_) {
    if (!more_to_delete_ && waiting() == 0 && !bell_.wait(kIdle)) {
      for (EventRing* ring : rings_) ring->forget_spares();
    }
    // Company: the ring rings again only when it is rather full, so this is one wait as a rule.
    const auto until = clock_.steady() + options_.gather;
    while (!stopping_ && waiting() > 0 && waiting() < options_.batch) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until - clock_.steady());
      if (left.count() <= 0 || !bell_.wait(left)) break;
    }
    pump();
  }
  drain();
}

std::size_t Scribe::waiting() const {
  std::size_t sum = 0;
  for (const EventRing* ring : rings_) sum += ring->size();
  return sum;
}

std::size_t Scribe::pump() {
  // What is there now, so that busy workers do not keep us from the rest.
  std::size_t left = waiting();
  std::size_t taken = 0;
  while (left > 0) {
    const std::size_t most = std::min(left, options_.batch);
    for (std::size_t i = 0; i < rings_.size() && batch_.size() < most; ++i) {
      EventRing* ring = rings_[(next_ring_ + i) % rings_.size()];
      batch_from_.emplace_back(ring, ring->pop(batch_, most - batch_.size()));
    }
    ++next_ring_;
    if (batch_.empty()) {
      batch_from_.clear();
      break;
    }
    left -= batch_.size();
    taken += batch_.size();
    take(batch_);
    give_back();
  }
  if (taken == 0 && store_may_be_tried()) recover();
  for (Sink* sink : sinks_) sink->flush();
  retain_if_due();
  count_losses();
  publish_status();
  return taken;
}

void Scribe::take(std::span<std::unique_ptr<Event>> events) {
  metrics_.add(Metric::events_recorded_total, static_cast<std::int64_t>(events.size()));
  if (enricher_ != nullptr) {
    for (const auto& event : events) enricher_->enrich(*event);
  }
  const EventSpan all{std::span<const std::unique_ptr<Event>>(events)};
  for (Sink* sink : sinks_) sink->write(all);
  if (store_ == nullptr) return;
  if (store_may_be_tried() && recover() && write_store(all)) return;
  set_aside(events);
}

// Each to the worker that filled it.
void Scribe::give_back() {
  std::span<std::unique_ptr<Event>> rest(batch_);
  for (const auto& [ring, count] : batch_from_) {
    ring->give_back(rest.first(count));
    rest = rest.subspan(count);
  }
  batch_from_.clear();
  batch_.clear();
}

bool Scribe::store_may_be_tried() const {
  if (store_ == nullptr || closed_) return false;
  return !failing_ || clock_.steady() >= retry_at_;
}

bool Scribe::write_store(EventSpan events) {
  const Result<void> written = store_->write(events);
  if (written) {
    metrics_.add(Metric::store_written_total, static_cast<std::int64_t>(events.size()));
    wrote_ = true;
    if (failing_) log::info("the event store works again");
    failing_ = false;
    store_error_.clear();
    failing_since_.reset();
    retry_delay_ = {};
    return true;
  }
  metrics_.add(Metric::store_failures_total);
  store_error_ = describe(written.error());
  if (!failing_) {
    failing_since_ = clock_.now();
    log::error("the event store cannot be written, blocked events go to the journal: " +
               store_error_);
  }
  failing_ = true;
  retry_delay_ = std::clamp(retry_delay_ * 2, kFirstRetry, kLastRetry);
  retry_at_ = clock_.steady() + retry_delay_;
  return false;
}

void Scribe::set_aside(std::span<std::unique_ptr<Event>> events) {
  std::vector<std::string> records;
  for (const auto& event : events) {
    if (journal_ != nullptr && is_block(*event)) records.push_back(encode(*event));
  }
  const bool journaled = !records.empty() && journal_->append(records);
  if (journaled) {
    metrics_.add(Metric::events_journaled_total, static_cast<std::int64_t>(records.size()));
  }
  for (const auto& event : events) {
    if (!is_block(*event)) {
      backlog_.push_back(std::move(*event));
    } else if (!journaled) {
      blocks_.push_back(std::move(*event));
    }
  }
  while (backlog_.size() + blocks_.size() > options_.backlog) {
    if (!backlog_.empty()) {
      backlog_.pop_front();
      ++dropped_here_;
    } else {
      blocks_.pop_front();
      ++lost_here_;
    }
  }
}

bool Scribe::recover() { return write_back(blocks_) && write_back(backlog_) && replay_journal(); }

bool Scribe::write_back(std::deque<Event>& waiting) {
  while (!waiting.empty()) {
    if (!store_may_be_tried()) return false;
    const std::size_t count = std::min(waiting.size(), options_.batch);
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Event> again(std::make_move_iterator(waiting.begin()),
                             std::make_move_iterator(end));
    if (!write_store(again)) {
      std::move(again.begin(), again.end(), waiting.begin());
      return false;
    }
    waiting.erase(waiting.begin(), end);
  }
  return true;
}

bool Scribe::replay_journal() {
  if (journal_ == nullptr || journal_->empty()) return true;
  const auto records = journal_->records();
  if (!records) {
    // The store itself is well: what comes now is written, the journal stays as it is.
    journal_error_ = describe(records.error());
    return true;
  }
  std::vector<Event> events;
  std::uint64_t unreadable = 0;
  for (const std::string& record : *records) {
    Result<Event> event = parse_event(record);
    if (event) {
      events.push_back(std::move(*event));
    } else {
      ++unreadable;
      log::error("a blocked event in the journal cannot be read (" + describe(event.error()) +
                 "): " + printable(std::string_view(record).substr(0, 2000)));
    }
  }
  for (std::size_t at = 0; at < events.size(); at += options_.batch) {
    const std::size_t count = std::min(options_.batch, events.size() - at);
    if (!write_store({events.data() + at, count})) return false;
  }
  // Not cleared: replayed again later, which changes nothing in the store.
  if (const auto cleared = journal_->clear(); !cleared) {
    journal_error_ = describe(cleared.error());
    return true;
  }
  journal_error_.clear();
  lost_here_ += unreadable;
  if (!events.empty()) {
    log::info("brought " + std::to_string(events.size()) +
              " blocked events from the journal to the store");
  }
  return true;
}

void Scribe::retain_if_due() {
  if (store_ == nullptr || closed_ || clock_.steady() < retain_at_) return;
  more_to_delete_ = false;
  do {
    const Result<bool> more = store_->retain(clock_.now());
    if (!more) {
      metrics_.add(Metric::store_failures_total);
      log::warning("old events cannot be deleted: " + describe(more.error()));
    }
    more_to_delete_ = more && *more;
    wrote_ = true;
  } while (more_to_delete_ && waiting() < options_.batch && !stopping_);
  if (!more_to_delete_) retain_at_ = clock_.steady() + options_.retain_every;
}

void Scribe::drain() {
  const auto end = clock_.steady() + deadline_.load();
  retry_at_ = clock_.steady();  // Once more, however long ago the last failure was.
  do {
    closed_ = closed_ || clock_.steady() >= end;
    pump();
  } while (waiting() > 0);
  give_up_backlog();
  for (Sink* sink : sinks_) sink->flush();
  count_losses();
  publish_status();
}

// What nobody will take any more is counted, so that the numbers add up.
void Scribe::give_up_backlog() {
  dropped_here_ += backlog_.size();
  backlog_.clear();
  for (const Event& event : blocks_) {
    if (journal_ != nullptr && journal_->append({encode(event)})) {
      metrics_.add(Metric::events_journaled_total);
    } else {
      ++lost_here_;
    }
  }
  blocks_.clear();
}

void Scribe::count_losses() {
  std::uint64_t dropped = dropped_here_ + lost_here_;
  for (const EventRing* ring : rings_) dropped += ring->dropped() + ring->lost_blocks();
  metrics_.set(Metric::events_dropped_total, static_cast<std::int64_t>(dropped));
  std::uint64_t failures = 0;
  for (const Sink* sink : sinks_) failures += sink->failures();
  metrics_.set(Metric::access_log_failures_total, static_cast<std::int64_t>(failures));
  if (wrote_) metrics_.set(Metric::store_bytes, static_cast<std::int64_t>(store_->bytes()));
  wrote_ = false;
}

void Scribe::publish_status() {
  ScribeStatus now;
  now.store_ok = !failing_;
  now.store_error = store_error_;
  now.store_failing_since = failing_since_;
  now.backlog = backlog_.size() + blocks_.size();
  if (journal_ != nullptr) {
    now.journaled = journal_->count();
    now.journal_error = journal_error_.empty() ? journal_->trouble() : journal_error_;
  }
  now.blocks_lost = lost_here_;
  for (const EventRing* ring : rings_) now.blocks_lost += ring->lost_blocks();
  for (const Sink* sink : sinks_) {
    if (std::string trouble = sink->trouble(); !trouble.empty()) {
      now.sink_errors.push_back(std::move(trouble));
    }
  }
  const std::lock_guard lock(status_mutex_);
  status_ = std::move(now);
}

ScribeStatus Scribe::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

}  // namespace sallyport::discovery
