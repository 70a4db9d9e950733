#pragma once
// Events to one syslog receiver: RFC 5424 messages over UDP (RFC 5426), TCP with octet counting
// (RFC 6587 section 3.4.1) or TLS (RFC 5425).
//
// The scribe's thread makes the messages and hands them over; the exporter's worker carries them.
// In between is a queue in memory, bounded in bytes. What does not fit is dropped and counted; the
// last tenth is for what no queue may drop in favour of another (must_keep). The scribe never
// waits.
//
// What a receiver can rely on: messages come in order, and while the queue has room none is lost by
// a receiver that is away. TCP does not tell what arrived: of a connection that broke, the messages
// of the last write (at most 64 KiB) are sent again, so some may come twice (the record's id
// tells), and what the receiver's machine had accepted and not read is gone. UDP loses what the
// network loses; where the network says that nobody listens, the last message is kept and sent
// again.
//
// Connects when there is something to send; after a failure again after 1, 2, 4 ... 30 s. A
// receiver that takes nothing for 30 s has failed.
//
// INVARIANT: with TLS no message leaves for a receiver whose chain does not lead to the given roots
// for the given name.
// Thread rule: write(), flush(), failures() and trouble() are the scribe's; the rest is the
// worker's.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/io/published.h"
#include "base/io/signal.h"
#include "discovery/events/sink.h"
#include "discovery/logs/event_choice.h"
#include "discovery/logs/syslog_message.h"
#include "proxy/export/syslog_connection.h"

namespace sallyport::exporting {

struct SyslogOptions : SyslogAddress {
  discovery::SyslogFormat format;
  discovery::EventChoice only;
  std::size_t queue = 16 * 1024 * 1024;  // bytes in memory

  bool operator==(const SyslogOptions&) const = default;
};

class SyslogSink final : public discovery::Sink {
 public:
  // `verifier` is for TLS only. The carriers outlive the sink.
  SyslogSink(SyslogOptions options, const SyslogCarriers& carriers,
             std::shared_ptr<const tls::Verifier> verifier);

  void write(discovery::EventSpan events) override;
  void flush() override {}
  std::uint64_t failures() const override { return dropped_.load(std::memory_order_relaxed); }
  std::string trouble() const override;

  // "syslog tls://siem.example:6514"
  std::string name() const;

  // Sends until abandon(), or until the queue is empty after finish(). What is left is counted as
  // dropped.
  Task<void> run();
  void finish();
  void abandon();
  // For connections from now on.
  void trust(std::shared_ptr<const tls::Verifier> verifier) { verifier_ = std::move(verifier); }

 private:
  struct Message {
    std::string text;
    std::size_t cost = 0;  // bytes, as counted in queued_
  };

  void take(std::vector<Message> messages);
  Task<Result<void>> converse();
  Task<Result<void>> send_all(SyslogConnection& connection);
  Task<void> back_off();
  std::size_t frame();  // Fills buffer_ from the front of the queue; how many messages.
  void sent(std::size_t messages);
  void all_is_well();
  void drop(std::size_t messages);
  void put_back_last();
  void count();
  void note(const std::string& what);

  const SyslogOptions options_;
  const SyslogCarriers carriers_;
  std::shared_ptr<const tls::Verifier> verifier_;

  // Shared by both threads.
  std::atomic<std::size_t> queued_{0};  // bytes, on their way to the worker included
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<bool> count_asked_{false};
  io::Published<std::string> trouble_;

  // The worker's.
  std::deque<Message> queue_;
  std::string buffer_;
  Message last_;  // UDP: the last one that left
  io::Signal wake_;
  SyslogConnection* connection_ = nullptr;  // while there is one
  std::chrono::milliseconds delay_{0};
  std::uint64_t counted_ = 0;
  std::int64_t gauged_ = 0;
  bool retry_ = false;
  bool finishing_ = false;
  bool abandoned_ = false;
};

}  // namespace sallyport::exporting
