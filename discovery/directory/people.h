#pragma once
// From entries of a directory to the people of users.csv (user_directory.h): Active Directory,
// Entra ID (Microsoft Graph), SCIM, and what OpenLDAP, 389 Directory Server and others keep as
// inetOrgPerson and posixAccount.
//
//   name      sAMAccountName, uid, onPremisesSamAccountName, userName, userPrincipalName, mail
//   user      NETBIOS\sAMAccountName, where the domain's name is given
//   upn       userPrincipalName, krbPrincipalName
//   mail      mail, proxyAddresses that begin with smtp:, otherMails, emails
//   groups    memberOf, member, uniqueMember and memberUid of groups, also through groups in
//   groups,
//             groups of SCIM; by cn, or displayName
//   manager   manager: the name of that person, where the entry is there too
//   disabled  userAccountControl & 2, accountExpires in the past, accountEnabled: false, active:
//             false, nsAccountLock, loginDisabled, pwdAccountLockedTime for good, shadowExpire in
//             the past
//   last logon  last_logon.h
//
// Whoever is disabled stays a person, in the group `leavers` beside their own, so that policies can
// tell them. What is no person and no group (computers, containers) is passed over.
//
// Pure. No two people share a name in what comes out. A canonical name goes before an account or
// UPN, and those before mail addresses and aliases, which people may often write themselves; a name
// that two have the same right to is nobody's. Of two entries with one canonical name the first is
// taken, and is disabled where either is. All that is left out so is reported as a warning.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "discovery/directory/entry.h"

namespace sallyport::discovery::directory {

struct ImportedPerson {
  std::string name;
  std::vector<std::string> users, upn, mail;
  std::vector<std::string> groups;  // sorted, unique
  std::string manager;              // the name of a person, or ""
  bool disabled = false;
  std::optional<std::chrono::sys_days> last_logon;  // nothing: never, or it does not tell

  bool operator==(const ImportedPerson&) const = default;
};

struct ImportOptions {
  std::string leavers = "leavers";  // the group of who is disabled; "": none
  std::string domain;               // NetBIOS name: "CORP"
  Time now;                         // accounts that expired before are disabled
};

struct Imported {
  std::vector<ImportedPerson> people;  // by name
  std::vector<std::string> warnings;   // at most kMostWarnings; `left_out` counts all
  std::size_t left_out = 0;            // names, groups and people that could not be taken
  std::size_t groups = 0;
  std::size_t passed_over = 0;  // entries that are neither
};
inline constexpr std::size_t kMostWarnings = 50;

Imported people_of(const Entries& entries, const ImportOptions& options);

// As users.csv (user_directory.h).
std::string to_csv(const Imported& imported);

// The first value of a distinguished name (RFC 4514), without its escapes: "Sales, EMEA" of
// "CN=Sales\\, EMEA,OU=Groups,DC=corp". "" where it is none.
std::string name_in_dn(std::string_view dn);
// The spelling that two names of one thing share: lower case, no blanks around '=' and ','.
std::string normal_dn(std::string_view dn);

}  // namespace sallyport::discovery::directory
