#pragma once
// Factors of one app (risk.yaml) that cannot both be true, by what the words mean; nothing that is
// only unlikely. What is not written down contradicts nothing. (Single sign-on beside
// `user_authentication: false` is none: that says that one may also use the app without an
// account.)
//
//   - A rule for passwords, where there is no password policy.
//   - A certificate, or strict transport security (RFC 6797: it holds over TLS alone), where no
//     TLS is spoken.
//   - An authorisation by FedRAMP, whose baselines are taken from SP 800-53, without SP 800-53.
//   - A breach in a year before the one in which it was founded.
//
// Pure. A warning for each, at the factor that needs the other one.

#include "base/core/diagnostics.h"
#include "discovery/catalog/app.h"

namespace sallyport::discovery {

void check_factors(const App& app, Diagnostics& found);

}  // namespace sallyport::discovery
