// alert_delivery: what it may say, how it is told what is wrong, and where secrets come from.

#include "proxy/app/config_delivery.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "proxy/app/config.h"
#include "tests/kit/certs.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using namespace std::chrono_literals;

SourcePtr source(const std::string& text) {
  return std::make_shared<const Source>(Source{"sallyport.yaml", text});
}

std::vector<ReceiverConfig> must_read(const std::string& text) {
  Diagnostics warnings;
  Checked<Config> config = parse_config(source(text), "/etc/sallyport", warnings);
  EXPECT_TRUE(config) << (config ? "" : render(config.error()));
  return config ? config->alert_delivery : std::vector<ReceiverConfig>();
}

std::string refused(const std::string& text) {
  Diagnostics warnings;
  const Checked<Config> config = parse_config(source(text), "/etc/sallyport", warnings);
  return config ? "accepted" : render(config.error());
}

// What is said of one receiver's line, without the source.
std::string fault_of(const std::string& receiver) {
  const std::string all = refused("alert_delivery:\n  - { name: a, " + receiver + " }\n");
  return all.substr(0, all.find('\n'));
}

TEST(ConfigDelivery, ReadsEveryKind) {
  EXPECT_TRUE(must_read("").empty());
  const auto receivers = must_read(
      "alert_delivery:\n"
      "  - { name: soc, type: webhook, url: 'https://soc.example/x?y=1', secret_file: s,\n"
      "      severity: medium, categories: [dlp, discovery], policies: [a, B c], timeout: 3s,\n"
      "      give_up_after: 1h, roots: [ca.pem] }\n"
      "  - { name: mail, type: mail, server: smtps://mail.example, from: a@b.example,\n"
      "      to: [c@d.example], user: gw, password_environment: MAIL }\n"
      "  - { name: siem, type: syslog, server: siem.example, transport: tls, format: json,\n"
      "      facility: daemon, app_name: casb, host_name: gw1, server_name: other.example }\n"
      "  - { name: udp, type: syslog, server: '192.0.2.5:1514' }\n"
      "  - { name: local, type: webhook, url: 'http://127.0.0.9:80/', secret_environment: S }\n");
  ASSERT_EQ(receivers.size(), 5u);
  const auto& soc = receivers[0];
  EXPECT_EQ(std::get<delivery::WebhookOptions>(soc.options.to).url, "https://soc.example/x?y=1");
  EXPECT_EQ(soc.secret_file, "/etc/sallyport/s");
  EXPECT_EQ(soc.roots, std::vector<std::string>{"/etc/sallyport/ca.pem"});
  EXPECT_EQ(soc.options.choice.least, policy::AlertSeverity::medium);
  EXPECT_EQ(soc.options.choice.categories,
            (std::vector{policy::RiskCategory::dlp, policy::RiskCategory::discovery}));
  EXPECT_EQ(soc.options.choice.policies, (std::vector<std::string>{"a", "B c"}));
  EXPECT_EQ(soc.options.timeout, 3s);
  EXPECT_EQ(soc.options.give_up_after, 1h);
  const auto& mail = std::get<delivery::MailOptions>(receivers[1].options.to);
  EXPECT_EQ(mail.url, "smtps://mail.example:465");
  EXPECT_TRUE(mail.need_tls);
  EXPECT_EQ(receivers[1].secret_environment, "MAIL");
  const auto& siem = std::get<delivery::SyslogOptions>(receivers[2].options.to);
  EXPECT_EQ(to_string(siem.address), "tls://siem.example:6514");
  EXPECT_EQ(siem.address.server_name.text(), "other.example");
  EXPECT_EQ(siem.text, delivery::SyslogText::json);
  EXPECT_EQ(siem.facility, 3);
  EXPECT_EQ(siem.most, 8192u);
  EXPECT_EQ(std::get<delivery::SyslogOptions>(receivers[3].options.to).most, 2048u);
}

TEST(ConfigDelivery, SaysEveryFaultWithItsPlace) {
  EXPECT_EQ(
      refused("alert_delivery:\n"
              "  - { name: soc, type: webhook, url: 'http://soc.example/', secret_file: x }\n"
              "  - { name: soc, type: syslog, server: a, formt: cef }\n"
              "  - { type: mail }\n"),
      "sallyport.yaml:2:38: error: alerts would go over the network without TLS\n"
      "  - { name: soc, type: webhook, url: 'http://soc.example/', secret_file: x }\n"
      "                                     ^~~~~~~~~~~~~~~~~~~~~ write https://, or 'plain: true' "
      "where that is meant\n"
      "sallyport.yaml:3:13: error: two receivers are called 'soc'\n"
      "  - { name: soc, type: syslog, server: a, formt: cef }\n"
      "            ^~~\n"
      "sallyport.yaml:3:43: error: unknown key 'formt' in receiver\n"
      "  - { name: soc, type: syslog, server: a, formt: cef }\n"
      "                                          ^~~~~ did you mean 'format'?\n"
      "sallyport.yaml:4:5: error: receiver needs 'name'\n"
      "  - { type: mail }\n"
      "    ^~~~~~~~~~~~~~\n"
      "sallyport.yaml:4:5: error: receiver needs 'server'\n"
      "  - { type: mail }\n"
      "    ^~~~~~~~~~~~~~\n"
      "sallyport.yaml:4:5: error: receiver needs 'from'\n"
      "  - { type: mail }\n"
      "    ^~~~~~~~~~~~~~\n"
      "sallyport.yaml:4:5: error: receiver needs 'to'\n"
      "  - { type: mail }\n"
      "    ^~~~~~~~~~~~~~\n");
}

TEST(ConfigDelivery, RefusesWhatWouldBeUnsafeOrNeverWork) {
  const std::string hook = "type: webhook, secret_file: s, ";
  for (const char* url : {"ftp://a.example/", "https://", "https://u:p@a.example/", "https://a b/",
                          "https://a.example:0/", "soc.example", "https://a.example\\x"}) {
    EXPECT_NE(fault_of(hook + "url: '" + url + "'").find("is no URL of a webhook"),
              std::string::npos)
        << url;
  }
  EXPECT_EQ(fault_of(hook + "url: 'http://10.0.0.1/', plain: true"), "accepted");
  EXPECT_EQ(fault_of(hook + "url: 'http://localhost:80/'"), "accepted");
  EXPECT_NE(fault_of("type: webhook, url: 'https://a.example/'")
                .find("it needs 'secret_file' or 'secret_environment'"),
            std::string::npos);
  EXPECT_NE(fault_of(hook + "url: 'https://a.example/', secret_environment: B").find("not both"),
            std::string::npos);
  EXPECT_NE(fault_of(hook + "url: 'https://a.example/', timeout: 3m").find("'timeout' is out of"),
            std::string::npos);
  EXPECT_NE(fault_of(hook + "url: 'https://a.example/', categories: [dlpp]").find("'dlpp'"),
            std::string::npos);
  EXPECT_NE(fault_of(hook + "url: 'https://a.example/', severity: medum").find("medum"),
            std::string::npos);
  const std::string mail = "type: mail, from: a@b.example, ";
  EXPECT_NE(fault_of(mail + "to: a@b.example, server: 'smtp://m.example', user: u")
                .find("it needs 'password_file'"),
            std::string::npos);
  EXPECT_NE(fault_of(mail + "to: a@b.example, server: 'smtp://m.example', user: u, plain: true, "
                            "password_file: p")
                .find("the password would go over the network without TLS"),
            std::string::npos);
  EXPECT_NE(fault_of(mail + "to: \"a@b.example\\r\\nRCPT TO:<c@d>\", server: 'smtp://m.example'")
                .find("is no mail address"),
            std::string::npos);
  EXPECT_NE(fault_of(mail + "to: [], server: 'smtp://m.example'").find("1 to 50"),
            std::string::npos);
  EXPECT_NE(fault_of(mail + "to: a@b.example, server: 'smtp://m.example', subject: \"a\\nb\"")
                .find("cannot begin a subject"),
            std::string::npos);
  const std::string syslog = "type: syslog, server: a.example, ";
  EXPECT_NE(fault_of(syslog + "roots: [x]").find("'roots' is for TLS only"), std::string::npos);
  EXPECT_NE(fault_of(syslog + "max_message: 100").find("'max_message' is out of range"),
            std::string::npos);
  EXPECT_NE(fault_of(syslog + "host_name: 'a b'").find("cannot be host_name"), std::string::npos);
  std::string many = "alert_delivery:\n";
  for (int i = 0; i < 17; ++i) {
    many += "  - { name: r" + std::to_string(i) + ", type: syslog, server: a.example }\n";
  }
  EXPECT_NE(refused(many).find("more than 16 receivers"), std::string::npos);
}

class Secrets : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder.path() + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  Checked<std::vector<delivery::ReceiverOptions>> load(const std::string& keys) {
    found = {};
    return load_receivers(must_read("alert_delivery:\n  - { name: a, " + keys + " }\n"),
                          write("roots.pem", root.certificate.to_pem()), found);
  }
  std::string fault(const std::string& keys) {
    const auto loaded = load(keys);
    return loaded ? "loaded" : render(loaded.error());
  }

  testkit::TemporaryFolder folder;
  testkit::Issued root = testkit::make_root("Test Root");
  Diagnostics found;
};

TEST_F(Secrets, ComeFromFilesAndTheEnvironment) {
  const std::string file = write("secret", "0123456789abcdef\r\n");
  const std::string hook = "type: webhook, url: 'https://a.example/', ";
  auto loaded = load(hook + "secret_file: " + file);
  ASSERT_TRUE(loaded);
  const auto& webhook = std::get<delivery::WebhookOptions>(loaded->front().to);
  EXPECT_EQ(webhook.secret, "0123456789abcdef");
  EXPECT_EQ(webhook.roots.file, folder.path() + "/roots.pem");
  EXPECT_FALSE(found.has_errors());
  EXPECT_EQ(render(found), "");
  loaded = load(hook + "secret_file: " + file + ", roots: [" + folder.path() + "/roots.pem]");
  EXPECT_EQ(std::get<delivery::WebhookOptions>(loaded->front().to).roots.pem,
            root.certificate.to_pem());
  ::setenv("SALLYPORT_TEST_SECRET", "fedcba9876543210", 1);
  loaded = load(hook + "secret_environment: SALLYPORT_TEST_SECRET");
  EXPECT_EQ(std::get<delivery::WebhookOptions>(loaded->front().to).secret, "fedcba9876543210");
  ::unsetenv("SALLYPORT_TEST_SECRET");
  EXPECT_NE(fault(hook + "secret_environment: SALLYPORT_TEST_SECRET")
                .find("error: the environment has no 'SALLYPORT_TEST_SECRET'"),
            std::string::npos);
}

TEST_F(Secrets, ThatCannotBeUsedAreFaultsWithAPlaceAndNeverShown) {
  const std::string hook = "type: webhook, url: 'https://a.example/', secret_file: ";
  EXPECT_NE(fault(hook + folder.path() + "/nowhere")
                .find("sallyport.yaml:2:5: error: cannot read the secret of this receiver"),
            std::string::npos);
  EXPECT_NE(fault(hook + write("empty", "\n")).find("is empty"), std::string::npos);
  const std::string shortly = fault(hook + write("short", "tooshort"));
  EXPECT_NE(shortly.find("shorter than 16 characters"), std::string::npos);
  EXPECT_EQ(shortly.find("tooshort"), std::string::npos);
  EXPECT_TRUE(load(hook + write("open", "0123456789abcdef", 0644)));
  EXPECT_NE(render(found).find("everybody on this machine can read the secret"), std::string::npos);
  EXPECT_NE(fault(hook + write("good", "0123456789abcdef") + ", roots: [nowhere.pem]")
                .find("the roots of this receiver cannot be loaded"),
            std::string::npos);
}

}  // namespace
}  // namespace sallyport::app
