#include "proxy/local/pac.h"

#include <gtest/gtest.h>

namespace sallyport::local {
namespace {

PacConfig config_of(std::vector<std::string> direct) {
  PacConfig config;
  config.gateway_name = "proxy.corp.example";
  config.port = 8080;
  config.direct = std::move(direct);
  return config;
}

// The lines of goesDirect() that `direct` brought, and what stands around them.
std::string rules_of(const PacConfig& config) {
  const std::string script = render_pac(config);
  return script.substr(script.find("function goesDirect"));
}

std::string gateway_of(const PacConfig& config) {
  const std::string script = render_pac(config);
  const std::size_t at = script.find("var GATEWAY");
  return script.substr(at, script.find('\n', at) - at);
}

void check_refused(std::string_view text, std::string_view expected) {
  const Checked<PacConfig> config = read_pac(text, "pac.yaml");
  ASSERT_FALSE(config) << text;
  EXPECT_EQ(render(config.error()), expected);
}

// The script itself was run in node and in Chromium while it was written; here it is compared
// whole.
TEST(Pac, WritesOneRulePerEntry) {
  EXPECT_EQ(rules_of(config_of({"intranet.example", "*.lab.example", "10.0.0.0/8", "192.0.2.7",
                                "fd00::/8", "[2001:db8::1]"})),
            R"(function goesDirect(host) {
  if (isOrBelow(host, "localhost")) return true;
  if (isOrBelow(host, "intranet.example")) return true;
  if (isBelow(host, "lab.example")) return true;
  if (isDottedDecimal(host)) {
    if (isInNet(host, "127.0.0.0", "255.0.0.0")) return true;
    if (isInNet(host, "10.0.0.0", "255.0.0.0")) return true;
    if (isInNet(host, "192.0.2.7", "255.255.255.255")) return true;
    return false;
  }
  var groups = groupsOf(host);
  if (!groups) return host.indexOf(":") < 0 && host.indexOf(".") < 0;
  if (isIn(groups, [0, 0, 0, 0, 0, 0, 0, 1], 128)) return true;
  if (isIn(groups, [64768, 0, 0, 0, 0, 0, 0, 0], 8)) return true;
  if (isIn(groups, [8193, 3512, 0, 0, 0, 0, 0, 1], 128)) return true;
  return false;
}
)");
}

TEST(Pac, SendsPlainNamesToTheGatewayWhereAsked) {
  PacConfig config = config_of({});
  config.plain_names_direct = false;
  EXPECT_NE(rules_of(config).find("if (!groups) return false;"), std::string::npos);
}

TEST(Pac, NamesTheGatewayAndFallsBackOnlyWhereAsked) {
  PacConfig config = config_of({});
  EXPECT_EQ(gateway_of(config), "var GATEWAY = \"PROXY proxy.corp.example:8080\";");
  config.fallback_direct = true;
  EXPECT_EQ(gateway_of(config), "var GATEWAY = \"PROXY proxy.corp.example:8080; DIRECT\";");
  config.gateway_name = "2001:db8::1";
  EXPECT_EQ(gateway_of(config), "var GATEWAY = \"PROXY invalid.:8080; DIRECT\";");
  config.gateway_name = "[2001:db8::1]";
  EXPECT_EQ(gateway_of(config), "var GATEWAY = \"PROXY [2001:db8::1]:8080; DIRECT\";");
  config.tls = true;
  EXPECT_EQ(gateway_of(config), "var GATEWAY = \"HTTPS [2001:db8::1]:8080; DIRECT\";");
}

TEST(Pac, ResolvesNoName) {
  const std::string script = render_pac(config_of({"10.0.0.0/8"}));
  for (const std::string_view call : {"dnsResolve", "isResolvable", "myIpAddress", "RegExp",
                                      "shExpMatch", "=>", "let ", "const "}) {
    EXPECT_EQ(script.find(call), std::string::npos) << call;
  }
  // isInNet resolves what is no address, so it is only asked about dotted decimals.
  EXPECT_LT(script.find("if (isDottedDecimal(host))"), script.find("if (isInNet("));
}

TEST(Pac, TakesNoCodeFromItsConfiguration) {
  const std::string empty = rules_of(config_of({}));
  for (const std::string_view entry :
       {"\"); alert(1); (\"", "a.example\"", "a.example\\", "</script>", "a\nb",
        "a\xe2\x80\xa8"
        "b",
        "10.0.0.0/8\"", "10.0.0.0/33", "*", "*.*.example", "*.10.0.0.1", "a b", "a/b", "", "0x7f.1",
        "example.com:80", "http://example.com"}) {
    EXPECT_EQ(rules_of(config_of({std::string(entry)})), empty) << entry;
  }
}

// "x; DIRECT" would be well-formed JavaScript and send everything past the gateway.
TEST(Pac, AGatewayThatIsNoHostOpensNoWayPastIt) {
  for (const std::string_view name : {"x; DIRECT", "", "\"+alert(1)+\"", "a b", "proxy:1"}) {
    PacConfig config = config_of({});
    config.gateway_name = name;
    EXPECT_EQ(gateway_of(config), "var GATEWAY = \"PROXY invalid.:8080\";") << name;
  }
}

TEST(Pac, WritesHostsInTheirOneSpelling) {
  EXPECT_NE(rules_of(config_of({"InTranet.EXAMPLE."})).find("\"intranet.example\""),
            std::string::npos);
  EXPECT_NE(rules_of(config_of({"10.1.2.3/8"})).find("\"10.0.0.0\", \"255.0.0.0\""),
            std::string::npos);
  EXPECT_NE(rules_of(config_of({"0.0.0.0/0"})).find("\"0.0.0.0\", \"0.0.0.0\""), std::string::npos);
  EXPECT_NE(rules_of(config_of({"::ffff:10.0.0.0/104"})).find("\"10.0.0.0\", \"255.0.0.0\""),
            std::string::npos);
}

TEST(PacFile, ReadsEveryKey) {
  const Checked<PacConfig> config = read_pac(
      "gateway: proxy.corp.example\nport: 3128\ndirect: [a.example, 10.0.0.0/8]\n"
      "plain_names_direct: false\nfallback_direct: true\n",
      "pac.yaml");
  ASSERT_TRUE(config) << render(config.error());
  EXPECT_EQ(config->gateway_name, "proxy.corp.example");
  EXPECT_EQ(config->port, 3128);
  EXPECT_EQ(config->direct, (std::vector<std::string>{"a.example", "10.0.0.0/8"}));
  EXPECT_FALSE(config->plain_names_direct);
  EXPECT_TRUE(config->fallback_direct);
}

TEST(PacFile, AnEmptyFileIsTheDefault) {
  const Checked<PacConfig> config = read_pac("", "pac.yaml");
  ASSERT_TRUE(config) << render(config.error());
  EXPECT_EQ(config->gateway_name, "");
  EXPECT_EQ(config->port, 0);
  EXPECT_TRUE(config->plain_names_direct);
  EXPECT_FALSE(config->fallback_direct);
}

TEST(PacFile, TheShippedOneIsRight) {
  const Checked<PacConfig> config = load_pac(SALLYPORT_SOURCE_DIR "/conf/pac/pac.yaml");
  ASSERT_TRUE(config) << render(config.error());
  EXPECT_EQ(config->direct.size(), 6u);
  EXPECT_FALSE(config->fallback_direct);
}

TEST(PacFile, SaysWhatIsWrongWithEachEntry) {
  check_refused(
      "gateway: 'proxy:8080'\n"
      "direct:\n"
      "  - http://a.example/\n"
      "  - .corp.example\n"
      "  - '*corp.example'\n"
      "  - 10.1.2.3/8\n"
      "  - a b\n"
      "fallback: true\n",
      "pac.yaml:1:10: error: 'proxy:8080' is not a host name\n"
      "gateway: 'proxy:8080'\n"
      "         ^~~~~~~~~~~~ write only the name; the port stands under 'port'\n"
      "pac.yaml:3:5: error: 'http://a.example/' names nothing that could go direct\n"
      "  - http://a.example/\n"
      "    ^~~~~~~~~~~~~~~~~ write the host without scheme and path\n"
      "pac.yaml:4:5: error: '.corp.example' names nothing that could go direct\n"
      "  - .corp.example\n"
      "    ^~~~~~~~~~~~~ write 'corp.example', or '*.corp.example' for only what is below it\n"
      "pac.yaml:5:5: error: '*corp.example' names nothing that could go direct\n"
      "  - '*corp.example'\n"
      "    ^~~~~~~~~~~~~~~ a star may only stand for whole labels in front: '*.example.com'\n"
      "pac.yaml:6:5: error: '10.1.2.3/8' has bits set behind its length\n"
      "  - 10.1.2.3/8\n"
      "    ^~~~~~~~~~ did you mean '10.0.0.0/8'?\n"
      "pac.yaml:7:5: error: 'a b' names nothing that could go direct\n"
      "  - a b\n"
      "    ^~~ write a host, '*.' and a host, an address or a prefix as 10.0.0.0/8\n"
      "pac.yaml:8:1: error: unknown key 'fallback' in the PAC configuration\n"
      "fallback: true\n"
      "^~~~~~~~\n");
}

TEST(PacFile, RefusesMoreEntriesThanABrowserShouldWalk) {
  std::string text = "direct:\n";
  for (int i = 0; i < 1001; ++i) text += "  - a" + std::to_string(i) + ".example\n";
  const Checked<PacConfig> config = read_pac(text, "pac.yaml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().errors(), 1u);
}

TEST(PacFile, SaysWhereAFileIsMissing) {
  const Checked<PacConfig> config = load_pac("/nonexistent/pac.yaml");
  ASSERT_FALSE(config);
  EXPECT_NE(render(config.error()).find("/nonexistent/pac.yaml"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::local
