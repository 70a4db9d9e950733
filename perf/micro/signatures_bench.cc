// What it costs to find out what is done in an app, by the signatures that we ship: of requests
// that some signature fits, of those that none does, and by a body.

#include <benchmark/benchmark.h>
#include <string>

#include "base/core/check.h"
#include "discovery/signatures/recognition.h"
#include "discovery/signatures/signature_book.h"

namespace {

using namespace sallyport;

const discovery::SignatureBook& book() {
  static const auto kBook = [] {
    Diagnostics warnings;
    const std::string folder = SALLYPORT_SOURCE_DIR "/conf/catalog";
    auto catalog = discovery::load_catalog(folder, warnings);
    CHECK(catalog);
    auto read = discovery::SignatureBook::load({folder}, **catalog, warnings);
    CHECK(read);
    return *read;
  }();
  return *kBook;
}

http::RequestHead head_of(const std::string& method, const std::string& path) {
  http::RequestHead head;
  head.method = method;
  head.path = path;
  CHECK(head.headers.add("Content-Type", "application/json"));
  return head;
}

void run(benchmark::State& state, const std::string& app, const std::string& host,
         const std::string& method, const std::string& path, const std::string& body) {
  const discovery::AppSignatures* signatures = book().find(app);
  CHECK(signatures != nullptr);
  const http::RequestHead head = head_of(method, path);
  std::size_t seen = 0;
  for (auto _ : state) {
    discovery::Recognition recognition(*signatures, head, host, head.path_only());
    if (recognition.nothing()) continue;
    recognition.read_request(recognition.wants_body() ? body : std::string_view(), true);
    seen += recognition.activities().size();
  }
  state.counters["signatures"] = static_cast<double>(signatures->all().size());
  state.counters["activities"] = static_cast<double>(seen != 0);
}

BENCHMARK_CAPTURE(run, dropbox_nothing_fits, "dropbox", "www.dropbox.com", "GET",
                  "/static/metaserver/a.js", "");
BENCHMARK_CAPTURE(run, dropbox_upload, "dropbox", "content.dropboxapi.com", "POST",
                  "/2/files/upload", "");
BENCHMARK_CAPTURE(
    run, dropbox_invite_by_body, "dropbox", "api.dropboxapi.com", "POST",
    "/2/sharing/add_folder_member",
    R"({"shared_folder_id":"8","members":[{"member":{".tag":"email","email":"a@b.example"}}]})");
BENCHMARK_CAPTURE(run, microsoft_365_graph, "microsoft_365", "graph.microsoft.com", "GET",
                  "/v1.0/me/drive/items/01ABC/content", "");
BENCHMARK_CAPTURE(run, microsoft_365_nothing_fits, "microsoft_365", "graph.microsoft.com", "GET",
                  "/v1.0/none/of/these/at/all", "");
BENCHMARK_CAPTURE(run, slack_message, "slack", "slack.com", "POST", "/api/chat.postMessage",
                  R"({"channel":"C123","text":"hello there"})");

}  // namespace

BENCHMARK_MAIN();
