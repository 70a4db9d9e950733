#pragma once
// The thread that brings alerts to their receivers: a courier (courier.h) for each, beside the
// scribe, so that no receiver keeps the store of alerts or anybody else waiting.
//
//   auto delivery = Delivery::make(options, clock, lookups);
//   (*delivery)->set(receivers);      // now, and after each reload
//   (*delivery)->start();
//   ...
//   (*delivery)->stop(3s);            // what is under way may end; what waits waits on disk
//
// It looks for alerts twice a second. Receivers that changed begin anew where they stood.
//
// Thread rule: make, start and stop on one thread; the rest on any.

#include <chrono>
#include <expected>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/io/pool.h"
#include "base/io/published.h"
#include "proxy/delivery/courier.h"

namespace sallyport::delivery {

class Delivery {
 public:
  static constexpr std::size_t kMostReceivers = 16;

  // Opens where receivers stand. Asked again while it fails.
  using OpenStore = std::function<Result<std::unique_ptr<discovery::DeliveryStore>>()>;
  struct Options {
    OpenStore open;
    std::string gateway;              // gateway.name
    std::vector<std::string> others;  // who has a place in the store and is no receiver
  };

  // `clock` and `lookups` (for names of syslog receivers) outlive it.
  static Result<std::unique_ptr<Delivery>> make(Options options, const Clock& clock,
                                                io::WorkPool& lookups);
  ~Delivery();  // As stop(0 s), if it still runs.
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Returns once what was set before is in force.
  void start();
  void stop(std::chrono::milliseconds patience);

  // REQUIRES: at most kMostReceivers, with different names.
  void set(std::vector<ReceiverOptions> receivers);

  // At most a second old; in the order of the configuration.
  std::vector<ReceiverStatus> status() const;

  // A sentence where it cannot be done. Answers come on the delivery's thread, once, and not at all
  // where it stops before.
  using Delivered = std::function<void(std::expected<std::uint64_t, std::string>)>;
  void deliver(std::string receiver, bool again, Delivered answer);
  // Brings a test alert, beside what the courier does. One test at a time.
  using Tested = std::function<void(std::expected<Outcome, std::string>)>;
  void test(std::string receiver, Tested answer);

  const MetricSet& metrics() const { return worker_.metrics(); }

 private:
  struct Post;  // a receiver with its courier
  Delivery(Options options, const Clock& clock, io::WorkPool& lookups,
           std::unique_ptr<tls::ClientContext> context);

  Task<void> lead();
  bool open_store();
  Task<void> reconcile();
  void publish();
  Post* find(const std::string& receiver);
  Task<void> run_test(ReceiverOptions options, Tested answer);

  const Options options_;
  io::Worker worker_;
  std::unique_ptr<io::Connector> tcp_;
  std::unique_ptr<io::Connector> udp_;
  io::Resolver resolver_;
  std::unique_ptr<tls::ClientContext> context_;
  CarrierParts parts_;
  UlidMaker ids_;
  std::unique_ptr<discovery::DeliveryStore> store_;
  std::string store_error_;
  std::chrono::steady_clock::time_point store_retry_;
  std::vector<ReceiverOptions> wanted_;
  bool changed_ = true;                       // wanted_ is not in force yet
  std::vector<std::unique_ptr<Post>> posts_;  // in the order of wanted_
  std::unique_ptr<Carrier> testing_;
  bool test_runs_ = false;
  bool stopping_ = false;
  bool abandoned_ = false;
  std::promise<void>* begun_ = nullptr;  // of start(), which waits
  io::Signal wake_;
  io::Nursery nursery_;  // lead(), tests
  io::Published<std::vector<ReceiverStatus>> status_;
  std::thread thread_;
};

// What test() sends.
discovery::Alert test_alert(const Ulid& id, Time now);

}  // namespace sallyport::delivery
