#pragma once
// Who a pseudonym is (names.h): one name at a time, with a reason, and never without an entry of
// the governance log and of the record of reads, which have the pseudonym and not the name.

#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "discovery/store/state_store.h"
#include "proxy/admin/api.h"
#include "proxy/app/names.h"
#include "proxy/app/read_auditor.h"

namespace sallyport::app {

// What is asked: "" reasons are none, and longer ones than kMostReason are cut.
struct NameWish {
  std::string pseudonym;
  std::string reason;
  std::string who;
};

// The name, once the log has the entry. ErrorKind::invalid without a reason, not_found where it is
// no pseudonym of this key.
Result<std::string> reveal_name(discovery::StateStore& store, const discovery::NameCipher& cipher,
                                const NameWish& wish, Time now);

// POST /api/v1/users/{}/reveal?reason&by. `names`: null where no names are, or were, hidden. All
// outlive the calls.
void add_name_routes(admin::Api& api, discovery::StateStore& store, NameCipherPtr names,
                     const Clock& clock, ReadAuditor& auditor);

}  // namespace sallyport::app
