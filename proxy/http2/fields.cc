#include "proxy/http2/fields.h"

#include <array>
#include <charconv>

#include "base/core/text.h"
#include "proxy/http1/chunked.h"
#include "proxy/http1/framing.h"
#include "proxy/http1/target.h"

namespace sallyport::http2 {

namespace {

// RFC 9113 section 8.2.2: fields of a connection have no place in HTTP/2.
constexpr std::array<std::string_view, 5> kOfConnection = {
    "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"};

bool is_of_connection(std::string_view name) {
  for (const std::string_view one : kOfConnection) {
    if (name == one) return true;
  }
  return false;
}

// What most blocks fit into, so that they do not grow field by field.
constexpr std::size_t kUsualFields = 16;
constexpr std::size_t kUsualText = 512;  // bytes

bool has_upper(std::string_view name) {
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') return true;
  }
  return false;
}

// RFC 3986, as far as it matters to what reads the text next: no blank, no control, nothing beyond
// ASCII, and none of what http1/parser.cc refuses in a target.
bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c <= 0x20 || c == 0x7f || c == '"' || c == '<' || c == '>' || c == '#') return false;
  }
  return true;
}

// RFC 9110 section 5.5: the others have no place in a value, in no version.
bool has_control(std::string_view value) {
  for (const char c : value) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return true;
  }
  return false;
}

}  // namespace

void FieldBlock::spoil(const char* why) {
  if (!fault_) fault_ = Error{ErrorKind::http_syntax, side_, false, why};
}

bool FieldBlock::add(std::string_view name, std::string_view value) {
  bytes_ += name.size() + value.size() + 4;  // as they would take in HTTP/1
  ++count_;
  if (bytes_ > 4 * limits_.head || count_ > 16 * limits_.fields) return false;
  if (fault_) return true;
  const auto refuse = [&](ErrorKind kind, std::string why) {
    fault_ = Error{kind, side_, false, std::move(why)};
    return true;
  };
  if (bytes_ > limits_.head || count_ > limits_.fields) {
    return refuse(ErrorKind::http_head_too_large, "head too large");
  }
  if (name.empty()) return refuse(ErrorKind::http_syntax, "an empty field name");
  if (name.front() == ':') {
    // Section 8.3: all of them before the first regular field, each once.
    if (!fields_.empty()) {
      return refuse(ErrorKind::http_syntax, "a pseudo-header after a regular field");
    }
    std::optional<std::string>* known = side_ == Side::origin
                                            ? (name == ":status" ? &status_ : nullptr)
                                        : name == ":method"    ? &method_
                                        : name == ":scheme"    ? &scheme_
                                        : name == ":authority" ? &authority_
                                        : name == ":path"      ? &path_
                                        : name == ":protocol"  ? &protocol_
                                                               : nullptr;
    if (known == nullptr) return refuse(ErrorKind::http_syntax, "an unknown pseudo-header");
    if (known->has_value()) return refuse(ErrorKind::http_syntax, "a pseudo-header twice");
    if (!is_plain(value)) {
      return refuse(ErrorKind::http_syntax, "a byte that is not allowed in a pseudo-header");
    }
    if (known == &path_ && value.size() > limits_.target) {
      return refuse(ErrorKind::http_target_too_long, "target too long");
    }
    known->emplace(value);
    return true;
  }
  if (has_upper(name)) return refuse(ErrorKind::http_syntax, "a field name in upper case");
  if (is_of_connection(name) || (name == "te" && !iequals(value, "trailers"))) {
    return refuse(ErrorKind::http_framing, "a field of a connection: " + printable(name));
  }
  if (has_control(value)) return refuse(ErrorKind::http_syntax, "a control byte in a field");
  // Blanks around a value are dropped by add(). Section 8.2.1 calls them malformed; origins that
  // are used send them all the same, and no client shall miss a field for it.
  if (side_ == Side::client && !value.empty() &&
      (value.front() == ' ' || value.front() == '\t' || value.back() == ' ' ||
       value.back() == '\t')) {
    return refuse(ErrorKind::http_syntax, "a blank around a field value");
  }
  if (fields_.empty()) fields_.reserve(kUsualFields, kUsualText);
  if (!fields_.add(name, value)) return refuse(ErrorKind::http_syntax, "not a field");
  return true;
}

Result<std::optional<std::uint64_t>> FieldBlock::take_length() {
  std::optional<std::uint64_t> length;
  if (!fields_.has("content-length")) return length;
  const std::string_view text = *fields_.find("content-length");
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fields_.count("content-length") > 1 || text.empty() || error != std::errc() ||
      end != text.data() + text.size() || text.front() < '0' || text.front() > '9') {
    return fail(ErrorKind::http_framing, side_, "not one Content-Length");
  }
  length = number;
  return length;
}

// RFC 9113 section 8.2.3: crumbs of one field.
void FieldBlock::join_cookies() {
  if (fields_.count("cookie") < 2) return;
  std::string whole;
  for (const auto field : fields_) {
    if (field.name != "cookie") continue;
    if (!whole.empty()) whole += "; ";
    whole += field.value;
  }
  fields_.set("cookie", whole);
}

Result<FieldBlock::Request> FieldBlock::take_request() {
  if (fault_) return std::unexpected(*fault_);
  const auto refuse = [&](ErrorKind kind, const char* why) { return fail(kind, side_, why); };
  if (!method_ || !http::is_token(*method_) || method_->size() > 32) {
    return refuse(ErrorKind::http_syntax, "no :method");
  }
  const bool connects = *method_ == "CONNECT";
  if (protocol_ && (!connects || *protocol_ != "websocket")) {
    return refuse(ErrorKind::http_unsupported, ":protocol other than for a WebSocket");
  }
  // A tunnel inside an opened connection would be one that nobody has decided about.
  if (connects && !protocol_) return refuse(ErrorKind::http_unsupported, "CONNECT inside TLS");
  if (!scheme_ || !path_ || path_->empty()) {
    return refuse(ErrorKind::http_syntax, "no :scheme or no :path");
  }
  if (*scheme_ != "https" && *scheme_ != "http") {
    return refuse(ErrorKind::http_syntax, ":scheme is neither http nor https");
  }
  const bool starred = *path_ == "*" && *method_ == "OPTIONS";
  if (path_->front() != '/' && !starred) {
    return refuse(ErrorKind::http_syntax, ":path is no path");
  }
  Request request;
  Result<std::optional<std::uint64_t>> length = take_length();
  if (!length) return pass_on(std::move(length));
  request.length = *length;

  // One name only (section 8.3.1): Host is dropped where it agrees, and is the name where there is
  // no other.
  if (fields_.count("host") > 1) return refuse(ErrorKind::http_syntax, "Host twice");
  const auto host = fields_.find("host");
  if (!authority_ && !host) return refuse(ErrorKind::http_syntax, "no :authority");
  http::Headers named;
  if (!named.add("Host", authority_ ? *authority_ : std::string(*host))) {
    return refuse(ErrorKind::http_syntax, ":authority is no host and port");
  }
  Result<http1::Target> target =
      http1::parse_target(connects ? "GET" : *method_, *path_, 1, named, *scheme_);
  if (!target) return pass_on(std::move(target));
  if (authority_ && host) {
    const auto other = Authority::parse(*host, *scheme_ == "https" ? 443 : 80);
    if (!other || !(*other == target->authority)) {
      return refuse(ErrorKind::http_syntax, "Host is another than :authority");
    }
  }
  http::RequestHead& head = request.head;
  head.method = connects ? "GET" : std::move(*method_);
  head.upgrade = connects ? "websocket" : "";
  head.scheme = std::move(*scheme_);
  head.authority = target->authority;
  head.path = std::move(target->path);
  head.protocol = "2.0";
  if (fields_.has("expect")) {
    if (fields_.count("expect") > 1 || !iequals(*fields_.find("expect"), "100-continue")) {
      return refuse(ErrorKind::http_expectation, "an expectation other than 100-continue");
    }
    head.expects_continue = true;
    fields_.remove("expect");
  }
  head.takes_trailers = fields_.has("te");
  const auto credentials = fields_.find("proxy-authorization");
  head.proxy_authorization = credentials ? std::string(*credentials) : std::string();
  Result<void> stripped = http1::strip_hop_by_hop(fields_, side_);
  if (!stripped) return pass_on(std::move(stripped));
  fields_.remove("host");
  if (connects) {
    // RFC 8441 section 5: the key proves nothing here; the version stays 13.
    if (fields_.count("sec-websocket-version") != 1 ||
        *fields_.find("sec-websocket-version") != "13") {
      return refuse(ErrorKind::http_unsupported, "a WebSocket of another version than 13");
    }
    fields_.remove("sec-websocket-key");
  } else {
    fields_.remove_if(
        [](const http::Headers::Field& field) { return field.name.starts_with("sec-websocket-"); });
  }
  join_cookies();
  head.headers = std::move(fields_);
  return request;
}

Result<FieldBlock::Reply> FieldBlock::take_reply() {
  if (fault_) return std::unexpected(*fault_);
  Reply reply;
  if (!status_ || status_->size() != 3 || status_->front() < '1' || status_->front() > '9') {
    return fail(ErrorKind::http_syntax, side_, "no :status of three digits");
  }
  const auto [end, error] =
      std::from_chars(status_->data(), status_->data() + status_->size(), reply.head.status);
  if (error != std::errc() || end != status_->data() + status_->size()) {
    return fail(ErrorKind::http_syntax, side_, "no :status of three digits");
  }
  if (reply.head.status == 101) {  // Section 8.6.
    return fail(ErrorKind::http_framing, side_, "101 in HTTP/2");
  }
  Result<std::optional<std::uint64_t>> length = take_length();
  if (!length) return pass_on(std::move(length));
  reply.length = *length;
  Result<void> stripped = http1::strip_hop_by_hop(fields_, side_);
  if (!stripped) return pass_on(std::move(stripped));
  reply.head.headers = std::move(fields_);
  reply.head.protocol = "2.0";
  return reply;
}

Result<http::Headers> FieldBlock::take_trailers() {
  if (fault_) return std::unexpected(*fault_);
  if (method_ || scheme_ || authority_ || path_ || protocol_ || status_) {
    return fail(ErrorKind::http_syntax, side_, "a pseudo-header among trailers");
  }
  fields_.remove_if(
      [](const http::Headers::Field& field) { return !http1::may_be_trailer(field.name); });
  return std::move(fields_);
}

namespace {

void append(OutFields& out, const http::Headers& headers) {
  for (const auto field : headers) {
    std::string name = lower(field.name);
    const bool secret = name == "authorization" || name == "cookie";
    out.fields.push_back({std::move(name), field.value, secret});
  }
}

void append_length(OutFields& out, std::optional<std::uint64_t> length) {
  if (!length) return;
  out.texts.push_back(std::to_string(*length));
  out.fields.push_back({"content-length", out.texts.back(), false});
}

}  // namespace

OutFields request_fields(const http::RequestHead& head, std::optional<std::uint64_t> length) {
  OutFields out;
  out.texts.reserve(4);  // Views of it stay valid.
  out.fields.reserve(head.headers.size() + 8);
  const bool upgrades = !head.upgrade.empty();
  out.texts.push_back(head.authority.to_string(head.scheme == "https" ? 443 : 80));
  out.fields.push_back({":method", upgrades ? std::string_view("CONNECT") : head.method, false});
  if (upgrades) out.fields.push_back({":protocol", head.upgrade, false});
  out.fields.push_back({":scheme", head.scheme, false});
  out.fields.push_back({":authority", out.texts.back(), false});
  out.fields.push_back({":path", head.path, false});
  append(out, head.headers);
  if (upgrades) {
    std::erase_if(out.fields,
                  [](const OutField& field) { return field.name == "sec-websocket-key"; });
  }
  if (head.takes_trailers) out.fields.push_back({"te", "trailers", false});
  if (head.expects_continue) out.fields.push_back({"expect", "100-continue", false});
  append_length(out, length);
  return out;
}

OutFields reply_fields(const http::ReplyHead& head, std::optional<std::uint64_t> length) {
  OutFields out;
  out.texts.reserve(4);
  out.fields.reserve(head.headers.size() + 2);
  // RFC 8441 section 5: a switch is 200 here, and the key has no answer.
  out.texts.push_back(std::to_string(head.upgraded ? 200 : head.status));
  out.fields.push_back({":status", out.texts.back(), false});
  append(out, head.headers);
  if (head.upgraded) {
    std::erase_if(out.fields,
                  [](const OutField& field) { return field.name == "sec-websocket-accept"; });
  }
  append_length(out, length);
  return out;
}

OutFields trailer_fields(const http::Headers& trailers) {
  OutFields out;
  for (const auto field : trailers) {
    if (http1::may_be_trailer(field.name))
      out.fields.push_back({lower(field.name), field.value, false});
  }
  return out;
}

}  // namespace sallyport::http2
