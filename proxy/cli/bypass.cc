#include <filesystem>
#include <fmt/format.h>

#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"
#include "tls/bypass/pin_memory.h"

namespace sallyport::cli {

int bypass_suggestions(const BypassOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  // Each worker keeps a ledger of its own; a host's counts are added up here. Clients of two
  // workers may be the same ones, so the largest count of clients is what is known for sure.
  std::map<std::string, tls::PinnedHost> hosts;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(*state + "/pins", error)) {
    const Result<std::string> text =
        app::read_file(entry.path().string(), tls::PinMemory::kMaxText);
    if (!text) continue;
    const Result<tls::PinMemory> pins = tls::PinMemory::parse(*text);
    if (!pins) {
      complain(entry.path().string() + ": " + describe(pins.error()));
      continue;
    }
    for (const tls::PinnedHost& one : pins->suggestions(1, 1)) {
      const auto [at, fresh] = hosts.try_emplace(one.host, one);
      if (fresh) continue;
      tls::PinnedHost& sum = at->second;
      sum.failures += one.failures;
      for (std::size_t i = 0; i < tls::kClientRefusals; ++i) sum.by_kind[i] += one.by_kind[i];
      sum.distinct_clients = std::max(sum.distinct_clients, one.distinct_clients);
      sum.first = std::min(sum.first, one.first);
      sum.last = std::max(sum.last, one.last);
    }
  }
  std::vector<tls::PinnedHost> list;
  for (const auto& [name, one] : hosts) {
    if (one.failures >= options.failures && one.distinct_clients >= options.clients)
      list.push_back(one);
  }
  std::sort(list.begin(), list.end(),
            [](const auto& a, const auto& b) { return a.failures > b.failures; });
  if (list.empty()) {
    say("No host whose clients keep refusing our certificates.\n");
    return kOk;
  }
  say(fmt::format("{:<40} {:>8} {:>7}  {:<28} {}\n", "HOST", "REFUSALS", "CLIENTS", "LAST", "HOW"));
  for (const tls::PinnedHost& one : list) {
    std::string how;
    for (std::size_t i = 0; i < tls::kClientRefusals; ++i) {
      if (one.by_kind[i] == 0) continue;
      how += fmt::format("{}{} x{}", how.empty() ? "" : ", ",
                         tls::to_string(static_cast<tls::ClientRefusal>(i)), one.by_kind[i]);
    }
    say(fmt::format("{:<40} {:>8} {:>7}  {:<28} {}\n", one.host, one.failures, one.distinct_clients,
                    format_rfc3339(one.last), how));
  }
  say("\nTo bypass one, add a policy, for example:\n"
      "  - name: pinned apps stay closed\n    kind: tls\n    when: { host: [" +
      list.front().host + "] }\n    then: bypass\n");
  return kOk;
}

}  // namespace sallyport::cli
