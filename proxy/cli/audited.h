#pragma once
// Commands that show what persons did leave an entry in the record of reads
// (discovery/store/read_audit.h), before they show it.

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

// `what`: the command. `about`: the one user that it is about; "": no single one. False: it must
// not be shown (recording.audit_reads: required), after a message. Where the configuration cannot
// be read, its default holds.
bool note_read(const CommonOptions& options, const std::string& state, std::string_view what,
               const std::string& about, std::uint64_t rows);

// Whether the record of reads is whole, and its head: the code of a command, after it was said.
// `head`: one that was printed earlier; "" is none. Where there is no record nothing is said.
int verify_reads(const std::string& state, const std::string& head);

}  // namespace sallyport::cli
