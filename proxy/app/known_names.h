#pragma once
// What policies may name, from the catalog and the directory as they are read
// (policy/compile/lint).

#include <memory>

#include "base/core/diagnostics.h"
#include "discovery/catalog/catalog.h"
#include "discovery/names/name_tags.h"
#include "discovery/users/htpasswd.h"
#include "discovery/users/user_directory.h"
#include "policy/eval/program.h"
#include "proxy/app/config_actions.h"
#include "proxy/app/config_delivery.h"

namespace sallyport::app {

// Warns of apps, users, groups and tags in policies that nobody knows. Apps are not checked without
// a catalog, users and groups not without a directory, tags of files' names not without a list.
// `passwords` may be null.
void check_names(const policy::Program& program, const discovery::Catalog& catalog,
                 const discovery::Users& users, const discovery::Htpasswd* passwords,
                 const discovery::NameTags& name_tags, Diagnostics& found);

// Warns of policies that want copies of what they block where nothing says whom those are for.
// Warns where policies ask what no authority of devices is there to tell.
void check_devices(const policy::Program& program, bool there_are_any, Diagnostics& found);

void check_quarantine(const policy::Program& program, bool there_is_one, Diagnostics& found);

// Warns of receivers that want alerts of policies which are not there.
void check_receivers(const std::vector<ReceiverConfig>& receivers, const policy::Program& program,
                     Diagnostics& found);
// Likewise of actions that are called on alerts of such.
void check_actions(const std::vector<ActionConfig>& actions, const policy::Program& program,
                   Diagnostics& found);

}  // namespace sallyport::app
