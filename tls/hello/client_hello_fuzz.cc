// Any bytes: the answer does not change its mind as bytes arrive, and what is complete has a
// canonical name and a fingerprint.

#include <cstddef>
#include <cstdint>

#include "base/core/check.h"
#include "base/core/host.h"
#include "tls/hello/client_hello.h"
#include "tls/hello/ja4.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sallyport::tls::PeekResult;
  const auto input = std::as_bytes(std::span(data, size));
  const PeekResult whole = sallyport::tls::peek_client_hello(input);
  if (size >= sallyport::tls::kMaxHelloInput) CHECK(whole.state != PeekResult::State::need_more);
  for (const std::size_t cut : {size / 2, size - size / 4, size > 0 ? size - 1 : 0}) {
    const PeekResult part = sallyport::tls::peek_client_hello(input.first(cut));
    CHECK(part.state == PeekResult::State::need_more || part.state == whole.state);
  }
  if (whole.state != PeekResult::State::complete) return 0;
  CHECK(whole.hello.bytes <= size);
  if (!whole.hello.server_name.empty()) {
    const auto host = sallyport::Host::parse(whole.hello.server_name);
    CHECK(host && host->text() == whole.hello.server_name && !host->is_address());
    CHECK(!whole.hello.server_name_malformed);
  }
  CHECK(sallyport::tls::ja4(whole.hello).size() == 36);
  return 0;
}
