#include "policy/testkit/fact_writers.h"

#include <algorithm>
#include <array>

namespace sallyport::policy {
namespace {

using Fact = const FactValue&;

bool missing(Fact fact) { return std::holds_alternative<std::monostate>(fact); }

std::string text(Fact fact) {
  const auto* text = std::get_if<std::string>(&fact);
  return text == nullptr ? std::string() : *text;
}

// As an Activity keeps them: sorted, each once.
std::vector<std::string> texts(Fact fact) {
  const auto* texts = std::get_if<std::vector<std::string>>(&fact);
  std::vector<std::string> sorted = texts == nullptr ? std::vector<std::string>() : *texts;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

std::int64_t number(Fact fact) {
  const auto* number = std::get_if<std::int64_t>(&fact);
  return number == nullptr ? 0 : *number;
}

std::uint64_t bytes(Fact fact) { return static_cast<std::uint64_t>(number(fact)); }

template <std::uint64_t SessionFacts::* field>
void session(Activity& a, Fact fact) {
  if (!a.session) a.session.emplace();
  *a.session.*field = bytes(fact);
}

SeenFacts& seen(Activity& a) {
  if (!a.seen) a.seen.emplace();
  return *a.seen;
}

template <SeenTrait trait>
void days_since(Activity& a, Fact fact) {
  if (!missing(fact)) seen(a).of(trait) = static_cast<std::int16_t>(number(fact));
}

std::uint8_t seen_traits(Fact fact) {
  std::uint8_t set = 0;
  for (const std::string& word : texts(fact)) {
    if (const auto trait = parse_seen_trait(word)) set |= bit_of(*trait);
  }
  return set;
}

void write_first_seen(Activity& a, Fact fact) {
  if (missing(fact)) return;
  const std::uint8_t set = seen_traits(fact);
  for (std::size_t i = 0; i < kSeenTraits; ++i) {
    if ((set >> i & 1) != 0) seen(a).days[i] = SeenFacts::kFirst;
  }
  seen(a);
}

// A version of which only the first number is known.
std::string version(Fact fact) { return missing(fact) ? "" : std::to_string(number(fact)); }

template <class T>
std::optional<T> or_nothing(Fact fact, T present) {
  if (missing(fact)) return std::nullopt;
  return present;
}

// Writes into the part of the activity that the fact belongs to; it is made where there is
// something to put into it.
template <auto part, auto write>
void in(Activity& activity, Fact fact) {
  auto& whole = activity.*part;
  if (!whole && !missing(fact)) whole.emplace();
  if (whole) write(*whole, fact);
}

// What both addresses have in common.
void asn(AddressFacts& to, Fact fact) { to.asn = static_cast<std::uint32_t>(number(fact)); }
void country(AddressFacts& to, Fact fact) { to.country = text(fact); }
void isp(AddressFacts& to, Fact fact) { to.isp = text(fact); }
void range(AddressFacts& to, Fact fact) { to.range = text(fact); }
void tags(AddressFacts& to, Fact fact) { to.tags = texts(fact); }
void category(AddressFacts& to, Fact fact) {
  to.category = parse_ip_category(text(fact)).value_or(IpCategory::none);
}

template <auto write>
void client(Activity& activity, Fact fact) {
  write(activity.client, fact);
}
template <auto write>
void destination(Activity& activity, Fact fact) {
  in<&Activity::destination, write>(activity, fact);
}

void write_app(Activity& activity, Fact fact) {
  if (missing(fact)) {
    activity.app.reset();
    return;
  }
  if (!activity.app) activity.app.emplace();
  activity.app->id = activity.app->name = text(fact);
}

void write_destination(Activity& activity, Fact fact) {
  const auto* address = std::get_if<IpAddress>(&fact);
  if (address == nullptr) {
    activity.destination.reset();
    return;
  }
  if (!activity.destination) activity.destination.emplace();
  activity.destination->address = *address;
}

// The first name is the canonical one.
void write_user(Activity& activity, Fact fact) {
  activity.user.reset();
  activity.user_names.clear();
  const auto* names = std::get_if<std::vector<std::string>>(&fact);
  if (names == nullptr || names->empty()) return;
  activity.user = names->front();
  if (names->size() > 1) activity.user_names = texts(fact);
}

void write_agent_tags(AgentFacts& to, Fact fact) {
  to.tags = {};
  for (const std::string& word : texts(fact)) {
    if (const auto tag = parse_agent_tag(word)) to.tags.add(*tag);
  }
}

template <std::string Details::* field>
void detail(Activity& activity, Fact fact) {
  if (!activity.details && !missing(fact)) activity.details.emplace();
  if (activity.details) (*activity.details).*field = text(fact);
}
template <std::vector<std::string> Details::* field>
void detail_list(Activity& activity, Fact fact) {
  if (!activity.details && !missing(fact)) activity.details.emplace();
  if (activity.details) (*activity.details).*field = texts(fact);
}

// Risk facts are shared and do not change: others take their place.
template <auto write>
void risk(Activity& activity, Fact fact) {
  if (!activity.app) {
    if (missing(fact)) return;
    activity.app.emplace();
  }
  RiskFacts facts;
  if (activity.app->risk) facts = *activity.app->risk;
  write(facts, fact, activity.at);
  activity.app->risk = share(std::move(facts));
}

void write_score(RiskFacts& to, Fact fact, Time) {
  to.score = or_nothing(fact, static_cast<std::uint32_t>(number(fact)));
}
void write_founded(RiskFacts& to, Fact fact, Time) {
  to.founded = static_cast<std::uint32_t>(number(fact));
}
void write_breach(RiskFacts& to, Fact fact, Time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  to.breached = or_nothing(fact, day - std::chrono::days(number(fact)));
}

constexpr std::int64_t kMostAsn = std::numeric_limits<std::uint32_t>::max();

constexpr auto kApp = &Activity::app;
constexpr auto kAgent = &Activity::agent;
constexpr auto kFile = &Activity::file;

constexpr std::array kWriters = std::to_array<FactWriter>({
    {"account", detail<&Details::account>},
    {"account.domain", detail<&Details::account_domain>},
    {"activity", [](Activity& a, Fact f) { a.type = parse_activity_type(text(f)); }},
    {"activity.admin", [](Activity& a, Fact f) { a.admin = or_nothing(f, text(f) == "true"); }},
    {"app", write_app},
    {"app.category", in<kApp, [](AppFacts& to, Fact f) { to.category = text(f); }>},
    {"app.data_center", risk<[](RiskFacts& to, Fact f, Time) { to.data_centers = texts(f); }>},
    {"app.days_since_breach", risk<write_breach>, 0, 100'000},
    {"app.factor", risk<[](RiskFacts& to, Fact f, Time) { to.has = texts(f); }>},
    {"app.founded", risk<write_founded>, 1, 9999},
    {"app.headquarters", risk<[](RiskFacts& to, Fact f, Time) { to.headquarters = text(f); }>},
    {"app.lacks", risk<[](RiskFacts& to, Fact f, Time) { to.lacks = texts(f); }>},
    {"app.risk_score", risk<write_score>, 0, 10},
    {"app.tag", in<kApp, [](AppFacts& to, Fact f) { to.tags = texts(f); }>},
    {"browser", in<kAgent, [](AgentFacts& to, Fact f) { to.browser = text(f); }>},
    {"browser.version",
     in<kAgent, [](AgentFacts& to, Fact f) { to.browser_version = version(f); }>},
    {"certificate.fault",
     [](Activity& a, Fact f) { a.certificate_faults = or_nothing(f, texts(f)); }},
    {"client.app",
     in<kAgent, [](AgentFacts& to,
                   Fact f) { to.app = parse_client_app(text(f)).value_or(ClientApp::other); }>},
    {"client.ip",
     [](Activity& a, Fact f) {
       if (const auto* address = std::get_if<IpAddress>(&f)) a.client.address = *address;
     }},
    {"client.ip.asn", client<asn>, 1, kMostAsn},
    {"client.ip.category", client<category>},
    {"client.ip.country", client<country>},
    {"client.ip.isp", client<isp>},
    {"client.ip.range", client<range>},
    {"client.ip.tag", client<tags>},
    {"client.ja4", [](Activity& a, Fact f) { a.ja4 = text(f); }},
    {"client.refusal",
     [](Activity& a, Fact f) { a.client_refusal = parse_client_refusal(text(f)); }},
    {"client.tls.version", [](Activity& a, Fact f) { a.client_tls_version = text(f); }},
    {"connection.downloaded", [](Activity& a, Fact f) { a.connection_downloaded = bytes(f); }},
    {"connection.uploaded", [](Activity& a, Fact f) { a.connection_uploaded = bytes(f); }},
    {"consent.client", detail<&Details::consent_client>},
    {"consent.level", detail<&Details::consent_level>},
    {"consent.name", detail<&Details::consent_name>},
    {"consent.redirect", detail<&Details::consent_redirect>},
    {"consent.scopes", detail_list<&Details::consent_scopes>},
    {"days_since.action", days_since<SeenTrait::action>, 0, 0x7fff},
    {"days_since.address", days_since<SeenTrait::address>, 0, 0x7fff},
    {"days_since.app", days_since<SeenTrait::app>, 0, 0x7fff},
    {"days_since.country", days_since<SeenTrait::country>, 0, 0x7fff},
    {"days_since.device", days_since<SeenTrait::device>, 0, 0x7fff},
    {"days_since.isp", days_since<SeenTrait::isp>, 0, 0x7fff},
    {"destination.ip", write_destination},
    {"destination.ip.asn", destination<asn>, 1, kMostAsn},
    {"destination.ip.category", destination<category>},
    {"destination.ip.country", destination<country>},
    {"destination.ip.isp", destination<isp>},
    {"destination.ip.range", destination<range>},
    {"destination.ip.tag", destination<tags>},
    {"device.os", in<kAgent, [](AgentFacts& to, Fact f) { to.os = text(f); }>},
    {"device.os.version", in<kAgent, [](AgentFacts& to, Fact f) { to.os_version = version(f); }>},
    {"device.tag", [](Activity& a, Fact f) { a.device_tags = or_nothing(f, texts(f)); }},
    {"device.type", in<kAgent,
                       [](AgentFacts& to, Fact f) {
                         to.device = parse_device_type(text(f)).value_or(DeviceType::other);
                       }>},
    {"file.extension", in<kFile, [](FileFacts& to, Fact f) { to.extension = text(f); }>},
    {"file.family", in<kFile, [](FileFacts& to, Fact f) { to.family = text(f); }>},
    {"file.name", in<kFile, [](FileFacts& to, Fact f) { to.name = text(f); }>},
    {"file.name_tag",
     in<kFile, [](FileFacts& to, Fact f) { to.name_tags = or_nothing(f, texts(f)); }>},
    {"file.scan_status", in<kFile, [](FileFacts& to, Fact f) { to.scan_status = text(f); }>},
    {"file.sha256", in<kFile, [](FileFacts& to, Fact f) { to.sha256 = text(f); }>},
    {"file.size", in<kFile, [](FileFacts& to, Fact f) { to.size = or_nothing(f, bytes(f)); }>},
    {"file.sniffed_type", in<kFile, [](FileFacts& to, Fact f) { to.sniffed_type = text(f); }>},
    {"file.type", in<kFile, [](FileFacts& to, Fact f) { to.type = text(f); }>},
    {"first_seen", write_first_seen},
    {"header", [](Activity& a, Fact f) { a.header_names = or_nothing(f, texts(f)); }},
    {"host", [](Activity& a, Fact f) { a.host = text(f); }},
    {"host.domain", [](Activity& a, Fact f) { a.domain = text(f); }},
    {"host.kind",
     [](Activity& a,
        Fact f) { a.host_kind = parse_host_kind(text(f)).value_or(HostKind::unknown); }},
    {"host.tag", [](Activity& a, Fact f) { a.host_tags = texts(f); }},
    {"instance", detail<&Details::instance>},
    {"instance.kind", detail<&Details::instance_kind>},
    {"method", [](Activity& a, Fact f) { a.method = or_nothing(f, text(f)); }},
    {"object.id", detail<&Details::object_id>},
    {"object.kind", detail<&Details::object_kind>},
    {"object.name", detail<&Details::object_name>},
    {"object.parent", detail<&Details::object_parent>},
    {"outcome", detail<&Details::outcome>},
    {"path", [](Activity& a, Fact f) { a.path = or_nothing(f, text(f)); }},
    {"port", [](Activity& a, Fact f) { a.port = static_cast<std::uint16_t>(number(f)); }, 1,
     65'535},
    {"prompt.conversation", detail<&Details::conversation>},
    {"prompt.model", detail<&Details::model>},
    {"query", [](Activity& a, Fact f) { a.query = or_nothing(f, text(f)); }},
    {"scheme", [](Activity& a, Fact f) { a.scheme = text(f); }},
    {"session.downloaded", session<&SessionFacts::downloaded>},
    {"session.minutes", session<&SessionFacts::minutes>},
    {"session.requests", session<&SessionFacts::requests>},
    {"session.uploaded", session<&SessionFacts::uploaded>},
    {"signature", detail<&Details::signature>},
    {"signature.reading", detail<&Details::reading>},
    {"status", [](Activity& a, Fact f) { a.status = or_nothing(f, static_cast<int>(number(f))); },
     100, 999},
    {"target.class", detail_list<&Details::target_classes>},
    {"target.domain", detail_list<&Details::target_domains>},
    {"target.email", detail_list<&Details::target_emails>},
    {"target.group", detail_list<&Details::target_groups>},
    {"target.link", detail_list<&Details::target_links>},
    {"target.role", detail_list<&Details::target_roles>},
    {"target.user", detail_list<&Details::target_users>},
    {"transfer.session", detail<&Details::transfer_session>},
    {"transfer.step", detail<&Details::transfer_step>},
    {"uncommon",
     [](Activity& a, Fact f) {
       if (!missing(f)) seen(a).uncommon = seen_traits(f);
     }},
    {"user", write_user},
    {"user.days_since_logon",
     [](Activity& a, Fact f) {
       a.days_since_logon.reset();
       if (!missing(f)) a.days_since_logon = static_cast<std::uint16_t>(number(f));
     },
     0, 0xffff},
    {"user.domain", [](Activity& a, Fact f) { a.user_domain = text(f); }},
    {"user.group", [](Activity& a, Fact f) { a.groups = texts(f); }},
    {"user_agent", [](Activity& a, Fact f) { a.user_agent = or_nothing(f, text(f)); }},
    {"user_agent.tag", in<kAgent, write_agent_tags>},
});

constexpr bool by_name(const FactWriter& a, const FactWriter& b) {
  return a.attribute < b.attribute;
}
static_assert(std::is_sorted(kWriters.begin(), kWriters.end(), by_name));

}  // namespace

const FactWriter* find_fact_writer(std::string_view attribute) {
  const auto at = std::lower_bound(
      kWriters.begin(), kWriters.end(), attribute,
      [](const FactWriter& row, std::string_view wanted) { return row.attribute < wanted; });
  return at != kWriters.end() && at->attribute == attribute ? &*at : nullptr;
}

}  // namespace sallyport::policy
