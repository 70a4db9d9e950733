#pragma once
// A log of any program, as its operator describes it in a small YAML file:
//
//   name: gate 7                      # for reports
//   kind: csv                         # or key_value
//   separator: ";"                    # one character, or tab, space, comma, semicolon, bar
//   assign: "="                       # of key_value: between name and value
//   header: true                      # of csv: the first line names the columns
//   skip: "#"                         # lines that begin so are passed over
//   time: {field: when, format: "%d.%m.%Y %H:%M:%S"}    # or {date: day, clock: hour}
//   fields:                           # a name, or of csv without a header a number from 1
//     client: src
//     user: who
//     url: target                     # or host, server, port, scheme, method, path
//     bytes_up: sent                  # and bytes_down, bytes_total, status, action, user_agent,
//     bytes_down: received            # content_type
//     action: verdict
//   blocked: [DENY, "2"]              # the words of `action` that mean it; others are allowed
//
// `client`, a time and a destination (url, host or server) are required. Names are case-sensitive.
// Without a format the time may have any shape of times.h.
//
// Immutable; a parser borrows it as shared_ptr.

#include <memory>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "discovery/imports/fields.h"

namespace sallyport::discovery::imports {

class CustomFormat {
 public:
  struct Field {
    Role role = Role::none;
    std::string name;        // "" where it goes by its column
    std::size_t column = 0;  // from 0
  };

  static Checked<std::shared_ptr<const CustomFormat>> parse(SourcePtr source);
  static Checked<std::shared_ptr<const CustomFormat>> load(const std::string& path);

  std::string name;
  bool csv = true;
  bool header = true;
  char separator = ',';
  char assign = '=';
  std::string skip;
  std::string time_format;  // "": any shape
  std::vector<Field> fields;
  std::vector<std::string> blocked;  // none: the words of vendors
};

}  // namespace sallyport::discovery::imports
