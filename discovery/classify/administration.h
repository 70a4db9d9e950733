#pragma once
// Whether a request administers an app: its settings, accounts and rights. What most of the web has
// in common; what an app does otherwise is told by signatures of its own. Pure.
//
//   yes  a host whose first label is admin or adminconsole; a segment such as admin,
//        administration, wp-admin; settings, manage, ... before users, roles, audit-log, ...;
//        settings below an organisation, a team or a workspace
//   no   what a page loads below such a path (.css, .png, ...), what is written about
//        administration (/docs/admin), and who is called so (/users/admin)
//
// Somebody's own settings (/settings/profile, /account) are no administration.

#include <string_view>

#include "discovery/classify/path_words.h"

namespace sallyport::discovery {

bool is_administration(std::string_view host, const PathWords& path);

}  // namespace sallyport::discovery
