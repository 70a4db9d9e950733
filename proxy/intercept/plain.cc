// HTTP without TLS behind CONNECT: what browsers do for ws:// through a proxy. It is carried like
// any plain request, by the same walk and the same policies, and only to where CONNECT said.

#include "proxy/intercept/exchange_loop.h"
#include "proxy/intercept/opening.h"

namespace sallyport::intercept {

bool Interceptor::begins_plain_http(const Opening& opening) {
  // Where TLS is at home nobody asks in the clear by intention.
  return opening.target.port != 443 && !opening.peeked.bytes.empty() &&
         opening.peeked.bytes.front() >= 'A' && opening.peeked.bytes.front() <= 'Z';
}

Task<void> Interceptor::serve_plain(Opening& opening) {
  session::ClientConnection& connection = opening.connection;
  connection.decided = opening.target;
  connection.plain = true;
  http1::Server server(*opening.stream,
                       http1::ServerOptions{"http", services_.settings.heads, false});
  server.wire().preload(opening.peeked.bytes);
  ExchangeLoop loop(services_, timeouts_, connection, server);
  const auto serve_one = [&opening](http1::Server::Exchange& exchange) -> Task<void> {
    return opening.session.serve(exchange);
  };
  if (connection.draining) co_return;
  connection.drain = [&loop] { loop.drain(); };
  connection.end_if_idle = [&loop] { return loop.end_if_idle(); };
  // Also when something throws: nothing of this frame may be called after it.
  const Forget forget{connection};
  co_await loop.run(serve_one);
}

}  // namespace sallyport::intercept
