#include "proxy/app/policy_history.h"

#include <algorithm>
#include <filesystem>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/io/child.h"

namespace sallyport::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSubject = 200;  // bytes
constexpr std::size_t kMostAuthor = 100;
constexpr std::string_view kCommitter = "sallyport";
constexpr std::string_view kRecord = "--format=%H%x00%at%x00%an%x00%s%x00%b";
constexpr std::size_t kFields = 5;

// The repository's configuration is its owner's, and may name programs: none is started.
constexpr std::string_view kHarmless[] = {"core.hooksPath=/dev/null",
                                          "core.fsmonitor=false",
                                          "core.attributesFile=/dev/null",
                                          "core.sshCommand=false",
                                          "gc.auto=0",
                                          "maintenance.auto=false",
                                          "protocol.allow=never",
                                          "commit.gpgSign=false",
                                          "log.showSignature=false",
                                          "diff.noprefix=false",
                                          "diff.mnemonicPrefix=false"};

// Where something is under way that a commit would get into.
constexpr std::string_view kUnderWay[] = {"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD",
                                          "rebase-merge", "rebase-apply"};

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

bool is_object(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && is_hex(text);
}

std::string_view without_newline(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

// One line without what git gives a meaning in names, and what steers a terminal.
std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text) {
    const bool plain = static_cast<unsigned char>(c) >= ' ' && c != '\x7f';
    if (out.size() < most) out += plain ? c : ' ';
  }
  if (out.size() < text.size()) {
    // The last character may have been cut, so it goes as a whole.
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80) out.pop_back();
    if (!out.empty()) out.pop_back();
  }
  return std::string(trim(out));
}

std::string name_of(std::string_view author) {
  std::string name = one_line(author, kMostAuthor);
  std::erase_if(name, [](char c) { return c == '<' || c == '>'; });
  // git takes none that is nothing but punctuation.
  const bool says_something = std::ranges::any_of(
      name, [](char c) { return is_alpha(c) || is_digit(c) || (c & 0x80) != 0; });
  return says_something ? name : std::string(kCommitter);
}

Error unexpected_answer(std::string_view what) {
  return Error{ErrorKind::invalid, Side::ours, false, "git: " + std::string(what)};
}

}  // namespace

bool is_commit_name(std::string_view text) {
  return text.size() >= 7 && text.size() <= 64 && is_hex(text);
}

struct PolicyHistory::Ask {
  std::vector<std::string> words;
  std::string input = {};
  std::vector<std::string> environment = {};
  std::size_t most = 64 * 1024;
  bool may_fail = false;  // a code is the answer "", not an error
};

struct PolicyHistory::Entry {
  std::string mode;  // "100644"
  std::string blob;
};

PolicyHistory::PolicyHistory(std::string folder, std::string program)
    : program_(std::move(program)) {
  std::error_code error;
  folder_ = fs::weakly_canonical(folder, error).string();
  if (error) folder_ = std::move(folder);
}

std::string PolicyHistory::trouble() const {
  std::error_code error;
  if (!fs::exists(folder_ + "/.git", error)) {
    return "the folder of policies is not the top of a git repository (git init makes it one)";
  }
  const Result<std::string> folder = ask({{"rev-parse", "--absolute-git-dir"}});
  if (folder) return {};
  if (folder.error().kind == ErrorKind::not_found) return "there is no program git";
  return describe(folder.error());
}

Result<std::string> PolicyHistory::ask(const Ask& asked) const {
  io::Child child;
  child.words = {program_, "--no-pager"};
  for (const std::string_view one : kHarmless) {
    child.words.emplace_back("-c");
    child.words.emplace_back(one);
  }
  child.words.insert(child.words.end(), asked.words.begin(), asked.words.end());
  const char* path = ::getenv("PATH");
  child.environment = {
      std::string("PATH=") + (path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin"),
      "HOME=/nonexistent",
      "LC_ALL=C",
      "TZ=UTC",
      // Named, so that git looks for none itself and does not ask whose the folder is.
      "GIT_DIR=" + folder_ + "/.git",
      "GIT_WORK_TREE=" + folder_,
      "GIT_CONFIG_NOSYSTEM=1",
      "GIT_CONFIG_GLOBAL=/dev/null",
      "GIT_TERMINAL_PROMPT=0",
      "GIT_OPTIONAL_LOCKS=0",
      "GIT_LITERAL_PATHSPECS=1",
      "GIT_NO_REPLACE_OBJECTS=1",
  };
  child.environment.insert(child.environment.end(), asked.environment.begin(),
                           asked.environment.end());
  child.folder = folder_;
  child.input = asked.input;
  child.most_output = asked.most;
  child.patience = kPatience;
  Result<io::ChildEnd> done = io::run_child(child);
  if (!done) return pass_on(std::move(done));
  if (done->code == 0) return std::move(done->output);
  if (asked.may_fail) return std::string();
  return fail(ErrorKind::storage, Side::ours,
              "git " + asked.words.at(0) + ": " +
                  printable(without_newline(std::string_view(done->errors).substr(0, 500))));
}

// An object's name.
Result<std::string> PolicyHistory::line_of(const Ask& asked) const {
  Result<std::string> said = ask(asked);
  if (!said) return said;
  std::string line(without_newline(*said));
  if (!is_object(line) && !(asked.may_fail && line.empty())) {
    return std::unexpected(unexpected_answer("no name of an object"));
  }
  return line;
}

// "" before the first commit.
Result<std::string> PolicyHistory::head() const {
  return line_of(
      {.words = {"rev-parse", "--verify", "--quiet", "HEAD^{commit}"}, .may_fail = true});
}

namespace {

// What kRecord says; `message` where it is wanted.
Result<std::vector<PolicyHistory::Change>> read_changes(std::string_view text,
                                                        std::string* message) {
  std::vector<PolicyHistory::Change> changes;
  if (text.empty()) return changes;
  if (text.ends_with('\0')) text.remove_suffix(1);
  const std::vector<std::string_view> fields = split(text, '\0');
  if (fields.size() % kFields != 0) return std::unexpected(unexpected_answer("no list of commits"));
  for (std::size_t i = 0; i < fields.size(); i += kFields) {
    const auto seconds = parse_decimal(fields[i + 1]);
    if (!is_object(fields[i]) || !seconds || *seconds > 253'402'300'799) {
      return std::unexpected(unexpected_answer("no list of commits"));
    }
    changes.push_back({std::string(fields[i]), Time(std::chrono::seconds(*seconds)),
                       std::string(fields[i + 2]), std::string(fields[i + 3])});
    if (message != nullptr) *message = without_newline(fields[i + 4]);
  }
  return changes;
}

}  // namespace

Result<std::vector<PolicyHistory::Change>> PolicyHistory::list(const std::string& file,
                                                               std::size_t limit,
                                                               const std::string& after) const {
  const Result<std::string> at = head();
  if (!at) return std::unexpected(at.error());
  if (at->empty()) return std::vector<Change>();
  std::string from = *at;
  if (!after.empty()) {
    if (!is_commit_name(after)) {
      return fail(ErrorKind::not_found, Side::ours, "there is no such commit");
    }
    const auto known = line_of(
        {.words = {"rev-parse", "--verify", "--quiet", after + "^{commit}"}, .may_fail = true});
    if (!known) return std::unexpected(known.error());
    if (known->empty()) return fail(ErrorKind::not_found, Side::ours, "there is no such commit");
    from = *known;
  }
  // The commit itself comes first where it touched the file, and is not wanted then.
  const std::size_t most = std::min(limit, kMostChanges) + (after.empty() ? 0 : 1);
  const Result<std::string> said =
      ask({.words = {"log", "-z", std::string(kRecord), "--encoding=UTF-8", "--no-color",
                     "--no-mailmap", "-n", std::to_string(most), from, "--", file},
           .most = 8 << 20});
  if (!said) return std::unexpected(said.error());
  auto changes = read_changes(*said, nullptr);
  if (!changes) return changes;
  if (!after.empty() && !changes->empty() && changes->front().commit == from) {
    changes->erase(changes->begin());
  }
  if (changes->size() > limit) changes->resize(limit);
  return changes;
}

Result<std::optional<PolicyHistory::Shown>> PolicyHistory::show(const std::string& file,
                                                                const std::string& commit) const {
  if (!is_commit_name(commit)) return std::nullopt;
  const auto name = line_of(
      {.words = {"rev-parse", "--verify", "--quiet", commit + "^{commit}"}, .may_fail = true});
  if (!name) return std::unexpected(name.error());
  if (name->empty()) return std::nullopt;
  // What stands on other branches is nobody's business here.
  const auto base = line_of({.words = {"merge-base", *name, "HEAD"}, .may_fail = true});
  if (!base) return std::unexpected(base.error());
  if (*base != *name) return std::nullopt;
  const auto said = ask({.words = {"show", "-s", "-z", std::string(kRecord), "--encoding=UTF-8",
                                   "--no-color", "--no-mailmap", *name}});
  if (!said) return std::unexpected(said.error());
  Shown shown;
  const auto changes = read_changes(*said, &shown.message);
  if (!changes) return std::unexpected(changes.error());
  if (changes->size() != 1) return std::unexpected(unexpected_answer("no commit"));
  shown.change = changes->front();
  const auto entry = entry_of(*name, file);
  if (!entry) return std::unexpected(entry.error());
  if (*entry) {
    auto text = ask({.words = {"cat-file", "blob", (*entry)->blob}, .most = kMostText});
    if (!text) return std::unexpected(text.error());
    shown.text = std::move(*text);
  }
  auto diff = ask({.words = {"show", "--format=", "-p", "-m", "--first-parent", "--no-color",
                             "--no-ext-diff", "--no-textconv", *name, "--", file},
                   .most = kMostDiff});
  if (!diff) return std::unexpected(diff.error());
  shown.diff = std::move(*diff);
  return shown;
}

Result<std::optional<PolicyHistory::Entry>> PolicyHistory::entry_of(const std::string& commit,
                                                                    const std::string& file) const {
  // "100644 blob NAME\tFILE\0"
  const Result<std::string> said = ask({.words = {"ls-tree", "-z", commit, "--", file}});
  if (!said) return std::unexpected(said.error());
  if (said->empty()) return std::nullopt;
  const std::string_view entry(said->data(), std::min(said->find('\t'), said->size()));
  const std::vector<std::string_view> words = split(entry, ' ');
  if (words.size() != 3 || words[1] != "blob" || !is_object(words[2]) ||
      !words[0].starts_with("100")) {
    return fail(ErrorKind::invalid, Side::ours, "git knows " + file + " as no file");
  }
  return Entry{std::string(words[0]), std::string(words[2])};
}

Result<std::string> PolicyHistory::blob_of(const std::string& text) const {
  return line_of({.words = {"hash-object", "-w", "--no-filters", "--stdin"}, .input = text});
}

Result<std::string> PolicyHistory::commit(const NewCommit& change) const {
  Ask where{.words = {"rev-parse"}};
  for (const std::string_view one : kUnderWay) {
    where.words.insert(where.words.end(), {"--git-path", std::string(one)});
  }
  const Result<std::string> paths = ask(where);
  if (!paths) return paths;
  for (const std::string_view path : split(without_newline(*paths), '\n')) {
    std::error_code none;
    if (fs::exists(fs::path(folder_) / path, none)) {
      return fail(ErrorKind::unavailable, Side::ours,
                  "a merge or rebase is under way in the folder of policies");
    }
  }
  Result<std::string> at = head();
  if (!at) return at;
  std::optional<Entry> entry;
  if (!at->empty()) {
    auto known = entry_of(*at, change.file);
    if (!known) return std::unexpected(known.error());
    entry = std::move(*known);
  }
  const std::string mode = entry ? entry->mode : "100644";
  if (change.was_there) {
    const Result<std::string> before = blob_of(change.before);
    if (!before) return before;
    if (!entry || entry->blob != *before) {
      NewCommit found = change;
      found.author = kCommitter;
      found.subject = change.file + ": as it was found";
      found.message = "Changed beside the console, and not committed.";
      at = commit_blob(found, *at, mode, *before);
      if (!at) return at;
      entry = Entry{mode, *before};
    }
  }
  const Result<std::string> blob = blob_of(change.text);
  if (!blob) return blob;
  if (entry && entry->blob == *blob) return at;
  return commit_blob(change, *at, mode, *blob);
}

// An index of our own is what the commit is made of; the repository's gets the one entry, so that
// `git status` sees no difference.
Result<std::string> PolicyHistory::commit_blob(const NewCommit& change, const std::string& head,
                                               const std::string& mode,
                                               const std::string& blob) const {
  std::error_code error;
  std::string scratch = (fs::temp_directory_path(error) / "sallyport-index-XXXXXX").string();
  if (error || ::mkdtemp(scratch.data()) == nullptr) {
    return fail(ErrorKind::storage, Side::ours, "no folder could be made for an index");
  }
  struct Remover {
    const std::string& path;
    ~Remover() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  } remover{scratch};
  const std::string index = "GIT_INDEX_FILE=" + scratch + "/index";
  const std::vector<std::string> entry = {"update-index", "--add", "--cacheinfo",
                                          mode + "," + blob + "," + change.file};
  if (!head.empty()) {
    const auto read = ask({.words = {"read-tree", head}, .environment = {index}});
    if (!read) return read;
  }
  const auto added = ask({.words = entry, .environment = {index}});
  if (!added) return added;
  const auto tree = line_of({.words = {"write-tree"}, .environment = {index}});
  if (!tree) return tree;
  const std::string author = name_of(change.author);
  const std::string date =
      "@" +
      std::to_string(
          std::chrono::duration_cast<std::chrono::seconds>(change.at.time_since_epoch()).count()) +
      " +0000";
  Ask make{.words = {"commit-tree", *tree, "-F", "-"}};
  if (!head.empty()) make.words.insert(make.words.end(), {"-p", head});
  make.input = one_line(change.subject, kMostSubject) + "\n";
  if (!change.message.empty()) make.input += "\n" + change.message + "\n";
  make.environment = {"GIT_AUTHOR_NAME=" + author, "GIT_AUTHOR_EMAIL=",
                      "GIT_AUTHOR_DATE=" + date,   "GIT_COMMITTER_NAME=" + std::string(kCommitter),
                      "GIT_COMMITTER_EMAIL=",      "GIT_COMMITTER_DATE=" + date};
  const auto made = line_of(make);
  if (!made) return made;
  // Only where nobody else committed meanwhile.
  const auto moved = ask(
      {.words = {"update-ref", "-m", "sallyport: " + change.file, "HEAD", *made, head},
       .environment = {"GIT_COMMITTER_NAME=" + std::string(kCommitter), "GIT_COMMITTER_EMAIL="}});
  if (!moved) return moved;
  const auto shown = ask({.words = entry});
  if (!shown) log::warning("the index of the policies is behind: " + describe(shown.error()));
  return made;
}

}  // namespace sallyport::app
