#pragma once
// What was imported from other gateways' logs: one import for each file, with where it came from
// and what became of its lines. Its counts lie beside those that were seen live (usage.h), under
// its number.

#include <cstdint>
#include <string>

#include "base/core/clock.h"
#include "discovery/store/usage.h"

namespace sallyport::discovery {

enum class ImportState : std::uint8_t {
  unfinished,  // somebody reads it now, or was stopped in the middle: it counts for nothing
  in_force,
  removed,  // taken back: it counts for nothing, and its row stays
};

// What a file came to.
struct ImportedFile {
  std::string digest;       // SHA-256 of its text, unpacked; "" where it is not known
  std::string beginning;    // likewise, of the first of it
  std::string packing;      // "gzip"
  std::string format;       // "squid"; of an archive all of its members, with commas
  std::uint64_t bytes = 0;  // unpacked
  std::uint64_t lines = 0;
  std::uint64_t records = 0;  // lines that tell of use
  std::uint64_t aside = 0;    // lines that were understood and tell of none
  std::uint64_t bad = 0;
  std::uint64_t left_out = 0;  // records that are not counted: older than use is kept, or not yet
  Time first{}, last{};        // of the records, where there are any
};

struct UsageImport {
  UsageSource number = kSeenLive;
  ImportState state = ImportState::unfinished;
  Time begun{}, ended{};
  std::string who;
  std::string name;  // of the file, as it was given
  ImportedFile file;
  std::string removed_by;
};

}  // namespace sallyport::discovery
