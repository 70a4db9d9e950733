#include "discovery/store/row.h"

#include "discovery/events/seen_text.h"

namespace sallyport::discovery {

Row row_of(const Event& event) {
  const policy::Activity& facts = event.activity;
  Row row;
  row.id = event.id;
  row.time = event.start;
  row.kind = event.kind;
  row.user = facts.user.value_or("");
  row.client = facts.client.address;
  if (facts.app) {
    row.app_id = facts.app->id;
    row.app_name = facts.app->name;
  }
  row.host = facts.host;
  row.method = facts.method.value_or("");
  row.path = facts.path.value_or("");
  row.type = facts.type;
  row.action = event.verdict.action;
  row.policy = event.verdict.policy;
  row.status = facts.status;
  row.bytes_in = event.bytes_in;
  row.bytes_out = event.bytes_out;
  row.ending = event.ending;
  row.duration_us = event.duration_us;
  if (facts.seen) row.uncommon = seen_traits_text(facts.seen->uncommon);
  return row;
}

}  // namespace sallyport::discovery
