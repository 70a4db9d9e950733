#include "proxy/http1/body_reader.h"

#include <algorithm>

namespace sallyport::http1 {

void BodyReader::settle() {
  if (lent_ > 0) wire_.consume(lent_);
  lent_ = 0;
}

Result<std::optional<http::Bytes>> BodyReader::take(std::size_t most) {
  const std::string_view held = wire_.held();
  switch (kind_) {
    case BodyKind::none:
      break;
    case BodyKind::length: {
      if (held.empty()) return std::nullopt;
      const auto size =
          static_cast<std::size_t>(std::min<std::uint64_t>({held.size(), left_, most}));
      left_ -= size;
      done_ = left_ == 0;
      lent_ = size;
      return io::as_bytes(held.substr(0, size));
    }
    case BodyKind::until_close: {
      if (held.empty()) return std::nullopt;
      lent_ = std::min(held.size(), most);
      return io::as_bytes(held.substr(0, lent_));
    }
    case BodyKind::chunked: {
      Result<ChunkDecoder::Step> step = decoder_.step(held, most);
      if (!step) return pass_on(std::move(step));
      if (step->done) {
        wire_.consume(step->consumed);
        done_ = true;
        return http::Bytes{};
      }
      if (step->data.empty()) {
        wire_.consume(step->consumed);
        return std::nullopt;
      }
      lent_ = step->consumed;
      return io::as_bytes(step->data);
    }
  }
  return http::Bytes{};
}

std::optional<Result<http::Bytes>> BodyReader::read_now(std::size_t most) {
  settle();
  if (stopped_) return fail(ErrorKind::cancelled, Side::ours, "the body was stopped");
  if (broken_) return std::unexpected(*broken_);
  if (done_) return http::Bytes{};
  Result<std::optional<http::Bytes>> taken = take(most);
  if (!taken) {
    broken_ = taken.error();
    return std::unexpected(std::move(taken.error()));
  }
  if (taken->has_value()) return **taken;
  if (wire_.full()) return fail(ErrorKind::http_framing, side_, "framing larger than the buffer");
  return std::nullopt;
}

Task<Result<http::Bytes>> BodyReader::read(std::size_t most) {
  while (true) {
    std::optional<Result<http::Bytes>> at_hand = read_now(most);
    if (at_hand) co_return std::move(*at_hand);
    Result<std::size_t> filled = co_await wire_.fill();
    if (!filled) {
      Error error = std::move(filled.error());
      if (error.kind != ErrorKind::cancelled) error.side = side_;
      co_return std::unexpected(std::move(error));
    }
    if (*filled == 0) {
      if (kind_ != BodyKind::until_close) {
        co_return fail(ErrorKind::closed, side_, "the stream ended inside a body");
      }
      done_ = true;
    }
  }
}

bool BodyReader::ready() const {
  if (done_) return true;
  const std::string_view held = wire_.held().substr(lent_);
  if (kind_ != BodyKind::chunked) return !held.empty();
  // Payload, not only framing: a size line and a byte behind it, after the end of an earlier chunk.
  const std::size_t from = held.starts_with("\r\n") ? 2 : 0;
  const std::size_t line = held.find("\r\n", from);
  return line != std::string_view::npos && held.size() > line + 2;
}

void BodyReader::stop() {
  if (stopped_) return;
  stopped_ = true;
  wire_.stream().stop_reading();
}

const http::Headers* BodyReader::trailers() const {
  if (kind_ != BodyKind::chunked || !done_ || decoder_.trailers().empty()) return nullptr;
  return &decoder_.trailers();
}

}  // namespace sallyport::http1
