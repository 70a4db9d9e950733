#pragma once
// /api/v1/addresses: who is at which address, told and asked.
//
//   POST   /api/v1/addresses            a feed (discovery/users/address_feed.h): added, or in place
//   of
//                                       what its prefixes had
//   PUT    /api/v1/addresses            the same: these and no others
//   GET    /api/v1/addresses            {"total": 2, "entries": [...]}; ?user=ana, ?limit=1000
//   DELETE /api/v1/addresses/{prefix}   one entry: 192.0.2.7, 2001:db8:7::%2F64
//
// A feed is taken whole or not at all; what is wrong with it is told entry by entry (400). A full
// map refuses (409).

#include "proxy/admin/api.h"
#include "proxy/app/address_keeper.h"

namespace sallyport::app {

// `keeper` outlives the Api.
void add_address_routes(admin::Api& api, AddressKeeper& keeper);

}  // namespace sallyport::app
