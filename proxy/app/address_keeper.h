#pragma once
// The map of who is at which address, as the desk keeps it: takes what is fed, hands every worker
// the new map at once, and has it in a file, so that a restart forgets nothing that still lasts.
//
// The file (DIR/addresses.json) is written when something changed, at every look_after() and at the
// end. So a process that is killed loses the changes since the last look, about five seconds;
// whoever feeds the map tells it again, and whatever stands in it ends by itself.
//
// Thread rule: one thread, the desk's.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "discovery/users/address_map.h"
#include "discovery/users/name_cipher.h"

namespace sallyport::app {

class AddressKeeper {
 public:
  using Map = std::shared_ptr<const discovery::AddressMap>;
  using Change = discovery::AddressBook::Change;
  // Gives the map to every worker.
  using Publish = std::function<void(const Map&)>;

  // `names`: the file, and what is shown, has pseudonyms; null: names.
  AddressKeeper(std::string file, const Clock& clock, Publish publish,
                std::shared_ptr<const discovery::NameCipher> names = nullptr);

  // What the file still holds. One that cannot be read is told of and begun anew.
  void open();
  // As AddressBook does; nothing where they do not fit.
  std::optional<Change> put(std::vector<discovery::AddressEntry> entries);
  std::optional<Change> replace_all(std::vector<discovery::AddressEntry> entries);
  bool remove(const IpPrefix& prefix);

  Map map() { return book_.map(); }
  // As it may be shown, in order.
  std::vector<discovery::AddressEntry> shown();
  Time now() const { return clock_.now(); }
  // Drops what has ended and writes the file where something changed.
  void look_after();

 private:
  std::string file_;
  const Clock& clock_;
  Publish publish_;
  discovery::AddressBook book_;
  Map saved_;
  const std::shared_ptr<const discovery::NameCipher> names_;
  std::map<std::string, std::string> hidden_;  // by name
  std::string trouble_;                        // what could not be written, said once
};

}  // namespace sallyport::app
