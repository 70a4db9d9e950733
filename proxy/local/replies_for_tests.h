#pragma once
// Reading a reply to its end without a socket. For tests.

#include <string>

#include "base/http/exchange.h"
#include "base/io/worker.h"

namespace sallyport::local {

inline Task<void> read_to_end(http::Body& body, std::string& text) {
  while (true) {
    const Result<http::Bytes> bytes = co_await body.read(7);
    if (!bytes || bytes->empty()) co_return;
    text.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
}

inline void run(io::Worker& worker, io::Nursery& nursery) {
  while (!nursery.empty() && worker.poll() > 0) {
  }
}

inline std::string body_of(const http::Reply& reply) {
  std::string text;
  io::Worker worker(0);
  io::Nursery nursery(worker.executor());
  nursery.start(read_to_end(*reply.body, text));
  run(worker, nursery);
  return text;
}

// "403\nContent-Type: ...\n...\n"
inline std::string head_of(const http::Reply& reply) {
  std::string text = std::to_string(reply.head.status) + "\n";
  for (const auto field : reply.head.headers) {
    text += std::string(field.name) + ": " + std::string(field.value) + "\n";
  }
  return text;
}

inline std::string field_of(const http::Reply& reply, std::string_view name) {
  return reply.head.headers.joined(name);
}

// "GET /path" with fields "Name: value", one per line.
inline http::RequestHead request_of(std::string_view text) {
  http::RequestHead request;
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  const std::size_t blank = line.find(' ');
  request.method = std::string(line.substr(0, blank));
  if (blank != std::string_view::npos) request.path = std::string(line.substr(blank + 1));
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find('\n'), text.size());
    const std::string_view field = text.substr(0, stop);
    const std::size_t colon = field.find(':');
    request.headers.add(field.substr(0, colon), field.substr(colon + 1));
    text.remove_prefix(std::min(stop + 1, text.size()));
  }
  return request;
}

}  // namespace sallyport::local
