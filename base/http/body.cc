#include "base/http/body.h"

#include <algorithm>

namespace sallyport::http {

Task<Result<Bytes>> EmptyBody::read(std::size_t) { co_return Bytes{}; }

Task<Result<Bytes>> TextBody::read(std::size_t most) {
  const Bytes rest = std::as_bytes(std::span<const char>(text_)).subspan(at_);
  const Bytes next = rest.first(std::min(most, rest.size()));
  at_ += next.size();
  co_return next;
}

}  // namespace sallyport::http
