#include "proxy/export/syslog_sink.h"

#include <algorithm>

#include "base/io/deadline.h"

namespace sallyport::exporting {

namespace {

constexpr std::chrono::milliseconds kStall{30'000};  // a write that gets nowhere
constexpr std::chrono::milliseconds kFirstDelay{1'000};
constexpr std::chrono::milliseconds kLastDelay{30'000};
constexpr std::chrono::milliseconds kSilence{1'000};
constexpr std::size_t kPiece = 64 * 1024;  // bytes of one write
constexpr std::size_t kOverhead = 128;     // bytes of memory that a message costs beside its own

}  // namespace

SyslogSink::SyslogSink(SyslogOptions options, const SyslogCarriers& carriers,
                       std::shared_ptr<const tls::Verifier> verifier)
    : options_(std::move(options)), carriers_(carriers), verifier_(std::move(verifier)) {}

std::string SyslogSink::name() const {
  return "syslog " + to_string(static_cast<const SyslogAddress&>(options_));
}

std::string SyslogSink::trouble() const {
  const auto trouble = trouble_.load();
  return trouble ? *trouble : std::string();
}

void SyslogSink::note(const std::string& what) {
  trouble_.store(std::make_shared<const std::string>(name() + ": " + what));
}

// The scribe's thread.
void SyslogSink::write(discovery::EventSpan events) {
  std::vector<Message> messages;
  std::uint64_t lost = 0;
  for (const discovery::Event& event : events) {
    if (!options_.only.takes(event)) continue;
    Message message;
    if (!append_syslog(message.text, event, options_.format)) {
      ++lost;
      note("a message is larger than max_message even when it is shortened");
      continue;
    }
    message.cost = message.text.size() + kOverhead;
    const std::size_t room = must_keep(event) ? options_.queue : options_.queue / 10 * 9;
    // Nobody else adds, so what was free stays free.
    if (queued_.load(std::memory_order_relaxed) + message.cost > room) {
      ++lost;
      if (!trouble_.load()) note("its queue is full");
      continue;
    }
    queued_.fetch_add(message.cost, std::memory_order_relaxed);
    messages.push_back(std::move(message));
  }
  dropped_.fetch_add(lost, std::memory_order_relaxed);
  if (!messages.empty()) {
    carriers_.worker.post(
        [this, taken = std::move(messages)]() mutable { take(std::move(taken)); });
  } else if (lost > 0 && !count_asked_.exchange(true)) {
    carriers_.worker.post([this] { count(); });
  }
}

void SyslogSink::take(std::vector<Message> messages) {
  std::move(messages.begin(), messages.end(), std::back_inserter(queue_));
  count();
  wake_.notify();
}

// Brings the metrics up to date. A gauge is the sum of its sets, so each sink adds what changed.
void SyslogSink::count() {
  count_asked_ = false;
  MetricSet& metrics = carriers_.worker.metrics();
  const std::uint64_t dropped = dropped_.load(std::memory_order_relaxed);
  metrics.add(Metric::syslog_dropped_total, static_cast<std::int64_t>(dropped - counted_));
  counted_ = dropped;
  const auto queued = static_cast<std::int64_t>(queued_.load(std::memory_order_relaxed));
  metrics.add(Metric::syslog_queued_bytes, queued - gauged_);
  gauged_ = queued;
}

void SyslogSink::finish() {
  finishing_ = true;
  retry_ = true;
  wake_.notify();
}

void SyslogSink::abandon() {
  abandoned_ = true;
  if (connection_ != nullptr) connection_->abandon();
  wake_.notify();
}

Task<void> SyslogSink::run() {
  while (!abandoned_) {
    if (queue_.empty()) {
      if (finishing_) break;
      co_await wake_.wait();
      continue;
    }
    Result<void> ended = co_await converse();
    if (ended || abandoned_) continue;
    carriers_.worker.metrics().add(Metric::syslog_failures_total);
    note(std::string(to_string(ended.error().kind)) +
         (ended.error().detail.empty() ? "" : ": " + ended.error().detail));
    co_await back_off();
  }
  drop(queue_.size());
  count();
}

Task<void> SyslogSink::back_off() {
  delay_ = std::clamp(delay_ * 2, kFirstDelay, kLastDelay);
  retry_ = false;
  io::Deadline until(carriers_.worker.deadlines(), [this] {
    retry_ = true;
    wake_.notify();
  });
  until.set(delay_);
  // New messages wake too; they wait like the others.
  while (!retry_ && !abandoned_) co_await wake_.wait();
}

// One connection, from its opening to its end. An error: it failed before it was of any use.
Task<Result<void>> SyslogSink::converse() {
  SyslogConnection connection(options_, carriers_, [this] { wake_.notify(); });
  connection_ = &connection;
  Result<void> done = co_await connection.open(verifier_);
  if (done) {
    carriers_.worker.metrics().add(Metric::syslog_connections_total);
    done = co_await send_all(connection);
    co_await connection.close();
  }
  connection_ = nullptr;
  co_return done;
}

Task<Result<void>> SyslogSink::send_all(SyslogConnection& connection) {
  io::ByteStream& stream = connection.stream();
  bool useful = false;
  bool stalled = false;
  io::FairTurns turns;
  io::Deadline patience(carriers_.worker.deadlines(), [&stream, &stalled] {
    stalled = true;
    stream.close();
  });
  // A datagram that left says nothing of who listens; that the network is silent then does.
  io::Deadline silence(carriers_.worker.deadlines(), [this] { all_is_well(); });
  while (!abandoned_) {
    if (connection.over()) {
      if (connection.why().kind == ErrorKind::connect_refused) put_back_last();
      // Closed after it took something: receivers end idle connections as they like.
      if (useful && connection.why().kind == ErrorKind::closed) co_return Result<void>{};
      co_return std::unexpected(connection.why());
    }
    if (queue_.empty()) {
      if (!finishing_) {
        co_await wake_.wait();
        continue;
      }
      stream.end_writing();
      patience.set(kStall);
      while (stream.unsent()) {
        Result<void> waited = co_await stream.writable();
        if (!waited) break;
      }
      co_return Result<void>{};
    }
    const std::size_t count = frame();
    patience.set(kStall);
    Result<void> wrote = co_await io::write_all(stream, io::as_bytes(buffer_));
    patience.clear();
    if (wrote) {
      if (!useful && options_.transport == SyslogTransport::udp) silence.set(kSilence);
      useful = true;
      sent(count);
    } else if (stalled) {
      co_return fail(ErrorKind::timed_out, Side::origin, "it takes nothing");
    } else if (wrote.error().kind == ErrorKind::limit) {
      drop(1);  // UDP: larger than a datagram may be here. Others are not.
      note("a message is larger than a datagram can be: " + wrote.error().detail);
    } else if (connection.over()) {
      continue;  // Said there, and better.
    } else {
      if (wrote.error().kind == ErrorKind::connect_refused) put_back_last();
      co_return pass_on(std::move(wrote));
    }
    if (turns.due()) co_await io::yield();
  }
  co_return fail(ErrorKind::cancelled, Side::ours);
}

std::size_t SyslogSink::frame() {
  buffer_.clear();
  if (options_.transport == SyslogTransport::udp) {
    buffer_ = queue_.front().text;  // RFC 5426 section 3.1: one message, one datagram.
    return 1;
  }
  std::size_t count = 0;
  // RFC 6587 section 3.4.1 and RFC 5425 section 4.3: MSG-LEN SP SYSLOG-MSG.
  while (count < queue_.size() && (count == 0 || buffer_.size() < kPiece)) {
    const std::string& text = queue_[count].text;
    if (count > 0 && buffer_.size() + text.size() > kPiece) break;
    buffer_ += std::to_string(text.size());
    buffer_ += ' ';
    buffer_ += text;
    ++count;
  }
  return count;
}

void SyslogSink::sent(std::size_t messages) {
  carriers_.worker.metrics().add(Metric::syslog_sent_total, static_cast<std::int64_t>(messages));
  for (std::size_t i = 0; i < messages; ++i) {
    queued_.fetch_sub(queue_.front().cost, std::memory_order_relaxed);
    if (options_.transport == SyslogTransport::udp) last_ = std::move(queue_.front());
    queue_.pop_front();
  }
  count();
  if (options_.transport != SyslogTransport::udp) all_is_well();
}

void SyslogSink::all_is_well() {
  delay_ = {};
  trouble_.store(nullptr);
}

void SyslogSink::drop(std::size_t messages) {
  dropped_.fetch_add(messages, std::memory_order_relaxed);
  for (std::size_t i = 0; i < messages; ++i) {
    queued_.fetch_sub(queue_.front().cost, std::memory_order_relaxed);
    queue_.pop_front();
  }
  count();
}

void SyslogSink::put_back_last() {
  if (last_.text.empty()) return;
  queued_.fetch_add(last_.cost, std::memory_order_relaxed);
  queue_.push_front(std::move(last_));
  last_ = {};
}

}  // namespace sallyport::exporting
