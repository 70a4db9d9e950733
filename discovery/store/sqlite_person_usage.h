#pragma once
// One person in the counted use of a store (usage.h): what is counted of them, and making it
// nameless. Counts stay, because they are the apps' too; what they came from is forgotten: the
// name becomes "(erased N)", and address, country and device are gone.
//
// A gateway that runs knows the name's number until its next start: what the person does meanwhile
// counts there too. Thread rule: any thread.

#include <cstdint>
#include <functional>
#include <string>

#include "base/core/result.h"
#include "discovery/store/name_match.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/usage.h"

namespace sallyport::discovery {

// Calls `each`, where there is one, with every count of the person; how many there are.
Result<std::uint64_t> read_person_usage(const std::string& path, const NameMatch& names,
                                        const UsageReader::Each& each);

// How many counts were the person's. A chunk in a transaction of its own; where it is stopped in
// the middle, the rest is for the next run.
Result<std::uint64_t> erase_person_usage(const SqliteDatabase& db, const NameMatch& names);

}  // namespace sallyport::discovery
