#include "proxy/app/address_keeper.h"

#include <filesystem>

#include "base/core/log.h"
#include "discovery/users/address_feed.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

namespace {
constexpr std::size_t kMostFile = 256u << 20;  // bytes
}

AddressKeeper::AddressKeeper(std::string file, const Clock& clock, Publish publish,
                             std::shared_ptr<const discovery::NameCipher> names)
    : file_(std::move(file)),
      clock_(clock),
      publish_(std::move(publish)),
      saved_(book_.map()),
      names_(std::move(names)) {}

std::vector<discovery::AddressEntry> AddressKeeper::shown() {
  std::vector<discovery::AddressEntry> entries;
  const Map map = book_.map();
  if (hidden_.size() > 2 * map->size() + 1'000) hidden_.clear();
  for (const discovery::AddressEntry* one : map->list(clock_.now())) {
    entries.push_back(*one);
    if (names_ == nullptr) continue;
    auto [known, fresh] = hidden_.try_emplace(one->user);
    if (fresh) known->second = names_->hide(one->user);
    entries.back().user = known->second;
  }
  return entries;
}

void AddressKeeper::open() {
  std::error_code none;
  if (!std::filesystem::exists(file_, none)) return;
  const Result<std::string> text = read_file(file_, kMostFile);
  if (!text || !discovery::restore_address_feed(*text, clock_.now(), book_)) {
    log::warning("the map of addresses cannot be read and begins anew: " +
                 (text ? file_ + " is no feed of addresses" : describe(text.error())));
    return;
  }
  if (names_) {
    std::vector<discovery::AddressEntry> entries;
    const Map map = book_.map();
    for (const discovery::AddressEntry* one : map->list(clock_.now())) {
      entries.push_back(*one);
      entries.back().user = names_->revealed(one->user);
    }
    book_.replace_all(std::move(entries), clock_.now());
  }
  saved_ = book_.map();
  publish_(book_.map());
}

std::optional<AddressKeeper::Change> AddressKeeper::put(
    std::vector<discovery::AddressEntry> entries) {
  const auto change = book_.put(std::move(entries), clock_.now());
  publish_(book_.map());  // What has ended may be gone also where nothing was taken.
  return change;
}

std::optional<AddressKeeper::Change> AddressKeeper::replace_all(
    std::vector<discovery::AddressEntry> entries) {
  const auto change = book_.replace_all(std::move(entries), clock_.now());
  publish_(book_.map());
  return change;
}

bool AddressKeeper::remove(const IpPrefix& prefix) {
  if (!book_.remove(prefix)) return false;
  publish_(book_.map());
  return true;
}

void AddressKeeper::look_after() {
  if (book_.expire(clock_.now()) > 0) publish_(book_.map());
  if (book_.map() == saved_) return;
  const Map map = book_.map();
  const std::vector<discovery::AddressEntry> all = shown();
  std::vector<const discovery::AddressEntry*> entries;
  for (const discovery::AddressEntry& one : all) entries.push_back(&one);
  const Result<void> written = write_file(file_, discovery::render_address_feed(entries), 0640);
  if (written) saved_ = map;
  const std::string trouble = written ? "" : describe(written.error());
  if (trouble != trouble_ && !written) log::warning("the map of addresses: " + trouble);
  trouble_ = trouble;
}

}  // namespace sallyport::app
