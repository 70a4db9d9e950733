#include "discovery/agent/agent_patterns.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <vector>

#include "base/core/text.h"
#include "discovery/agent/atom_index.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxPatterns = 2'000;
constexpr std::size_t kMaxPattern = 8'000;    // bytes
constexpr std::size_t kMaxAtoms = 60'000;     // bytes, all together
constexpr std::int64_t kMemory = 128 * 1024;  // bytes, per pattern
constexpr int kMinAtom = 3;                   // bytes
constexpr std::size_t kMaxGroups = 5;         // the name and four parts of a version
constexpr std::size_t kMaxName = 64;          // bytes; names are cut
constexpr std::size_t kMaxVersion = 32;       // bytes; versions are cut
constexpr std::size_t kMaxShown = 3;          // warnings about single patterns

// What uap-core calls a row's parts, by kind of row.
struct Keys {
  std::string_view name;
  std::array<std::string_view, 4> parts;
};
constexpr Keys kBrowserKeys = {"family_replacement",
                               {"v1_replacement", "v2_replacement", "v3_replacement", ""}};
constexpr Keys kOsKeys = {
    "os_replacement",
    {"os_v1_replacement", "os_v2_replacement", "os_v3_replacement", "os_v4_replacement"}};

// "$1 for ArcGIS" with the groups put in.
std::string expand(std::string_view text,
                   const std::array<re2::StringPiece, kMaxGroups + 1>& groups) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '$' && i + 1 < text.size() && is_digit(text[i + 1])) {
      const auto group = static_cast<std::size_t>(text[++i] - '0');
      if (group <= kMaxGroups) out.append(groups[group].data(), groups[group].size());
    } else {
      out += text[i];
    }
  }
  return std::string(trim(out));
}

// A replacement where one was written, else the group of that number.
std::string value_of(const std::string& replacement, std::size_t group,
                     const std::array<re2::StringPiece, kMaxGroups + 1>& groups) {
  if (!replacement.empty()) return expand(replacement, groups);
  return std::string(trim({groups[group].data(), groups[group].size()}));
}

}  // namespace

class AgentPatterns::List {
 public:
  List(const yaml::Node& rows, const Keys& keys, Diagnostics& found, Diagnostics& warnings)
      : patterns_(kMinAtom) {
    std::size_t refused = 0;
    for (const yaml::Node& row : rows.items) {
      if (rows_.size() == kMaxPatterns) {
        found.error(row.place, fmt::format("more than {} patterns", kMaxPatterns));
        break;
      }
      add(row, keys, found, warnings, refused);
    }
    if (refused > kMaxShown) {
      warnings.warning(rows.place, fmt::format("{} patterns are left out", refused));
    }
    std::vector<std::string> atoms;
    if (rows_.empty()) return;
    patterns_.Compile(&atoms);
    std::size_t bytes = 0;
    for (const std::string& atom : atoms) bytes += atom.size();
    if (bytes > kMaxAtoms) {
      found.error(rows.place,
                  fmt::format("the patterns hold more than {} bytes of literals", kMaxAtoms));
      return;
    }
    atoms_ = AtomIndex(atoms);
  }

  std::size_t size() const { return rows_.size(); }

  NamedVersion find(std::string_view text, std::string_view lowered) const {
    std::vector<int> seen;
    atoms_.scan(lowered, [&seen](std::uint32_t atom, std::size_t) {
      seen.push_back(static_cast<int>(atom));
    });
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    std::vector<int> candidates;
    patterns_.AllPotentials(seen, &candidates);
    std::sort(candidates.begin(), candidates.end());

    const re2::StringPiece subject(text.data(), text.size());
    std::array<re2::StringPiece, kMaxGroups + 1> groups;
    for (const int candidate : candidates) {
      const re2::RE2& pattern = patterns_.GetRE2(candidate);
      groups.fill({});
      const int wanted = 1 + std::min<int>(kMaxGroups, pattern.NumberOfCapturingGroups());
      if (pattern.Match(subject, 0, subject.size(), re2::RE2::UNANCHORED, groups.data(), wanted)) {
        return read(rows_[static_cast<std::size_t>(candidate)], groups);
      }
    }
    return {};
  }

 private:
  struct Row {
    std::string name;
    std::array<std::string, 4> parts;
  };

  static NamedVersion read(const Row& row,
                           const std::array<re2::StringPiece, kMaxGroups + 1>& groups) {
    NamedVersion out;
    out.name = value_of(row.name, 1, groups).substr(0, kMaxName);
    for (std::size_t i = 0; i < row.parts.size(); ++i) {
      const std::string part = value_of(row.parts[i], i + 2, groups);
      if (part.empty()) break;
      if (i > 0) out.version += '.';
      out.version += part;
    }
    if (out.version.size() > kMaxVersion) out.version.resize(kMaxVersion);
    return out;
  }

  void add(const yaml::Node& row, const Keys& keys, Diagnostics& found, Diagnostics& warnings,
           std::size_t& refused) {
    const yaml::Node* regex = row.find("regex");
    if (regex == nullptr || regex->kind != yaml::Node::Kind::scalar) {
      found.error(row.place, "a pattern needs 'regex'");
      return;
    }
    const yaml::Node* flag = row.find("regex_flag");
    re2::RE2::Options options(re2::RE2::Latin1);  // User-Agents are bytes
    options.set_log_errors(false);
    options.set_max_mem(kMemory);
    options.set_case_sensitive(flag == nullptr || flag->text != "i");
    std::string why;
    if (regex->text.size() > kMaxPattern) {
      why = fmt::format("longer than {} bytes", kMaxPattern);
    } else {
      int id = 0;
      const auto outcome = patterns_.Add(regex->text, options, &id);
      if (outcome != re2::RE2::NoError) why = re2::RE2(regex->text, options).error();
    }
    if (!why.empty()) {
      if (++refused <= kMaxShown) {
        warnings.warning(regex->place, "the pattern is left out: " + why);
      }
      return;
    }
    Row& added = rows_.emplace_back();
    const auto text_of = [&row](std::string_view key) {
      const yaml::Node* value = key.empty() ? nullptr : row.find(key);
      return value == nullptr ? std::string() : value->text;
    };
    added.name = text_of(keys.name);
    for (std::size_t i = 0; i < keys.parts.size(); ++i) added.parts[i] = text_of(keys.parts[i]);
  }

  re2::FilteredRE2 patterns_;
  std::vector<Row> rows_;  // of the pattern with that number
  AtomIndex atoms_;
};

AgentPatterns::AgentPatterns() = default;
AgentPatterns::~AgentPatterns() = default;

std::size_t AgentPatterns::size() const { return browsers_->size() + systems_->size(); }

NamedVersion AgentPatterns::find_browser(std::string_view user_agent) const {
  return browsers_->find(user_agent, lower(user_agent));
}

NamedVersion AgentPatterns::find_os(std::string_view user_agent) const {
  return systems_->find(user_agent, lower(user_agent));
}

Checked<std::shared_ptr<const AgentPatterns>> AgentPatterns::make(const yaml::Node& file,
                                                                  Diagnostics& warnings) {
  Diagnostics found;
  const auto list = [&](std::string_view key) {
    static const yaml::Node kNothing;
    const yaml::Node* rows = file.find(key);
    if (rows != nullptr && rows->kind == yaml::Node::Kind::list) return rows;
    found.error(file.place, fmt::format("there is no list '{}'", key),
                "this is not regexes.yaml of uap-core");
    return &kNothing;
  };
  std::shared_ptr<AgentPatterns> made(new AgentPatterns());
  made->browsers_ =
      std::make_unique<const List>(*list("user_agent_parsers"), kBrowserKeys, found, warnings);
  made->systems_ = std::make_unique<const List>(*list("os_parsers"), kOsKeys, found, warnings);
  if (found.has_errors()) return std::unexpected(std::move(found));
  return made;
}

}  // namespace sallyport::discovery
