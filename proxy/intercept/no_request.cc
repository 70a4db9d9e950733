#include "proxy/intercept/no_request.h"

#include "proxy/http1/server.h"
#include "proxy/local/page.h"

namespace sallyport::intercept {

NoRequest no_request(const session::Services& services, session::ClientConnection& connection,
                     const Error& error, bool can_hear) {
  services.worker.metrics().add(Metric::requests_refused_total);
  const session::Session session(services, connection);
  NoRequest out{session.begin_event(), std::nullopt};
  discovery::Event& event = out.event;
  event.stream_id = ++connection.exchanges;
  event.kind = discovery::EventKind::connection;
  event.ending = error.kind == ErrorKind::timed_out ? discovery::Ending::timed_out
                 : error.kind == ErrorKind::closed || error.kind == ErrorKind::reset
                     ? discovery::Ending::client_closed
                     : discovery::Ending::refused;
  event.error = describe(error);
  const session::SnapshotPin now = services.snapshots.pin();
  event.snapshot = now->id;
  const Host name = connection.decided ? connection.decided->host : Host();
  event.activity = session.begin_activity(
      *now, name, connection.decided ? connection.decided->port : 0, "", event.start);
  if (!can_hear || event.ending != discovery::Ending::refused) return out;
  http::RequestHead unknown;
  local::PageFacts facts;
  facts.gateway_name = services.settings.gateway_name;
  facts.event_id = event.id.to_string();
  facts.time = event.start;
  facts.status = http1::status_for(error);
  facts.reason = local::Word("reason.bad_request");
  out.reply = local::explain(local::PageKind::bad_request, facts, unknown);
  event.activity.status = out.reply->head.status;
  return out;
}

}  // namespace sallyport::intercept
