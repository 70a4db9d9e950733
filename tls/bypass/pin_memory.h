#pragma once
// Which hosts clients refuse to speak with through us, as an app does that pins its certificate.
//
// It proposes, and never bypasses anything: `sallyport bypass suggestions` shows what stands here
// to a person, who adds a rule or does not. An attacker who can make handshakes fail would
// otherwise choose what is not inspected. Belongs to one thread. At most kMaxHosts hosts, the one
// with the oldest failure leaves first.

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/clock.h"
#include "base/core/host.h"
#include "base/core/result.h"

namespace sallyport::tls {

// How a client turned our leaf down.
enum class ClientRefusal : std::uint8_t {
  unknown_ca,                // alert 48
  bad_certificate,           // alert 42
  certificate_unknown,       // alert 46
  closed_after_certificate,  // no alert: closed right after our certificate
};
inline constexpr std::size_t kClientRefusals = 4;
std::string_view to_string(ClientRefusal refusal);

struct PinnedHost {
  std::string host;
  std::uint64_t failures = 0;
  std::array<std::uint64_t, kClientRefusals> by_kind{};
  // Counts up to kMaxClients and stays there.
  std::size_t distinct_clients = 0;
  Time first;
  Time last;
};

class PinMemory {
 public:
  static constexpr std::size_t kMaxHosts = 1024;
  static constexpr std::size_t kMaxClients = 64;            // remembered per host, as hashes
  static constexpr std::size_t kMaxText = 2 * 1024 * 1024;  // bytes that parse() takes

  // There is no opposite of it: a browser that succeeds says nothing about the app that pins.
  // `client`: whatever tells clients apart, an address or a user. Only a 64-bit hash of it is kept.
  void record(const Host& host, ClientRefusal refusal, std::string_view client, Time now);

  // Hosts with at least so many failures by at least so many clients; most clients first, then most
  // failures, then by name.
  std::vector<PinnedHost> suggestions(std::uint64_t min_failures, std::size_t min_clients) const;

  std::size_t size() const { return index_.size(); }

  // One line per host under a header with the version; sorted by name. See pin_memory.cc.
  std::string serialise() const;
  // Lines that it does not understand are passed over and counted in `skipped`, which may be null.
  // An unknown version, or more than kMaxText, is an error.
  static Result<PinMemory> parse(std::string_view text, std::size_t* skipped = nullptr);

  PinMemory() = default;
  PinMemory(PinMemory&&) = default;
  PinMemory& operator=(PinMemory&&) = default;

 private:
  struct Entry {
    PinnedHost seen;
    std::vector<std::uint64_t> clients;  // Hashes, sorted, at most kMaxClients.
  };
  using Entries = std::list<Entry>;  // The latest failure first.

  void insert(Entry entry);  // REQUIRES: the host is not there.

  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> index_;  // Views into PinnedHost::host.
};

}  // namespace sallyport::tls
