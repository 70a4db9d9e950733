// Any bytes: what is accepted obeys the invariant of Host, and reads back as itself.

#include "base/core/check.h"
#include "base/core/host.h"

using namespace sallyport;

namespace {

void check_host(const Host& host) {
  const std::string& text = host.text();
  CHECK(!text.empty() && text.size() <= 253);
  CHECK(Host::parse(host.in_authority()) == host);
  if (host.is_address()) {
    CHECK(IpAddress::parse(text) == host.address());
    return;
  }
  CHECK(!IpAddress::parse(text));
  std::size_t label = 0;
  char before = '.';
  bool digits = true;
  for (const char c : text + '.') {
    if (c == '.') {
      CHECK(label >= 1 && label <= 63 && before != '-');
    } else {
      CHECK((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
      CHECK(c != '-' || label > 0);
      if (label == 0) digits = true;
      digits = digits && c >= '0' && c <= '9';
    }
    label = c == '.' ? 0 : label + 1;
    before = c;
  }
  CHECK(!digits);  // Of the last label.
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto host = Host::parse(text)) check_host(*host);
  if (const auto authority = Authority::parse(text, 443)) {
    check_host(authority->host);
    CHECK(authority->port != 0);
    CHECK(Authority::parse(authority->to_string(), 1) == *authority);
    CHECK(Authority::parse(authority->to_string(443), 443) == *authority);
  }
  return 0;
}
