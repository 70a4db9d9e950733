// A PAC configuration of arbitrary lines must give a script of printable ASCII whose only strings
// are ours and canonical hosts; and an arbitrary file must be read or refused.

#include <cstdint>
#include <cstdlib>

#include "base/core/text.h"
#include "proxy/local/pac.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  local::PacConfig config;
  config.port = 8080;
  for (const std::string_view line : split(text, '\n')) config.direct.emplace_back(line);
  config.gateway_name = config.direct.front();

  const std::string script = local::render_pac(config);
  bool quoted = false;
  for (const char c : script) {
    if (c != '\n' && (c < 0x20 || c > 0x7e)) std::abort();
    if (c == '"') quoted = !quoted;
    if (c == '\n' && quoted) std::abort();
    if (c == '\\' && quoted) std::abort();  // A canonical host needs no escape.
  }
  if (quoted) std::abort();
  (void)local::read_pac(text, "pac.yaml");
  return 0;
}
