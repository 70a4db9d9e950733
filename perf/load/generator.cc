// The load generator: one thread, epoll. Warms up, says 'ready', counts for a window, and prints
// one line of JSON. perf/lab reads the proxy's CPU time between 'ready' and that line.

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "perf/load/http1_visitor.h"
#include "perf/load/http2_visitor.h"
#include "perf/load/plan.h"

namespace sallyport::perf {

std::unique_ptr<Visitor> make_visitor(const Plan& plan, SSL_CTX* tls, Shared& shared, int epoll) {
  if (plan.http2) return std::make_unique<Http2Visitor>(plan, tls, shared, epoll);
  return std::make_unique<Http1Visitor>(plan, tls, shared, epoll);
}

namespace {

using Clock = Visitor::Clock;

constexpr std::chrono::seconds kMostToOpen{90};   // all connections must stand by then
constexpr std::chrono::seconds kMostToHold{180};  // and idle ones are held no longer than this
constexpr std::chrono::seconds kMostToPause{20};  // what is in flight must have ended by then
constexpr std::chrono::milliseconds kReopen{20};  // a failed connection is tried again after this
constexpr std::uint32_t kMostOpening = 64;        // that have had no reply yet

class Run {
 public:
  Run(const Plan& plan, SSL_CTX* tls) : plan_(plan), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    shared_.tally.micros.reserve(1 << 22);
    for (std::uint32_t i = 0; i < plan.connections; ++i)
      visitors_.push_back(make_visitor(plan, tls, shared_, epoll_));
  }
  ~Run() {
    visitors_.clear();
    ::close(epoll_);
  }

  int load() {
    open_all();
    turn_until(Clock::now() + plan_.warm_up, 0);
    if (plan_.pause && !pause()) return 1;
    if (!plan_.pause) start_window();
    const auto began = Clock::now();
    turn_until(began + plan_.window, plan_.most_requests);
    print(Clock::now() - began);
    return shared_.tally.done > 0 ? 0 : 1;
  }

  int hold() {
    open_all();
    const auto latest = Clock::now() + kMostToOpen;
    while (shared_.tally.done < visitors_.size() && Clock::now() < latest &&
           shared_.tally.failed == 0) {
      turn(Clock::now() + std::chrono::milliseconds(50));
    }
    const auto stood = shared_.tally.done;
    say_ready();
    print(std::chrono::seconds(1));
    if (stood < visitors_.size()) return 1;
    // Held until the reader has measured and closes our stdin.
    wait_for_input(kMostToHold);
    return 0;
  }

 private:
  // A few at a time, so that no listener's queue runs over.
  void open_all() {
    const auto latest = Clock::now() + kMostToOpen;
    std::size_t started = 0;
    while (started < visitors_.size() && Clock::now() < latest &&
           shared_.tally.failed < plan_.most_failures) {
      while (started < visitors_.size() &&
             started < shared_.tally.done + shared_.tally.failed + kMostOpening) {
        visitors_[started++]->open();
      }
      turn(Clock::now() + std::chrono::milliseconds(50));
    }
  }

  void turn_until(Clock::time_point end, std::uint64_t most) {
    auto reopened = Clock::now();
    while (Clock::now() < end && (most == 0 || shared_.tally.done < most) &&
           shared_.tally.failed < plan_.most_failures) {
      turn(std::min(end, Clock::now() + kReopen));
      if (shared_.tally.failed > 0 && Clock::now() - reopened > kReopen) {
        reopened = Clock::now();
        for (auto& visitor : visitors_) {
          if (visitor->closed()) visitor->open();
        }
      }
    }
  }

  void turn(Clock::time_point latest) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(latest - Clock::now());
    std::array<epoll_event, 128> events;
    const int count = ::epoll_wait(epoll_, events.data(), events.size(),
                                   static_cast<int>(std::max<std::int64_t>(left.count(), 0)) + 1);
    for (int i = 0; i < count; ++i)
      static_cast<Visitor*>(events[static_cast<std::size_t>(i)].data.ptr)->on_ready();
  }

  // Nothing in flight, 'ready' said, and the reader has said go.
  bool pause() {
    shared_.pausing = true;
    const auto latest = Clock::now() + kMostToPause;
    const auto busy = [](const auto& visitor) { return visitor->busy(); };
    while (std::any_of(visitors_.begin(), visitors_.end(), busy)) {
      if (Clock::now() > latest) return false;
      turn(Clock::now() + std::chrono::milliseconds(5));
    }
    shared_.pausing = false;
    start_window();
    if (!wait_for_input(kMostToHold)) return false;
    for (auto& visitor : visitors_) visitor->go_on();
    return true;
  }

  static bool wait_for_input(std::chrono::milliseconds longest) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    char line[16];
    return ::poll(&input, 1, static_cast<int>(longest.count())) == 1 &&
           ::read(STDIN_FILENO, line, sizeof line) > 0;
  }

  void start_window() {
    warm_up_done_ = shared_.tally.done;
    warm_up_failed_ = shared_.tally.failed;
    auto micros = std::move(shared_.tally.micros);
    micros.clear();
    shared_.tally = Tally{};
    shared_.tally.micros = std::move(micros);
    say_ready();
  }

  static void say_ready() {
    std::printf("ready\n");
    std::fflush(stdout);
  }

  std::uint32_t share(double part) {
    auto& micros = shared_.tally.micros;
    if (micros.empty()) return 0;
    const auto at = static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1));
    std::nth_element(micros.begin(), micros.begin() + static_cast<std::ptrdiff_t>(at),
                     micros.end());
    return micros[at];
  }

  static void print_number(const char* name, std::uint64_t value) {
    std::printf("\"%s\":%llu,", name, static_cast<unsigned long long>(value));
  }

  static void print_text(const char* name, std::string text) {
    for (char& c : text) {
      if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    std::printf("\"%s\":\"%s\",", name, text.c_str());
  }

  void print(Clock::duration took) {
    const Tally& tally = shared_.tally;
    std::printf("{");
    print_number("requests", tally.done);
    print_number("errors", tally.failed);
    print_number("warm_up_requests", warm_up_done_);
    print_number("warm_up_errors", warm_up_failed_);
    print_number("connections", tally.opened);
    print_number("handshakes", tally.handshakes);
    print_number("resumed", tally.resumed);
    print_number("leaves", shared_.leaves.size());
    print_number("names_used", shared_.next_name);
    print_number("bytes_in", tally.bytes_in);
    print_number("bytes_out", tally.bytes_out);
    print_number("p50_us", share(0.5));
    print_number("p90_us", share(0.9));
    print_number("p99_us", share(0.99));
    print_text("issuer", shared_.issuer);
    print_text("protocol", shared_.protocol);
    print_text("alpn", shared_.alpn);
    print_text("digest", shared_.digest);
    print_text("first_error", shared_.first_failure);
    std::printf("\"seconds\":%.4f}\n", std::chrono::duration<double>(took).count());
    std::fflush(stdout);
  }

  const Plan& plan_;
  int epoll_;
  Shared shared_;
  std::uint64_t warm_up_done_ = 0;
  std::uint64_t warm_up_failed_ = 0;
  std::vector<std::unique_ptr<Visitor>> visitors_;
};

int generate(int count, char** words) {
  const auto plan = read_plan(count, words);
  if (!plan) return 2;
  ::signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls(nullptr, &SSL_CTX_free);
  if (plan->tls) tls.reset(Visitor::make_tls(*plan));
  if (plan->tls && !tls) {
    std::fprintf(stderr, "cannot read %s\n", plan->roots.c_str());
    return 2;
  }
  Run run(*plan, tls.get());
  return plan->idle ? run.hold() : run.load();
}

}  // namespace
}  // namespace sallyport::perf

int main(int count, char** words) { return sallyport::perf::generate(count, words); }
