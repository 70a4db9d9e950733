// The load generator: one thread, epoll. Warms up, says 'ready', counts for a window, and prints
// one line of JSON. compare.py reads the proxy's CPU time between 'ready' and that line.

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

#include "perf/load/plan.h"
#include "perf/load/visitor.h"

namespace sallyport::perf {
namespace {

using Clock = Visitor::Clock;

constexpr std::chrono::seconds kMostToOpen{60};   // all idle connections must stand by then
constexpr std::chrono::seconds kMostToHold{120};  // and are held no longer than this
constexpr std::chrono::milliseconds kReopen{20};  // a failed connection is tried again after this
constexpr std::uint32_t kMostOpening = 64;        // idle plans open this many at a time
constexpr std::uint64_t kMostFailures = 10'000;   // no use going on

using TlsSettings = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

TlsSettings make_tls(const Plan& plan) {
  TlsSettings tls(nullptr, &SSL_CTX_free);
  if (!plan.tls) return tls;
  tls.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(tls.get(), TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(tls.get(), "TLS_AES_256_GCM_SHA384");
  SSL_CTX_set1_groups_list(tls.get(), "X25519");
  // No resumption: a new connection is a full handshake.
  SSL_CTX_set_session_cache_mode(tls.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(tls.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
  if (!plan.roots.empty()) {
    if (SSL_CTX_load_verify_locations(tls.get(), plan.roots.c_str(), nullptr) != 1)
      return {nullptr, &SSL_CTX_free};
    SSL_CTX_set_verify(tls.get(), SSL_VERIFY_PEER, nullptr);
  }
  return tls;
}

class Run {
 public:
  Run(const Plan& plan, SSL_CTX* tls) : plan_(plan), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    tally_.micros.reserve(1 << 22);
    for (std::uint32_t i = 0; i < plan.connections; ++i) {
      visitors_.push_back(std::make_unique<Visitor>(plan, tls, tally_, epoll_));
    }
  }
  ~Run() {
    visitors_.clear();
    ::close(epoll_);
  }

  int load() {
    for (auto& visitor : visitors_) visitor->open();
    turn_until(Clock::now() + plan_.warm_up, 0);
    reset();
    say_ready();
    const auto began = Clock::now();
    turn_until(began + plan_.window, plan_.most_requests);
    print(Clock::now() - began);
    return tally_.done > 0 ? 0 : 1;
  }

  int hold() {
    const auto latest = Clock::now() + kMostToOpen;
    std::size_t started = 0;
    while (tally_.done < visitors_.size() && Clock::now() < latest && tally_.failed == 0) {
      while (started < visitors_.size() && started < tally_.done + kMostOpening)
        visitors_[started++]->open();
      turn(Clock::now() + std::chrono::milliseconds(50));
    }
    const auto stood = tally_.done;
    say_ready();
    print(std::chrono::seconds(1));
    if (stood < visitors_.size()) return 1;
    // Held until the reader has measured and closes our stdin.
    pollfd input{STDIN_FILENO, POLLIN, 0};
    ::poll(&input, 1, static_cast<int>(std::chrono::milliseconds(kMostToHold).count()));
    return 0;
  }

 private:
  void turn_until(Clock::time_point end, std::uint64_t most) {
    auto reopened = Clock::now();
    while (Clock::now() < end && (most == 0 || tally_.done < most) &&
           tally_.failed < kMostFailures) {
      turn(std::min(end, Clock::now() + kReopen));
      if (tally_.failed > 0 && Clock::now() - reopened > kReopen) {
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

  void reset() {
    tally_.micros.clear();
    std::string kept = std::move(tally_.first_failure);
    const std::uint64_t failed = tally_.failed;
    auto micros = std::move(tally_.micros);
    tally_ = Tally{};
    tally_.micros = std::move(micros);
    warm_up_failed_ = failed;
    tally_.first_failure = std::move(kept);
  }

  static void say_ready() {
    std::printf("ready\n");
    std::fflush(stdout);
  }

  std::uint32_t share(double part) {
    auto& micros = tally_.micros;
    if (micros.empty()) return 0;
    const auto at = static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1));
    std::nth_element(micros.begin(), micros.begin() + static_cast<std::ptrdiff_t>(at),
                     micros.end());
    return micros[at];
  }

  void print(Clock::duration took) {
    const double seconds = std::chrono::duration<double>(took).count();
    const Visitor& first = *visitors_.front();
    for (char& c : tally_.first_failure) {
      if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    std::printf(
        "{\"requests\":%llu,\"errors\":%llu,\"warm_up_errors\":%llu,\"connections\":%llu,"
        "\"bytes_in\":%llu,\"bytes_out\":%llu,\"seconds\":%.4f,\"p50_us\":%u,\"p90_us\":%u,"
        "\"p99_us\":%u,\"issuer\":\"%s\",\"protocol\":\"%s\",\"first_error\":\"%s\"}\n",
        static_cast<unsigned long long>(tally_.done),
        static_cast<unsigned long long>(tally_.failed),
        static_cast<unsigned long long>(warm_up_failed_),
        static_cast<unsigned long long>(tally_.opened),
        static_cast<unsigned long long>(tally_.bytes_in),
        static_cast<unsigned long long>(tally_.bytes_out), seconds, share(0.5), share(0.9),
        share(0.99), first.issuer().c_str(), first.protocol().c_str(),
        tally_.first_failure.c_str());
    std::fflush(stdout);
  }

  const Plan& plan_;
  int epoll_;
  Tally tally_;
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
  const TlsSettings tls = make_tls(*plan);
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
