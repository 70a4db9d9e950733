// User-Agents are text of strangers. The first line of an input is the User-Agent, the others are
// the hints in the order of AgentClaims. With uap-core where it is installed, else with patterns
// that take the same ways.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "base/core/text.h"
#include "discovery/agent/agents.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

std::shared_ptr<const Agents> load() {
  Diagnostics warnings;
  auto made = load_agents(
      {"/usr/share/uap-core/regexes.yaml", "conf/agents/clients.yaml", "conf/agents/releases.yaml"},
      warnings);
  if (!made) made = load_agents({"/usr/share/uap-core/regexes.yaml", "", ""}, warnings);
  CHECK(made && (*made)->usable());
  return *made;
}

void check_word(const std::string& text) {
  CHECK(text.size() <= 64);
  for (const char c : text) CHECK(is_digit(c) || is_alpha(c) || c == '_' || c == '.');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto agents = load();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::array<std::string_view, 7> fields;
  for (std::string_view& field : fields) {
    field = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
  }
  const AgentClaims claims{fields[0], fields[1], fields[2], fields[3],
                           fields[4], fields[5], fields[6]};
  const auto facts = agents->classify(claims, Time(std::chrono::hours(24 * 20'783)));
  CHECK(facts.has_value() == !fields[0].empty());
  if (!facts) return 0;
  check_word(facts->browser);
  check_word(facts->browser_version);
  check_word(facts->os);
  check_word(facts->os_version);
  using policy::AgentTag;
  using policy::ClientApp;
  CHECK(facts->tags.has(AgentTag::native_client) == (facts->app == ClientApp::mobile_and_desktop));
  CHECK(!facts->tags.has(AgentTag::robot) || facts->app == ClientApp::other);
  CHECK(!facts->tags.has(AgentTag::outdated_browser) || facts->app == ClientApp::browser);
  return 0;
}
