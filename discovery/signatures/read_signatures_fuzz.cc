// activities.yaml of any bytes: read, or refused with places; what is read can be asked.

#include <cstddef>
#include <cstdint>

#include "discovery/signatures/recognition.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto node = yaml::parse(std::make_shared<const Source>(Source{"activities.yaml", text}));
  if (!node) return 0;
  Diagnostics warnings;
  const auto app = discovery::AppSignatures::read(*node, "app", warnings);
  if (!app) {
    render(app.error());
    return 0;
  }
  http::RequestHead head;
  head.method = "POST";
  head.path = "/a/b?c=d";
  discovery::Recognition seen(**app, head, "api.example.com", "/a/b");
  seen.read_request(R"({"a":{"b":[{"c":"d"}]},"operationName":"X"})", true);
  seen.read_reply(200, head.headers, R"({"id":1})");
  return 0;
}
