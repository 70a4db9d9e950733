#include "proxy/export/syslog_sink.h"

#include <algorithm>
#include <array>

#include "base/io/deadline.h"
#include "tls/stream/tls_stream.h"

namespace sallyport::exporting {

namespace {

constexpr std::chrono::milliseconds kConnect{10'000};    // each address
constexpr std::chrono::milliseconds kHandshake{10'000};  // TLS
constexpr std::chrono::milliseconds kStall{30'000};      // a write that gets nowhere
constexpr std::chrono::milliseconds kFirstDelay{1'000};
constexpr std::chrono::milliseconds kLastDelay{30'000};
constexpr std::chrono::milliseconds kSilence{1'000};
constexpr std::size_t kPiece = 64 * 1024;  // bytes of one write
constexpr std::size_t kOverhead = 128;     // bytes of memory that a message costs beside its own

}  // namespace

std::string_view to_string(SyslogTransport transport) {
  switch (transport) {
    case SyslogTransport::udp:
      return "udp";
    case SyslogTransport::tcp:
      return "tcp";
    case SyslogTransport::tls:
      return "tls";
  }
  return "";
}

SyslogSink::SyslogSink(SyslogOptions options, const SyslogCarriers& carriers,
                       std::shared_ptr<const tls::Verifier> verifier)
    : options_(std::move(options)), carriers_(carriers), verifier_(std::move(verifier)) {}

std::string SyslogSink::name() const {
  return "syslog " + std::string(to_string(options_.transport)) + "://" +
         options_.host.in_authority() + ":" + std::to_string(options_.port);
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
  if (opening_ != nullptr) opening_->cancel();
  if (stream_ != nullptr) stream_->close();
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
  std::unique_ptr<io::ByteStream> stream;
  {
    io::Nursery scope(carriers_.worker.executor());
    opening_ = &scope;
    Result<std::unique_ptr<io::ByteStream>> opened = co_await open(scope);
    opening_ = nullptr;
    if (!opened) co_return pass_on(std::move(opened));
    stream = std::move(*opened);
  }
  carriers_.worker.metrics().add(Metric::syslog_connections_total);
  stream_ = stream.get();
  Conversation conversation;
  io::Nursery listening(carriers_.worker.executor());
  listening.start(listen(*stream, conversation));
  Result<void> sent_all = co_await send_all(*stream, conversation);
  stream->close();
  co_await listening.join();
  stream_ = nullptr;
  co_return sent_all;
}

Task<Result<std::unique_ptr<io::ByteStream>>> SyslogSink::open(io::Nursery& scope) {
  bool late = false;
  io::Deadline patience(carriers_.worker.deadlines(), [&scope, &late] {
    late = true;
    scope.cancel();
  });
  patience.set(kConnect);
  std::vector<IpAddress> addresses;
  if (options_.host.is_address()) {
    addresses.push_back(*options_.host.address());
  } else {
    auto resolved = co_await carriers_.resolver.resolve(options_.host.text(), scope);
    if (late) co_return fail(ErrorKind::timed_out, Side::origin, "looking up its name");
    if (!resolved) co_return pass_on(std::move(resolved));
    addresses = std::move(*resolved);
  }
  io::Connector& connector =
      options_.transport == SyslogTransport::udp ? carriers_.udp : carriers_.tcp;
  Error last{ErrorKind::connect_unreachable, Side::origin, false, "no address to try"};
  for (const IpAddress& address : addresses) {
    patience.set(kConnect);
    const auto attempt = connector.attempt({address, options_.port});
    io::Connector::Attempt& raw = *attempt;
    const io::Nursery::OnCancel on_cancel(scope, [&raw] { raw.abandon(); });
    Result<std::unique_ptr<io::ByteStream>> stream = co_await attempt->run();
    if (stream && !scope.cancelled() && options_.transport == SyslogTransport::tls) {
      patience.set(kHandshake);
      stream = co_await secure(std::move(*stream), scope);
    }
    if (late) co_return fail(ErrorKind::timed_out, Side::origin, address.to_string());
    if (scope.cancelled()) co_return fail(ErrorKind::cancelled, Side::ours);
    if (stream) co_return std::move(stream);
    last = std::move(stream.error());
  }
  co_return std::unexpected(std::move(last));
}

Task<Result<std::unique_ptr<io::ByteStream>>> SyslogSink::secure(
    std::unique_ptr<io::ByteStream> stream, io::Nursery& scope) {
  Result<tls::SslPtr> ssl = carriers_.context.connect(options_.server_name, {});
  if (!ssl) co_return pass_on(std::move(ssl));
  auto secured = std::make_unique<tls::TlsStream>(std::move(stream), std::move(*ssl));
  tls::TlsStream& raw = *secured;
  const io::Nursery::OnCancel on_cancel(scope, [&raw] { raw.close(); });
  Result<void> shaken = co_await secured->handshake();
  if (!shaken) co_return pass_on(std::move(shaken));
  // RFC 5425 sections 4.2.1 and 5.2: its chain and its name, before the first message.
  const std::vector<tls::Certificate> chain = secured->peer_chain();
  const std::vector<std::byte> staple = secured->peer_staple();
  const tls::Report report =
      verifier_->verify(chain, options_.server_name, staple, carriers_.worker.clock().now());
  if (!report.accepted) {
    co_return fail(ErrorKind::tls_verify, Side::origin, report.summary + ": " + report.detail);
  }
  std::unique_ptr<io::ByteStream> done = std::move(secured);
  co_return done;
}

// Receivers say nothing (RFC 6587, RFC 5425); what is read is the end, or an alert.
Task<void> SyslogSink::listen(io::ByteStream& stream, Conversation& conversation) {
  std::array<std::byte, 256> scrap;
  io::FairTurns turns;
  while (true) {
    Result<std::size_t> got = co_await io::read_some(stream, scrap);
    if (!got) {
      conversation.why = std::move(got.error());
      break;
    }
    if (*got == 0) {
      conversation.why = Error{ErrorKind::closed, Side::origin, false, "by the receiver"};
      break;
    }
    if (turns.due()) co_await io::yield();
  }
  conversation.over = true;
  stream.close();  // A write that waits ends.
  wake_.notify();
}

Task<Result<void>> SyslogSink::send_all(io::ByteStream& stream, Conversation& conversation) {
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
    if (conversation.over) {
      if (conversation.why.kind == ErrorKind::connect_refused) put_back_last();
      // Closed after it took something: receivers end idle connections as they like.
      if (useful && conversation.why.kind == ErrorKind::closed) co_return Result<void>{};
      co_return std::unexpected(conversation.why);
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
    } else if (conversation.over) {
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
