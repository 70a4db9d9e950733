#include "proxy/local/contact.h"

#include "base/core/text.h"

namespace sallyport::local {
namespace {

// RFC 3986 section 2.3.
std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

// Printable ASCII without blanks: nothing that a browser would strip or fold while it reads a URL.
bool is_url_text(std::string_view text) {
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7f) return false;
  }
  return !text.empty();
}

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return is_url_text(text) && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of("@:/?#", at + 1) == std::string_view::npos &&
         text.substr(0, at).find_first_of(":/?#") == std::string_view::npos;
}

}  // namespace

std::string contact_link(std::string_view contact, std::string_view subject,
                         std::string_view text) {
  contact = trim(contact);
  std::string link(contact);
  if (is_mail_address(contact)) link.insert(0, "mailto:");
  if (!is_url_text(link)) return "";
  if (istarts_with(link, "mailto:")) {
    if (link.find('?') != std::string::npos) return link;
    return link + "?subject=" + percent_encode(subject) + "&body=" + percent_encode(text);
  }
  for (const std::string_view scheme : {"https://", "http://", "tel:"}) {
    if (istarts_with(link, scheme)) return link;
  }
  return "";
}

std::string_view contact_text(std::string_view contact) {
  contact = trim(contact);
  if (istarts_with(contact, "mailto:")) {
    contact.remove_prefix(7);
    return contact.substr(0, contact.find('?'));
  }
  if (istarts_with(contact, "tel:")) contact.remove_prefix(4);
  return contact;
}

}  // namespace sallyport::local
