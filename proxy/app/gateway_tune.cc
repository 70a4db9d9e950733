// What is in force of what the files say, now and after each change of them.

#include "base/core/log.h"
#include "proxy/app/gateway_parts.h"

namespace sallyport::app {

// What workers shall have of what the files say.
Tunables Gateway::Parts::tune(const Config& now, const Material& material) const {
  Tunables tunables;
  tunables.snapshot = material.snapshot;
  programs.put(material.snapshot->id, material.snapshot->policy);
  tunables.names = std::make_shared<const io::StaticNames>(now.resolve);
  std::vector<IpEndpoint> own = proxy_addresses;
  own.insert(own.end(), tls_addresses.begin(), tls_addresses.end());
  own.insert(own.end(), admin_addresses.begin(), admin_addresses.end());
  tunables.guard =
      std::make_shared<const origin::AddressGuard>(now.allow_addresses, own, io::own_addresses());
  const bool block_unknown = now.block_unknown_revocation;
  // The same judge while nothing changed for it: another one closes pooled connections.
  if (judge == nullptr || judged_by != material.trust || judge_blocks_unknown != block_unknown) {
    tls::Verifier::Options verify;
    verify.own_authorities = own_authorities(ca_directory(state->path()), *authority);
    verify.revocation_unknown = block_unknown ? tls::Verifier::Options::UnknownRevocation::block
                                              : tls::Verifier::Options::UnknownRevocation::allow;
    judge = std::make_shared<const tls::Verifier>(material.trust, verify);
    judged_by = material.trust;
    judge_blocks_unknown = block_unknown;
  }
  tunables.verifier = judge;
  tunables.passwords = material.passwords;
  tunables.settings.gateway_name = now.name;
  tunables.settings.pseudonym = pseudonym;
  tunables.settings.contact = now.contact;
  tunables.settings.record_queries = now.record_queries;
  tunables.settings.file_digests = now.file_digests;
  tunables.settings.held_upload = now.held_upload;
  tunables.settings.spools = spools;
  tunables.settings.transfers = transfers;
  tunables.settings.throttles = throttles;
  tunables.settings.sessions = sessions;
  tunables.settings.dropped = dropped;
  tunables.settings.quarantine = quarantine;
  quarantine->set_rules({material.quarantine, now.quarantine_bytes, now.quarantine_age});
  quarantine->tend(clock.now());
  tunables.settings.spool_folder = state->path();
  spools->set_most(now.held_uploads, now.held_uploads_per_client);
  tunables.settings.reply_head = now.reply_head;
  tunables.settings.stall = now.stall;
  tunables.settings.tunnel_idle = now.tunnel_idle;
  tunables.client_timeouts = now.client_timeouts;
  tunables.origin_timeouts = now.origin_timeouts;
  tunables.proxy.gateway_name = now.name;
  tunables.proxy.connect_ports = now.connect_ports;
  tunables.settings.pace = now.pace;
  tunables.settings.heads = now.heads;
  tunables.settings.http2 = now.http2;
  tunables.settings.http2_streams = now.http2_streams;
  tunables.proxy.admission = admission;
  tunables.proxy.connection_rate = now.connection_rate;
  tunables.lookups.waiting_per_asker = now.lookups_per_client;
  // No client holds more than half of the pool's threads, whatever its workers.
  tunables.lookups.running_per_asker =
      std::clamp<std::size_t>(kLookupThreads / (2 * worker_count), 1, 4);
  limit_connections(now);
  tunables.sign_in = now.sign_in;
  return tunables;
}

// As many as are asked for, and as there are files for.
void Gateway::Parts::limit_connections(const Config& now) const {
  const Capacity capacity = connections_that_fit(now.connections.connections, descriptors,
                                                 worker_count, config.pool.most_idle);
  if (!capacity.warning.empty() && capacity.warning != capacity_warning) {
    log::warning(capacity.warning);
  }
  capacity_warning = capacity.warning;
  listen::Admission::Options connections = now.connections;
  connections.connections = capacity.connections;
  admission->limit(connections);
}

// What is not a worker's.
void Gateway::Parts::show(const Config& now, const Material& material) {
  local::PacConfig told = material.pac;
  // Port 0 is one that the system chose.
  const bool to_tls = told.tls && !tls_addresses.empty();
  const IpEndpoint& written = (to_tls ? now.tls_listeners : now.listeners).front();
  if (told.port == 0 || told.port == written.port) {
    told.port = (to_tls ? tls_addresses : proxy_addresses).front().port;
  }
  pac.store(std::make_shared<const std::string>(local::render_pac(told)));
  tags = material.snapshot->tags;
  geo = material.snapshot->geo;
  desk.metrics().set(Metric::feed_entries, static_cast<std::int64_t>(tags->feed_entries()));
  if (memory) memory->limit(now.memory);
  for (std::size_t i = 0; i < syslogs.size() && i < material.log_roots.size(); ++i) {
    exporter->trust(i, judge_of(material.log_roots[i]));
  }
  if (delivery) delivery->set(material.receivers);
  if (actions) actions->set(now.webhook_actions, material.actions);
}

}  // namespace sallyport::app
