#include "proxy/app/config_delivery.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/core/file.h"
#include "base/core/text.h"
#include "discovery/logs/syslog_message.h"
#include "proxy/delivery/delivery.h"
#include "proxy/delivery/mail_message.h"
#include "proxy/delivery/syslog_alert.h"

namespace sallyport::app {

namespace {

using delivery::MailOptions;
using delivery::ReceiverOptions;
using delivery::SyslogOptions;
using delivery::WebhookOptions;
using exporting::SyslogTransport;
using yaml::MapReader;
using yaml::Node;

using InFolder = std::function<std::string(const std::string&)>;

constexpr std::size_t kMostUrl = 2048;  // bytes
constexpr std::size_t kMostName = 64;   // characters
constexpr std::size_t kMostSecret = 4096;
constexpr std::size_t kLeastSecret = 16;  // of a webhook: it is a key
constexpr std::size_t kMostRecipients = 50;
constexpr std::size_t kMostSubject = 60;  // bytes

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMostName && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
  });
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_loopback(const Host& host) {
  if (!host.is_address()) return host.text() == "localhost";
  static const IpPrefix kLoopback = *IpPrefix::parse("127.0.0.0/8");
  return kLoopback.contains(*host.address()) || *host.address() == *IpAddress::parse("::1");
}

// Between two spans.
std::chrono::milliseconds read_span(MapReader& map, std::string_view key,
                                    std::chrono::milliseconds fallback,
                                    std::chrono::milliseconds least,
                                    std::chrono::milliseconds most) {
  const auto span = map.duration(key, fallback);
  if (span >= least && span <= most) return span;
  map.diagnostics().error(map.node(key)->place, fmt::format("'{}' is out of range", key),
                          format_duration(least) + " to " + format_duration(most));
  return fallback;
}

void read_choice(MapReader& map, discovery::AlertChoice& choice) {
  const auto severities = policy::alert_severity_words();
  if (const auto least = map.word("severity", {severities.begin(), severities.end()})) {
    choice.least = static_cast<policy::AlertSeverity>(*least);
  }
  const auto categories = policy::risk_category_words();
  for (const auto& word : map.texts("categories")) {
    if (const auto category = policy::parse_risk_category(*word)) {
      choice.categories.push_back(*category);
      continue;
    }
    std::string hint = did_you_mean(*word, {categories.begin(), categories.end()});
    if (hint.empty()) hint = fmt::format("one of {}", fmt::join(categories, ", "));
    map.diagnostics().error(word.place, "'" + printable(*word) + "' is no category of alerts",
                            std::move(hint));
  }
  for (const auto& policy : map.texts("policies")) choice.policies.push_back(*policy);
  constexpr std::size_t kMostPolicies = 100;
  if (choice.policies.size() > kMostPolicies) {
    map.diagnostics().error(map.node("policies")->place, "more than 100 policies",
                            "leave 'policies' out for all");
  }
}

void read_secret(MapReader& map, std::string_view file_key, std::string_view environment_key,
                 bool needed, const InFolder& in_folder, ReceiverConfig& into) {
  into.secret_file = in_folder(*map.text(file_key));
  const auto variable = map.text(environment_key);
  into.secret_environment = *variable;
  const bool both = map.has(file_key) && map.has(environment_key);
  if (both || (needed && into.secret_file.empty() && into.secret_environment.empty())) {
    map.diagnostics().error(both ? variable.place : map.place(),
                            fmt::format("{}'{}' or '{}'{}", both ? "" : "it needs ", file_key,
                                        environment_key, both ? ", not both" : ""));
  }
}

// What stands in front of the path; nothing where the URL cannot be used.
std::optional<Authority> authority_of(std::string_view url, std::string_view scheme,
                                      std::uint16_t port) {
  if (url.size() > kMostUrl || !is_plain(url) || !url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  return Authority::parse(url.substr(0, url.find_first_of("/?#")), port);
}

// `what` it gets.
void read_webhook(MapReader& map, std::string_view what, const InFolder& in_folder,
                  ReceiverConfig& into) {
  WebhookOptions& to = into.options.to.emplace<WebhookOptions>();
  const auto url = map.required_text("url");
  to.url = *url;
  const bool plain_allowed = map.boolean("plain", false);
  const auto plain = authority_of(*url, "http://", 80);
  if (!plain && !authority_of(*url, "https://", 443)) {
    if (!url->empty()) {
      map.diagnostics().error(url.place, "'" + printable(*url) + "' is no URL of a webhook",
                              "write https://soc.example/hooks/alerts");
    }
  } else if (plain && !plain_allowed && !is_loopback(plain->host)) {
    map.diagnostics().error(url.place,
                            fmt::format("{} would go over the network without TLS", what),
                            "write https://, or 'plain: true' where that is meant");
  }
  read_secret(map, "secret_file", "secret_environment", true, in_folder, into);
}

void read_addresses(MapReader& map, MailOptions& to) {
  const auto check = [&map](const Spanned<std::string>& address) {
    if (address->empty() || delivery::is_mail_address(*address)) return;
    map.diagnostics().error(address.place, "'" + printable(*address) + "' is no mail address",
                            "write soc@example.org");
  };
  const auto from = map.required_text("from");
  check(from);
  to.from = *from;
  map.required("to");
  const auto all = map.texts("to");
  for (const auto& one : all) {
    check(one);
    to.to.push_back(*one);
  }
  if (map.has("to") && (all.empty() || all.size() > kMostRecipients)) {
    map.diagnostics().error(map.node("to")->place, "a mail goes to 1 to 50 addresses");
  }
  const auto subject = map.text("subject", to.subject);
  to.subject = *subject;
  if (subject->size() > kMostSubject || printable(*subject) != *subject) {
    map.diagnostics().error(subject.place, "this cannot begin a subject",
                            "at most 60 bytes of printable text");
  }
}

void read_mail(MapReader& map, const InFolder& in_folder, ReceiverConfig& into) {
  MailOptions& to = into.options.to.emplace<MailOptions>();
  const auto server = map.required_text("server");
  const bool smtps = server->starts_with("smtps://");
  const std::string_view scheme = smtps ? "smtps://" : "smtp://";
  const auto authority = authority_of(*server, scheme, smtps ? 465 : 25);
  const std::string_view rest =
      authority ? std::string_view(*server).substr(scheme.size()) : std::string_view();
  if (authority && rest.find_first_of("/?#") == std::string_view::npos) {
    to.url = std::string(scheme) + authority->to_string();
  } else if (!server->empty()) {
    map.diagnostics().error(server.place, "'" + printable(*server) + "' is no mail server",
                            "write smtps://mail.example or smtp://mail.example:587");
  }
  to.need_tls = !map.boolean("plain", false);
  read_addresses(map, to);
  const auto user = map.text("user");
  to.user = *user;
  read_secret(map, "password_file", "password_environment", !user->empty(), in_folder, into);
  if (!to.user.empty() && !to.need_tls && !smtps && authority && !is_loopback(authority->host)) {
    map.diagnostics().error(user.place, "the password would go over the network without TLS",
                            "leave 'plain' out, or 'user'");
  }
}

std::string read_word(MapReader& map, std::string_view key, const std::string& fallback,
                      std::size_t most) {
  const auto word = map.text(key, fallback);
  if (!discovery::is_syslog_word(*word, most)) {
    map.diagnostics().error(word.place, fmt::format("'{}' cannot be {}", printable(*word), key),
                            fmt::format("1 to {} printable characters of ASCII", most));
  }
  return *word;
}

void read_syslog(MapReader& map, ReceiverConfig& into) {
  SyslogOptions& to = into.options.to.emplace<SyslogOptions>();
  exporting::SyslogAddress& address = to.address;
  const auto transport = map.word("transport", {"udp", "tcp", "tls"});
  address.transport = static_cast<SyslogTransport>(transport.value_or(0));
  const bool tls = address.transport == SyslogTransport::tls;
  const bool udp = address.transport == SyslogTransport::udp;
  const auto server = map.required_text("server");
  if (const auto authority = Authority::parse(*server, tls ? 6514 : 514)) {
    address.host = authority->host;
    address.port = authority->port;
  } else if (!server->empty()) {
    map.diagnostics().error(server.place, "'" + printable(*server) + "' is no receiver",
                            "write siem.example, siem.example:6514 or 192.0.2.5:514");
  }
  if (map.word("format", {"cef", "json"}) == std::size_t{1}) to.text = delivery::SyslogText::json;
  if (const auto facility = map.word("facility", discovery::facility_words())) {
    to.facility = static_cast<int>(*facility);
  }
  to.app_name = read_word(map, "app_name", to.app_name, 48);
  to.host_name = read_word(map, "host_name", to.host_name, 255);
  const std::uint64_t most = map.bytes("max_message", udp ? 2048 : 8192);
  if (most < delivery::kLeastMessage || most > (udp ? 65'000 : 1 << 20)) {
    map.diagnostics().error(
        map.node("max_message")->place, "'max_message' is out of range",
        fmt::format("{} to {} bytes", delivery::kLeastMessage, udp ? 65'000 : 1 << 20));
  }
  to.most = static_cast<std::size_t>(most);
  const auto name = map.text("server_name", address.host.in_authority());
  if (const auto host = Host::parse(*name)) {
    address.server_name = *host;
  } else if (!address.host.empty()) {
    map.diagnostics().error(name.place, "'" + printable(*name) + "' is no host name");
  }
  for (const std::string_view key : {"roots", "server_name"}) {
    if (tls || !map.has(key)) continue;
    map.diagnostics().error(map.node(key)->place, fmt::format("'{}' is for TLS only", key),
                            "transport: tls");
  }
}

void read_receiver(const Node& node, Diagnostics& diagnostics, const InFolder& in_folder,
                   std::vector<ReceiverConfig>& into) {
  MapReader map(node, diagnostics, "receiver");
  ReceiverConfig receiver;
  receiver.place = node.place;
  const auto name = map.required_text("name");
  receiver.options.name = *name;
  if (!name->empty() && !is_name(*name)) {
    diagnostics.error(name.place, "'" + printable(*name) + "' is no name of a receiver",
                      "1 to 64 letters, digits, - and _");
  }
  if (std::ranges::any_of(into, [&](const auto& one) { return one.options.name == *name; })) {
    diagnostics.error(name.place, "two receivers are called '" + printable(*name) + "'");
  }
  read_choice(map, receiver.options.choice);
  receiver.options.timeout = read_span(map, "timeout", receiver.options.timeout,
                                       std::chrono::seconds(1), std::chrono::minutes(2));
  receiver.options.give_up_after = read_span(map, "give_up_after", receiver.options.give_up_after,
                                             std::chrono::seconds(1), std::chrono::hours(24 * 7));
  for (const auto& root : map.texts("roots")) receiver.roots.push_back(in_folder(*root));
  map.required("type");
  const auto type = map.word("type", {"webhook", "mail", "syslog"});
  if (!type) return;  // What else it may have depends on it.
  if (*type == 0) {
    read_webhook(map, "alerts", in_folder, receiver);
  } else if (*type == 1) {
    read_mail(map, in_folder, receiver);
  } else {
    read_syslog(map, receiver);
  }
  map.finish();
  into.push_back(std::move(receiver));
}

bool speaks_tls(const ReceiverConfig& receiver) {
  const auto* syslog = std::get_if<SyslogOptions>(&receiver.options.to);
  return syslog == nullptr || syslog->address.transport == SyslogTransport::tls;
}

std::string read_secret_of(const ReceiverConfig& receiver, Diagnostics& faults,
                           Diagnostics& warnings) {
  std::string secret;
  if (!receiver.secret_environment.empty()) {
    const char* value = std::getenv(receiver.secret_environment.c_str());
    if (value == nullptr || *value == '\0') {
      faults.error(receiver.place, "the environment has no '" +
                                       printable(receiver.secret_environment) +
                                       "' with the secret of this receiver");
    } else {
      secret = value;
    }
  } else if (!receiver.secret_file.empty()) {
    Result<std::string> text = read_regular_file(receiver.secret_file, kMostSecret);
    if (text) {
      secret = std::move(*text);
      while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
      struct stat about{};
      if (::stat(receiver.secret_file.c_str(), &about) == 0 && (about.st_mode & S_IROTH) != 0) {
        warnings.warning(receiver.place,
                         "everybody on this machine can read the secret of this receiver",
                         "chmod 600 " + printable(receiver.secret_file));
      }
    } else {
      faults.error(receiver.place,
                   "cannot read the secret of this receiver: " + text.error().detail);
      return secret;
    }
    if (secret.empty()) {
      faults.error(receiver.place, "the file of this receiver's secret is empty");
    }
  }
  return secret;
}

}  // namespace

void read_webhook_receiver(MapReader& map, const InFolder& in_folder, ReceiverConfig& into) {
  into.options.timeout = read_span(map, "timeout", into.options.timeout, std::chrono::seconds(1),
                                   std::chrono::minutes(2));
  into.options.give_up_after = read_span(map, "give_up_after", into.options.give_up_after,
                                         std::chrono::seconds(1), std::chrono::hours(24 * 7));
  for (const auto& root : map.texts("roots")) into.roots.push_back(in_folder(*root));
  read_webhook(map, "calls", in_folder, into);
}

void read_alert_delivery(MapReader& configuration, const InFolder& in_folder,
                         std::vector<ReceiverConfig>& into) {
  configuration.each("alert_delivery", [&](const Node& node) {
    read_receiver(node, configuration.diagnostics(), in_folder, into);
  });
  if (into.size() > delivery::Delivery::kMostReceivers) {
    configuration.diagnostics().error(
        configuration.node("alert_delivery")->place,
        fmt::format("more than {} receivers of alerts", delivery::Delivery::kMostReceivers));
  }
}

std::vector<std::string> receiver_files(const std::vector<ReceiverConfig>& receivers,
                                        const std::string& system_roots) {
  std::vector<std::string> files;
  for (const ReceiverConfig& one : receivers) {
    if (!one.secret_file.empty()) files.push_back(one.secret_file);
    if (!speaks_tls(one)) continue;
    files.insert(files.end(), one.roots.begin(), one.roots.end());
    if (one.roots.empty() && !system_roots.empty()) files.push_back(system_roots);
  }
  return files;
}

Checked<std::vector<ReceiverOptions>> load_receivers(const std::vector<ReceiverConfig>& receivers,
                                                     const std::string& system_roots,
                                                     Diagnostics& warnings) {
  std::vector<ReceiverOptions> loaded;
  Diagnostics faults;
  for (const ReceiverConfig& one : receivers) {
    ReceiverOptions& options = loaded.emplace_back(one.options);
    std::string secret = read_secret_of(one, faults, warnings);
    std::shared_ptr<const tls::TrustStore> trust;
    delivery::Roots roots;
    if (speaks_tls(one)) {
      auto store =
          tls::TrustStore::load({one.roots.empty() ? system_roots : std::string(), one.roots});
      if (!store) {
        faults.error(one.place,
                     "the roots of this receiver cannot be loaded: " + store.error().detail);
        continue;
      }
      trust = std::move(*store);
      if (one.roots.empty()) {
        roots.file = system_roots;
      } else {
        for (const tls::Certificate& root : trust->roots()) roots.pem += root.to_pem();
      }
    }
    if (auto* webhook = std::get_if<WebhookOptions>(&options.to)) {
      if (!secret.empty() && secret.size() < kLeastSecret) {
        faults.error(one.place, "the secret of this receiver is shorter than 16 characters",
                     "openssl rand -hex 32");
      }
      webhook->secret = std::move(secret);
      webhook->roots = std::move(roots);
    } else if (auto* mail = std::get_if<MailOptions>(&options.to)) {
      mail->password = std::move(secret);
      mail->roots = std::move(roots);
    } else {
      std::get<SyslogOptions>(options.to).roots = std::move(trust);
    }
  }
  if (faults.has_errors()) return std::unexpected(std::move(faults));
  return loaded;
}

}  // namespace sallyport::app
