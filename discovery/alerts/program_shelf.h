#pragma once
// The last programs that were in force, by the snapshot that they were part of, so that the scribe
// finds the policy which decided an event.
//
// Thread rule: any thread; the desk puts, the scribe finds. Held only to copy a pointer.

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "policy/eval/program.h"

namespace sallyport::discovery {

class ProgramShelf {
 public:
  using ProgramPtr = std::shared_ptr<const policy::Program>;
  // Ten thousand policies take tens of megabytes, so not many of them.
  static constexpr std::size_t kKept = 4;

  // REQUIRES: before any worker judges by it.
  void put(const std::string& snapshot, ProgramPtr program);
  // Null: it is not among the last kKept.
  ProgramPtr find(std::string_view snapshot) const;
  ProgramPtr newest() const;  // null until the first put()

 private:
  mutable std::mutex mutex_;
  std::deque<std::pair<std::string, ProgramPtr>> programs_;  // the newest last
};

}  // namespace sallyport::discovery
