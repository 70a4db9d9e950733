#pragma once
// What a client showed of an app's session that policy has ended (`then: sign_in_again`): cookies,
// and tokens of Authorization and of fields like X-Auth-Token, by digests of their values, however
// they are spelt. They no longer pass to the app, also where the client kept them; what the app
// sets anew does. In a request's target they are looked for under names that sessions have.
//
// Where nothing was shown (another window, a program), the cookies of the first request that has
// some and passes by the answer are taken for the old session's, but for those that the app has set
// since then. A request that shows a cookie which was set since then is of a new session, so its
// tokens pass: some are the same for everybody who loads the page.
//
// INVARIANT: no credential is kept, only 64 bits that a key of this process made of it. Bounded:
// kMostOfOne of a user and domain, kMostDomains of a user, `most` in all; the oldest of each go, so
// that nobody empties it for others. A restart forgets them, and the answers with them.
//
// What is shorter than kShortest is no credential: `lang=en` is set by scripts, which nobody sees.
// Bodies are not looked at. Of any thread.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/clock.h"
#include "base/crypto/siphash.h"
#include "base/http/head.h"
#include "base/http/headers.h"

namespace sallyport::session {

class DroppedCredentials {
 public:
  static constexpr std::size_t kMostOfOne = 512;
  static constexpr std::size_t kMostDomains = 256;
  static constexpr std::size_t kShortest = 8;  // bytes

  explicit DroppedCredentials(std::size_t most = 16'384);

  // `who`: the user, or the client; `domain`: the app's.
  void add(const std::string& who, const std::string& domain, const http::Headers& shown, Time now,
           Time until);

  enum class Found : std::uint8_t {
    nothing,
    in_fields,  // and taken out of them
    in_target,  // which cannot be sent on without it
  };
  // Takes out of the fields of `request` what was dropped.
  // `answered`: it passes because somebody said that they would sign in again.
  Found strip(const std::string& who, const std::string& domain, http::RequestHead& request,
              Time now, bool answered = true);
  // What the app sets is new, also where it is the same text as before. `asked`: when the request
  // came; a reply to one that came before the session ended says nothing.
  void renew(const std::string& who, const std::string& domain, const http::Headers& reply,
             Time asked);

  bool empty() const { return count_.load(std::memory_order_relaxed) == 0; }
  std::size_t size() const { return count_.load(std::memory_order_relaxed); }

 private:
  using Digests = std::vector<std::uint64_t>;  // the oldest first
  struct Shown {
    std::uint64_t value = 0;
    std::uint64_t name = 0;
  };
  struct Entry {
    std::string who;
    std::string whose;           // with the domain
    std::vector<Shown> dropped;  // the oldest first
    Digests fresh;               // values that the app has set since
    bool pending = false;        // nothing was shown so far
    Time since;                  // the last end
    Time until;
  };
  struct Hash {
    SipKey key;
    std::size_t operator()(std::string_view text) const;
  };
  using Entries = std::list<Entry>;  // the latest first

  std::uint64_t digest(std::string_view value) const;
  // Each value of fields that says who somebody is, at most kMostOfOne of them.
  std::vector<Shown> shown_in(const http::Headers& fields, bool cookies_alone) const;
  static void drop(Entry& entry, const std::vector<Shown>& shown);
  void erase(Entries::iterator entry);
  void make_room(const std::string& who);

  const std::size_t most_;
  SipKey key_{};
  std::mutex mutex_;
  Entries by_age_;
  std::unordered_map<std::string_view, Entries::iterator, Hash> by_whose_;
  std::unordered_map<std::string, std::size_t, Hash> of_who_;  // entries
  std::atomic<std::size_t> count_{0};
};

// Throws away what a browser keeps of a site: Clear-Site-Data, and each cookie that it showed, for
// browsers that do not know that. `asked`: the request. Storage only where no service worker stands
// between: one would have to end before its own reply comes.
void clear_session(const http::RequestHead& asked, std::string_view domain, http::Headers& reply);

}  // namespace sallyport::session
