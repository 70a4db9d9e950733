// A format (the first line) and a record (the rest): whatever both are, a line stays one line with
// the fields of its format, and a syslog message one message.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/logs/line_format.h"
#include "discovery/logs/syslog_message.h"

namespace sallyport::discovery {
namespace {

// Nothing that steers but the tabs of a format.
void check_printable(const std::string& line) {
  std::string without = line;
  std::erase(without, '\t');
  CHECK(printable(without) == without);
}

std::size_t words(std::string_view line) {
  std::size_t count = 0;
  for (const std::string_view word : split(line, ' ')) count += word.empty() ? 0 : 1;
  return count;
}

// RFC 5424 section 6.3: an element that ends with the message.
void check_structured(std::string_view message) {
  message.remove_prefix(message.find('['));
  while (!message.starts_with(']')) {
    const std::size_t quote = message.find('"');
    CHECK(quote != std::string_view::npos);
    message.remove_prefix(quote + 1);
    while (!message.starts_with('"')) {
      CHECK(!message.empty() && message.front() != ']');
      const bool guarded = message.front() == '\\' && message.size() > 1 &&
                           std::string_view("\"\\]").find(message[1]) != std::string_view::npos;
      message.remove_prefix(guarded ? 2 : 1);
    }
    message.remove_prefix(1);
  }
  CHECK(message == "]");
}

void check(const Checked<LineFormat>& format, const Event& event) {
  std::string line;
  if (format) {
    format->append(line, event);
    check_printable(line);
  }
  line.clear();
  LineFormat::squid().append(line, event);
  check_printable(line);
  CHECK(words(line) == 10);

  SyslogFormat syslog;
  syslog.most = 4096;
  std::string message;
  if (append_syslog(message, event, syslog)) {
    CHECK(message.size() <= syslog.most);
    check_printable(message);
    CHECK(parse_event(message.substr(message.find('{'))).has_value());
  }
  syslog.structured = true;
  message.clear();
  if (append_syslog(message, event, syslog)) {
    CHECK(message.size() <= syslog.most);
    check_printable(message);
    check_structured(message);
  }
}

}  // namespace
}  // namespace sallyport::discovery

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto source = std::make_shared<const Source>(
      Source{"s.yaml", "format: " + std::string(text.substr(0, end))});
  const auto format =
      discovery::LineFormat::parse({std::string(text.substr(0, end)), Place{source, 1, 9, 1}});
  if (!format) render(format.error());
  const auto event = discovery::parse_event(text.substr(std::min(end + 1, text.size())));
  if (event) discovery::check(format, *event);
  return 0;
}
