#include "tests/kit/memory_stream.h"

#include <algorithm>
#include <cstring>

namespace sallyport::testkit {

void Pipe::wake() {
  if (reader != nullptr) reader->notify();
  if (writer != nullptr) writer->notify();
}

MemoryStream::MemoryStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out, Faults& faults)
    : in_(std::move(in)), out_(std::move(out)), faults_(faults) {
  in_->reader = &readable_;
  out_->writer = &writable_;
}

MemoryStream::~MemoryStream() {
  close();
  in_->reader = nullptr;
  out_->writer = nullptr;
}

io::ByteStream::Outcome MemoryStream::broken() {
  failure_ =
      Error{open_ ? ErrorKind::reset : ErrorKind::closed, Side::ours, false, "broken in a test"};
  return {Status::failed, 0};
}

io::ByteStream::Outcome MemoryStream::try_read(std::span<std::byte> into) {
  if (!open_ || in_->broken || faults_.next()) return broken();
  if (in_->bytes.empty()) return {in_->ended ? Status::end : Status::would_block, 0};
  const std::size_t size = std::min(into.size(), in_->bytes.size());
  std::memcpy(into.data(), in_->bytes.data(), size);
  in_->bytes.erase(0, size);
  in_->wake();
  return {Status::moved, size};
}

io::ByteStream::Outcome MemoryStream::try_write(std::span<const io::Bytes> pieces) {
  if (!open_ || out_->broken || faults_.next()) return broken();
  std::size_t total = 0;
  for (const io::Bytes& piece : pieces) {
    const std::size_t room = out_->room - std::min(out_->room, out_->bytes.size());
    const std::size_t size = std::min(room, piece.size());
    out_->bytes.append(reinterpret_cast<const char*>(piece.data()), size);
    total += size;
    if (size < piece.size()) break;
  }
  written_ += total;
  if (total == 0) return {Status::would_block, 0};
  out_->wake();
  return {Status::moved, total};
}

Task<Result<void>> MemoryStream::readable() {
  while (true) {
    if (stopped_) co_return fail(ErrorKind::cancelled, Side::ours, "reading was stopped");
    if (!open_) co_return fail(ErrorKind::closed, Side::ours, "closed by us");
    if (faults_.next()) co_return fail(ErrorKind::reset, Side::ours, "broken in a test");
    if (!in_->bytes.empty() || in_->ended || in_->broken) co_return Result<void>{};
    co_await readable_.wait();
  }
}

Task<Result<void>> MemoryStream::writable() {
  while (true) {
    if (!open_) co_return fail(ErrorKind::closed, Side::ours, "closed by us");
    if (faults_.next()) co_return fail(ErrorKind::reset, Side::ours, "broken in a test");
    if (out_->bytes.size() < out_->room || out_->broken) co_return Result<void>{};
    co_await writable_.wait();
  }
}

void MemoryStream::stop_reading() {
  stopped_ = true;
  readable_.notify();
}

void MemoryStream::end_writing() {
  out_->ended = true;
  out_->wake();
}

void MemoryStream::close() {
  if (!open_) return;
  open_ = false;
  // An end that was not announced looks like a reset to the peer.
  if (!out_->ended) out_->broken = true;
  in_->broken = true;
  out_->ended = true;
  out_->wake();
  readable_.notify();
  writable_.notify();
}

class MemoryConnector::MemoryAttempt final : public io::Connector::Attempt {
 public:
  MemoryAttempt(MemoryConnector& connector, const IpEndpoint& to)
      : connector_(connector), to_(to) {}

  Task<Result<std::unique_ptr<io::ByteStream>>> run() override {
    if (abandoned_) co_return fail(ErrorKind::cancelled, Side::ours);
    const auto found = connector_.listeners_.find(to_);
    if (found == connector_.listeners_.end() || connector_.faults_.next()) {
      co_return fail(ErrorKind::connect_refused, Side::origin, to_.to_string());
    }
    PeerPipes pipes;
    std::unique_ptr<io::ByteStream> stream =
        std::make_unique<MemoryStream>(pipes.to_system, pipes.from_system, connector_.faults_);
    found->second(std::move(pipes));
    co_return stream;
  }
  void abandon() override { abandoned_ = true; }

 private:
  MemoryConnector& connector_;
  IpEndpoint to_;
  bool abandoned_ = false;
};

std::unique_ptr<io::Connector::Attempt> MemoryConnector::attempt(const IpEndpoint& to) {
  ++attempts_;
  return std::make_unique<MemoryAttempt>(*this, to);
}

}  // namespace sallyport::testkit
