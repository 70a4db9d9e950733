#pragma once
// The past of the files of policies, where their folder is the top of a git repository.
//
// git is a program that is called with explicit arguments: no shell, no configuration but the
// repository's own, of which nothing is let start a program (hooks, filters, signatures, pagers,
// external diffs), nothing goes over a network, and everything has an end (kPatience) and a bound.
// A commit is made of what it is given, beside the working tree: of that one file alone, whatever
// else is changed or staged there. Nothing is ever pushed.
//
// Thread rule: any thread that may block; one commit at a time.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/core/result.h"

namespace sallyport::app {

class PolicyHistory {
 public:
  static constexpr std::chrono::seconds kPatience{10};
  static constexpr std::size_t kMostChanges = 500;       // of one list
  static constexpr std::size_t kMostText = 512 * 1024;   // bytes of a file
  static constexpr std::size_t kMostDiff = 1024 * 1024;  // bytes

  // `folder`: of the policies. `program`: what is called, for tests.
  explicit PolicyHistory(std::string folder, std::string program = "git");

  // Why there is no history, for people; "" where there is one.
  std::string trouble() const;

  struct Change {
    std::string commit;  // its whole name: 40 or 64 hexadecimal digits
    Time at;
    std::string author;
    std::string subject;
  };
  // Changes of a file, newest first; those before the commit `after` where it is not "".
  // `file` is a name right in the folder.
  Result<std::vector<Change>> list(const std::string& file, std::size_t limit,
                                   const std::string& after = {}) const;

  struct Shown {
    Change change;
    std::string message;              // the rest of it
    std::optional<std::string> text;  // the file as it was then; nothing where it was none
    std::string diff;                 // what the commit changed in it, unified
  };
  // Nothing where there is no such commit among those that led to what is checked out.
  Result<std::optional<Shown>> show(const std::string& file, const std::string& commit) const;

  struct NewCommit {
    std::string file;
    std::string text;    // as it is from now on
    std::string before;  // as it was on disk; committed first where that is not what git knows
    bool was_there = true;
    std::string author;  // a name
    std::string subject;
    std::string message = {};
    Time at;
  };
  // The commit that has the text now, also where git knew it already. Only objects, the branch and
  // the file's entry of the index change: the working tree is the caller's.
  Result<std::string> commit(const NewCommit& change) const;

 private:
  struct Ask;
  struct Entry;
  Result<std::string> ask(const Ask& ask) const;
  Result<std::string> line_of(const Ask& asked) const;
  Result<std::string> head() const;
  Result<std::optional<Entry>> entry_of(const std::string& commit, const std::string& file) const;
  Result<std::string> blob_of(const std::string& text) const;
  Result<std::string> commit_blob(const NewCommit& change, const std::string& head,
                                  const std::string& mode, const std::string& blob) const;

  std::string folder_;  // absolute
  std::string program_;
};

// Whether it may be the name of a commit: 7 to 64 hexadecimal digits.
bool is_commit_name(std::string_view text);

}  // namespace sallyport::app
