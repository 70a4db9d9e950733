// Whatever the bytes of sallyport.yaml: it is read or refused with diagnostics that have a place in
// it; what is read can be run with (no listener without a port that it could have, no wait of no
// time), and is taken whole by a gateway that runs already.

#include <algorithm>

#include "base/core/check.h"
#include "proxy/app/config.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto lines = 2 + std::ranges::count(text, '\n') + std::ranges::count(text, '\r');
  Diagnostics warnings;
  const auto read = app::parse_config(
      std::make_shared<const Source>(Source{"sallyport.yaml", text}), "conf", warnings);
  const auto told_well = [&](const Diagnostics& told) {
    CHECK(told.empty() == render(told).empty());
    for (const Diagnostic& one : told.sorted()) {
      CHECK(one.place.line <= lines && !one.message.empty());
    }
  };
  told_well(warnings);
  if (!read) told_well(read.error());
  CHECK(!warnings.has_errors());
  if (!read) {
    CHECK(read.error().has_errors());
    return 0;
  }
  CHECK(!read->listeners.empty() || !read->tls_listeners.empty());
  CHECK(std::ranges::find(read->connect_ports, 0) == read->connect_ports.end());
  CHECK(!read->state_directory.empty() && !read->name.empty());
  for (const auto wait : {read->reply_head, read->stall, read->tunnel_idle})
    CHECK(wait.count() > 0);
  CHECK(read->store_age.count() > 0 && read->usage_age.count() > 0 && read->audit_age.count() > 0);
  CHECK(read->heads.head > 0 && read->http2_streams > 0 && read->lookups_per_client > 0);

  // What a running gateway keeps until its next start is what it had; asked again, nothing differs.
  const app::Config running;
  app::Config fresh = *read;
  (void)app::keep_until_restart(running, fresh);
  CHECK(fresh.listeners == running.listeners && fresh.workers == running.workers);
  CHECK(app::keep_until_restart(running, fresh).empty());
  return 0;
}
