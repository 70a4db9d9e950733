// The whole gateway with its threads, on loopback: it starts, answers, stops clean, and keeps what
// it must.

#include "proxy/app/gateway.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/text.h"
#include "proxy/app/api_schemas.h"
#include "proxy/app/api_table.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {
namespace {

struct Home {
  Home() {
    char name[] = "/tmp/sallyport-gateway-XXXXXX";
    path = ::mkdtemp(name);
    config.listeners = {{*IpAddress::parse("127.0.0.1"), 0}};
    config.admin = {{*IpAddress::parse("127.0.0.1"), 0}};
    config.state_directory = path + "/var";
    config.workers = 2;
    config.name = "proxy.test";
  }
  ~Home() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Result<std::unique_ptr<Gateway>> open() {
    Loader loader(config);
    const Loader::Outcome outcome = loader.look(system_clock().now());
    EXPECT_FALSE(outcome.found.has_errors()) << render(outcome.found);
    return Gateway::open(std::move(loader), {});
  }

  std::string path;
  Config config;
};

std::string ask(const IpEndpoint& to, const std::string& text) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string reply;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())) {
    char block[4096];
    ssize_t got = 0;
    while ((got = ::recv(fd, block, sizeof block, 0)) > 0)
      reply.append(block, static_cast<std::size_t>(got));
  }
  ::close(fd);
  return reply;
}

std::string get(const IpEndpoint& to, const std::string& path) {
  return ask(to, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

TEST(Gateway, ServesItselfAndStopsClean) {
  Home home;
  auto gateway = home.open();
  ASSERT_TRUE(gateway) << describe(gateway.error());
  (*gateway)->start();
  const IpEndpoint proxy = (*gateway)->proxy_addresses().front();
  const IpEndpoint admin = (*gateway)->admin_addresses().front();
  EXPECT_TRUE(get(proxy, "/healthz").starts_with("HTTP/1.1 200 OK"));
  EXPECT_NE(get(proxy, "/proxy.pac").find("PROXY proxy.test:" + std::to_string(proxy.port)),
            std::string::npos);
  EXPECT_TRUE(get(proxy, "/metrics").starts_with("HTTP/1.1 404"));
  EXPECT_NE(get(admin, "/metrics").find("sallyport_client_connections_total"), std::string::npos);
  EXPECT_NE(get(proxy, "/ca.crl").find("application/pkix-crl"), std::string::npos);
  (*gateway)->stop();
  EXPECT_EQ(get(proxy, "/healthz"), "");
}

// The age is of the moment of asking, not of the moment of reading.
TEST(Gateway, ShowsTheAgeOfEachFeedInItsMetrics) {
  Home home;
  std::ofstream(home.path + "/ranges.yaml")
      << "feeds:\n  - {name: list, path: list.txt, tags: [x], max_age: 1h}\n";
  std::ofstream(home.path + "/list.txt") << "192.0.2.1\nbad.example\n";
  const timespec old[2] = {{1'700'000'000, 0}, {1'700'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (home.path + "/list.txt").c_str(), old, 0), 0);
  home.config.address_tags = home.path + "/ranges.yaml";
  auto gateway = home.open();
  ASSERT_TRUE(gateway) << describe(gateway.error());
  (*gateway)->start();
  const std::string shown = get((*gateway)->admin_addresses().front(), "/metrics");
  (*gateway)->stop();
  for (const auto* line :
       {"\nsallyport_feed_stale{feed=\"list\"} 1\n", "\nsallyport_feed_hosts{feed=\"list\"} 1\n",
        "\nsallyport_feed_addresses{feed=\"list\"} 1\n",
        "\nsallyport_feed_max_age_seconds{feed=\"list\"} 3600\n"}) {
    EXPECT_NE(shown.find(line), std::string::npos) << line << shown;
  }
  const std::string age = "\nsallyport_feed_age_seconds{feed=\"list\"} ";
  const std::size_t at = shown.find(age);
  ASSERT_NE(at, std::string::npos);
  EXPECT_GT(std::stod(shown.substr(at + age.size())), 90'000'000);  // since 2023
}

// The table of roles and the routes are one.
TEST(Gateway, EveryRouteStandsInTheTableAndEveryRowHasARoute) {
  Home home;
  auto gateway = home.open();
  ASSERT_TRUE(gateway) << describe(gateway.error());
  (*gateway)->start();
  const auto token = read_file(token_file(home.config.state_directory), 256);
  ASSERT_TRUE(token);
  const std::string document =
      ask((*gateway)->admin_addresses().front(),
          "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n"
          "Authorization: Bearer " +
              token->substr(0, token->find('\n')) + "\r\nConnection: close\r\n\r\n");
  (*gateway)->stop();
  ASSERT_TRUE(document.starts_with("HTTP/1.1 200"));
  // What nobody wrote a row for has no summary.
  EXPECT_EQ(document.find("\"summary\":\"\""), std::string::npos);
  for (const admin::RouteFacts& row : api_table()) {
    const std::size_t path = document.find("\"" + std::string(row.path) + "\":{");
    ASSERT_NE(path, std::string::npos) << row.path;
    const std::string method =
        "\"" + lower(row.method) + "\":{\"summary\":\"" + std::string(row.summary) + "\"";
    EXPECT_NE(document.find(method, path), std::string::npos) << row.method << " " << row.path;
    for (const std::string_view name : {row.answer, row.body}) {
      if (name.empty() || name == "text") continue;
      const std::string bare(name.starts_with('[') ? name.substr(1, name.size() - 2) : name);
      EXPECT_TRUE(std::ranges::any_of(api_schemas(), [&](const auto& one) {
        return one.name == bare;
      })) << bare;
    }
  }
}

TEST(Gateway, ReachesNothingOnItsOwnMachine) {
  Home home;
  auto gateway = home.open();
  ASSERT_TRUE(gateway);
  (*gateway)->start();
  const IpEndpoint proxy = (*gateway)->proxy_addresses().front();
  const std::string target =
      "127.0.0.1:" + std::to_string((*gateway)->admin_addresses().front().port);
  EXPECT_TRUE(ask(proxy, "GET http://" + target + "/metrics HTTP/1.1\r\nHost: " + target +
                             "\r\nConnection: close\r\n\r\n")
                  .starts_with("HTTP/1.1 403"));
  (*gateway)->stop();
}

TEST(Gateway, KeepsItsAuthorityPrivateAndTheSame) {
  Home home;
  {
    auto gateway = home.open();
    ASSERT_TRUE(gateway) << describe(gateway.error());
  }
  const std::string key = ca_directory(home.config.state_directory) + "/ca.key";
  struct stat status{};
  ASSERT_EQ(::stat(key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto first = read_file(ca_directory(home.config.state_directory) + "/ca.pem", 1 << 20);
  {
    auto gateway = home.open();
    ASSERT_TRUE(gateway);
  }
  EXPECT_EQ(*first, *read_file(ca_directory(home.config.state_directory) + "/ca.pem", 1 << 20));

  ::chmod(key.c_str(), 0644);
  const auto refused = home.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::permission);
}

TEST(Gateway, TwoDoNotShareAState) {
  Home home;
  auto first = home.open();
  ASSERT_TRUE(first);
  const auto second = home.open();
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("another gateway runs from"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::app
