// The notation is YAML itself: a file whose values say what stands there.
//
//   text texts boolean integer number duration bytes date    a value of that kind; texts: one or
//   more a|b|c                                                    one of these words category
//   ip_category country feed_format facility ...    one of a list that the code has factors weights
//   by the names of factors of risk [ shape ]                                                a list
//   of such key!                                                     it may not be left out
//   "*"                                                      any other key

#include "proxy/cli/file_schemas.h"

#include <array>
#include <memory>
#include <vector>

#include "base/core/check.h"
#include "base/core/text.h"
#include "base/json/writer.h"
#include "base/yaml/node.h"
#include "discovery/catalog/risk_reader.h"
#include "discovery/logs/syslog_message.h"
#include "discovery/tags/feed.h"
#include "policy/activity/risk_factors.h"
#include "policy/activity/words.h"

namespace sallyport::cli {
namespace {

constexpr std::string_view kConfig = R"(
gateway: { name: text, contact: text }
listeners: [{ address: text, tls: boolean }]
devices: [{ authorities!: text, revoked: texts, tags: device_tags }]
admin: [{ address: text }]
admin_server:
  certificate: text
  key: text
  without_tls: boolean
  names: texts
  sign_in:
    { name: text, issuer!: text, client_id!: text, client_secret_file: text, user_claim: text, scope: text, acr: texts,
      signed_in_within: duration, roles_claim: text, roles!: { viewer: texts, analyst: texts, operator: texts },
      url: text }
workers: integer
state: { directory: text }
connect: { ports: texts }
origins:
  resolve: { "*": text }
  allow_addresses: texts
  roots: texts
  system_roots: text
  revocation_unknown: allow|block
  http2: match|prefer|never
  idle_connections: integer
  idle_connections_per_origin: integer
  keep: duration
policies: text
templates: text
policy_mode: enforce|rehearse
policy_zone: text
catalog: texts
public_suffixes: text
tags: { apps: text, addresses: text, noise: text, mail_domains: text, own_tenants: text,
        consent_scopes: text, file_names: text, app_risk: text }
agents: { patterns: text, clients: text, releases: text }
geo:
  databases:
    - { path!: text, country: texts, asn: texts, isp: texts, latitude: texts, longitude: texts, max_age: duration }
users: { directory: text, addresses: text, htpasswd: text, links: [{ name!: text, url!: text }] }
pac: text
portal:
  host: text
  organisation: text
  logo: text
  pages: text
  language: text
  enrol: boolean
  sign_in:
    { name: text, issuer!: text, client_id!: text, client_secret_file: text, user_claim: text, scope: text, acr: texts,
      signed_in_within: duration }
recording:
  queries: boolean
  file_digests: boolean
  anonymize_users: boolean
  logs:
    - { file: text, rotate_at: bytes, daily: boolean, keep: integer, format: text, only: texts, syslog: text,
        transport: udp|tcp|tls, roots: texts, server_name: text, facility: facility, severity: severity,
        app_name: text, host_name: text, structured_id: text, max_message: bytes, queue: bytes }
  store: { max_age: duration, max_size: bytes }
  usage: { max_age: duration, max_size: bytes,
    exclude: { users: texts, groups: texts, addresses: texts, apps: texts } }
  audit_reads: off|best_effort|required
  audit_age: duration
alert_delivery:
  - { name!: text, type!: webhook|mail|syslog, severity: informational|low|medium|high, categories: texts,
      policies: texts, timeout: duration, give_up_after: duration, roots: texts, plain: boolean,
      url: text, secret_file: text, secret_environment: text,
      server: text, from: text, to: texts, subject: text, user: text, password_file: text, password_environment: text,
      transport: udp|tcp|tls, format: cef|json, facility: facility, app_name: text, host_name: text,
      server_name: text, max_message: bytes }
webhook_actions:
  - { name!: text, description: text, url!: text, plain: boolean, secret_file: text, secret_environment: text,
      roots: texts, timeout: duration, give_up_after: duration, needs: texts, on_alerts_of: texts,
      real_names: boolean,
      parameters: { "*": text } }
quarantine: { certificate: text, max_size: bytes, max_age: duration }
limits:
  connections: integer
  connections_per_client: integer
  connection_rate: integer
  request_head: bytes
  request_target: bytes
  request_fields: integer
  http2_streams: integer
  body_rate: bytes
  held_upload: bytes
  held_uploads: bytes
  held_uploads_per_client: bytes
  leaves_per_second: integer
  lookups_per_client: integer
  memory: text
  sign_in: { window: duration, failures: integer, failures_of_address: integer, failures_of_user: integer }
timeouts:
  { connect: duration, handshake: duration, client_hello: duration, request_head: duration, idle: duration,
    reply_head: duration, reply_head_rest: duration, stall: duration, slow_client: duration, tunnel_idle: duration,
    drain: duration }
)";

constexpr std::string_view kApp = R"(
id!: text
name!: text
vendor!: text
category!: category
domains: texts
ranges: texts
website: text
tags: texts
sources!: [{ kind!: source_kind, date!: date, note: text }]
)";

constexpr std::string_view kAppTags = R"("*": texts)";

constexpr std::string_view kAddressTags = R"(
ranges:
  - { name!: text, cidrs!: texts, category: ip_category, tags: texts, override_isp: text,
      override_location: { country!: country, lat: number, lon: number } }
feeds:
  - { name!: text, path!: text, format: feed_format, paths: texts, column: integer, category: ip_category,
      tags: texts, max_age: duration }
)";

constexpr std::string_view kNoise =
    "{ tracker: texts, advertising: texts, analytics: texts, cdn: texts, infrastructure: texts }";

constexpr std::string_view kMailDomains =
    "{ internal: texts, personal: texts, disposable: texts, personal_list: text, disposable_list: "
    "text }";

constexpr std::string_view kOwnTenants =
    "[{ app!: texts, tenants: texts, hosts: texts, domains: texts, kind: corporate|personal|other, "
    "note: text }]";

constexpr std::string_view kConsentScopes = R"(
lists:
  - { name!: text, apps!: texts,
      source!: { kind!: common_knowledge|vendor_documentation|sdk|openapi, name!: text, date!: date },
      prefixes: texts, low: texts, medium: texts, high: texts }
shapes: [{ like!: text, level!: low|medium|high, note: text }]
)";

constexpr std::string_view kFileNames =
    "[{ tag!: text, names: texts, extensions: texts, note: text }]";

constexpr std::string_view kUsers =
    "users: [{ name!: text, aliases: texts, user: texts, upn: texts, mail: texts, groups: texts, "
    "manager: text, last_logon: text }]";

constexpr std::string_view kUserAddresses = "[{ address: text, cidr: text, user!: text }]";

constexpr std::string_view kPac =
    "{ gateway: text, port: integer, tls: boolean, plain_names_direct: boolean, fallback_direct: "
    "boolean, "
    "direct: texts }";

constexpr std::string_view kClients =
    R"({ native_clients: { "*": texts }, robots: { "*": texts } })";

constexpr std::string_view kReleases = R"(
browsers: { "*": { source!: text, superseded: duration, behind: integer,
                   releases!: [{ version!: text, date!: date, ended: date, sure: day|month|planned, note: text }] } }
systems: { "*": { source!: text, superseded: duration, behind: integer,
                  releases!: [{ version!: text, date!: date, ended: date, sure: day|month|planned, note: text }] } }
)";

constexpr std::string_view kRisk = R"(
sources!: [{ kind!: source_kind, date!: date, note: text }]
factors: factors
)";

constexpr std::string_view kAppRisk = R"(
weights: { general: weight, security: weight, compliance: weight, legal: weight, factors: weights }
not_applicable_counts: boolean
doubt: integer
least_known: integer
apps: { "*": { note!: text, score: integer, factors: factors } }
)";

constexpr FileShape kShapes[] = {
    {"config", "conf/sallyport.yaml", kConfig},
    {"app", "conf/catalog/*/app.yaml", kApp},
    {"risk", "conf/catalog/*/risk.yaml", kRisk},
    {"app_tags", "conf/tags/apps.yaml", kAppTags},
    {"app_risk", "conf/tags/app_risk.yaml", kAppRisk},
    {"address_tags", "conf/tags/ip_ranges.yaml", kAddressTags},
    {"noise", "conf/tags/noise.yaml", kNoise},
    {"mail_domains", "conf/tags/mail_domains.yaml", kMailDomains},
    {"own_tenants", "conf/tags/own_tenants.yaml", kOwnTenants},
    {"consent_scopes", "conf/tags/consent_scopes.yaml", kConsentScopes},
    {"file_names", "conf/tags/file_names.yaml", kFileNames},
    {"users", "conf/users/users.yaml", kUsers},
    {"user_addresses", "conf/users/addresses.yaml", kUserAddresses},
    {"pac", "conf/pac/pac.yaml", kPac},
    {"clients", "conf/agents/clients.yaml", kClients},
    {"releases", "conf/agents/releases.yaml", kReleases},
};

using yaml::Node;

class SchemaOfShape {
 public:
  explicit SchemaOfShape(const FileShape& shape) : shape_(shape), json_(out_) {}

  std::string write() {
    const auto parsed = yaml::parse(std::make_shared<const Source>(
        Source{std::string(shape_.name), std::string(shape_.shape)}));
    CHECK(parsed.has_value());
    json_.begin_object();
    json_.member("$schema", "https://json-schema.org/draft/2020-12/schema");
    json_.member("title", "Sallyport: " + std::string(shape_.files));
    members_of(*parsed);
    json_.end_object();
    return std::move(out_) + '\n';
  }

 private:
  void schema(const Node& node) {
    json_.begin_object();
    members_of(node);
    json_.end_object();
  }

  template <class Words>
  void words(std::string_view key, const Words& all) {
    json_.key(key);
    json_.begin_array();
    for (const std::string_view word : all) json_.string(word);
    json_.end_array();
  }
  void types(const std::vector<std::string_view>& all) { words("type", all); }

  // A mapping from factors of risk to their weights, or to their values.
  void factors(bool weights) {
    types({"object", "null"});
    json_.key("properties");
    json_.begin_object();
    for (const policy::RiskFactor& factor : policy::risk_factor_table()) {
      json_.key(factor.name);
      json_.begin_object();
      if (weights) {
        words("enum", discovery::weight_words());
      } else {
        json_.key("anyOf");
        json_.begin_array();
        json_.begin_object();
        factor_value(factor);
        json_.end_object();
        json_.begin_object();
        json_.member("type", "object");
        json_.key("properties");
        json_.begin_object();
        json_.key("value");
        json_.begin_object();
        factor_value(factor);
        json_.end_object();
        json_.key("kind");
        json_.begin_object();
        words("enum", discovery::source_kind_words());
        json_.end_object();
        json_.key("date");
        json_.begin_object();
        value("date");
        json_.end_object();
        json_.key("note");
        json_.begin_object();
        value("text");
        json_.end_object();
        json_.end_object();
        words("required", std::array<std::string_view, 1>{"value"});
        json_.key("additionalProperties");
        json_.boolean(false);
        json_.end_object();
        json_.end_array();
      }
      json_.end_object();
    }
    json_.end_object();
    json_.key("additionalProperties");
    json_.boolean(false);
  }

  void factor_value(const policy::RiskFactor& factor) {
    using Type = policy::FactorType;
    std::vector<std::string_view> all;
    for (const policy::FactorWord& one : factor.words) all.push_back(one.word);
    const auto listed = [&](const auto& item) {
      types({"array", "string"});
      json_.key("items");
      json_.begin_object();
      item();
      json_.end_object();
    };
    switch (factor.type) {
      case Type::yes_no:
        json_.key("enum");
        json_.begin_array();
        json_.boolean(true);
        json_.boolean(false);
        json_.string("not_applicable");
        json_.end_array();
        return;
      case Type::word:
        return words("enum", all);
      case Type::words:
        return listed([&] { words("enum", all); });
      case Type::country:
        return words("enum", policy::country_codes());
      case Type::countries:
        return listed([&] { words("enum", policy::country_codes()); });
      case Type::urls:
        return listed([&] { json_.member("type", "string"); });
      case Type::number:
      case Type::year:
        json_.member("type", "integer");
        return;
      case Type::date:
        types({"string", "integer"});
        return;
      case Type::text:
      case Type::url:
        json_.member("type", "string");
        return;
    }
  }

  // A list or a mapping that was left empty counts as one without anything in it.
  void members_of(const Node& node) {
    if (node.kind == Node::Kind::scalar) {
      value(node.text);
      return;
    }
    if (node.kind == Node::Kind::list) {
      types({"array", "null"});
      json_.key("items");
      schema(node.items.front());
      return;
    }
    types({"object", "null"});
    std::vector<std::string_view> required;
    const Node* others = nullptr;
    json_.key("properties");
    json_.begin_object();
    for (const auto& [written, shape] : node.entries) {
      std::string_view key = *written;
      if (key == "*") {
        others = &shape;
        continue;
      }
      if (key.ends_with('!')) {
        key.remove_suffix(1);
        required.push_back(key);
      }
      json_.key(key);
      schema(shape);
    }
    json_.end_object();
    if (!required.empty()) words("required", required);
    json_.key("additionalProperties");
    if (others == nullptr) {
      json_.boolean(false);
    } else {
      schema(*others);
    }
  }

  void value(std::string_view kind) {
    if (kind == "text") {
      types({"string", "number", "boolean"});
    } else if (kind == "texts") {
      types({"string", "number", "boolean", "array", "null"});
      json_.key("items");
      json_.begin_object();
      types({"string", "number", "boolean"});
      json_.end_object();
    } else if (kind == "boolean") {
      types({"boolean"});
    } else if (kind == "integer") {
      json_.member("type", "integer");
    } else if (kind == "number") {
      json_.member("type", "number");
    } else if (kind == "duration") {
      json_.member("type", "string");
      json_.member("pattern", "^[0-9]+(ms|s|m|h|d)$");
    } else if (kind == "bytes") {
      types({"string", "integer"});
      json_.member("pattern", "^[0-9.]+ *([kKMGT]i?)?B?$");
    } else if (kind == "date") {
      json_.member("type", "string");
      json_.member("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
    } else if (kind == "category") {
      words("enum", policy::app_category_words());
    } else if (kind == "source_kind") {
      words("enum", discovery::source_kind_words());
    } else if (kind == "device_tags") {
      types({"array", "string", "null"});
      json_.key("items");
      json_.begin_object();
      words("enum", policy::device_tag_words());
      json_.end_object();
    } else if (kind == "weight") {
      words("enum", discovery::weight_words());
    } else if (kind == "weights" || kind == "factors") {
      factors(kind == "weights");
    } else if (kind == "ip_category") {
      words("enum", policy::ip_category_words());
    } else if (kind == "country") {
      words("enum", policy::country_codes());
    } else if (kind == "feed_format") {
      words("enum", discovery::feed_format_words());
    } else if (kind == "facility") {
      words("enum", discovery::facility_words());
    } else if (kind == "severity") {
      auto all = discovery::severity_words();
      all.push_back("auto");
      words("enum", all);
    } else {
      CHECK(kind.find('|') != kind.npos);
      words("enum", split(kind, '|'));
    }
  }

  const FileShape& shape_;
  std::string out_;
  JsonWriter json_;
};

}  // namespace

std::span<const FileShape> file_shapes() { return kShapes; }

std::string to_schema(const FileShape& shape) { return SchemaOfShape(shape).write(); }

}  // namespace sallyport::cli
