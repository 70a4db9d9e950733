#include "proxy/app/state_directory.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/text.h"
#include "base/crypto/random.h"

namespace sallyport::app {

namespace {

std::unexpected<Error> system_error(const std::string& what) {
  return fail(ErrorKind::storage, Side::ours, what + ": " + std::strerror(errno));
}

}  // namespace

Result<void> make_directory(const std::string& path, unsigned mode) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
    return system_error("cannot make " + path);
  return {};
}

Result<void> write_file(const std::string& path, const std::string& text, unsigned mode) {
  const std::string fresh = path + ".new";
  const int file =
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
  if (file < 0) return system_error("cannot write " + path);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t put = ::write(file, text.data() + written, text.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      const auto failure = system_error("cannot write " + path);
      ::close(file);
      ::unlink(fresh.c_str());
      return failure;
    }
    written += static_cast<std::size_t>(put);
  }
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  if (!synced || ::rename(fresh.c_str(), path.c_str()) != 0)
    return system_error("cannot write " + path);
  return {};
}

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return fail(ErrorKind::not_found, Side::ours, path + " does not exist");
    return system_error("cannot read " + path);
  }
  std::string text;
  char block[16 * 1024];
  while (true) {
    const ssize_t got = ::read(file, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const auto failure = system_error("cannot read " + path);
      ::close(file);
      return failure;
    }
    if (got == 0) break;
    text.append(block, static_cast<std::size_t>(got));
    if (text.size() > most) {
      ::close(file);
      return fail(ErrorKind::limit, Side::ours, path + " is larger than it may be");
    }
  }
  ::close(file);
  return text;
}

std::string ca_directory(const std::string& state) { return state + "/ca"; }
std::string store_file(const std::string& state) { return state + "/activities.sqlite"; }
std::string journal_file(const std::string& state) { return state + "/blocks.journal"; }
std::string alerts_file(const std::string& state) { return state + "/alerts.sqlite"; }
std::string hand_file(const std::string& state) { return state + "/state.sqlite"; }
std::string import_lock_file(const std::string& state) { return state + "/imports.lock"; }
std::string read_audit_file(const std::string& state) { return state + "/audit.sqlite"; }
std::string accounts_file(const std::string& state) { return state + "/accounts.json"; }
std::string token_file(const std::string& state) { return state + "/admin.token"; }
std::string quarantine_folder(const std::string& state) { return state + "/quarantine"; }
std::string portal_keys_file(const std::string& state) { return state + "/portal.keys"; }
std::string names_key_file(const std::string& state) { return state + "/names.key"; }
std::string admin_file(const std::string& state) { return state + "/admin.address"; }
std::string log_directory(const std::string& state) { return state + "/log"; }
std::string policy_archive(const std::string& state) { return state + "/policies"; }
std::string addresses_file(const std::string& state) { return state + "/addresses.json"; }
std::string pins_file(const std::string& state, int worker) {
  return state + "/pins/worker-" + std::to_string(worker) + ".txt";
}

Result<std::unique_ptr<StateDirectory>> StateDirectory::open(const std::string& path) {
  for (const auto& [folder, mode] :
       {std::pair{path, 0750U}, std::pair{ca_directory(path), 0750U},
        std::pair{log_directory(path), 0750U}, std::pair{path + "/pins", 0750U},
        std::pair{path + "/geo", 0750U}, std::pair{path + "/catalog", 0755U}}) {
    Result<void> made = make_directory(folder, mode);
    if (!made) return pass_on(std::move(made));
  }
  const std::string lock_path = path + "/lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (lock < 0) return system_error("cannot open " + lock_path);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    return fail(
        ErrorKind::unavailable, Side::ours,
        "another gateway runs from " + path + "; stop it, or choose another state.directory");
  }
  return std::unique_ptr<StateDirectory>(new StateDirectory(path, lock));
}

StateDirectory::~StateDirectory() { ::close(lock_); }

Result<std::string> StateDirectory::pseudonym() {
  const std::string file = path_ + "/pseudonym";
  Result<std::string> kept = read_file(file, 256);
  if (kept) {
    const std::string_view name = trim(std::string_view(*kept).substr(0, kept->find('\n')));
    if (name.starts_with("sallyport-") && name.size() == 18) return std::string(name);
  }
  std::uint8_t random[4];
  random_bytes(random);
  const std::string name = "sallyport-" + to_hex(random, sizeof random);
  Result<void> written = write_file(file, name + "\n", 0644);
  if (!written) return pass_on(std::move(written));
  return name;
}

}  // namespace sallyport::app
