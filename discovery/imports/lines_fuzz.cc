// Logs are text of strangers: no bytes may crash a parser of any format, and what it yields must
// keep its promises. The first byte chooses the format; of a logformat the first line is the
// layout, of a custom format what stands in front of a line "...".

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "base/core/host.h"
#include "discovery/imports/custom_format.h"
#include "discovery/imports/formats.h"
#include "discovery/imports/line_layout.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery::imports;

SourcePtr source(std::string_view text) {
  return std::make_shared<const Source>(Source{"parser.yaml", std::string(text)});
}

// What a format needs beside lines, taken off the front of `text`; false where it is none.
bool take_description(LogFormat format, std::string_view& text, ParserOptions& options) {
  if (format == LogFormat::logformat) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string written(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    auto layout = LineLayout::parse({written, {source(written), 1, 1}});
    if (layout) options.layout = *layout;
    return layout.has_value();
  }
  if (format == LogFormat::custom) {
    const std::size_t end = std::min(text.find("\n...\n"), text.size());
    auto custom = CustomFormat::parse(source(text.substr(0, end)));
    text.remove_prefix(std::min(end + 5, text.size()));
    if (custom) options.custom = *custom;
    return custom.has_value();
  }
  return true;
}

void check(const LogRecord& record) {
  CHECK(!record.host.empty() || record.server);
  CHECK(record.path.find_first_of("?#") == record.path.npos);
  CHECK(record.status == 0 || (record.status >= 100 && record.status <= 599));
  if (record.host.empty()) return;
  const auto host = Host::parse(record.host);
  CHECK(host && !host->is_address() && host->text() == record.host);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const FormatInfo& info = log_formats()[data[0] % log_formats().size()];
  static const auto kVienna = TimeZone::find("Europe/Vienna");
  ParserOptions options;
  options.times = {data[0] & 0x80 ? kVienna : nullptr, Time(std::chrono::seconds(1'800'000'000))};
  if (!take_description(info.format, text, options)) return 0;
  const auto parser = make_parser(info.format, options);
  std::uint64_t touched = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    // Memory of its own, so that the sanitizer sees what is read behind it.
    const std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    LogRecord record;
    if (parser->read(line, record) != Reading::record) continue;
    check(record);
    for (const std::string_view borrowed : {record.user, record.scheme, record.method, record.path,
                                            record.user_agent, record.content_type}) {
      for (const char c : borrowed) touched += static_cast<unsigned char>(c);
    }
  }
  return touched == ~std::uint64_t{0} ? 1 : 0;
}
