#include "proxy/app/policy_save.h"

#include <algorithm>
#include <filesystem>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/core/file.h"
#include "base/core/log.h"
#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "policy/edit/compare.h"
#include "proxy/app/policy_files.h"
#include "proxy/app/policy_history.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostName = 128;
constexpr std::size_t kMostNamed = 3;  // changes in the first line of a commit

// A folder as the policies' one would be with the text in it: links to the other files.
class Trial {
 public:
  explicit Trial(const std::string& state) {
    std::string name = state + "/policy-trial-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Trial() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  Result<void> fill(const std::string& folder, const std::string& name, const std::string& text) {
    std::error_code error;
    if (path_.empty()) return fail(ErrorKind::storage, Side::ours, "no folder could be made");
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().filename() == name) continue;
      fs::create_symlink(fs::absolute(entry.path()), path_ / entry.path().filename(), error);
      if (error) break;
    }
    if (error) return fail(ErrorKind::storage, Side::ours, error.message());
    return write_file((path_ / name).string(), text, 0600);
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

// What the first line of a commit says: "policies.yaml: add No Box, change Tor".
std::string subject_of(const std::string& name, const policy::Comparison& comparison) {
  std::vector<std::string> parts;
  for (const policy::CompiledPolicy* one : comparison.added) parts.push_back("add " + one->name);
  for (const policy::CompiledPolicy* one : comparison.removed) {
    parts.push_back("remove " + one->name);
  }
  for (const policy::PolicyChange& one : comparison.changed) parts.push_back("change " + one.name);
  for (const policy::PolicyMove& one : comparison.moved) parts.push_back("move " + one.name);
  if (parts.empty()) return name + ": change its text";
  std::string out = name + ": ";
  for (std::size_t i = 0; i < std::min(parts.size(), kMostNamed); ++i) {
    out += (i == 0 ? "" : ", ") + parts[i];
  }
  if (parts.size() > kMostNamed) {
    out += " and " + std::to_string(parts.size() - kMostNamed) + " more";
  }
  return out;
}

struct Change {
  std::string before;
  bool was_there = false;
  const LoadedProgram* loaded = nullptr;  // what is in force once it is read
};

void commit(const PolicySave& wish, const Change& change, PolicySaved& out) {
  const PolicyHistory history(wish.folder);
  out.no_commit = history.trouble();
  if (!out.no_commit.empty()) return;
  PolicyHistory::NewCommit made{.file = wish.name,
                                .text = wish.text,
                                .before = change.before,
                                .was_there = change.was_there,
                                .author = wish.author,
                                .subject = wish.name + ": change its text",
                                .at = wish.at};
  if (wish.before && wish.before_set && change.loaded != nullptr &&
      !wish.name.ends_with(".test.yaml")) {
    const policy::Comparison comparison = policy::compare(
        {*wish.before, wish.before_set->sources, wish.before_set->options},
        {*change.loaded->program, change.loaded->set->sources, change.loaded->set->options});
    made.subject = subject_of(wish.name, comparison);
  }
  if (!wish.message.empty()) {
    made.message = std::move(made.subject);
    made.subject = wish.message;
  }
  Result<std::string> done = history.commit(made);
  if (done) {
    out.commit = std::move(*done);
  } else {
    out.no_commit = describe(done.error());
    log::warning("a change of policies is not committed: " + out.no_commit);
  }
}

}  // namespace

bool is_policy_file_name(std::string_view name) {
  return name.size() > 5 && name.size() <= kMostName && name.ends_with(".yaml") &&
         name.front() != '.' && std::ranges::all_of(name, [](char c) {
           return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
         });
}

std::string policy_tag(std::string_view text) {
  const Sha256Digest digest = sha256(text);
  return '"' + to_hex(digest.data(), 16) + '"';
}

std::string unquoted(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"') tag = tag.substr(1, tag.size() - 2);
  return std::string(tag);
}

void save_policies(const std::string& state, const PolicySave& wish, PolicySaved& out) {
  Trial trial(state);
  if (Result<void> filled = trial.fill(wish.folder, wish.name, wish.text); !filled) {
    out.error = filled.error();
    return;
  }
  out.trial = trial.path() + "/";
  auto loaded = load_policies(trial.path(), wish.templates, wish.options, out.found);
  if (!loaded) out.found.append(std::move(loaded.error()));
  const std::string path = wish.folder + "/" + wish.name;
  struct stat before{};
  const bool exists = ::stat(path.c_str(), &before) == 0;
  std::string old;
  if (exists) {
    auto now = read_regular_file(path, kMostPolicyFile);
    if (!now) {
      out.error = now.error();
      return;
    }
    old = std::move(*now);
    if (wish.must_be_new) out.refused = 412;
    if (!wish.must_be_new && wish.if_match.empty() && !wish.dry_run) out.refused = 428;
    if (!wish.if_match.empty() && wish.if_match != policy_tag(old)) out.refused = 412;
  } else if (!wish.if_match.empty()) {
    out.refused = 412;
  }
  if (out.refused != 0 || wish.dry_run || out.found.has_errors()) return;
  std::error_code error;
  const std::string real = fs::weakly_canonical(path, error).string();
  const Result<void> written =
      write_file(error ? path : real, wish.text, exists ? before.st_mode & 07777 : 0644);
  if (!written) {
    out.error = written.error();
    return;
  }
  out.done = true;
  struct stat entry{};
  if (::lstat(path.c_str(), &entry) != 0 || !S_ISREG(entry.st_mode)) {
    out.no_commit = "the file is a link";
    return;
  }
  const Change change{std::move(old), exists, loaded ? &*loaded : nullptr};
  commit(wish, change, out);
}

}  // namespace sallyport::app
