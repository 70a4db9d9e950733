#pragma once
// Names of persons under pseudonyms: the same one for the same name, as long as the key is the
// same, and read again by whoever has the key.
//
//   ana                 psn-mzxw6ytboi...
//   CORP\ana            corp\psn-...
//   ana@corp.example    psn-...@corp.example
//
// The domain stays: whom files leave the organisation to is still told. Behind "psn-" stands what
// AES-SIV (base/crypto/siv.h) makes of the rest, with the domain as its context, in base 32. So a
// pseudonym gives away how long a name is, and who wrote it down beside the name knows it for good.
//
// Names are taken in lower case. What would be longer than a name may be (kMaxUserName) is a
// pseudonym that nobody can read again: "psx-" and 128 bits.
//
// Immutable; from any thread.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {
class SivKey;
}

namespace sallyport::discovery {

class NameCipher {
 public:
  static constexpr std::size_t kKeySize = 64;  // bytes
  static constexpr std::string_view kPrefix = "psn-";
  static constexpr std::string_view kUnreadable = "psx-";

  // REQUIRES: kKeySize bytes.
  explicit NameCipher(std::string_view key);
  ~NameCipher();

  // "" stays "". Whatever else is given is a name, a pseudonym too: what strangers send must not
  // pass for somebody.
  std::string hide(std::string_view name) const;
  // For what an operator asks by: a pseudonym stays what it is, any other name is hidden.
  std::string asked(std::string_view name) const;
  // The name; nothing where it is no pseudonym, of another key, or one that cannot be read.
  std::optional<std::string> reveal(std::string_view pseudonym) const;
  // The name where it is a pseudonym, else what was given.
  std::string revealed(std::string_view name) const;

 private:
  std::unique_ptr<const SivKey> key_;
};

// Whether it looks like a pseudonym, of whatever key.
bool is_pseudonym(std::string_view name);

// `text` with every mail address in it, also one whose '@' is written %40, hidden. Nothing where
// there is none.
std::optional<std::string> hide_mail_addresses(const NameCipher& cipher, std::string_view text);

}  // namespace sallyport::discovery
