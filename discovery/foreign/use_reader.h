#pragma once
// Records of foreign logs as counted use: whose they are, of which app, from which country, by the
// same catalog, users and ranges as what is seen live.
//
//   UseReader reader(world, bounds);
//   UseTally tally;
//   for each record:
//     if (const auto use = reader.read(record)) tally.add(*use);
//
// What a log cannot tell counts as nothing: activities (uploads, downloads), what was asked and
// went on. Where a log notes both ways together, all bytes are received ones. A record is of the
// time that its log notes, which is mostly the end.
//
// Thread rule: one thread; it remembers hosts, users, addresses and programs, kMostRemembered each.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/address.h"
#include "base/core/flat_index.h"
#include "base/crypto/flat_key.h"
#include "discovery/agent/agents.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/noise_hosts.h"
#include "discovery/catalog/registrable.h"
#include "discovery/geo/geo.h"
#include "discovery/imports/log_record.h"
#include "discovery/store/usage_count.h"
#include "discovery/store/usage_exclusions.h"
#include "discovery/tags/ip_tags.h"
#include "discovery/users/user_directory.h"

namespace sallyport::discovery::foreign {

// By what records are judged. All of it outlives the reader; `agents` may be null.
struct UseWorld {
  const Catalog* catalog = nullptr;
  const NoiseHosts* noise = nullptr;
  const PublicSuffixes* suffixes = nullptr;
  const Users* users = nullptr;
  const Geo* geo = nullptr;
  const IpTags* tags = nullptr;
  const Agents* agents = nullptr;
  // Where a record names nobody, the user whose address it is by the operator's file. Only right
  // where addresses are the same people's for as long as the logs go back.
  bool users_by_address = false;
  const UsageExclusions* exclude = nullptr;  // null: nobody is
};

// Days that are counted; others are left out.
struct UseBounds {
  std::chrono::sys_days first;
  std::chrono::sys_days last;
};

// The app of the catalog that a record is of: by its host and path, and where it tells an address
// only, by the ranges of apps; null for none.
const App* app_of(const imports::LogRecord& record, const Catalog& catalog);

class UseReader {
 public:
  static constexpr std::size_t kMostRemembered = 100'000;

  UseReader(const UseWorld& world, const UseBounds& bounds) : world_(world), bounds_(bounds) {}

  // Nothing where it is left out. Texts live as long as the record, and until the next call.
  std::optional<CountedUse> read(const imports::LogRecord& record);

  std::uint64_t left_out() const { return left_out_; }
  std::uint64_t excluded() const { return excluded_; }  // of these
  // Records whose user's name is none that anybody can have; they are nobody's.
  std::uint64_t odd_users() const { return odd_users_; }

 private:
  struct Service {
    NameKind kind = NameKind::unnamed;
    std::string name;
  };
  // What was found out of a key. Forgets all where it is full.
  template <class Key, class T>
  struct Remembered {
    std::vector<std::pair<Key, T>> known;
    FlatIndex index;  // to `known`

    template <class Wanted>
    const T* find(std::uint64_t hash, const Wanted& wanted) const {
      const auto at =
          index.find(hash, [&](std::uint32_t one) { return known[one].first == wanted; });
      return at == FlatIndex::kNone ? nullptr : &known[at].second;
    }
    // REQUIRES: it is not there.
    const T& add(std::uint64_t hash, Key key, T value) {
      if (known.size() >= kMostRemembered) {
        known.clear();
        index.clear();
      }
      index.find_or_add(hash, known.size(), [](std::uint32_t) { return false; });
      return known.emplace_back(std::move(key), std::move(value)).second;
    }
  };
  struct From {
    std::array<char, 2> country{};
    std::string user;  // by address
  };

  bool is_excluded(const imports::LogRecord& record, const CountedUse& use) const;
  void name_service(const imports::LogRecord& record, CountedUse& use);
  const Service& service_of_no_app(std::string_view host);
  std::string_view user_of(std::string_view written);
  const From& from(const IpAddress& address);
  const std::string& device_of(std::string_view user_agent, Time at);

  const UseWorld world_;
  const UseBounds bounds_;
  const FlatHasher hasher_ = flat_hasher();
  Remembered<std::string, Service> services_;  // of no app
  Remembered<std::string, std::string> users_;
  Remembered<std::string, std::string> devices_;
  Remembered<IpAddress, From> places_;
  std::uint64_t left_out_ = 0;
  std::uint64_t odd_users_ = 0;
  std::uint64_t excluded_ = 0;
};

}  // namespace sallyport::discovery::foreign
