#include "discovery/tags/feed_intake.h"

namespace sallyport::discovery {

void read_plain(std::string_view text, FeedIntake& intake) {
  FeedLines lines(text);
  for (std::string_view line; !intake.full() && lines.next(line);) {
    if (is_comment_line(line)) continue;
    if (!intake.address(without_comment(line))) intake.bad(lines.number(), line);
  }
}

}  // namespace sallyport::discovery
