#pragma once
// The patterns of uap-core (https://github.com/ua-parser/uap-core, Apache-2.0; Debian: uap-core):
// regexes.yaml, as its specification.md says, of it the browsers and the operating systems. Devices
// are left to the other facts.
//
// RE2 matches in linear time and has neither look-around nor back-references, which these patterns
// do not use. A pattern goes to RE2 only if the literals that it cannot do without stand in the
// text; they are found in one pass (atom_index.h), so a User-Agent tries about twenty of 537.
//
// Immutable after loading; all workers share it. RE2's lazily built automata are its own affair
// (locked inside RE2); each is bounded to 128 KiB, all together to 67 MiB. 20,000 texts of noise
// made them grow by 1 MiB (perf/results.md).
//
// Limits: those of base/yaml, 2,000 patterns of 8,000 bytes, 64 KiB of literals.

#include <memory>
#include <string>
#include <string_view>

#include "base/core/diagnostics.h"
#include "base/yaml/node.h"

namespace sallyport::discovery {

struct NamedVersion {
  std::string name;     // "Chrome Mobile"; "" where no pattern matched
  std::string version;  // "131.0.6778", "XP", ""
};

class AgentPatterns {
 public:
  ~AgentPatterns();

  // The first pattern that matches, as uap-core defines it.
  NamedVersion find_browser(std::string_view user_agent) const;
  NamedVersion find_os(std::string_view user_agent) const;
  std::size_t size() const;

  // A pattern that RE2 does not take is left out, with a warning; a file that is none of uap-core's
  // is an error.
  static Checked<std::shared_ptr<const AgentPatterns>> make(const yaml::Node& file,
                                                            Diagnostics& warnings);

 private:
  class List;
  AgentPatterns();
  std::unique_ptr<const List> browsers_;
  std::unique_ptr<const List> systems_;
};

}  // namespace sallyport::discovery
