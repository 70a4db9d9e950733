#include "proxy/app/desk_way.h"

#include "base/io/tcp.h"

namespace sallyport::app {

Result<std::unique_ptr<DeskWay>> DeskWay::make(io::Worker& desk, io::WorkPool& lookups,
                                               const Tunables& tunables) {
  Result<std::unique_ptr<tls::ClientContext>> context = tls::ClientContext::make();
  if (!context) return pass_on(std::move(context));
  std::unique_ptr<DeskWay> way(new DeskWay());
  way->verifier_ = tunables.verifier;
  way->connector_ = io::make_tcp_connector(desk);
  way->context_ = std::move(*context);
  way->resolver_ = std::make_unique<io::Resolver>(desk, lookups, io::Resolver::system_lookup(),
                                                  tunables.lookups);
  way->router_ = std::make_unique<origin::Router>(*way->resolver_, tunables.names, tunables.guard);
  way->dialer_ = std::make_unique<origin::Dialer>(desk, *way->connector_, *way->context_,
                                                  tunables.verifier, tunables.origin_timeouts);
  way->pool_ = std::make_unique<origin::Pool>(desk, origin::Pool::Options{16, 4});
  way->fetcher_ =
      std::make_unique<portal::OriginFetcher>(desk, *way->router_, *way->dialer_, *way->pool_);
  return way;
}

void DeskWay::take(const Tunables& tunables) {
  resolver_->limit(tunables.lookups);
  router_->replace(tunables.names, tunables.guard);
  dialer_->set_timeouts(tunables.origin_timeouts);
  if (tunables.verifier == verifier_) return;
  verifier_ = tunables.verifier;
  dialer_->judge_by(verifier_);
  pool_->believe(dialer_->trust());
}

void DeskWay::close() {
  fetcher_->stop();
  pool_->abort();
}

Task<void> DeskWay::join() { co_await pool_->join(); }

}  // namespace sallyport::app
