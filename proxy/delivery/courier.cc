#include "proxy/delivery/courier.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/crypto/random.h"
#include "base/io/deadline.h"

namespace sallyport::delivery {

namespace {

constexpr std::size_t kMostLooked = 100;                // alerts that one look fetches
constexpr std::chrono::milliseconds kStoreRest{5'000};  // before the store is asked again
constexpr std::uint64_t kCheapCount = 1'000;            // alerts that wait
constexpr std::chrono::seconds kCountRest{5};           // between two counts of more

std::string told(std::string what) {
  what = printable(what);
  if (what.size() <= Courier::kMostTold) return what;
  what.resize(Courier::kMostTold);
  drop_cut_character(what);
  return what + "...";
}

}  // namespace

Courier::Courier(const ReceiverOptions& options, std::unique_ptr<Carrier> carrier,
                 discovery::DeliveryStore& store, io::Worker& worker, Chance chance)
    : options_(options),
      carrier_(std::move(carrier)),
      store_(store),
      worker_(worker),
      chance_(chance) {
  status_.name = options.name;
  status_.type = type_of(options);
  status_.to = place_of(options);
}

Courier::~Courier() = default;

std::uint32_t Courier::random_chance() {
  std::uint8_t bytes[4];
  random_bytes(bytes);
  std::uint32_t chance = 0;
  for (const std::uint8_t byte : bytes) chance = chance << 8 | byte;
  return chance;
}

void Courier::close() {
  closed_ = true;
  wake_.notify();
}

Task<void> Courier::run() {
  while (!closed_) {
    Result<void> ready = begin();
    if (ready) save();
    Result<Batch> batch = ready ? next() : Result<Batch>(std::unexpected(ready.error()));
    if (!batch) {
      store_failed(Access::read, batch.error());
      co_await rest(kStoreRest);
      continue;
    }
    store_works(Access::read);
    if (batch->alerts.empty()) {
      co_await wake_.wait();
      continue;
    }
    const Outcome outcome = co_await carrier_->carry(batch->alerts, false);
    // Given up at the end: that is no failure of the receiver's.
    if (closed_ && outcome.kind != Outcome::Kind::delivered) break;
    const std::chrono::milliseconds delay = settle(outcome, *batch);
    if (delay.count() > 0) co_await rest(delay);
  }
  save();
  co_await carrier_->close();
}

Result<void> Courier::begin() {
  if (begun_) return {};
  const Result<std::uint64_t> place = store_.begin(options_.name);
  if (!place) return std::unexpected(place.error());
  const Result<std::uint64_t> delivered = store_.delivered(options_.name);
  if (!delivered) return std::unexpected(delivered.error());
  place_ = saved_place_ = *place;
  status_.delivered = *delivered;
  begun_ = true;
  return {};
}

Result<Courier::Batch> Courier::next() {
  Batch batch;
  Result<discovery::WaitingPage> page = discovery::WaitingPage();
  // What was sent again and could not be noted would be found once more.
  if (unsaved_again_.empty()) page = store_.again(options_.name, kMostLooked);
  if (!page) return pass_on(std::move(page));
  batch.aside = !page->alerts.empty();
  if (!batch.aside) {
    page = store_.behind(place_, options_.choice, kMostLooked);
    if (!page) return pass_on(std::move(page));
    if (page->alerts.empty()) {
      recount_ = recount_ || page->looked_to > place_;
      place_ = std::max(place_, page->looked_to);
      save();
      return batch;
    }
  }
  std::size_t count = std::min(page->alerts.size(), carrier_->most(page->alerts.size()));
  if (count > 0 && page->alerts.front().place <= alone_to_) count = 1;
  for (std::size_t i = 0; i < count; ++i) {
    batch.places.push_back(page->alerts[i].place);
    batch.alerts.push_back(std::move(page->alerts[i].alert));
  }
  return batch;
}

std::chrono::milliseconds Courier::settle(const Outcome& outcome, const Batch& batch) {
  recount_ = true;
  if (outcome.kind == Outcome::Kind::delivered) {
    delivered(batch);
    return {};
  }
  failed(told(outcome.what));
  if (outcome.kind == Outcome::Kind::refused && batch.alerts.size() > 1) {
    alone_to_ = batch.places.back();
    return back_off_.next(chance_());
  }
  const auto now = worker_.clock().steady();
  if (outcome.kind != Outcome::Kind::refused) {
    refused_place_ = 0;
  } else if (refused_place_ != batch.places.front()) {
    refused_place_ = batch.places.front();
    refused_since_ = now;
  }
  if (refused_place_ != 0 && now - refused_since_ >= options_.give_up_after &&
      put_aside(outcome, batch)) {
    return {};
  }
  std::chrono::milliseconds delay = back_off_.next(chance_());
  if (outcome.after) {
    delay = std::max(delay, std::min<std::chrono::milliseconds>(*outcome.after, kMostAfter));
  }
  // Not long after the moment at which it may be put aside.
  if (refused_place_ != 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        refused_since_ + options_.give_up_after - now);
    delay = std::min(delay, std::max(left, BackOff::kFirst));
  }
  return delay;
}

void Courier::delivered(const Batch& batch) {
  const std::size_t count = batch.alerts.size();
  worker_.metrics().add(Metric::alerts_delivered_total, static_cast<std::int64_t>(count));
  if (!status_.error.empty()) log::info("alerts reach the receiver " + options_.name + " again");
  status_.error.clear();
  status_.error_at.reset();
  status_.last_success = worker_.clock().now();
  status_.delivered += count;
  back_off_.reset();
  refused_place_ = 0;
  if (batch.aside) {
    unsaved_again_ = batch.places;
  } else {
    place_ = std::max(place_, batch.places.back());
    unsaved_ += count;
  }
  save();
}

bool Courier::put_aside(const Outcome& outcome, const Batch& batch) {
  const std::string why = told(outcome.what);
  save();
  const Result<void> noted =
      store_.put_aside(options_.name, batch.places, why, worker_.clock().now());
  if (!noted) {
    store_failed(Access::write, noted.error());
    return false;
  }
  store_works(Access::write);
  worker_.metrics().add(Metric::alerts_put_aside_total,
                        static_cast<std::int64_t>(batch.alerts.size()));
  log::warning(fmt::format("{} alerts for the receiver {} are put aside, {} the first: {}",
                           batch.alerts.size(), options_.name, batch.alerts.front().id.to_string(),
                           why));
  if (!batch.aside) place_ = saved_place_ = std::max(place_, batch.places.back());
  refused_place_ = 0;
  back_off_.reset();
  return true;
}

void Courier::save() {
  if (!unsaved_again_.empty()) {
    const Result<void> noted = store_.sent_again(options_.name, unsaved_again_);
    if (!noted) return store_failed(Access::write, noted.error());
    unsaved_again_.clear();
    store_works(Access::write);
  }
  if (place_ == saved_place_ && unsaved_ == 0) return;
  const Result<void> noted = store_.passed(options_.name, place_, unsaved_);
  if (!noted) return store_failed(Access::write, noted.error());
  saved_place_ = place_;
  unsaved_ = 0;
  store_works(Access::write);
}

void Courier::store_works(Access access) {
  // That it can be read says nothing of a full disk.
  if (store_error_.empty() || (access == Access::read && failed_access_ == Access::write)) return;
  log::info("where the receiver " + options_.name + " of alerts stands is kept again");
  store_error_.clear();
}

void Courier::store_failed(Access access, const Error& error) {
  if (store_error_.empty()) {
    log::error(fmt::format("where the receiver {} of alerts stands cannot be kept for now: {}",
                           options_.name, describe(error)));
  }
  store_error_ = describe(error);
  failed_access_ = access;
}

void Courier::failed(const std::string& what) {
  worker_.metrics().add(Metric::alert_delivery_failures_total);
  ++status_.failures;
  if (what != status_.error) {
    log::warning(fmt::format("alerts do not reach the receiver {} ({} {}), and wait: {}",
                             options_.name, status_.type, status_.to, what));
  }
  status_.error = what.empty() ? "failed" : what;
  status_.error_at = worker_.clock().now();
}

Task<void> Courier::rest(std::chrono::milliseconds delay) {
  bool over = false;
  io::Deadline until(worker_.deadlines(), [this, &over] {
    over = true;
    wake_.notify();
  });
  until.set(delay);
  hurry_ = false;
  status_.next_try = worker_.clock().now() + delay;
  // New alerts wake too; they wait like the others.
  while (!over && !closed_ && !hurry_) co_await wake_.wait();
  status_.next_try.reset();
}

Result<std::uint64_t> Courier::deliver(bool again) {
  std::uint64_t count = 0;
  if (again) {
    const Result<std::uint64_t> asked = store_.ask_again(options_.name);
    if (!asked) return asked;
    count = *asked;
    recount_ = true;
  }
  back_off_.reset();
  hurry_ = true;
  wake_.notify();
  return count;
}

ReceiverStatus Courier::status() {
  ReceiverStatus now = status_;
  if (!store_error_.empty() && now.error.empty()) now.error = store_error_;
  if (!begun_) return now;
  if (const Result<std::uint64_t> newest = store_.newest(); newest && *newest != counted_newest_) {
    counted_newest_ = *newest;
    recount_ = true;
  }
  const auto at = worker_.clock().steady();
  if (recount_ && (backlog_.waiting < kCheapCount || at >= counted_at_ + kCountRest)) {
    const auto backlog = store_.backlog(options_.name, place_, options_.choice);
    if (backlog) {
      backlog_ = *backlog;
      counted_at_ = at;
      recount_ = false;
    }
  }
  now.waiting = backlog_.waiting;
  now.oldest = backlog_.oldest;
  now.aside = backlog_.aside;
  return now;
}

}  // namespace sallyport::delivery
