#include "proxy/app/policy_archive.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <set>
#include <unistd.h>

#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

namespace {

constexpr std::string_view kIndex = "snapshots";
constexpr std::size_t kMostIndex = 32u << 20;       // bytes; kMostLines have fewer
constexpr std::chrono::hours kLongestExchange{24};  // that still holds a snapshot after its end
constexpr std::size_t kHash = 64;                   // hexadecimal digits

std::string hash_of(std::string_view text) {
  const Sha256Digest digest = sha256(text);
  return to_hex(digest.data(), digest.size());
}

bool is_hex_word(std::string_view word) {
  return !word.empty() && word.size() <= kHash && std::all_of(word.begin(), word.end(), is_hex);
}

std::optional<PolicyArchive::Line> parse_line(std::string_view text) {
  const auto words = split(text, ' ');
  if (words.size() != 3 || !is_hex_word(words[0]) || !is_hex_word(words[1]) ||
      words[1].size() != kHash) {
    return std::nullopt;
  }
  const auto from = parse_rfc3339(words[2]);
  if (!from) return std::nullopt;
  return PolicyArchive::Line{std::string(words[0]), std::string(words[1]), *from};
}

std::string text_of(const PolicyArchive::Line& line) {
  return line.snapshot + " " + line.hash + " " + format_rfc3339(line.from) + "\n";
}

std::unexpected<Error> system_error(const std::string& what) {
  return fail(ErrorKind::storage, Side::ours, what + ": " + std::strerror(errno));
}

}  // namespace

std::vector<PolicyArchive::Line> PolicyArchive::lines() const {
  std::vector<Line> found;
  const Result<std::string> text = read_file(file_of(std::string(kIndex)), kMostIndex);
  if (!text) return found;
  for (const std::string_view one : split(*text, '\n')) {
    if (auto line = parse_line(one)) found.push_back(std::move(*line));
  }
  return found;
}

Result<policy::KeptPolicies> PolicyArchive::read(const std::string& hash) const {
  Result<std::string> text = read_file(file_of(hash), policy::kMostPolicySet);
  if (!text) return pass_on(std::move(text));
  if (hash_of(*text) != hash) {
    return fail(ErrorKind::storage, Side::ours, file_of(hash) + " is not what was kept");
  }
  return policy::read_policy_set(*text);
}

Result<std::optional<policy::KeptPolicies>> PolicyArchive::find(std::string_view snapshot) const {
  const std::vector<Line> known = lines();
  const auto at = std::find_if(known.rbegin(), known.rend(),
                               [&](const Line& line) { return line.snapshot == snapshot; });
  if (at == known.rend()) return std::nullopt;
  Result<policy::KeptPolicies> set = read(at->hash);
  if (!set) return pass_on(std::move(set));
  return std::optional(std::move(*set));
}

Result<std::optional<policy::KeptPolicies>> PolicyArchive::last() const {
  const std::vector<Line> known = lines();
  if (known.empty()) return std::nullopt;
  Result<policy::KeptPolicies> set = read(known.back().hash);
  if (!set) return pass_on(std::move(set));
  return std::optional(std::move(*set));
}

Result<void> PolicyArchive::keep(const std::string& snapshot, const PolicySetPtr& set, Time now,
                                 std::chrono::hours max_age) {
  Result<void> made = make_directory(folder_, 0700);
  if (!made) return made;
  if (!loaded_) lines_ = lines();
  loaded_ = true;
  if (kept_ != set) {
    const std::string text = policy::write_policy_set(*set);
    if (text.size() > std::min<std::uint64_t>(policy::kMostPolicySet, most_bytes_ / 2)) {
      return fail(ErrorKind::limit, Side::ours,
                  "policies and lists of " + human_bytes(text.size()) + " are too many to keep");
    }
    std::string hash = hash_of(text);
    std::error_code error;
    const bool there = std::filesystem::file_size(file_of(hash), error) == text.size() && !error;
    if (!there) {
      Result<void> written = write_file(file_of(hash), text, 0600);
      if (!written) return written;
    }
    kept_ = set;
    kept_hash_ = std::move(hash);
  }
  if (lines_.empty() || lines_.back().snapshot != snapshot || lines_.back().hash != kept_hash_) {
    Result<void> added = add_line({snapshot, kept_hash_, now});
    if (!added) return added;
  }
  return clean_up(now, max_age);
}

// The whole line in one write, so that two lines never mix and a line that is not whole is the
// last.
Result<void> PolicyArchive::add_line(const Line& line) {
  const std::string path = file_of(std::string(kIndex));
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return system_error("cannot write " + path);
  // What stands before may have been cut by a crash or a full disk.
  const std::string text = "\n" + text_of(line);
  ssize_t put = ::write(file, text.data(), text.size());
  while (put < 0 && errno == EINTR) put = ::write(file, text.data(), text.size());
  const bool whole = put == static_cast<ssize_t>(text.size());
  if (!whole && put >= 0) errno = ENOSPC;
  auto failed = system_error("cannot write " + path);
  ::close(file);
  if (!whole) return failed;
  lines_.push_back(line);
  return {};
}

Result<void> PolicyArchive::clean_up(Time now, std::chrono::hours max_age) {
  std::map<std::string, std::uint64_t> sizes;  // of the sets, by hash
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (name.size() == kHash && is_hex_word(name)) sizes[name] = entry.file_size(error);
  }
  // From the newest back, until they are too old or too many.
  std::set<std::string> used;
  std::uint64_t bytes = 0;
  std::size_t first = lines_.size();
  while (first > 0) {
    const Line& line = lines_[first - 1];
    const bool newest = first == lines_.size();
    if (!newest) {
      if (lines_.size() - first >= kMostLines) break;
      if (lines_[first].from + max_age + kLongestExchange < now) break;
      const std::uint64_t more = used.contains(line.hash) ? 0 : sizes[line.hash];
      if (bytes + more > most_bytes_) break;
    }
    if (used.insert(line.hash).second) bytes += sizes[line.hash];
    --first;
  }
  if (first > 0) {
    std::vector<Line> kept(lines_.begin() + static_cast<std::ptrdiff_t>(first), lines_.end());
    std::string text;
    for (const Line& line : kept) text += text_of(line);
    Result<void> written = write_file(file_of(std::string(kIndex)), text, 0600);
    if (!written) return written;
    lines_ = std::move(kept);
  }
  for (const auto& [hash, size] : sizes) {
    if (!used.contains(hash)) ::unlink(file_of(hash).c_str());
  }
  return {};
}

}  // namespace sallyport::app
