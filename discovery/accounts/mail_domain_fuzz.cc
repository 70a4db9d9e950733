// Any bytes as a list, as a file and as an address: a domain that is found is canonical, and is
// found again in what was read.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "base/core/host.h"
#include "discovery/accounts/mail_domain.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto domain = mail_domain(text)) {
    CHECK(Host::parse(*domain)->text() == *domain);
    CHECK(mail_domain("a@" + *domain) == domain);
  }
  const MailList list = read_mail_list(text);
  CHECK(list.domains.size() <= text.size());
  for (const std::string& domain : list.domains) {
    CHECK(Host::parse(domain.substr(domain.starts_with("*.") ? 2 : 0)));
  }
  const auto made =
      parse_mail_domains(std::make_shared<const Source>(Source{"x", std::string(text)}));
  if (made) (void)(*made)->of_address(text);
  return 0;
}
