#pragma once
// The whole gateway: constructs everything, hands each part what it needs, starts and stops the
// threads.
//
//   Loader loader(config);
//   loader.look(clock.now());     // without errors
//   auto gateway = Gateway::open(std::move(loader), live_log);
//   (*gateway)->start();
//   ... a signal ...
//   (*gateway)->stop();        // drains, then ends
//
// Threads: one per worker, the scribe, the desk (admin listener, ledger of pinning), two small
// pools.

#include <memory>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/core/result.h"
#include "discovery/events/encode.h"
#include "proxy/app/config.h"
#include "proxy/app/loader.h"

namespace sallyport::app {

class Gateway {
 public:
  struct LiveLog {
    int fd = -1;  // where the live log of activities goes; -1 for none
    discovery::Colour colour = discovery::Colour::none;
  };

  // Opens state, authority, store and listeners. Nothing is accepted before start().
  static Result<std::unique_ptr<Gateway>> open(Loader loader, LiveLog live_log,
                                               const Clock& clock = system_clock());
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  void start();
  // Looks at the files now, as it does by itself when one changes. Returns at once.
  void reload();
  // Opens every log file anew, after somebody moved it away. From any thread; takes effect at once.
  void reopen_logs();
  // No more connections, exchanges get until `timeouts.drain`; every event is written before it
  // returns.
  void stop();

  // Where it listens, with the ports that the system chose.
  const std::vector<IpEndpoint>& proxy_addresses() const;
  const std::vector<IpEndpoint>& tls_addresses() const;
  const std::vector<IpEndpoint>& admin_addresses() const;
  std::string admin_url() const;  // "http://127.0.0.1:3129", "" without an admin listener
  std::string ca_file() const;

  // Where nobody may sign in at the console yet: makes the account kFirstAccount and gives its
  // one-time password, which is nowhere else. "": there are accounts, or no admin listener.
  // REQUIRES: before start().
  Result<std::string> first_account();
  static constexpr std::string_view kFirstAccount = "admin";

 private:
  struct Parts;
  explicit Gateway(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sallyport::app
