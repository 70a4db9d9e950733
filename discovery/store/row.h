#pragma once
// What a list shows of an event.

#include "discovery/events/event.h"
#include "discovery/store/query.h"

namespace sallyport::discovery {

Row row_of(const Event& event);

}  // namespace sallyport::discovery
