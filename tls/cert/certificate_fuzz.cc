// Any bytes as a certificate, and as a chain in PEM: whatever is read can be asked everything.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "tls/cert/certificate.h"

namespace {

void ask(const sallyport::tls::Certificate& certificate) {
  certificate.subject();
  certificate.issuer();
  certificate.common_name();
  CHECK(certificate.names().dns.size() <= sallyport::tls::Certificate::kMaxNames);
  certificate.not_before();
  certificate.not_after();
  certificate.serial();
  certificate.public_key_sha256();
  certificate.signature_algorithm();
  certificate.is_ca();
  certificate.is_self_issued();
  CHECK(certificate.sha256().size() == 64);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (const auto certificate = sallyport::tls::Certificate::from_der(bytes)) ask(*certificate);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto all = sallyport::tls::Certificate::all_from_pem(text, 16)) {
    CHECK(all->size() <= 16);
    for (const auto& certificate : *all) ask(certificate);
  }
  return 0;
}
