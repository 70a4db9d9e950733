#include "discovery/alerts/sqlite_person_alerts.h"

#include "discovery/alerts/sqlite_alert_rows.h"
#include "discovery/store/sqlite_scrub.h"
#include "discovery/store/sqlite_values.h"

namespace sallyport::discovery {

namespace {

Result<PersonAlerts> read_alerts(const SqliteDatabase& db, const PersonNames& person,
                                 std::vector<std::pair<std::int64_t, std::string>>* blanked) {
  auto rows = db.prepare(std::string(kAlertColumns) + " ORDER BY n");
  if (!rows) return pass_on(std::move(rows));
  PersonAlerts found;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    if (person.all.is(rows->text(7))) {
      auto alert = read_alert(*rows);
      if (!alert) return pass_on(std::move(alert));
      found.about.push_back(std::move(*alert));
      continue;
    }
    std::string text(rows->text(14));
    if (!person.plain.blank_out(text)) continue;
    ++found.mentions;
    if (blanked != nullptr) blanked->emplace_back(rows->integer(kAlertPlace), std::move(text));
  }
}

}  // namespace

Result<PersonAlerts> read_person_alerts(const std::string& path, const PersonNames& person) {
  auto db = open_alert_file_for_reading(path);
  if (!db) return pass_on(std::move(db));
  return read_alerts(*db, person, nullptr);
}

Result<bool> erase_person_alerts(const std::string& path, const PersonNames& person) {
  auto db = open_alert_file(path);
  if (!db) return pass_on(std::move(db));
  if (Result<void> done = db->execute("PRAGMA secure_delete = ON"); !done) {
    return pass_on(std::move(done));
  }
  {
    auto transaction = SqliteTransaction::begin(*db);
    if (!transaction) return pass_on(std::move(transaction));
    std::vector<std::pair<std::int64_t, std::string>> blanked;
    const auto found = read_alerts(*db, person, &blanked);
    if (!found) return std::unexpected(found.error());
    auto gone = db->prepare("DELETE FROM alerts WHERE id = ?");
    if (!gone) return pass_on(std::move(gone));
    for (const Alert& alert : found->about) {
      gone->bind_blob(1, id_key(alert.id));
      if (Result<void> done = gone->run(); !done) return pass_on(std::move(done));
    }
    auto changed = db->prepare("UPDATE alerts SET text = ?1 WHERE n = ?2");
    if (!changed) return pass_on(std::move(changed));
    for (const auto& [n, text] : blanked) {
      changed->bind(1, text);
      changed->bind(2, n);
      if (Result<void> done = changed->run(); !done) return pass_on(std::move(done));
    }
    if (Result<void> done = transaction->commit(); !done) return pass_on(std::move(done));
  }
  Result<void> done = scrub(*db);
  if (!done && done.error().kind != ErrorKind::unavailable) return pass_on(std::move(done));
  return done.has_value();
}

}  // namespace sallyport::discovery
