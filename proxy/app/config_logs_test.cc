// recording.logs: what it may say, and how it is told what is wrong.

#include "proxy/app/config_logs.h"

#include <gtest/gtest.h>

#include "proxy/app/config.h"

namespace sallyport::app {
namespace {

SourcePtr source(const std::string& text) {
  return std::make_shared<const Source>(Source{"sallyport.yaml", text});
}

Config must_read(const std::string& text) {
  Diagnostics warnings;
  Checked<Config> config = parse_config(source(text), "/etc/sallyport", warnings);
  EXPECT_TRUE(config) << (config ? "" : render(config.error()));
  return config ? *config : Config{};
}

std::string refused(const std::string& text) {
  Diagnostics warnings;
  const Checked<Config> config = parse_config(source(text), "/etc/sallyport", warnings);
  return config ? "accepted" : render(config.error());
}

TEST(ConfigLogs, ReadsFiles) {
  EXPECT_EQ(must_read("").logs.files.size(), 1u);
  EXPECT_EQ(must_read("").logs.files.front().path, "access.jsonl");
  EXPECT_TRUE(must_read("recording: { logs: [] }\n").logs.files.empty());
  const Config config = must_read(
      "recording:\n"
      "  logs:\n"
      "    - file: access.jsonl\n"
      "    - { file: /var/log/squid.log, format: squid, rotate_at: 0, daily: true, keep: 30 }\n"
      "    - { file: stopped, format: \"%ts %{user}\", only: [blocked, refused] }\n");
  ASSERT_EQ(config.logs.files.size(), 3u);
  EXPECT_EQ(config.logs.files[0], discovery::FileSinkOptions{.path = "access.jsonl"});
  EXPECT_EQ(config.logs.files[1].path, "/var/log/squid.log");
  EXPECT_EQ(config.logs.files[1].format, discovery::LineFormat::squid());
  EXPECT_EQ(config.logs.files[1].rotate_at, 0u);
  EXPECT_TRUE(config.logs.files[1].daily);
  EXPECT_EQ(config.logs.files[1].keep, 30);
  EXPECT_EQ(config.logs.files[2].format.text(), "%ts %{user}");
  discovery::Event event;
  EXPECT_FALSE(config.logs.files[2].only.takes(event));
  event.ending = discovery::Ending::refused;
  EXPECT_TRUE(config.logs.files[2].only.takes(event));
}

TEST(ConfigLogs, SaysEveryFault) {
  EXPECT_EQ(refused("recording:\n"
                    "  logs:\n"
                    "    - { file: a.log, format: \"%ts %usr\", only: [bloked] }\n"
                    "    - { file: ../a.log }\n"
                    "    - { file: a.log, keeps: 3 }\n"
                    "    - { format: json }\n"),
            "sallyport.yaml:3:35: error: unknown code '%usr'\n"
            "    - { file: a.log, format: \"%ts %usr\", only: [bloked] }\n"
            "                                  ^~~~\n"
            "sallyport.yaml:3:49: error: 'bloked' is no way for an event to end\n"
            "    - { file: a.log, format: \"%ts %usr\", only: [bloked] }\n"
            "                                                ^~~~~~ did you mean 'blocked'?\n"
            "sallyport.yaml:4:15: error: '../a.log' is no file for a log\n"
            "    - { file: ../a.log }\n"
            "              ^~~~~~~~ a name in the log folder, or an absolute path\n"
            "sallyport.yaml:5:15: error: two logs would write 'a.log'\n"
            "    - { file: a.log, keeps: 3 }\n"
            "              ^~~~~\n"
            "sallyport.yaml:5:22: error: unknown key 'keeps' in a log\n"
            "    - { file: a.log, keeps: 3 }\n"
            "                     ^~~~~ did you mean 'keep'?\n"
            "sallyport.yaml:6:7: error: a log needs 'file'\n"
            "    - { format: json }\n"
            "      ^~~~~~~~~~~~~~~~\n");
}

}  // namespace
}  // namespace sallyport::app
