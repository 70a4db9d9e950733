#include "policy/activity/attribute_table.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace sallyport::policy {
namespace {

std::string to_text(const Value& value) {
  struct Show {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(std::string_view text) const { return '"' + std::string(text) + '"'; }
    std::string operator()(std::span<const std::string> texts) const {
      std::string out = "[";
      for (const std::string& text : texts) out += (out.size() > 1 ? " " : "") + text;
      return out + "]";
    }
    std::string operator()(const IpAddress& address) const { return address.to_string(); }
  };
  return std::visit(Show(), value);
}

// Every row: its name, from when on it is known, and what it reads.
std::string read_all(const Activity& activity) {
  std::string out;
  for (const Attribute& attribute : attribute_table()) {
    out += std::string(attribute.name) + " " + std::string(to_string(attribute.from)) + " " +
           to_text(attribute.get(activity)) + "\n";
  }
  return out;
}

AddressFacts facts(std::string_view address, IpCategory category, std::string tag,
                   std::string range) {
  return {*IpAddress::parse(address), category, {std::move(tag)}, std::move(range)};
}

TEST(AttributeTable, ReadsEveryFactOfAFullActivity) {
  Activity activity;
  activity.user = "alice";
  activity.user_names = {"alice", "alice@corp.example", "corp\\alice"};
  activity.user_domain = "corp.example";
  activity.days_since_logon = 41;
  activity.groups = {"eng", "staff"};
  activity.device_tags = {"compliant", "managed"};
  activity.client = facts("192.0.2.7", IpCategory::vpn, "remote", "Home office");
  activity.destination = facts("2001:db8::1", IpCategory::cloud_provider, "aws", "Region one");
  activity.client.country = "DE";
  activity.client.asn = 64496;
  activity.client.isp = "Example Net";
  activity.destination->country = "FR";
  activity.destination->asn = 4294967295;
  activity.destination->isp = "Example Cloud";
  activity.host = "files.example.com";
  activity.domain = "example.com";
  activity.host_kind = HostKind::cdn;
  activity.host_tags = {"botnet"};
  activity.client_refusal = ClientRefusal::bad_certificate;
  activity.seen.emplace().days = {5, 6, 7, SeenFacts::kFirst, 9, SeenFacts::kUnknown};
  activity.seen->uncommon = bit_of(SeenTrait::country);
  activity.port = 8443;
  activity.scheme = "https";
  activity.app = AppFacts{"example_files", "Example Files", "cloud_storage", {"sanctioned"}, {}};
  RiskFacts risk;
  risk.score = 7;
  risk.has = {"saml", "soc_2"};
  risk.lacks = {"hipaa"};
  risk.headquarters = "US";
  risk.data_centers = {"DE", "US"};
  risk.founded = 2007;
  risk.breached = std::chrono::sys_days(std::chrono::year(1969) / 12 / 25);
  activity.app->risk = share(risk);
  activity.method = "PUT";
  activity.path = "/a/b";
  activity.type = ActivityType::delete_;
  activity.status = 204;
  activity.user_agent = "Mozilla/5.0";
  activity.agent = AgentFacts{ClientApp::browser, DeviceType::tablet, {},      "chrome",
                              "131.0.6778.86",    "android",          "14.0.1"};
  activity.agent->tags.add(AgentTag::outdated_os);
  activity.agent->tags.add(AgentTag::native_client);
  activity.ja4 = "t13d1516h2_8daaf6152771_02713d6af862";
  activity.client_tls_version = "TLSv1.3";
  activity.at = Time(std::chrono::seconds(5));
  activity.query = "a=b";
  activity.header_names = {"accept", "host"};
  activity.admin = true;
  activity.file = FileFacts{"a.pdf", "pdf", "application/pdf", 17};
  activity.file->sniffed_type = "file sniffed_type";
  activity.file->family = "document";
  activity.file->sha256 = "file sha256";
  activity.file->scan_status = "completed";
  activity.file->name_tags = std::vector<std::string>{"file name_tag"};
  Details& details = activity.details.emplace();
  for (const DetailText& one : detail_texts()) {
    details.*one.field = one.fact;
    std::ranges::replace(details.*one.field, '.', ' ');
  }
  details.consent_level = "high";
  details.instance_kind = "corporate";
  details.object_kind = "file";
  details.outcome = "success";
  details.transfer_step = "part";
  for (const DetailList& one : detail_lists()) {
    std::ranges::replace((details.*one.field).emplace_back(one.fact), '.', ' ');
  }
  activity.connection_uploaded = 700;
  activity.connection_downloaded = 9000;
  activity.session = SessionFacts{11, 12, 13, 14};
  activity.certificate_faults = {"expired"};

  EXPECT_EQ(read_all(activity),
            "account response \"account\"\n"
            "account.domain response \"account domain\"\n"
            "activity request \"delete\"\n"
            "activity.admin request \"true\"\n"
            "app connect \"example_files\"\n"
            "app.category connect \"cloud_storage\"\n"
            "app.data_center connect [DE US]\n"
            "app.days_since_breach connect 7\n"
            "app.factor connect [saml soc_2]\n"
            "app.founded connect 2007\n"
            "app.headquarters connect \"US\"\n"
            "app.lacks connect [hipaa]\n"
            "app.risk_score connect 7\n"
            "app.tag connect [sanctioned]\n"
            "browser request \"chrome\"\n"
            "browser.version request 131\n"
            "certificate.fault request [expired]\n"
            "client.app request \"browser\"\n"
            "client.ip connect 192.0.2.7\n"
            "client.ip.asn connect 64496\n"
            "client.ip.category connect \"vpn\"\n"
            "client.ip.country connect \"DE\"\n"
            "client.ip.isp connect \"Example Net\"\n"
            "client.ip.range connect \"Home office\"\n"
            "client.ip.tag connect [remote]\n"
            "client.ja4 connect \"t13d1516h2_8daaf6152771_02713d6af862\"\n"
            "client.refusal response \"bad_certificate\"\n"
            "client.tls.version request \"TLSv1.3\"\n"
            "connection.downloaded connect 9000\n"
            "connection.uploaded connect 700\n"
            "consent.client response \"consent client\"\n"
            "consent.level response \"high\"\n"
            "consent.name response \"consent name\"\n"
            "consent.redirect response \"consent redirect\"\n"
            "consent.scopes response [consent scopes]\n"
            "days_since.action response 5\n"
            "days_since.address response 6\n"
            "days_since.app response 7\n"
            "days_since.country response -\n"
            "days_since.device response 9\n"
            "days_since.isp response -\n"
            "destination.ip request 2001:db8::1\n"
            "destination.ip.asn request 4294967295\n"
            "destination.ip.category request \"cloud_provider\"\n"
            "destination.ip.country request \"FR\"\n"
            "destination.ip.isp request \"Example Cloud\"\n"
            "destination.ip.range request \"Region one\"\n"
            "destination.ip.tag request [aws]\n"
            "device.os request \"android\"\n"
            "device.os.version request 14\n"
            "device.tag connect [compliant managed]\n"
            "device.type request \"tablet\"\n"
            "file.extension response \"pdf\"\n"
            "file.family response \"document\"\n"
            "file.name response \"a.pdf\"\n"
            "file.name_tag response [file name_tag]\n"
            "file.scan_status response \"completed\"\n"
            "file.sha256 response \"file sha256\"\n"
            "file.size response 17\n"
            "file.sniffed_type response \"file sniffed_type\"\n"
            "file.type response \"application/pdf\"\n"
            "first_seen response [country]\n"
            "header request [accept host]\n"
            "host connect \"files.example.com\"\n"
            "host.domain connect \"example.com\"\n"
            "host.kind connect \"cdn\"\n"
            "host.tag connect [botnet]\n"
            "instance response \"instance\"\n"
            "instance.kind response \"corporate\"\n"
            "method request \"PUT\"\n"
            "object.id response \"object id\"\n"
            "object.kind response \"file\"\n"
            "object.name response \"object name\"\n"
            "object.parent response \"object parent\"\n"
            "outcome response \"success\"\n"
            "path request \"/a/b\"\n"
            "port connect 8443\n"
            "prompt.conversation response \"prompt conversation\"\n"
            "prompt.model response \"prompt model\"\n"
            "query request \"a=b\"\n"
            "scheme connect \"https\"\n"
            "session.downloaded request 12\n"
            "session.minutes request 14\n"
            "session.requests request 13\n"
            "session.uploaded request 11\n"
            "signature response \"signature\"\n"
            "signature.reading response \"signature reading\"\n"
            "status response 204\n"
            "target.class response [target class]\n"
            "target.domain response [target domain]\n"
            "target.email response [target email]\n"
            "target.group response [target group]\n"
            "target.link response [target link]\n"
            "target.role response [target role]\n"
            "target.user response [target user]\n"
            "time.date connect 5000000\n"
            "time.of_day connect 5000000\n"
            "time.weekday connect 5000000\n"
            "transfer.session response \"transfer session\"\n"
            "transfer.step response \"part\"\n"
            "uncommon response [country]\n"
            "user connect [alice alice@corp.example corp\\alice]\n"
            "user.days_since_logon connect 41\n"
            "user.domain connect \"corp.example\"\n"
            "user.group connect [eng staff]\n"
            "user_agent request \"Mozilla/5.0\"\n"
            "user_agent.tag request [native_client outdated_os]\n");
}

TEST(AttributeTable, TellsMissingFactsFromEmptyOnes) {
  EXPECT_EQ(read_all(Activity()),
            "account response -\n"
            "account.domain response -\n"
            "activity request -\n"
            "activity.admin request -\n"
            "app connect -\n"
            "app.category connect -\n"
            "app.data_center connect -\n"
            "app.days_since_breach connect -\n"
            "app.factor connect -\n"
            "app.founded connect -\n"
            "app.headquarters connect -\n"
            "app.lacks connect -\n"
            "app.risk_score connect -\n"
            "app.tag connect -\n"
            "browser request -\n"
            "browser.version request -\n"
            "certificate.fault request -\n"
            "client.app request -\n"
            "client.ip connect 0.0.0.0\n"
            "client.ip.asn connect -\n"
            "client.ip.category connect \"none\"\n"
            "client.ip.country connect -\n"
            "client.ip.isp connect -\n"
            "client.ip.range connect \"\"\n"
            "client.ip.tag connect []\n"
            "client.ja4 connect -\n"
            "client.refusal response -\n"
            "client.tls.version request -\n"
            "connection.downloaded connect 0\n"
            "connection.uploaded connect 0\n"
            "consent.client response -\n"
            "consent.level response -\n"
            "consent.name response -\n"
            "consent.redirect response -\n"
            "consent.scopes response -\n"
            "days_since.action response -\n"
            "days_since.address response -\n"
            "days_since.app response -\n"
            "days_since.country response -\n"
            "days_since.device response -\n"
            "days_since.isp response -\n"
            "destination.ip request -\n"
            "destination.ip.asn request -\n"
            "destination.ip.category request -\n"
            "destination.ip.country request -\n"
            "destination.ip.isp request -\n"
            "destination.ip.range request -\n"
            "destination.ip.tag request -\n"
            "device.os request -\n"
            "device.os.version request -\n"
            "device.tag connect -\n"
            "device.type request -\n"
            "file.extension response -\n"
            "file.family response -\n"
            "file.name response -\n"
            "file.name_tag response -\n"
            "file.scan_status response -\n"
            "file.sha256 response -\n"
            "file.size response -\n"
            "file.sniffed_type response -\n"
            "file.type response -\n"
            "first_seen response -\n"
            "header request -\n"
            "host connect -\n"
            "host.domain connect -\n"
            "host.kind connect \"unknown\"\n"
            "host.tag connect -\n"
            "instance response -\n"
            "instance.kind response -\n"
            "method request -\n"
            "object.id response -\n"
            "object.kind response -\n"
            "object.name response -\n"
            "object.parent response -\n"
            "outcome response -\n"
            "path request -\n"
            "port connect -\n"
            "prompt.conversation response -\n"
            "prompt.model response -\n"
            "query request -\n"
            "scheme connect -\n"
            "session.downloaded request -\n"
            "session.minutes request -\n"
            "session.requests request -\n"
            "session.uploaded request -\n"
            "signature response -\n"
            "signature.reading response -\n"
            "status response -\n"
            "target.class response -\n"
            "target.domain response -\n"
            "target.email response -\n"
            "target.group response -\n"
            "target.link response -\n"
            "target.role response -\n"
            "target.user response -\n"
            "time.date connect 0\n"
            "time.of_day connect 0\n"
            "time.weekday connect 0\n"
            "transfer.session response -\n"
            "transfer.step response -\n"
            "uncommon response -\n"
            "user connect -\n"
            "user.days_since_logon connect -\n"
            "user.domain connect -\n"
            "user.group connect -\n"
            "user_agent request -\n"
            "user_agent.tag request -\n");
}

TEST(AttributeTable, KnowsThatSomebodyWithoutGroupsIsInNone) {
  Activity activity;
  activity.user = "alice";
  EXPECT_EQ(to_text(find_attribute("user.group")->get(activity)), "[]");
  EXPECT_EQ(to_text(find_attribute("user")->get(activity)), "[alice]");
  activity.user = "";
  EXPECT_EQ(to_text(find_attribute("user.group")->get(activity)), "-");
  EXPECT_EQ(to_text(find_attribute("user")->get(activity)), "-");
}

TEST(AttributeTable, FindsEveryRowAndNothingElse) {
  for (const Attribute& attribute : attribute_table()) {
    EXPECT_EQ(find_attribute(attribute.name), &attribute);
  }
  for (const std::string_view name : {"", "a", "app.", "app.categor", "user.groups", "zzz"}) {
    EXPECT_EQ(find_attribute(name), nullptr) << name;
  }
}

TEST(AttributeTable, RowsAreWhole) {
  for (const Attribute& attribute : attribute_table()) {
    EXPECT_TRUE(attribute.doc.ends_with('.')) << attribute.name;
    const bool word = attribute.type == Type::word || attribute.type == Type::words;
    const bool text = attribute.type == Type::text || attribute.type == Type::texts;
    if (word) {
      ASSERT_NE(attribute.allowed, nullptr) << attribute.name;
      EXPECT_FALSE(attribute.allowed().empty()) << attribute.name;
    }
    EXPECT_TRUE(!attribute.allowed || word || text) << attribute.name;
    EXPECT_TRUE(!(attribute.says_unknown && attribute.allowed) ||
                std::ranges::count(attribute.allowed(), "unknown") == 0)
        << attribute.name;
    if (attribute.host_suffix || attribute.path_prefix) {
      EXPECT_EQ(attribute.type, Type::text) << attribute.name;
    }
  }
}

}  // namespace
}  // namespace sallyport::policy
