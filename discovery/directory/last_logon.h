#pragma once
// When a directory last saw a person sign in.
//
//   Active Directory  lastLogon (of the one server that is asked), lastLogonTimestamp (of all, up
//   to
//                     14 days late): the later of them. As FILETIME: 100 ns since 1601
//   Entra ID          signInActivity (Microsoft Graph): lastSuccessfulSignInDateTime; where it is
//   not
//                     there, the later of lastSignInDateTime and lastNonInteractiveSignInDateTime,
//                     which count what failed, too
//   OpenLDAP          authTimestamp (slapo-lastbind(5)), pwdLastSuccess (`lastbind on`)
//   others            lastLoginTime (389 Directory Server, Google), krbLastSuccessfulAuth
//   (FreeIPA),
//                     loginTime (eDirectory), lastLogin (Okta); last_logon, last_login of a CSV
//
// As GeneralizedTime (RFC 4517 section 3.3.13), RFC 3339, or a date. Not pwdLastSet: a password may
// be set by others. Zero, the largest FILETIME and what is before 1990 mean never. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "discovery/directory/entry.h"

namespace sallyport::discovery::directory {

struct LastLogon {
  std::optional<std::chrono::sys_days> day;  // nothing: never, or the directory does not tell
  // A value that is no time, or more than a day ahead of `now`: "lastLogin is 'soon'". "": none.
  std::string fault;
};
LastLogon last_logon_of(const Entry& entry, Time now);

// FILETIME; nothing for 0, what is negative, and the largest value, which mean never.
std::optional<Time> time_of_filetime(std::string_view text);
// RFC 4517 section 3.3.13: "20261127123456Z", "202611271234+0100", "2026112712.5Z".
std::optional<Time> parse_generalized_time(std::string_view text);

}  // namespace sallyport::discovery::directory
