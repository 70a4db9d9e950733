#pragma once
// Entries of a directory server, by LDAP version 3 (RFC 4511), page by page (RFC 2696). The one
// home of libldap.
//
// Names and passwords go over TLS whose certificate was verified, or through a socket of this
// machine, and nowhere else: what is asked for is refused otherwise, before anything is sent.
// Referrals are not followed, because they lead with our password to wherever the server says.
//
// All or nothing: where the server stops before the end (a size limit of its own, a lost
// connection), there is an error and no entries, because half of a directory is a directory in
// which the other half has no groups.
//
// Blocks. Errors: ErrorKind::invalid where what is asked for cannot be done, else
// ErrorKind::unavailable; the text says what to do.

#include <chrono>
#include <functional>
#include <string>

#include "base/core/result.h"
#include "discovery/directory/entry.h"

namespace sallyport::discovery::directory {

struct LdapOptions {
  std::string url;      // ldaps://dc1.corp.example, ldap://..., ldapi://
  std::string base;     // dc=corp,dc=example
  std::string filter;   // "": people and groups
  std::string bind_dn;  // "": anonymous
  std::string password;
  std::string ca_file;               // PEM; "": what this machine trusts
  bool start_tls = false;            // RFC 4511 section 4.14
  bool plain = false;                // unencrypted to another machine, knowingly
  std::chrono::seconds timeout{30};  // for each page
};

// `progress` is called after each page with what came so far, and ends it where it says false; may
// be empty.
Result<Entries> read_ldap(const LdapOptions& options, const Limits& limits,
                          const std::function<bool(std::size_t)>& progress);

}  // namespace sallyport::discovery::directory
