#include "perf/load/plan.h"

#include <charconv>
#include <cstdio>
#include <string_view>

namespace sallyport::perf {

namespace {

constexpr char kUsage[] =
    "generator (--proxy|--direct) ADDRESS:PORT --host NAME[:PORT] [--plain] [--roots PEM]\n"
    "          [--path /x] [--put BYTES] [--fresh | --idle] [--connections N]\n"
    "          [--warm-up MS] [--window MS] [--most-requests N]\n"
    "Prints 'ready' where the window begins (or all idle connections stand), then one line of "
    "JSON.\n";

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
  if (option == "--warm-up") return read_duration(value, plan.warm_up);
  if (option == "--window") return read_duration(value, plan.window);
  if (option == "--most-requests") return read_number(value, plan.most_requests);
  return false;
}

}  // namespace

std::optional<Plan> read_plan(int count, char** words) {
  Plan plan;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = words[i];
    if (option == "--plain") {
      plan.tls = false;
    } else if (option == "--fresh") {
      plan.fresh = true;
    } else if (option == "--idle") {
      plan.idle = true;
    } else if (i + 1 < count && read_option(plan, option, words[i + 1])) {
      ++i;
    } else {
      std::fprintf(stderr, "not understood: %s\n%s", words[i], kUsage);
      return std::nullopt;
    }
  }
  if (plan.port == 0 || plan.host.empty() || plan.connections == 0 || plan.connections > 10'000) {
    std::fprintf(stderr, "%s", kUsage);
    return std::nullopt;
  }
  return plan;
}

}  // namespace sallyport::perf
