#pragma once
// Reads HTTP/1.1 messages only in the one form in which Sallyport writes them, and says so where
// anything else stands there. Shares no code with the system under test: it is the second opinion
// about what a peer received. Header only.
//
// A message becomes one line:
//   POST files.example/a; X: X; length 5 "hello"
//   GET files.example/b
//   200; Content-Type: text/plain; chunks "hello"; trailer X-Sum: 1
// Host and our own Via are checked and not shown.

#include <string>
#include <string_view>
#include <vector>

#include "base/core/text.h"

namespace sallyport::testkit {

inline constexpr std::string_view kOurVia = "1.1 sallyport-test";

struct StrictRead {
  std::string line;          // without a line end; "" where nothing whole was there
  std::string target;        // requests: the path with its query
  int status = 0;            // replies
  std::size_t consumed = 0;  // bytes; 0: the message has not ended
  std::string fault;         // "" where the form is right
  bool open_ended = false;   // a reply without framing: it ends with the connection
  bool closes = false;       // it says "Connection: close"
};

class StrictReader {
 public:
  explicit StrictReader(std::string_view bytes) : all_(bytes), rest_(bytes) {}

  // The request at the front.
  StrictRead request() { return message(true, "", false); }
  // The reply to a request of `method` at the front; `ended`: nothing will follow the bytes.
  StrictRead reply(std::string_view method, bool ended) { return message(false, method, ended); }

 private:
  struct Fields {
    std::string shown;
    std::vector<std::string> lengths;
    bool chunked = false;
    bool upgrade = false;
    bool close = false;
    std::string host;
    std::size_t vias = 0;
    std::string fault;
  };

  StrictRead wrong(std::string why) const {
    StrictRead read;
    read.fault = std::move(why) + " at byte " + std::to_string(all_.size() - rest_.size());
    return read;
  }

  bool line(std::string_view& out) {
    const std::size_t end = rest_.find("\r\n");
    if (end == std::string_view::npos) return false;
    out = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return true;
  }

  static bool is_token(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
      if (!is_alpha(c) && !is_digit(c) &&
          std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos) {
        return false;
      }
    }
    return true;
  }
  static bool is_value(std::string_view text) {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
    }
    return text.empty() || (text.front() != ' ' && text.front() != '\t' && text.back() != ' ' &&
                            text.back() != '\t');
  }

  // False where the section has not ended.
  bool fields(Fields& out, bool is_request) {
    std::string_view one;
    bool first = true;
    while (true) {
      if (!line(one)) return false;
      if (one.empty()) return true;
      const std::size_t colon = one.find(": ");
      const std::string_view name = one.substr(0, colon);
      if (colon == std::string_view::npos || !is_token(name)) {
        out.fault = "no 'Name: value': " + printable(one);
        return true;
      }
      const std::string_view value = one.substr(colon + 2);
      if (!is_value(value)) out.fault = "a value with blanks or control bytes: " + printable(one);
      if (is_request && first != iequals(name, "Host"))
        out.fault = "Host is not first, or not alone";
      first = false;
      if (iequals(name, "Host")) {
        out.host = value;
        if (!is_request) out.fault = "Host in a reply";
      } else if (iequals(name, "Content-Length")) {
        out.lengths.emplace_back(value);
      } else if (iequals(name, "Transfer-Encoding")) {
        if (value != "chunked" || out.chunked) out.fault = "Transfer-Encoding: " + printable(value);
        out.chunked = true;
      } else if (iequals(name, "Connection")) {
        if (value == "close" && !is_request) {
          out.close = true;
        } else if (value == "Upgrade") {
          out.upgrade = true;
        } else if (value != "keep-alive" || is_request) {
          out.fault = "Connection: " + printable(value);
        }
      } else if (iequals(name, "Via") && value == kOurVia) {
        ++out.vias;
      } else {
        out.shown += "; " + printable(one);
      }
    }
  }

  StrictRead message(bool is_request, std::string_view method, bool ended) {
    StrictRead read;
    const std::string_view start = rest_;
    std::string_view first;
    if (!line(first)) return read;
    if (is_request) {
      const std::vector<std::string_view> words = split(first, ' ');
      if (words.size() != 3 || !is_token(words[0]) || words[2] != "HTTP/1.1" ||
          !(words[1].starts_with('/') || words[1] == "*")) {
        return wrong("no request line: " + printable(first));
      }
      method = words[0];
      read.target = words[1];
    } else {
      if (first.size() < 13 || !first.starts_with("HTTP/1.1 ") || first[12] != ' ') {
        return wrong("no status line: " + printable(first));
      }
      read.status = static_cast<int>(parse_decimal(first.substr(9, 3)).value_or(0));
    }
    Fields head;
    if (!fields(head, is_request)) return StrictRead();
    if (!head.fault.empty()) return wrong(head.fault);
    if (head.vias > 1) return wrong("our Via twice");
    if (is_request && head.vias != 1) return wrong("our Via is missing");
    if (head.lengths.size() + (head.chunked ? 1 : 0) > 1) return wrong("more than one framing");
    read.closes = head.close;
    if (is_request) {
      read.line = std::string(method) + " " + head.host + read.target + head.shown;
    } else {
      read.line = std::to_string(read.status) + head.shown;
    }
    if (head.upgrade) read.line += "; upgrade";

    const bool bodiless = !is_request && (method == "HEAD" || read.status / 100 == 1 ||
                                          read.status == 204 || read.status == 304);
    if (!head.lengths.empty()) {
      const auto length = parse_decimal(head.lengths[0]);
      if (!length || (head.lengths[0].size() > 1 && head.lengths[0][0] == '0')) {
        return wrong("Content-Length: " + printable(head.lengths[0]));
      }
      if (bodiless) {
        read.line += "; announces " + head.lengths[0];
      } else {
        if (rest_.size() < *length) return StrictRead();
        read.line += "; length " + head.lengths[0];
        if (*length > 0) read.line += " \"" + printable(rest_.substr(0, *length)) + "\"";
        rest_.remove_prefix(*length);
      }
    } else if (head.chunked && !bodiless) {
      std::string body;
      while (true) {
        std::string_view size_line;
        if (!line(size_line)) return StrictRead();
        std::size_t size = 0;
        for (const char c : size_line) {
          if (!is_hex(c) || (c >= 'A' && c <= 'F'))
            return wrong("chunk size " + printable(size_line));
          size = size * 16 + static_cast<std::size_t>(hex_value(c));
        }
        if (size_line.empty() || size_line.size() > 8 ||
            (size_line[0] == '0' && size_line != "0")) {
          return wrong("chunk size " + printable(size_line));
        }
        if (size == 0) break;
        if (rest_.size() < size + 2) return StrictRead();
        body += rest_.substr(0, size);
        if (rest_.substr(size, 2) != "\r\n") return wrong("a chunk without its line end");
        rest_.remove_prefix(size + 2);
      }
      Fields trailers;
      if (!fields(trailers, false)) return StrictRead();
      if (!trailers.fault.empty()) return wrong("trailer: " + trailers.fault);
      if (trailers.chunked || !trailers.lengths.empty() || trailers.upgrade || trailers.close ||
          trailers.vias > 0) {
        return wrong("a trailer that is no trailer");
      }
      read.line += "; chunks \"" + printable(body) + "\"";
      if (!trailers.shown.empty()) read.line += "; trailer" + trailers.shown.substr(1);
    } else if (!is_request && !bodiless) {
      if (!ended) return StrictRead();
      read.open_ended = true;
      read.line += "; to the end \"" + printable(rest_) + "\"";
      rest_ = {};
    }
    read.consumed = start.size() - rest_.size();
    return read;
  }

  std::string_view all_;
  std::string_view rest_;
};

}  // namespace sallyport::testkit
