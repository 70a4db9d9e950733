#pragma once
// Everything that a state directory keeps of one person, and taking it away (GDPR, Art. 17).
//
// The stores are opened anew for it, so that it is done beside a gateway that runs, or without one
// by whoever has the directory's lock. The order: the governance log says that it is done, in the
// transaction that empties the state and the log itself; then activities, alerts, copies of
// uploads, the record of reads. Where it is stopped in the middle, it is simply run again.
//
// Not ours to change: the operator's files (users, addresses, policies), logs in files and what was
// sent to receivers. Thread rule: any thread but the desk's, because it may take minutes.

#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/json/writer.h"
#include "discovery/alerts/sqlite_person_alerts.h"
#include "discovery/store/sqlite_person.h"
#include "discovery/store/state_store.h"
#include "discovery/users/user_directory.h"

namespace sallyport::app {

struct Person {
  std::string name;                // canonical
  std::vector<std::string> names;  // all of them, the canonical one too
  bool listed = false;             // in a users file
  discovery::PersonNames match;
};
// ErrorKind::invalid where it is no name of a user.
Result<Person> person_of(const discovery::Users& users, std::string_view name);

// Whether an entry of the state, or of the log of it, is about that person.
bool is_about(const discovery::PersonNames& person, const discovery::StateEntry& entry);
bool is_about(const discovery::PersonNames& person, const discovery::GovernanceEntry& entry);

// The entries that are set about them, of every kind, those that have ended too.
Result<std::vector<discovery::StateEntry>> state_of(discovery::StateStore& store,
                                                    const discovery::PersonNames& person);

// A copy of a blocked upload: the file with what is known of it, without its ending.
struct QuarantinedCopy {
  std::string base;  // ".../quarantine/01J..."
  std::string json;
};
std::vector<QuarantinedCopy> copies_of(const std::string& state,
                                       const discovery::PersonNames& person);

struct PersonKept {
  discovery::PersonEvents events;
  std::uint64_t alerts = 0;
  std::uint64_t alert_mentions = 0;
  std::uint64_t state = 0;
  std::uint64_t governance = 0;
  std::uint64_t reads = 0;
  std::uint64_t copies = 0;
  std::vector<Ulid> alert_ids;
  bool suspended = false;

  bool any() const;
};
// How much there is of them. Nothing is changed.
Result<PersonKept> look_at_person(const std::string& state, const Person& person, Time now);

struct ErasureWish {
  std::string who;  // the operator
  std::string via;  // as of ReadNote
  std::string reason;
  Time at;
  discovery::Vacuum vacuum = discovery::Vacuum::free;
};
// What was there and is not any more. `scrubbed` false: something of it may still stand in a
// write-ahead log. Refused with ErrorKind::unavailable while the person is suspended: to forget
// that would let them back in.
struct PersonErased : PersonKept {
  bool scrubbed = true;
};
Result<PersonErased> erase_person(const std::string& state, const Person& person,
                                  const ErasureWish& wish);

// "events", "mentions", ...: how many of each, as members of an object.
void write_members(JsonWriter& json, const PersonKept& kept);

}  // namespace sallyport::app
