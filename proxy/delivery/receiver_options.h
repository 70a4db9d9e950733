#pragma once
// Who gets alerts, and how: what `alert_delivery` of the configuration comes to, with the secrets
// and roots that its files hold.
//
// INVARIANT: a secret stands in no message, log line or status; these values are never printed.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/host.h"
#include "discovery/alerts/delivery_store.h"
#include "proxy/export/syslog_connection.h"
#include "tls/verify/trust_store.h"

namespace sallyport::delivery {

// Whom to believe, for what goes by libcurl. Both empty: nobody.
struct Roots {
  std::string pem;   // certificates, one behind the other
  std::string file;  // where `pem` is empty: the system's

  bool operator==(const Roots&) const = default;
};

struct WebhookOptions {
  std::string url;     // https; http where the configuration allows it
  std::string secret;  // of the signature
  Roots roots;

  bool operator==(const WebhookOptions&) const = default;
};

struct MailOptions {
  std::string url;       // smtp://host:port or smtps://host:port
  bool need_tls = true;  // smtp: no mail without STARTTLS
  std::string user;      // "": does not sign in
  std::string password;
  std::string from;  // a bare address
  std::vector<std::string> to;
  std::string subject = "[Sallyport]";  // in front of each subject
  Roots roots;

  bool operator==(const MailOptions&) const = default;
};

enum class SyslogText : std::uint8_t { cef, json };

struct SyslogOptions {
  exporting::SyslogAddress address;
  std::shared_ptr<const tls::TrustStore> roots;  // TLS
  SyslogText text = SyslogText::cef;
  int facility = 16;  // local0; RFC 5424 table 1
  std::string app_name = "sallyport";
  std::string host_name = "-";  // "-": gateway.name
  std::size_t most = 8192;      // bytes of a message; at least kLeastMessage

  bool operator==(const SyslogOptions&) const = default;
};

struct ReceiverOptions {
  std::string name;  // [A-Za-z0-9_-]{1,64}; its place is kept by it
  discovery::AlertChoice choice;
  std::chrono::milliseconds timeout{10'000};         // of one try
  std::chrono::milliseconds give_up_after{900'000};  // an alert that is refused
  std::variant<WebhookOptions, MailOptions, SyslogOptions> to;

  bool operator==(const ReceiverOptions&) const = default;
};

// "webhook", "mail", "syslog"
std::string_view type_of(const ReceiverOptions& receiver);
// Where it is, without anything secret: the host and port.
std::string place_of(const ReceiverOptions& receiver);

}  // namespace sallyport::delivery
