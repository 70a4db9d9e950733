// Any bytes of an origin: every request is answered or failed, and the connection ends with them.
//
// Input: the first byte chooses how many bytes come at a time.

#include "proxy/http2/client.h"
#include "proxy/http2/fuzz_wire.h"

namespace {

using namespace sallyport;

struct Interims final : http::Interim {
  Task<Result<void>> inform(const http::ReplyHead& head) override {
    CHECK(head.status / 100 == 1 && head.status != 101);
    co_return Result<void>{};
  }
};

Task<void> ask(io::Worker& worker, std::shared_ptr<http2::Client> client, int kind, int& left) {
  http::RequestHead head;
  head.scheme = "https";
  head.authority = *Authority::parse("files.example", 443);
  http::EmptyBody none;
  http::TextBody text(std::string(1'000, 'x'));
  http::Body* body = &none;
  if (kind == 1) {
    head.method = "POST";
    head.expects_continue = true;
    body = &text;
  }
  if (kind == 2) head.method = "HEAD";
  if (kind == 3) {
    head.upgrade = "websocket";
    body = &text;
  }
  Interims interims;
  io::Nursery nursery(worker.executor());
  if (client->usable()) {
    http2::Client::Attempt attempt;
    Result<http::Reply> reply = co_await client->send(head, *body, interims, nursery, attempt);
    if (reply) {
      CHECK(reply->head.status >= 101);
      while (true) {
        Result<http::Bytes> chunk = co_await reply->body->read(1'000);
        if (!chunk || chunk->empty()) break;
      }
      reply->body.reset();
    }
    body->stop();
  }
  nursery.cancel();
  co_await nursery.join();
  --left;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  http2::FuzzClock clock;
  io::Worker worker(0, clock);
  io::Nursery connections(worker.executor());
  io::Nursery tasks(worker.executor());
  int left = 4;
  {
    const auto client = std::make_shared<http2::Client>(
        worker, std::make_unique<http2::FuzzStream>(bytes, data[0] == 0 ? size : data[0]));
    for (int kind = 0; kind < 4; ++kind) tasks.start(ask(worker, client, kind, left));
    client->start(connections);
    http2::run_until(worker, clock, [&] { return left == 0 && connections.empty(); });
  }
  worker.poll();
  CHECK(tasks.empty());
  return 0;
}
