#pragma once
// Whether files are what they were, told without reading them.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sallyport::app {

// INVARIANT: a file whose content was changed, by writing or by renaming another over it, has
// another stamp: the kernel sets the time of change, and nobody can set it back.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;    // 0: there is no such file.
  std::uint64_t size = 0;     // bytes
  std::int64_t modified = 0;  // nanoseconds since 1970
  std::int64_t changed = 0;   // likewise, of the inode

  bool operator==(const FileStamp&) const = default;
};

using FileStamps = std::map<std::string, FileStamp>;

// Of each path; for a folder, of it and every file and folder below that does not begin with a dot.
// A path that does not exist has a stamp too. At most kMostStamps, then no more are looked at.
FileStamps stamp_files(const std::vector<std::string>& paths);

constexpr std::size_t kMostStamps = 200'000;

// Whether somebody has it open for writing, as a program does that saves without renaming: what it
// holds now may be half of what it will. False also where the system does not tell us, because the
// file is another user's.
bool is_being_written(const std::string& path);

// Where changes to any of these would happen: the folders among them, and those that hold them.
void add_folders(const FileStamps& stamps, std::set<std::string>& folders);

}  // namespace sallyport::app
