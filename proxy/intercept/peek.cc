#include "proxy/intercept/peek.h"

#include <array>

namespace sallyport::intercept {

Task<Peeked> peek(io::ByteStream& stream, std::string early) {
  Peeked peeked;
  peeked.bytes = std::move(early);
  while (true) {
    if (!peeked.bytes.empty()) {
      tls::PeekResult result = tls::peek_client_hello(io::as_bytes(peeked.bytes));
      peeked.state = result.state;
      if (result.state != tls::PeekResult::State::need_more) {
        peeked.hello = std::move(result.hello);
        co_return peeked;
      }
    }
    const std::size_t had = peeked.bytes.size();
    peeked.bytes.resize(had + 4096);
    Result<std::size_t> got = co_await io::read_some(
        stream, std::as_writable_bytes(std::span(peeked.bytes.data() + had, 4096)));
    peeked.bytes.resize(had + (got ? *got : 0));
    if (!got || *got == 0) {
      peeked.ended = true;
      co_return peeked;
    }
  }
}

}  // namespace sallyport::intercept
