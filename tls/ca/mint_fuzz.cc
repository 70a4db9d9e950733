// Any bytes as an origin's certificate, and a leaf in its place: the leaf says nothing that the
// origin's does not say, but the host it is for, is signed by us, and lives within the limits.

#include <cstddef>
#include <cstdint>

#include "base/core/check.h"
#include "base/core/text.h"
#include "tls/ca/mint.h"

namespace {

using namespace sallyport;

// Within the lifetimes of the seeds.
Time now() { return Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 26)); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kAuthority = tls::Authority::make({}, now());
  static const auto kKeys = tls::LeafKeys::make();
  CHECK(kAuthority && kKeys);
  const auto origin = tls::Certificate::from_der(std::as_bytes(std::span(data, size)));
  if (!origin) return 0;
  const auto host = Host::parse("files.example.com");
  CHECK(host);
  const tls::LeafSpec spec = tls::mirror(*origin, *host);
  CHECK(spec.dns_names.size() + spec.addresses.size() <= tls::MintLimits::kMaxNames + 1);
  CHECK(tls::covers(spec, *host) || !spec.host_added);
  for (const std::string& name : spec.dns_names) {
    const std::string_view plain =
        name.starts_with("*.") ? std::string_view(name).substr(2) : std::string_view(name);
    const auto parsed = Host::parse(plain);
    CHECK(parsed && parsed->text() == plain);
  }
  if (spec.dns_names.empty() && spec.addresses.empty()) return 0;
  const auto leaf = tls::mint(**kAuthority, spec, (*kKeys)->ecdsa(), now(), "http://a.example/crl");
  if (!leaf) return 0;  // Not valid now.
  const tls::MintLimits limits;
  CHECK((*leaf)->not_after <= now() + limits.max_lifetime);
  CHECK((*leaf)->not_after <= spec.not_after);
  CHECK(!(*leaf)->certificate.is_ca());
  const auto names = (*leaf)->certificate.names();
  CHECK(names.dns.size() == spec.dns_names.size());
  for (const std::string& name : names.dns) CHECK(name.find('\0') == std::string::npos);
  return 0;
}
