// Encoded, before the signature (ticket_keys.cc adds the key's id in front and the MAC behind):
//
//   1        version, 2
//   1        kind
//   8        issued, seconds since 1970, big endian
//   8        expires, likewise
//   16       nonce
//   2 + n    each text: its length, big endian, and its bytes, in the order of kTexts
//
// Nothing may follow. Every text has its length in front, so no two tickets are the same bytes.

#include "proxy/portal/ticket.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/crypto/random.h"

namespace sallyport::portal {
namespace {

constexpr char kVersion = 2;

struct TextField {
  std::string Ticket::* text;
  std::size_t most;
};
constexpr TextField kTexts[] = {
    {&Ticket::app, kLongestId},
    {&Ticket::policy, kLongestId},
    {&Ticket::event, kLongestId},
    {&Ticket::host, kLongestId},
    {&Ticket::app_name, kLongestId},
    {&Ticket::say, kLongestSay},
    {&Ticket::return_url, kLongestReturn},
    {&Ticket::extra, kLongestId},
    {&Ticket::rule, kLongestId},
};

void append_number(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> shift & 0xff);
  }
}

void append_time(std::string& out, Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  append_number(out, static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0)), 8);
}

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  std::string_view take(std::size_t size) {
    if (rest_.size() < size) {
      good_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  // A second that no clock of ours shows is no time.
  Time time() {
    const std::uint64_t seconds = number(8);
    if (seconds > 253'402'300'799) good_ = false;  // the end of the year 9999
    return good_ ? Time(std::chrono::seconds(seconds)) : Time{};
  }
  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// RFC 3986 section 2: what may stand in a URL. '\\' is not among it, which browsers read as '/'.
bool is_url_byte(char c) {
  constexpr std::string_view kOthers = "-._~:/?#[]@!$&'()*+,;=%";
  return is_alpha(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
}

}  // namespace

std::string_view to_string(TicketFault fault) {
  switch (fault) {
    case TicketFault::malformed:
      return "malformed";
    case TicketFault::forged:
      return "forged";
    case TicketFault::expired:
      return "expired";
  }
  return "";
}

std::string client_class(const IpAddress& address) {
  if (address.is_v4()) return address.to_string();
  return IpPrefix{address, 64}.masked().to_string();
}

Nonce fresh_nonce() {
  Nonce nonce;
  random_bytes(nonce);
  return nonce;
}

std::string return_url_of(const http::RequestHead& request) {
  if (request.authority.host.empty()) return "";
  const bool tls = request.scheme == "https";
  std::string url = tls ? "https://" : "http://";
  request.authority.append_to(url, tls ? 443 : 80);
  const bool repeatable = request.method == "GET" || request.method == "HEAD";
  if (!repeatable || !request.path.starts_with('/')) return url + "/";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : request.path) {
    if (is_url_byte(c)) {
      url += c;
    } else {
      // Servers that were given the byte itself read this as the same byte.
      url += '%';
      url += kHex[static_cast<unsigned char>(c) >> 4];
      url += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return url;
}

bool leads_to(std::string_view url, std::string_view host) {
  if (host.empty() || url.size() > kLongestReturn) return false;
  if (!std::all_of(url.begin(), url.end(), is_url_byte)) return false;
  std::uint16_t port = 0;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
    port = 443;
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    port = 80;
  } else {
    return false;
  }
  // No path, no URL of ours: "https://host?x" is read in more than one way.
  const std::size_t end = url.find('/');
  if (end == std::string_view::npos) return false;
  const std::optional<Authority> authority = Authority::parse(url.substr(0, end), port);
  return authority && authority->host.text() == host;
}

std::string encode_ticket(const Ticket& ticket) {
  std::string out;
  out += kVersion;
  out += static_cast<char>(ticket.kind);
  append_time(out, ticket.issued);
  append_time(out, ticket.expires);
  out.append(ticket.nonce.begin(), ticket.nonce.end());
  for (const TextField& field : kTexts) {
    const std::string& text = ticket.*field.text;
    append_number(out, text.size(), 2);
    out += text;
  }
  return out;
}

std::expected<Ticket, TicketFault> decode_ticket(std::string_view bytes) {
  Reader reader(bytes);
  Ticket ticket;
  const std::uint64_t version = reader.number(1);
  const std::uint64_t kind = reader.number(1);
  ticket.issued = reader.time();
  ticket.expires = reader.time();
  const std::string_view nonce = reader.take(ticket.nonce.size());
  std::copy(nonce.begin(), nonce.end(), ticket.nonce.begin());
  bool fits = true;
  for (const TextField& field : kTexts) {
    const std::uint64_t size = reader.number(2);
    fits = fits && size <= field.most;
    ticket.*field.text = reader.take(size);
  }
  if (!reader.good() || !reader.at_end() || !fits || version != kVersion || kind < 1 ||
      kind > kTicketKinds) {
    return std::unexpected(TicketFault::malformed);
  }
  ticket.kind = static_cast<TicketKind>(kind);
  // Whoever signed it: a ticket never sends anybody elsewhere.
  if (!ticket.return_url.empty() && !leads_to(ticket.return_url, ticket.host)) {
    return std::unexpected(TicketFault::malformed);
  }
  return ticket;
}

}  // namespace sallyport::portal
