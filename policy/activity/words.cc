#include "policy/activity/words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace sallyport::policy {
namespace {

using std::string_view;

// Each array is in the order of its enumerators; the sizes are checked against the last of them.
constexpr std::array<string_view, 5> kPoints = {"connect", "request", "upload", "response",
                                                "download"};
static_assert(kPoints.size() == static_cast<std::size_t>(Point::download) + 1);

constexpr std::array<string_view, kActionCount> kActionWords = {
    "allow",   "monitor", "block",  "bypass",  "intercept",    "coach",
    "justify", "step_up", "notice", "isolate", "sign_in_again"};
static_assert(kActionWords.size() == static_cast<std::size_t>(Action::sign_in_again) + 1);

constexpr std::array<string_view, 2> kHolds = {"all", "tail"};
constexpr std::array<string_view, 3> kGrantWidths = {"user", "app", "address"};
static_assert(kGrantWidths.size() == static_cast<std::size_t>(GrantWidth::address) + 1);

constexpr std::array<string_view, 6> kKinds = {"access",        "session", "activity",
                                               "app_discovery", "tls",     "detection"};
static_assert(kKinds.size() == static_cast<std::size_t>(Kind::detection) + 1);

constexpr std::array<string_view, 2> kModes = {"enforce", "rehearse"};
static_assert(kModes.size() == static_cast<std::size_t>(Mode::rehearse) + 1);

constexpr std::array<string_view, 4> kAlertSeverities = {"informational", "low", "medium", "high"};
static_assert(kAlertSeverities.size() == static_cast<std::size_t>(AlertSeverity::high) + 1);

constexpr std::array<string_view, 8> kRiskCategories = {
    "threat_detection", "privileged_account_monitoring",
    "compliance",       "dlp",
    "discovery",        "sharing_control",
    "access_control",   "configuration_monitoring"};
static_assert(kRiskCategories.size() ==
              static_cast<std::size_t>(RiskCategory::configuration_monitoring) + 1);

constexpr std::array<string_view, 7> kWeekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// The words of tls/verify, which may not be seen from here; a test there compares them.
constexpr std::array kCertificateFaults = std::to_array<string_view>({
    "own_authority",
    "known_bad",
    "revoked",
    "empty_chain",
    "malformed",
    "untrusted_root",
    "self_signed",
    "missing_intermediate",
    "bad_signature",
    "wrong_host",
    "no_san",
    "expired",
    "not_yet_valid",
    "weak_signature",
    "weak_key",
    "name_constraint",
    "path_length",
    "not_a_ca",
    "wrong_purpose",
    "unknown_critical_extension",
    "staple_invalid",
    "staple_required",
    "revocation_unknown",
    "other",
});

constexpr std::array<string_view, 25> kActivityTypes = {
    "other",   "login",  "login_failed", "logout",  "view", "upload", "download",
    "create",  "edit",   "delete",       "rename",  "move", "copy",   "share",
    "unshare", "invite", "post",         "comment", "send", "chat",   "prompt",
    "print",   "paste",  "consent",      "admin"};
static_assert(kActivityTypes.size() == static_cast<std::size_t>(ActivityType::admin) + 1);
static_assert(kActivityTypes[static_cast<std::size_t>(ActivityType::delete_)] == "delete");

constexpr std::array<string_view, 7> kIpCategories = {
    "none", "corporate", "administrative", "risky", "vpn", "cloud_provider", "other"};
static_assert(kIpCategories.size() == static_cast<std::size_t>(IpCategory::other) + 1);

// What a client certificate on a TLS listener can prove.
constexpr std::array<string_view, 4> kDeviceTags = {"managed", "compliant", "domain_joined",
                                                    "valid_client_certificate"};

constexpr std::array<string_view, 4> kAppTags = {"sanctioned", "unsanctioned", "monitored",
                                                 "custom_app"};
static_assert(kAppTags.size() == static_cast<std::size_t>(AppTag::custom_app) + 1);

constexpr std::array<string_view, 7> kHostKinds = {
    "unknown", "app", "tracker", "advertising", "analytics", "cdn", "infrastructure"};
static_assert(kHostKinds.size() == static_cast<std::size_t>(HostKind::infrastructure) + 1);

constexpr std::array kIpTags = std::to_array<string_view>({
    "akamai",
    "anonymous_proxy",
    "aws",
    "azure",
    "botnet",
    "brute_force_attacker",
    "cisco_cws",
    "darknet_scanning",
    "exchange_online",
    "gcp",
    "internal_network",
    "malware_cnc",
    "mcafee_web_gateway",
    "microsoft_cloud",
    "microsoft_hosting",
    "office_365",
    "remote_connectivity_analyzer",
    "salesforce_cloud",
    "satellite_provider",
    "scansafe",
    "sharepoint_online",
    "symantec_cloud",
    "tor",
    "zscaler",
});
static_assert(std::is_sorted(kIpTags.begin(), kIpTags.end()));

constexpr std::array kObjectKinds = std::to_array<string_view>({
    "app",          "board",   "branch",       "bucket",   "calendar", "channel",    "chat",
    "commit",       "contact", "conversation", "database", "device",   "document",   "drive",
    "envelope",     "event",   "file",         "folder",   "form",     "function",   "group",
    "instance",     "issue",   "key",          "list",     "mail",     "meeting",    "message",
    "model",        "network", "other",        "page",     "pipeline", "policy",     "project",
    "pull_request", "query",   "record",       "release",  "report",   "repository", "role",
    "secret",       "setting", "site",         "task",     "token",    "user",       "webhook",
});
static_assert(std::is_sorted(kObjectKinds.begin(), kObjectKinds.end()));

constexpr std::array<string_view, 4> kTargetClasses = {"disposable", "external", "internal",
                                                       "personal"};
constexpr std::array<string_view, 3> kTargetLinks = {"anyone", "organization", "people"};
constexpr std::array<string_view, 3> kInstanceKinds = {"corporate", "personal", "other"};
constexpr std::array<string_view, 3> kOutcomes = {"success", "failed", "second_factor"};
constexpr std::array<string_view, 3> kPermissionLevels = {"low", "medium", "high"};
constexpr std::array<string_view, 2> kReadings = {"whole", "partial"};
constexpr std::array<string_view, 4> kTransferSteps = {"start", "part", "finish", "cancel"};
constexpr std::array<string_view, 11> kScanStatuses = {
    "completed",     "not_applicable",   "pending",          "encrypted",
    "corrupted",     "too_large",        "too_long_partial", "download_error",
    "access_denied", "unsupported_type", "internal_error"};
constexpr std::array<string_view, 14> kFileFamilies = {
    "archive", "audio", "database",     "document", "executable",  "image", "key",
    "mail",    "other", "presentation", "script",   "spreadsheet", "text",  "video"};

constexpr std::array<string_view, 4> kDeviceTypes = {"desktop", "mobile", "tablet", "other"};
static_assert(kDeviceTypes.size() == static_cast<std::size_t>(DeviceType::other) + 1);

constexpr std::array<string_view, 3> kClientApps = {"browser", "mobile_and_desktop", "other"};
static_assert(kClientApps.size() == static_cast<std::size_t>(ClientApp::other) + 1);

// Sorted, which AgentTags::texts() promises.
constexpr std::array<string_view, 4> kAgentTags = {"native_client", "outdated_browser",
                                                   "outdated_os", "robot"};
static_assert(kAgentTags.size() == static_cast<std::size_t>(AgentTag::robot) + 1);
static_assert(std::is_sorted(kAgentTags.begin(), kAgentTags.end()));

constexpr std::array<string_view, 4> kClientRefusals = {
    "unknown_ca", "bad_certificate", "certificate_unknown", "closed_after_certificate"};
static_assert(kClientRefusals.size() ==
              static_cast<std::size_t>(ClientRefusal::closed_after_certificate) + 1);

// Sorted, which seen_trait_texts() promises.
constexpr std::array<string_view, kSeenTraits> kSeenTraitWords = {"action",  "address", "app",
                                                                  "country", "device",  "isp"};
static_assert(kSeenTraitWords.size() == static_cast<std::size_t>(SeenTrait::isp) + 1);
static_assert(std::is_sorted(kSeenTraitWords.begin(), kSeenTraitWords.end()));

constexpr std::array kBrowsers = std::to_array<string_view>({
    "android_webview",
    "brave",
    "chrome",
    "chromium",
    "duckduckgo",
    "edge",
    "firefox",
    "internet_explorer",
    "ios_webview",
    "opera",
    "opera_mini",
    "opera_mobile",
    "safari",
    "samsung_internet",
    "vivaldi",
    "yandex_browser",
});

constexpr std::array kSystems =
    std::to_array<string_view>({"android", "chrome_os", "freebsd", "ios", "linux", "macos", "tizen",
                                "windows", "windows_phone"});

constexpr std::array kAppCategories = std::to_array<string_view>({
    "accounting_and_finance",
    "ads_and_tracking",
    "advertising",
    "business_intelligence",
    "business_management",
    "cloud_computing_platform",
    "cloud_storage",
    "code_hosting",
    "collaboration",
    "communications",
    "content_management",
    "content_sharing",
    "crm",
    "customer_support",
    "data_analytics",
    "development_tools",
    "ecommerce",
    "education",
    "file_transfer",
    "forums",
    "generative_ai",
    "health",
    "hosting_services",
    "human_resource_management",
    "infrastructure",
    "internet_of_things",
    "it_services",
    "marketing",
    "news_and_entertainment",
    "online_meetings",
    "operations_management",
    "paste",
    "personal_instant_messaging",
    "product_design",
    "productivity",
    "project_management",
    "property_management",
    "remote_access",
    "sales",
    "security",
    "social_network",
    "supply_chain_and_logistics",
    "transportation_and_travel",
    "vendor_management_system",
    "vpn_and_proxy",
    "web_analytics",
    "webmail",
    "website_monitoring",
});
static_assert(std::is_sorted(kAppCategories.begin(), kAppCategories.end()));

// ISO 3166-1 alpha-2, and XK, the code that everybody uses for Kosovo.
constexpr std::array kCountryCodes = std::to_array<string_view>({
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA", "ZM", "ZW",
});
static_assert(std::is_sorted(kCountryCodes.begin(), kCountryCodes.end()));
static_assert(kCountryCodes.size() == 250);

template <class E, std::size_t N>
string_view word_of(const std::array<string_view, N>& words, E value) {
  return words[static_cast<std::size_t>(value)];
}

template <class E, std::size_t N>
std::optional<E> value_of(const std::array<string_view, N>& words, string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<E>(found - words.begin());
}

}  // namespace

std::string_view to_string(Point value) { return word_of(kPoints, value); }
std::string_view to_string(Action value) { return word_of(kActionWords, value); }
std::string_view to_string(Hold value) { return word_of(kHolds, value); }
std::string_view to_string(GrantWidth value) { return word_of(kGrantWidths, value); }
std::string_view to_string(Kind value) { return word_of(kKinds, value); }
std::string_view to_string(Mode value) { return word_of(kModes, value); }
std::string_view to_string(AlertSeverity value) { return word_of(kAlertSeverities, value); }
std::string_view to_string(RiskCategory value) { return word_of(kRiskCategories, value); }
std::string_view to_string(ActivityType value) { return word_of(kActivityTypes, value); }
std::string_view to_string(IpCategory value) { return word_of(kIpCategories, value); }
std::string_view to_string(AppTag value) { return word_of(kAppTags, value); }
std::string_view to_string(HostKind value) { return word_of(kHostKinds, value); }
std::string_view to_string(DeviceType value) { return word_of(kDeviceTypes, value); }
std::string_view to_string(ClientApp value) { return word_of(kClientApps, value); }
std::string_view to_string(AgentTag value) { return word_of(kAgentTags, value); }
std::string_view to_string(ClientRefusal value) { return word_of(kClientRefusals, value); }
std::string_view to_string(SeenTrait value) { return word_of(kSeenTraitWords, value); }

std::span<const std::string> seen_trait_texts(std::uint8_t set) {
  static const auto kTexts = [] {
    std::array<std::vector<std::string>, 1 << kSeenTraits> lists;
    for (std::size_t each = 0; each < lists.size(); ++each) {
      for (std::size_t trait = 0; trait < kSeenTraits; ++trait) {
        if ((each >> trait & 1) != 0) lists[each].emplace_back(kSeenTraitWords[trait]);
      }
    }
    return lists;
  }();
  return kTexts[set % kTexts.size()];
}

std::span<const std::string> AgentTags::texts() const {
  // One list per set.
  static const auto kTexts = [] {
    std::array<std::vector<std::string>, 1 << kAgentTags.size()> lists;
    for (std::size_t set = 0; set < lists.size(); ++set) {
      for (std::size_t tag = 0; tag < kAgentTags.size(); ++tag) {
        if ((set >> tag & 1) != 0) lists[set].emplace_back(kAgentTags[tag]);
      }
    }
    return lists;
  }();
  return kTexts[bits_];
}

std::span<const std::string_view> action_words() { return kActionWords; }
std::span<const std::string_view> hold_words() { return kHolds; }
std::span<const std::string_view> grant_width_words() { return kGrantWidths; }
std::span<const std::string_view> kind_words() { return kKinds; }
std::span<const std::string_view> mode_words() { return kModes; }
std::span<const std::string_view> alert_severity_words() { return kAlertSeverities; }
std::span<const std::string_view> risk_category_words() { return kRiskCategories; }
std::span<const std::string_view> weekday_words() { return kWeekdays; }
std::span<const std::string_view> certificate_fault_words() { return kCertificateFaults; }
std::span<const std::string_view> activity_type_words() { return kActivityTypes; }
std::span<const std::string_view> ip_category_words() { return kIpCategories; }
std::span<const std::string_view> app_tag_words() { return kAppTags; }
std::span<const std::string_view> host_kind_words() { return kHostKinds; }
std::span<const std::string_view> ip_tag_words() { return kIpTags; }
std::span<const std::string_view> app_category_words() { return kAppCategories; }
std::span<const std::string_view> device_tag_words() { return kDeviceTags; }
std::span<const std::string_view> country_codes() { return kCountryCodes; }

bool is_country_code(std::string_view code) {
  return std::binary_search(kCountryCodes.begin(), kCountryCodes.end(), code);
}
std::span<const std::string_view> object_kind_words() { return kObjectKinds; }
std::span<const std::string_view> target_class_words() { return kTargetClasses; }
std::span<const std::string_view> target_link_words() { return kTargetLinks; }
std::span<const std::string_view> instance_kind_words() { return kInstanceKinds; }
std::span<const std::string_view> outcome_words() { return kOutcomes; }
std::span<const std::string_view> permission_level_words() { return kPermissionLevels; }
std::span<const std::string_view> reading_words() { return kReadings; }
std::span<const std::string_view> transfer_step_words() { return kTransferSteps; }
std::span<const std::string_view> scan_status_words() { return kScanStatuses; }
std::span<const std::string_view> file_family_words() { return kFileFamilies; }
std::span<const std::string_view> device_type_words() { return kDeviceTypes; }
std::span<const std::string_view> client_app_words() { return kClientApps; }
std::span<const std::string_view> agent_tag_words() { return kAgentTags; }
std::span<const std::string_view> client_refusal_words() { return kClientRefusals; }
std::span<const std::string_view> seen_trait_words() { return kSeenTraitWords; }
std::span<const std::string_view> browser_words() { return kBrowsers; }
std::span<const std::string_view> os_words() { return kSystems; }

std::optional<ClientRefusal> parse_client_refusal(std::string_view word) {
  return value_of<ClientRefusal>(kClientRefusals, word);
}
std::optional<SeenTrait> parse_seen_trait(std::string_view word) {
  return value_of<SeenTrait>(kSeenTraitWords, word);
}
std::optional<Action> parse_action(std::string_view word) {
  return value_of<Action>(kActionWords, word);
}
std::optional<Hold> parse_hold(std::string_view word) { return value_of<Hold>(kHolds, word); }
std::optional<GrantWidth> parse_grant_width(std::string_view word) {
  return value_of<GrantWidth>(kGrantWidths, word);
}
std::optional<Kind> parse_kind(std::string_view word) { return value_of<Kind>(kKinds, word); }
std::optional<AlertSeverity> parse_alert_severity(std::string_view word) {
  return value_of<AlertSeverity>(kAlertSeverities, word);
}
std::optional<RiskCategory> parse_risk_category(std::string_view word) {
  return value_of<RiskCategory>(kRiskCategories, word);
}
std::optional<ActivityType> parse_activity_type(std::string_view word) {
  return value_of<ActivityType>(kActivityTypes, word);
}
std::optional<IpCategory> parse_ip_category(std::string_view word) {
  return value_of<IpCategory>(kIpCategories, word);
}
std::optional<AppTag> parse_app_tag(std::string_view word) {
  return value_of<AppTag>(kAppTags, word);
}
std::optional<HostKind> parse_host_kind(std::string_view word) {
  return value_of<HostKind>(kHostKinds, word);
}
std::optional<DeviceType> parse_device_type(std::string_view word) {
  return value_of<DeviceType>(kDeviceTypes, word);
}
std::optional<ClientApp> parse_client_app(std::string_view word) {
  return value_of<ClientApp>(kClientApps, word);
}
std::optional<AgentTag> parse_agent_tag(std::string_view word) {
  return value_of<AgentTag>(kAgentTags, word);
}

}  // namespace sallyport::policy
