#pragma once
// An alert as a syslog message (RFC 5424), without the framing of a transport:
//
//   <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID alert - MSG
//
// TIMESTAMP is the alert's time; MSG is CEF (cef.h) or the alert as JSON, in UTF-8. Severity: high
// 2 critical, medium 4 warning, low 5 notice, informational 6.

#include <string>
#include <string_view>

#include "proxy/delivery/receiver_options.h"

namespace sallyport::delivery {

inline constexpr std::size_t kLeastMessage = 1024;  // what every alert fits when it is shortened

// Appends the message. Where it is larger than `options.most`, ids of activities are left out and
// then long texts are cut ("..."), so that it is whole CEF or JSON. False, and nothing appended: it
// does not fit even then, which needs a `most` under kLeastMessage.
bool append_syslog(std::string& out, const discovery::Alert& alert, const SyslogOptions& options,
                   std::string_view gateway, bool test);

// RFC 6587 section 3.4.1, RFC 5425 section 4.3: MSG-LEN SP SYSLOG-MSG.
void append_counted(std::string& out, std::string_view message);

}  // namespace sallyport::delivery
