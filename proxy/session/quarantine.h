#pragma once
// Copies of blocked uploads for the operators, each enciphered to their certificates
// (base/crypto/cms.h): this machine cannot read what it keeps.
//
//   FOLDER/<event id>.p7m    what the client sent, as a MIME entity (RFC 2045): its type, then
//   bytes FOLDER/<event id>.json   what is known of it: who, where to, which policy, name, size
//
// A copy is there as a whole or not at all. It is written through the page cache and not forced to
// the disk: a crash of the machine may lose the last ones, never half of one.
//
// INVARIANT: a copy that is kept stays until it is old or taken out: nobody pushes it out with
// others. One client has a quarter of the room at most, and a tenth of the disk stays free.
//
// Of any thread; tend() is for one that may block, a Copy belongs to its worker.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "base/crypto/cms.h"
#include "discovery/events/event.h"

namespace sallyport::session {

class Quarantine {
 public:
  static constexpr std::size_t kMostCopies = 10'000;

  struct Rules {
    std::shared_ptr<const CmsRecipients> recipients;  // null: nothing is kept
    std::uint64_t most = 0;                           // bytes of all copies
    std::chrono::hours keep{0};                       // and how long one stays
  };

  // tend() comes first: until then nothing is kept.
  // `hide`: takes out of an event what must not be written down; empty: nothing.
  using Hide = std::function<void(discovery::Event&)>;
  explicit Quarantine(std::string folder, Hide hide = nullptr)
      : folder_(std::move(folder)), hide_(std::move(hide)) {}
  // The event as it may be written down.
  discovery::Event shown(discovery::Event event) const {
    if (hide_) hide_(event);
    return event;
  }
  void set_rules(Rules rules);

  // Makes the folder, takes out what is too old or half written, and sees what others took out. Now
  // and then.
  void tend(Time now);

  class Copy {
   public:
    ~Copy();
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    // An error where there is no room, of the quarantine or of the disk. Then it is over with.
    Result<void> append(std::string_view bytes);
    // `about`: the text of the .json; its `user`, or the class of its `client`, is `who`.
    Result<void> finish(std::string_view about);

   private:
    friend class Quarantine;
    Copy(Quarantine& of, std::string id, std::string who,
         std::shared_ptr<const CmsRecipients> recipients, int file);
    Result<void> put(std::string_view bytes);

    Quarantine& of_;
    const std::string id_;
    const std::string who_;
    const std::shared_ptr<const CmsRecipients> recipients_;
    CmsEnvelope envelope_;
    std::string out_;
    int file_;
    std::uint64_t size_ = 0;  // of what is counted of it
  };

  // `who`: whose share it is of, a user or an address. `unavailable` where nothing is kept here,
  // `limit` where there is no room.
  Result<std::unique_ptr<Copy>> begin(std::string id, std::string who);
  // Whether a failure may be told: the first of a minute.
  bool may_tell(Time now);

 private:
  struct Kept {
    std::string who;
    std::uint64_t size = 0;
  };
  struct Share {
    std::size_t copies = 0;
    std::uint64_t bytes = 0;
  };
  // What keeps another copy of `who` from beginning, or "".
  std::string_view full_for(const std::string& who) const;
  bool take(const std::string& who, std::uint64_t bytes);
  void give_back(const std::string& who, std::uint64_t bytes);
  void forget(const std::string& id);

  const std::string folder_;
  const Hide hide_;
  std::mutex mutex_;
  Rules rules_;
  bool ready_ = false;
  std::map<std::string, Kept> kept_;     // by id
  std::map<std::string, Share> shares_;  // of kept ones, and those under way
  Share all_;
  std::uint64_t disk_room_ = 0;  // bytes that may be written before tend() looks again
  Time told_ = Time::min();
};

}  // namespace sallyport::session
