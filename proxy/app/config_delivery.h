#pragma once
// alert_delivery: who gets alerts, beside the store.
//
//   alert_delivery:
//     - { name: soc, type: webhook, url: https://soc.example/hooks/alerts, secret_file: soc.secret
//     }
//     - { name: mail, type: mail, server: "smtps://mail.example", from: gw@example.org,
//         to: soc@example.org, user: gw, password_file: mail.secret, severity: high }
//     - { name: siem, type: syslog, server: siem.example, transport: tls, format: cef }
//
// A secret stands in a file or in a variable of the environment, never in the configuration.

#include <functional>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/yaml/reader.h"
#include "proxy/delivery/receiver_options.h"

namespace sallyport::app {

struct ReceiverConfig {
  delivery::ReceiverOptions options;  // without its secret and roots
  std::string secret_file;
  std::string secret_environment;  // the name of a variable
  std::vector<std::string> roots;  // PEM files; none: the system's
  Place place;

  bool operator==(const ReceiverConfig& other) const {
    return options == other.options && secret_file == other.secret_file &&
           secret_environment == other.secret_environment && roots == other.roots;
  }
};

// `configuration` is the whole; `in_folder` finds files that it names.
void read_alert_delivery(yaml::MapReader& configuration,
                         const std::function<std::string(const std::string&)>& in_folder,
                         std::vector<ReceiverConfig>& into);

// What every webhook has: url, plain, secret, roots, timeout, give_up_after. `into` has the name
// and the defaults.
void read_webhook_receiver(yaml::MapReader& map,
                           const std::function<std::string(const std::string&)>& in_folder,
                           ReceiverConfig& into);

// The files that load_receivers() reads.
std::vector<std::string> receiver_files(const std::vector<ReceiverConfig>& receivers,
                                        const std::string& system_roots);

// With their secrets and roots. Warns of secrets that others may read.
Checked<std::vector<delivery::ReceiverOptions>> load_receivers(
    const std::vector<ReceiverConfig>& receivers, const std::string& system_roots,
    Diagnostics& warnings);

}  // namespace sallyport::app
