#include "proxy/export/exporter.h"

#include <future>

#include "base/core/check.h"
#include "base/io/udp.h"

namespace sallyport::exporting {

namespace {

constexpr int kIndex = 1001;  // The desk is 1000.

Task<void> tell_when_over(io::Nursery& nursery, std::promise<void>& over) {
  co_await nursery.join();
  over.set_value();
}

}  // namespace

Result<std::unique_ptr<Exporter>> Exporter::make(const Clock& clock, io::WorkPool& lookups) {
  Result<std::unique_ptr<tls::ClientContext>> context = tls::ClientContext::make();
  if (!context) return pass_on(std::move(context));
  return std::unique_ptr<Exporter>(new Exporter(clock, lookups, std::move(*context)));
}

Exporter::Exporter(const Clock& clock, io::WorkPool& lookups,
                   std::unique_ptr<tls::ClientContext> context)
    : worker_(kIndex, clock),
      tcp_(io::make_tcp_connector(worker_)),
      udp_(io::make_udp_connector(worker_)),
      resolver_(worker_, lookups),
      context_(std::move(context)),
      nursery_(worker_.executor()) {}

Exporter::~Exporter() {
  if (thread_.joinable()) stop({});
}

discovery::Sink& Exporter::add(SyslogOptions options,
                               std::shared_ptr<const tls::Verifier> verifier) {
  CHECK(!thread_.joinable());
  const SyslogCarriers carriers{worker_, *tcp_, *udp_, resolver_, *context_};
  sinks_.push_back(std::make_unique<SyslogSink>(std::move(options), carriers, std::move(verifier)));
  return *sinks_.back();
}

void Exporter::trust(std::size_t index, std::shared_ptr<const tls::Verifier> verifier) {
  worker_.post([this, index, verifier = std::move(verifier)]() mutable {
    sinks_.at(index)->trust(std::move(verifier));
  });
}

void Exporter::start() {
  for (const auto& sink : sinks_) nursery_.start(sink->run());
  thread_ = std::thread([this] { worker_.run(); });
}

void Exporter::stop(std::chrono::milliseconds patience) {
  std::promise<void> over;
  io::Nursery ending(worker_.executor());
  worker_.post([&] {
    for (const auto& sink : sinks_) sink->finish();
    ending.start(tell_when_over(nursery_, over));
  });
  std::future<void> ended = over.get_future();
  if (ended.wait_for(patience) != std::future_status::ready) {
    worker_.post([this] {
      for (const auto& sink : sinks_) sink->abandon();
    });
    // Everything that a sink waits for ends at once, but for a look-up of the system's, which is
    // given up as well.
    ended.wait();
  }
  worker_.stop();
  thread_.join();
  while (worker_.poll() > 0) {
  }
}

}  // namespace sallyport::exporting
