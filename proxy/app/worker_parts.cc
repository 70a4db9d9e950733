#include "proxy/app/worker_parts.h"

namespace sallyport::app {

namespace {

class RingRecorder final : public session::Recorder {
 public:
  explicit RingRecorder(discovery::EventRing& ring) : ring_(ring) {}
  std::unique_ptr<discovery::Event> fresh() override { return ring_.fresh(); }
  void record(std::unique_ptr<discovery::Event> event) override { ring_.push(std::move(event)); }

 private:
  discovery::EventRing& ring_;
};

}  // namespace

WorkerParts::WorkerParts(int index, const Shared& shared, discovery::Bell* bell)
    : now_(shared.first),
      worker_(index, shared.clock),
      ring_({}, bell),
      snapshots_(shared.first.snapshot) {}

WorkerParts::~WorkerParts() = default;

Result<std::unique_ptr<WorkerParts>> WorkerParts::make(int index, const Shared& shared,
                                                       discovery::Bell* bell,
                                                       std::unique_ptr<io::Connector> connector,
                                                       std::unique_ptr<session::Recorder> recorder,
                                                       io::Resolver::Lookup lookup) {
  std::unique_ptr<WorkerParts> parts(new WorkerParts(index, shared, bell));
  WorkerParts& p = *parts;
  Result<std::unique_ptr<tls::ServerContext>> server = tls::ServerContext::make(shared.tickets);
  if (!server) return pass_on(std::move(server));
  Result<std::unique_ptr<tls::ClientContext>> client = tls::ClientContext::make();
  if (!client) return pass_on(std::move(client));
  p.server_context_ = std::move(*server);
  p.client_context_ = std::move(*client);
  p.recorder_ = recorder ? std::move(recorder) : std::make_unique<RingRecorder>(p.ring_);
  p.connector_ = connector ? std::move(connector) : io::make_tcp_connector(p.worker_);
  p.resolver_ =
      std::make_unique<io::Resolver>(p.worker_, shared.lookups, std::move(lookup), p.now_.lookups);
  p.router_ = std::make_unique<origin::Router>(*p.resolver_, p.now_.names, p.now_.guard);
  p.dialer_ = std::make_unique<origin::Dialer>(p.worker_, *p.connector_, *p.client_context_,
                                               p.now_.verifier, p.now_.origin_timeouts);
  p.pool_ = std::make_unique<origin::Pool>(p.worker_, shared.pool);
  if (p.now_.passwords) {
    p.authenticator_ =
        std::make_unique<auth::Authenticator>(p.worker_, shared.work, shared.credential_key,
                                              p.now_.passwords, shared.throttle, p.now_.sign_in);
  }
  if (shared.portal_state != nullptr) {
    p.answers_ = std::make_unique<WorkerPortal>(p.worker_, p.snapshots_, *shared.portal_desk,
                                                *shared.standing);
    if (shared.provider) {
      p.fetcher_ =
          std::make_unique<portal::OriginFetcher>(p.worker_, *p.router_, *p.dialer_, *p.pool_);
      p.sign_in_ = std::make_unique<portal::Oidc>(*shared.provider, *p.fetcher_,
                                                  shared.portal_state->keys, shared.clock);
    }
    p.portal_ = std::make_unique<portal::Portal>(shared.portal, *shared.portal_state, shared.clock,
                                                 *p.answers_, p.answers_.get(), p.sign_in_.get());
  }
  p.services_ = std::make_unique<session::Services>(session::Services{
      p.worker_, p.snapshots_, *p.router_, *p.dialer_, *p.pool_, *p.recorder_, p.now_.settings,
      p.ids_, p.agents_, p.known_, p.portal_.get(), shared.portal_state, &p.waits_});
  p.keys_ = std::make_unique<intercept::Keys>(
      intercept::Keys{shared.authority, shared.leaf_keys, p.leaves_, p.mirrored_, p.own_leaves_,
                      *p.server_context_, p.pins_, shared.crl_url, p.mirrors_, p.own_answers_});
  p.proxy_ =
      std::make_unique<listen::ExplicitProxy>(*p.services_, *p.keys_, p.now_.client_timeouts,
                                              p.now_.proxy, shared.pages, p.authenticator_.get());
  return parts;
}

void WorkerParts::take(const Tunables& tunables) {
  const bool other_judge = tunables.verifier != now_.verifier;
  now_ = tunables;
  snapshots_.publish(now_.snapshot);
  resolver_->limit(now_.lookups);
  router_->replace(now_.names, now_.guard);
  dialer_->set_timeouts(now_.origin_timeouts);
  if (other_judge) {
    dialer_->judge_by(now_.verifier);
    pool_->believe(dialer_->trust());
  }
  if (authenticator_ && now_.passwords) authenticator_->check_against(now_.passwords);
}

}  // namespace sallyport::app
