#pragma once
// DIR/portal.keys: the keys that sign the portal's tickets (proxy/portal/ticket_keys.h).

#include <string>

#include "base/core/result.h"
#include "proxy/portal/ticket_keys.h"

namespace sallyport::app {

// Those of the file, made at the first start, with a fresh one in front where they are due; the
// file is 0600. Refused (`permission`) where others may read it; `invalid` where it holds no keys.
Result<portal::TicketKeys> open_ticket_keys(const std::string& file, Time now);

}  // namespace sallyport::app
