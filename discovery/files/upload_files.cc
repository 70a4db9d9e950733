#include "discovery/files/upload_files.h"

#include <algorithm>
#include <array>

#include "base/core/text.h"
#include "base/http/head.h"
#include "discovery/classify/content_disposition.h"
#include "discovery/classify/file_name.h"
#include "discovery/classify/media_kind.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kLongestChunkLine = 4096;  // bytes, with its signature
constexpr std::array<std::string_view, 3> kCompressed = {
    "application/gzip", "application/x-compress", "application/zstd"};

}  // namespace

std::string_view body_type(const http::Headers& request) {
  std::string_view first;
  for (const auto field : request) {
    if (!iequals(field.name, "content-type")) continue;
    // Of several the one that hides most.
    if (istarts_with(trim(field.value), "multipart/")) return field.value;
    if (first.empty()) first = field.value;
  }
  return first;
}

BodyShape shape_of(const http::Headers& request) {
  // Servers take forms apart whatever is said of their encoding, and read their type up to any
  // sign.
  const std::string_view type = trim(body_type(request));
  if (istarts_with(type, "multipart/form-data")) return BodyShape::form;
  // The checksum's name says how the body is written; some clients leave out the encoding.
  if (istarts_with(request.find("X-Amz-Content-Sha256").value_or(""), "STREAMING-")) {
    return BodyShape::aws_chunked;
  }
  static constexpr std::string_view kCodings[] = {"gzip",     "x-gzip",     "deflate", "br",
                                                  "compress", "x-compress", "zstd"};
  const std::string codings = request.joined("Content-Encoding");
  for (const std::string_view part : split(codings, ',')) {
    const std::string_view coding = trim(part);
    if (std::ranges::any_of(kCodings, [&](auto one) { return iequals(one, coding); })) {
      return BodyShape::encoded;
    }
  }
  return istarts_with(type, "multipart/") ? BodyShape::related : BodyShape::raw;
}

UploadFiles::UploadFiles(BodyShape shape, std::string_view content_type, bool digests)
    : shape_(shape), digests_(digests) {
  if (shape == BodyShape::form || shape == BodyShape::related) {
    multipart_.emplace(content_type, static_cast<http::MultipartSink&>(*this));
  } else {
    begin_file({}, {});
  }
}

void UploadFiles::feed(std::string_view bytes) {
  if (ended_) return;
  switch (shape_) {
    case BodyShape::form:
    case BodyShape::related:
      first_ += bytes.substr(0, kSniffBytes - first_.size());
      multipart_->feed(bytes);
      return;
    case BodyShape::aws_chunked:
      feed_chunked(bytes);
      return;
    case BodyShape::raw:
    case BodyShape::encoded:
      file_data(bytes);
      return;
  }
}

void UploadFiles::end(bool whole) {
  if (ended_) return;
  ended_ = true;
  whole_ = whole;
  if (multipart_) {
    multipart_->end();  // Ends the part that is open.
    if (!whole && !files_.empty() && !multipart_->complete()) {
      files_.back().whole = false;
      files_.back().sha256.clear();
    }
    look_at_first(whole);
    return;
  }
  if (shape_ == BodyShape::aws_chunked && files_.back().size == 0 && !line_.empty()) {
    read_as_it_stands({});
  }
  end_file(whole && (shape_ != BodyShape::aws_chunked || last_chunk_));
}

// A body that says it has parts, and is a file: some keep it as it is.
void UploadFiles::look_at_first(bool whole) {
  if (first_.starts_with("--")) return;
  const Sniffed seen = sniff(first_, whole && first_.size() < kSniffBytes);
  if (seen.kind == &unknown_file_kind() || seen.kind->family == FileFamily::text) return;
  if (files_.size() == kMost) files_.pop_back();
  PassedFile& file = files_.emplace_back();
  file.seen = seen;
  file.looked_at = true;
  doubtful_ = true;
}

void UploadFiles::note_so_far() {
  if (ended_ || !open_ || !sniffer_) return;
  files_.back().seen = sniffer_->seen();
  files_.back().looked_at = shape_ != BodyShape::encoded;
}

void UploadFiles::part_begin(const http::Headers& fields) {
  ++parts_;
  const auto disposition =
      read_content_disposition(fields.find("Content-Disposition").value_or(""));
  const std::string type = http::media_type(fields.find("Content-Type").value_or(""));
  // Many servers take a part for a file by its type alone.
  nested_ = nested_ || (type.starts_with("multipart/") && shape_ == BodyShape::form);
  const bool file = (shape_ == BodyShape::related && parts_ > 1) || disposition.names ||
                    is_file_sent(type, "POST");
  if (!file) return;
  if (files_.size() == kMost) {
    too_many_ = true;
    return;
  }
  decoder_.emplace(fields.find("Content-Transfer-Encoding").value_or(""));
  if (!decoder_->decodes()) decoder_.reset();
  // RFC 7578 section 4.7: forms have no such thing, and servers differ in what they make of it.
  if (decoder_ && shape_ == BodyShape::form) {
    doubtful_ = true;
    decoder_.reset();
  }
  begin_file(disposition.file_name, type);
  files_.back().other_names = disposition.other_names;
  // Of several fields, which one counts is anybody's guess.
  if (fields.count("Content-Disposition") > 1) doubtful_ = true;
}

void UploadFiles::part_data(std::string_view bytes) {
  if (!open_) return;
  if (!decoder_) return file_data(bytes);
  decoded_.clear();
  decoder_->feed(bytes, decoded_);
  file_data(decoded_);
}

void UploadFiles::part_end(bool whole) {
  if (!open_) return;
  if (decoder_) {
    decoded_.clear();
    decoder_->end(decoded_);
    file_data(decoded_);
  }
  end_file(whole);
}

void UploadFiles::begin_file(std::string name, std::string type) {
  open_ = true;
  files_.emplace_back();
  files_.back().name = std::move(name);
  files_.back().type = std::move(type);
  sniffer_ = std::make_unique<Sniffer>();
  hash_.reset();
  if (digests_) hash_.emplace();
}

void UploadFiles::file_data(std::string_view bytes) {
  files_.back().size += bytes.size();
  if (sniffer_) sniffer_->feed(bytes);
  if (hash_) hash_->update(bytes);
  if (take_ && files_.size() == 1) take_(bytes);
}

void UploadFiles::end_file(bool whole) {
  open_ = false;
  PassedFile& file = files_.back();
  file.whole = whole;
  file.looked_at = sniffer_ != nullptr;
  if (sniffer_) {
    sniffer_->end();
    file.seen = sniffer_->seen();
    sniffer_.reset();
    // Compressed as it says: what is inside was not looked at.
    if (shape_ == BodyShape::encoded) {
      file.looked_at = file.seen.kind != &unknown_file_kind() &&
                       std::ranges::find(kCompressed, file.seen.kind->type) == kCompressed.end();
    }
  }
  if (hash_ && whole && file.looked_at) {
    const Sha256Digest digest = hash_->finish();
    file.sha256 = to_hex(digest.data(), digest.size());
  }
  hash_.reset();
}

// It is not what it says it is: some keep such a body as it is. What was taken for chunks before is
// lost.
void UploadFiles::read_as_it_stands(std::string_view bytes) {
  doubtful_ = doubtful_ || files_.back().size > 0;
  shape_ = BodyShape::raw;
  file_data(line_);
  line_.clear();
  file_data(bytes);
}

// "SIZE;chunk-signature=...\r\n", so many bytes, "\r\n"; the last has none, and trailers follow.
void UploadFiles::feed_chunked(std::string_view bytes) {
  if (last_chunk_) {
    trailing_ += bytes.size();
    doubtful_ = doubtful_ || trailing_ > kLongestChunkLine;
  }
  while (!bytes.empty() && !last_chunk_) {
    if (!in_line_) {
      const std::size_t take =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      file_data(bytes.substr(0, take));
      bytes.remove_prefix(take);
      left_ -= take;
      in_line_ = left_ == 0;
      continue;
    }
    const std::size_t end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
    if (line_.size() > kLongestChunkLine) {
      if (end != std::string_view::npos) line_ += '\n';
      return read_as_it_stands(bytes);
    }
    if (end == std::string_view::npos) return;
    std::string_view digits = std::string_view(line_).substr(0, line_.find_first_of(";\r"));
    if (!digits.empty()) {  // Else it is the line's end behind a chunk.
      std::uint64_t size = 0;
      for (const char c : digits) {
        if (!is_hex(c) || size >> 56 != 0) {
          digits = {};
          break;
        }
        size = size << 4 | static_cast<std::uint64_t>(hex_value(c));
      }
      if (digits.empty()) {
        line_ += '\n';
        return read_as_it_stands(bytes);
      }
      left_ = size;
      in_line_ = false;
      last_chunk_ = size == 0;
    }
    line_.clear();
  }
}

void apply(const PassedFile& passed, bool ambiguous, policy::FileFacts& file) {
  if (!passed.name.empty()) {
    file.name = passed.name;
    file.extension = file_extension(passed.name);
  }
  if (!passed.type.empty()) file.type = passed.type;
  if (passed.whole) file.size = passed.size;
  if (!passed.looked_at) {  // Nothing is known of its bytes, which is not the same as nothing bad.
    file.scan_status = "unsupported_type";
    return;
  }
  file.sniffed_type = passed.seen.kind->type;
  file.family = word_for(passed.seen.kind->family);
  file.sha256 = passed.sha256;
  // What servers may read as other files than these was not looked at in full.
  file.scan_status = ambiguous ? "corrupted" : passed.seen.scan_status();
}

}  // namespace sallyport::discovery
