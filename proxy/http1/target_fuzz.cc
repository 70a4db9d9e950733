// Any target and Host, separated by a line end: what is accepted has one canonical authority, and a
// path for policy has one spelling.

#include "base/core/check.h"
#include "base/http/normal_path.h"
#include "proxy/http1/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  const std::string_view text = input.substr(0, end);
  http::Headers headers;
  if (end != std::string_view::npos) headers.add("Host", input.substr(end + 1));

  const std::string path = http::normal_path(text);
  CHECK(path.starts_with('/'));
  CHECK(http::normal_path(path) == path || path.find('%') != std::string::npos ||
        path.find('?') != std::string::npos);
  CHECK((path + "/").find("/../") == std::string::npos &&
        (path + "/").find("/./") == std::string::npos);
  CHECK(path.find("//") == std::string::npos);

  if (text.empty()) return 0;  // The parser lets no empty target through.
  for (const char* method : {"GET", "CONNECT", "OPTIONS"}) {
    for (const int minor : {0, 1}) {
      const auto target = http1::parse_target(method, text, minor, headers, "https");
      if (!target) continue;
      CHECK(minor == 0 || headers.count("Host") == 1);
      CHECK(target->authority.port != 0 && !target->authority.host.empty());
      const auto again = Authority::parse(target->authority.to_string(), 1);
      CHECK(again && *again == target->authority);
      if (target->form == http1::TargetForm::authority) {
        CHECK(target->path.empty());
      } else {
        CHECK(target->path == "*" || target->path.starts_with('/'));
      }
    }
  }
  return 0;
}
