#include "policy/activity/attribute_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>

#include "policy/activity/risk_factors.h"

namespace sallyport::policy {
namespace {

// An empty text is a fact that nobody filled in.
Value text_or_nothing(const std::string& text) {
  if (text.empty()) return {};
  return std::string_view(text);
}

Value text_or_nothing(const std::optional<std::string>& text) {
  if (!text) return {};
  return text_or_nothing(*text);
}

// An address without tags or without a range is a known fact, so that `not: {client.ip.tag: tor}`
// holds for it. Only an address that we do not have leaves them unknown.
Value tags(const AddressFacts& facts) { return std::span<const std::string>(facts.tags); }
Value range(const AddressFacts& facts) { return std::string_view(facts.range); }
Value category(const AddressFacts& facts) { return to_string(facts.category); }

// What the geo data may not know. An address that it does not have leaves them unknown.
Value asn(const AddressFacts& facts) {
  if (facts.asn == 0) return {};
  return std::int64_t{facts.asn};
}
Value country(const AddressFacts& facts) { return text_or_nothing(facts.country); }
Value isp(const AddressFacts& facts) { return text_or_nothing(facts.isp); }

constexpr std::string_view kCountryWritten =
    "a country is its ISO 3166-1 code of two letters: DE, FR, GB";
constexpr std::string_view kAsnWritten =
    "write the number of the autonomous system without 'AS', a comparison or a range "
    "('64496..64511')";
// The number that a version begins with. "XP" and "" have none.
Value major(const std::string& version) {
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), number);
  if (error != std::errc() || number < 0) return {};
  return number;
}

Value moment(const Activity& a) {
  return static_cast<std::int64_t>(a.at.time_since_epoch().count());
}

Value count(std::uint64_t bytes) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(bytes, kMost));
}

template <std::uint64_t SessionFacts::* field>
Value session(const Activity& a) {
  if (!a.session) return {};
  return count(*a.session.*field);
}

// One of what is known of the app's risk.
template <auto get>
Value risk(const Activity& a) {
  if (!a.app || !a.app->risk) return {};
  return get(*a.app->risk);
}
// An app of which none is known has none that is known: a known fact, as for tags of addresses.
template <std::vector<std::string> RiskFacts::* field>
Value factors(const Activity& a) {
  if (!a.app) return {};
  if (!a.app->risk) return std::span<const std::string>();
  return std::span<const std::string>((*a.app->risk).*field);
}

template <std::string Details::* field>
Value detail(const Activity& a) {
  if (!a.details) return {};
  return text_or_nothing((*a.details).*field);
}
template <std::vector<std::string> Details::* field>
Value detail_list(const Activity& a) {
  if (!a.details || ((*a.details).*field).empty()) return {};
  return std::span<const std::string>((*a.details).*field);
}
template <std::string FileFacts::* field>
Value file_text(const Activity& a) {
  if (!a.file) return {};
  return text_or_nothing((*a.file).*field);
}

template <SeenTrait trait>
Value days_since(const Activity& a) {
  if (!a.seen || a.seen->of(trait) < 0) return {};
  return std::int64_t{a.seen->of(trait)};
}

std::span<const std::string_view> boolean_words() {
  static constexpr std::array<std::string_view, 2> kWords = {"true", "false"};
  return kWords;
}

std::span<const std::string_view> tls_version_words() {
  static constexpr std::array<std::string_view, 2> kWords = {"TLSv1.2", "TLSv1.3"};
  return kWords;
}

std::span<const std::string_view> scheme_words() {
  static constexpr std::array<std::string_view, 3> kWords = {"http", "https", "tunnel"};
  return kWords;
}

constexpr std::array kTable = std::to_array<Attribute>({
    {.name = "account",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "Who the user is inside the app: the mail address, or name, of the account.",
     .get = detail<&Details::account>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "account.domain",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The domain of that mail address.",
     .get = detail<&Details::account_domain>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "activity",
     .type = Type::word,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "What is done: login, upload, share, ...; a reply may sharpen it.",
     .get = [](const Activity& a) -> Value {
       if (!a.type) return {};
       return to_string(*a.type);
     },
     .allowed = activity_type_words},
    {.name = "activity.admin",
     .type = Type::word,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "true where the exchange administers the app: settings, accounts, rights.",
     .get = [](const Activity& a) -> Value {
       if (!a.admin) return {};
       return boolean_words()[*a.admin ? 0 : 1];
     },
     .allowed = boolean_words},
    {.name = "app",
     .type = Type::text,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The app's id in the catalog; `unknown` where the catalog has none for the host.",
     .get = [](const Activity& a) -> Value {
       if (!a.app) return {};
       return text_or_nothing(a.app->id);
     },
     .fold_case = true,
     .says_unknown = true},
    {.name = "app.category",
     .type = Type::word,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The app's category in the catalog.",
     .get = [](const Activity& a) -> Value {
       if (!a.app) return {};
       return text_or_nothing(a.app->category);
     },
     .allowed = app_category_words},
    {.name = "app.data_center",
     .type = Type::words,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The countries in which the app is known to keep data, by their ISO 3166-1 codes.",
     .get = risk<[](const RiskFacts& r) -> Value {
       if (r.data_centers.empty()) return {};
       return std::span<const std::string>(r.data_centers);
     }>,
     .allowed = country_codes,
     .fold_case = true,
     .written = kCountryWritten},
    {.name = "app.days_since_breach",
     .type = Type::number,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "Days since the app's latest breach that is known.",
     .get = [](const Activity& a) -> Value {
       if (!a.app || !a.app->risk || !a.app->risk->breached) return {};
       const auto days = std::chrono::floor<std::chrono::days>(a.at) - *a.app->risk->breached;
       return std::max<std::int64_t>(days.count(), 0);
     },
     .says_unknown = true},
    {.name = "app.factor",
     .type = Type::words,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "What the app is known to have of what risk rests on: saml, iso_27001, ...",
     .get = factors<&RiskFacts::has>,
     .allowed = risk_factor_words},
    {.name = "app.founded",
     .type = Type::number,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The year in which the app's vendor was founded.",
     .get = risk<[](const RiskFacts& r) -> Value {
       if (r.founded == 0) return {};
       return std::int64_t{r.founded};
     }>,
     .says_unknown = true},
    {.name = "app.headquarters",
     .type = Type::word,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The country that the app's vendor has its seat in, by its ISO 3166-1 code.",
     .get = risk<[](const RiskFacts& r) { return text_or_nothing(r.headquarters); }>,
     .allowed = country_codes,
     .fold_case = true,
     .says_unknown = true,
     .written = kCountryWritten},
    {.name = "app.lacks",
     .type = Type::words,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "What the app is known not to have of what its risk rests on.",
     .get = factors<&RiskFacts::lacks>,
     .allowed = risk_factor_words},
    {.name = "app.risk_score",
     .type = Type::number,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The app's score from 0 to 10, the safest; `unknown` where too little is known.",
     .get = risk<[](const RiskFacts& r) -> Value {
       if (!r.score) return {};
       return std::int64_t{*r.score};
     }>,
     .says_unknown = true},
    {.name = "app.tag",
     .type = Type::texts,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The app's tags: sanctioned, unsanctioned, monitored, custom_app, and your own.",
     .get = [](const Activity& a) -> Value {
       if (!a.app) return {};
       return std::span<const std::string>(a.app->tags);
     },
     .allowed = app_tag_words,
     .fold_case = true},
    {.name = "browser",
     .type = Type::text,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The browser, or the program's name where it is none; `unknown` if it cannot be told.",
     .get = [](const Activity& a) -> Value {
       if (!a.agent) return {};
       return text_or_nothing(a.agent->browser);
     },
     .allowed = browser_words,
     .fold_case = true,
     .says_unknown = true},
    {.name = "browser.version",
     .type = Type::number,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The first number of the browser's or program's version.",
     .get = [](const Activity& a) -> Value {
       if (!a.agent) return {};
       return major(a.agent->browser_version);
     }},
    {.name = "certificate.fault",
     .type = Type::words,
     .from = Point::request,
     .subject = Subject::certificate,
     .doc = "What is wrong with the origin's certificate: expired, self_signed, wrong_host, ...",
     .get = [](const Activity& a) -> Value {
       if (!a.certificate_faults) return {};
       return std::span<const std::string>(*a.certificate_faults);
     },
     .allowed = certificate_fault_words},
    {.name = "client.app",
     .type = Type::word,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "browser, mobile_and_desktop for programs and apps, other for robots and the rest.",
     .get = [](const Activity& a) -> Value {
       if (!a.agent) return {};
       return to_string(a.agent->app);
     },
     .allowed = client_app_words},
    {.name = "client.ip",
     .type = Type::address,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The client's address.",
     .get = [](const Activity& a) -> Value { return a.client.address; }},
    {.name = "client.ip.asn",
     .type = Type::number,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The number of the autonomous system that announces the client's address.",
     .get = [](const Activity& a) -> Value { return asn(a.client); },
     .says_unknown = true,
     .written = kAsnWritten},
    {.name = "client.ip.category",
     .type = Type::word,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The category of the client's address range.",
     .get = [](const Activity& a) -> Value { return category(a.client); },
     .allowed = ip_category_words},
    {.name = "client.ip.country",
     .type = Type::word,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The country that the client's address is in, by its ISO 3166-1 code.",
     .get = [](const Activity& a) -> Value { return country(a.client); },
     .allowed = country_codes,
     .fold_case = true,
     .says_unknown = true,
     .written = kCountryWritten},
    {.name = "client.ip.isp",
     .type = Type::text,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The organisation behind the autonomous system of the client's address.",
     .get = [](const Activity& a) -> Value { return isp(a.client); },
     .fold_case = true},
    {.name = "client.ip.range",
     .type = Type::text,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The name of the operator's own range that the client's address is in.",
     .get = [](const Activity& a) -> Value { return range(a.client); },
     .fold_case = true},
    {.name = "client.ip.tag",
     .type = Type::texts,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The tags of the client's address: tor, anonymous_proxy, and your own.",
     .get = [](const Activity& a) -> Value { return tags(a.client); },
     .allowed = ip_tag_words,
     .fold_case = true},
    {.name = "client.ja4",
     .type = Type::text,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The JA4 fingerprint of the client's ClientHello.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.ja4); },
     .fold_case = true},
    {.name = "client.refusal",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc = "How the client turned our certificate down, as programs do that pin their own: by an "
            "alert, or by none.",
     .get = [](const Activity& a) -> Value {
       if (!a.client_refusal) return {};
       return to_string(*a.client_refusal);
     },
     .allowed = client_refusal_words},
    {.name = "client.tls.version",
     .type = Type::word,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The TLS version that client and gateway speak.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.client_tls_version); },
     .allowed = tls_version_words},
    {.name = "connection.downloaded",
     .type = Type::number,
     .from = Point::connect,
     .subject = Subject::activity,
     .doc = "Bytes that the client's connection has brought down before this exchange.",
     .get = [](const Activity& a) -> Value { return count(a.connection_downloaded); },
     .bytes = true},
    {.name = "connection.uploaded",
     .type = Type::number,
     .from = Point::connect,
     .subject = Subject::activity,
     .doc = "Bytes that the client's connection has sent up before this exchange.",
     .get = [](const Activity& a) -> Value { return count(a.connection_uploaded); },
     .bytes = true},
    {.name = "consent.client",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The id of the app that asks for rights (OAuth client_id).",
     .get = detail<&Details::consent_client>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "consent.level",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "How much it asks for: low, medium, high.",
     .get = detail<&Details::consent_level>,
     .allowed = permission_level_words,
     .may_come_early = true},
    {.name = "consent.name",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "What the app that asks for rights calls itself.",
     .get = detail<&Details::consent_name>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "consent.redirect",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The host that the rights are sent to.",
     .get = detail<&Details::consent_redirect>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "consent.scopes",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The rights that are asked for (OAuth scopes).",
     .get = detail_list<&Details::consent_scopes>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "days_since.action",
     .type = Type::number,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc = "Days since the user was last seen doing this in this app; unknown the first time.",
     .get = days_since<SeenTrait::action>},
    {.name = "days_since.address",
     .type = Type::number,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc = "Days since the user was last seen in this network (/24, /64); unknown the first time.",
     .get = days_since<SeenTrait::address>},
    {.name = "days_since.app",
     .type = Type::number,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc = "Days since the user was last seen in this app; unknown the first time.",
     .get = days_since<SeenTrait::app>},
    {.name = "days_since.country",
     .type = Type::number,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc = "Days since the user was last seen in this country; unknown the first time.",
     .get = days_since<SeenTrait::country>},
    {.name = "days_since.device",
     .type = Type::number,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc = "Days since the user was last seen with this kind of device and system; unknown the "
            "first time.",
     .get = days_since<SeenTrait::device>},
    {.name = "days_since.isp",
     .type = Type::number,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc =
         "Days since the user was last seen with this internet provider; unknown the first time.",
     .get = days_since<SeenTrait::isp>},
    {.name = "destination.ip",
     .type = Type::address,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The address that the host's name resolved to.",
     .get = [](const Activity& a) -> Value {
       if (!a.destination) return {};
       return a.destination->address;
     },
     .may_come_early = true},
    {.name = "destination.ip.asn",
     .type = Type::number,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The number of the autonomous system that announces the destination's address.",
     .get = [](const Activity& a) -> Value {
       if (!a.destination) return {};
       return asn(*a.destination);
     },
     .may_come_early = true,
     .says_unknown = true,
     .written = kAsnWritten},
    {.name = "destination.ip.category",
     .type = Type::word,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The category of the destination's address range.",
     .get = [](const Activity& a) -> Value {
       if (!a.destination) return {};
       return category(*a.destination);
     },
     .allowed = ip_category_words,
     .may_come_early = true},
    {.name = "destination.ip.country",
     .type = Type::word,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The country that the destination's address is in, by its ISO 3166-1 code.",
     .get = [](const Activity& a) -> Value {
       if (!a.destination) return {};
       return country(*a.destination);
     },
     .allowed = country_codes,
     .fold_case = true,
     .may_come_early = true,
     .says_unknown = true,
     .written = kCountryWritten},
    {.name = "destination.ip.isp",
     .type = Type::text,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The organisation behind the autonomous system of the destination's address.",
     .get = [](const Activity& a) -> Value {
       if (!a.destination) return {};
       return isp(*a.destination);
     },
     .fold_case = true,
     .may_come_early = true},
    {.name = "destination.ip.range",
     .type = Type::text,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The name of the operator's own range that the destination's address is in.",
     .get = [](const Activity& a) -> Value {
       if (!a.destination) return {};
       return range(*a.destination);
     },
     .fold_case = true,
     .may_come_early = true},
    {.name = "destination.ip.tag",
     .type = Type::texts,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The tags of the destination's address: tor, and your own.",
     .get = [](const Activity& a) -> Value {
       if (!a.destination) return {};
       return tags(*a.destination);
     },
     .allowed = ip_tag_words,
     .fold_case = true,
     .may_come_early = true},
    {.name = "device.os",
     .type = Type::text,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The client's operating system; `unknown` where it cannot be told.",
     .get = [](const Activity& a) -> Value {
       if (!a.agent) return {};
       return text_or_nothing(a.agent->os);
     },
     .allowed = os_words,
     .fold_case = true,
     .says_unknown = true},
    {.name = "device.os.version",
     .type = Type::number,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The first number of its version, where the client really says it.",
     .get = [](const Activity& a) -> Value {
       if (!a.agent) return {};
       return major(a.agent->os_version);
     }},
    {.name = "device.tag",
     .type = Type::words,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "What the client's certificate proves of the device: managed, compliant, ...",
     .get = [](const Activity& a) -> Value {
       if (!a.device_tags) return {};
       return std::span<const std::string>(*a.device_tags);
     },
     .allowed = device_tag_words},
    {.name = "device.type",
     .type = Type::word,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "desktop, mobile, tablet, or other.",
     .get = [](const Activity& a) -> Value {
       if (!a.agent) return {};
       return to_string(a.agent->device);
     },
     .allowed = device_type_words},
    {.name = "file.extension",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "What stands behind the last dot of the file's name: pdf, docx.",
     .get = [](const Activity& a) -> Value {
       if (!a.file) return {};
       return text_or_nothing(a.file->extension);
     },
     .fold_case = true,
     .may_come_early = true},
    {.name = "file.family",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "What the bytes are: document, spreadsheet, archive, executable, ...",
     .get = file_text<&FileFacts::family>,
     .allowed = file_family_words,
     .may_come_early = true},
    {.name = "file.name",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The name of the file that is uploaded or downloaded, without a path.",
     .get = [](const Activity& a) -> Value {
       if (!a.file) return {};
       return text_or_nothing(a.file->name);
     },
     .fold_case = true,
     .may_come_early = true},
    {.name = "file.name_tag",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc =
         "What the file's name says of what is in it, by conf/tags/file_names.yaml: credentials, "
         "key, payroll, identity, health, confidential, your own.",
     .get = [](const Activity& a) -> Value {
       if (!a.file || !a.file->name_tags) return {};
       return std::span<const std::string>(*a.file->name_tags);
     },
     .fold_case = true,
     .may_come_early = true},
    {.name = "file.scan_status",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "Whether the bytes could be looked at: completed, encrypted, corrupted, ...",
     .get = file_text<&FileFacts::scan_status>,
     .allowed = scan_status_words,
     .may_come_early = true},
    {.name = "file.sha256",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The SHA-256 of the whole file, in hex.",
     .get = file_text<&FileFacts::sha256>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "file.size",
     .type = Type::number,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The bytes of the file, as its sender states them.",
     .get = [](const Activity& a) -> Value {
       if (!a.file || !a.file->size) return {};
       return count(*a.file->size);
     },
     .may_come_early = true,
     .bytes = true},
    {.name = "file.sniffed_type",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The media type that the bytes show, whatever is declared.",
     .get = file_text<&FileFacts::sniffed_type>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "file.type",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The media type that its sender declares: application/pdf.",
     .get = [](const Activity& a) -> Value {
       if (!a.file) return {};
       return text_or_nothing(a.file->type);
     },
     .fold_case = true,
     .may_come_early = true},
    {.name = "first_seen",
     .type = Type::words,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc = "What of it the user was never seen with before: action, address, app, country, "
            "device, isp.",
     .get = [](const Activity& a) -> Value {
       if (!a.seen) return {};
       return seen_trait_texts(a.seen->first());
     },
     .allowed = seen_trait_words},
    {.name = "header",
     .type = Type::texts,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "The names of the request's header fields; what they hold is not compared.",
     .get = [](const Activity& a) -> Value {
       if (!a.header_names) return {};
       return std::span<const std::string>(*a.header_names);
     },
     .fold_case = true,
     .passing = true},
    {.name = "host",
     .type = Type::text,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The host that is addressed.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.host); },
     .fold_case = true,
     .host_suffix = true},
    {.name = "host.domain",
     .type = Type::text,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The domain that the host was registered under: example.co.uk of www.example.co.uk; "
            "`unknown` for addresses and names that are no such thing.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.domain); },
     .fold_case = true,
     .host_suffix = true,
     .says_unknown = true},
    {.name = "host.kind",
     .type = Type::word,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "What the host is for: app, tracker, advertising, analytics, cdn, infrastructure, or "
            "unknown.",
     .get = [](const Activity& a) -> Value { return to_string(a.host_kind); },
     .allowed = host_kind_words},
    {.name = "host.tag",
     .type = Type::texts,
     .from = Point::connect,
     .subject = Subject::app,
     .doc = "The tags that feeds give to the host or to a domain above it: malware_cnc, your own.",
     .get = [](const Activity& a) -> Value {
       if (a.host.empty()) return {};
       return std::span<const std::string>(a.host_tags);
     },
     .allowed = ip_tag_words,
     .fold_case = true},
    {.name = "instance",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The tenant, workspace or site of the app.",
     .get = detail<&Details::instance>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "instance.kind",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "corporate for your own, personal for a private account, other for somebody else's.",
     .get = detail<&Details::instance_kind>,
     .allowed = instance_kind_words,
     .may_come_early = true},
    {.name = "method",
     .type = Type::text,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "The request's method: GET, POST, ...",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.method); },
     .fold_case = true},
    {.name = "object.id",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The id of what it is done to, as the app numbers it.",
     .get = detail<&Details::object_id>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "object.kind",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "What it is done to: file, folder, message, issue, user, ...",
     .get = detail<&Details::object_kind>,
     .allowed = object_kind_words,
     .may_come_early = true},
    {.name = "object.name",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The name of what it is done to.",
     .get = detail<&Details::object_name>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "object.parent",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "Where that lies: folder, channel, project.",
     .get = detail<&Details::object_parent>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "outcome",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "How it ended: success, failed, second_factor; known once the reply is.",
     .get = detail<&Details::outcome>,
     .allowed = outcome_words,
     .may_come_early = true},
    {.name = "path",
     .type = Type::text,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "The request's path, without its query.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.path); },
     .path_prefix = true},
    {.name = "port",
     .type = Type::number,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The port that is addressed.",
     .get = [](const Activity& a) -> Value {
       if (a.port == 0) return {};
       return std::int64_t{a.port};
     }},
    {.name = "prompt.conversation",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The conversation that a prompt belongs to.",
     .get = detail<&Details::conversation>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "prompt.model",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The model that a prompt is for.",
     .get = detail<&Details::model>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "query",
     .type = Type::text,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "The request's query as it was sent, without its '?'; never kept in the records.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.query); },
     .passing = true},
    {.name = "scheme",
     .type = Type::word,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "http, https, or tunnel for bytes that are neither.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.scheme); },
     .allowed = scheme_words},
    {.name = "session.downloaded",
     .type = Type::number,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "Bytes that the session (one user in one app from one address, without half an hour's "
            "rest) has brought down before.",
     .get = session<&SessionFacts::downloaded>,
     .bytes = true},
    {.name = "session.minutes",
     .type = Type::number,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "How long the session has lasted.",
     .get = session<&SessionFacts::minutes>},
    {.name = "session.requests",
     .type = Type::number,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "How many requests of the session came before.",
     .get = session<&SessionFacts::requests>},
    {.name = "session.uploaded",
     .type = Type::number,
     .from = Point::request,
     .subject = Subject::activity,
     .doc = "Bytes that the session has sent up before.",
     .get = session<&SessionFacts::uploaded>,
     .bytes = true},
    {.name = "signature",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The signature that recognised it: app/id, or generic/id.",
     .get = detail<&Details::signature>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "signature.reading",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "Where the signature reads the body: whether it could read it whole, or partial.",
     .get = detail<&Details::reading>,
     .allowed = reading_words,
     .may_come_early = true},
    {.name = "status",
     .type = Type::number,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The status of the origin's reply.",
     .get = [](const Activity& a) -> Value {
       if (!a.status) return {};
       return std::int64_t{*a.status};
     }},
    {.name = "target.class",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "Whom it is opened to: internal, external, personal, disposable addresses.",
     .get = detail_list<&Details::target_classes>,
     .allowed = target_class_words,
     .fold_case = true,
     .may_come_early = true},
    {.name = "target.domain",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The mail domains that it is opened to.",
     .get = detail_list<&Details::target_domains>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "target.email",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The mail addresses that it is opened to.",
     .get = detail_list<&Details::target_emails>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "target.group",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The groups that it is opened to.",
     .get = detail_list<&Details::target_groups>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "target.link",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "Who may use the link: anyone, organization, people.",
     .get = detail_list<&Details::target_links>,
     .allowed = target_link_words,
     .fold_case = true,
     .may_come_early = true},
    {.name = "target.role",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The rights that are given, as the app words them.",
     .get = detail_list<&Details::target_roles>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "target.user",
     .type = Type::texts,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "The users, as the app numbers them, that it is opened to.",
     .get = detail_list<&Details::target_users>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "time.date",
     .type = Type::date,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The day on which the exchange began, in the policy's zone.",
     .get = moment},
    {.name = "time.of_day",
     .type = Type::time_of_day,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The time of day at which the exchange began, in the policy's zone.",
     .get = moment},
    {.name = "time.weekday",
     .type = Type::weekday,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The day of the week on which the exchange began, in the policy's zone.",
     .get = moment},
    {.name = "transfer.session",
     .type = Type::text,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "What the requests of one transfer have in common.",
     .get = detail<&Details::transfer_session>,
     .fold_case = true,
     .may_come_early = true},
    {.name = "transfer.step",
     .type = Type::word,
     .from = Point::response,
     .subject = Subject::activity,
     .doc = "Of a transfer in several requests: start, part, finish, cancel.",
     .get = detail<&Details::transfer_step>,
     .allowed = transfer_step_words,
     .may_come_early = true},
    {.name = "uncommon",
     .type = Type::words,
     .from = Point::response,
     .subject = Subject::aftermath,
     .doc = "What of it the user has not shown for 30 days, if ever, and fewer than one user in "
            "twenty shows.",
     .get = [](const Activity& a) -> Value {
       if (!a.seen) return {};
       return seen_trait_texts(a.seen->uncommon);
     },
     .allowed = seen_trait_words},
    {.name = "user",
     .type = Type::texts,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "Any name of the user: account, DOMAIN\\account, UPN, mail; `unknown` for nobody.",
     .get = [](const Activity& a) -> Value {
       if (!a.user || a.user->empty()) return {};
       if (a.user_names.empty()) return std::span<const std::string>(&*a.user, 1);
       return std::span<const std::string>(a.user_names);
     },
     .fold_case = true,
     .says_unknown = true},
    {.name = "user.days_since_logon",
     .type = Type::number,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "Days since the directory last saw the user sign in; unknown where it does not tell.",
     .get = [](const Activity& a) -> Value {
       if (!a.days_since_logon) return {};
       return std::int64_t{*a.days_since_logon};
     }},
    {.name = "user.domain",
     .type = Type::text,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The domain of the user's UPN, mail address or DOMAIN\\account.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.user_domain); },
     .fold_case = true},
    {.name = "user.group",
     .type = Type::texts,
     .from = Point::connect,
     .subject = Subject::access,
     .doc = "The groups that the user is in.",
     .get = [](const Activity& a) -> Value {  // Somebody unknown may be in any group; somebody
                                              // known without groups is in none.
       if (!a.user || a.user->empty()) return {};
       return std::span<const std::string>(a.groups);
     },
     .fold_case = true},
    {.name = "user_agent",
     .type = Type::text,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "The User-Agent as it was sent; `unknown` where there was none.",
     .get = [](const Activity& a) -> Value { return text_or_nothing(a.user_agent); },
     .fold_case = true,
     .says_unknown = true},
    {.name = "user_agent.tag",
     .type = Type::words,
     .from = Point::request,
     .subject = Subject::access,
     .doc = "native_client, outdated_browser, outdated_os, robot.",
     .get = [](const Activity& a) -> Value {
       if (!a.agent) return {};
       return a.agent->tags.texts();
     },
     .allowed = agent_tag_words},
});

constexpr bool by_name(const Attribute& a, const Attribute& b) { return a.name < b.name; }
static_assert(std::is_sorted(kTable.begin(), kTable.end(), by_name));

}  // namespace

std::span<const Attribute> attribute_table() { return kTable; }

const Attribute* find_attribute(std::string_view name) {
  const auto at = std::lower_bound(
      kTable.begin(), kTable.end(), name,
      [](const Attribute& row, std::string_view wanted) { return row.name < wanted; });
  return at != kTable.end() && at->name == name ? &*at : nullptr;
}

}  // namespace sallyport::policy
