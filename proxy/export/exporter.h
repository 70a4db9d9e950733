#pragma once
// The thread that carries events to other machines: one worker for all syslog receivers, beside the
// scribe, so that no receiver keeps a log file or the store waiting.
//
//   auto exporter = Exporter::make(clock, lookups);
//   discovery::Sink& sink = (*exporter)->add(options, verifier);
//   (*exporter)->start();      // before the scribe
//   ...
//   (*exporter)->stop(2s);     // after the scribe: what is queued still leaves, for so long
//
// Thread rule: make, add, start and stop on one thread; trust() on any.

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "base/io/pool.h"
#include "proxy/export/syslog_sink.h"

namespace sallyport::exporting {

class Exporter {
 public:
  // `clock` and `lookups` (for names of receivers) outlive the exporter.
  static Result<std::unique_ptr<Exporter>> make(const Clock& clock, io::WorkPool& lookups);
  ~Exporter();  // As stop(0 s), if it still runs.
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  // Before start(). The sink lives as long as the exporter. `verifier` is for TLS.
  discovery::Sink& add(SyslogOptions options, std::shared_ptr<const tls::Verifier> verifier);

  void start();
  void stop(std::chrono::milliseconds patience);

  // Another judge for the index-th sink's next connections.
  void trust(std::size_t index, std::shared_ptr<const tls::Verifier> verifier);

  const MetricSet& metrics() const { return worker_.metrics(); }

 private:
  Exporter(const Clock& clock, io::WorkPool& lookups, std::unique_ptr<tls::ClientContext> context);

  io::Worker worker_;
  std::unique_ptr<io::Connector> tcp_;
  std::unique_ptr<io::Connector> udp_;
  io::Resolver resolver_;
  std::unique_ptr<tls::ClientContext> context_;
  std::vector<std::unique_ptr<SyslogSink>> sinks_;
  io::Nursery nursery_;
  std::thread thread_;
};

}  // namespace sallyport::exporting
