#include "proxy/cli/gateway_client.h"

#include "base/core/text.h"
#include "base/io/nursery.h"
#include "base/io/tcp.h"
#include "base/json/cursor.h"
#include "proxy/admin/api.h"
#include "proxy/app/state_directory.h"
#include "proxy/http1/client.h"

namespace sallyport::cli {

namespace {

constexpr std::size_t kMostReply = 16u << 20;  // bytes

class NoInterim final : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>(); }
};

struct Asking {
  io::Worker& worker;
  IpEndpoint to;
  http::RequestHead request;
  Result<GatewayReply> reply = fail(ErrorKind::cancelled, Side::ours);
  std::shared_ptr<http1::Client> client;
};

Task<Result<GatewayReply>> exchange(Asking& asking, io::Nursery& nursery) {
  const auto connector = io::make_tcp_connector(asking.worker);
  const auto attempt = connector->attempt(asking.to);
  Result<std::unique_ptr<io::ByteStream>> stream = co_await attempt->run();
  if (!stream) co_return pass_on(std::move(stream));
  asking.client = std::make_shared<http1::Client>(asking.worker, std::move(*stream));
  http::EmptyBody nothing;
  NoInterim interim;
  Result<http::Reply> reply =
      co_await asking.client->send(asking.request, nothing, interim, nursery);
  if (!reply) co_return pass_on(std::move(reply));
  GatewayReply answer;
  answer.status = reply->head.status;
  while (true) {
    Result<http::Bytes> bytes = co_await reply->body->read(64 * 1024);
    if (!bytes) co_return pass_on(std::move(bytes));
    if (bytes->empty()) co_return answer;
    if (answer.body.size() + bytes->size() > kMostReply) {
      co_return fail(ErrorKind::limit, Side::origin, "the gateway's answer is longer than 16 MiB");
    }
    answer.body.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
}

Task<void> ask(Asking& asking) {
  io::Nursery nursery(asking.worker.executor());
  asking.reply = co_await exchange(asking, nursery);
  if (asking.client) asking.client->abort();
  co_await nursery.join();
  asking.worker.stop();
}

}  // namespace

Result<GatewayReply> ask_gateway(const std::string& state, std::string_view method,
                                 std::string_view path, std::chrono::seconds patience) {
  const std::string nobody = "no gateway runs from " + state;
  Result<std::string> address = app::read_file(app::admin_file(state), 256);
  if (!address) return fail(ErrorKind::not_found, Side::ours, nobody);
  const auto authority =
      Authority::parse(trim(std::string_view(*address).substr(0, address->find('\n'))), 0);
  if (!authority || !authority->host.is_address()) {
    return fail(ErrorKind::invalid, Side::ours, app::admin_file(state) + " holds no address");
  }
  Result<std::string> token = admin::read_token(app::token_file(state));
  if (!token) return pass_on(std::move(token));

  io::Worker worker(0);
  Asking asking{worker, {*authority->host.address(), authority->port}, {}};
  asking.request.method = method;
  asking.request.scheme = "http";
  asking.request.authority = *authority;
  asking.request.path = path;
  asking.request.headers.add("Authorization", "Bearer " + *token);
  io::Deadline deadline(worker.deadlines(), [&] {
    asking.reply = fail(ErrorKind::timed_out, Side::origin, "the gateway does not answer");
    if (asking.client) asking.client->abort();
    worker.stop();
  });
  deadline.set(patience);
  io::Nursery nursery(worker.executor());
  nursery.start(ask(asking));
  worker.run();
  while (!nursery.empty()) worker.poll();
  // What a gateway that was killed left behind.
  if (!asking.reply && asking.reply.error().kind == ErrorKind::connect_refused) {
    return fail(ErrorKind::not_found, Side::ours, nobody);
  }
  return std::move(asking.reply);
}

std::string url_encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

std::string detail_of(const GatewayReply& reply) {
  std::string detail;
  JsonCursor cursor(reply.body);
  const bool read = cursor.object([&](std::string_view key) {
    return key == "detail" ? cursor.string(detail) : cursor.skip();
  });
  return read && !detail.empty() ? detail : reply.body;
}

int show_gateway(const StatusOptions& options, std::string_view path,
                 const std::function<int(const FlatJson&)>& show) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  const Result<GatewayReply> reply = ask_gateway(*state, "GET", path);
  if (!reply) {
    complain(reply.error().detail);
    return reply.error().kind == ErrorKind::not_found ? kNo : kMachine;
  }
  if (reply->status != 200) {
    complain(detail_of(*reply));
    return kMachine;
  }
  if (options.format == "json") {
    say(reply->body);
    return kOk;
  }
  const FlatJson is(reply->body);
  if (!is.fine()) {
    complain("the gateway's answer is not understood; is it another version?");
    return kMachine;
  }
  return show(is);
}

}  // namespace sallyport::cli
