#pragma once
// The closed lists of words that facts are made of. Each enumerator is written in YAML, events and
// reports exactly as it is spelled here (product vocabulary, section 17).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::policy {

// When in an exchange something is asked, in this order. A fact is known from some point on.
enum class Point : std::uint8_t { connect, request, upload, response, download };

// What a policy decides. `intercept` and `bypass` answer whether TLS is opened, the others what may
// be done. Records keep their numbers: a new one goes to the end.
enum class Action : std::uint8_t {
  allow,
  monitor,
  block,
  bypass,
  intercept,
  // These ask the person something, and are passed over where the answer is known (a grant,
  // policy/eval/standing.h).
  coach,          // not approved: go back or continue
  justify,        // a reason is wanted
  step_up,        // a second factor is wanted
  notice,         // this session is monitored: stops nothing, but a person is shown it first
  isolate,        // who navigates is sent to a browser that runs elsewhere; nothing else passes
  sign_in_again,  // asks too: the app's session ends first
};
constexpr std::size_t kActionCount = 11;

constexpr bool asks(Action action) {
  return (action >= Action::coach && action <= Action::notice) || action == Action::sign_in_again;
}
// Whether a grant may let somebody pass: an answer, or of what blocks the word of an operator.
constexpr bool can_be_granted(Action action) { return asks(action) || action == Action::block; }
// Whether nothing goes on to the origin.
constexpr bool stops(Action action) {
  return action == Action::block || action == Action::isolate ||
         (asks(action) && action != Action::notice);
}

// How much of an upload may go on before it is judged by what its bytes show.
enum class Hold : std::uint8_t {
  all,   // nothing
  tail,  // all but the end
};

// How wide an answer is, for the one person who gave it.
enum class GrantWidth : std::uint8_t {
  user,     // everything that the policy matches
  app,      // one app; of a host that is in none, its registrable domain
  address,  // one app, from one client address
};

// What a policy is about (product.md 6.1). One conflict rule: in the order written the first
// matching access or session policy decides; the first matching tls policy decides whether a
// connection is opened; all matching activity policies report; detections are fed with all that
// they match, behind the exchange (discovery/detect).
enum class Kind : std::uint8_t { access, session, activity, app_discovery, tls, detection };

// `rehearse` judges and records, but changes nothing.
enum class Mode : std::uint8_t { enforce, rehearse };

// How much an operator cares; for alerts and reports, never for the decision.
enum class AlertSeverity : std::uint8_t { informational, low, medium, high };

// What a policy guards against; for alerts and reports (product.md 6.1).
enum class RiskCategory : std::uint8_t {
  threat_detection,
  privileged_account_monitoring,
  compliance,
  dlp,
  discovery,
  sharing_control,
  access_control,
  configuration_monitoring,
};

enum class ActivityType : std::uint8_t {
  other,
  login,
  login_failed,
  logout,
  view,
  upload,
  download,
  create,
  edit,
  delete_,
  rename,
  move,
  copy,
  share,
  unshare,
  invite,
  post,
  comment,
  send,
  chat,
  prompt,
  print,
  paste,
  consent,
  admin,
};

enum class IpCategory : std::uint8_t {
  none,
  corporate,
  administrative,
  risky,
  vpn,
  cloud_provider,
  other
};

// What a host is for, so that what a page loads by itself is not taken for an app that somebody
// uses.
enum class HostKind : std::uint8_t {
  unknown,
  app,  // of the catalog
  tracker,
  advertising,
  analytics,
  cdn,
  infrastructure,  // updates, certificate status, connectivity checks, name look-ups
};

enum class AppTag : std::uint8_t { sanctioned, unsanctioned, monitored, custom_app };

// What kind of device a client runs on; `other` is also what cannot be told.
enum class DeviceType : std::uint8_t { desktop, mobile, tablet, other };

// A browser in which a person surfs, an installed program or app, or neither (robots, and what
// cannot be told).
enum class ClientApp : std::uint8_t { browser, mobile_and_desktop, other };

enum class AgentTag : std::uint8_t { native_client, outdated_browser, outdated_os, robot };

// A set of AgentTag. Four bits, so that an Activity carries its tags without an allocation.
class AgentTags {
 public:
  void add(AgentTag tag) { bits_ = static_cast<std::uint8_t>(bits_ | bit(tag)); }
  bool has(AgentTag tag) const { return (bits_ & bit(tag)) != 0; }
  bool empty() const { return bits_ == 0; }
  // Their words, sorted. Lives as long as the process.
  std::span<const std::string> texts() const;
  bool operator==(const AgentTags&) const = default;

 private:
  static std::uint8_t bit(AgentTag tag) {
    return static_cast<std::uint8_t>(1 << static_cast<std::uint8_t>(tag));
  }
  std::uint8_t bits_ = 0;
};

// The word of each, and the reading back. `words<E>()` lists them in order, for diagnostics.
// How a client turned down the certificate that we made for a name: by the alert that it sent, or
// by none. What a program does that pins its own, or that does not know our authority.
enum class ClientRefusal : std::uint8_t {
  unknown_ca,                // alert 48
  bad_certificate,           // alert 42
  certificate_unknown,       // alert 46
  closed_after_certificate,  // no alert: closed right after our certificate
};

// What of an activity its user may have been seen with before (SeenFacts).
enum class SeenTrait : std::uint8_t { action, address, app, country, device, isp };
constexpr std::size_t kSeenTraits = 6;
constexpr std::uint8_t bit_of(SeenTrait trait) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(trait));
}
// The words of a set of bits, sorted. Lives as long as the process.
std::span<const std::string> seen_trait_texts(std::uint8_t set);

std::string_view to_string(Point value);
std::string_view to_string(Action value);
std::string_view to_string(GrantWidth value);
std::string_view to_string(Hold value);
std::string_view to_string(Kind value);
std::string_view to_string(Mode value);
std::string_view to_string(AlertSeverity value);
std::string_view to_string(RiskCategory value);
std::string_view to_string(ActivityType value);
std::string_view to_string(IpCategory value);
std::string_view to_string(AppTag value);
std::string_view to_string(HostKind value);
std::string_view to_string(DeviceType value);
std::string_view to_string(ClientApp value);
std::string_view to_string(AgentTag value);
std::string_view to_string(ClientRefusal value);
std::string_view to_string(SeenTrait value);

std::span<const std::string_view> action_words();
std::span<const std::string_view> grant_width_words();
std::span<const std::string_view> hold_words();
std::span<const std::string_view> kind_words();
std::span<const std::string_view> mode_words();
std::span<const std::string_view> alert_severity_words();
std::span<const std::string_view> risk_category_words();
std::span<const std::string_view> weekday_words();            // mon, ..., sun
std::span<const std::string_view> certificate_fault_words();  // as tls/verify words them
std::span<const std::string_view> activity_type_words();
std::span<const std::string_view> ip_category_words();
std::span<const std::string_view> app_tag_words();
std::span<const std::string_view> host_kind_words();
std::span<const std::string_view> ip_tag_words();  // The built-in ones; sorted.
std::span<const std::string_view> app_category_words();
std::span<const std::string_view> device_tag_words();
std::span<const std::string_view> country_codes();  // ISO 3166-1 alpha-2 and XK; sorted

// Upper case only. "EU", "AP" and "??", which data of strangers holds, are no countries.
bool is_country_code(std::string_view code);
// Of details (details.h) and files.
std::span<const std::string_view> object_kind_words();
std::span<const std::string_view> target_class_words();
std::span<const std::string_view> target_link_words();
std::span<const std::string_view> instance_kind_words();
std::span<const std::string_view> outcome_words();
std::span<const std::string_view> permission_level_words();
std::span<const std::string_view> reading_words();
std::span<const std::string_view> transfer_step_words();
std::span<const std::string_view> scan_status_words();
std::span<const std::string_view> file_family_words();
std::span<const std::string_view> device_type_words();
std::span<const std::string_view> client_app_words();
std::span<const std::string_view> agent_tag_words();
std::span<const std::string_view> client_refusal_words();
std::span<const std::string_view> seen_trait_words();
// The usual browsers and operating systems; others have names of their own.
std::span<const std::string_view> browser_words();
std::span<const std::string_view> os_words();

std::optional<Action> parse_action(std::string_view word);
std::optional<GrantWidth> parse_grant_width(std::string_view word);
std::optional<Hold> parse_hold(std::string_view word);
std::optional<Kind> parse_kind(std::string_view word);
std::optional<AlertSeverity> parse_alert_severity(std::string_view word);
std::optional<RiskCategory> parse_risk_category(std::string_view word);
std::optional<ActivityType> parse_activity_type(std::string_view word);
std::optional<IpCategory> parse_ip_category(std::string_view word);
std::optional<AppTag> parse_app_tag(std::string_view word);
std::optional<HostKind> parse_host_kind(std::string_view word);
std::optional<DeviceType> parse_device_type(std::string_view word);
std::optional<ClientApp> parse_client_app(std::string_view word);
std::optional<AgentTag> parse_agent_tag(std::string_view word);
std::optional<ClientRefusal> parse_client_refusal(std::string_view word);
std::optional<SeenTrait> parse_seen_trait(std::string_view word);

}  // namespace sallyport::policy
