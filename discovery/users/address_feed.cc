#include "discovery/users/address_feed.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <optional>

#include "base/core/text.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMostFaults = 20;
constexpr std::size_t kMostSource = 64;  // bytes
constexpr std::chrono::milliseconds kUsualTtl = std::chrono::hours(8);
constexpr std::chrono::milliseconds kLeastTtl = std::chrono::seconds(1);
constexpr std::chrono::milliseconds kMostTtl = std::chrono::hours(24 * 30);
constexpr std::size_t kMostRestored = 256u << 20;  // bytes

class FeedReader {
 public:
  FeedReader(std::string_view json, Time now, Time latest, std::size_t most)
      : json_(json), cursor_(json), now_(now), latest_(latest), most_(most) {}

  bool read() {
    bool seen = false;
    const bool whole = cursor_.object([&](std::string_view key) {
      if (key != "entries" || seen) {
        faults.push_back(fmt::format("unknown key '{}'", printable(key)));
        stopped_ = true;
        return false;
      }
      seen = true;
      return cursor_.array([&] { return read_entry(); });
    });
    if (!whole || !cursor_.at_end()) {
      const std::size_t at = json_.size() - cursor_.left();
      if (!stopped_) {
        faults.push_back(
            fmt::format("byte {}: this is not what was expected: {{\"entries\": [{{\"address\": "
                        "\"192.0.2.7\", \"user\": \"ana\", \"ttl\": \"8h\"}}]}}",
                        at));
      }
      return false;
    }
    if (!seen) faults.push_back("there are no 'entries'");
    return faults.empty();
  }

  std::vector<AddressEntry> entries;
  std::vector<std::string> faults;

 private:
  struct Written {
    std::optional<std::string> address, user, source, ttl, expires;
  };

  // False ends the whole reading.
  bool read_entry() {
    if (index_ == most_) {
      faults.push_back(fmt::format("more than {} entries", most_));
      stopped_ = true;
      return false;
    }
    Written written;
    const bool whole = cursor_.object([&](std::string_view key) {
      std::optional<std::string>* into = nullptr;
      if (key == "address") into = &written.address;
      if (key == "user") into = &written.user;
      if (key == "source") into = &written.source;
      if (key == "ttl") into = &written.ttl;
      if (key == "expires") into = &written.expires;
      if (into == nullptr || *into) {
        fault("", into == nullptr ? fmt::format("unknown key '{}'", printable(key))
                                  : fmt::format("'{}' is there twice", key));
        return cursor_.skip();
      }
      return cursor_.string(into->emplace());
    });
    if (!whole) return false;
    take(written);
    ++index_;
    return !stopped_;
  }

  void take(const Written& written) {
    AddressEntry entry;
    if (!written.address) {
      fault("", "there is no 'address'");
    } else if (const auto prefix = IpPrefix::parse(*written.address); !prefix) {
      fault(".address",
            fmt::format("'{}' is no address and no prefix", printable(*written.address)));
    } else if (prefix->has_host_bits()) {
      fault(".address", fmt::format("'{}' has bits behind its prefix; did you mean '{}'?",
                                    *written.address, prefix->masked().to_string()));
    } else {
      entry.prefix = *prefix;
    }
    if (!written.user) {
      fault("", "there is no 'user'");
    } else if (auto user = normal_user_name(*written.user)) {
      entry.user = std::move(*user);
    } else {
      fault(".user", fmt::format("'{}' is no name of a user", printable(*written.user)));
    }
    entry.source = written.source.value_or("");
    if (entry.source.size() > kMostSource || printable(entry.source) != entry.source) {
      fault(".source", fmt::format("a source is at most {} bytes of printable text", kMostSource));
    }
    entry.expires = end_of(written);
    if (faults.empty()) entries.push_back(std::move(entry));
  }

  Time end_of(const Written& written) {
    if (written.ttl && written.expires) fault("", "give either 'ttl' or 'expires'");
    if (written.expires) {
      const auto time = parse_rfc3339(*written.expires);
      if (!time || *time > latest_) {
        fault(".expires", fmt::format("'{}' is no time within the next 30 days, as "
                                      "2026-11-24T18:00:00Z",
                                      printable(*written.expires)));
      }
      return time.value_or(now_);
    }
    const auto ttl = written.ttl ? parse_duration(*written.ttl) : kUsualTtl;
    if (!ttl || *ttl < kLeastTtl || *ttl > kMostTtl) {
      fault(".ttl", fmt::format("'{}' is no span from 1s to 30d", printable(*written.ttl)));
    }
    return now_ + std::clamp(ttl.value_or(kUsualTtl), kLeastTtl, kMostTtl);
  }

  void fault(std::string_view where, std::string what) {
    if (faults.size() == kMostFaults) {
      faults.push_back("there is more that is wrong");
      stopped_ = true;
    }
    if (faults.size() < kMostFaults) {
      faults.push_back(fmt::format("entries[{}]{}: {}", index_, where, what));
    }
  }

  std::string_view json_;
  JsonCursor cursor_;
  Time now_;
  Time latest_;  // end of an entry
  std::size_t most_;
  std::size_t index_ = 0;
  bool stopped_ = false;
};

}  // namespace

std::expected<std::vector<AddressEntry>, std::vector<std::string>> parse_address_feed(
    std::string_view json, Time now) {
  if (json.size() > kMostFeedText) {
    return std::unexpected(std::vector<std::string>{"more than 1 MiB"});
  }
  FeedReader reader(json, now, now + kMostTtl, kMostFeedEntries);
  if (!reader.read()) return std::unexpected(std::move(reader.faults));
  return std::move(reader.entries);
}

std::string render_address_feed(const std::vector<const AddressEntry*>& entries) {
  std::string out = "{\"entries\": [";
  std::string_view between = "\n";
  for (const AddressEntry* entry : entries) {
    out += between;
    between = ",\n";
    JsonWriter json(out);
    json.begin_object();
    const IpPrefix& prefix = entry->prefix;
    json.member("address", prefix.length == prefix.address.bits() ? prefix.address.to_string()
                                                                  : prefix.to_string());
    json.member("user", entry->user);
    if (!entry->source.empty()) json.member("source", entry->source);
    json.member("expires", format_rfc3339(entry->expires));
    json.end_object();
  }
  return out + "\n]}\n";
}

bool restore_address_feed(std::string_view json, Time now, AddressBook& book) {
  if (json.size() > kMostRestored) return false;
  FeedReader reader(json, now, Time::max(), AddressBook::kMost);
  if (!reader.read()) return false;
  std::erase_if(reader.entries, [now](const AddressEntry& entry) { return entry.expires <= now; });
  return book.put(std::move(reader.entries), now).has_value();
}

}  // namespace sallyport::discovery
