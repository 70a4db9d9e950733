#pragma once
// Texts with places for what is known of a call: "{user}", "{app}". "{{" is a brace. Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sallyport::delivery {

using TemplateValue = std::pair<std::string_view, std::string_view>;  // name, what it stands for

enum class TemplateKind : unsigned char {
  text,
  url,  // what is put in is percent-encoded (RFC 3986): it adds no part to the URL
};

// A place whose name is none of `values` becomes nothing.
std::string fill_template(std::string_view text, std::span<const TemplateValue> values,
                          TemplateKind kind);

// What is wrong with it: "'{usr}' is none of its places", an open brace. Nothing where nothing is.
// `written`: the name that is none, for a suggestion.
std::optional<std::string> fault_of_template(std::string_view text,
                                             std::span<const std::string_view> names,
                                             std::string& written);

}  // namespace sallyport::delivery
