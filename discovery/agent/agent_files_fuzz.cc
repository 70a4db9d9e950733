// The three files that Agents come from. People write two of them, and uap-core's may be damaged:
// every text is read or refused, never a crash.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/yaml/node.h"
#include "discovery/agent/agent_patterns.h"
#include "discovery/agent/known_clients.h"
#include "discovery/agent/releases.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  if (size > 20'000) return 0;
  auto node = yaml::parse(std::make_shared<const Source>(
      Source{"x.yaml", std::string(reinterpret_cast<const char*>(data), size)}));
  if (!node) return 0;
  Diagnostics warnings;
  const std::string_view text = "mozilla/5.0 (x; android 9) example/1.2 chrome/131.0.0.0";
  if (const auto patterns = AgentPatterns::make(*node, warnings)) {
    (*patterns)->find_browser(text);
    (*patterns)->find_os(text);
  }
  if (const auto clients = KnownClients::read(*node)) {
    clients->find_native(text);
    clients->find_robot(text);
  }
  if (const auto releases = Releases::read(*node, warnings)) {
    for (const std::string_view version : {"131.0", "8.1", "10"}) {
      releases->is_browser_outdated("chrome", version, Time());
      releases->is_os_outdated("windows", version, Time(std::chrono::hours(500'000)));
    }
  }
  return 0;
}
