#pragma once
// What a client showed of an app's session that policy has ended (`then: sign_in_again`): cookies
// and bearer tokens, by their digests. They no longer pass to the app, also where the client kept
// them.
//
// INVARIANT: no credential is kept, only 64 bits that a key of this process made of it. Bounded:
// kMostOfOne of a user and domain, `most` users and domains; the oldest of them go. A restart
// forgets them: browsers have thrown theirs away by then.
//
// Of any thread.

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/core/clock.h"
#include "base/crypto/siphash.h"
#include "base/http/headers.h"

namespace sallyport::session {

class DroppedCredentials {
 public:
  static constexpr std::size_t kMostOfOne = 512;

  explicit DroppedCredentials(std::size_t most = 16'384);

  // `whose`: the user (or the client) and the app's domain, as one text.
  void add(const std::string& whose, const http::Headers& shown, Time until);
  // Takes out of `fields` what was dropped. Whether there was any.
  bool strip(const std::string& whose, http::Headers& fields, Time now);
  bool empty() const { return count_.load(std::memory_order_relaxed) == 0; }

 private:
  struct Entry {
    std::string whose;
    std::unordered_set<std::uint64_t> digests;
    Time until;
  };
  std::uint64_t digest(std::string_view credential) const;

  const std::size_t most_;
  SipKey key_{};
  std::mutex mutex_;
  std::list<Entry> by_age_;  // the latest first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_whose_;
  std::atomic<std::size_t> count_{0};
};

// Throws away what a browser keeps of a site: Clear-Site-Data, and each cookie that it showed, for
// browsers that do not know that.
void clear_session(const http::Headers& shown, std::string_view domain, http::Headers& reply);

}  // namespace sallyport::session
