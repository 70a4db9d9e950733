#include "discovery/files/passed_file.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {

bool begins_like_file(const Sniffed& seen, bool text) {
  if (seen.kind == &unknown_file_kind()) return !text;
  return seen.kind->family != FileFamily::text;
}

namespace {

// APPNOTE.TXT section 4.3.16: 22 bytes and a comment, which end the file.
constexpr std::size_t kEndRecord = 22;
constexpr std::size_t kLast = kEndRecord + 65'535;  // bytes

std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = size; i > 0; --i) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return number;
}

constexpr std::size_t kBegins = 64;  // bytes

// `last`: the end of a file of `size` bytes.
bool ends_as_zip(std::string_view last, std::uint64_t size) {
  for (std::size_t at = last.rfind("PK\5\6"); at != last.npos; at = last.rfind("PK\5\6", at - 1)) {
    if (at + kEndRecord <= last.size() &&
        at + kEndRecord + little(last, at + 20, 2) == last.size()) {
      const std::uint64_t entries = little(last, at + 10, 2);
      const std::uint64_t directory = little(last, at + 12, 4);
      const std::uint64_t place = size - last.size() + at;
      if (entries > 0 && directory >= entries * 46 && directory <= place) return true;
    }
    if (at == 0) return false;
  }
  return false;
}

}  // namespace

FileReading::FileReading(bool digests, bool twice)
    : sniffer_(std::make_unique<Sniffer>()), twice_(twice) {
  if (digests) hash_.emplace();
}

void FileReading::feed(std::string_view bytes) {
  if (size_ < kSniffBytes) {
    const std::string_view first = bytes.substr(0, kSniffBytes - static_cast<std::size_t>(size_));
    text_ = text_ && std::ranges::all_of(first, [](char c) {
              return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\r' || c == '\n';
            });
  }
  if (begins_.size() < kBegins) begins_ += bytes.substr(0, kBegins - begins_.size());
  if (twice_) {
    if (bytes.size() >= kLast) {
      last_ = bytes.substr(bytes.size() - kLast);
    } else {
      last_ += bytes;
      if (last_.size() > 2 * kLast) last_.erase(0, last_.size() - kLast);
    }
  }
  size_ += bytes.size();
  sniffer_->feed(bytes);
  if (hash_) hash_->update(bytes);
}

void FileReading::end(bool whole, PassedFile& file) {
  sniffer_->end();
  file.size = size_;
  file.seen = sniffer_->seen();
  file.whole = whole;
  file.looked_at = true;
  // One that is an archive from its first byte on is told as one.
  zip_behind_ = twice_ && whole && !begins_.starts_with("PK") && ends_as_zip(last_, size_);
  if (!hash_ || !whole) return;
  const Sha256Digest digest = hash_->finish();
  file.sha256 = to_hex(digest.data(), digest.size());
}

}  // namespace sallyport::discovery
