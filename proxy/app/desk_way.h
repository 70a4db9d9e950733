#pragma once
// The desk's own way to servers of the operator's choice: as a worker's, with fixed names, the
// address guard and the judge of chains.
//
// Thread rule: the desk's.

#include <memory>

#include "proxy/app/worker_parts.h"
#include "proxy/portal/fetch.h"

namespace sallyport::app {

class DeskWay {
 public:
  static Result<std::unique_ptr<DeskWay>> make(io::Worker& desk, io::WorkPool& lookups,
                                               const Tunables& tunables);

  portal::Fetcher& fetcher() { return *fetcher_; }
  void take(const Tunables& tunables);
  // Ends what waits for an answer, and every connection; then join().
  void close();
  Task<void> join();

 private:
  DeskWay() = default;

  std::shared_ptr<const tls::Verifier> verifier_;
  std::unique_ptr<io::Connector> connector_;
  std::unique_ptr<tls::ClientContext> context_;
  std::unique_ptr<io::Resolver> resolver_;
  std::unique_ptr<origin::Router> router_;
  std::unique_ptr<origin::Dialer> dialer_;
  std::unique_ptr<origin::Pool> pool_;
  std::unique_ptr<portal::OriginFetcher> fetcher_;
};

}  // namespace sallyport::app
