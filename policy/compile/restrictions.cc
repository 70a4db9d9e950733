#include "policy/compile/restrictions.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "base/core/host.h"
#include "base/core/text.h"

namespace sallyport::policy {
namespace {

using std::string_view;
using V = RestrictionValue;
template <std::size_t N>
using Names = std::array<string_view, N>;

constexpr std::size_t kMostValues = 100;  // of one field
constexpr std::size_t kMostField = 4096;  // bytes, as of add_headers
constexpr std::size_t kMostIdentifier = 128;

// ---- Microsoft

constexpr Names<3> kMicrosoftSignIn = {"login.microsoftonline.com", "login.microsoft.com",
                                       "login.windows.net"};
constexpr Names<4> kMicrosoftAllSignIn = {"login.microsoftonline.com", "login.microsoft.com",
                                          "login.windows.net", "login.live.com"};
constexpr Names<1> kMicrosoftConsumer = {"login.live.com"};
constexpr Names<3> kMicrosoftFamily = {"restrict-access-context", "restrict-access-to-tenants",
                                       "sec-restrict-tenant-access-policy"};
constexpr std::array kMicrosoft = std::to_array<RestrictionField>({
    {"Restrict-Access-To-Tenants", "tenants", V::tenant},
    {"Restrict-Access-Context", "directory", V::guid, true},
});
constexpr std::array kMicrosoftV2 = std::to_array<RestrictionField>({
    {"sec-Restrict-Tenant-Access-Policy", "", V::guid_pair, true},
});
constexpr std::array kMicrosoftPersonal = std::to_array<RestrictionField>({
    {"sec-Restrict-Tenant-Access-Policy", "", V::word, true, "block", "restrict-msa"},
});

// ---- Google

constexpr Names<1> kGoogle = {".google.com"};
constexpr Names<1> kGoogleFamily = {"x-googapps-allowed-domains"};
constexpr std::array kGoogleWorkspace = std::to_array<RestrictionField>({
    {"X-GoogApps-Allowed-Domains", "", V::domain},
});
constexpr Names<2> kGoogleDrive = {"drive.google.com", "docs.google.com"};
constexpr Names<1> kGoogleDriveFamily = {"x-googapps-drive-deny-anonymous"};
constexpr std::array kGoogleDriveAnonymous = std::to_array<RestrictionField>({
    {"X-GoogApps-Drive-Deny-Anonymous", "", V::word, true, "block", "true"},
});
constexpr Names<8> kGoogleCloud = {".google.com",
                                   ".googleapis.com",
                                   ".gcr.io",
                                   ".pkg.dev",
                                   ".cloudfunctions.net",
                                   ".run.app",
                                   ".tunnel.cloudproxy.app",
                                   ".datafusion.googleusercontent.com"};
constexpr Names<1> kGoogleCloudFamily = {"x-goog-allowed-resources"};
constexpr std::array kGoogleCloudFields = std::to_array<RestrictionField>({
    {"X-Goog-Allowed-Resources", "", V::organization},
});

// ---- Others

constexpr Names<1> kAsanaHosts = {".asana.com"};
constexpr Names<2> kAsanaFamily = {"asana-allowed-domain-ids",
                                   "asana-allowed-domains-requester-id"};
constexpr std::array kAsana = std::to_array<RestrictionField>({
    {"Asana-Allowed-Domains-Requester-Id", "requester", V::identifier, true},
    {"Asana-Allowed-Domain-Ids", "domains", V::identifier},
});
constexpr Names<2> kChatgptHosts = {".chatgpt.com", ".openai.com"};
constexpr Names<1> kChatgptFamily = {"chatgpt-allowed-workspace-id"};
constexpr std::array kChatgpt = std::to_array<RestrictionField>({
    {"ChatGPT-Allowed-Workspace-Id", "", V::identifier},
});
constexpr Names<1> kDropboxHosts = {".dropbox.com"};
constexpr Names<1> kDropboxFamily = {"x-dropbox-allowed-team-ids"};
constexpr std::array kDropbox = std::to_array<RestrictionField>({
    {"X-Dropbox-allowed-Team-Ids", "", V::identifier},
});
constexpr Names<3> kGithubHosts = {"github.com", "api.github.com", ".githubcopilot.com"};
constexpr Names<1> kGithubFamily = {"sec-github-allowed-enterprise"};
constexpr std::array kGithub = std::to_array<RestrictionField>({
    {"sec-GitHub-allowed-enterprise", "", V::identifier},
});
constexpr Names<1> kSlackHosts = {".slack.com"};
constexpr Names<2> kSlackFamily = {"x-slack-allowed-workspaces",
                                   "x-slack-allowed-workspaces-requester"};
constexpr std::array kSlack = std::to_array<RestrictionField>({
    {"X-Slack-Allowed-Workspaces-Requester", "requester", V::identifier, true},
    {"X-Slack-Allowed-Workspaces", "workspaces", V::identifier},
});
constexpr Names<8> kWebexHosts = {"identity.webex.com",      "identity-eu.webex.com",
                                  "idbroker.webex.com",      "idbroker-secondary.webex.com",
                                  "idbroker-b-us.webex.com", "idbroker-eu.webex.com",
                                  "idbroker-ca.webex.com",   "atlas-a.wbx2.com"};
constexpr Names<1> kWebexFamily = {"ciscospark-allowed-domains"};
constexpr std::array kWebex = std::to_array<RestrictionField>({
    {"CiscoSpark-Allowed-Domains", "", V::domain},
});
constexpr Names<2> kZoomHosts = {".zoom.us", ".zoom.com"};
constexpr Names<1> kZoomFamily = {"x-zoomapps-policy"};
constexpr std::array kZoom = std::to_array<RestrictionField>({
    {"X-ZoomApps-Policy", "", V::identifier, true},
});

constexpr std::array kRestrictions = std::to_array<Restriction>({
    {"asana", "Workspaces of Asana.", kAsana, kAsanaHosts, kAsanaFamily,
     "Asana, Manage approved workspaces", "2026-11-26"},
    {"chatgpt", "Workspaces of ChatGPT.", kChatgpt, kChatgptHosts, kChatgptFamily,
     "F5, SaaS tenant isolation 1.1; chatgpt.com is ours", "2026-11-26"},
    {"dropbox", "Teams of Dropbox, by their ids.", kDropbox, kDropboxHosts, kDropboxFamily,
     "Palo Alto Networks, SaaS custom headers", "2026-11-26"},
    {"github", "Enterprises of GitHub, at most 20.", kGithub, kGithubHosts, kGithubFamily,
     "GitHub, Restricting access to GitHub.com using a corporate proxy", "2026-11-26"},
    {"google_cloud", "Organizations of Google Cloud, by their numbers.", kGoogleCloudFields,
     kGoogleCloud, kGoogleCloudFamily, "Google Cloud, Organization restrictions; F5 (hosts)",
     "2026-11-26"},
    {"google_drive_anonymous", "`block`: nobody without an account in Google Drive.",
     kGoogleDriveAnonymous, kGoogleDrive, kGoogleDriveFamily,
     "Netskope (the name); hosts and value are not confirmed by Google", "2026-11-26"},
    {"google_workspace", "Domains of Google Workspace.", kGoogleWorkspace, kGoogle, kGoogleFamily,
     "Google Workspace, Block access to consumer accounts", "2026-11-26"},
    {"microsoft_365",
     "Tenants of Microsoft 365 (restrictions v1), and the directory that sets them.", kMicrosoft,
     kMicrosoftSignIn, kMicrosoftFamily, "Microsoft Entra, Tenant restrictions", "2026-11-26"},
    {"microsoft_365_v2", "Tenant id and policy id of Microsoft 365 (restrictions v2): `id:id`.",
     kMicrosoftV2, kMicrosoftAllSignIn, kMicrosoftFamily, "Microsoft Entra, Tenant restrictions v2",
     "2026-11-26"},
    {"microsoft_personal", "`block`: no private Microsoft accounts.", kMicrosoftPersonal,
     kMicrosoftConsumer, kMicrosoftFamily, "Microsoft Entra, Tenant restrictions", "2026-11-26"},
    {"slack", "Workspaces and organisations of Slack, and the one that sets them.", kSlack,
     kSlackHosts, kSlackFamily, "Slack, Approve Slack workspaces for your network", "2026-11-26"},
    {"webex", "Mail domains of Webex users.", kWebex, kWebexHosts, kWebexFamily,
     "Cisco, Configure a list of allowed domains for Webex", "2026-11-26"},
    {"zoom", "The policy string that Zoom gives.", kZoom, kZoomHosts, kZoomFamily,
     "F5, SaaS tenant isolation 1.1; zoom.us is ours", "2026-11-26"},
});

constexpr Names<2> kYoutubeLevels = {"moderate", "strict"};
constexpr Names<6> kYoutubeHosts = {
    "www.youtube.com",         "m.youtube.com",          "youtube.com",
    "youtubei.googleapis.com", "youtube.googleapis.com", "www.youtube-nocookie.com"};
constexpr Names<1> kYoutubeFamily = {"youtube-restrict"};

// ---- SafeSearch of search engines goes by the query

constexpr Names<1> kSafeSearchLevels = {"strict"};

struct SearchEngine {
  ParameterOnHosts parameter;
  string_view source;
};

// Google's list of its search domains.
constexpr auto kGoogleSearchHosts = std::to_array<string_view>(
    {".google.com",    ".google.ad",     ".google.ae",     ".google.com.af", ".google.com.ag",
     ".google.al",     ".google.am",     ".google.co.ao",  ".google.com.ar", ".google.as",
     ".google.at",     ".google.com.au", ".google.az",     ".google.ba",     ".google.com.bd",
     ".google.be",     ".google.bf",     ".google.bg",     ".google.com.bh", ".google.bi",
     ".google.bj",     ".google.com.bn", ".google.com.bo", ".google.com.br", ".google.bs",
     ".google.bt",     ".google.co.bw",  ".google.by",     ".google.com.bz", ".google.ca",
     ".google.cat",    ".google.cd",     ".google.cf",     ".google.cg",     ".google.ch",
     ".google.ci",     ".google.co.ck",  ".google.cl",     ".google.cm",     ".google.cn",
     ".google.com.co", ".google.co.cr",  ".google.com.cu", ".google.cv",     ".google.com.cy",
     ".google.cz",     ".google.de",     ".google.dj",     ".google.dk",     ".google.dm",
     ".google.com.do", ".google.dz",     ".google.com.ec", ".google.ee",     ".google.com.eg",
     ".google.es",     ".google.com.et", ".google.fi",     ".google.com.fj", ".google.fm",
     ".google.fr",     ".google.ga",     ".google.ge",     ".google.gg",     ".google.com.gh",
     ".google.com.gi", ".google.gl",     ".google.gm",     ".google.gr",     ".google.com.gt",
     ".google.gy",     ".google.com.hk", ".google.hn",     ".google.hr",     ".google.ht",
     ".google.hu",     ".google.co.id",  ".google.ie",     ".google.co.il",  ".google.im",
     ".google.co.in",  ".google.iq",     ".google.is",     ".google.it",     ".google.je",
     ".google.com.jm", ".google.jo",     ".google.co.jp",  ".google.co.ke",  ".google.com.kh",
     ".google.ki",     ".google.kg",     ".google.co.kr",  ".google.com.kw", ".google.kz",
     ".google.la",     ".google.com.lb", ".google.li",     ".google.lk",     ".google.co.ls",
     ".google.lt",     ".google.lu",     ".google.lv",     ".google.com.ly", ".google.co.ma",
     ".google.md",     ".google.me",     ".google.mg",     ".google.mk",     ".google.ml",
     ".google.com.mm", ".google.mn",     ".google.com.mt", ".google.mu",     ".google.mv",
     ".google.mw",     ".google.com.mx", ".google.com.my", ".google.co.mz",  ".google.com.na",
     ".google.ne",     ".google.com.ng", ".google.com.ni", ".google.nl",     ".google.no",
     ".google.com.np", ".google.nr",     ".google.nu",     ".google.co.nz",  ".google.com.om",
     ".google.com.pa", ".google.com.pe", ".google.com.pg", ".google.com.ph", ".google.com.pk",
     ".google.pl",     ".google.pn",     ".google.com.pr", ".google.ps",     ".google.pt",
     ".google.com.py", ".google.com.qa", ".google.ro",     ".google.rs",     ".google.ru",
     ".google.rw",     ".google.com.sa", ".google.com.sb", ".google.sc",     ".google.se",
     ".google.com.sg", ".google.sh",     ".google.si",     ".google.sk",     ".google.com.sl",
     ".google.sm",     ".google.sn",     ".google.so",     ".google.sr",     ".google.st",
     ".google.com.sv", ".google.td",     ".google.tg",     ".google.co.th",  ".google.com.tj",
     ".google.tl",     ".google.tm",     ".google.tn",     ".google.to",     ".google.com.tr",
     ".google.tt",     ".google.com.tw", ".google.co.tz",  ".google.com.ua", ".google.co.ug",
     ".google.co.uk",  ".google.com.uy", ".google.co.uz",  ".google.com.vc", ".google.co.ve",
     ".google.co.vi",  ".google.com.vn", ".google.vu",     ".google.ws",     ".google.co.za",
     ".google.co.zm",  ".google.co.zw"});
constexpr Names<8> kGoogleSearch = {"/",      "/search", "/webhp",  "/images",
                                    "/imghp", "/m",      "/custom", "/s"};
constexpr Names<1> kBingHosts = {".bing.com"};
constexpr Names<6> kBingSearch = {"/search", "/images/", "/videos/", "/news/", "/shop/", "/"};
constexpr Names<1> kDuckHosts = {".duckduckgo.com"};
constexpr Names<3> kDuckSearch = {"/", "/html", "/lite"};
constexpr Names<5> kDuckResults = {"/d.js", "/i.js", "/v.js", "/news.js", "/m.js"};
constexpr Names<1> kYahooHosts = {".search.yahoo.com"};
constexpr Names<5> kYandexSearch = {"/search", "/search/", "/yandsearch", "/images/", "/video/"};
constexpr Names<2> kYahooSearch = {"/search", "/search/"};
constexpr Names<6> kYandexHosts = {".yandex.com", ".yandex.ru",     ".yandex.by",
                                   ".yandex.kz",  ".yandex.com.tr", ".ya.ru"};
constexpr Names<1> kBraveHosts = {"search.brave.com"};
constexpr Names<4> kBraveSearch = {"/search", "/images", "/videos", "/news"};

constexpr std::array kSearchEngines = std::to_array<SearchEngine>({
    {{"safe", "active", kGoogleSearchHosts, kGoogleSearch},
     "Google, Lock SafeSearch; Barracuda and Symantec, SafeSearch (2026-11-26)"},
    {{"adlt", "strict", kBingHosts, kBingSearch}, "Barracuda, SafeSearch (2026-11-26)"},
    {{"kp", "1", kDuckHosts, kDuckSearch}, "DuckDuckGo, URL parameters (2026-11-26)"},
    {{"p", "1", kDuckHosts, kDuckResults}, "DuckDuckGo, what its own page asks: not checked"},
    {{"vm", "r", kYahooHosts, kYahooSearch}, "Barracuda, SafeSearch (2026-11-26)"},
    {{"family", "yes", kYandexHosts, kYandexSearch}, "Yandex, search settings: not checked"},
    {{"safesearch", "strict", kBraveHosts, kBraveSearch},
     "Brave Search API: not checked for pages"},
});

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_guid(string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_domain(string_view text) {
  const auto host = Host::parse(text);
  return host && !host->is_address() && text.find('.') != text.npos && !text.ends_with('.');
}

bool fits(const RestrictionField& field, string_view value) {
  switch (field.value) {
    case V::domain:
      return is_domain(value);
    case V::tenant:
      return is_domain(value) || is_guid(value);
    case V::guid:
      return is_guid(value);
    case V::guid_pair:
      return value.size() == 73 && value[36] == ':' && is_guid(value.substr(0, 36)) &&
             is_guid(value.substr(37));
    case V::identifier:
      return !value.empty() && value.size() <= kMostIdentifier &&
             std::ranges::all_of(value, [](char c) {
               return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == ':';
             });
    case V::organization:
      return !value.empty() && value.size() <= 20 && std::ranges::all_of(value, is_digit);
    case V::word:
      return value == field.written;
  }
  return false;
}

std::string wanted(const RestrictionField& field) {
  switch (field.value) {
    case V::domain:
      return "a domain: corp.example";
    case V::tenant:
      return "a tenant's domain or id: corp.onmicrosoft.com";
    case V::guid:
      return "an id: 01234567-89ab-cdef-0123-456789abcdef";
    case V::guid_pair:
      return "the tenant's id and the policy's: ID:ID";
    case V::identifier:
      return "an id as the app shows it: letters, digits, '-', '_', ':'";
    case V::organization:
      return "the number of the organization: 123456789012";
    case V::word:
      return fmt::format("write '{}'", field.written);
  }
  return {};
}

// RFC 4648 section 5, with padding.
std::string base64url(string_view bytes) {
  constexpr string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      word = word << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    const std::size_t left = bytes.size() - at;
    out += kAlphabet[word >> 18];
    out += kAlphabet[word >> 12 & 63];
    out += left > 1 ? kAlphabet[word >> 6 & 63] : '=';
    out += left > 2 ? kAlphabet[word & 63] : '=';
  }
  return out;
}

std::string value_of(const RestrictionField& field, const std::vector<string_view>& values) {
  if (field.value == V::word) return std::string(field.sent);
  if (field.value != V::organization) return fmt::format("{}", fmt::join(values, ","));
  std::string json;
  for (const string_view value : values) {
    json += fmt::format("{}\"organizations/{}\"", json.empty() ? "" : ",", value);
  }
  return base64url("{\"resources\":[" + json + "],\"options\":\"strict\"}");
}

// One line of restrict_tenants.
class Line {
 public:
  Line(const TenantRestriction& written, const Restriction& known, Diagnostics& found)
      : written_(written), known_(known), found_(found) {}

  void lower(std::vector<HeaderOnHosts>& to) {
    const bool parts = !known_.fields.front().part.empty();
    for (const TenantRestriction::Part& part : written_.parts) {
      if (parts == part.name->empty()) {
        found_.error(written_.app.place,
                     parts ? fmt::format("'{}' wants to know several things", known_.name)
                           : fmt::format("'{}' takes values, not a mapping", known_.name),
                     parts ? "write " + example() : wanted(known_.fields.front()));
        return;
      }
    }
    for (const TenantRestriction::Part& part : written_.parts) {
      const auto at =
          std::ranges::find(known_.fields, string_view(*part.name), &RestrictionField::part);
      if (at != known_.fields.end()) continue;
      std::vector<string_view> names;
      for (const RestrictionField& field : known_.fields) names.push_back(field.part);
      std::string hint = did_you_mean(*part.name, names);
      if (hint.empty()) hint = fmt::format("one of: {}", fmt::join(names, ", "));
      found_.error(part.name.place,
                   fmt::format("'{}' has no '{}'", known_.name, printable(*part.name)),
                   std::move(hint));
    }
    for (const RestrictionField& field : known_.fields) lower(field, to);
  }

 private:
  std::string example() const {
    std::string text;
    for (const RestrictionField& field : known_.fields) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", field.part,
                          field.one ? "..." : "[...]");
    }
    return fmt::format("'{}: {{ {} }}'", known_.name, text);
  }

  void lower(const RestrictionField& field, std::vector<HeaderOnHosts>& to) {
    const auto part = std::ranges::find_if(
        written_.parts, [&](const auto& one) { return *one.name == field.part; });
    if (part == written_.parts.end()) {
      found_.error(written_.app.place, fmt::format("'{}' needs '{}'", known_.name, field.part),
                   "write " + example());
      return;
    }
    std::vector<string_view> values;
    for (const auto& value : part->values) {
      if (fits(field, *value)) {
        values.push_back(*value);
      } else {
        found_.error(value.place,
                     fmt::format("'{}' cannot be told to {}", printable(*value), known_.name),
                     wanted(field));
      }
    }
    if (field.one && part->values.size() > 1) {
      found_.error(part->values[1].place, fmt::format("'{}' takes one value here", known_.name),
                   wanted(field));
    }
    std::string sent = value_of(field, values);
    if (values.size() > kMostValues || sent.size() > kMostField) {
      found_.error(written_.app.place,
                   fmt::format("too many values of '{}' for a header field", known_.name),
                   fmt::format("at most {}, and {} bytes", kMostValues, kMostField));
    }
    to.push_back({std::string(field.header), std::move(sent), known_.hosts, known_.family});
  }

  const TenantRestriction& written_;
  const Restriction& known_;
  Diagnostics& found_;
};

}  // namespace

std::span<const Restriction> tenant_restrictions() { return kRestrictions; }
std::span<const std::string_view> youtube_levels() { return kYoutubeLevels; }

std::span<const std::string_view> safe_search_levels() { return kSafeSearchLevels; }

std::vector<ParameterOnHosts> lower_safe_search(const Policy& policy, Diagnostics& found) {
  std::vector<ParameterOnHosts> made;
  if (!policy.safe_search) return made;
  const std::string& level = **policy.safe_search;
  if (std::ranges::find(kSafeSearchLevels, level) == kSafeSearchLevels.end()) {
    found.error(policy.safe_search->place,
                fmt::format("'safe_search' of policy cannot be '{}'", printable(level)),
                "write 'strict'");
    return made;
  }
  for (const SearchEngine& engine : kSearchEngines) made.push_back(engine.parameter);
  return made;
}

std::vector<HeaderOnHosts> lower_restrictions(const Policy& policy, Diagnostics& found) {
  std::vector<HeaderOnHosts> made;
  for (const TenantRestriction& one : policy.restrict_tenants) {
    const auto known = std::ranges::find(kRestrictions, string_view(*one.app), &Restriction::name);
    if (known == kRestrictions.end()) {
      std::vector<string_view> names;
      for (const Restriction& other : kRestrictions) names.push_back(other.name);
      std::string hint = did_you_mean(*one.app, names);
      if (hint.empty()) hint = fmt::format("one of: {}", fmt::join(names, ", "));
      found.error(one.app.place,
                  fmt::format("tenants of '{}' cannot be restricted", printable(*one.app)),
                  std::move(hint));
      continue;
    }
    Line(one, *known, found).lower(made);
  }
  if (policy.restrict_youtube) {
    const std::string& level = **policy.restrict_youtube;
    if (std::ranges::find(kYoutubeLevels, level) == kYoutubeLevels.end()) {
      found.error(policy.restrict_youtube->place,
                  fmt::format("'restrict_youtube' of policy cannot be '{}'", printable(level)),
                  "one of: moderate, strict");
    } else {
      made.push_back({"YouTube-Restrict", level == "strict" ? "Strict" : "Moderate", kYoutubeHosts,
                      kYoutubeFamily});
    }
  }
  return made;
}

}  // namespace sallyport::policy
