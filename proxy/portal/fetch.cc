#include "proxy/portal/fetch.h"

#include "base/http/exchange.h"
#include "base/io/deadline.h"
#include "proxy/origin/sender.h"

namespace sallyport::portal {
namespace {

// Nobody waits for what comes before the reply.
class NoInterim final : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>{}; }
};

Task<Result<std::string>> read_whole(http::Body& body) {
  std::string text;
  while (true) {
    const Result<http::Bytes> bytes = co_await body.read(16 * 1024);
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) co_return text;
    if (text.size() + bytes->size() > Fetcher::kLargest) {
      co_return fail(ErrorKind::limit, Side::origin, "a reply of more than 256 KiB");
    }
    text.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
}

}  // namespace

// What must live until the nursery has been joined (http::Origin::send).
struct OriginFetcher::Call {
  explicit Call(const Asked& asked) : body(asked.body) {
    head.method = asked.method;
    head.scheme = asked.address.tls ? "https" : "http";
    head.authority = asked.address.authority;
    head.path = asked.address.path;
    head.headers = asked.headers;
  }
  http::RequestHead head;
  http::TextBody body;
  NoInterim interim;
  origin::Route route;
  std::optional<origin::Sender> sender;
};

void OriginFetcher::stop() {
  stopped_ = true;
  for (io::Nursery* one : running_) one->cancel();
}

Task<Result<Fetched>> OriginFetcher::fetch(const Asked& asked) {
  if (stopped_) co_return fail(ErrorKind::cancelled, Side::ours, "the gateway stops");
  Call call(asked);
  io::Nursery nursery(worker_.executor());
  bool late = false;
  io::Deadline deadline(worker_.deadlines(), [&nursery, &late] {
    late = true;
    nursery.cancel();
  });
  deadline.set(kPatience);
  running_.push_back(&nursery);
  Result<Fetched> fetched = co_await run(call, nursery);
  std::erase(running_, &nursery);
  deadline.clear();
  nursery.cancel();
  co_await nursery.join();
  if (late && !fetched) {
    co_return fail(ErrorKind::timed_out, Side::origin,
                   asked.address.authority.to_string() + " did not answer in time");
  }
  co_return fetched;
}

Task<Result<Fetched>> OriginFetcher::run(Call& call, io::Nursery& nursery) {
  const Authority& to = call.head.authority;
  const bool tls = call.head.scheme == "https";
  Result<origin::Route> route = co_await router_.find(to.host, to.port, tls, nursery);
  if (!route) co_return pass_on(std::move(route));
  call.route = std::move(*route);
  // Connections of traffic and ours are never the same ones.
  call.sender.emplace(pool_, dialer_, call.route, "portal", origin::Offer{});
  Result<http::Reply> reply =
      co_await call.sender->send(call.head, call.body, call.interim, nursery);
  if (!reply) co_return pass_on(std::move(reply));
  // What waits for bytes of the reply ends with the patience, too.
  http::Body& answer = *reply->body;
  const io::Nursery::OnCancel stop(nursery, [&answer] { answer.stop(); });
  Result<std::string> text = co_await read_whole(answer);
  if (!text) co_return pass_on(std::move(text));
  Fetched fetched;
  fetched.status = reply->head.status;
  fetched.media_type = http::media_type(reply->head.headers.find("Content-Type").value_or(""));
  fetched.body = std::move(*text);
  co_return fetched;
}

}  // namespace sallyport::portal
