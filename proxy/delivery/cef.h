#pragma once
// An alert in ArcSight's Common Event Format, version 0, for SIEMs:
//
//   CEF:0|Sallyport|Sallyport|0.1|mass-download|Mass download|8|externalId=01KB... rt=1795600...
//
//   externalId  the alert's id            rt      its time, ms since 1970
//   cat         its category              msg     its text
//   cnt         activities                suser   the user
//   src         the client (IPv4)         c6a2    the client (IPv6), with c6a2Label
//   destinationServiceName  the app       dhost   the host
//   dvchost     the gateway
//   cs1 kind, cs2 uniqueServiceAppIds, cs3 relatedAudits (ids of activities), cs4 policyIDs, each
//   with its label; flexString1 test where it is only a test
//
// What is not known is absent. Severity: informational 1, low 3, medium 6, high 8.
//
// Escaping: in the header \ and | by a backslash, in values \ and =; a value's CR and LF are \r and
// \n, in the header they are blanks. Other characters that steer a terminal or a reader, and bytes
// that are no UTF-8, are \xNN (so a value has \\xNN).
//
// INVARIANT: one alert is one line, whatever is in it, and no value ends before we end it.

#include <string>
#include <string_view>

#include "discovery/alerts/alert.h"

namespace sallyport::delivery {

// `gateway`: gateway.name. `test`: it is no alert, only a test.
void append_cef(std::string& out, const discovery::Alert& alert, std::string_view gateway,
                bool test);

void append_cef_header(std::string& out, std::string_view text);
void append_cef_value(std::string& out, std::string_view text);

}  // namespace sallyport::delivery
