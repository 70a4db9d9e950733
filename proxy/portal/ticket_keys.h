#pragma once
// The keys that sign tickets: one that signs, and the one before it, whose tickets are still good
// for as long as a ticket may live. HMAC-SHA-256.
//
//   DIR/portal.keys, 0600, one key per line, the newest first:
//     2026-11-26T20:00:00.000000Z 3f9a01c2 <64 hex digits>
//
// An immutable value: any thread may read it. Whoever rotates it publishes another.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/crypto/sha256.h"
#include "proxy/portal/ticket.h"

namespace sallyport::portal {

class TicketKeys {
 public:
  static constexpr std::chrono::hours kRotate{24 * 7};  // how old the key that signs may become

  static TicketKeys make(Time now);
  // What text() wrote; `invalid` for anything else, with what is wrong and never with the key.
  static Result<TicketKeys> parse(std::string_view text);
  // Secret: for the file alone.
  std::string text() const;

  // Whether the newest key is old enough to be followed by another, or from a time that has not
  // come.
  bool due(Time now) const;
  // A fresh key that signs from now on, and the present one beside it.
  TicketKeys rotated(Time now) const;

  // The ticket as it stands in a form or a URL: A-Z a-z 0-9 - _. Nothing where a field is longer
  // than it may be. `expires` is at most kTicketLives after `issued`.
  std::optional<std::string> seal(Ticket ticket) const;

  // REQUIRES nothing of `text`: it is whatever a client sent. The signature is looked at before
  // anything is read, and the same time is taken whatever is wrong with it.
  std::expected<Ticket, TicketFault> open(std::string_view text, const Holder& holder,
                                          Time now) const;

  // 256 bits that only we can tell, of a ticket's text and a purpose; nothing where its key is
  // gone. For what must not stand in the ticket (the verifier of RFC 7636).
  std::optional<Sha256Digest> derive(std::string_view purpose, std::string_view text) const;

  // 256 bits of each key that only we can tell, the newest first, with the key's name.
  struct Derived {
    std::string id;  // hexadecimal
    Sha256Digest secret;
  };
  std::vector<Derived> derive_each(std::string_view purpose) const;

 private:
  using Id = std::array<std::uint8_t, 4>;
  struct Key {
    Time made;
    Id id;
    std::array<std::uint8_t, 32> secret;
  };
  static Key fresh_key(Time now);
  const Key* find(std::string_view id, Time now) const;

  std::vector<Key> keys_;  // the newest first; one or two
};

}  // namespace sallyport::portal
