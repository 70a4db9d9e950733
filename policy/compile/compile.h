#pragma once
// From policy files to a Program, or to everything that is wrong with them.
//
//   Diagnostics warnings;
//   auto program = policy::compile(sources, options, warnings);
//   if (!program) log::error(render(program.error()));
//
// The language is described in conf/policies/README.md. Each file is a list of policies; files are
// read in the order given, policies in the order written, and together they are one list.
//
// INVARIANT: a Program exists only where there was no error at all. A policy that we did not
// understand is never left out in silence.
//
// Limits: those of base/yaml per file, and 10,000 policies over all files; a name has at most 128
// bytes, a `say` 1,000; a condition has at most 64 patterns with '*', each with at most 8 stars,
// and 64 expressions; a list 1,000,000 entries. After 1,000 errors the rest is not told.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "policy/eval/program.h"

namespace sallyport::policy {

// The texts of one set of policies.
struct PolicySources {
  std::vector<SourcePtr> policies;
  std::vector<SourcePtr> templates;  // the same shape; `extends: template/ID` names one by its id
  // `list/NAME` as a value stands for every line of it; '#' begins a comment. NAME is the file's
  // name without ".txt".
  std::map<std::string, SourcePtr, std::less<>> lists;
  // What else a person's name is known as: a condition on `user`, `account`, `target.user` or
  // `target.email` holds of both. For names that are hidden in what is kept. Empty: nothing.
  std::function<std::string(std::string_view)> also_named = nullptr;
};

// What lint_names() (lint.h) checks names against; whatever is null is not checked.
struct KnownNames {
  std::function<bool(std::string_view)> app = nullptr;
  std::function<bool(std::string_view)> user = nullptr;
  std::function<bool(std::string_view)> group = nullptr;
  std::function<bool(std::string_view)> app_tag = nullptr;   // some app has it
  std::function<bool(std::string_view)> name_tag = nullptr;  // some name of a file has it
  std::vector<std::string_view> apps = {};                   // these are for suggestions
  std::vector<std::string_view> groups = {};
  std::vector<std::string_view> app_tags = {};
  std::vector<std::string_view> name_tags = {};
};

struct CompileOptions {
  Mode mode = Mode::enforce;  // rehearse: every policy rehearses, whatever it says itself
  std::string zone = "UTC";   // of policies that name none
  // Warns of policies and exceptions that are over by then, or soon; absent: of none.
  std::optional<Time> now = std::nullopt;

  bool operator==(const CompileOptions&) const = default;
};

// Pure: reads no file (but the system's time zones). What is legal and hardly meant (a policy that
// can never be reached; lint.h) is a warning: added to `warnings` beside a Program, or among the
// errors where there is none, so that one text shows all.
Checked<std::shared_ptr<const Program>> compile(const PolicySources& sources,
                                                const CompileOptions& options,
                                                Diagnostics& warnings);

// One file and nothing else: for tests.
Checked<std::shared_ptr<const Program>> compile(const std::vector<SourcePtr>& files,
                                                Diagnostics& warnings);

}  // namespace sallyport::policy
