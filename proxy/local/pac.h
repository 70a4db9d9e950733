#pragma once
// The proxy auto-configuration file: which requests browsers send to the gateway.
//
// INVARIANT: whatever stands in a PacConfig, render_pac() writes one well-formed ECMAScript 3
// function in printable ASCII that resolves no name, and sends to `DIRECT` only what `direct`
// names. Entries that are no host, suffix or prefix are left out; a gateway that is no host name
// becomes "invalid.", which resolves nowhere, so that a slip closes the way instead of opening it.
// load_pac() reports both.
//
// Pure but for load_pac(), which reads a file: not on a worker.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"

namespace sallyport::local {

struct PacConfig {
  std::string
      gateway_name;        // A name that every client resolves. Empty in a file: the gateway's own.
  std::uint16_t port = 0;  // 0 in a file: the listener's own.
  bool tls = false;        // Browsers speak TLS to it: "HTTPS" instead of "PROXY".
  // What goes direct. "example.com": that name and everything below; "*.example.com": only what is
  // below; "10.0.0.0/8", "fd00::/8", "192.0.2.1": hosts written as addresses, never names that
  // resolve there. localhost and loopback addresses always go direct.
  std::vector<std::string> direct;
  bool plain_names_direct = true;  // Names without a dot, as "intranet".
  bool fallback_direct =
      false;  // Whether a browser may go direct when the gateway does not answer.
};

// At most 1,000 entries under `direct`.
Checked<PacConfig> load_pac(const std::string& path);
Checked<PacConfig> read_pac(std::string_view text, std::string_view shown_name);

// REQUIRES: port > 0
std::string render_pac(const PacConfig& config);

inline constexpr std::string_view kPacType = "application/x-ns-proxy-autoconfig";

}  // namespace sallyport::local
