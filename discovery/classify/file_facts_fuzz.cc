// Names of files come from strangers on both sides: whatever they wrote, what is kept is safe.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "base/core/text.h"
#include "base/core/utf8.h"
#include "discovery/classify/content_disposition.h"
#include "discovery/classify/file_facts.h"
#include "discovery/classify/file_name.h"

namespace {

using namespace sallyport;

void check_name(const std::string& name) {
  CHECK(name.size() <= 255);
  CHECK(find_not_utf8(name) == std::string::npos);
  CHECK(name.find_first_of("/\\") == std::string::npos);
  for (std::size_t at = 0; at < name.size();) {
    const Utf8Char next = decode_utf8(std::string_view(name).substr(at));
    CHECK(!is_steering(next.code));
    at += next.size;
  }
  CHECK(!name.starts_with(' ') && !name.ends_with(' ') && !name.ends_with('.'));
  CHECK(discovery::safe_file_name(name).size() <= name.size());
  const std::string extension = discovery::file_extension(name);
  CHECK(extension.empty() || lower(name).ends_with("." + extension));
}

void check_file(const std::optional<policy::FileFacts>& file) {
  if (!file) return;
  check_name(file->name);
  CHECK(file->extension == discovery::file_extension(file->name));
}

}  // namespace

// The first line is "METHOD path status"; each further line a field, of the request until an empty
// line, of the reply from there on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_name(discovery::safe_file_name(text));
  check_name(discovery::read_content_disposition(text).file_name);
  const auto lines = split(text, '\n');
  const auto first = split(lines[0], ' ');
  http::RequestHead request;
  http::ReplyHead reply;
  request.method = first[0];
  request.path = first.size() > 1 ? first[1] : "/";
  reply.status =
      first.size() > 2 ? static_cast<int>(parse_decimal(first[2]).value_or(200) % 1000) : 200;
  bool in_reply = false;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) in_reply = true;
    const std::size_t colon = lines[i].find(':');
    if (colon == std::string_view::npos) continue;
    (in_reply ? reply.headers : request.headers)
        .add(lines[i].substr(0, colon), lines[i].substr(colon + 1));
  }
  check_file(discovery::uploaded_file(request, size));
  check_file(discovery::downloaded_file(request, reply, size));
  return 0;
}
