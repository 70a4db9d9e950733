#include <fmt/format.h>

#include "base/core/text.h"
#include "base/io/nursery.h"
#include "base/io/resolver.h"
#include "base/io/tcp.h"
#include "proxy/app/config.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"
#include "proxy/origin/dialer.h"
#include "proxy/origin/route.h"
#include "tls/ca/authority.h"
#include "tls/verify/verifier.h"

namespace sallyport::cli {

namespace {

constexpr std::size_t kMaxInput = 4 * 1024 * 1024;  // bytes of a PEM file

std::string shown(const tls::Report& report, const Host& host) {
  if (report.accepted) {
    return fmt::format("accepted for {}   (revocation: {})\n", host.text(),
                       tls::to_string(report.revocation));
  }
  std::string text = fmt::format("refused for {}: {}\n", host.text(), report.summary);
  for (const tls::Fault fault : report.faults) {
    text += fmt::format("  {:<28}{}\n", tls::to_string(fault), tls::explain(fault));
  }
  if (!report.detail.empty()) text += fmt::format("  {}\n", printable(report.detail));
  return text;
}

struct Live {
  bool finished = false;
  Result<origin::Line> client = fail(ErrorKind::cancelled, Side::ours);
  origin::OriginFacts facts;
};

Task<void> dial(io::Worker& worker, origin::Router& router, origin::Dialer& dialer,
                Authority target, Live& live) {
  io::Nursery scope(worker.executor());
  Result<origin::Route> route = co_await router.find(target.host, target.port, true, scope);
  if (route) {
    live.client = co_await dialer.dial(*route, origin::Offer{}, "", live.facts, scope);
  } else {
    live.client = pass_on(std::move(route));
  }
  live.finished = true;
  worker.stop();
}

}  // namespace

int tls_verify(const TlsVerifyOptions& options) {
  const auto host = Host::parse(options.host);
  if (!host) {
    complain("--host '" + printable(options.host) + "' is no host name and no address");
    return kWrongInput;
  }
  Time at = system_clock().now();
  if (!options.at.empty()) {
    const auto parsed = parse_rfc3339(options.at);
    if (!parsed) {
      complain("--at '" + printable(options.at) + "' is no time; write 2026-12-24T00:00:00Z");
      return kWrongInput;
    }
    at = *parsed;
  }
  Result<std::string> pem = app::read_file(options.chain, kMaxInput);
  if (!pem) {
    complain(describe(pem.error()));
    return kMachine;
  }
  auto chain = tls::Certificate::all_from_pem(*pem, tls::Verifier::kMaxChain);
  if (!chain) {
    // A chain that cannot be read is one that an origin could show: an answer, not an accident.
    say("refused for " + host->text() + ": malformed\n  " + printable(chain.error().detail) + "\n");
    return kNo;
  }
  tls::TrustStore::Sources sources;
  if (!options.roots.empty()) {
    sources.system_file.clear();
    sources.extra_files = {options.roots};
  }
  auto store = tls::TrustStore::load(sources);
  if (!store) {
    complain(describe(store.error()));
    return kMachine;
  }
  std::string staple;
  if (!options.staple.empty()) {
    Result<std::string> read = app::read_file(options.staple, tls::Verifier::kMaxStaple);
    if (!read) {
      complain(describe(read.error()));
      return kMachine;
    }
    staple = std::move(*read);
  }
  const tls::Verifier verifier(*store, {});
  const tls::Report report = verifier.verify(*chain, *host, std::as_bytes(std::span(staple)), at);
  say(shown(report, *host));
  return report.accepted ? kOk : kNo;
}

int tls_check(const TlsCheckOptions& options) {
  const auto target = Authority::parse(options.target, 443);
  if (!target) {
    complain("'" + printable(options.target) + "' is no HOST and no HOST:PORT");
    return kWrongInput;
  }
  Diagnostics warnings;
  auto config = app::load_config(options.common.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  tls::TrustStore::Sources sources{config->system_roots, config->roots};
  if (!options.roots.empty()) sources.extra_files.push_back(options.roots);
  auto store = tls::TrustStore::load(sources);
  auto context = tls::ClientContext::make();
  if (!store || !context) {
    complain(describe(store ? context.error() : store.error()));
    return kMachine;
  }
  tls::Verifier::Options verify;
  const std::string state =
      options.common.state.empty() ? config->state_directory : options.common.state;
  if (auto ours = tls::Authority::load(app::ca_directory(state), system_clock().now())) {
    verify.own_authorities = {(*ours)->certificate()};
  }
  io::Worker worker(0);
  io::WorkPool lookups(1, 4, "lookup");
  io::Resolver resolver(worker, lookups);
  origin::Router router(resolver, std::make_shared<const io::StaticNames>(config->resolve),
                        std::make_shared<const origin::AddressGuard>(
                            config->allow_addresses, config->listeners, io::own_addresses()));
  const auto connector = io::make_tcp_connector(worker);
  origin::Dialer dialer(worker, *connector, **context,
                        std::make_shared<const tls::Verifier>(*store, verify),
                        config->origin_timeouts);
  Live live;
  io::Nursery nursery(worker.executor());
  nursery.start(dial(worker, router, dialer, *target, live));
  worker.run();
  while (!nursery.empty()) worker.poll();
  if (live.facts.connected) say("connected to  " + live.facts.endpoint.to_string() + "\n");
  if (!live.facts.tls_version.empty()) {
    const tls::Certificate& leaf = live.facts.certificate;
    say(fmt::format("TLS           {} {}{}\n", live.facts.tls_version, live.facts.tls_cipher,
                    live.facts.alpn.empty() ? "" : ", " + live.facts.alpn));
    if (!leaf.empty()) {
      say(fmt::format("subject       {}\nissuer        {}\nvalid until   {}\nSHA-256       {}\n",
                      leaf.subject(), leaf.issuer(), format_rfc3339(leaf.not_after()),
                      live.facts.fingerprint));
    }
    say(shown(live.facts.report, target->host));
    return live.facts.report.accepted ? kOk : kNo;
  }
  if (!live.client) complain(describe(live.client.error()));
  return kNo;
}

}  // namespace sallyport::cli
