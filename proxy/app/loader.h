#pragma once
// Reads everything that judges, and later again what changed on disk and nothing else.
//
//   Loader loader(config);
//   Loader::Outcome outcome = loader.look(clock.now());   // the first look reads everything
//   if (outcome.found.has_errors()) ... nothing can start
//   loader.material()
//
// A part is what one set of files makes: the rules, the catalog, the ranges and feeds, ... A part
// whose files are faulty stays as it was, and the others go on: a feed is renewed although somebody
// is half-way through a policy. Whether a file changed is told by its stamp, not by its content.
//
// INVARIANT: a part is made from one state of its files, or made again at the next look: its stamps
// are taken before it is read.
// Thread rule: one thread at a time; it reads files and compiles, so never a worker's.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/diagnostics.h"
#include "policy/compile/compile.h"
#include "proxy/app/config.h"
#include "proxy/app/file_stamp.h"
#include "proxy/app/material.h"
#include "proxy/app/names.h"
#include "proxy/app/policy_files.h"

namespace sallyport::app {

class Loader {
 public:
  explicit Loader(Config config);

  struct Outcome {
    std::vector<std::string_view> rebuilt;  // names of the parts that were made anew
    std::vector<std::string_view> faulty;   // ... whose files cannot be used as they are now
    std::vector<std::string> unsettled;     // files that somebody is writing: look again soon
    Diagnostics found;                      // of what was read now: errors and warnings
    // Keys of the configuration that differ from those that the gateway was started with and need a
    // restart; told once per change of the file.
    std::vector<std::string_view> need_restart;
  };
  Outcome look(Time now);

  // What the last good state of every part comes to. A new object after each look that rebuilt
  // something. Before the first look: no rules, no apps, nobody.
  const Material& material() const { return material_; }
  // As the file says now, but for what needs a restart.
  const Config& config() const { return config_; }

  // By whom names are hidden, from the first look on; null: they are not.
  const NameCipherPtr& names() const { return names_; }

  // Parts that are not in force as their files say.
  std::vector<std::string_view> faulty() const;
  // Where changes to what was read would happen.
  std::set<std::string> folders() const;

 private:
  // INVARIANT: `value` is the last good one; `stamps` are those of the last try.
  template <class T>
  struct Part {
    std::string_view name;
    T value{};
    FileStamps stamps;
    std::string hash;  // of the content that made `value`
    bool tried = false;
    bool faulty = false;
  };
  struct Look;
  template <class T, class Make>
  bool renew(Look& look, Part<T>& part, const std::vector<std::string>& paths, bool force,
             Make make);
  void renew_config(Look& look);
  template <class Visit>
  void each_part(Visit visit) const;
  void assemble();

  Config config_;
  Config
      started_;  // What the file said at the first look: what needs a restart is compared with it.
  bool looked_ = false;
  Part<std::optional<Config>> file_{"configuration"};
  Part<LoadedProgram> policies_{"policies"};
  policy::CompileOptions policy_options_;  // that policies_ was made with
  Part<std::shared_ptr<const discovery::Catalog>> catalog_{"catalog"};
  Part<std::shared_ptr<const discovery::SignatureBook>> signatures_{"signatures"};
  Part<std::shared_ptr<const discovery::Catalog>> app_tags_{"app tags"};
  Part<std::shared_ptr<const discovery::Catalog>> app_risk_{"app risk"};  // the whole catalog
  Part<std::shared_ptr<const discovery::MailDomains>> mail_domains_{"mail domains"};
  Part<std::shared_ptr<const discovery::OwnTenants>> own_tenants_{"own tenants"};
  Part<std::shared_ptr<const discovery::ScopeLevels>> consent_scopes_{"consent scopes"};
  Part<std::shared_ptr<const discovery::NameTags>> file_names_{"file names"};
  Part<std::shared_ptr<const discovery::NoiseHosts>> noise_{"noise"};
  Part<std::shared_ptr<const discovery::PublicSuffixes>> suffixes_{"public suffixes"};
  Part<std::shared_ptr<const discovery::IpTags>> addresses_{"address tags"};
  Part<std::shared_ptr<const discovery::Geo>> geo_{"geo"};
  std::vector<discovery::GeoSource> geo_sources_;  // that geo_ was made from
  Part<std::shared_ptr<const discovery::Agents>> agents_{"user agents"};
  Part<std::shared_ptr<const discovery::Users>> users_{"users"};
  Part<std::shared_ptr<const discovery::Htpasswd>> passwords_{"passwords"};
  Part<std::shared_ptr<const CmsRecipients>> quarantine_{"quarantine"};
  Part<std::shared_ptr<const tls::ClientAuthorities>> devices_{"devices"};
  std::vector<Config::Devices> devices_of_;  // that devices_ was made of
  Part<local::PacConfig> pac_{"PAC"};
  Part<std::shared_ptr<const tls::TrustStore>> roots_{"roots"};
  Part<std::vector<std::shared_ptr<const tls::TrustStore>>> log_roots_{"roots of log receivers"};
  Part<std::vector<delivery::ReceiverOptions>> receivers_{"receivers of alerts"};
  std::vector<ReceiverConfig> receivers_of_;  // that receivers_ was made of
  Part<std::vector<delivery::ReceiverOptions>> actions_{"webhook actions"};
  std::vector<ReceiverConfig> actions_of_;
  NameCipherPtr names_;
  std::shared_ptr<const discovery::Users> hidden_users_;  // of hidden_of_
  std::shared_ptr<const discovery::Users> hidden_of_;
  Material material_;
};

}  // namespace sallyport::app
