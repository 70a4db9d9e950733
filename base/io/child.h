#pragma once
// Runs another program to its end: for the threads that may block (commands, pools), never on a
// worker.
//
//   const Result<ChildEnd> done = run_child({.words = {"git", "--version"}, .environment = {...}});
//
// No shell: the words are its arguments as they stand. It inherits nothing but the environment that
// is given: no descriptor of ours, no ignored signal, no blocked one. It leads a process group of
// its own, which is killed as a whole when it takes too long or says too much.

#include <chrono>
#include <string>
#include <vector>

#include "base/core/result.h"

namespace sallyport::io {

struct Child {
  std::vector<std::string> words;        // the first is looked for in PATH
  std::vector<std::string> environment;  // "NAME=value"
  std::string folder;                    // that it works in; "": ours
  std::string input;                     // on its standard input
  std::size_t most_output = 1 << 20;     // bytes; more is ErrorKind::limit
  std::chrono::milliseconds patience{10'000};
};

struct ChildEnd {
  int code = 0;        // 128 and the signal where one ended it
  std::string output;  // of its standard output
  std::string errors;  // of its standard error, the first kMostErrors bytes
};

inline constexpr std::size_t kMostErrors = 4096;

// not_found: there is no such program. timed_out, limit: it was killed. unavailable: it could not
// be started.
Result<ChildEnd> run_child(const Child& child);

}  // namespace sallyport::io
