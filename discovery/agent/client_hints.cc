#include "discovery/agent/client_hints.h"

#include "base/core/text.h"
#include "discovery/agent/structured_field.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxVersion = 32;  // bytes; Chromium's longest have 15
constexpr std::size_t kMaxName = 64;     // bytes

// Versions are shown, compared and recorded: digits and dots, or none.
std::string clean_version(std::string_view text) {
  if (text.size() > kMaxVersion) return {};
  for (const char c : text) {
    if (!is_digit(c) && c != '.') return {};
  }
  return std::string(text);
}

std::vector<Brand> read_brands(std::string_view field) {
  std::vector<Brand> brands;
  if (field.empty()) return brands;
  const auto items = parse_field_list(field);
  if (!items) return brands;
  for (const FieldItem& item : *items) {
    if (item.value.kind != BareItem::Kind::string || item.value.text.size() > kMaxName) continue;
    if (item.value.text.empty() || is_grease(item.value.text)) continue;
    const BareItem* version = item.parameter("v");
    const bool known = version != nullptr && version->kind == BareItem::Kind::string;
    brands.push_back({item.value.text, known ? clean_version(version->text) : std::string()});
  }
  return brands;
}

std::string read_string(std::string_view field) {
  if (field.empty()) return {};
  auto item = parse_field_item(field);
  if (!item || item->value.kind != BareItem::Kind::string || item->value.text.size() > kMaxName) {
    return {};
  }
  return std::move(item->value.text);
}

}  // namespace

bool is_grease(std::string_view brand) {
  std::string letters;
  for (const char c : brand) {
    if (is_alpha(c)) letters += to_lower(c);
  }
  return letters == "notabrand";
}

ClientHints parse_client_hints(const AgentClaims& claims) {
  ClientHints hints;
  hints.brands = read_brands(claims.full_versions);
  if (hints.brands.empty()) hints.brands = read_brands(claims.brands);
  if (!claims.mobile.empty()) {
    const auto item = parse_field_item(claims.mobile);
    if (item && item->value.kind == BareItem::Kind::boolean) hints.mobile = item->value.truth;
  }
  hints.platform = read_string(claims.platform);
  hints.platform_version = clean_version(read_string(claims.platform_version));
  hints.model = read_string(claims.model);
  return hints;
}

}  // namespace sallyport::discovery
