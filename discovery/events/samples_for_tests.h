#pragma once
// What the tests of events and stores share: a clock to set, a directory that goes away, and events
// that differ in what a test says of them. Included by _test.cc files only.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/core/check.h"
#include "base/core/clock.h"
#include "discovery/events/event.h"

namespace sallyport::discovery::samples {

class FakeClock final : public Clock {
 public:
  Time now() const override { return time_; }
  std::chrono::steady_clock::time_point steady() const override { return steady_; }
  void advance(std::chrono::milliseconds by) {
    time_ += by;
    steady_ += by;
  }

 private:
  Time time_ = *parse_rfc3339("2026-11-23T22:00:00Z");
  std::chrono::steady_clock::time_point steady_{std::chrono::hours(1)};
};

class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "sallyport-XXXXXX";
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_text(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// 2026-11-23T21:58:51Z and so many seconds.
inline Time second(int n) {
  return *parse_rfc3339("2026-11-23T21:58:51Z") + std::chrono::seconds(n);
}

// The id of the n-th event, of the millisecond in which it starts.
inline Ulid id_of(int n) {
  Ulid id;
  const auto ms = static_cast<std::uint64_t>(second(n).time_since_epoch().count() / 1000);
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  for (int i = 0; i < 4; ++i) id.bytes[12 + i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
  return id;
}

// ana looks at a page of Dropbox, and nobody minds.
inline Event allowed(int n) {
  Event event;
  event.id = id_of(n);
  event.start = second(n);
  event.duration_us = 1500;
  event.connection_id = 7;
  event.stream_id = static_cast<std::uint32_t>(n);
  event.activity.user = "ana";
  event.activity.client.address = *IpAddress::parse("192.0.2.7");
  event.client_port = 50000;
  event.activity.scheme = "https";
  event.activity.host = "www.dropbox.com";
  event.activity.port = 443;
  event.activity.app = policy::AppFacts{"dropbox", "Dropbox", "cloud_storage", {"unsanctioned"}};
  event.activity.method = "GET";
  event.activity.path = "/home";
  event.activity.type = policy::ActivityType::view;
  event.activity.status = 200;
  event.bytes_out = 2048;
  event.activities.push_back({policy::ActivityType::view, event.verdict});
  return event;
}

// bob uploads to it, and is stopped.
inline Event blocked(int n) {
  Event event = allowed(n);
  event.activity.user = "bob";
  event.activity.client.address = *IpAddress::parse("198.51.100.9");
  event.activity.method = "POST";
  event.activity.path = "/upload";
  event.activity.type = policy::ActivityType::upload;
  event.activity.status = 403;
  event.verdict.action = policy::Action::block;
  event.verdict.policy = "no personal storage";
  event.verdict.say = "Please use the company share.";
  event.verdict.point = policy::Point::upload;
  event.activities = {{policy::ActivityType::upload, event.verdict}};
  event.bytes_in = 512;
  event.bytes_out = 0;
  event.ending = Ending::blocked;
  return event;
}

// Every field has a value that no other has.
inline Event full() {
  Event event = blocked(1);
  event.kind = EventKind::tunnel;
  event.connection_id = 0xfedcba9876543210;
  event.stream_id = 3;
  event.worker = 2;
  event.snapshot = "5a5a";
  event.activity.groups = {"sales", "staff"};
  event.activity.client = {*IpAddress::parse("128.232.110.120"),
                           policy::IpCategory::corporate,
                           {"office", "wifi"},
                           "head office",
                           "GB",
                           64496,
                           "Example Net",
                           policy::Coordinates{52.2, -0.1166}};
  event.client_port = 34855;
  event.activity.destination = policy::AddressFacts{
      *IpAddress::parse("66.35.250.204"), policy::IpCategory::cloud_provider, {"cdn"}, ""};
  event.activity.domain = "dropbox.com";
  event.activity.host_kind = policy::HostKind::app;
  event.activity.host_tags = {"botnet"};
  event.activity.port = 80;
  event.user_source = "basic";
  event.query = "a=1";
  event.media_type = "text/html";
  event.activity.user_agent = "curl/7.88";
  event.activity.agent = policy::AgentFacts{policy::ClientApp::mobile_and_desktop,
                                            policy::DeviceType::tablet,
                                            {},
                                            "curl",
                                            "7.88",
                                            "windows",
                                            "10"};
  event.activity.agent->tags.add(policy::AgentTag::native_client);
  event.activity.agent->tags.add(policy::AgentTag::outdated_os);
  event.activity.ja4 = "t13d";
  event.activity.client_tls_version = "TLSv1.3";
  event.verdict.rehearsed = {{"no tor", policy::Action::block}};
  event.verdict.granted = {{"coach-ai", "01JGRANT"}};
  event.verdict.suspension = "01JSUSPENDED";
  event.activities = {{policy::ActivityType::upload, event.verdict},
                      {policy::ActivityType::share, {}}};
  event.activity.file = policy::FileFacts{
      "a.pdf", "pdf", "application/pdf", 17, "application/zip", "archive", "00ff", "encrypted"};
  event.activity.file->name_tags = std::vector<std::string>{"payroll"};
  policy::Details& first = event.activity.details.emplace();
  first.signature = "dropbox/upload";
  first.object_kind = "file";
  event.activity.client_refusal = policy::ClientRefusal::bad_certificate;
  policy::SeenFacts& seen = event.activity.seen.emplace();
  seen.of(policy::SeenTrait::country) = policy::SeenFacts::kFirst;
  seen.of(policy::SeenTrait::device) = 12;
  seen.uncommon = policy::bit_of(policy::SeenTrait::country);
  ActivityRecord& second = event.activities.back();
  second.admin = true;
  second.file = policy::FileFacts{"b.txt", "txt", "", 0};
  policy::Details& details = second.details.emplace();
  for (const policy::DetailText& one : policy::detail_texts()) details.*one.field = one.fact;
  for (const policy::DetailList& one : policy::detail_lists()) details.*one.field = {"a", "b"};
  event.intercepted = true;
  event.tls = {"TLSv1.3", "A", "h2", "TLSv1.2", "B", "http/1.1", "ff00", "0102", "expired", "t13d"};
  event.websocket = WebsocketFacts{{3, 1, 2, 900, 500},   {4, 4, 0, 80, 40}, true, "origin", 1001,
                                   "RFC 6455 section 7.4"};
  event.bytes_in = 1;
  event.bytes_out = UINT64_MAX;
  event.error = "why";
  return event;
}

}  // namespace sallyport::discovery::samples
