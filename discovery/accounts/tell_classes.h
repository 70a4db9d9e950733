#pragma once
// Whose the addresses of an activity are, and whose the instance of the app that it happens in.

#include "discovery/accounts/mail_domain.h"
#include "discovery/accounts/own_tenants.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// Sets target_classes from the target's addresses and domains.
void tell_classes(const MailDomains& domains, policy::Details& details);

// Sets instance_kind. The first of these that knows says:
//
//   1. an own tenant that is listed: by the instance, else by the host
//   2. what the signature told: personal
//   3. the app's own tenants are listed, and the instance is none of them: other
//   4. the instance is a domain of one's own: corporate
//   5. the account's domain, as own tenants list it
//   6. the account's mail domain: one's own corporate, free mail personal, others other
//
// An activity without details gets them where 1. says something.
void tell_instance(const MailDomains& domains, const OwnTenants& tenants,
                   policy::Activity& activity);

}  // namespace sallyport::discovery
