// Signatures of every kind against a head, a body and a reply of any bytes. The first line is
// method, path and content type; then the body up to a line "====", then the reply.

#include <cstddef>
#include <cstdint>

#include "base/core/check.h"
#include "base/core/text.h"
#include "discovery/signatures/recognition.h"

namespace {

using namespace sallyport;

constexpr const char* kSignatures = R"(
sources: [{kind: sdk, date: 2026-11-26}]
account: ["{token.email}", "{cookie.user}", "{body.user}"]
activities:
  - {id: batch, verb: other, request: "POST /batch", batch: {each: "body.requests[]", method: method, url: url}}
  - {id: each, verb: edit, request: "POST /each", batch: {each: "body.a.b[]"}, object: {kind: file, name: "{body.c}"}}
  - id: send
    verb: send
    request: "POST /send"
    target: {email: {all: ["{body.to}", "{raw|mail.to}", "{body.raw|base64|mail.to}"]}}
    also: [{each: "body.attachments[]", as: attach}, {as: each}]
  - {id: attach, verb: upload, request: "POST /attach", content: "{body.c}", content_as: "{body.as}"}
  - {id: mixed, verb: other, request: "POST /mixed", batch: {multipart: http}}
  - id: graph
    verb: {of: "{operation}", "Get*": view, "*": edit}
    request: "* /graphql"
    where: {"{operation}": "*"}
  - id: any
    verb: upload
    request: "* /{a}/{rest...}"
    object: {kind: file, name: ["{header.X|json.a}", "{body.b[].c}", "{rest|last}"], id: "{reply.id}"}
    target: {email: ["{body.to[]}", "{query.to|base64|json.x}"], domain: "{query.d|domain}"}
    consent: {scopes: "{query.scope}", redirect: "{query.u|after.://|before./}"}
    file: {name: "{body.name}", size: "{body.size}"}
    outcome: [{where: {"{reply.ok}": "false"}, is: failed}]
)";

const discovery::AppSignatures& app() {
  static const auto kApp = [] {
    auto node = yaml::parse(std::make_shared<const Source>(Source{"activities.yaml", kSignatures}));
    CHECK(node);
    Diagnostics warnings;
    auto read = discovery::AppSignatures::read(*node, "app", warnings);
    CHECK(read);
    return *read;
  }();
  return *kApp;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const auto words = split(input.substr(0, line), ' ');
  std::string_view body = input.substr(std::min(line + 1, input.size()));
  std::string_view reply;
  if (const std::size_t cut = body.find("\n====\n"); cut != body.npos) {
    reply = body.substr(cut + 6);
    body = body.substr(0, cut);
  }
  http::RequestHead head;
  head.method = words[0].empty() ? "POST" : std::string(words[0]);
  head.path = words.size() > 1 && words[1].starts_with('/') ? std::string(words[1]) : "/a/b";
  if (words.size() > 2) static_cast<void>(head.headers.add("Content-Type", words[2]));
  if (words.size() > 3) static_cast<void>(head.headers.add("X", words[3]));
  if (words.size() > 4) static_cast<void>(head.headers.add("Content-Encoding", words[4]));
  if (words.size() > 5) static_cast<void>(head.headers.add("Authorization", words[5]));
  discovery::Recognition seen(app(), head, "api.example.com", head.path_only());
  static_cast<void>(seen.wants_more(body));
  seen.read_request(body, size % 2 == 0);
  seen.read_reply(200, head.headers, reply);
  CHECK(seen.activities().size() <= discovery::kMostElements);
  for (const discovery::Recognised& one : seen.activities()) {
    for (const policy::DetailText& text : policy::detail_texts()) {
      CHECK(((*one.details).*text.field).size() <= policy::kMostDetailText);
    }
    for (const policy::DetailList& list : policy::detail_lists()) {
      CHECK(((*one.details).*list.field).size() <= policy::kMostDetailItems);
    }
  }
  return 0;
}
