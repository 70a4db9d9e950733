#include "discovery/users/name_cipher.h"

#include <algorithm>

#include "base/core/check.h"
#include "base/core/text.h"
#include "base/crypto/base32.h"
#include "base/crypto/siv.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery {
namespace {

// A name taken apart: what is hidden, and what stays.
struct Parts {
  std::string_view own;
  std::string_view domain;
  char form = 'n';  // '\\' and '@': by what the domain is told
};

Parts parts_of(std::string_view name) {
  if (const std::size_t slash = name.find('\\'); slash != name.npos && slash + 1 < name.size()) {
    return {name.substr(slash + 1), name.substr(0, slash), '\\'};
  }
  if (const std::size_t at = name.rfind('@'); at != name.npos && at > 0) {
    return {name.substr(0, at), name.substr(at + 1), '@'};
  }
  return {name, {}};
}

std::string context_of(const Parts& parts) {
  std::string context = "sallyport name ";
  context += parts.form;
  context += parts.domain;
  return context;
}

std::string joined(const Parts& parts, std::string_view own) {
  std::string name;
  if (parts.form == '\\') name.append(parts.domain).append("\\");
  name += own;
  if (parts.form == '@') name.append("@").append(parts.domain);
  return name;
}

bool is_base32(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
  });
}

bool has_prefix(std::string_view own) {
  return own.starts_with(NameCipher::kPrefix) || own.starts_with(NameCipher::kUnreadable);
}

}  // namespace

NameCipher::NameCipher(std::string_view key) : key_(std::make_unique<const SivKey>(key)) {
  static_assert(kKeySize == SivKey::kSize);
  static_assert(kPrefix.size() == kUnreadable.size());
}

NameCipher::~NameCipher() = default;

std::string NameCipher::hide(std::string_view name) const {
  if (name.empty()) return {};
  const std::string small = lower(name);
  const Parts parts = parts_of(small);
  const std::string sealed = key_->seal(context_of(parts), parts.own);
  std::string own(kPrefix);
  own += lower(base32_encode(sealed));
  std::string hidden = joined(parts, own);
  if (hidden.size() <= kMaxUserName) return hidden;
  own = kUnreadable;
  own += lower(base32_encode(std::string_view(sealed).substr(0, SivKey::kTag)));
  hidden = joined(parts, own);
  return hidden.size() <= kMaxUserName ? hidden : own;
}

std::optional<std::string> NameCipher::reveal(std::string_view pseudonym) const {
  if (pseudonym.size() > kMaxUserName) return std::nullopt;
  const std::string small = lower(pseudonym);
  const Parts parts = parts_of(small);
  if (!parts.own.starts_with(kPrefix)) return std::nullopt;
  const std::string_view digits = parts.own.substr(kPrefix.size());
  if (!is_base32(digits)) return std::nullopt;
  const auto sealed = base32_decode(digits, kMaxUserName);
  if (!sealed) return std::nullopt;
  const auto own = key_->open(context_of(parts), *sealed);
  if (!own) return std::nullopt;
  return joined(parts, *own);
}

std::string NameCipher::revealed(std::string_view name) const {
  auto found = reveal(name);
  return found ? std::move(*found) : std::string(name);
}

std::string NameCipher::asked(std::string_view name) const {
  const std::string small = lower(name);
  const bool unreadable = is_pseudonym(small) && parts_of(small).own.starts_with(kUnreadable);
  return unreadable || reveal(small) ? small : hide(small);
}

bool is_pseudonym(std::string_view name) {
  const std::string small = lower(name);
  const Parts parts = parts_of(small);
  return has_prefix(parts.own) && is_base32(parts.own.substr(NameCipher::kPrefix.size()));
}

std::optional<std::string> hide_mail_addresses(const NameCipher& cipher, std::string_view text) {
  const auto is_of_own = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '+' || c == '-';
  };
  const auto is_of_domain = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '-';
  };
  std::optional<std::string> out;
  std::size_t done = 0;  // what of `text` is in `out`
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t wide = text[at] == '@' ? 1 : text.substr(at).starts_with("%40") ? 3 : 0;
    if (wide == 0) continue;
    std::size_t begin = at;
    while (begin > done && is_of_own(text[begin - 1])) --begin;
    std::size_t end = at + wide;
    while (end < text.size() && is_of_domain(text[end])) ++end;
    while (end > at + wide && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    const std::string_view domain = text.substr(at + wide, end - at - wide);
    const std::size_t dot = domain.rfind('.');
    // "jquery@3.6.0" is none.
    const bool is_one = begin < at && dot != domain.npos && is_alpha(domain.front()) &&
                        std::ranges::all_of(domain.substr(dot + 1), is_alpha) &&
                        domain.size() - dot > 2;
    if (!is_one) continue;
    std::string mail(text.substr(begin, at - begin));
    mail.append("@").append(domain);
    std::string hidden = cipher.hide(mail);
    if (wide == 3) {
      if (const std::size_t sign = hidden.rfind('@'); sign != hidden.npos) {
        hidden.replace(sign, 1, "%40");
      }
    }
    if (!out) out.emplace();
    out->append(text.substr(done, begin - done)).append(hidden);
    done = end;
    at = end - 1;
  }
  if (out) out->append(text.substr(done));
  return out;
}

}  // namespace sallyport::discovery
