#include "proxy/local/replacement.h"

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "proxy/local/answer.h"
#include "proxy/local/page.h"

namespace sallyport::local {
namespace {

constexpr std::size_t kMostName = 120;  // bytes

bool is_plain(char c) {
  return is_alpha(c) || is_digit(c) ||
         std::string_view("!#$&+-.^_`|~").find(c) != std::string_view::npos;
}

// RFC 8187 section 3.2.1, for browsers, and a plain one beside it for the rest (RFC 6266
// section 4.3).
std::string disposition(std::string_view name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  name = name.substr(name.find_last_of("/\\") + 1);
  std::string cut(name.substr(0, kMostName));
  drop_cut_character(cut);
  if (cut.empty()) cut = "download";
  cut += ".blocked.txt";
  std::string plain;
  std::string encoded;
  for (const char c : cut) {
    plain += is_plain(c) || c == ' ' ? c : '_';
    if (is_plain(c)) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kHex[static_cast<unsigned char>(c) >> 4];
      encoded += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + encoded;
}

}  // namespace

bool takes_replacement(const http::RequestHead& request) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  // What a script fetches it would keep as the file.
  const auto mode = request.headers.find("Sec-Fetch-Mode");
  return mode ? *mode == "navigate" : wants_html(request);
}

http::Reply replacement(std::string_view text, std::string_view name, std::string_view event_id) {
  http::Headers extra;
  extra.add("Content-Disposition", disposition(name));
  extra.add("Vary", "Accept, Sec-Fetch-Mode");
  if (!event_id.empty()) extra.add("Sallyport-Event", event_id);
  std::string body(text);
  body += '\n';
  if (!event_id.empty()) body.append("\nReference: ").append(event_id).append(1, '\n');
  return make_answer(200, "text/plain; charset=utf-8", std::move(body), extra);
}

}  // namespace sallyport::local
