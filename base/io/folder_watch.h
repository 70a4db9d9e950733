#pragma once
// Tells that something changed in some folders: a file was saved, renamed into place, made or
// deleted (inotify(7)). It does not say what: the caller looks, and looks now and then anyway,
// because inotify does not see what another machine writes to a network file system.
//
// Folders are watched and not files, because a file that is replaced by renaming is another file.
// One task waits in changed() at a time. Thread rule: its worker's.

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "base/io/worker.h"

namespace sallyport::io {

class FolderWatch {
 public:
  // ErrorKind::unavailable where the system has no more watches to give.
  static Result<std::unique_ptr<FolderWatch>> open(Worker& worker);
  virtual ~FolderWatch() = default;

  // Watches these from now on, and no others; returns how many of them cannot be watched.
  virtual std::size_t watch(const std::set<std::string>& folders) = 0;

  // How much was said so far, for telling whether more came since. Counts what changed() has not
  // returned for, too.
  virtual std::uint64_t seen() = 0;

  // Until something changed after the last return, however much. ErrorKind::closed after close().
  virtual Task<Result<void>> changed() = 0;
  virtual void close() = 0;
};

}  // namespace sallyport::io
