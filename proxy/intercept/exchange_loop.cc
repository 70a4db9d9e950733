#include "proxy/intercept/exchange_loop.h"

#include "base/io/deadline.h"
#include "proxy/intercept/interceptor.h"
#include "proxy/intercept/no_request.h"

namespace sallyport::intercept {

namespace {
constexpr std::chrono::seconds kIdle{1};  // The next request of a page comes sooner.
}

ExchangeLoop::ExchangeLoop(const session::Services& services, const Timeouts& timeouts,
                           session::ClientConnection& connection, http1::Server& server)
    : services_(services), timeouts_(timeouts), connection_(connection), server_(server) {}

Task<void> ExchangeLoop::run(const ServeOne& serve_one) {
  io::Deadline deadline(services_.worker.deadlines(), [this] { server_.stream().close(); });
  // An idle connection gives its buffers back, not at once but after a while (io-spike.md).
  io::Deadline rest(services_.worker.deadlines(), [this] {
    server_.release();
    connection_.known.reset();
  });
  // Pipelined requests need no wait; the connections of others do not wait for their end.
  io::FairTurns turns;
  while (true) {
    if (turns.due()) co_await io::yield();
    deadline.set(timeouts_.idle);
    if (server_.wire().held().empty()) rest.set(timeouts_.release);
    waiting_since_ = services_.worker.clock().steady();
    Result<bool> begun = co_await server_.wait_for_request();
    waiting_since_.reset();
    rest.clear();
    if (!begun || !*begun) break;
    deadline.set(timeouts_.head);
    std::optional<Result<http1::Server::Exchange*>> at_hand = server_.next_now();
    if (!at_hand) at_hand = co_await server_.next();
    Result<http1::Server::Exchange*>& next = *at_hand;
    if (!next) {
      MetricSet& metrics = services_.worker.metrics();
      if (deadline.expired()) {
        next.error().kind = ErrorKind::timed_out;
        metrics.add(Metric::request_heads_timed_out_total);
      } else if (next.error().kind == ErrorKind::http_head_too_large ||
                 next.error().kind == ErrorKind::http_target_too_long) {
        metrics.add(Metric::request_heads_too_large_total);
      }
      deadline.set(timeouts_.linger);
      co_await refuse(next.error());
      co_await server_.linger();
      break;
    }
    deadline.clear();
    if (*next == nullptr) break;
    busy_ = true;
    co_await serve_one(**next);
    if (stopped_) co_return;
    deadline.set(timeouts_.linger);
    const std::optional<bool> at_once = server_.finish_now();
    Result<bool> reusable = at_once.value_or(false);
    if (!at_once) reusable = co_await server_.finish();
    if (!reusable || !*reusable) {
      co_await server_.linger();
      break;
    }
    busy_ = false;
  }
  server_.stream().close();
}

bool ExchangeLoop::end_if_idle() {
  if (!waiting_since_ || services_.worker.clock().steady() - *waiting_since_ < kIdle) return false;
  waiting_since_.reset();
  server_.stream().close();
  return true;
}

void ExchangeLoop::drain() {
  server_.drain();
  // A connection that is answering or ending does so; finish() sees to the rest.
  if (!busy_) server_.stream().close();
}

Task<void> ExchangeLoop::refuse(const Error& error) {
  NoRequest none = no_request(services_, connection_, error, server_.stream().is_open());
  if (none.reply) {
    Result<void> sent = co_await server_.refuse(none.reply->head, *none.reply->body);
    if (!sent) server_.stream().close();
  }
  session::Session(services_, connection_).record_without_exchange(std::move(none.event));
}

}  // namespace sallyport::intercept
