#pragma once
// From people and addresses as somebody wrote them to Users, or to everything that is wrong with
// them. The readers of the files (YAML, CSV) end here.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "discovery/users/user_directory.h"

namespace sallyport::discovery {

struct WrittenPerson {
  Place place;                            // of the whole
  Spanned<std::string> name;              // "" where there was none, which the reader has reported
  std::vector<Spanned<std::string>> upn;  // and other names, by the key that they stood under
  std::vector<Spanned<std::string>> mail;
  std::vector<Spanned<std::string>> others;
  std::vector<Spanned<std::string>> groups;
  Spanned<std::string> manager;     // "": none
  Spanned<std::string> last_logon;  // "": none
};

class UsersBuilder {
 public:
  explicit UsersBuilder(Diagnostics& found) : found_(found) {}

  void add(const WrittenPerson& written);
  // `prefix` without host bits. `user` may be any name of a person who is added before or later.
  void map_address(const Spanned<IpPrefix>& prefix, const Spanned<std::string>& user);

  // The result may only be used where `found` holds no error afterwards.
  std::shared_ptr<const Users> build() &&;

 private:
  struct Owner {
    std::size_t person;
    Place place;
  };
  // The name as it is kept, or nothing after a diagnostic.
  std::optional<std::string> take_name(const Spanned<std::string>& written, std::string_view what);
  // Gives the name to the person; false where it is somebody else's.
  bool claim(const std::string& name, const Place& place, std::size_t person);
  void take_names(const std::vector<Spanned<std::string>>& written, bool with_domain,
                  std::size_t person, std::string& domain);

  Diagnostics& found_;
  Users made_;
  bool too_many_ = false;
  std::unordered_map<std::string, Owner> owners_;
  std::map<IpPrefix, Place> address_places_;
};

// The readers. Both report into `found` and add what could be read.
void read_users_yaml(const SourcePtr& source, UsersBuilder& builder, Diagnostics& found);
void read_users_csv(const SourcePtr& source, UsersBuilder& builder, Diagnostics& found);
void read_addresses_yaml(const SourcePtr& source, UsersBuilder& builder, Diagnostics& found);

}  // namespace sallyport::discovery
