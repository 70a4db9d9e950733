// A sealed ticket, before base64url:
//
//   4        the key's id
//   n        encode_ticket()
//   32       HMAC-SHA-256 of the holder (with_holder) and of everything before

#include "proxy/portal/ticket_keys.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/crypto/base64.h"
#include "base/crypto/hmac.h"
#include "base/crypto/random.h"
#include "base/crypto/secret.h"

namespace sallyport::portal {
namespace {

constexpr std::size_t kIdSize = 4;
constexpr std::size_t kMacSize = 32;
constexpr std::chrono::minutes kClockStep{5};  // that a clock may be set back by

std::string_view bytes_of(const auto& array) {
  return {reinterpret_cast<const char*>(array.data()), array.size()};
}

// Fills `out` from hexadecimal digits of exactly its size.
bool read_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != 2 * out.size() || !std::all_of(text.begin(), text.end(), is_hex)) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
  }
  return true;
}

void cut(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  text.resize(most);
  drop_cut_character(text);
}

// Signed apart from tickets, so that neither can pass for the other.
std::string in_domain(std::string_view purpose, std::string_view bytes) {
  std::string text("sallyport portal ");
  text += purpose;
  text += '\0';
  text += bytes;
  return text;
}

// What is signed: whose it is, its length in front so that no two holders are the same bytes, and
// the ticket.
std::string with_holder(const Holder& holder, std::string_view bytes) {
  std::string text = std::to_string(holder.user.size()) + ' ';
  text += holder.user;
  // Somebody who is known is the same over IPv4 and IPv6, at the desk and on the way.
  const std::string_view client = holder.user.empty() ? holder.client : std::string_view();
  text += std::to_string(client.size()) + ' ';
  text += client;
  text += bytes;
  return in_domain("ticket", text);
}

}  // namespace

TicketKeys::Key TicketKeys::fresh_key(Time now) {
  Key key{now, {}, {}};
  random_bytes(key.id);
  random_bytes(key.secret);
  return key;
}

TicketKeys TicketKeys::make(Time now) {
  TicketKeys keys;
  keys.keys_.push_back(fresh_key(now));
  return keys;
}

Result<TicketKeys> TicketKeys::parse(std::string_view text) {
  TicketKeys keys;
  if (!text.ends_with('\n')) {
    return fail(ErrorKind::invalid, Side::ours, "the keys of the portal break off");
  }
  text.remove_suffix(1);
  for (const std::string_view line : split(text, '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    Key key;
    const std::optional<Time> made =
        words.size() == 3 ? parse_rfc3339(words[0]) : std::optional<Time>();
    if (!made || !read_hex(words[1], key.id) || !read_hex(words[2], key.secret) ||
        keys.keys_.size() == 2) {
      return fail(ErrorKind::invalid, Side::ours,
                  "the keys of the portal cannot be read; delete the file, and new ones are made "
                  "at the next start");
    }
    key.made = *made;
    keys.keys_.push_back(key);
  }
  return keys;
}

std::string TicketKeys::text() const {
  std::string out;
  for (const Key& key : keys_) {
    out += format_rfc3339(key.made) + ' ' + to_hex(key.id.data(), key.id.size()) + ' ' +
           to_hex(key.secret.data(), key.secret.size()) + '\n';
  }
  return out;
}

bool TicketKeys::due(Time now) const {
  const Time made = keys_.front().made;
  return now >= made + kRotate || made > now + kTicketLives;
}

TicketKeys TicketKeys::rotated(Time now) const {
  TicketKeys keys;
  keys.keys_.push_back(fresh_key(now));
  keys.keys_.push_back(keys_.front());
  return keys;
}

const TicketKeys::Key* TicketKeys::find(std::string_view id, Time now) const {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (bytes_of(keys_[i].id) != id) continue;
    // The one before ends when the last ticket that it can have signed has ended.
    if (i > 0 && now >= keys_.front().made + kTicketLives) return nullptr;
    return &keys_[i];
  }
  return nullptr;
}

std::optional<std::string> TicketKeys::seal(Ticket ticket) const {
  for (const std::string* id :
       {&ticket.app, &ticket.policy, &ticket.event, &ticket.host, &ticket.extra}) {
    if (id->size() > kLongestId) return std::nullopt;
  }
  cut(ticket.app_name, kLongestId);
  cut(ticket.rule, kLongestId);
  cut(ticket.say, kLongestSay);
  if (!leads_to(ticket.return_url, ticket.host)) ticket.return_url.clear();
  ticket.expires = std::min<Time>(ticket.expires, ticket.issued + kTicketLives);

  const Key& key = keys_.front();
  std::string bytes(bytes_of(key.id));
  bytes += encode_ticket(ticket);
  bytes += bytes_of(hmac_sha256(key.secret, with_holder({ticket.user, ticket.client}, bytes)));
  std::string text = base64url_encode(bytes);
  if (text.size() > kLongestTicket) return std::nullopt;
  return text;
}

std::expected<Ticket, TicketFault> TicketKeys::open(std::string_view text, const Holder& holder,
                                                    Time now) const {
  if (text.size() > kLongestTicket) return std::unexpected(TicketFault::malformed);
  const std::optional<std::string> sealed = base64url_decode(text, kLongestTicket);
  if (!sealed || sealed->size() < kIdSize + kMacSize) {
    return std::unexpected(TicketFault::malformed);
  }
  const std::string_view bytes = *sealed;
  const std::string_view signed_bytes = bytes.substr(0, bytes.size() - kMacSize);
  const Key* key = find(bytes.substr(0, kIdSize), now);
  if (key == nullptr) return std::unexpected(TicketFault::forged);
  const Sha256Digest mac = hmac_sha256(key->secret, with_holder(holder, signed_bytes));
  if (!constant_time_equal(bytes_of(mac), bytes.substr(signed_bytes.size()))) {
    return std::unexpected(TicketFault::forged);
  }
  std::expected<Ticket, TicketFault> ticket = decode_ticket(signed_bytes.substr(kIdSize));
  if (!ticket) return ticket;
  ticket->user = holder.user;
  ticket->client = holder.client;
  if (now >= ticket->expires || ticket->issued > now + kClockStep) {
    return std::unexpected(TicketFault::expired);
  }
  return ticket;
}

std::optional<Sha256Digest> TicketKeys::derive(std::string_view purpose,
                                               std::string_view text) const {
  const std::optional<std::string> sealed = base64url_decode(text, kLongestTicket);
  if (!sealed || sealed->size() < kIdSize) return std::nullopt;
  for (const Key& key : keys_) {
    if (bytes_of(key.id) != std::string_view(*sealed).substr(0, kIdSize)) continue;
    return hmac_sha256(key.secret, in_domain(purpose, text));
  }
  return std::nullopt;
}

std::vector<TicketKeys::Derived> TicketKeys::derive_each(std::string_view purpose) const {
  std::vector<Derived> all;
  for (const Key& key : keys_) {
    all.push_back(
        {to_hex(key.id.data(), key.id.size()), hmac_sha256(key.secret, in_domain(purpose, ""))});
  }
  return all;
}

}  // namespace sallyport::portal
