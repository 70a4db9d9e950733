#include "perf/load/plan.h"

#include <charconv>
#include <cstdio>
#include <string_view>

namespace sallyport::perf {

namespace {

constexpr char kUsage[] =
    "generator (--proxy|--direct) ADDRESS:PORT --host NAME[:PORT] [--plain] [--roots PEM]\n"
    "          [--path /x] [--put BYTES] [--http2 [--streams N]] [--fresh | --idle] [--resume]\n"
    "          [--connections N] [--names N [--first-name N]] [--clients N] [--digest]\n"
    "          [--warm-up MS] [--pause] [--window MS] [--most-requests N] [--most-failures N]\n"
    "Prints 'ready' where the window begins (or all idle connections stand), then one line of "
    "JSON.\nWith --pause it waits for a line on stdin after 'ready'.\n";

constexpr std::uint32_t kMostConnections = 20'000;
constexpr std::uint32_t kMostStreams = 1'000;
constexpr std::uint32_t kMostClients = 60'000;

template <class T>
bool read_number(std::string_view text, T& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_duration(std::string_view text, std::chrono::milliseconds& into) {
  std::uint32_t value = 0;
  if (!read_number(text, value) || value > 600'000) return false;
  into = std::chrono::milliseconds(value);
  return true;
}

bool read_end(std::string_view text, std::string& name, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  name = std::string(text.substr(0, colon));
  if (name.empty()) return false;
  return colon == std::string_view::npos || read_number(text.substr(colon + 1), port);
}

bool read_flag(Plan& plan, std::string_view option) {
  if (option == "--plain") return plan.tls = false, true;
  if (option == "--http2") return plan.http2 = true;
  if (option == "--fresh") return plan.fresh = true;
  if (option == "--resume") return plan.resume = true;
  if (option == "--idle") return plan.idle = true;
  if (option == "--pause") return plan.pause = true;
  if (option == "--digest") return plan.digest = true;
  return false;
}

bool read_option(Plan& plan, std::string_view option, std::string_view value) {
  if (option == "--proxy" || option == "--direct") {
    plan.way = option == "--proxy" ? Way::proxy : Way::direct;
    return read_end(value, plan.address, plan.port);
  }
  if (option == "--host") return read_end(value, plan.host, plan.host_port);
  if (option == "--roots") return plan.roots = value, true;
  if (option == "--path") return plan.path = value, true;
  if (option == "--put") return plan.method = "PUT", read_number(value, plan.upload);
  if (option == "--connections") return read_number(value, plan.connections);
  if (option == "--streams") return read_number(value, plan.streams);
  if (option == "--names") return read_number(value, plan.names);
  if (option == "--first-name") return read_number(value, plan.first_name);
  if (option == "--clients") return read_number(value, plan.clients);
  if (option == "--warm-up") return read_duration(value, plan.warm_up);
  if (option == "--window") return read_duration(value, plan.window);
  if (option == "--most-requests") return read_number(value, plan.most_requests);
  if (option == "--most-failures") return read_number(value, plan.most_failures);
  return false;
}

bool is_possible(const Plan& plan) {
  if (plan.port == 0 || plan.host.empty()) return false;
  if (plan.connections == 0 || plan.connections > kMostConnections) return false;
  if (plan.streams == 0 || plan.streams > kMostStreams) return false;
  if (plan.clients == 0 || plan.clients > kMostClients) return false;
  // Not written: bodies of requests over HTTP/2, and HTTP/2 without TLS.
  if (plan.http2 && (!plan.tls || plan.method != "GET")) return false;
  return (plan.names > 0) == (plan.host.find('*') != std::string::npos);
}

}  // namespace

std::optional<Plan> read_plan(int count, char** words) {
  Plan plan;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = words[i];
    if (read_flag(plan, option)) continue;
    if (i + 1 < count && read_option(plan, option, words[i + 1])) {
      ++i;
      continue;
    }
    std::fprintf(stderr, "not understood: %s\n%s", words[i], kUsage);
    return std::nullopt;
  }
  if (!is_possible(plan)) {
    std::fprintf(stderr, "%s", kUsage);
    return std::nullopt;
  }
  return plan;
}

}  // namespace sallyport::perf
