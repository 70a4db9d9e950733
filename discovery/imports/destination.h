#pragma once
// Where a line says that something went: URLs and authorities, put into a record.

#include <array>
#include <string_view>

#include "discovery/imports/log_record.h"

namespace sallyport::discovery::imports {

class DestinationReader {
 public:
  // "https://ana@Files.Example.com:8443/a?b=c#d", "files.example.com:443", "files.example.com/a",
  // "[2001:db8::1]:443". False where no host can be read, and nothing is changed. An address is
  // `server`. Where the port is not said, it is the scheme's own.
  bool url(std::string_view text, LogRecord& record);
  // A host with or without a port. `host` holds until the next call.
  bool authority(std::string_view text, LogRecord& record);

 private:
  bool host(std::string_view text, LogRecord& record);

  std::array<char, 256> name_{};  // of the last host that had capital letters
};

// Without query and fragment.
std::string_view without_query(std::string_view path);

}  // namespace sallyport::discovery::imports
