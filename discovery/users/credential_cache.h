#pragma once
// Passwords that were checked a moment ago, so that each request of a browser does not cost a
// bcrypt.
//
// What is kept is HMAC-SHA256(key, user, password, version of the password file) under a key that
// lives and dies with the process: no password, and nothing to try guesses against outside this
// process. A new password file has another version, so its predecessor's answers are simply never
// found.
//
// One per worker; not shared between threads. Time is the caller's steady clock.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace sallyport::discovery {

class CredentialCache {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Key = std::array<std::uint8_t, 32>;

  struct Options {
    // Right passwords are believed for this long from when they were checked, however often used.
    std::chrono::seconds right_for = std::chrono::minutes(5);
    // Wrong ones are remembered so long, so that a client that repeats itself costs one check.
    std::chrono::seconds wrong_for = std::chrono::seconds(10);
    // Entries of each kind; the oldest goes first. Kept apart, so that guessing cannot push out
    // those who are signed in.
    std::size_t most = 4096;
  };

  // A random key; make one per process and give it to every worker, or one per worker.
  static Key make_key();

  explicit CredentialCache(const Key& key);
  CredentialCache(const Key& key, const Options& options);
  CredentialCache(const CredentialCache&) = delete;
  CredentialCache& operator=(const CredentialCache&) = delete;
  ~CredentialCache();  // Wipes the key.

  // true: checked and right; false: checked and wrong; nothing: ask Htpasswd::verify().
  std::optional<bool> find(std::string_view user, std::string_view password,
                           std::string_view version, Moment now);
  // The result is the beginning of the keyed hash: the same for the same three, and the same in
  // every cache with that key.
  std::uint64_t remember(std::string_view user, std::string_view password, std::string_view version,
                         bool right, Moment now);
  void clear();
  std::size_t size() const { return right_.order.size() + wrong_.order.size(); }

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct DigestHash {
    std::size_t operator()(const Digest& digest) const;
  };
  // All entries live equally long, so the order of arrival is the order of expiry.
  struct Entries {
    std::unordered_map<Digest, Moment, DigestHash> until;
    std::deque<Digest> order;

    bool has(const Digest& digest, Moment now) const;
    void drop_expired(Moment now);
    void add(const Digest& digest, Moment until_when, std::size_t most);
  };
  Digest digest(std::string_view user, std::string_view password, std::string_view version) const;

  Key key_;
  Options options_;
  Entries right_;
  Entries wrong_;
};

}  // namespace sallyport::discovery
