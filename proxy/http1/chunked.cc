#include "proxy/http1/chunked.h"

#include <algorithm>
#include <array>

#include "base/core/text.h"

namespace sallyport::http1 {

namespace {
constexpr std::size_t kMaxSizeLine = 16;                // hexadecimal digits
constexpr HeadLimits kTrailerLimits{16 * 1024, 0, 32};  // bytes, -, fields
}  // namespace

Result<ChunkDecoder::Step> ChunkDecoder::step(std::string_view input, std::size_t most) {
  Step step;
  while (true) {
    const std::string_view rest = input.substr(step.consumed);
    switch (state_) {
      case State::size: {
        std::size_t digits = 0;
        std::uint64_t size = 0;
        while (digits < rest.size() && is_hex(rest[digits])) {
          if (digits == kMaxSizeLine) {
            return fail(ErrorKind::http_framing, side_, "chunk size too long");
          }
          size = size * 16 + static_cast<std::uint64_t>(hex_value(rest[digits]));
          ++digits;
        }
        if (digits == rest.size()) return step;  // more to come
        if (digits == 0) return fail(ErrorKind::http_framing, side_, "no chunk size");
        if (rest[digits] != '\r') {
          return fail(ErrorKind::http_framing, side_, "a chunk size is followed by something else");
        }
        if (digits + 1 == rest.size()) return step;
        if (rest[digits + 1] != '\n') return fail(ErrorKind::http_framing, side_, "bare CR");
        if (size > (std::uint64_t{1} << 62)) {
          return fail(ErrorKind::http_framing, side_, "chunk size out of range");
        }
        step.consumed += digits + 2;
        left_ = size;
        scanned_ = 0;
        state_ = size == 0 ? State::trailers : State::data;
        break;
      }
      case State::data: {
        const std::size_t take =
            static_cast<std::size_t>(std::min<std::uint64_t>({left_, rest.size(), most}));
        if (take == 0) return step;
        step.data = rest.substr(0, take);
        step.consumed += take;
        left_ -= take;
        if (left_ == 0) state_ = State::data_end;
        return step;
      }
      case State::data_end:
        if (rest.size() < 2) {
          if (!rest.empty() && rest[0] != '\r') {
            return fail(ErrorKind::http_framing, side_, "a chunk is longer than its size");
          }
          return step;
        }
        if (rest[0] != '\r' || rest[1] != '\n') {
          return fail(ErrorKind::http_framing, side_, "a chunk is longer than its size");
        }
        step.consumed += 2;
        state_ = State::size;
        break;
      case State::trailers: {
        if (rest.size() < 2) return step;
        if (rest.starts_with("\r\n")) {
          step.consumed += 2;
          state_ = State::done;
          step.done = true;
          return step;
        }
        const std::size_t end = find_head_end(rest, scanned_);
        if (end == 0) {
          if (rest.size() > kTrailerLimits.head) {
            return fail(ErrorKind::http_head_too_large, side_, "trailers too large");
          }
          return step;
        }
        Result<http::Headers> fields = parse_fields(rest.substr(0, end), side_, kTrailerLimits);
        if (!fields) return pass_on(std::move(fields));
        for (const auto field : *fields) {
          if (may_be_trailer(field.name)) trailers_.add(field.name, field.value);
        }
        step.consumed += end;
        state_ = State::done;
        step.done = true;
        return step;
      }
      case State::done:
        step.done = true;
        return step;
    }
  }
}

std::size_t write_chunk_size(std::uint64_t size, char* out) {
  std::array<char, 16> digits;
  std::size_t count = 0;
  do {
    digits[count++] = "0123456789abcdef"[size & 15];
    size >>= 4;
  } while (size > 0);
  std::size_t at = 0;
  while (count > 0) out[at++] = digits[--count];
  out[at++] = '\r';
  out[at++] = '\n';
  return at;
}

bool may_be_trailer(std::string_view name) {
  static constexpr std::array<std::string_view, 32> kNever = {"alt-svc",
                                                              "via",
                                                              "forwarded",
                                                              "max-forwards",
                                                              "http2-settings",
                                                              "x-real-ip",
                                                              "host",
                                                              "content-length",
                                                              "transfer-encoding",
                                                              "connection",
                                                              "trailer",
                                                              "te",
                                                              "upgrade",
                                                              "authorization",
                                                              "proxy-authorization",
                                                              "proxy-authenticate",
                                                              "www-authenticate",
                                                              "cookie",
                                                              "set-cookie",
                                                              "cache-control",
                                                              "expires",
                                                              "date",
                                                              "location",
                                                              "vary",
                                                              "age",
                                                              "content-encoding",
                                                              "content-type",
                                                              "content-range",
                                                              "content-disposition",
                                                              "expect",
                                                              "keep-alive",
                                                              "range"};
  if (istarts_with(name, "proxy-") || istarts_with(name, "x-forwarded-") ||
      istarts_with(name, "sec-") || istarts_with(name, "access-control-") ||
      istarts_with(name, "if-")) {
    return false;
  }
  return std::none_of(kNever.begin(), kNever.end(),
                      [&](std::string_view one) { return iequals(one, name); });
}

}  // namespace sallyport::http1
