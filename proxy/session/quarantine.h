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
// Of any thread; a Copy belongs to its worker.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "base/crypto/cms.h"

namespace sallyport::session {

class Quarantine {
 public:
  static constexpr std::size_t kMostCopies = 10'000;

  struct Rules {
    std::shared_ptr<const CmsRecipients> recipients;  // null: nothing is kept
    std::uint64_t most = 0;                           // bytes of all copies
    std::chrono::hours keep{0};                       // and how long one stays
  };

  // The folder is made when the first copy is.
  explicit Quarantine(std::string folder) : folder_(std::move(folder)) {}
  void set_rules(Rules rules);

  class Copy {
   public:
    ~Copy();
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    // An error where there is no room, of the quarantine or of the disk. Then it is over with.
    Result<void> append(std::string_view bytes);
    // `about`: the text of the .json.
    Result<void> finish(std::string_view about);

   private:
    friend class Quarantine;
    Copy(Quarantine& of, std::string id, std::shared_ptr<const CmsRecipients> recipients, int file);
    Result<void> put(std::string_view bytes);

    Quarantine& of_;
    const std::string id_;
    const std::shared_ptr<const CmsRecipients> recipients_;
    CmsEnvelope envelope_;
    std::string out_;
    int file_;
    std::uint64_t size_ = 0;  // of what is counted of it
  };

  // `unavailable` where nothing is kept here, `limit` where it is full.
  Result<std::unique_ptr<Copy>> begin(std::string id, Time now);

 private:
  bool take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes);  // of a copy that is given up
  // What the folder holds, anew: others may take copies out. With mutex_ held.
  void look(Time now);

  const std::string folder_;
  std::mutex mutex_;
  Rules rules_;
  std::uint64_t used_ = 0;
  std::size_t copies_ = 0;
  Time looked_{};
  bool known_ = false;
};

}  // namespace sallyport::session
