#pragma once
// An event as a syslog message (RFC 5424), without the framing of a transport:
//
//   <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]
//
//   <134>1 2026-11-23T21:58:52.000000Z gw.example sallyport 4711 exchange - {"id":"01M8...",...}
//   <132>1 2026-11-23T21:58:53.000000Z gw.example sallyport 4711 exchange [sallyport@32473 id="...
//
// TIMESTAMP is the event's start, MSGID its kind. MSG is a line of a LineFormat; or there is none,
// and the structured data holds every field of the record by its dotted name (lists of objects but
// for `rehearsed` and `activities`). MSG has no byte order mark: JSON forbids one (RFC 8259 section
// 8.1), so it is MSG-ANY, in UTF-8 all the same.
//
// INVARIANT: one event is one message of printable characters, and its structured data ends where
// we end it (escape.h).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/events/event.h"
#include "discovery/logs/line_format.h"

namespace sallyport::discovery {

struct SyslogFormat {
  int facility = 16;            // local0; RFC 5424 table 1
  std::optional<int> severity;  // absent: by what became of the event, see severity_of()
  // Each printable ASCII without blanks, "-" for nothing: at most 255, 48 and 128 characters.
  std::string host_name = "-";
  std::string app_name = "sallyport";
  std::string process_id = "-";
  bool structured = false;  // all fields as structured data, no MSG
  // SD-ID. 32473 is the number that RFC 5612 gives to documentation: an organisation with a private
  // enterprise number of its own puts it here.
  std::string structured_id = "sallyport@32473";
  LineFormat line = LineFormat::json();  // MSG, where not structured
  std::size_t most = 8192;               // bytes of a message

  bool operator==(const SyslogFormat&) const = default;
};

// 4 warning: blocked or refused. 3 error: we failed. 5 notice: the origin failed, or a deadline
// passed. 6 informational: all others.
int severity_of(const Event& event);

// Appends the message. Where it is larger than `most`, long texts are cut ("...") and long lists
// shortened, so that it is still whole JSON, a whole line or whole structured data. False, and
// nothing appended: it does not fit even then.
bool append_syslog(std::string& out, const Event& event, const SyslogFormat& format);

// "local0" to "local7", "user", "daemon", ...; "debug" to "emergency". In the order of their
// numbers.
const std::vector<std::string_view>& facility_words();
const std::vector<std::string_view>& severity_words();

// Whether a text may be HOSTNAME, APP-NAME or PROCID of at most `most` characters.
bool is_syslog_word(std::string_view text, std::size_t most);
// Whether a text may be an SD-ID of our own: name@number (RFC 5424 section 6.3.2).
bool is_structured_id(std::string_view text);

}  // namespace sallyport::discovery
