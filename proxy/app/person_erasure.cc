#include "proxy/app/person_erasure.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>

#include "base/core/file.h"
#include "base/core/text.h"
#include "base/json/cursor.h"
#include "discovery/store/sqlite_read_audit.h"
#include "discovery/store/sqlite_state_store.h"
#include "discovery/users/name_cipher.h"
#include "discovery/users/user_name.h"
#include "proxy/app/erasure_mark.h"
#include "proxy/app/governance_words.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

using discovery::GovernanceEntry;
using discovery::PersonNames;
using discovery::SqliteStateStore;
using discovery::StateEntry;

namespace {

constexpr std::size_t kLargestNote = 64 * 1024;  // bytes of what is known of a copy
// What the portal remembers of what somebody answered.
constexpr std::string_view kPortalAnswer = "portal_answer";

bool is_there(const std::string& file) {
  std::error_code none;
  return std::filesystem::exists(file, none);
}

GovernanceEntry as_said(const StateEntry& entry) {
  GovernanceEntry said;
  said.kind = entry.kind;
  said.key = entry.key;
  said.value = entry.value;
  said.who = entry.who;
  return said;
}

std::string user_of_copy(const std::string& json) {
  std::string user;
  JsonCursor cursor(json);
  const bool read = cursor.object(
      [&](std::string_view key) { return key == "user" ? cursor.string(user) : cursor.skip(); });
  return read ? user : std::string();
}

// How alerts are handled stands under their ids, and names nobody.
class OfAlerts {
 public:
  explicit OfAlerts(const std::vector<Ulid>& alerts) {
    for (const Ulid& id : alerts) keys_.insert(id.to_string());
  }
  bool is(std::string_view kind, const std::string& key) const {
    return kind == "alert" && keys_.contains(key);
  }

 private:
  std::set<std::string> keys_;
};

// With those about alerts of theirs.
Result<std::vector<StateEntry>> whole_state(discovery::StateStore& store, const Person& person,
                                            const std::vector<Ulid>& alerts) {
  auto found = state_of(store, person.match);
  if (!found || alerts.empty()) return found;
  const OfAlerts theirs(alerts);
  auto handled = store.entries("alert", Time{});
  if (!handled) return handled;
  for (StateEntry& entry : *handled) {
    if (theirs.is(entry.kind, entry.key)) found->push_back(std::move(entry));
  }
  return found;
}

Result<void> look_at_state(const std::string& state, const Person& person, Time now,
                           PersonKept& kept) {
  if (!is_there(hand_file(state))) return {};
  auto store = SqliteStateStore::open_for_reading(hand_file(state));
  if (!store) return pass_on(std::move(store));
  const auto entries = whole_state(**store, person, kept.alert_ids);
  if (!entries) return std::unexpected(entries.error());
  kept.state = entries->size();
  kept.suspended = std::ranges::any_of(*entries, [&](const StateEntry& one) {
    return one.kind == "suspension" && (!one.expires || *one.expires > now);
  });
  const OfAlerts theirs(kept.alert_ids);
  std::uint64_t after = 0;
  while (true) {
    const auto page = (*store)->governance(after, discovery::StateStore::kMostGovernance);
    if (!page) return std::unexpected(page.error());
    if (page->empty()) return {};
    after = page->back().number;
    kept.governance +=
        static_cast<std::uint64_t>(std::ranges::count_if(*page, [&](const GovernanceEntry& one) {
          return is_about(person.match, one) || theirs.is(one.kind, one.key);
        }));
  }
}

Result<void> look_at_reads(const std::string& state, const Person& person, PersonKept& kept) {
  if (!is_there(read_audit_file(state))) return {};
  auto audit = discovery::SqliteReadAudit::open_for_reading(read_audit_file(state));
  if (!audit) return pass_on(std::move(audit));
  std::uint64_t after = 0;
  while (true) {
    const auto page = (*audit)->entries(after, discovery::SqliteReadAudit::kMostEntries);
    if (!page) return std::unexpected(page.error());
    if (page->empty()) return {};
    after = page->back().number;
    for (const discovery::AuditEntry& one : *page) {
      const discovery::ReadNote& note = one.note;
      const discovery::NameMatch& names = person.match.all;
      kept.reads += names.in(note.about) || names.in(note.question) || names.in(note.reason);
    }
  }
}

Result<bool> erase_state(const std::string& state, const Person& person, const ErasureWish& wish,
                         const PersonKept& kept) {
  auto store = SqliteStateStore::open(hand_file(state));
  if (!store) return pass_on(std::move(store));
  const auto entries = whole_state(**store, person, kept.alert_ids);
  if (!entries) return std::unexpected(entries.error());
  std::string reason = wish.reason;
  person.match.all.blank_out(reason);
  SqliteStateStore::Erasure erasure;
  for (const StateEntry& entry : *entries) erasure.entries.emplace_back(entry.kind, entry.key);
  const OfAlerts theirs(kept.alert_ids);
  erasure.about = [&](const GovernanceEntry& entry) {
    return is_about(person.match, entry) || theirs.is(entry.kind, entry.key);
  };
  erasure.is_person = [&](std::string_view who) { return person.match.all.is(who); };
  erasure.name = person.name;
  erasure.who = wish.who;
  erasure.at = wish.at;
  erasure.tell = [&](JsonWriter& json) {
    json.member("reason", reason);
    write_members(json, kept);
  };
  const auto erased = (*store)->erase(erasure);
  if (!erased) return std::unexpected(erased.error());
  return erased->scrubbed;
}

}  // namespace

Result<Person> person_of(const discovery::Users& users, std::string_view name) {
  const auto normal = discovery::normal_user_name(name);
  if (!normal) {
    return fail(ErrorKind::invalid, Side::client,
                fmt::format("'{}' is no name of a user", printable(name.substr(0, 300))));
  }
  const discovery::Person* listed = users.find(*normal);
  std::vector<std::string> names = listed != nullptr ? listed->names : std::vector{*normal};
  std::string shown = listed != nullptr ? listed->name : users.canonical(*normal);
  if (users.cipher() == nullptr)
    return Person{std::move(shown), names, listed != nullptr, PersonNames(names)};
  // Their names too, so that what is of before names were hidden is found; nobody is shown them.
  if (listed == nullptr) names = {shown};
  std::vector<std::string> all = names;
  for (const std::string& one : names) all.push_back(users.cipher()->revealed(one));
  return Person{std::move(shown), std::move(names), listed != nullptr, PersonNames(all)};
}

bool is_about(const PersonNames& person, const GovernanceEntry& entry) {
  if (entry.emptied || entry.kind == discovery::kErasure) return false;
  if (entry.kind == kPortalAnswer) return person.all.is(entry.who);
  return person.all.is(words_of(entry).user);
}

bool is_about(const PersonNames& person, const StateEntry& entry) {
  return is_about(person, as_said(entry));
}

Result<std::vector<StateEntry>> state_of(discovery::StateStore& store, const PersonNames& person) {
  std::vector<std::string_view> kinds(discovery::governance_kinds().begin(),
                                      discovery::governance_kinds().end());
  kinds.push_back(kPortalAnswer);
  std::vector<StateEntry> found;
  for (const std::string_view kind : kinds) {
    auto entries = store.entries(kind, Time{});
    if (!entries) return entries;
    for (StateEntry& entry : *entries) {
      if (is_about(person, entry)) found.push_back(std::move(entry));
    }
  }
  return found;
}

std::vector<QuarantinedCopy> copies_of(const std::string& state, const PersonNames& person) {
  namespace fs = std::filesystem;
  std::vector<QuarantinedCopy> found;
  std::error_code failed;
  for (const fs::directory_entry& one : fs::directory_iterator(quarantine_folder(state), failed)) {
    if (one.path().extension() != ".json") continue;
    Result<std::string> json = read_regular_file(one.path().string(), kLargestNote);
    if (!json || !person.all.is(user_of_copy(*json))) continue;
    fs::path base = one.path();
    found.push_back({base.replace_extension().string(), std::move(*json)});
  }
  return found;
}

bool PersonKept::any() const {
  return events.events + events.mentions + events.uses + alerts + alert_mentions + state +
             governance + reads + copies >
         0;
}

Result<PersonKept> look_at_person(const std::string& state, const Person& person, Time now) {
  PersonKept kept;
  if (is_there(store_file(state))) {
    const auto events = discovery::read_person_events(store_file(state), person.match, {});
    if (!events) return std::unexpected(events.error());
    kept.events = *events;
  }
  if (is_there(alerts_file(state))) {
    const auto alerts = discovery::read_person_alerts(alerts_file(state), person.match);
    if (!alerts) return std::unexpected(alerts.error());
    kept.alerts = alerts->about.size();
    kept.alert_mentions = alerts->mentions;
    for (const discovery::Alert& alert : alerts->about) kept.alert_ids.push_back(alert.id);
  }
  Result<void> done = look_at_state(state, person, now, kept);
  if (done) done = look_at_reads(state, person, kept);
  if (!done) return pass_on(std::move(done));
  kept.copies = copies_of(state, person.match).size();
  return kept;
}

namespace {

Result<PersonErased> erase_everywhere(const std::string& state, const Person& person,
                                      const ErasureWish& wish) {
  auto kept = look_at_person(state, person, wish.at);
  if (!kept) return pass_on(std::move(kept));
  if (kept->suspended) {
    return fail(ErrorKind::unavailable, Side::client,
                "they are suspended, and to forget that would let them back in: lift it first "
                "(sallyport unsuspend)");
  }
  PersonErased erased{*kept};
  const auto scrubbed = erase_state(state, person, wish, *kept);
  if (!scrubbed) return std::unexpected(scrubbed.error());
  erased.scrubbed = *scrubbed;
  if (is_there(store_file(state))) {
    const auto events =
        discovery::erase_person_events(store_file(state), person.match, wish.vacuum);
    if (!events) return std::unexpected(events.error());
    erased.events = *events;
    erased.scrubbed = erased.scrubbed && events->scrubbed;
  }
  if (is_there(alerts_file(state))) {
    const auto alerts = discovery::erase_person_alerts(alerts_file(state), person.match);
    if (!alerts) return std::unexpected(alerts.error());
    erased.scrubbed = erased.scrubbed && *alerts;
  }
  for (const QuarantinedCopy& copy : copies_of(state, person.match)) {
    std::error_code failed;
    for (const char* ending : {".p7m", ".json"}) {
      std::filesystem::remove(copy.base + ending, failed);
      if (failed) return fail(ErrorKind::storage, Side::ours, copy.base + ": " + failed.message());
    }
  }
  if (is_there(read_audit_file(state))) {
    auto audit = discovery::SqliteReadAudit::open(read_audit_file(state));
    if (!audit) return pass_on(std::move(audit));
    discovery::ReadNote note;
    note.who = wish.who;
    note.via = wish.via;
    note.what = "users erase";
    const auto emptied = (*audit)->empty(person.match.all, note, wish.at);
    if (!emptied) return std::unexpected(emptied.error());
    erased.reads = *emptied;
  }
  return erased;
}

}  // namespace

Result<PersonErased> erase_person(const std::string& state, const Person& person,
                                  const ErasureWish& wish) {
  // Around it: what is put together meanwhile may still speak of them.
  Result<void> marked = change_erasure_mark(state);
  if (!marked) return pass_on(std::move(marked));
  auto erased = erase_everywhere(state, person, wish);
  marked = change_erasure_mark(state);
  if (erased && !marked) return pass_on(std::move(marked));
  return erased;
}

void write_members(JsonWriter& json, const PersonKept& kept) {
  json.member("activities", kept.events.events);
  json.member("mentions", kept.events.mentions);
  json.member("uses", kept.events.uses);
  json.member("alerts", kept.alerts);
  json.member("alert_mentions", kept.alert_mentions);
  json.member("state", kept.state);
  json.member("governance", kept.governance);
  json.member("reads", kept.reads);
  json.member("copies", kept.copies);
}

}  // namespace sallyport::app
