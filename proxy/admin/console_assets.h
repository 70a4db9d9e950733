#pragma once
// The files of the console that the build embedded; cmake/build_console.cmake makes the table.

#include <span>
#include <string_view>
#include <vector>

namespace sallyport::admin {

struct ConsoleAsset {
  std::string_view path;  // below /console/: "index.html", "assets/main-3K2LDJ7Q.js"
  std::string_view bytes;
  std::string_view gzip;  // the same, compressed
  std::string_view hash;  // of the bytes, hex
  std::string_view type;  // Content-Type
};

// By path. Empty where the build has no console.
std::span<const ConsoleAsset> console_assets();
// Why it has none; "" where it has one.
std::string_view console_absence();

}  // namespace sallyport::admin
