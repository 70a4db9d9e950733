#pragma once
// From policy files to a Program, or to everything that is wrong with them.
//
//   Diagnostics warnings;
//   auto program = policy::compile(files, warnings);
//   if (!program) log::error(render(program.error()));
//
// The language is described in conf/policies/README.md. Each file is a list of rules; files are
// read in the order given, rules in the order written, and together they are one list.
//
// INVARIANT: a Program exists only where there was no error at all. A rule that we did not
// understand is never left out in silence.
//
// Limits: those of base/yaml per file, and 10,000 rules over all files; a name has at most 128
// bytes, a `say` 1,000; a condition has at most 64 patterns with '*', each with at most 8 stars.

#include <memory>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "policy/eval/program.h"

namespace sallyport::policy {

// Pure: reads no file. What is legal and hardly meant (a rule that can never be reached) is a
// warning: added to `warnings` beside a Program, or among the errors where there is none, so that
// one text shows all.
Checked<std::shared_ptr<const Program>> compile(const std::vector<SourcePtr>& files,
                                                Diagnostics& warnings);

}  // namespace sallyport::policy
