#include "discovery/files/passed_file.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {

bool begins_like_file(const Sniffed& seen, bool text) {
  if (seen.kind == &unknown_file_kind()) return !text;
  return seen.kind->family != FileFamily::text;
}

FileReading::FileReading(bool digests) : sniffer_(std::make_unique<Sniffer>()) {
  if (digests) hash_.emplace();
}

void FileReading::feed(std::string_view bytes) {
  if (size_ < kSniffBytes) {
    const std::string_view first = bytes.substr(0, kSniffBytes - static_cast<std::size_t>(size_));
    text_ = text_ && std::ranges::all_of(first, [](char c) {
              return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\r' || c == '\n';
            });
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
  if (!hash_ || !whole) return;
  const Sha256Digest digest = hash_->finish();
  file.sha256 = to_hex(digest.data(), digest.size());
}

}  // namespace sallyport::discovery
