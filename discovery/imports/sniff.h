#pragma once
// Which format lines are in, found by reading them: every parser gets the lines, and the one that
// reads them is it. Nothing is chosen where two do, or none.

#include <span>
#include <string>
#include <string_view>

#include "discovery/imports/formats.h"

namespace sallyport::discovery::imports {

struct Sniffed {
  LogFormat format = LogFormat::auto_;  // auto_: it cannot be told
  // "it reads 20 of the first 20 lines"; or why it cannot be told, with the names of those between
  // which it lies.
  std::string why;
};

// `lines` without their ends, some hundred at most.
Sniffed sniff_log(std::span<const std::string_view> lines, const TimeOptions& times);

}  // namespace sallyport::discovery::imports
