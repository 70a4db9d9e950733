#include "proxy/delivery/carrier.h"

#include "proxy/delivery/curl_carriers.h"
#include "proxy/delivery/syslog_carrier.h"

namespace sallyport::delivery {

namespace {

// "https://user@host:1/path" to "https://host:1": a path of a webhook may be a secret.
std::string without_path(std::string_view url) {
  const std::size_t begin = url.find("://");
  const std::size_t host = begin == std::string_view::npos ? 0 : begin + 3;
  std::string_view authority = url.substr(host, url.find_first_of("/?#", host) - host);
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  return std::string(url.substr(0, host)) + std::string(authority);
}

}  // namespace

std::string_view type_of(const ReceiverOptions& receiver) {
  constexpr std::string_view kTypes[] = {"webhook", "mail", "syslog"};
  return kTypes[receiver.to.index()];
}

std::string place_of(const ReceiverOptions& receiver) {
  if (const auto* webhook = std::get_if<WebhookOptions>(&receiver.to)) {
    return without_path(webhook->url);
  }
  if (const auto* mail = std::get_if<MailOptions>(&receiver.to)) return without_path(mail->url);
  return to_string(std::get<SyslogOptions>(receiver.to).address);
}

std::unique_ptr<Carrier> make_carrier(const ReceiverOptions& options, const CarrierParts& parts) {
  if (std::holds_alternative<WebhookOptions>(options.to)) {
    return std::make_unique<WebhookCarrier>(options, parts);
  }
  if (std::holds_alternative<MailOptions>(options.to)) {
    return std::make_unique<MailCarrier>(options, parts);
  }
  return std::make_unique<SyslogCarrier>(options, parts);
}

}  // namespace sallyport::delivery
