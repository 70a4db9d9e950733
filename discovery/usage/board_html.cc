// The page of the executive report: its sections in their order.

#include <fmt/format.h>

#include "discovery/usage/board_sections.h"
#include "discovery/usage/board_style.h"

namespace sallyport::discovery {

using std::chrono::days;

std::string board_html(const BoardReport& report, Time made) {
  using namespace board;
  const UsageExtent& extent = report.dashboard.extent;
  const std::string span = day_text(extent.since) + " to " + day_text(extent.until - days(1));
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n"
      "<title>Use of cloud apps, {}</title>\n<style>\n{}</style></head>\n<body><main>\n"
      "<header><h1>Use of cloud apps</h1><p>{}</p></header>\n",
      span, kBoardStyle, span);
  if (fact(report.dashboard, "apps") + fact(report.dashboard, "domains") == 0) {
    out += "<p>Nothing was used in this time, as far as is counted.</p>\n";
  } else {
    out += tiles(report) + stands_out(report) + categories(report) + top_apps(report) +
           risk(report) + leakage(report) + fresh_apps(report) + compliance(report) +
           over_time(report) + idle_apps(report);
  }
  out += notes(report);
  return out + fmt::format("<footer>Made by Sallyport on {} UTC</footer>\n</main></body></html>\n",
                           format_rfc3339(made).replace(10, 1, " ").substr(0, 16));
}

}  // namespace sallyport::discovery
