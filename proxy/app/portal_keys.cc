#include "proxy/app/portal_keys.h"

#include <sys/stat.h>

#include "base/core/file.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

namespace {

constexpr std::size_t kLargest = 4096;  // bytes; two keys are 200

}  // namespace

Result<portal::TicketKeys> open_ticket_keys(const std::string& file, Time now) {
  struct stat status{};
  const bool there = ::stat(file.c_str(), &status) == 0;
  if (there && (status.st_mode & 077) != 0) {
    return fail(ErrorKind::permission, Side::ours,
                file +
                    " can be read by others, who could answer for everybody: delete it, and new "
                    "keys are made at the next start");
  }
  Result<portal::TicketKeys> keys = portal::TicketKeys::make(now);
  Result<std::string> text = read_regular_file(file, kLargest);
  if (text) {
    keys = portal::TicketKeys::parse(*text);
    if (!keys) {
      keys.error().detail = file + ": " + keys.error().detail;
      return keys;
    }
    if (!keys->due(now)) return keys;
    keys = keys->rotated(now);
  } else if (text.error().kind != ErrorKind::not_found) {
    return pass_on(std::move(text));
  }
  Result<void> written = write_file(file, keys->text(), 0600);
  if (!written) return pass_on(std::move(written));
  return keys;
}

}  // namespace sallyport::app
