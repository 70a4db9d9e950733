// The file: 16 bytes of head ("SPBLOCK1" and zeros), then records, then zeros to the end.
//
//   record = length (u32, little endian, > 0), CRC-32 of the bytes (u32), the bytes
//
// A length of zero ends the list. Reading also stops at a length that does not fit and at a wrong
// CRC: that is what a crash in the middle of a write leaves behind.

#include "discovery/events/journal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kHead = 16;
constexpr std::string_view kMagic = "SPBLOCK1";
constexpr std::size_t kRecordHead = 8;
constexpr std::size_t kMaxFile = 256 * 1024 * 1024;  // bytes; larger is no journal of ours

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xedb88320u : 0);
    table[i] = value;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t value = 0xffffffff;
  for (const char c : bytes)
    value = (value >> 8) ^ kCrcTable[(value ^ static_cast<unsigned char>(c)) & 255];
  return ~value;
}

std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

void append_u32(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 255));
}

bool write_at(int fd, std::string_view bytes, std::size_t at) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
    at += static_cast<std::size_t>(wrote);
  }
  return true;
}

std::optional<std::string> read_all(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    const ssize_t got = ::pread(fd, bytes.data() + at, size - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  bytes.resize(at);
  return bytes;
}

bool fill(int fd, std::size_t from, std::size_t to) {
  const std::string zeros(64 * 1024, '\0');
  for (std::size_t at = from; at < to; at += zeros.size()) {
    if (!write_at(fd, std::string_view(zeros).substr(0, to - at), at)) return false;
  }
  return ::fsync(fd) == 0;
}

std::unexpected<Error> failed(const std::string& path, std::string_view what) {
  const ErrorKind kind =
      errno == EACCES || errno == EPERM ? ErrorKind::permission : ErrorKind::storage;
  return fail(kind, Side::ours, path + " " + std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

std::optional<JournalScan> scan_journal(std::string_view bytes) {
  if (bytes.size() < kHead || !bytes.starts_with(kMagic)) return std::nullopt;
  JournalScan scan;
  scan.end = kHead;
  while (bytes.size() - scan.end > kRecordHead) {
    const std::size_t length = read_u32(bytes, scan.end);
    if (length == 0 || length > bytes.size() - scan.end - kRecordHead) break;
    const std::string_view record = bytes.substr(scan.end + kRecordHead, length);
    if (crc32(record) != read_u32(bytes, scan.end + 4)) break;
    scan.records.emplace_back(record);
    scan.end += kRecordHead + length;
  }
  return scan;
}

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path, std::size_t bytes) {
  CHECK(bytes > kHead + kRecordHead && bytes <= kMaxFile);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (fd < 0) return failed(path, "cannot be opened");
  std::unique_ptr<Journal> journal(new Journal(fd, bytes));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::unavailable, Side::ours, path + " is in use by another process");
  }
  struct stat status {};
  if (::fstat(fd, &status) != 0) return failed(path, "cannot be read");
  if (!S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kMaxFile) {
    return fail(ErrorKind::invalid, Side::ours, path + " is no journal of Sallyport; move it away");
  }
  auto size = static_cast<std::size_t>(status.st_size);
  if (size < kHead) {  // New, or a crash while it was made.
    std::string head(kMagic);
    head.resize(kHead, '\0');
    if (!write_at(fd, head, 0)) return failed(path, "cannot be written");
    size = kHead;
  }
  if (size < bytes && !fill(fd, size, bytes)) {
    return failed(path, "cannot be given its full size");
  }
  journal->size_ = std::max(size, bytes);

  const auto content = read_all(fd, journal->size_);
  if (!content) return failed(path, "cannot be read");
  auto scan = scan_journal(*content);
  if (!scan) {
    return fail(ErrorKind::invalid, Side::ours, path + " is no journal of Sallyport; move it away");
  }
  journal->end_ = scan->end;
  journal->count_ = scan->records.size();
  return journal;
}

Journal::~Journal() { ::close(fd_); }

bool Journal::append(const std::vector<std::string>& records) {
  std::string bytes;
  for (const std::string& record : records) {
    CHECK(!record.empty());
    append_u32(bytes, static_cast<std::uint32_t>(record.size()));
    append_u32(bytes, crc32(record));
    bytes += record;
  }
  const std::size_t length = bytes.size();
  bytes.append(kRecordHead, '\0');  // Ends the list, over whatever stood there before a clear().
  if (bytes.size() > size_ - end_) {
    trouble_ = "the journal is full";
    return false;
  }
  if (!write_at(fd_, bytes, end_) || ::fdatasync(fd_) != 0) {
    trouble_ = std::string("the journal cannot be written: ") + std::strerror(errno);
    // So that a part of it is not taken for the whole.
    write_at(fd_, std::string(kRecordHead, '\0'), end_);
    return false;
  }
  end_ += length;
  count_ += records.size();
  trouble_.clear();
  return true;
}

Result<std::vector<std::string>> Journal::records() const {
  const auto content = read_all(fd_, end_);
  auto scan = content ? scan_journal(*content) : std::nullopt;
  if (!scan || scan->records.size() != count_) {
    return fail(ErrorKind::storage, Side::ours, "the journal cannot be read back");
  }
  return std::move(scan->records);
}

Result<void> Journal::clear() {
  // The head first, which forgets them; then they themselves, because they name people, who may be
  // erased.
  if (!write_at(fd_, std::string(kRecordHead, '\0'), kHead) || ::fdatasync(fd_) != 0 ||
      !fill(fd_, kHead, end_)) {
    trouble_ = std::string("the journal cannot be written: ") + std::strerror(errno);
    return fail(ErrorKind::storage, Side::ours, trouble_);
  }
  end_ = kHead;
  count_ = 0;
  trouble_.clear();
  return {};
}

}  // namespace sallyport::discovery
