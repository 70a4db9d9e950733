#pragma once
// Whether a text is, or speaks of, a person: by any of their names, without ASCII case, and as a
// whole. "ana" is in "10 activities of ana in Dropbox" and in "user=ana since=24h", and neither in
// "anabel", "ana.lopez", "CORP\ana" nor "ana@corp.example", which may be others.
//
// Immutable. REQUIRES: names as normal_user_name() has them (discovery/users/user_name.h).

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

class NameMatch {
 public:
  // Empty names are left out; without any nothing matches.
  explicit NameMatch(std::vector<std::string> names);

  bool is(std::string_view text) const;
  bool in(std::string_view text) const;
  // `text` with "(erased)" where it speaks of them; true where it did.
  bool blank_out(std::string& text) const;

  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Place {
    std::size_t at = std::string_view::npos;
    std::size_t size = 0;
  };
  Place find(std::string_view text, std::size_t from) const;

  std::vector<std::string> names_;  // small letters, the longest first
};

}  // namespace sallyport::discovery
