// A line is "user:hash"; empty lines and lines that begin with '#' are skipped. A bcrypt hash is
// "$2y$10$" (or 2a, 2b; the number is the logarithm of the rounds), 22 characters of salt and 31 of
// hash, both of [./A-Za-z0-9].

#include "discovery/users/htpasswd.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "discovery/users/bcrypt.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxFile = 4 * 1024 * 1024;  // bytes
constexpr std::size_t kMaxUsers = 100'000;
constexpr std::size_t kHashSize = 60;   // bytes
constexpr std::size_t kPrefixSize = 7;  // "$2y$10$"
constexpr int kLeastCost = 4;
constexpr int kMostCost = 15;  // About two seconds; one more doubles it.
constexpr int kWeakCost = 10;
constexpr int kUsualCost = 12;  // Of the decoy, where the file holds nobody.

bool is_bcrypt_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '/'; });
}

// The cost of a bcrypt hash or setting; nothing where it is none.
std::optional<int> bcrypt_cost(std::string_view hash) {
  const bool known =
      hash.starts_with("$2y$") || hash.starts_with("$2b$") || hash.starts_with("$2a$");
  if (!known || hash.size() != kHashSize || hash[6] != '$') return std::nullopt;
  const auto cost = parse_decimal(hash.substr(4, 2));
  if (!cost || !is_bcrypt_text(hash.substr(kPrefixSize))) return std::nullopt;
  return static_cast<int>(*cost);
}

// What a hash that is not taken is called, so that its owner knows what to redo.
std::string_view kind_of(std::string_view hash) {
  if (hash.starts_with("$2")) return "a damaged bcrypt hash";
  if (hash.starts_with("$apr1$")) return "an MD5 hash";
  if (hash.starts_with("$1$")) return "an MD5 hash";
  if (hash.starts_with("{SHA}")) return "a SHA-1 hash";
  if (hash.starts_with("$5$") || hash.starts_with("$6$")) return "a SHA-2 hash";
  if (hash.size() == 13) return "a DES hash or plain text";
  return "no known hash";
}

// The file with every byte behind a line's ':' struck out, and whole lines where there is none:
// what diagnostics may show.
std::string strike_out(std::string_view text) {
  std::string shown(text);
  for (std::size_t at = 0; at < shown.size();) {
    const std::size_t end = std::min(shown.find('\n', at), shown.size());
    const std::size_t colon = shown.find(':', at);
    const bool comment = shown[at] == '#';
    std::size_t from = colon < end ? colon + 1 : at;
    for (; from < end && !comment; ++from) shown[from] = '*';
    at = end + 1;
  }
  return shown;
}

struct FileText {
  std::string text;
  bool open_to_all = false;
};

std::expected<FileText, int> read_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::unexpected(errno);
  struct stat status{};
  int failure = ::fstat(file, &status) == 0 ? 0 : errno;
  if (failure == 0 && !S_ISREG(status.st_mode)) failure = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  FileText read;
  read.open_to_all = (status.st_mode & S_IROTH) != 0;
  char block[64 * 1024];
  while (failure == 0 && read.text.size() <= kMaxFile) {
    const ssize_t got = ::read(file, block, sizeof block);
    if (got == 0) break;
    if (got > 0) read.text.append(block, static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) failure = errno;
  }
  ::close(file);
  if (failure != 0) return std::unexpected(failure);
  return read;
}

}  // namespace

class HtpasswdParser {
 public:
  HtpasswdParser(const Source& source, Diagnostics& found)
      : text_(source.text),
        shown_(std::make_shared<const Source>(Source{source.name, strike_out(source.text)})),
        found_(found) {}

  std::shared_ptr<const Htpasswd> parse() {
    if (text_.size() > kMaxFile) {
      found_.error({shown_, 0, 0, 1}, "a password file of more than 4 MiB");
      return nullptr;
    }
    std::string_view rest = text_;
    for (line_ = 1; !rest.empty(); ++line_) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!trim(line).empty() && line[0] != '#') read_line(line);
    }
    if (made_.hashes_.size() > kMaxUsers) {
      found_.error({shown_, 0, 0, 1}, fmt::format("more than {} users", kMaxUsers));
    }
    made_.decoy_ = bcrypt_decoy(usual_cost());
    const Sha256Digest digest = sha256(std::string_view(text_));
    made_.version_ = to_hex(digest.data(), digest.size());
    return std::make_shared<const Htpasswd>(std::move(made_));
  }

 private:
  void read_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      found_.error(at(0, line.size()), "a line of a password file is 'user:hash'",
                   "made with: htpasswd -B FILE USER");
      return;
    }
    const auto user = normal_user_name(line.substr(0, colon));
    if (!user) {
      found_.error(at(0, colon), "this is no name of a user");
      return;
    }
    // Later fields, where there are any, are comments to htpasswd's other users.
    std::string_view hash = line.substr(colon + 1);
    hash = hash.substr(0, hash.find(':'));
    const Place place = at(colon + 1, hash.size());
    const auto cost = bcrypt_cost(hash);
    if (!cost) {
      found_.error(place,
                   fmt::format("the password of '{}' is {}, and only bcrypt is taken",
                               printable(*user), kind_of(hash)),
                   "set it anew with: htpasswd -B FILE USER");
      return;
    }
    if (*cost < kLeastCost || *cost > kMostCost) {
      found_.error(place, fmt::format("a bcrypt cost of {} is outside {} to {}", *cost, kLeastCost,
                                      kMostCost));
      return;
    }
    if (*cost < kWeakCost) {
      found_.warning(place, fmt::format("a bcrypt cost of {} is quick to guess", *cost),
                     "set it anew with: htpasswd -B -C 12 FILE USER");
    }
    if (!made_.hashes_.emplace(*user, hash).second) {
      found_.error(at(0, colon), fmt::format("user '{}' is listed twice", printable(*user)));
      return;
    }
    ++costs_[*cost];
  }

  // The cost that most users have.
  int usual_cost() const {
    const auto most =
        std::max_element(costs_.begin(), costs_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == costs_.end() ? kUsualCost : most->first;
  }

  Place at(std::size_t column, std::size_t length) const {
    return {shown_, line_, static_cast<std::uint32_t>(column + 1),
            static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
  }

  std::string_view text_;
  SourcePtr shown_;
  Diagnostics& found_;
  std::uint32_t line_ = 0;
  std::map<int, std::size_t> costs_;
  Htpasswd made_;
};

std::vector<std::string> Htpasswd::users() const {
  std::vector<std::string> names;
  for (const auto& [name, hash] : hashes_) names.push_back(name);
  return names;
}

bool Htpasswd::verify(std::string_view user, std::string_view password) const {
  const auto name = normal_user_name(user);
  const auto known = name ? hashes_.find(*name) : hashes_.end();
  const bool real = known != hashes_.end();
  const std::string& setting = real ? known->second : decoy_;
  if (setting.empty()) return false;
  const bool equal = bcrypt_matches(setting, password);
  return real && equal;
}

Checked<std::shared_ptr<const Htpasswd>> parse_htpasswd(const Source& source,
                                                        Diagnostics& warnings) {
  Diagnostics found;
  HtpasswdParser parser(source, found);
  auto parsed = parser.parse();
  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));
  return parsed;
}

Checked<std::shared_ptr<const Htpasswd>> load_htpasswd(const std::string& path,
                                                       Diagnostics& warnings) {
  auto read = read_file(path);
  const Place place{std::make_shared<const Source>(Source{path, {}}), 0, 0, 1};
  if (!read) {
    Diagnostics found;
    found.error(place, fmt::format("cannot read the password file: {}",
                                   std::generic_category().message(read.error())));
    return std::unexpected(std::move(found));
  }
  if (read->open_to_all) {
    warnings.warning(place, "everybody on this machine may read the password file", "chmod o-r");
  }
  return parse_htpasswd({path, std::move(read->text)}, warnings);
}

}  // namespace sallyport::discovery
