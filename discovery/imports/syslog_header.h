#pragma once
// What syslog puts in front of a message, so that the message behind it can be read: RFC 5424,
// RFC 3164, and what daemons write into files (without a priority, with ISO times).

#include <string_view>

namespace sallyport::discovery::imports {

struct SyslogLine {
  std::string_view message;  // the whole line where there is no header
  std::string_view time;     // as written; "" where the header has none
  std::string_view tag;      // the program: "haproxy"; of RFC 5424 its APP-NAME
  std::string_view data;     // structured data of RFC 5424, brackets and all; "" for none
};

SyslogLine read_syslog(std::string_view line);

}  // namespace sallyport::discovery::imports
