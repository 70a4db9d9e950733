#include "proxy/local/grpc_refusal.h"

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "proxy/local/answer.h"

namespace sallyport::local {
namespace {

constexpr std::size_t kLongestMessage = 1024;  // bytes, before they are encoded

// Percent-Encoded of the gRPC specification: printable ASCII but '%' stays.
std::string encoded(std::string_view text) {
  std::string whole(text.substr(0, kLongestMessage));
  if (whole.size() < text.size()) drop_cut_character(whole);
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : whole) {
    // A blank at either end would not survive as a field's value.
    if (c > 0x20 && c < 0x7f && c != '%') {
      out += c;
    } else if (c == ' ' && !out.empty()) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

bool is_grpc(const http::RequestHead& request) {
  if (request.method != "POST") return false;
  const std::string type = http::media_type(request.headers.find("Content-Type").value_or(""));
  if (!type.starts_with("application/grpc")) return false;
  const std::string_view rest = std::string_view(type).substr(16);
  return rest.empty() || rest.starts_with('+') || rest.starts_with("-web");
}

GrpcStatus grpc_status_for(int http_status) {
  switch (http_status) {
    case 400:
      return GrpcStatus::internal;
    case 401:
      return GrpcStatus::unauthenticated;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcStatus::unavailable;
    case 500:
      return GrpcStatus::internal;
    default:
      return GrpcStatus::permission_denied;
  }
}

http::Reply grpc_refusal(GrpcStatus status, std::string_view message,
                         const http::RequestHead& request) {
  http::Headers extra;
  // A gRPC-Web client wants its own kind back; the encoding of messages does not matter, there is
  // none.
  const std::string type = http::media_type(request.headers.find("Content-Type").value_or(""));
  extra.add("Content-Type", type.starts_with("application/grpc-web-text")
                                ? "application/grpc-web-text"
                            : type.starts_with("application/grpc-web") ? "application/grpc-web"
                                                                       : "application/grpc");
  extra.add("grpc-status", std::to_string(static_cast<int>(status)));
  extra.add("grpc-message", encoded(message));
  return make_answer(200, "", "", extra);
}

}  // namespace sallyport::local
