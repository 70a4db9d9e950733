#pragma once
// A line format taken apart. Only line_format.cc and line_format_parse.cc know it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/logs/escape.h"
#include "discovery/logs/line_format.h"

namespace sallyport::discovery {

enum class LineCode : std::uint8_t {
  field,  // of the record, by name
  seconds,
  milliseconds,
  local_time,
  response_time,
  client_address,
  client_port,
  server_address,
  server_port,
  user,
  signed_in_user,
  result,
  hierarchy,
  status,
  method,
  url,
  url_path,
  scheme,
  host,
  port,
  media_type,
  bytes_out,
  bytes_in,
  header,  // User-Agent only
  bump_mode,
};

struct LineCodeRow {
  std::string_view name;  // as Squid calls it
  LineCode code;
  Escape escape = Escape::percent;  // where the format says nothing
};

std::span<const LineCodeRow> line_codes();

struct LinePiece {
  std::string before;  // text of the format, in front of the value
  LineCode code = LineCode::field;
  std::size_t field = 0;  // code == field: which of Compiled::fields
  Escape escape = Escape::percent;
  bool left = false;
  bool zeros = false;
  std::size_t least = 0;
  std::size_t most = 0;  // 0: all
};

struct LineFormat::Compiled {
  std::string text;
  bool json = false;
  std::vector<LinePiece> pieces;
  std::string after;                // text behind the last value
  std::vector<std::string> fields;  // of the record, each once
};

}  // namespace sallyport::discovery
