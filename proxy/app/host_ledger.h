#pragma once
// Hosts of which something is worth knowing that is no single event: origins whose certificates are
// at fault, and what was carried unopened; why, how often, since when and when last.
//
// A sink of the scribe, so traffic pays nothing for it. In memory alone: since the start. Bounded:
// kMost rows of each kind; a new one takes the place of the one that was seen longest ago.
//
// Thread rule: write() on the scribe's thread, the rest from any.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/json/writer.h"
#include "discovery/events/sink.h"

namespace sallyport::app {

class HostLedger final : public discovery::Sink {
 public:
  static constexpr std::size_t kMost = 1'000;

  struct Row {
    std::string host;
    std::string reason;  // "expired, self_signed"; or the name of the policy
    std::uint64_t count = 0;
    Time first{};
    Time last{};
  };

  void write(discovery::EventSpan events) override;
  void flush() override {}

  // Seen last first.
  std::vector<Row> certificate_faults() const { return rows(faults_); }
  std::vector<Row> bypassed() const { return rows(bypassed_); }

 private:
  using Rows = std::map<std::pair<std::string, std::string>, Row>;
  static void count(Rows& rows, const std::string& host, std::string reason, Time at);
  std::vector<Row> rows(const Rows& rows) const;

  mutable std::mutex mutex_;
  Rows faults_;
  Rows bypassed_;
};

void write_rows(JsonWriter& json, const std::vector<HostLedger::Row>& rows);

}  // namespace sallyport::app
