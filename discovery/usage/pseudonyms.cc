#include "discovery/usage/pseudonyms.h"

#include "base/core/text.h"
#include "base/crypto/hmac.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kLetters = 12;  // of 32 each: 60 bits
// Without letters and digits that are taken for each other.
constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyz023456789";
static_assert(kAlphabet.size() == 32);

bool stays(std::string_view name) { return name.empty() || name.starts_with('('); }

}  // namespace

std::string Pseudonyms::made(std::string_view kind, std::string_view text) const {
  std::string about(kind);
  about += '\n';
  about += text;
  const Sha256Digest digest = hmac_sha256(std::string_view(key_), about);
  std::string name(kind);
  name += '-';
  for (std::size_t i = 0; i < kLetters; ++i) name += kAlphabet[digest[i] % kAlphabet.size()];
  return name;
}

std::string Pseudonyms::user(std::string_view name) const {
  return stays(name) ? std::string(name) : made("user", lower(name));
}

std::string Pseudonyms::address(std::string_view address) const {
  return stays(address) ? std::string(address) : made("address", address);
}

void pseudonymise(Report& report, const Pseudonyms& pseudonyms) {
  for (ReportTable& table : report.tables) {
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      const bool of_users = table.columns[column] == "user";
      if (!of_users && table.columns[column] != "address") continue;
      for (auto& row : table.rows) {
        auto* text = std::get_if<std::string>(&row[column]);
        if (text == nullptr) continue;
        *text = of_users ? pseudonyms.user(*text) : pseudonyms.address(*text);
      }
    }
  }
}

}  // namespace sallyport::discovery
