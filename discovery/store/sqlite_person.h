#pragma once
// One person in the store of activities (sqlite_store.h): all that is kept of them, and taking it
// away.
//
// Blocks are compressed and never change otherwise, so erasing writes the blocks anew that hold
// something of the person: each in a transaction of its own, one in memory at a time. Where it is
// stopped in the middle, what was done is done, and the rest is for the next run. A gateway may
// write meanwhile: it waits for one block at most. What it writes of the person behind the end of
// the run stays.
//
// Thread rule: any thread; each call opens the file for itself.

#include <cstdint>
#include <functional>
#include <string>

#include "base/core/result.h"
#include "discovery/events/event.h"
#include "discovery/store/name_match.h"

namespace sallyport::discovery {

// Who is looked for. `all`: the person's events, by the name of the user, and accounts of others'
// events that are one of these names as a whole. `plain`: those of the names that nobody else's
// text can hold by chance, because they have an '@' or a '\': also inside of others' texts.
struct PersonNames {
  NameMatch all;
  NameMatch plain;

  explicit PersonNames(std::vector<std::string> names);
};

struct PersonEvents {
  std::uint64_t events = 0;    // of the person
  std::uint64_t mentions = 0;  // of others, that name them
  std::uint64_t uses = 0;      // counts of use that are the person's (sqlite_person_usage.h)
};

// Calls `each` with every event of the person, oldest block first.
Result<PersonEvents> read_person_events(const std::string& path, const PersonNames& person,
                                        const std::function<void(const Event&)>& each);

enum class Vacuum : unsigned char {
  whole,  // the file is written anew: nobody may use it meanwhile
  free,   // its free pages are given back, bit by bit, while a gateway writes
};

// Removes the person's events, and puts "(erased)" for their names in those of others; what the
// file held of it is overwritten. `scrubbed`: nothing of it is left in the write-ahead log either,
// which whoever reads all the time can keep from being emptied.
struct ErasedEvents : PersonEvents {
  bool scrubbed = true;
};
Result<ErasedEvents> erase_person_events(const std::string& path, const PersonNames& person,
                                         Vacuum vacuum);

// Takes the person out of an event of somebody else; true where it named them.
bool blank_out(Event& event, const PersonNames& person);

}  // namespace sallyport::discovery
