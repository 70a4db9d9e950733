#include "discovery/files/sniffer.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLast = 1024;    // bytes kept of the end
constexpr std::size_t kPieces = 4096;  // of a PDF that are searched at once
constexpr std::size_t kCarried = 64;   // more than what is searched for
constexpr std::size_t kSevenZipHeader = 4096;
constexpr std::uint64_t kIsoMark = 32769;  // ECMA-119: the first volume descriptor, in sector 16

std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = size; i > 0 && at + size <= bytes.size(); --i) {
    out = out << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return out;
}

// "/Encrypt 12 0 R" or "/Encrypt << ... >>" (ISO 32000-1 section 7.6.1), which stands in the
// trailer; not /EncryptMetadata.
bool names_encryption(std::string_view bytes, std::size_t at) {
  std::string_view rest = bytes.substr(at + 8);
  const std::size_t blanks = std::min(rest.find_first_not_of(" \r\n\t\f\0"sv), rest.size());
  rest.remove_prefix(blanks);
  if (rest.starts_with("<<")) return true;
  return blanks > 0 && !rest.empty() && is_digit(rest.front());
}

}  // namespace

void Sniffer::feed(std::string_view bytes) {
  if (ended_) return;
  total_ += bytes.size();
  if (!begun_) {
    const std::string_view taken = bytes.substr(0, kSniffBytes - first_.size());
    first_ += taken;
    bytes.remove_prefix(taken.size());
    if (first_.size() < kSniffBytes) return;
    begin();
  }
  look(bytes);
}

void Sniffer::end() {
  if (ended_) return;
  if (!begun_) begin();
  ended_ = true;
  settle();
}

// With the first bytes at hand.
void Sniffer::begin() {
  begun_ = true;
  seen_ = sniff(first_);
  const std::string_view type = seen_.kind->type;
  if (first_.starts_with("PK")) {
    zip_.emplace();
  } else if (const auto directory = CompoundFile::directory_offset(first_)) {
    compound_.emplace();
    compound_->read_front(first_);
    window_ = Window{*directory, CompoundFile::kMostBytes, {}};
    least_ = *directory + 1;
  } else if (type == "application/pdf") {
    pdf_ = true;
  } else if (type == "application/x-7z-compressed" && first_.size() >= 32) {
    // 7zFormat.txt: behind the signature and the version: crc, next header's offset, size, crc.
    const std::uint64_t offset = little(first_, 12, 8);
    const std::uint64_t size = little(first_, 20, 8);
    if (offset < 1ULL << 60 && size < 1ULL << 60) {
      window_ = Window{32 + offset,
                       static_cast<std::size_t>(std::min<std::uint64_t>(size, kSevenZipHeader)),
                       {}};
      least_ = 32 + offset + size;
    }
  } else if (first_.starts_with("RIFF") && seen_.kind != &unknown_file_kind()) {
    least_ = 8 + little(first_, 4, 4);
  } else if (seen_.kind == &unknown_file_kind()) {
    window_ = Window{kIsoMark, 5, {}};
  }
  look(first_);
  first_ = {};
}

void Sniffer::look(std::string_view bytes) {
  if (zip_) zip_->feed(bytes);
  if (pdf_) look_at_pdf(bytes);
  if (window_) {
    const std::uint64_t end = window_->at + window_->size;
    const std::uint64_t from = std::max(looked_, window_->at + window_->bytes.size());
    if (from < std::min(end, looked_ + bytes.size())) {
      window_->bytes += bytes.substr(from - looked_, end - from);
    }
  }
  looked_ += bytes.size();
  if (bytes.size() >= kLast) {
    last_ = bytes.substr(bytes.size() - kLast);
  } else {
    last_ += bytes;
    if (last_.size() > kLast) last_.erase(0, last_.size() - kLast);
  }
  if (zip_ || compound_) settle();
}

void Sniffer::look_at_pdf(std::string_view bytes) {
  while (!bytes.empty()) {
    carried_ += bytes.substr(0, kPieces);
    bytes.remove_prefix(std::min(bytes.size(), kPieces));
    if (carried_.find("%%EOF") != std::string::npos) pdf_end_ = true;
    for (std::size_t at = 0; !seen_.encrypted; ++at) {
      at = carried_.find("/Encrypt", at);
      if (at == std::string::npos) break;
      if (names_encryption(carried_, at)) seen_.encrypted = true;
    }
    if (carried_.size() > kCarried) carried_.erase(0, carried_.size() - kCarried);
  }
}

// What the containers have told so far; at the end, what is missing too.
void Sniffer::settle() {
  if (zip_) {
    seen_.kind = &zip_->kind();
    seen_.encrypted = zip_->encrypted();
    seen_.macros = zip_->macros();
    if (ended_) seen_.corrupted = !zip_->complete();
    return;
  }
  if (compound_ && (window_->bytes.size() == window_->size || ended_)) {
    compound_->read_directory(window_->bytes);
    window_->bytes.clear();
    window_->size = 0;
  }
  if (compound_) {
    seen_.kind = &compound_->kind();
    seen_.encrypted = compound_->encrypted();
    seen_.macros = compound_->macros();
  }
  if (!ended_) return;
  const std::string_view type = seen_.kind->type;
  if (type == "application/x-7z-compressed" && window_) {
    // The coder AES-256, of the files or of the header itself.
    if (window_->bytes.find("\x06\xf1\x07\x01"sv) != std::string::npos) seen_.encrypted = true;
  }
  if (seen_.kind == &unknown_file_kind() && window_ && window_->bytes == "CD001") {
    seen_.kind = find_file_kind("application/x-iso9660-image");
  }
  if (seen_.kind == &unknown_file_kind() && last_.size() >= 512 &&
      std::string_view(last_).substr(last_.size() - 512).starts_with("koly")) {
    seen_.kind = find_file_kind("application/x-apple-diskimage");
  }
  const bool broken_png = type == "image/png" && last_.find("IEND") == std::string::npos;
  seen_.corrupted = seen_.corrupted || total_ < least_ || (pdf_ && !pdf_end_) || broken_png;
}

}  // namespace sallyport::discovery
