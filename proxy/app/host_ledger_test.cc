#include "proxy/app/host_ledger.h"

#include <gtest/gtest.h>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::app {
namespace {

using discovery::Event;
using discovery::EventKind;
using discovery::samples::allowed;

Event faulty(int n, std::string host, std::vector<std::string> faults) {
  Event event = allowed(n);
  event.activity.host = std::move(host);
  event.activity.certificate_faults = std::move(faults);
  return event;
}

Event tunnel(int n, std::string host, std::string policy) {
  Event event = allowed(n);
  event.kind = EventKind::tunnel;
  event.activity.host = std::move(host);
  event.verdict.action = policy::Action::bypass;
  event.verdict.policy = std::move(policy);
  return event;
}

std::string told(const std::vector<HostLedger::Row>& rows) {
  std::string out;
  for (const HostLedger::Row& row : rows) {
    out += row.host + " (" + row.reason + ") " + std::to_string(row.count) + " in " +
           std::to_string(
               std::chrono::duration_cast<std::chrono::seconds>(row.last - row.first).count()) +
           " s\n";
  }
  return out;
}

TEST(HostLedger, CountsWhyAndWhenByHost) {
  HostLedger ledger;
  const std::vector<Event> events = {faulty(1, "old.test", {"expired"}),
                                     faulty(3, "old.test", {"expired"}),
                                     faulty(4, "odd.test", {"expired", "name"}),
                                     allowed(5),
                                     tunnel(6, "bank.test", "Banks"),
                                     tunnel(9, "bank.test", "Banks"),
                                     tunnel(10, "bank.test", "Other")};
  ledger.write(events);
  EXPECT_EQ(told(ledger.certificate_faults()),
            "odd.test (expired, name) 1 in 0 s\nold.test (expired) 2 in 2 s\n");
  EXPECT_EQ(told(ledger.bypassed()), "bank.test (Other) 1 in 0 s\nbank.test (Banks) 2 in 3 s\n");
}

TEST(HostLedger, ForgetsWhatWasSeenLongestAgo) {
  HostLedger ledger;
  std::vector<Event> events;
  for (int i = 0; i <= static_cast<int>(HostLedger::kMost); ++i) {
    events.push_back(faulty(i + 1, "host" + std::to_string(i) + ".test", {"expired"}));
  }
  ledger.write(events);
  const auto rows = ledger.certificate_faults();
  EXPECT_EQ(rows.size(), HostLedger::kMost);
  EXPECT_EQ(rows.front().host, "host" + std::to_string(HostLedger::kMost) + ".test");
  EXPECT_EQ(rows.back().host, "host1.test");
}

}  // namespace
}  // namespace sallyport::app
