#include "base/io/child.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sallyport::io {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Between two looks at a child that has closed its output and has not ended.
constexpr milliseconds kBetweenLooks{5};

class Descriptor {
 public:
  Descriptor() = default;
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void take(int fd) {
    close();
    fd_ = fd;
  }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// Ours and the child's end.
struct Line {
  Descriptor ours, its;

  // A socket for what we send, because a write to it can be asked to raise no SIGPIPE.
  bool open() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
    ours.take(ends[0]);
    its.take(ends[1]);
    return ::fcntl(ours.get(), F_SETFL, O_NONBLOCK) == 0;
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// errno of the attempt.
int spawn(const Child& child, const Line& in, const Line& out, const Line& err, pid_t& pid) {
  std::vector<std::string> words = child.words;
  std::vector<std::string> environment = child.environment;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, in.its.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.its.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.its.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  if (!child.folder.empty()) {
    ::posix_spawn_file_actions_addchdir_np(&actions, child.folder.c_str());
  }
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const int failure = ::posix_spawnp(&pid, words.front().c_str(), &actions, &attributes,
                                     pointers(words).data(), pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return failure;
}

// What comes of one line: false once it is closed.
bool read_some(int fd, std::string& into) {
  char block[16 * 1024];
  for (;;) {
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got > 0) {
      into.append(block, static_cast<std::size_t>(got));
      return true;
    }
    if (got < 0 && errno == EINTR) continue;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
}

// False once there is nothing more to send.
bool send_some(int fd, std::string_view text, std::size_t& sent) {
  const ssize_t done = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
  if (done < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  sent += static_cast<std::size_t>(done);
  return sent < text.size();
}

// A child that is killed and waited for, whatever becomes of us.
class Running {
 public:
  explicit Running(pid_t pid) : pid_(pid) {}
  ~Running() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  bool ended(int& code) {
    int status = 0;
    const pid_t done = ::waitpid(pid_, &status, WNOHANG);
    if (done != pid_) return false;
    pid_ = 0;
    code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  }

 private:
  pid_t pid_;
};

}  // namespace

Result<ChildEnd> run_child(const Child& child) {
  const std::string& name = child.words.at(0);
  Line in, out, err;
  if (!in.open() || !out.open() || !err.open()) {
    return fail(ErrorKind::unavailable, Side::ours,
                name + ": " + std::generic_category().message(errno));
  }
  pid_t pid = 0;
  if (const int failure = spawn(child, in, out, err, pid); failure != 0) {
    return fail(failure == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable, Side::ours,
                name + ": " + std::generic_category().message(failure));
  }
  Running running(pid);
  in.its.close();
  out.its.close();
  err.its.close();
  const auto ends_by = steady_clock::now() + child.patience;
  ChildEnd end;
  std::string errors;
  std::size_t sent = 0;
  if (child.input.empty()) in.ours.close();
  while (out.ours.get() >= 0 || err.ours.get() >= 0) {
    const auto left = std::chrono::ceil<milliseconds>(ends_by - steady_clock::now());
    if (left.count() <= 0) return fail(ErrorKind::timed_out, Side::ours, name + ": took too long");
    pollfd lines[] = {
        {in.ours.get(), POLLOUT, 0}, {out.ours.get(), POLLIN, 0}, {err.ours.get(), POLLIN, 0}};
    if (::poll(lines, 3, static_cast<int>(left.count())) < 0 && errno != EINTR) {
      return fail(ErrorKind::unavailable, Side::ours,
                  name + ": " + std::generic_category().message(errno));
    }
    if (lines[0].revents != 0 && !send_some(in.ours.get(), child.input, sent)) in.ours.close();
    if (lines[1].revents != 0 && !read_some(out.ours.get(), end.output)) out.ours.close();
    if (lines[2].revents != 0 && !read_some(err.ours.get(), errors)) err.ours.close();
    if (end.output.size() > child.most_output) {
      return fail(ErrorKind::limit, Side::ours,
                  name + ": said more than " + std::to_string(child.most_output) + " bytes");
    }
    // The rest is read, so that it goes on, and kept by nobody.
    end.errors.append(errors, 0, kMostErrors - end.errors.size());
    errors.clear();
  }
  while (!running.ended(end.code)) {
    if (steady_clock::now() >= ends_by) {
      return fail(ErrorKind::timed_out, Side::ours, name + ": took too long");
    }
    ::poll(nullptr, 0, static_cast<int>(kBetweenLooks.count()));
  }
  return end;
}

}  // namespace sallyport::io
