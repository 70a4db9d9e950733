#include "proxy/cli/print_pdf.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "base/core/text.h"
#include "proxy/app/state_directory.h"

namespace sallyport::cli {

namespace {

constexpr int kPatience = 60'000;  // ms
constexpr std::size_t kMostPdf = 64 << 20;
constexpr const char* kBrowsers[] = {"chromium", "chromium-browser", "google-chrome",
                                     "google-chrome-stable"};

// A folder of its own, which goes with it: the page, the PDF and the browser's profile.
class Folder {
 public:
  Folder() {
    std::error_code error;
    std::string path = std::filesystem::temp_directory_path(error) / "sallyport-report-XXXXXX";
    if (!error && ::mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;  // "": it could not be made
};

std::string find_browser(const std::string& named) {
  if (named.find('/') != named.npos) return ::access(named.c_str(), X_OK) == 0 ? named : "";
  const char* path = std::getenv("PATH");
  std::vector<std::string> names;
  if (named.empty()) {
    names.assign(std::begin(kBrowsers), std::end(kBrowsers));
  } else {
    names = {named};
  }
  for (const std::string& name : names) {
    for (const std::string_view folder : split(path == nullptr ? "/usr/bin" : path, ':')) {
      const std::string program = std::string(folder) + "/" + name;
      if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
    }
  }
  return {};
}

std::unexpected<Error> refused(std::string detail) {
  return fail(ErrorKind::storage, Side::ours, std::move(detail));
}

// Waits until it ends, or kills it and all that it started.
Result<void> wait_for(pid_t child) {
  const int watched = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  bool ended = false;
  if (watched >= 0) {
    pollfd one{.fd = watched, .events = POLLIN, .revents = 0};
    ended = ::poll(&one, 1, kPatience) == 1;
    ::close(watched);
  }
  if (!ended) ::kill(-child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) return refused("the browser took longer than a minute to print");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return refused("the browser could not print the page");
}

Result<void> run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, arguments[0], &actions, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) return refused("cannot start " + command[0] + ": " + std::strerror(failed));
  return wait_for(child);
}

}  // namespace

Result<void> print_pdf(const std::string& html, const std::string& pdf,
                       const std::string& browser) {
  const std::string program = find_browser(browser);
  if (program.empty()) {
    return fail(ErrorKind::not_found, Side::ours,
                browser.empty()
                    ? "PDF is printed by Chromium, and none is installed: install it, name one "
                      "with --browser, or take --format html and print that"
                    : "there is no program " + browser);
  }
  const Folder folder;
  if (folder.path().empty()) return refused("no temporary folder can be made");
  const std::string page = folder.path() + "/report.html";
  const std::string made = folder.path() + "/report.pdf";
  Result<void> done = app::write_file(page, html, 0600);
  if (!done) return done;
  std::vector<std::string> command{program,
                                   "--headless=new",
                                   "--disable-gpu",
                                   "--no-first-run",
                                   "--disable-extensions",
                                   "--disable-background-networking",
                                   "--no-pdf-header-footer",
                                   "--user-data-dir=" + folder.path() + "/profile",
                                   "--print-to-pdf=" + made};
  // Chromium's sandbox does not run as root; the page is ours, has no script and loads nothing.
  if (::geteuid() == 0) command.emplace_back("--no-sandbox");
  command.push_back("file://" + page);
  done = run(command);
  if (!done) return done;
  const Result<std::string> bytes = app::read_file(made, kMostPdf);
  if (!bytes || !bytes->starts_with("%PDF-")) return refused("the browser made no PDF");
  return app::write_file(pdf, *bytes, 0600);
}

}  // namespace sallyport::cli
