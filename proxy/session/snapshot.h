#pragma once
// What exchanges are judged by: one immutable set of rules, apps, tags, places and users, made by
// the desk
// and shared by all workers.
//
// A worker holds the current one in a SnapshotShelf. An exchange takes a SnapshotPin, which counts
// without atomics, so that exchanges do not fight over one cache line; the shared_ptr is touched
// once per worker and snapshot.

#include <cstdint>
#include <memory>
#include <string>

#include "discovery/agent/agents.h"
#include "discovery/catalog/app_tag_overlay.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/noise_hosts.h"
#include "discovery/catalog/registrable.h"
#include "discovery/geo/geo.h"
#include "discovery/tags/ip_tags.h"
#include "discovery/users/user_directory.h"
#include "policy/eval/program.h"
#include "policy/eval/standing.h"

namespace sallyport::discovery {
class MailDomains;
class NameTags;
class OwnTenants;
class ScopeLevels;
class SignatureBook;
}  // namespace sallyport::discovery

namespace sallyport::tls {
class ClientAuthorities;
}

namespace sallyport::session {

struct Snapshot {
  std::string id;  // content hash, hex; events carry it
  std::shared_ptr<const policy::Program> policy;
  std::shared_ptr<const discovery::Catalog> catalog;
  std::shared_ptr<const discovery::SignatureBook> signatures;    // null: none
  std::shared_ptr<const discovery::MailDomains> mail_domains;    // null: all are external
  std::shared_ptr<const discovery::OwnTenants> own_tenants;      // null: none is known
  std::shared_ptr<const discovery::ScopeLevels> consent_scopes;  // null: no level is known
  std::shared_ptr<const discovery::NameTags> file_names;         // null: nobody looks at names
  std::shared_ptr<const discovery::Geo> geo = std::make_shared<const discovery::Geo>();
  std::shared_ptr<const discovery::IpTags> tags;
  // As operators are answered: under pseudonyms where names are hidden (recording.anonymize_users).
  std::shared_ptr<const discovery::Users> users;
  // By their names, where `users` hides them; null: it does not. What judges takes people().
  std::shared_ptr<const discovery::Users> named_users;
  std::shared_ptr<const discovery::NoiseHosts> noise =
      std::make_shared<const discovery::NoiseHosts>();
  std::shared_ptr<const discovery::PublicSuffixes> suffixes =
      std::make_shared<const discovery::PublicSuffixes>();
  std::shared_ptr<const discovery::Agents> agents;        // null: nothing is known of any client
  std::shared_ptr<const tls::ClientAuthorities> devices;  // null: no device proves anything
  // Tags that people set by hand, on top of the catalog.
  std::shared_ptr<const discovery::AppTagOverlay> hand_tags =
      std::make_shared<const discovery::AppTagOverlay>();

  const discovery::Users& people() const { return named_users ? *named_users : *users; }

  // Everything that is known of an address. The operator's ranges come last: they override the
  // data.
  policy::AddressFacts facts_of(const IpAddress& address) const {
    policy::AddressFacts facts;
    geo->describe(address, facts);
    tags->describe(address, facts);
    return facts;
  }
};

// INVARIANT: what a pin sees does not change and does not die while the pin lives. One thread.
class SnapshotPin {
 public:
  SnapshotPin(const SnapshotPin& other) : held_(other.held_) { ++held_->pins; }
  SnapshotPin& operator=(const SnapshotPin&) = delete;
  ~SnapshotPin() {
    if (--held_->pins == 0) delete held_;
  }
  const Snapshot* operator->() const { return held_->snapshot.get(); }
  const Snapshot& operator*() const { return *held_->snapshot; }
  // Counts the snapshots of this worker: what was learnt from one of the same number still holds.
  std::uint64_t number() const { return held_->number; }

 private:
  friend class SnapshotShelf;
  struct Held {
    std::shared_ptr<const Snapshot> snapshot;
    std::uint64_t number = 0;
    std::size_t pins = 1;
  };
  explicit SnapshotPin(Held* held) : held_(held) {}
  Held* held_;
};

// The current snapshot of one worker, and beside it what people have answered and who is suspended:
// that changes often and must hold at once, so no exchange pins it; each decision asks for it as it
// is by then, and keeps nothing of it but ids.
class SnapshotShelf {
 public:
  explicit SnapshotShelf(std::shared_ptr<const Snapshot> snapshot)
      : current_(new SnapshotPin::Held{std::move(snapshot)}) {}

  // REQUIRES: not null.
  void stand(std::shared_ptr<const policy::Standing> standing) {
    standing_ = std::move(standing);
    ++standing_number_;
  }
  // Valid until the worker's next turn.
  const policy::Standing& standing() const { return *standing_; }
  // Counts them: what was decided by one of the same number still holds.
  std::uint64_t standing_number() const { return standing_number_; }

  // Exchanges that hold a pin keep the old one to their end.
  void publish(std::shared_ptr<const Snapshot> snapshot) {
    SnapshotPin fresh(new SnapshotPin::Held{std::move(snapshot), current_.number() + 1});
    std::swap(current_.held_, fresh.held_);
  }
  SnapshotPin pin() const { return current_; }
  // Whether no other was published since `pin` was taken.
  bool is_current(const SnapshotPin& pin) const { return pin.held_ == current_.held_; }

 private:
  SnapshotPin current_;
  std::shared_ptr<const policy::Standing> standing_ = std::make_shared<const policy::Standing>();
  std::uint64_t standing_number_ = 0;
};

}  // namespace sallyport::session
