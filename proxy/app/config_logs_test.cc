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
            "sallyport.yaml:6:7: error: a log needs 'file' or 'syslog'\n"
            "    - { format: json }\n"
            "      ^~~~~~~~~~~~~~~~\n");
}

TEST(ConfigLogs, ReadsReceivers) {
  const Config config = must_read(
      "recording:\n"
      "  logs:\n"
      "    - syslog: 192.0.2.5\n"
      "    - { syslog: SIEM.example, transport: tls, roots: [siem.pem], format: structured,\n"
      "        facility: daemon, severity: notice, app_name: edge, host_name: gw-1,\n"
      "        structured_id: edge@1.2, max_message: 4 KiB, queue: 1 MiB, only: blocked }\n"
      "    - { syslog: \"[2001:db8::5]:601\", transport: tcp, format: squid, severity: auto }\n");
  EXPECT_TRUE(config.logs.files.empty());
  ASSERT_EQ(config.logs.syslogs.size(), 3u);
  const exporting::SyslogOptions& plain = config.logs.syslogs[0].options;
  EXPECT_EQ(plain.host.text(), "192.0.2.5");
  EXPECT_EQ(plain.port, 514);
  EXPECT_EQ(plain.transport, exporting::SyslogTransport::udp);
  EXPECT_EQ(plain.format.most, 2048u);
  EXPECT_EQ(plain.format.line, discovery::LineFormat::json());
  EXPECT_EQ(plain.format.facility, 16);
  EXPECT_FALSE(plain.format.severity);

  const exporting::SyslogOptions& siem = config.logs.syslogs[1].options;
  EXPECT_EQ(siem.host.text(), "siem.example");
  EXPECT_EQ(siem.server_name.text(), "siem.example");
  EXPECT_EQ(siem.port, 6514);
  EXPECT_EQ(config.logs.syslogs[1].roots, std::vector<std::string>{"/etc/sallyport/siem.pem"});
  EXPECT_TRUE(siem.format.structured);
  EXPECT_EQ(siem.format.facility, 3);
  EXPECT_EQ(siem.format.severity, 5);
  EXPECT_EQ(siem.format.app_name, "edge");
  EXPECT_EQ(siem.format.host_name, "gw-1");
  EXPECT_EQ(siem.format.structured_id, "edge@1.2");
  EXPECT_EQ(siem.format.most, 4096u);
  EXPECT_EQ(siem.queue, 1u << 20);
  EXPECT_FALSE(siem.only.takes(discovery::Event{}));

  const exporting::SyslogOptions& third = config.logs.syslogs[2].options;
  EXPECT_EQ(third.host.text(), "2001:db8::5");
  EXPECT_EQ(third.port, 601);
  EXPECT_EQ(third.format.line, discovery::LineFormat::squid());
  EXPECT_EQ(third.format.most, 8192u);
}

// The first line of each fault.
std::string faults(const std::string& log) {
  const std::string all = refused("recording: { logs: [" + log + "] }\n");
  std::string found;
  for (std::size_t at = all.find("error: "); at != std::string::npos;
       at = all.find("error: ", at + 1)) {
    found += all.substr(at + 7, all.find('\n', at) - at - 6);
  }
  return found;
}

TEST(ConfigLogs, RefusesWhatNoReceiverCouldUse) {
  EXPECT_EQ(faults("{ file: a, syslog: b }"), "a log has a 'file' or a 'syslog', not both\n");
  EXPECT_EQ(faults("{ syslog: a b }"), "'a b' is no receiver\n");
  EXPECT_EQ(faults("{ syslog: a, roots: [x.pem], server_name: b }"),
            "'roots' is for TLS only\n'server_name' is for TLS only\n");
  EXPECT_EQ(faults("{ syslog: a, transport: tls, server_name: '*.b' }"), "'*.b' is no host name\n");
  EXPECT_EQ(faults("{ syslog: a, transport: http }"), "'transport' of a log cannot be 'http'\n");
  EXPECT_EQ(faults("{ syslog: a, facility: locl0, severity: informational }"),
            "'facility' of a log cannot be 'locl0'\n"
            "'severity' of a log cannot be 'informational'\n");
  EXPECT_EQ(faults("{ syslog: a, app_name: 'a b', host_name: '', structured_id: x }"),
            "'a b' cannot be app_name\n'' cannot be host_name\n'x' is no id of structured data\n");
  EXPECT_EQ(faults("{ syslog: a, max_message: 100, queue: 1 }"),
            "'max_message' is out of range\n'queue' is out of range\n");
  EXPECT_EQ(faults("{ syslog: a, format: \"%nn\", keep: 3 }"),
            "unknown code '%nn'\nunknown key 'keep' in a log\n");
}

}  // namespace
}  // namespace sallyport::app
