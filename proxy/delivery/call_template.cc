#include "proxy/delivery/call_template.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::delivery {
namespace {

bool is_unreserved(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
}

// Calls `plain` and `place` on the parts in their order; false where a brace has no other.
template <class Plain, class Place>
bool each_part(std::string_view text, Plain plain, Place place) {
  while (!text.empty()) {
    const std::size_t brace = text.find_first_of("{}");
    plain(text.substr(0, brace));
    if (brace == std::string_view::npos) return true;
    text.remove_prefix(brace);
    if (text.starts_with("{{") || text.starts_with("}}")) {
      plain(text.substr(0, 1));
      text.remove_prefix(2);
      continue;
    }
    const std::size_t end = text.find('}');
    if (text.front() == '}' || end == std::string_view::npos) return false;
    place(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace

std::string fill_template(std::string_view text, std::span<const TemplateValue> values,
                          TemplateKind kind) {
  std::string out;
  each_part(
      text, [&](std::string_view plain) { out += plain; },
      [&](std::string_view name) {
        const auto value = std::find_if(values.begin(), values.end(),
                                        [&](const auto& one) { return one.first == name; });
        if (value == values.end()) return;
        if (kind == TemplateKind::url) {
          append_encoded(out, value->second);
        } else {
          out += value->second;
        }
      });
  return out;
}

std::optional<std::string> fault_of_template(std::string_view text,
                                             std::span<const std::string_view> names,
                                             std::string& written) {
  std::optional<std::string> fault;
  const bool whole = each_part(
      text, [](std::string_view) {},
      [&](std::string_view name) {
        if (fault || std::find(names.begin(), names.end(), name) != names.end()) return;
        fault = "'{" + printable(name) + "}' stands for nothing";
        written = name;
      });
  if (!whole && !fault) fault = "a brace without its other one; '{{' is a brace itself";
  return fault;
}

}  // namespace sallyport::delivery
