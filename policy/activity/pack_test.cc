#include "policy/activity/pack.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "base/core/text.h"
#include "policy/activity/attribute_table.h"

namespace sallyport::policy {
namespace {

std::string to_text(const Value& value) {
  struct Show {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(std::string_view text) const { return '"' + std::string(text) + '"'; }
    std::string operator()(std::span<const std::string> texts) const {
      std::string out = "[";
      for (const std::string& text : texts) out += '"' + text + "\" ";
      return out + "]";
    }
    std::string operator()(const IpAddress& address) const { return address.to_string(); }
  };
  return std::visit(Show(), value);
}

// What every attribute that is kept reads.
std::string read_kept(const Activity& activity) {
  std::string out;
  for (const Attribute& attribute : attribute_table()) {
    if (attribute.passing) continue;
    out += std::string(attribute.name) + " " + to_text(attribute.get(activity)) + "\n";
  }
  return out;
}

// Everything that is packed and that no attribute reads.
std::string read_rest(const Activity& activity) {
  std::string out(to_string(activity.point));
  const auto location = [&](const AddressFacts& facts) {
    if (!facts.location) return std::string(" -");
    return " " + std::to_string(facts.location->latitude) + " " +
           std::to_string(facts.location->longitude);
  };
  out += location(activity.client);
  if (activity.destination) out += location(*activity.destination);
  if (activity.app) out += " " + activity.app->name;
  if (activity.agent)
    out += " " + activity.agent->browser_version + " " + activity.agent->os_version;
  out += activity.user ? " user " + *activity.user : " nobody";
  return out;
}

// Random activities in which each fact is there or not, also with values at the ends of their
// range.
class Random {
 public:
  explicit Random(std::uint32_t seed) : random_(seed) {}

  bool coin() { return random_() % 2 == 0; }
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  std::string text() {
    static constexpr std::size_t kLengths[] = {0, 1, 7, 20, 127, 128, 300};
    std::string text(kLengths[below(std::size(kLengths))], '\0');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }
  std::string text_or_none() { return coin() ? text() : std::string(); }
  std::vector<std::string> texts() {
    std::vector<std::string> list(below(4));
    for (std::string& one : list) one = text();
    return list;
  }
  std::uint64_t number() {
    static constexpr std::uint64_t kNumbers[] = {0, 1, 127, 128, 1u << 31, UINT64_MAX};
    return coin() ? kNumbers[below(std::size(kNumbers))] : random_();
  }
  template <class Word>
  Word word(std::span<const std::string_view> words) {
    return static_cast<Word>(below(words.size()));
  }

  AddressFacts address() {
    AddressFacts facts;
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    facts.address =
        coin() ? IpAddress::v4(static_cast<std::uint32_t>(random_())) : IpAddress::v6(bytes);
    facts.category = word<IpCategory>(ip_category_words());
    facts.tags = texts();
    facts.range = text_or_none();
    facts.country = coin() ? "DE" : "";
    facts.asn = static_cast<std::uint32_t>(number());
    facts.isp = text_or_none();
    if (coin()) facts.location = Coordinates{-89.5, static_cast<double>(below(180))};
    return facts;
  }

  AgentFacts agent() {
    AgentFacts facts;
    facts.app = word<ClientApp>(client_app_words());
    facts.device = word<DeviceType>(device_type_words());
    for (std::size_t tag = 0; tag < agent_tag_words().size(); ++tag) {
      if (coin()) facts.tags.add(static_cast<AgentTag>(tag));
    }
    facts.browser = text_or_none();
    facts.browser_version = coin() ? "131.0.6778.86" : "";
    facts.os = text_or_none();
    facts.os_version = coin() ? "14.1" : "";
    return facts;
  }

  SharedRisk risk() {
    RiskFacts facts;
    if (coin()) facts.score = static_cast<std::uint32_t>(below(11));
    facts.has = texts();
    facts.lacks = texts();
    facts.headquarters = text_or_none();
    facts.data_centers = texts();
    if (coin()) facts.founded = static_cast<std::uint32_t>(below(2026));
    if (coin()) {
      facts.breached =
          std::chrono::sys_days(std::chrono::days(static_cast<int>(below(40'000)) - 20'000));
    }
    return share(std::move(facts));
  }

  Activity activity() {
    Activity made;
    made.point = static_cast<Point>(below(5));
    made.at = Time(std::chrono::microseconds(static_cast<std::int64_t>(number())));
    if (coin()) made.user = text();
    made.user_names = texts();
    made.user_domain = text_or_none();
    made.groups = texts();
    if (coin()) made.days_since_logon = static_cast<std::uint16_t>(number());
    if (coin()) made.device_tags = texts();
    made.client = address();
    if (coin()) made.destination = address();
    made.host = text_or_none();
    made.domain = text_or_none();
    made.host_kind = word<HostKind>(host_kind_words());
    made.host_tags = texts();
    made.port = static_cast<std::uint16_t>(number());
    made.scheme = coin() ? "https" : "";
    if (coin()) made.app = AppFacts{text(), text(), text(), texts(), risk()};
    if (coin()) made.method = text();
    if (coin()) made.path = text();
    if (coin()) made.query = text();
    if (coin()) made.header_names = texts();
    if (coin()) made.type = word<ActivityType>(activity_type_words());
    if (coin()) made.admin = coin();
    if (coin()) {
      made.file =
          FileFacts{text(), text(), text(), std::nullopt, text(), text(), text_or_none(), text()};
    }
    if (made.file && coin()) made.file->size = number();
    if (made.file && coin()) made.file->name_tags = texts();
    if (coin()) {
      Details& details = made.details.emplace();
      for (const DetailText& one : detail_texts()) details.*one.field = text_or_none();
      for (const DetailList& one : detail_lists()) details.*one.field = texts();
    }
    if (coin()) made.user_agent = text();
    if (coin()) made.agent = agent();
    made.ja4 = text_or_none();
    made.client_tls_version = coin() ? "TLSv1.3" : "";
    made.connection_uploaded = number();
    made.connection_downloaded = number();
    if (number() % 2 == 0) made.session = SessionFacts{number(), number(), number(), number()};
    if (coin()) made.certificate_faults = texts();
    if (coin()) made.client_refusal = word<ClientRefusal>(client_refusal_words());
    if (coin()) {
      SeenFacts& seen = made.seen.emplace();
      for (auto& days : seen.days) days = static_cast<std::int16_t>(below(60)) - 2;
      seen.uncommon = static_cast<std::uint8_t>(below(64));
    }
    if (coin()) made.status = static_cast<int>(number());
    return made;
  }

 private:
  std::mt19937_64 random_;
};

std::string packed(const Activity& activity) {
  std::string out;
  pack(activity, out);
  return out;
}

TEST(Pack, LosesNoFactOfRandomActivities) {
  Random random(7);
  Activity used;  // One for all: it must remember nothing of those before.
  for (int i = 0; i < 20'000; ++i) {
    const Activity activity = random.activity();
    const std::string bytes = packed(activity);
    ASSERT_TRUE(unpack(bytes, used)) << i;
    ASSERT_EQ(read_kept(used), read_kept(activity)) << i;
    ASSERT_EQ(read_rest(used), read_rest(activity)) << i;
    ASSERT_EQ(packed(used), bytes) << i;
    EXPECT_FALSE(used.query.has_value());
    EXPECT_FALSE(used.header_names.has_value());
  }
}

// A new row of the attribute table whose field nobody gave to Random above would be tested by none
// of its activities.
TEST(Pack, IsTriedWithAValueOfEveryAttributeThatIsKept) {
  Random random(7);
  std::vector<std::string_view> never;
  for (const Attribute& attribute : attribute_table()) never.push_back(attribute.name);
  Activity used;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(unpack(packed(random.activity()), used));
    std::erase_if(never, [&](std::string_view name) {
      const Value value = find_attribute(name)->get(used);
      const auto* texts = std::get_if<std::span<const std::string>>(&value);
      return texts != nullptr ? !texts->empty() : !std::holds_alternative<std::monostate>(value);
    });
  }
  std::vector<std::string_view> passing;
  for (const Attribute& attribute : attribute_table()) {
    if (attribute.passing) passing.push_back(attribute.name);
  }
  EXPECT_EQ(never, passing);
}

Activity small() {
  Activity activity;
  activity.point = Point::response;
  activity.at = Time(std::chrono::microseconds(5));
  activity.user = "ana";
  activity.client.address = *IpAddress::parse("192.0.2.7");
  activity.host = "a.example";
  activity.port = 443;
  activity.status = 200;
  return activity;
}

// The format does not change: what is in the stores must be read for ever.
TEST(Pack, WritesTheseBytes) {
  EXPECT_EQ(to_hex(packed(small()).data(), packed(small()).size()),
            "01"                      // version
            "0203"                    // point: response
            "040a"                    // at: 5
            "0703616e61"              // user: ana
            "11060304c0000207"        // client: address
            "1509612e6578616d706c65"  // host
            "1cbb03"                  // port
            "3a9003");                // status: 200, zigzag
}

TEST(Pack, PassesOverWhatANewerVersionKnows) {
  const std::string bytes = packed(small());
  std::string newer = bytes;
  newer += std::string("\xfe\x01\x07", 3);    // fact 127: a number
  newer += std::string("\xff\x01\x02hi", 5);  // and bytes
  newer += std::string("\xe1\x7f\x01x", 4);   // fact 8176
  newer += std::string("\x26\x63", 2);        // type: word 99
  Activity read;
  ASSERT_TRUE(unpack(newer, read));
  EXPECT_EQ(read.type, ActivityType::other);
  read.type.reset();
  EXPECT_EQ(packed(read), bytes);
}

TEST(Pack, LeavesUnknownWhatAnOlderVersionDidNotWrite) {
  Random random(3);
  Activity used;
  while (!used.app || !used.agent || !used.file) used = random.activity();
  ASSERT_TRUE(unpack(packed(small()), used));
  EXPECT_EQ(packed(used), packed(small()));
}

// Between two fields a cut cannot be seen, once what must be there is.
TEST(Pack, RefusesACutInsideAField) {
  Random random(11);
  Activity used;
  for (int i = 0; i < 50; ++i) {
    const std::string whole = packed(random.activity());
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string cut = whole.substr(0, size);
      if (unpack(cut, used)) {
        EXPECT_EQ(packed(used), cut) << size;
      }
    }
  }
}

TEST(Pack, RefusesWhatIsMalformed) {
  const std::string good = packed(small());
  Activity used;
  const auto refuses = [&](std::string bytes) { return !unpack(bytes, used); };
  EXPECT_FALSE(refuses(good));
  EXPECT_TRUE(refuses(""));
  EXPECT_TRUE(refuses("\x01"));                                   // neither point nor client
  EXPECT_TRUE(refuses("\x02" + good.substr(1)));                  // another version
  EXPECT_TRUE(refuses(good + good.substr(1)));                    // each field twice
  EXPECT_TRUE(refuses(good + "\x26"));                            // a key without a value
  EXPECT_TRUE(refuses(good + "\x09\x05"));                        // five bytes, none there
  EXPECT_TRUE(refuses(good + std::string("\x27\x00", 2)));        // a type that is bytes
  EXPECT_TRUE(refuses(good + std::string("\x0a\x00", 2)));        // a domain that is a number
  EXPECT_TRUE(refuses(good + std::string("\x28\x02", 2)));        // admin: neither 0 nor 1
  EXPECT_TRUE(refuses(good + "\x13\x03\x03\x01\x02"));            // an address of one byte
  EXPECT_TRUE(refuses(good + std::string("\x13\x00", 2)));        // a destination without one
  EXPECT_TRUE(refuses(good + "\x0d\x02\x05x"));                   // a list whose text is cut
  EXPECT_TRUE(refuses(good + "\x36" + std::string(10, '\xff')));  // a number over 64 bits
  EXPECT_TRUE(refuses(good + "\x0b" + std::string(9, '\xff') + "\x01"));  // an immense length
  std::string huge = good + "\x0b\x80\x80\x80\x01";
  huge += std::string(2u << 20, 'x');
  EXPECT_TRUE(refuses(huge));
}

}  // namespace
}  // namespace sallyport::policy
