#include "proxy/local/pac.h"

#include <optional>

#include "base/core/check.h"
#include "base/core/host.h"
#include "base/core/text.h"
#include "proxy/local/pac_entry.h"

namespace sallyport::local {
namespace {

// A string literal. What arrives here has been parsed and holds none of these; the escapes are the
// second lock.
std::string js_string(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c) ||
        std::string_view(" .:;-_[]").find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out + '"';
}

std::string netmask(int length) {
  return IpAddress::v4(length == 0 ? 0 : ~std::uint32_t{0} << (32 - length)).to_string();
}

// The eight groups of an IPv6 address: "[8193, 3512, 0, 0, 0, 0, 0, 1]".
std::string groups(const IpAddress& address) {
  std::string out = "[";
  for (std::size_t i = 0; i < 16; i += 2) {
    if (i > 0) out += ", ";
    out += std::to_string(address.bytes()[i] << 8 | address.bytes()[i + 1]);
  }
  return out + "]";
}

constexpr std::string_view kFrame = R"js(
function FindProxyForURL(url, host) {
  host = host.toLowerCase();
  if (host.charAt(0) == "[") host = host.substring(1, host.length - 1);
  if (host.charAt(host.length - 1) == ".") host = host.substring(0, host.length - 1);
  return goesDirect(host) ? "DIRECT" : GATEWAY;
}

function isOrBelow(host, name) {
  return host == name || isBelow(host, name);
}

function isBelow(host, name) {
  var at = host.length - name.length - 1;
  return at > 0 && host.charAt(at) == "." && host.substring(at + 1) == name;
}

function isDottedDecimal(host) {
  var parts = host.split("."), i, j;
  if (parts.length != 4) return false;
  for (i = 0; i < 4; i++) {
    if (parts[i].length < 1 || parts[i].length > 3) return false;
    for (j = 0; j < parts[i].length; j++) {
      if (parts[i].charAt(j) < "0" || parts[i].charAt(j) > "9") return false;
    }
  }
  return true;
}

// The eight groups of an IPv6 address, or null.
function groupsOf(host) {
  var halves = host.split("::"), groups = [], i;
  if (host.indexOf(":") < 0 || host.indexOf(".") >= 0 || halves.length > 2) return null;
  var head = halves[0] == "" ? [] : halves[0].split(":");
  var tail = halves.length < 2 || halves[1] == "" ? [] : halves[1].split(":");
  var gap = 8 - head.length - tail.length;
  if (halves.length == 2 ? gap < 1 : gap != 0) return null;
  for (i = 0; i < head.length; i++) groups.push(parseInt(head[i], 16));
  for (i = 0; i < (halves.length == 2 ? gap : 0); i++) groups.push(0);
  for (i = 0; i < tail.length; i++) groups.push(parseInt(tail[i], 16));
  for (i = 0; i < 8; i++) {
    if (!(groups[i] >= 0 && groups[i] <= 65535)) return null;
  }
  return groups;
}

function isIn(groups, prefix, length) {
  var i, unused;
  for (i = 0; i < 8 && length > 0; i++, length -= 16) {
    unused = length < 16 ? 16 - length : 0;
    if (groups[i] >> unused != prefix[i] >> unused) return false;
  }
  return true;
}
)js";

std::string proxies(const PacConfig& config) {
  const std::optional<Host> host = Host::parse(config.gateway_name);
  std::string line = (config.tls ? "HTTPS " : "PROXY ") + (host ? host->in_authority() : std::string("invalid.")) + ":" +
                     std::to_string(config.port);
  if (config.fallback_direct) line += "; DIRECT";
  return line;
}

}  // namespace

std::string render_pac(const PacConfig& config) {
  CHECK(config.port > 0);
  std::string names;
  std::string v4;
  std::string v6 = "  if (isIn(groups, [0, 0, 0, 0, 0, 0, 0, 1], 128)) return true;\n";
  for (const std::string& text : config.direct) {
    const std::optional<DirectEntry> entry = parse_direct(text);
    if (!entry) continue;
    if (entry->kind != DirectEntry::Kind::prefix) {
      const bool below = entry->kind == DirectEntry::Kind::below;
      names += std::string("  if (") + (below ? "isBelow" : "isOrBelow") + "(host, " +
               js_string(entry->name) + ")) return true;\n";
      continue;
    }
    const IpPrefix prefix = entry->prefix.masked();
    if (prefix.address.is_v4()) {
      v4 += "    if (isInNet(host, " + js_string(prefix.address.to_string()) + ", " +
            js_string(netmask(prefix.length)) + ")) return true;\n";
    } else {
      v6 += "  if (isIn(groups, " + groups(prefix.address) + ", " + std::to_string(prefix.length) +
            ")) return true;\n";
    }
  }

  std::string out = "// Made by Sallyport. Resolves no name.\n\nvar GATEWAY = ";
  out += js_string(proxies(config)) + ";\n";
  out += kFrame;
  out += "\nfunction goesDirect(host) {\n";
  out += "  if (isOrBelow(host, \"localhost\")) return true;\n";
  out += names;
  out += "  if (isDottedDecimal(host)) {\n";
  out += "    if (isInNet(host, \"127.0.0.0\", \"255.0.0.0\")) return true;\n";
  out += v4;
  out += "    return false;\n  }\n";
  out += "  var groups = groupsOf(host);\n";
  out +=
      std::string("  if (!groups) return ") +
      (config.plain_names_direct ? "host.indexOf(\":\") < 0 && host.indexOf(\".\") < 0" : "false") +
      ";\n";
  out += v6;
  out += "  return false;\n}\n";
  return out;
}

}  // namespace sallyport::local
