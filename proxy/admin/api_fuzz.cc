// Paths and queries of strangers against the routes: never a crash, and never an answer without the
// token.

#include "base/core/check.h"
#include "base/io/worker.h"
#include "proxy/admin/api.h"

namespace {

using namespace sallyport;

class Pages final : public http::Origin {
 public:
  Task<Result<http::Reply>> send(const http::RequestHead&, http::Body&, http::Interim&,
                                 io::Nursery&) override {
    co_return admin::json_answer("1");
  }
};

class NoInterim final : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>(); }
};

Task<http::Reply> answer(const admin::Call& call) {
  for (const std::string& name : call.names) CHECK(!name.empty());
  co_return admin::json_answer("2");
}

Task<void> ask(admin::Api& api, http::RequestHead& head, io::Nursery& scope, int& status) {
  NoInterim interim;
  http::EmptyBody nothing;
  const Result<http::Reply> reply = co_await api.send(head, nothing, interim, scope);
  CHECK(reply.has_value());
  status = reply->head.status;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static io::Worker worker(0);
  static Pages pages;
  admin::Api api("token", pages);
  api.on("GET", "/api/v1/apps", answer);
  api.on("GET", "/api/v1/apps/{}/tags/{}", answer);
  http::RequestHead head;
  const bool known = size > 0 && (data[0] & 1) != 0;
  if (known) head.headers.add("Authorization", "Bearer token");
  head.path = "/api/v1/apps";
  if (size > 1) head.path += std::string(reinterpret_cast<const char*>(data + 1), size - 1);
  int status = 0;
  io::Nursery nursery(worker.executor());
  io::Nursery scope(worker.executor());
  nursery.start(ask(api, head, scope, status));
  while (!nursery.empty()) worker.poll();
  CHECK(known ? status != 401 : status == 401);
  return 0;
}
