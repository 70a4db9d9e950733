// Any bytes as a policy file, changed by the tools: what they write means what it meant, and the
// exception.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "policy/compile/parse.h"
#include "policy/edit/compare.h"
#include "policy/edit/exception.h"
#include "policy/edit/layout.h"
#include "policy/edit/new_policy.h"
#include "policy/edit/policy_text.h"
#include "policy/testkit/read_cases.h"

using namespace sallyport;
using namespace sallyport::policy;

namespace {

SourcePtr source(std::string text) {
  return std::make_shared<const Source>(Source{"fuzz.yaml", std::move(text)});
}

std::vector<std::string> meaning(const SourcePtr& file) {
  Diagnostics found;
  std::vector<std::string> all;
  for (const Policy& one : parse_policies(file, found))
    all.push_back(to_yaml(one, Places::left_out));
  CHECK(!found.has_errors());
  return all;
}

void compiles_as(const SourcePtr& file, const SourcePtr& changed) {
  Diagnostics warnings;
  const PolicySources sources{{file}, {}, {}};
  const auto before = compile(sources, {}, warnings);
  if (!before) return;
  const PolicySources after_sources{{changed}, {}, {}};
  const auto after = compile(after_sources, {}, warnings);
  CHECK(after.has_value());
  CHECK(compare({**before, sources}, {**after, after_sources}).empty());
}

// Any bytes as a test file too.
void lays_out_cases(const Source& file) {
  const auto as_cases = [](std::string text) {
    return std::make_shared<const Source>(Source{"fuzz.test.yaml", std::move(text)});
  };
  const auto names = [&](const std::string& text, bool& whole) {
    Diagnostics found;
    std::vector<std::string> all;
    for (const TestCase& one : read_cases(as_cases(text), found).cases) all.push_back(one.name);
    whole = !found.has_errors();
    return all;
  };
  bool whole = false;
  const auto before = names(file.text, whole);
  const auto laid_out = lay_out(as_cases(file.text));
  if (!whole) {
    CHECK(!laid_out);
    return;
  }
  if (!laid_out) return;
  CHECK(names(*laid_out, whole).size() == before.size() && whole);
  const auto again = lay_out(as_cases(*laid_out));
  CHECK(again && *again == *laid_out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size > 16 * 1024) return 0;
  const SourcePtr file = source(std::string(reinterpret_cast<const char*>(bytes), size));
  lays_out_cases(*file);
  Diagnostics found;
  const std::vector<Policy> policies = parse_policies(file, found);
  const auto laid_out = lay_out(file);
  if (found.has_errors()) {
    // Unless it holds cases, as its first entry tells.
    Diagnostics wrong;
    if (laid_out) read_cases(file, wrong);
    CHECK(!wrong.has_errors());
    return 0;
  }
  const auto before = meaning(file);
  if (laid_out) {
    const SourcePtr written = source(*laid_out);
    CHECK(meaning(written) == before);
    compiles_as(file, written);
    const auto again = lay_out(written);
    CHECK(again && *again == *laid_out);
  }

  const NewException exception{{{"user", "ana"}, {"host", "=a.example"}}, "why: so", "2027-01-31"};
  for (std::size_t i = 0; i < policies.size() && i < 8; ++i) {
    const auto edited = add_exception(file, policies[i].place, exception);
    if (!edited) continue;
    auto after = parse_policies(source(*edited), found);
    CHECK(!found.has_errors());
    CHECK(after.at(i).except.size() == policies[i].except.size() + 1);
    // Without it, all is as it was.
    after[i].except.pop_back();
    for (std::size_t j = 0; j < after.size(); ++j) {
      CHECK(to_yaml(after[j], Places::left_out) == before.at(j));
    }
  }

  const auto appended = append_policy(file, "- name: a new one\n  then: allow\n");
  if (appended) {
    // It may be no YAML any more where the file was written strangely: the command compiles it.
    Diagnostics wrong;
    const auto all = parse_policies(source(*appended), wrong);
    if (!wrong.has_errors()) CHECK(all.size() == policies.size() + 1);
  }
  return 0;
}
