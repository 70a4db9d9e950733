#include "proxy/cli/pseudonym_key.h"

#include <array>

#include "base/core/text.h"
#include "base/crypto/random.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

namespace {

constexpr std::size_t kSize = discovery::Pseudonyms::kKeySize;

// Of hex digits; "" where it is no key.
std::string parse_key(std::string_view text) {
  text = trim(text.substr(0, text.find('\n')));
  if (text.size() != 2 * kSize) return {};
  std::string key;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (!is_hex(text[i]) || !is_hex(text[i + 1])) return {};
    key += static_cast<char>(hex_value(text[i]) * 16 + hex_value(text[i + 1]));
  }
  return key;
}

}  // namespace

std::optional<discovery::Pseudonyms> pseudonyms_of(const std::string& state) {
  const std::string file = state + "/pseudonyms.key";
  Result<std::string> kept = app::read_file(file, 256);
  if (!kept && kept.error().kind == ErrorKind::not_found) {
    std::array<std::uint8_t, kSize> random;
    random_bytes(random);
    const std::string text = to_hex(random.data(), random.size()) + "\n";
    if (const Result<void> made = app::write_file(file, text, 0600); !made) {
      complain("no key for pseudonyms can be kept: " + describe(made.error()));
      return std::nullopt;
    }
    kept = text;
  }
  if (!kept) {
    complain(describe(kept.error()));
    return std::nullopt;
  }
  std::string key = parse_key(*kept);
  if (key.empty()) {
    complain(file +
             " is no key of pseudonyms; put the one of a backup there, or move it away: "
             "then all get others");
    return std::nullopt;
  }
  return discovery::Pseudonyms(std::move(key));
}

}  // namespace sallyport::cli
