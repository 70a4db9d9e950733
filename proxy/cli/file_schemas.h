#pragma once
// JSON Schemas (2020-12) of the files that are no policies: the configuration, apps of the catalog,
// tags, users, the PAC file. Written down in a short notation beside (file_schemas.cc), because
// their readers are code and not tables; a test holds each key against its reader.
//
// They know keys, kinds of values and closed lists of words. Ranges, formats of addresses and what
// one key means for another is what `sallyport check` says.

#include <span>
#include <string>
#include <string_view>

namespace sallyport::cli {

struct FileShape {
  std::string_view name;   // "config"
  std::string_view files;  // "conf/sallyport.yaml"
  std::string_view shape;  // in the notation
};
std::span<const FileShape> file_shapes();

std::string to_schema(const FileShape& shape);

}  // namespace sallyport::cli
