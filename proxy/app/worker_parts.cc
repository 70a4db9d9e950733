#include "proxy/app/worker_parts.h"

namespace sallyport::app {

namespace {

class RingRecorder final : public session::Recorder {
 public:
  explicit RingRecorder(discovery::EventRing& ring) : ring_(ring) {}
  void record(discovery::Event&& event) override { ring_.push(std::move(event)); }

 private:
  discovery::EventRing& ring_;
};

}  // namespace

WorkerParts::WorkerParts(int index, const Shared& shared, discovery::Bell* bell)
    : shared_(shared), worker_(index, shared.clock), ring_({}, bell), snapshots_(shared.snapshot) {}

WorkerParts::~WorkerParts() = default;

Result<std::unique_ptr<WorkerParts>> WorkerParts::make(int index, const Shared& shared,
                                                       discovery::Bell* bell,
                                                       std::unique_ptr<io::Connector> connector,
                                                       std::unique_ptr<session::Recorder> recorder,
                                                       io::Resolver::Lookup lookup) {
  std::unique_ptr<WorkerParts> parts(new WorkerParts(index, shared, bell));
  WorkerParts& p = *parts;
  Result<std::unique_ptr<tls::ServerContext>> server = tls::ServerContext::make();
  if (!server) return pass_on(std::move(server));
  Result<std::unique_ptr<tls::ClientContext>> client = tls::ClientContext::make();
  if (!client) return pass_on(std::move(client));
  p.server_context_ = std::move(*server);
  p.client_context_ = std::move(*client);
  p.recorder_ = recorder ? std::move(recorder) : std::make_unique<RingRecorder>(p.ring_);
  p.connector_ = connector ? std::move(connector) : io::make_tcp_connector(p.worker_);
  p.resolver_ = std::make_unique<io::Resolver>(p.worker_, shared.lookups, std::move(lookup));
  p.router_ = std::make_unique<origin::Router>(*p.resolver_, shared.names, shared.guard);
  p.dialer_ = std::make_unique<origin::Dialer>(p.worker_, *p.connector_, *p.client_context_,
                                               shared.verifier, shared.origin_timeouts);
  p.pool_ = std::make_unique<origin::Pool>(p.worker_, shared.pool);
  if (shared.passwords) {
    p.authenticator_ = std::make_unique<auth::Authenticator>(
        p.worker_, shared.work, shared.credential_key, shared.passwords);
  }
  p.services_ = std::make_unique<session::Services>(
      session::Services{p.worker_, p.snapshots_, *p.router_, *p.dialer_, *p.pool_, *p.recorder_,
                        shared.settings, p.ids_});
  p.keys_ = std::make_unique<intercept::Keys>(intercept::Keys{
      shared.authority, shared.leaf_keys, p.leaves_, *p.server_context_, p.pins_, shared.crl_url});
  p.proxy_ =
      std::make_unique<listen::ExplicitProxy>(*p.services_, *p.keys_, shared.client_timeouts,
                                              shared.proxy, shared.pages, p.authenticator_.get());
  return parts;
}

}  // namespace sallyport::app
