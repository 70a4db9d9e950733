// Any bytes as a chain: certificates with a length of two bytes before each, the leaf first.
// Whatever comes is judged, and nothing is accepted, for the store is empty.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/core/check.h"
#include "tls/cert/certificate.h"
#include "tls/verify/verifier.h"

namespace {

using sallyport::Time;
using sallyport::tls::Certificate;
using sallyport::tls::TrustStore;
using sallyport::tls::Verifier;

const Verifier& verifier() {
  static const Verifier only(*TrustStore::of({}), Verifier::Options{});
  return only;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = std::as_bytes(std::span(data, size));
  std::vector<Certificate> chain;
  while (rest.size() >= 2 && chain.size() <= Verifier::kMaxChain) {
    const std::size_t length = std::min<std::size_t>(
        static_cast<std::size_t>(rest[0]) << 8 | static_cast<std::size_t>(rest[1]),
        rest.size() - 2);
    if (auto certificate = Certificate::from_der(rest.subspan(2, length))) {
      chain.push_back(std::move(*certificate));
    }
    rest = rest.subspan(2 + length);
  }
  const auto host = *sallyport::Host::parse("www.example.com");
  const auto at = Time(std::chrono::sys_days(std::chrono::year(2026) / 6 / 1));
  const auto report = verifier().verify(chain, host, rest, at);
  CHECK(!report.accepted && !report.faults.empty());
  CHECK(report.detail.size() <= 2048);
  return 0;
}
