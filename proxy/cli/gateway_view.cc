// What the console's view of the gateway shows, too.

#include "proxy/cli/gateway_view.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "proxy/cli/flat_json.h"
#include "proxy/cli/gateway_client.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

// 1234 -> "1.2 ms"
std::string micros(const std::string& text) {
  const auto number = parse_decimal(text);
  if (!number) return {};
  if (*number < 1'000) return fmt::format("{} us", *number);
  if (*number < 1'000'000) return fmt::format("{:.1f} ms", static_cast<double>(*number) / 1e3);
  return fmt::format("{:.1f} s", static_cast<double>(*number) / 1e6);
}

std::string latency(const FlatJson& is) {
  Listing listing({"last_hour", "measured", "p50", "p95", "p99"});
  for (const auto& [key, title] :
       {std::pair("own", "added by the gateway"), std::pair("origin", "waiting for origins")}) {
    const std::string path = fmt::format("latency.{}.", key);
    listing.add(
        {Listing::text(title), Listing::number(parse_decimal(is[path + "measured"]).value_or(0)),
         Listing::text(micros(is[path + "p50_us"])), Listing::text(micros(is[path + "p95_us"])),
         Listing::text(micros(is[path + "p99_us"]))});
  }
  return listing.render("table");
}

// "" where there are none.
std::string hosts(const FlatJson& is, std::string_view list, std::string_view title,
                  std::string_view reason) {
  Listing listing({std::string(title), std::string(reason), "count", "first", "last"});
  std::size_t rows = 0;
  for (;; ++rows) {
    const std::string path = fmt::format("{}.{}.", list, rows);
    if (!is.has(path + "host")) break;
    listing.add({Listing::text(is[path + "host"]), Listing::text(is[path + "reason"]),
                 Listing::number(parse_decimal(is[path + "count"]).value_or(0)),
                 Listing::text(is[path + "first"].substr(0, 19)),
                 Listing::text(is[path + "last"].substr(0, 19))});
  }
  return rows == 0 ? std::string() : "\n" + listing.render("table");
}

std::string pinned(const FlatJson& is) {
  Listing listing({"host_that_clients_refuse_us_for", "failures", "clients", "first", "last"});
  std::size_t rows = 0;
  for (;; ++rows) {
    const std::string path = fmt::format("pinned.{}.", rows);
    if (!is.has(path + "host")) break;
    listing.add({Listing::text(is[path + "host"]),
                 Listing::number(parse_decimal(is[path + "failures"]).value_or(0)),
                 Listing::number(parse_decimal(is[path + "clients"]).value_or(0)),
                 Listing::text(is[path + "first"].substr(0, 19)),
                 Listing::text(is[path + "last"].substr(0, 19))});
  }
  return rows == 0 ? std::string() : "\n" + listing.render("table");
}

}  // namespace

int gateway(const StatusOptions& options) {
  return show_gateway(options, "/api/v1/gateway", [](const FlatJson& is) {
    say(latency(is) + hosts(is, "certificate_faults", "faulty_certificate", "fault") +
        hosts(is, "bypassed", "carried_unopened", "policy") + pinned(is));
    return kOk;
  });
}

}  // namespace sallyport::cli
