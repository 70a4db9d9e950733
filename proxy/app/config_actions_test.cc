// webhook_actions and users.links: what they may say, and how it is told what is wrong.

#include "proxy/app/config_actions.h"

#include <gtest/gtest.h>

#include "proxy/app/config.h"

namespace sallyport::app {
namespace {

std::string refused(const std::string& text) {
  Diagnostics warnings;
  const Checked<Config> config = parse_config(
      std::make_shared<const Source>(Source{"sallyport.yaml", text}), "/etc/sallyport", warnings);
  return config ? "accepted" : render(config.error());
}

std::string fault_of(const std::string& action) {
  const std::string all =
      refused("webhook_actions:\n  - { name: a, url: 'https://a.example/', " + action + " }\n");
  return all.substr(0, all.find('\n'));
}

TEST(ConfigActions, ReadsAnActionAndLinks) {
  Diagnostics warnings;
  const Checked<Config> config = parse_config(
      std::make_shared<const Source>(
          Source{"sallyport.yaml",
                 "listeners: [{ address: '127.0.0.1:8080' }]\n"
                 "webhook_actions:\n"
                 "  - { name: remove, description: Takes away, url: 'https://a.example/x', "
                 "secret_file: s,\n"
                 "      on_alerts_of: [mass-download],\n"
                 "      needs: [user, alert], parameters: { who: '{user}', fixed: 7 }, "
                 "give_up_after: 2h }\n"
                 "users: { links: [{ name: Directory, url: 'https://d.example/{user}' }] }\n"}),
      "/etc/sallyport", warnings);
  ASSERT_TRUE(config) << render(config.error());
  ASSERT_EQ(config->webhook_actions.size(), 1u);
  const ActionConfig& action = config->webhook_actions[0];
  EXPECT_EQ(action.receiver.options.name, "remove");
  EXPECT_EQ(action.receiver.secret_file, "/etc/sallyport/s");
  EXPECT_EQ(action.receiver.options.give_up_after, std::chrono::hours(2));
  EXPECT_EQ(action.receiver.options.choice.policies, std::vector<std::string>{"mass-download"});
  EXPECT_EQ(action.needs, (std::vector<std::string>{"user", "alert"}));
  EXPECT_EQ(action.parameters, (delivery::ActionParameters{{"who", "{user}"}, {"fixed", "7"}}));
  EXPECT_EQ(config->user_links, (std::vector<UserLink>{{"Directory", "https://d.example/{user}"}}));
}

TEST(ConfigActions, TellsWhatIsWrong) {
  EXPECT_NE(fault_of("needs: user").find("it needs 'secret_file'"), std::string::npos);
  EXPECT_EQ(fault_of("secret_file: s, needs: [usr]"),
            "sallyport.yaml:2:67: error: a call has no 'usr'");
  EXPECT_EQ(fault_of("secret_file: s, parameters: { a: '{usr}' }"),
            "sallyport.yaml:2:76: error: '{usr}' stands for nothing");
  EXPECT_EQ(fault_of("secret_file: s, parameters: [a]"),
            "sallyport.yaml:2:71: error: 'parameters' takes names and texts");
  EXPECT_EQ(fault_of("secret_file: s, parameters: { a: [b] }").substr(0, 27),
            "sallyport.yaml:2:76: error:");
}

}  // namespace
}  // namespace sallyport::app
