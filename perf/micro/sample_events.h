#pragma once
// Events for benches, as a gateway of 5,000 people and 500 apps records them.

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/core/id.h"
#include "discovery/events/event.h"

namespace sallyport::discovery {

inline Time begin() { return *parse_rfc3339("2026-10-01T00:00:00Z"); }

// As the gateway records them: an opened exchange in most cases, now and then a tunnel.
class Events {
 public:
  // One every so many microseconds.
  explicit Events(std::int64_t step) : step_(step) {}

  Event next() {
    const std::uint64_t n = n_++;
    const std::uint64_t user = random_() % 5000;
    const std::uint64_t app = random_() % 500;
    Event event;
    event.start = begin() + std::chrono::microseconds(step_ * static_cast<std::int64_t>(n));
    event.id = ids_.make(event.start);
    event.duration_us = 12'000;
    event.connection_id = n / 8;
    event.stream_id = static_cast<std::uint32_t>(n % 8 + 1);
    event.snapshot = "3f1c0ffee0ddba11";
    event.client_port = 50'000;
    event.intercepted = true;
    policy::Activity& facts = event.activity;
    facts.at = event.start;
    facts.point = policy::Point::response;
    const std::string account = "user" + std::to_string(user);
    facts.user = account;
    facts.user_names = {"CORP\\" + account, account, account + "@corp.example"};
    facts.user_domain = "corp.example";
    facts.days_since_logon = static_cast<std::uint16_t>(user % 90);
    facts.groups = {"group" + std::to_string(user % 40), "staff"};
    facts.client.address = IpAddress::v4(0x0a000000u + static_cast<std::uint32_t>(user));
    facts.client.category = policy::IpCategory::corporate;
    facts.client.range = "Head office";
    facts.client.tags = {"corporate_wifi"};
    facts.destination = policy::AddressFacts{};
    facts.destination->address = IpAddress::v4(0xc6336400u + static_cast<std::uint32_t>(app));
    facts.destination->category = policy::IpCategory::cloud_provider;
    facts.destination->country = "US";
    facts.destination->asn = 64496;
    facts.destination->isp = "Example Cloud";
    facts.host = "www.app" + std::to_string(app) + ".example";
    facts.domain = "app" + std::to_string(app) + ".example";
    facts.host_kind = policy::HostKind::app;
    facts.port = 443;
    facts.scheme = "https";
    facts.app = policy::AppFacts{"app" + std::to_string(app),
                                 "App " + std::to_string(app),
                                 app % 7 == 0 ? "cloud_storage" : "collaboration",
                                 {app % 3 == 0 ? "unsanctioned" : "sanctioned"}};
    const bool upload = random_() % 10 == 0;
    facts.method = upload ? "POST" : "GET";
    facts.path = "/files/" + std::to_string(random_() % 100'000) + "/content";
    facts.type = upload ? policy::ActivityType::upload : policy::ActivityType::view;
    if (upload) facts.file = policy::FileFacts{"report.pdf", "pdf", "application/pdf", 48'213};
    facts.status = 200;
    facts.user_agent =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36";
    facts.agent = policy::AgentFacts{policy::ClientApp::browser,
                                     policy::DeviceType::desktop,
                                     {},
                                     "chrome",
                                     "131.0.0.0",
                                     "windows",
                                     ""};
    facts.ja4 = "t13d1516h2_8daaf6152771_02713d6af862";
    facts.client_tls_version = "TLSv1.3";
    facts.connection_uploaded = n % 8 * 900;
    event.tls.client_version = event.tls.origin_version = "TLSv1.3";
    event.tls.client_cipher = event.tls.origin_cipher = "TLS_AES_256_GCM_SHA384";
    event.tls.client_alpn = event.tls.origin_alpn = "http/1.1";
    event.tls.origin_fingerprint = std::string(64, 'a');
    event.tls.leaf_serial = std::string(32, 'b');
    event.tls.verify = "ok";
    event.tls.ja4 = facts.ja4;
    event.bytes_in = upload ? 48'213 : 0;
    event.bytes_out = 9'000;
    event.activities.push_back({*facts.type, event.verdict});
    if (n % 50 == 0) {
      event.kind = EventKind::tunnel;
      event.verdict.action = policy::Action::bypass;
      event.verdict.policy = "Banks are left alone";
      facts.point = policy::Point::connect;
      facts.method.reset();
      facts.path.reset();
      facts.type.reset();
      facts.status.reset();
      facts.user_agent.reset();
      facts.agent.reset();
      event.activities.clear();
    }
    return event;
  }

 private:
  std::int64_t step_;
  std::uint64_t n_ = 0;
  std::mt19937_64 random_{17};
  UlidMaker ids_;
};

inline std::vector<Event> batch(Events& events, std::size_t size) {
  std::vector<Event> made;
  for (std::size_t i = 0; i < size; ++i) made.push_back(events.next());
  return made;
}

}  // namespace sallyport::discovery
