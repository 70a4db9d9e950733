#include "policy/activity/words.h"

#include <gtest/gtest.h>
#include <set>

namespace sallyport::policy {
namespace {

// Every word reads back as the value that it was written for.
template <class E, class Parse>
void check_round_trip(std::span<const std::string_view> words, Parse parse) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = parse(words[i]);
    ASSERT_TRUE(value) << words[i];
    EXPECT_EQ(static_cast<std::size_t>(*value), i) << words[i];
    EXPECT_EQ(to_string(*value), words[i]);
  }
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse("Block"));
}

void check_spelling(std::span<const std::string_view> words) {
  EXPECT_EQ(std::set<std::string_view>(words.begin(), words.end()).size(), words.size());
  for (const std::string_view word : words) {
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), word.npos) << word;
  }
}

TEST(Words, ReadBackWhatTheyWrite) {
  check_round_trip<Action>(action_words(), parse_action);
  check_round_trip<GrantWidth>(grant_width_words(), parse_grant_width);
  check_round_trip<Kind>(kind_words(), parse_kind);
  check_round_trip<AlertSeverity>(alert_severity_words(), parse_alert_severity);
  check_round_trip<RiskCategory>(risk_category_words(), parse_risk_category);
  check_round_trip<ActivityType>(activity_type_words(), parse_activity_type);
  check_round_trip<IpCategory>(ip_category_words(), parse_ip_category);
  check_round_trip<AppTag>(app_tag_words(), parse_app_tag);
  check_round_trip<HostKind>(host_kind_words(), parse_host_kind);
  check_round_trip<DeviceType>(device_type_words(), parse_device_type);
  check_round_trip<ClientApp>(client_app_words(), parse_client_app);
  check_round_trip<AgentTag>(agent_tag_words(), parse_agent_tag);
}

TEST(Words, AreSnakeCaseAndUnique) {
  check_spelling(action_words());
  check_spelling(grant_width_words());
  check_spelling(kind_words());
  check_spelling(risk_category_words());
  check_spelling(certificate_fault_words());
  check_spelling(activity_type_words());
  check_spelling(ip_category_words());
  check_spelling(app_tag_words());
  check_spelling(host_kind_words());
  check_spelling(app_category_words());
  check_spelling(device_type_words());
  check_spelling(client_app_words());
  check_spelling(agent_tag_words());
  check_spelling(browser_words());
  check_spelling(os_words());
}

TEST(Words, StandInTheOrderOfTheirEnumerators) {
  EXPECT_EQ(to_string(Point::connect), "connect");
  EXPECT_EQ(to_string(Point::download), "download");
  EXPECT_EQ(to_string(Action::bypass), "bypass");
  EXPECT_EQ(to_string(ActivityType::delete_), "delete");
  EXPECT_EQ(to_string(ActivityType::unshare), "unshare");
  EXPECT_EQ(to_string(ActivityType::paste), "paste");
  EXPECT_EQ(to_string(IpCategory::cloud_provider), "cloud_provider");
  EXPECT_EQ(to_string(AppTag::custom_app), "custom_app");
  EXPECT_EQ(to_string(HostKind::cdn), "cdn");
  EXPECT_EQ(to_string(DeviceType::tablet), "tablet");
  EXPECT_EQ(to_string(ClientApp::mobile_and_desktop), "mobile_and_desktop");
  EXPECT_EQ(to_string(AgentTag::outdated_os), "outdated_os");
}

TEST(Words, ListTheTagsOfAnAgentSorted) {
  const auto shown = [](std::initializer_list<AgentTag> tags) {
    AgentTags set;
    for (const AgentTag tag : tags) set.add(tag);
    std::string out;
    for (const std::string& text : set.texts()) out += text + " ";
    return out;
  };
  EXPECT_EQ(shown({}), "");
  EXPECT_EQ(shown({AgentTag::robot}), "robot ");
  EXPECT_EQ(shown({AgentTag::robot, AgentTag::native_client, AgentTag::robot}),
            "native_client robot ");
  EXPECT_EQ(shown({AgentTag::robot, AgentTag::outdated_os, AgentTag::outdated_browser,
                   AgentTag::native_client}),
            "native_client outdated_browser outdated_os robot ");
}

TEST(Words, KnowCountriesByTheirIsoCodes) {
  for (const std::string_view code : {"AD", "DE", "GB", "NO", "US", "XK", "ZW"}) {
    EXPECT_TRUE(is_country_code(code)) << code;
  }
  for (const std::string_view code : {"", "D", "DEU", "de", "UK", "EU", "AP", "??", "ZZ"}) {
    EXPECT_FALSE(is_country_code(code)) << code;
  }
  for (const std::string_view code : country_codes()) EXPECT_TRUE(is_country_code(code)) << code;
}

}  // namespace
}  // namespace sallyport::policy
