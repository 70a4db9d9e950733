#include "proxy/session/tunnel.h"

#include <memory>

#include "base/io/deadline.h"
#include "base/io/nursery.h"

namespace sallyport::session {

namespace {

constexpr std::size_t kBuffer = 64 * 1024;  // bytes, only while something moves

struct Splice {
  io::ByteStream& client;
  io::ByteStream& origin;
  io::Deadline* idle;
  std::chrono::milliseconds patience;
  TunnelEnd end;

  void fail(bool& blame, const Error& error) {
    if (end.error.empty()) {
      blame = true;
      end.error = describe(error);
    }
    client.close();
    origin.close();
  }
};

Task<void> carry(Splice& splice, io::ByteStream& from, io::ByteStream& to, std::uint64_t& count,
                 bool& from_failed, bool& to_failed) {
  std::unique_ptr<std::byte[]> buffer;
  io::FairTurns turns;
  while (true) {
    if (turns.due()) co_await io::yield();
    if (!buffer) buffer = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
    const auto outcome = from.try_read(std::span(buffer.get(), kBuffer));
    if (outcome.status == io::ByteStream::Status::would_block) {
      buffer.reset();
      turns.waited();
      Result<void> waited = co_await from.readable();
      if (!waited) {
        splice.fail(from_failed, waited.error());
        co_return;
      }
      continue;
    }
    if (outcome.status == io::ByteStream::Status::failed) {
      splice.fail(from_failed, from.failure());
      co_return;
    }
    if (outcome.status == io::ByteStream::Status::end) {
      to.end_writing();
      co_return;
    }
    Result<void> sent = co_await io::write_all(to, io::Bytes(buffer.get(), outcome.bytes));
    if (!sent) {
      splice.fail(to_failed, sent.error());
      co_return;
    }
    count += outcome.bytes;
    splice.idle->set(splice.patience);
  }
}

}  // namespace

Task<TunnelEnd> splice(io::Worker& worker, io::ByteStream& client, io::ByteStream& origin,
                       std::string_view early, std::chrono::milliseconds idle) {
  Splice state{client, origin, nullptr, idle, {}};
  io::Deadline deadline(worker.deadlines(), [&state] {
    state.end.timed_out = true;
    state.client.close();
    state.origin.close();
  });
  state.idle = &deadline;
  deadline.set(idle);
  if (!early.empty()) {
    Result<void> sent = co_await io::write_all(origin, io::as_bytes(early));
    if (!sent) {
      state.fail(state.end.origin_failed, sent.error());
      co_return state.end;
    }
    state.end.to_origin += early.size();
  }
  io::Nursery nursery(worker.executor());
  nursery.start(carry(state, client, origin, state.end.to_origin, state.end.client_failed,
                      state.end.origin_failed));
  nursery.start(carry(state, origin, client, state.end.to_client, state.end.origin_failed,
                      state.end.client_failed));
  co_await nursery.join();
  co_return state.end;
}

}  // namespace sallyport::session
