// Any bytes of a client behind the preface: every exchange that begins ends, one whose body broke
// is not served as a whole one, and the connection ends with its bytes.
//
// Input: the first byte chooses how many bytes come at a time.

#include "proxy/http2/fuzz_wire.h"
#include "proxy/http2/server.h"

namespace {

using namespace sallyport;

int alive = 0;

// By the path: echo, a reply without reading, read and say nothing, nothing at all.
Task<void> serve(http::Exchange& exchange) {
  ++alive;
  CHECK(!exchange.request().path.empty());
  exchange.on_abandoned([] {});
  http::ReplyHead head;
  switch (exchange.request().path.size() % 4) {
    case 1: {
      Result<void> sent = co_await exchange.respond(head, exchange.body());
      break;
    }
    case 2: {
      Result<void> told = co_await exchange.inform([] {
        http::ReplyHead early;
        early.status = 103;
        return early;
      }());
      http::TextBody body(std::string(100'000, 'x'));
      Result<void> sent = co_await exchange.respond(head, body);
      break;
    }
    case 3: {
      std::uint64_t got = 0;
      while (true) {
        Result<http::Bytes> chunk = co_await exchange.body().read(1'000);
        if (!chunk) break;
        if (chunk->empty()) {
          const auto length = exchange.body().length();
          CHECK(!length || *length == got);
          break;
        }
        got += chunk->size();
      }
      break;
    }
    default:
      break;
  }
  exchange.on_abandoned(nullptr);
  --alive;
}

Task<void> refused(const Error& error, http::Exchange* exchange) {
  CHECK(error.side == Side::client);
  if (exchange == nullptr) co_return;
  http::ReplyHead head;
  head.status = 400;
  http::TextBody body("no");
  Result<void> sent = co_await exchange->respond(head, body);
}

Task<void> run(http2::Server& server, bool& over) {
  co_await server.run();
  over = true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  bytes.append(reinterpret_cast<const char*>(data) + 1, size - 1);
  http2::FuzzClock clock;
  io::Worker worker(0, clock);
  http2::FuzzStream stream(bytes, data[0] == 0 ? bytes.size() : data[0]);
  bool over = false;
  {
    http2::ServerOptions options;
    options.link.streams = 8;
    options.link.heads = {.head = 4096, .target = 1024, .fields = 40};
    http2::Server server(worker, stream, options, {serve, refused});
    io::Nursery nursery(worker.executor());
    nursery.start(run(server, over));
    http2::run_until(worker, clock, [&] { return over; });
    worker.poll();
  }
  CHECK(alive == 0);
  return 0;
}
