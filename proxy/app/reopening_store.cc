#include "proxy/app/reopening_store.h"

namespace sallyport::app {

Result<void> ReopeningStore::open() {
  if (store_) return {};
  auto opened = discovery::SqliteStore::open(options_);
  if (!opened) return pass_on(std::move(opened));
  store_ = std::move(*opened);
  return {};
}

Result<void> ReopeningStore::write(discovery::EventSpan events) {
  Result<void> ready = open();
  if (!ready) return ready;
  return store_->write(events);
}

Result<bool> ReopeningStore::retain(Time now) {
  if (!store_) return false;
  return store_->retain(now);
}

}  // namespace sallyport::app
