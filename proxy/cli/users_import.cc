// The people of a directory, as a users file that the gateway reads and reads again when it
// changes. Who asks the directory is this command and not the gateway, so that the gateway holds no
// password of it, and goes on with what it has where the directory is away.

#include <algorithm>
#include <csignal>
#include <expected>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/text.h"
#include "discovery/directory/ldap.h"
#include "discovery/directory/people.h"
#include "discovery/users/user_directory.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {
namespace {

namespace directory = discovery::directory;
using std::chrono::seconds;

constexpr std::size_t kMostPassword = 4096;    // bytes
constexpr std::size_t kMostUsers = 64u << 20;  // bytes of a users file
constexpr std::size_t kFewToLose = 10;         // people; fewer may go at once

volatile std::sig_atomic_t asked_to_end = 0;

// The entries, or an exit code after a message.
std::expected<directory::Entries, int> read_entries(const UsersImportOptions& options) {
  const directory::Limits limits;
  if (!options.file.empty()) {
    const Result<std::string> text = app::read_file(options.file, limits.text);
    if (!text) {
      complain(describe(text.error()));
      return std::unexpected(kWrongInput);
    }
    Diagnostics found;
    auto entries = directory::read_file(std::make_shared<const Source>(Source{options.file, *text}),
                                        found, limits);
    if (found.has_errors()) {
      complain("errors:\n" + render(found));
      return std::unexpected(kWrongInput);
    }
    return entries;
  }
  directory::LdapOptions ldap{.url = options.ldap,
                              .base = options.base,
                              .filter = options.filter,
                              .bind_dn = options.bind_dn,
                              .password = {},
                              .ca_file = options.ca,
                              .start_tls = options.start_tls,
                              .plain = options.plain};
  if (!options.password_file.empty()) {
    const Result<std::string> password = app::read_file(options.password_file, kMostPassword);
    if (!password) {
      complain(describe(password.error()));
      return std::unexpected(kWrongInput);
    }
    ldap.password = *password;
    while (ldap.password.ends_with('\n') || ldap.password.ends_with('\r')) ldap.password.pop_back();
  }
  // RFC 4513 section 5.1.2: a name without a password is nobody, which servers take for a success.
  if (!ldap.bind_dn.empty() && ldap.password.empty()) {
    complain("--bind-dn needs a password: --password-file FILE");
    return std::unexpected(kWrongInput);
  }
  const bool seen = ::isatty(STDERR_FILENO) == 1;
  auto entries = directory::read_ldap(ldap, limits, [&](std::size_t count) {
    if (seen) fmt::print(stderr, "\r{} entries ", count);
    return asked_to_end == 0;
  });
  if (seen) fmt::print(stderr, "\r\x1b[K");
  if (!entries) {
    complain(entries.error().detail);
    return std::unexpected(entries.error().kind == ErrorKind::invalid ? kWrongInput : kMachine);
  }
  return std::move(*entries);
}

std::map<std::string, const discovery::Person*> by_name(const discovery::Users& users) {
  std::map<std::string, const discovery::Person*> found;
  for (const discovery::Person& person : users.people()) found[person.name] = &person;
  return found;
}

// Held over reading, comparing and writing; of the folder, because the file is replaced.
class FolderLock {
 public:
  explicit FolderLock(const std::string& file) {
    const std::string folder = std::filesystem::path(file).parent_path().string();
    fd_ = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd_ >= 0) ::flock(fd_, LOCK_EX);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  int fd_;
};

struct Difference {
  std::size_t come = 0, gone = 0, changed = 0;
};

Difference difference(const discovery::Users& before, const discovery::Users& after) {
  Difference count;
  const auto old = by_name(before);
  for (const auto& [name, person] : by_name(after)) {
    const auto found = old.find(name);
    if (found == old.end()) {
      ++count.come;
    } else if (found->second->names != person->names || found->second->groups != person->groups ||
               found->second->manager != person->manager) {
      ++count.changed;
    }
  }
  count.gone = before.size() + count.come - after.size();
  return count;
}

// What is there now: nobody where there is no file yet, null where there is one that cannot be
// read.
std::shared_ptr<const discovery::Users> read_before(const std::string& path) {
  const Result<std::string> text = app::read_file(path, kMostUsers);
  Diagnostics warnings;
  if (!text && text.error().kind != ErrorKind::not_found) return nullptr;
  if (text) {
    auto users = discovery::parse_users(std::make_shared<const Source>(Source{path, *text}),
                                        nullptr, warnings);
    return users ? *users : nullptr;
  }
  return std::make_shared<const discovery::Users>();
}

int write_if_changed(const UsersImportOptions& options, const directory::Imported& imported) {
  const std::string csv = directory::to_csv(imported);
  Diagnostics warnings;
  const auto after = discovery::parse_users(std::make_shared<const Source>(Source{options.to, csv}),
                                            nullptr, warnings);
  if (!after) {
    complain("what came of it cannot be used, and was not written:\n" + render(after.error()));
    return kMachine;
  }
  // Two that write the same file at once take turns.
  const FolderLock turn(options.to);
  auto before = read_before(options.to);
  if (before == nullptr && !options.force) {
    complain(fmt::format("{} is there and cannot be read, so it stays as it is; --force writes it",
                         options.to));
    return kNo;
  }
  if (before == nullptr) before = std::make_shared<const discovery::Users>();
  const Difference change = difference(*before, **after);
  const std::size_t leavers = static_cast<std::size_t>(
      std::ranges::count_if(imported.people, &directory::ImportedPerson::disabled));
  const std::string counts = fmt::format(
      "{} people ({} new, {} gone, {} changed), {} of them disabled; {} groups; {} entries that "
      "are neither",
      imported.people.size(), change.come, change.gone, change.changed, leavers, imported.groups,
      imported.passed_over);
  if (before->size() >= kFewToLose && (*after)->size() * 2 < before->size() && !options.force) {
    complain(fmt::format("{}: more than half would go, so {} stays as it is; --force writes it",
                         counts, options.to));
    return kNo;
  }
  const Result<std::string> there = app::read_file(options.to, kMostUsers);
  if (there && *there == csv) {
    complain(fmt::format("{}: as before", counts));
    return kOk;
  }
  struct stat old{};
  const bool had_owner = ::stat(options.to.c_str(), &old) == 0;
  if (const Result<void> written = app::write_file(options.to, csv, 0640); !written) {
    complain(describe(written.error()));
    return kMachine;
  }
  // The gateway that reads it may be somebody else than who imports.
  if (had_owner && (::chown(options.to.c_str(), old.st_uid, old.st_gid) != 0 ||
                    ::chmod(options.to.c_str(), old.st_mode & 07777) != 0)) {
    complain("the file belongs to another now: " + options.to);
  }
  complain(fmt::format("{}: written to {}", counts, options.to));
  return kOk;
}

int import_once(const UsersImportOptions& options) {
  const auto entries = read_entries(options);
  if (!entries) return entries.error();
  const directory::Imported imported = directory::people_of(
      *entries,
      {.leavers = options.leavers, .domain = options.domain, .now = system_clock().now()});
  for (const std::string& warning : imported.warnings) complain("left out: " + printable(warning));
  if (imported.left_out > imported.warnings.size()) {
    complain(fmt::format("left out: {} more", imported.left_out - imported.warnings.size()));
  }
  if (imported.people.empty()) {
    complain("nobody is there");
    return kNo;
  }
  if (!options.to.empty()) return write_if_changed(options, imported);
  say(directory::to_csv(imported));
  return kOk;
}

}  // namespace

int users_import(const UsersImportOptions& options) {
  if (options.file.empty() == options.ldap.empty()) {
    complain("give a file, or --ldap with the address of a directory");
    return kWrongInput;
  }
  if (!options.ldap.empty() && options.base.empty()) {
    complain("--ldap needs --base, below which people are looked for, such as dc=corp,dc=example");
    return kWrongInput;
  }
  if (!options.to.empty() && !lower(options.to).ends_with(".csv")) {
    complain("--to writes CSV, so the file's name ends in .csv");
    return kWrongInput;
  }
  if (options.every == 0) return import_once(options);
  if (options.to.empty()) {
    complain("--every needs --to");
    return kWrongInput;
  }
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction action{};
    action.sa_handler = [](int) { asked_to_end = 1; };
    ::sigaction(signal, &action, nullptr);
  }
  while (asked_to_end == 0) {
    import_once(options);  // which has said what was wrong; the file stays, and the next time comes
    for (unsigned left = options.every; left > 0 && asked_to_end == 0; left = ::sleep(left)) {
    }
  }
  return kOk;
}

}  // namespace sallyport::cli
