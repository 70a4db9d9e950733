#include "proxy/session/spool.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include "base/crypto/stream_cipher.h"

namespace sallyport::session {
namespace {

constexpr std::size_t kPiece = 256 * 1024;  // bytes that are read of the file at once

std::unexpected<Error> failed(const char* what) {
  return fail(ErrorKind::storage, Side::ours,
              std::string(what) + " of a held upload: " + std::generic_category().message(errno));
}

}  // namespace

void SpoolBudget::set_most(std::uint64_t most, std::uint64_t most_per_client) {
  const std::lock_guard held(mutex_);
  most_ = most;
  most_per_client_ = most_per_client;
}

SpoolBudget::Answer SpoolBudget::take(const std::string& client, std::uint64_t bytes) {
  const std::lock_guard held(mutex_);
  const auto found = of_client_.find(client);
  const std::uint64_t own = found == of_client_.end() ? 0 : found->second;
  // What is held may be more than a limit that was lowered.
  if (own >= most_per_client_ || bytes > most_per_client_ - own) {
    return Answer::client_has_its_share;
  }
  if (used_ >= most_ || bytes > most_ - used_) return Answer::full;
  used_ += bytes;
  of_client_[client] += bytes;
  return Answer::taken;
}

void SpoolBudget::give_back(const std::string& client, std::uint64_t bytes) {
  if (bytes == 0) return;
  const std::lock_guard held(mutex_);
  used_ -= bytes;
  const auto found = of_client_.find(client);
  found->second -= bytes;
  if (found->second == 0) of_client_.erase(found);
}

struct Spool::Cipher {
  StreamCipher writer;
  StreamCipher reader{writer};
};

Spool::Spool(std::string folder, SpoolBudget& budget, std::string client)
    : folder_(std::move(folder)), budget_(budget), client_(std::move(client)) {}

Spool::~Spool() {
  if (file_ >= 0) ::close(file_);
  budget_.give_back(client_, size_);
}

Result<void> Spool::open_file() {
  // Without a name, so that it goes with the descriptor, however this process ends.
  file_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file_ < 0) return failed("the file");
  cipher_ = std::make_unique<Cipher>();
  return {};
}

Result<void> Spool::append(http::Bytes bytes) {
  switch (budget_.take(client_, bytes.size())) {
    case SpoolBudget::Answer::taken:
      break;
    case SpoolBudget::Answer::client_has_its_share:
      return fail(ErrorKind::limit, Side::ours, "limits.held_uploads_per_client is reached");
    case SpoolBudget::Answer::full:
      return fail(ErrorKind::limit, Side::ours, "limits.held_uploads is reached");
  }
  size_ += bytes.size();
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  const std::size_t in_memory = std::min(bytes.size(), kInMemory - memory_.size());
  memory_.append(text, in_memory);
  if (in_memory == bytes.size()) return {};
  if (file_ < 0) {
    if (Result<void> opened = open_file(); !opened) return opened;
  }
  piece_.assign(text + in_memory, bytes.size() - in_memory);
  cipher_->writer.apply({reinterpret_cast<std::uint8_t*>(piece_.data()), piece_.size()});
  for (std::size_t done = 0; done < piece_.size();) {
    const ssize_t put = ::write(file_, piece_.data() + done, piece_.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return failed("writing the file");
    done += static_cast<std::size_t>(put);
  }
  return {};
}

Result<http::Bytes> Spool::next(std::size_t most) {
  if (read_ < memory_.size()) {
    const std::size_t size = std::min(most, memory_.size() - static_cast<std::size_t>(read_));
    const auto* bytes = reinterpret_cast<const std::byte*>(memory_.data()) + read_;
    read_ += size;
    return http::Bytes(bytes, size);
  }
  if (read_ == size_) return http::Bytes();
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>({most, kPiece, size_ - read_}));
  piece_.resize(wanted);
  for (;;) {
    const auto at = static_cast<off_t>(read_ - memory_.size());
    const ssize_t got = ::pread(file_, piece_.data(), wanted, at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed("reading the file");
    piece_.resize(static_cast<std::size_t>(got));
    break;
  }
  cipher_->reader.apply({reinterpret_cast<std::uint8_t*>(piece_.data()), piece_.size()});
  read_ += piece_.size();
  return http::Bytes(reinterpret_cast<const std::byte*>(piece_.data()), piece_.size());
}

}  // namespace sallyport::session
