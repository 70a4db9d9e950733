#pragma once
// The process's own diagnostics: one plain line each on standard error, for the person who runs it.
// Not the record of what passed; that is an Event.
//
// May be called from every thread. A line is one write(2); control bytes in it are made printable.

#include <string_view>

namespace sallyport::log {

enum class Level : unsigned char { debug, info, warning, error };

void set_level(Level level);
Level level();

void debug(std::string_view line);
void info(std::string_view line);
void warning(std::string_view line);
void error(std::string_view line);

}  // namespace sallyport::log
