#pragma once
// Whose the addresses of an activity are: whom it is opened to, and whose the account is.

#include "discovery/accounts/mail_domain.h"
#include "policy/activity/details.h"

namespace sallyport::discovery {

// Sets target_classes from the target's addresses and domains; and instance_kind from the
// account's, where nothing else told it: corporate for one's own, personal for free mail, other for
// others.
void tell_classes(const MailDomains& domains, policy::Details& details);

}  // namespace sallyport::discovery
