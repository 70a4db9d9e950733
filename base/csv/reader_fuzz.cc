// Whatever the bytes, reading ends, keeps its limits, and every record that it hands out reads back
// the same when it is written as RFC 4180 says.

#include <cstdlib>
#include <string>

#include "base/csv/reader.h"

using namespace sallyport;

namespace {

std::string write(const csv::Record& record) {
  std::string line;
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (i > 0) line += ',';
    line += '"';
    for (const char c : record.fields[i].text) line += c == '"' ? "\"\"" : std::string(1, c);
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  Diagnostics found;
  csv::Limits limits;
  limits.records = 1000;
  csv::Reader reader(std::make_shared<const Source>(Source{"fuzz.csv", text}), found, limits);
  csv::Record record;
  std::size_t width = 0;
  while (reader.next(record)) {
    if (width == 0) width = record.fields.size();
    if (record.fields.size() != width || width > limits.fields) std::abort();
    Diagnostics none;
    csv::Reader again(std::make_shared<const Source>(Source{"again.csv", write(record)}), none);
    csv::Record same;
    if (!again.next(same) || same.fields.size() != width) std::abort();
    for (std::size_t i = 0; i < width; ++i) {
      if (same.fields[i].text != record.fields[i].text) std::abort();
      const auto parts = csv::split_list(record.fields[i], ';');
      if (parts.size() > record.fields[i].text.size()) std::abort();
    }
  }
  if (found.errors() > limits.faults + 2) std::abort();
  (void)render(found);
  return 0;
}
