#include "proxy/delivery/delivery.h"

#include <algorithm>
#include <future>
#include <utility>

#include "base/core/check.h"
#include "base/core/log.h"
#include "base/io/deadline.h"
#include "base/io/scheduling.h"
#include "base/io/udp.h"
#include "proxy/delivery/curl_session.h"

namespace sallyport::delivery {

namespace {

constexpr int kIndex = 1002;  // The exporter is 1001.
constexpr std::chrono::milliseconds kLook{500};
constexpr std::chrono::seconds kStoreRetry{5};

Task<void> tell_when_over(io::Nursery& nursery, std::promise<void>& over) {
  co_await nursery.join();
  over.set_value();
}

}  // namespace

struct Delivery::Post {
  Post(ReceiverOptions the_options, const CarrierParts& parts, discovery::DeliveryStore& store,
       io::Worker& worker)
      : options(std::move(the_options)),
        courier(options, make_carrier(options, parts), store, worker),
        nursery(worker.executor()) {
    nursery.start(courier.run());
  }
  const ReceiverOptions options;
  Courier courier;
  io::Nursery nursery;
};

Result<std::unique_ptr<Delivery>> Delivery::make(Options options, const Clock& clock,
                                                 io::WorkPool& lookups) {
  CurlSession::begin();
  Result<std::unique_ptr<tls::ClientContext>> context = tls::ClientContext::make();
  if (!context) return pass_on(std::move(context));
  return std::unique_ptr<Delivery>(
      new Delivery(std::move(options), clock, lookups, std::move(*context)));
}

Delivery::Delivery(Options options, const Clock& clock, io::WorkPool& lookups,
                   std::unique_ptr<tls::ClientContext> context)
    : options_(std::move(options)),
      worker_(kIndex, clock),
      tcp_(io::make_tcp_connector(worker_)),
      udp_(io::make_udp_connector(worker_)),
      resolver_(worker_, lookups),
      context_(std::move(context)),
      parts_{{worker_, *tcp_, *udp_, resolver_, *context_}, options_.gateway},
      nursery_(worker_.executor()) {}

Delivery::~Delivery() {
  if (thread_.joinable()) stop({});
}

void Delivery::start() {
  std::promise<void> begun;
  begun_ = &begun;
  worker_.post([this] { nursery_.start(lead()); });  // Behind what was set before.
  thread_ = std::thread([this] {
    io::name_thread("couriers");
    worker_.run();
  });
  begun.get_future().wait();
}

void Delivery::stop(std::chrono::milliseconds patience) {
  std::promise<void> over;
  io::Nursery ending(worker_.executor());
  worker_.post([&] {
    stopping_ = true;
    for (const auto& post : posts_) post->courier.close();
    wake_.notify();
    ending.start(tell_when_over(nursery_, over));
  });
  std::future<void> ended = over.get_future();
  if (ended.wait_for(patience) != std::future_status::ready) {
    worker_.post([this] {
      abandoned_ = true;
      for (const auto& post : posts_) post->courier.abandon();
      if (testing_) testing_->abandon();
    });
    // What is under way ends within a second, but for a look-up of the system's.
    ended.wait();
  }
  worker_.stop();
  thread_.join();
  while (worker_.poll() > 0) {
  }
}

void Delivery::set(std::vector<ReceiverOptions> receivers) {
  CHECK(receivers.size() <= kMostReceivers);
  worker_.post([this, receivers = std::move(receivers)]() mutable {
    wanted_ = std::move(receivers);
    changed_ = true;
    wake_.notify();
  });
}

std::vector<ReceiverStatus> Delivery::status() const {
  const auto status = status_.load();
  return status ? *status : std::vector<ReceiverStatus>();
}

Task<void> Delivery::lead() {
  io::Deadline next(worker_.deadlines(), [this] { wake_.notify(); });
  while (!stopping_) {
    if (open_store()) {
      if (changed_) co_await reconcile();
      for (const auto& post : posts_) post->courier.wake();
    }
    publish();
    if (begun_ != nullptr) std::exchange(begun_, nullptr)->set_value();
    next.set(kLook);
    if (!stopping_) co_await wake_.wait();
  }
  for (const auto& post : posts_) post->courier.close();
  for (const auto& post : posts_) co_await post->nursery.join();
  posts_.clear();
}

bool Delivery::open_store() {
  if (store_) return true;
  const auto now = worker_.clock().steady();
  if (!store_error_.empty() && now < store_retry_) return false;
  auto opened = options_.open();
  if (opened) {
    store_ = std::move(*opened);
    store_error_.clear();
    return true;
  }
  if (store_error_.empty()) {
    log::error("no alert is delivered for now: " + describe(opened.error()));
  }
  store_error_ = describe(opened.error());
  store_retry_ = now + kStoreRetry;
  return false;
}

// Brings the couriers in step with wanted_. One that changed has ended before the next of its name
// begins, so that no two of them are at one place.
Task<void> Delivery::reconcile() {
  changed_ = false;
  const std::vector<ReceiverOptions> wanted = wanted_;
  const auto stays = [&wanted](const std::unique_ptr<Post>& post) {
    return std::ranges::find(wanted, post->options) != wanted.end();
  };
  for (const auto& post : posts_) {
    if (stays(post)) continue;
    post->courier.close();
    post->courier.abandon();
  }
  for (const auto& post : posts_) {
    if (!stays(post)) co_await post->nursery.join();
  }
  std::vector<std::unique_ptr<Post>> before = std::move(posts_);
  posts_.clear();
  std::vector<std::string> names = options_.others;
  for (const ReceiverOptions& one : wanted) {
    names.push_back(one.name);
    const auto found = std::ranges::find_if(
        before, [&](const auto& post) { return post != nullptr && post->options == one; });
    if (found != before.end()) {
      posts_.push_back(std::move(*found));
    } else if (!stopping_) {
      posts_.push_back(std::make_unique<Post>(one, parts_, *store_, worker_));
    }
  }
  const Result<void> told = store_->only(names, worker_.clock().now());
  if (!told) log::warning("receivers of alerts: " + describe(told.error()));
}

void Delivery::publish() {
  auto all = std::make_shared<std::vector<ReceiverStatus>>();
  for (const ReceiverOptions& one : wanted_) {
    if (Post* post = find(one.name)) {
      all->push_back(post->courier.status());
      continue;
    }
    ReceiverStatus waits;
    waits.name = one.name;
    waits.type = type_of(one);
    waits.to = place_of(one);
    waits.error = store_error_;
    all->push_back(std::move(waits));
  }
  status_.store(std::move(all));
}

Delivery::Post* Delivery::find(const std::string& receiver) {
  const auto found = std::ranges::find_if(
      posts_, [&](const auto& post) { return post->options.name == receiver; });
  return found == posts_.end() ? nullptr : found->get();
}

void Delivery::deliver(std::string receiver, bool again, Delivered answer) {
  worker_.post([this, receiver = std::move(receiver), again, answer = std::move(answer)] {
    Post* post = find(receiver);
    if (post == nullptr) return answer(std::unexpected("there is no such receiver"));
    const Result<std::uint64_t> count = post->courier.deliver(again);
    if (!count) return answer(std::unexpected(describe(count.error())));
    answer(*count);
  });
}

void Delivery::test(std::string receiver, Tested answer) {
  worker_.post([this, receiver = std::move(receiver), answer = std::move(answer)] {
    const auto found = std::ranges::find(wanted_, receiver, &ReceiverOptions::name);
    if (found == wanted_.end()) return answer(std::unexpected("there is no such receiver"));
    if (test_runs_) return answer(std::unexpected("another test is under way"));
    if (stopping_) return answer(std::unexpected("the gateway is stopping"));
    test_runs_ = true;
    nursery_.start(run_test(*found, answer));
  });
}

Task<void> Delivery::run_test(ReceiverOptions options, Tested answer) {
  testing_ = make_carrier(options, parts_);
  const Time now = worker_.clock().now();
  const discovery::Alert alert = test_alert(ids_.make(now), now);
  const Outcome outcome = co_await testing_->carry(std::span(&alert, 1), true);
  co_await testing_->close();
  testing_.reset();
  test_runs_ = false;
  answer(outcome);
}

discovery::Alert test_alert(const Ulid& id, Time now) {
  discovery::Alert alert;
  alert.id = id;
  alert.time = now;
  alert.policy_id = "test";
  alert.policy = "Test of the delivery of alerts";
  alert.severity = policy::AlertSeverity::informational;
  alert.text = "This is a test of the delivery of alerts; nothing has happened";
  return alert;
}

}  // namespace sallyport::delivery
