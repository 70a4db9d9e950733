// Any bytes as what the record of reads and the governance log keep as text: lists of numbers, the
// value of an erasure, names in texts. Nothing hangs, and what is read is written back the same.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "discovery/store/name_match.h"
#include "discovery/store/read_audit.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::discovery;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto ranges = parse_number_ranges(text, 100)) {
    CHECK(parse_number_ranges(to_string(*ranges), 100) == ranges);
  }
  CHECK(audit_text(text).size() <= ReadNote::kMostText);

  GovernanceCheck log;
  GovernanceEntry entry;
  entry.number = 1;
  entry.kind = kErasure;
  entry.value = text;
  entry.hash = hash_of(entry);
  log.take(entry);
  log.finish();

  AuditCheck reads;
  AuditEntry read;
  read.number = 1;
  read.kind = AuditKind::erase;
  read.note.question = text;
  read.seal = seal_of(read);
  read.hash = hash_of(read);
  reads.take(read);
  reads.finish();
  CHECK(reads.fault_count() == 0);

  const NameMatch match({"ana", "corp\\ana", "ana@corp.example"});
  std::string blanked(text);
  const bool any = match.in(text);
  CHECK(match.blank_out(blanked) == any);
  CHECK(!match.in(blanked));
  return 0;
}
