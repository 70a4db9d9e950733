#pragma once
// One person in the store of alerts (sqlite_alert_store.h): the alerts about them, and taking them
// away. An alert never changes otherwise; where somebody else's names the person, its text does.
//
// Thread rule: any thread; each call opens the file for itself.

#include <cstdint>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/alerts/alert.h"
#include "discovery/store/sqlite_person.h"

namespace sallyport::discovery {

struct PersonAlerts {
  std::vector<Alert> about;    // oldest first
  std::uint64_t mentions = 0;  // of others, whose text names them
};
Result<PersonAlerts> read_person_alerts(const std::string& path, const PersonNames& person);

// All of it or nothing. `false`: it is done, but the write-ahead log could not be emptied.
Result<bool> erase_person_alerts(const std::string& path, const PersonNames& person);

}  // namespace sallyport::discovery
