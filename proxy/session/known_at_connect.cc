#include "proxy/session/known_at_connect.h"

#include <utility>

#include "discovery/classify/classify.h"

namespace sallyport::session {

policy::Activity known_at_connect(const Snapshot& now, const AtConnect& exchange) {
  policy::Activity activity;
  activity.at = exchange.at;
  if (exchange.user) now.people().describe(*exchange.user, activity);
  activity.client = now.facts_of(exchange.client);
  activity.host = exchange.host.text();
  activity.domain = exchange.domain;
  now.tags->describe_host(activity.host, activity.host_tags);
  activity.port = exchange.port;
  activity.scheme = exchange.scheme;
  discovery::classify_host(activity, *now.catalog, *now.hand_tags, *now.noise);
  return activity;
}

}  // namespace sallyport::session
