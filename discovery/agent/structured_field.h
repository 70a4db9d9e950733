#pragma once
// Structured field values (RFC 8941), as far as client hints need them: an item or a list of items,
// each a string, a token, a boolean or an integer, with parameters of the same kinds. Strict: where
// anything else stands, the field as a whole is refused, as section 4.2 demands.
//
// Not read: inner lists, dictionaries, decimals, byte sequences.
// Limits: 2 KiB of text, 32 items, 16 parameters each.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::discovery {

struct BareItem {
  enum class Kind : std::uint8_t { string, token, boolean, integer };

  Kind kind = Kind::string;
  std::string text;          // string: without quotes and escapes; token: as written
  bool truth = false;        // boolean
  std::int64_t integer = 0;  // at most 15 digits

  bool operator==(const BareItem&) const = default;
};

struct FieldItem {
  BareItem value;
  std::vector<std::pair<std::string, BareItem>> parameters;  // a later one replaces an earlier one

  // Null where there is none of that name.
  const BareItem* parameter(std::string_view name) const;
};

// Nothing where the text is no item or no list. An empty list is a list (section 4.2).
std::optional<FieldItem> parse_field_item(std::string_view text);
std::optional<std::vector<FieldItem>> parse_field_list(std::string_view text);

}  // namespace sallyport::discovery
