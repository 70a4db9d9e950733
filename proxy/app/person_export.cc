#include "proxy/app/person_export.h"

#include <algorithm>
#include <filesystem>

#include "discovery/alerts/alert.h"
#include "discovery/events/encode.h"
#include "discovery/inventory/file_inventory.h"
#include "discovery/store/sqlite_person_usage.h"
#include "discovery/store/sqlite_read_audit.h"
#include "discovery/store/sqlite_state_store.h"
#include "discovery/users/address_feed.h"
#include "discovery/users/logon_day.h"
#include "proxy/app/alert_book.h"
#include "proxy/app/governance_page.h"
#include "proxy/app/read_audit_page.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

namespace {

constexpr std::size_t kMostFiles = 100'000;        // of which the export knows at once
constexpr std::size_t kMostAddresses = 64u << 20;  // bytes of the map of addresses

bool is_there(const std::string& file) {
  std::error_code none;
  return std::filesystem::exists(file, none);
}

Result<void> stopped() {
  return fail(ErrorKind::storage, Side::ours, "the export could not be written");
}

void list(JsonWriter& json, std::string_view name, const auto& values) {
  json.key(name);
  json.begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

// {"type":TYPE,"NAME":VALUE}, of what is an object already.
std::string wrapped(std::string_view type, std::string_view name, std::string_view object) {
  std::string line = "{\"type\":\"";
  line += type;
  line += "\",\"";
  line += name;
  line += "\":";
  line += object;
  return line + "}";
}

// The members of an object behind its type.
std::string typed(std::string_view type, std::string_view object) {
  std::string line = "{\"type\":\"";
  line += type;
  line += "\"";
  if (object.size() > 2) line += ",";
  return line += object.substr(1);
}

class Exporting {
 public:
  Exporting(const std::string& state, const discovery::Users& users, const Person& person, Time now,
            const std::function<bool(std::string_view)>& write)
      : state_(state), users_(users), person_(person), now_(now), write_(write) {}

  Result<void> all() {
    Result<void> done = listed();
    if (done) done = addresses();
    if (done) done = activities();
    if (done) done = uses();
    if (done) done = alerts();
    if (done) done = kept();
    if (done) done = copies();
    if (done) done = reads();
    return done;
  }
  ExportCounts take_counts() { return std::move(counts_); }

 private:
  Result<void> put(const std::string& type, std::string_view line) {
    if (!write_(line)) return stopped();
    ++counts_[type];
    return {};
  }

  Result<void> listed() {
    const discovery::Person* one = users_.find(person_.name);
    if (one == nullptr) return {};
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("type", "person");
    json.member("name", one->name);
    list(json, "names", one->names);
    list(json, "groups", one->groups);
    json.member("manager", one->manager);
    json.member("domain", one->domain);
    if (one->last_logon) {
      json.member("last_logon", discovery::format_logon_day(*one->last_logon));
    }
    json.end_object();
    return put("person", line);
  }

  Result<void> address(const std::string& prefix, std::string_view source) {
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("type", "address");
    json.member("address", prefix);
    json.member("source", source);
    json.end_object();
    return put("address", line);
  }

  Result<void> addresses() {
    for (const auto& one : users_.addresses()) {
      if (!person_.match.all.is(one.user)) continue;
      if (Result<void> done = address(one.prefix.to_string(), "users file"); !done) return done;
    }
    if (!is_there(addresses_file(state_))) return {};
    Result<std::string> text = read_file(addresses_file(state_), kMostAddresses);
    if (!text) return pass_on(std::move(text));
    discovery::AddressBook fed;
    // The gateway begins one that cannot be read anew, too.
    if (!discovery::restore_address_feed(*text, now_, fed)) return {};
    for (const discovery::AddressEntry* one : fed.map()->list(now_)) {
      if (!person_.match.all.is(one->user)) continue;
      if (Result<void> done = address(one->prefix.to_string(), "address feed"); !done) return done;
    }
    return {};
  }

  Result<void> activities() {
    if (!is_there(store_file(state_))) return {};
    discovery::FileInventory files(kMostFiles);
    Result<void> done;
    const auto read = discovery::read_person_events(
        store_file(state_), person_.match, [&](const discovery::Event& event) {
          if (!done) return;
          std::string record;
          append_json(record, event);
          done = put("activity", wrapped("activity", "record", record));
          files.add(event.activity, event.ending == discovery::Ending::blocked,
                    event.verdict.policy);
        });
    if (!read) return std::unexpected(read.error());
    for (const discovery::FileEntry* file : files.sorted()) {
      if (done) done = put("file", line_of(*file));
    }
    return done;
  }

  Result<void> uses() {
    if (!is_there(store_file(state_))) return {};
    Result<void> done;
    const auto read = discovery::read_person_usage(
        store_file(state_), person_.match.all,
        [&](const discovery::UsagePeriod& period, const discovery::UsageEntry& entry,
            const discovery::UsageNames& names) {
          if (done) done = put("use", line_of(period, entry, names));
        });
    if (!read) return std::unexpected(read.error());
    return done;
  }

  static std::string line_of(const discovery::UsagePeriod& period,
                             const discovery::UsageEntry& entry,
                             const discovery::UsageNames& names) {
    const auto name = [&](discovery::NameNumber number) -> std::string_view {
      return number == discovery::kOther ? "(other)" : std::string_view(names[number].name);
    };
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("type", "use");
    json.member("day", discovery::format_day(period.day));
    json.member("days", period.days);
    json.member("service", name(entry.service));
    json.member("device", name(entry.who.device));
    if (entry.who.country[0] != 0) {
      json.member("country", std::string_view(entry.who.country.data(), 2));
    }
    json.member("address", entry.who.address.to_string());
    const discovery::UsageCounts& counts = entry.counts;
    json.member("transactions", counts.transactions);
    json.member("sent", counts.sent);
    json.member("received", counts.received);
    json.member("uploads", counts.uploads);
    json.member("upload_bytes", counts.upload_bytes);
    json.member("downloads", counts.downloads);
    json.member("download_bytes", counts.download_bytes);
    json.member("blocked", counts.blocked);
    json.member("asked", counts.asked);
    json.member("continued", counts.continued);
    json.end_object();
    return line;
  }

  static std::string line_of(const discovery::FileEntry& file) {
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("type", "file");
    json.member("app", file.app);
    json.member("name", file.name);
    json.member("path", file.path);
    json.member("id", file.id);
    json.member("media_type", file.type);
    json.member("sha256", file.sha256);
    if (file.size) json.member("size", *file.size);
    json.member("first_seen", format_rfc3339(file.first));
    json.member("last_seen", format_rfc3339(file.last));
    json.member("uploads", file.uploads);
    json.member("downloads", file.downloads);
    json.member("stopped", file.stopped);
    list(json, "shared_users", file.shared_users);
    list(json, "shared_domains", file.shared_domains);
    json.end_object();
    return line;
  }

  Result<void> alerts() {
    if (!is_there(alerts_file(state_))) return {};
    auto found = discovery::read_person_alerts(alerts_file(state_), person_.match);
    if (!found) return pass_on(std::move(found));
    std::unique_ptr<discovery::SqliteStateStore> store;
    if (is_there(hand_file(state_))) {
      auto opened = discovery::SqliteStateStore::open_for_reading(hand_file(state_));
      if (!opened) return pass_on(std::move(opened));
      store = std::move(*opened);
    }
    AlertBook book(store.get());
    if (Result<void> loaded = book.load(now_); !loaded) return loaded;
    for (const discovery::Alert& alert : found->about) {
      std::string text;
      append_json(text, alert, book.of(alert.id), true);
      if (Result<void> done = put("alert", wrapped("alert", "alert", text)); !done) return done;
    }
    return {};
  }

  // What is set, and what the log says.
  Result<void> kept() {
    if (!is_there(hand_file(state_))) return {};
    auto store = discovery::SqliteStateStore::open_for_reading(hand_file(state_));
    if (!store) return pass_on(std::move(store));
    const auto entries = state_of(**store, person_.match);
    if (!entries) return std::unexpected(entries.error());
    for (const discovery::StateEntry& one : *entries) {
      std::string line;
      JsonWriter json(line);
      json.begin_object();
      json.member("type", "state");
      json.member("kind", one.kind);
      json.member("key", one.key);
      if (!discovery::is_secret(one.kind)) json.member("value", one.value);
      json.member("who", one.who);
      json.member("at", format_rfc3339(one.at));
      if (one.expires) json.member("expires", format_rfc3339(*one.expires));
      json.end_object();
      if (Result<void> done = put("state", line); !done) return done;
    }
    std::uint64_t after = 0;
    while (true) {
      auto page = (*store)->governance(after, discovery::StateStore::kMostGovernance);
      if (!page) return pass_on(std::move(page));
      if (page->empty()) return {};
      after = page->back().number;
      for (discovery::GovernanceEntry& one : *page) {
        if (!is_about(person_.match, one)) continue;
        GovernanceWords words = words_of(one);
        std::string text;
        append_json(text, GovernanceShown{std::move(one), std::move(words)});
        if (Result<void> done = put("governance", typed("governance", text)); !done) return done;
      }
    }
  }

  Result<void> copies() {
    for (const QuarantinedCopy& copy : copies_of(state_, person_.match)) {
      std::string json = copy.json;
      std::erase(json, '\n');  // between its members
      const std::string line = wrapped("quarantined_copy", "copy", json);
      if (Result<void> done = put("quarantined_copy", line); !done) return done;
    }
    return {};
  }

  Result<void> reads() {
    if (!is_there(read_audit_file(state_))) return {};
    auto audit = discovery::SqliteReadAudit::open_for_reading(read_audit_file(state_));
    if (!audit) return pass_on(std::move(audit));
    ReadAuditFilter filter;
    filter.about = person_.match.all;
    std::uint64_t after = 0;
    while (true) {
      const auto page = (*audit)->entries(after, discovery::SqliteReadAudit::kMostEntries);
      if (!page) return std::unexpected(page.error());
      if (page->empty()) return {};
      after = page->back().number;
      for (const discovery::AuditEntry& one : *page) {
        if (!filter.keeps(one)) continue;
        std::string text;
        append_json(text, one);
        if (Result<void> done = put("read", typed("read", text)); !done) return done;
      }
    }
  }

  const std::string& state_;
  const discovery::Users& users_;
  const Person& person_;
  const Time now_;
  const std::function<bool(std::string_view)>& write_;
  ExportCounts counts_;
};

}  // namespace

Result<ExportCounts> export_person(const std::string& state, const discovery::Users& users,
                                   const Person& person, Time now,
                                   const std::function<bool(std::string_view)>& write) {
  Exporting exporting(state, users, person, now, write);
  if (Result<void> done = exporting.all(); !done) return pass_on(std::move(done));
  return exporting.take_counts();
}

std::string manifest_of(const Person& person, const ExportCounts& counts, std::string_view by,
                        std::string_view reason, Time at) {
  std::string line;
  JsonWriter json(line);
  json.begin_object();
  json.member("type", "manifest");
  json.member("user", person.name);
  list(json, "names", person.names);
  json.member("at", format_rfc3339(at));
  json.member("by", by);
  json.member("reason", reason);
  json.key("counts");
  json.begin_object();
  for (const auto& [type, count] : counts) json.member(type, count);
  json.end_object();
  json.end_object();
  return line;
}

}  // namespace sallyport::app
