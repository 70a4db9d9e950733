#include "proxy/http1/writer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/core/text.h"
#include "proxy/http1/chunked.h"

namespace sallyport::http1 {

namespace {

constexpr std::size_t kChunk = 64 * 1024;  // bytes asked of a body at once

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_fields(std::string& out, const http::Headers& headers) {
  std::size_t size = out.size();
  const std::size_t before = size;
  for (const auto field : headers) size += field.name.size() + field.value.size() + 4;
  out.resize_and_overwrite(size, [&](char* at, std::size_t) {
    char* to = at + before;
    for (const auto field : headers) {
      to = std::copy(field.name.begin(), field.name.end(), to);
      *to++ = ':';
      *to++ = ' ';
      to = std::copy(field.value.begin(), field.value.end(), to);
      *to++ = '\r';
      *to++ = '\n';
    }
    return size;
  });
}

void append_framing(std::string& out, const OutFraming& framing) {
  if (framing.kind == BodyKind::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (framing.length) {
    out += "Content-Length: ";
    append_number(out, *framing.length);
    out += "\r\n";
  }
}

void append_trailers(std::string& out, const http::Headers* trailers) {
  if (trailers == nullptr) return;
  for (const auto field : *trailers) {
    if (!may_be_trailer(field.name)) continue;
    out += field.name;
    out += ": ";
    out += field.value;
    out += "\r\n";
  }
}

}  // namespace

OutFraming frame_request(const std::string& method, const http::Body& body) {
  OutFraming framing;
  if (body.none()) {
    // RFC 9110 section 8.6: a method that anticipates content says that there is none.
    if (method == "POST" || method == "PUT" || method == "PATCH") framing.length = 0;
    return framing;
  }
  framing.length = body.length();
  framing.kind = framing.length ? BodyKind::length : BodyKind::chunked;
  return framing;
}

OutFraming frame_reply(const std::string& method, int status, const http::Body& body, bool chunks) {
  OutFraming framing;
  if (status / 100 == 1 || status == 204) return framing;
  framing.length = body.length();
  if (method == "HEAD" || status == 304) {
    // What a GET would have announced, where the origin said it.
    if (body.none() && framing.length == std::uint64_t{0} && method != "HEAD")
      framing.length.reset();
    return framing;
  }
  if (body.none()) {
    framing.length = 0;
  } else if (framing.length) {
    framing.kind = BodyKind::length;
  } else {
    framing.kind = chunks ? BodyKind::chunked : BodyKind::until_close;
  }
  return framing;
}

void append_reply_head(std::string& out, const http::ReplyHead& head, const OutFraming& framing,
                       bool close, bool say_keep_alive) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(head.status));
  out += ' ';
  out += head.reason.empty() ? http::reason_phrase(head.status) : std::string_view(head.reason);
  out += "\r\n";
  append_fields(out, head.headers);
  if (head.upgraded) {
    out += "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    return;
  }
  append_framing(out, framing);
  if (close) {
    out += "Connection: close\r\n";
  } else if (say_keep_alive) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

void append_request_head(std::string& out, const http::RequestHead& head, const OutFraming& framing,
                         bool absolute_form) {
  out += head.method;
  out += ' ';
  const std::uint16_t own_port = head.scheme == "https" ? 443 : 80;
  if (absolute_form) {
    out += head.scheme;
    out += "://";
    head.authority.append_to(out, own_port);
    if (head.path != "*") out += head.path;
  } else {
    out += head.path;
  }
  out += " HTTP/1.1\r\nHost: ";
  head.authority.append_to(out, own_port);
  out += "\r\n";
  append_fields(out, head.headers);
  if (!head.upgrade.empty()) {
    out += "Connection: Upgrade\r\nUpgrade: ";
    out += head.upgrade;
    out += "\r\n\r\n";
    return;
  }
  append_framing(out, framing);
  if (head.expects_continue) out += "Expect: 100-continue\r\n";
  out += "\r\n";
}

Task<Copied> write_message(io::ByteStream& stream, std::string& head, http::Body& body,
                           const OutFraming& framing) {
  const bool chunked = framing.kind == BodyKind::chunked;
  if (framing.kind == BodyKind::none) {
    std::array<io::Bytes, 1> whole{io::as_bytes(head)};
    std::span<io::Bytes> left(whole);
    std::optional<Result<void>> sent = io::write_now(stream, left);
    if (!sent) sent = co_await io::write_all(stream, left);
    co_return Copied{std::move(*sent), false};
  }
  std::array<char, 24> size_line;
  std::uint64_t left = framing.length.value_or(0);
  std::string tail;
  while (true) {
    if (!head.empty() && !body.ready()) {
      Result<void> sent = co_await io::write_all(stream, io::as_bytes(head));
      if (!sent) co_return Copied{std::move(sent), false};
      head.clear();
    }
    std::optional<Result<http::Bytes>> at_hand = body.read_now(kChunk);
    if (!at_hand) at_hand = co_await body.read(kChunk);
    Result<http::Bytes>& chunk = *at_hand;
    if (!chunk) co_return Copied{pass_on(std::move(chunk)), true};
    if (framing.kind == BodyKind::length) {
      // A body that is not as long as it announced must not shift what follows on the connection.
      if (chunk->size() > left || (chunk->empty() && left > 0)) {
        co_return Copied{fail(ErrorKind::http_framing, Side::ours, "a body of another length"),
                         true};
      }
      left -= chunk->size();
    }
    std::array<io::Bytes, 4> pieces;
    std::size_t count = 0;
    if (!head.empty()) pieces[count++] = io::as_bytes(head);
    if (chunk->empty()) {
      if (chunked) {
        tail = "0\r\n";
        append_trailers(tail, body.trailers());
        tail += "\r\n";
        pieces[count++] = io::as_bytes(tail);
      }
    } else if (chunked) {
      const std::size_t size = write_chunk_size(chunk->size(), size_line.data());
      pieces[count++] = io::as_bytes(std::string_view(size_line.data(), size));
      pieces[count++] = *chunk;
      pieces[count++] = io::as_bytes("\r\n");
    } else {
      pieces[count++] = *chunk;
    }
    const bool over = chunk->empty();
    if (count > 0) {
      std::span<io::Bytes> all(pieces.data(), count);
      std::optional<Result<void>> sent = io::write_now(stream, all);
      if (!sent) sent = co_await io::write_all(stream, all);
      if (!*sent) co_return Copied{std::move(*sent), false};
      head.clear();
    }
    if (over) co_return Copied{};
  }
}

}  // namespace sallyport::http1
