// Heads come from strangers: whatever they hold, classifying ends, and yields one of the known
// words.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "base/core/text.h"
#include "discovery/classify/classify.h"
#include "discovery/classify/path_words.h"

// The first line is "METHOD path status"; each further line a field, of the request until an empty
// line, of the reply from there on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const auto lines = split(std::string_view(reinterpret_cast<const char*>(data), size), '\n');
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

  const discovery::Catalog nothing;
  policy::Activity activity;
  activity.host = request.path;
  discovery::classify_host(activity, nothing);
  CHECK(!activity.app);
  discovery::classify_request(activity, request);
  CHECK(activity.type.has_value());
  discovery::classify_reply(activity, request, reply);
  CHECK(!policy::to_string(*activity.type).empty());
  return 0;
}
