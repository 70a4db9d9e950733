#pragma once
// The formats, one function and mostly one file each; the file's head has what it yields. For
// formats.cc; everybody else calls make_parser().

#include <memory>

#include "discovery/imports/line_parser.h"

namespace sallyport::discovery::imports {

using ParserPtr = std::unique_ptr<LineParser>;

ParserPtr make_squid(const TimeOptions& times);
ParserPtr make_wsa(const TimeOptions& times);

}  // namespace sallyport::discovery::imports
