#include "proxy/local/pac_entry.h"

#include "base/core/host.h"
#include "base/core/text.h"

namespace sallyport::local {

std::optional<DirectEntry> parse_direct(std::string_view text) {
  text = trim(text);
  if (const auto prefix = IpPrefix::parse(text)) {
    return DirectEntry{DirectEntry::Kind::prefix, "", *prefix};
  }
  const bool below = text.starts_with("*.");
  if (below) text.remove_prefix(2);
  const std::optional<Host> host = Host::parse(text);
  if (!host || (below && host->is_address())) return std::nullopt;
  if (host->is_address()) {  // "[2001:db8::1]"
    const IpPrefix alone{*host->address(), host->address()->bits()};
    return DirectEntry{DirectEntry::Kind::prefix, "", alone};
  }
  return DirectEntry{below ? DirectEntry::Kind::below : DirectEntry::Kind::host, host->text(), {}};
}

}  // namespace sallyport::local
