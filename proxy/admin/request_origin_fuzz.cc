// What strangers' browsers say of themselves: never a crash, and another site is never ours.

#include "base/core/check.h"
#include "base/core/text.h"
#include "proxy/admin/request_origin.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  static const std::string kNames[] = {"console.corp.example"};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  http::RequestHead head;
  head.scheme = "http";
  const std::size_t line = text.find('\n');
  const auto authority = Authority::parse(text.substr(0, line), 80);
  if (!authority) return 0;
  head.authority = *authority;
  std::string_view rest = line == text.npos ? std::string_view() : text.substr(line + 1);
  for (const std::string_view field : split(rest, '\n')) {
    const std::size_t colon = field.find(':');
    if (colon == field.npos) continue;
    head.headers.add(field.substr(0, colon), field.substr(colon + 1));
  }
  if (admin::is_from_here(head)) {
    const auto origin = head.headers.find("Origin");
    CHECK(!origin || istarts_with(*origin, "http://"));
  }
  admin::is_own_host(head, kNames);
  const auto cookie = admin::cookie_of(head, "sallyport_session");
  CHECK(!cookie || cookie->find(';') == cookie->npos);
  return 0;
}
