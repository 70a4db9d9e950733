#include "proxy/app/host_ledger.h"

#include <algorithm>

namespace sallyport::app {

void HostLedger::write(discovery::EventSpan events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const discovery::Event& event = events[i];
    static const std::vector<std::string> kNone;
    const std::vector<std::string>& faults =
        event.activity.certificate_faults ? *event.activity.certificate_faults : kNone;
    const bool bypassed = event.kind == discovery::EventKind::tunnel &&
                          event.verdict.action == policy::Action::bypass;
    if (faults.empty() && !bypassed) continue;
    const std::lock_guard lock(mutex_);
    if (!faults.empty()) {
      std::string reason;
      for (const std::string& fault : faults) reason += (reason.empty() ? "" : ", ") + fault;
      count(faults_, event.activity.host, std::move(reason), event.start);
    }
    if (bypassed) count(bypassed_, event.activity.host, event.verdict.policy, event.start);
  }
}

void HostLedger::count(Rows& rows, const std::string& host, std::string reason, Time at) {
  auto key = std::make_pair(host, std::move(reason));
  auto found = rows.find(key);
  if (found == rows.end()) {
    if (rows.size() >= kMost) {
      rows.erase(
          std::ranges::min_element(rows, {}, [](const auto& one) { return one.second.last; }));
    }
    Row row{.host = key.first, .reason = key.second, .first = at, .last = at};
    found = rows.emplace(std::move(key), std::move(row)).first;
  }
  ++found->second.count;
  found->second.last = std::max(found->second.last, at);
}

std::vector<HostLedger::Row> HostLedger::rows(const Rows& rows) const {
  std::vector<Row> out;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, row] : rows) out.push_back(row);
  }
  std::ranges::stable_sort(out, std::greater(), &Row::last);
  return out;
}

void write_rows(JsonWriter& json, const std::vector<HostLedger::Row>& rows) {
  json.begin_array();
  for (const HostLedger::Row& row : rows) {
    json.begin_object();
    json.member("host", row.host);
    json.member("reason", row.reason);
    json.member("count", row.count);
    json.member("first", format_rfc3339(row.first));
    json.member("last", format_rfc3339(row.last));
    json.end_object();
  }
  json.end_array();
}

}  // namespace sallyport::app
