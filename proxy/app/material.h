#pragma once
// Everything that stands in files and judges: read, checked and compiled (loader.h). `sallyport
// check` is that and nothing more; the gateway starts, and reloads, with exactly what check
// approves.

#include <memory>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/diagnostics.h"
#include "base/crypto/cms.h"
#include "discovery/users/htpasswd.h"
#include "policy/compile/policy_set.h"
#include "proxy/app/config.h"
#include "proxy/local/pac.h"
#include "proxy/session/snapshot.h"
#include "tls/verify/trust_store.h"

namespace sallyport::app {

struct Material {
  std::shared_ptr<const session::Snapshot> snapshot;
  std::shared_ptr<const policy::KeptPolicies> policies;  // what snapshot->policy was compiled from
  std::shared_ptr<const discovery::Htpasswd> passwords;  // null: nobody signs in
  // Whom copies of blocked uploads are enciphered to; null: none are kept.
  std::shared_ptr<const CmsRecipients> quarantine;
  local::PacConfig pac;
  std::shared_ptr<const tls::TrustStore> trust;  // the roots that origins may end in
  // Those of receivers of logs, one for each of config.logs.syslogs; null without TLS.
  std::vector<std::shared_ptr<const tls::TrustStore>> log_roots;
  std::vector<delivery::ReceiverOptions> receivers;  // of alerts
  std::vector<delivery::ReceiverOptions> actions;    // one for each of config.webhook_actions
};

// All of it once; every fault of every file at once.
Checked<Material> load_material(const Config& config, Time now, Diagnostics& warnings);

// "26 apps, 5 rules, 3 ranges ..." for the line at start and for check.
std::string describe(const Material& material);

}  // namespace sallyport::app
