// Pages and problem details from a stranger's bytes, in the facts and in the request's fields
// alike.

#include <cstdint>
#include <cstdlib>

#include "base/core/text.h"
#include "proxy/local/page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::vector<std::string_view> parts = split(text, '\n');
  const auto part = [&](std::size_t i) { return std::string(i < parts.size() ? parts[i] : ""); };

  http::RequestHead request;
  request.method = part(0);
  request.headers.add("Origin", part(1));
  request.headers.add("Accept", part(2));
  request.headers.add("Access-Control-Request-Method", part(3));
  request.headers.add("Access-Control-Request-Headers", part(4));
  local::PageFacts facts;
  facts.host = part(5);
  facts.app_name = part(6);
  facts.policy = part(7);
  facts.say = part(8);
  facts.contact = part(9);
  facts.event_id = part(10);
  facts.organisation = part(11);
  facts.reason = local::Word("block.coach");
  facts.faults = {local::Word("certificate.expired")};
  facts.number = part(12).size();
  facts.gateway_name = part(13);
  facts.portal = part(14);
  facts.needs = part(15);

  for (const std::string_view accept : {"", "text/html"}) {
    if (!accept.empty()) request.headers.set("Accept", accept);
    const http::Reply reply = local::render(local::PageKind::blocked, facts, request);
    http::RequestHead call = request;
    call.method = "POST";
    call.headers.set("Content-Type", "application/grpc");
    if (!local::render(local::PageKind::blocked, facts, call).body->none()) std::abort();
    const auto allowed = reply.head.headers.find("Access-Control-Allow-Origin");
    if (allowed && *allowed != *request.headers.find("Origin")) std::abort();
  }
  return 0;
}
