#pragma once
// The record of reads, newest first and page by page, for the command line and the API alike.
//
// Thread rule: any thread; each call opens the record for itself, to read.

#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/name_match.h"
#include "discovery/store/read_audit.h"

namespace sallyport::app {

// "" is all.
struct ReadAuditFilter {
  std::string who;                            // the reader, without ASCII case
  std::optional<discovery::NameMatch> about;  // asked about them, or for what they did
  std::optional<Time> since;
  std::optional<Time> until;

  bool keeps(const discovery::AuditEntry& entry) const;
};

struct ReadAuditPage {
  std::vector<discovery::AuditEntry> entries;
  std::optional<std::uint64_t> next;  // as of GovernancePage
};

// Those before the entry of that number (nothing: all), that the filter keeps, `limit` at most.
// Empty where nothing was recorded yet.
Result<ReadAuditPage> read_reads(const std::string& file, const ReadAuditFilter& filter,
                                 std::optional<std::uint64_t> before, std::size_t limit);

// {"number", "at", "kind", "who", "via", "what", "about", "question", "reason", "rows", "times",
// "emptied"}; what is empty is absent.
void append_json(std::string& out, const discovery::AuditEntry& entry);

}  // namespace sallyport::app
