#pragma once
// What a form sends: application/x-www-form-urlencoded (URL standard, section 5.1), and the query
// of a URL, which is written alike.
//
// INVARIANT: strict where a browser never differs: every '%' has two hexadecimal digits, values are
// UTF-8, no name comes twice, and there are at most kMostFields. Anything else is no form of ours.
//
// Pure: from any thread.

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::portal {

class FormFields {
 public:
  static constexpr std::size_t kMostFields = 16;
  static constexpr std::size_t kMostBytes = 32 * 1024;

  static std::optional<FormFields> parse(std::string_view text);

  // "" where there is none.
  std::string_view get(std::string_view name) const;
  std::size_t size() const { return fields_.size(); }

 private:
  std::map<std::string, std::string, std::less<>> fields_;
};

// A value for a query: everything but unreserved characters of RFC 3986 is encoded.
std::string url_encode(std::string_view text);

}  // namespace sallyport::portal
