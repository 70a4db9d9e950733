#pragma once
// Everything that a state directory keeps of one person, a JSON object a line (GDPR, Art. 15):
//
//   {"type":"manifest", "user", "names", "at", "by", "reason", "counts": {...}}   first
//   {"type":"person", ...}               as the users files have them
//   {"type":"address", ...}              where the map of addresses has them
//   {"type":"activity", "record": {}}    the whole record, oldest block first
//   {"type":"file", ...}                 files that they did something with
//   {"type":"alert", "alert": {}}        with how it was handled
//   {"type":"state", ...}                suspensions, grants, questions, requests, second factors
//                                        (without their secret)
//   {"type":"governance", ...}           what the governance log says about them
//   {"type":"quarantined_copy", "copy": {}}   what is known of copies of their blocked uploads
//   {"type":"read", ...}                 who read what about them
//
// Only reads. Thread rule: any thread; the stores are opened for it.

#include <functional>
#include <map>
#include <string>

#include "base/core/result.h"
#include "proxy/app/person_erasure.h"

namespace sallyport::app {

// How many lines there are of each type.
using ExportCounts = std::map<std::string, std::uint64_t>;

// Calls `write` with every line but the manifest, without its newline; false ends it with
// ErrorKind::storage.
Result<ExportCounts> export_person(const std::string& state, const discovery::Users& users,
                                   const Person& person, Time now,
                                   const std::function<bool(std::string_view)>& write);

std::string manifest_of(const Person& person, const ExportCounts& counts, std::string_view by,
                        std::string_view reason, Time at);

}  // namespace sallyport::app
