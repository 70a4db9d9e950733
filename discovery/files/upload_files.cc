#include "discovery/files/upload_files.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/text.h"
#include "base/http/head.h"
#include "discovery/classify/content_disposition.h"
#include "discovery/classify/file_name.h"
#include "discovery/classify/media_kind.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kLongestShort = 1024;      // bytes of a field that names something
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

BodyShape shape_of_talk(const http::Headers& request) {
  const std::string type = http::media_type(body_type(request));
  if (type == "application/x-www-form-urlencoded") return BodyShape::fields;
  if (type.starts_with("multipart/")) return BodyShape::mixed;
  return type.starts_with("message/") ? BodyShape::mail : BodyShape::text;
}

UploadFiles::UploadFiles(BodyShape shape, std::string_view content_type, const Look& look,
                         std::size_t depth)
    : shape_(shape),
      look_{look.digests, look.thorough, {}},
      depth_(depth),
      decoder_(look.thorough ? look.codings : std::string_view()),
      hidden_(look.digests) {
  if (decoder_.state() != ContentDecoder::State::none) {
    // What is in it is of the shape that it says; as it stands it is one file.
    const bool related = istarts_with(trim(content_type), "multipart/");
    const BodyShape inside = shape == BodyShape::encoded || shape == BodyShape::aws_chunked
                                 ? related ? BodyShape::related : BodyShape::raw
                                 : shape;
    inside_.reset(new UploadFiles(inside, content_type, Look{look.digests, true, {}}, depth));
    if (shape == BodyShape::encoded) shape_ = BodyShape::raw;
  }
  switch (shape_) {
    case BodyShape::form:
    case BodyShape::related:
      multipart_.emplace(content_type, static_cast<http::MultipartSink&>(*this));
      return;
    case BodyShape::raw:
    case BodyShape::aws_chunked:
    case BodyShape::encoded:
      begin_file({}, {});
      if (look.thorough && istarts_with(trim(content_type), "message/rfc822"))
        begin_inner(content_type);
      return;
    case BodyShape::text:
      hidden_.begin(http::media_type(content_type));
      return;
    case BodyShape::fields:
      all_fields_.emplace(look.digests);
      return;
    case BodyShape::mail:
      return;
    case BodyShape::mixed:  // A mail without its head.
      shape_ = BodyShape::mail;
      head_read_ = true;
      multipart_.emplace(content_type, static_cast<http::MultipartSink&>(*this));
      return;
  }
}

void UploadFiles::feed(std::string_view bytes) {
  if (ended_) return;
  if (inside_ && shape_ != BodyShape::aws_chunked) {
    decoder_.feed(bytes, [this](std::string_view opened) { inside_->feed(opened); });
  }
  read(bytes);
}

void UploadFiles::read(std::string_view bytes) {
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
    case BodyShape::mail:
    case BodyShape::mixed:
      feed_mail(bytes);
      return;
    case BodyShape::text:
      hidden_.feed(bytes);
      return;
    case BodyShape::fields:
      all_fields_->feed(bytes);
      feed_fields(bytes);
      return;
  }
}

void UploadFiles::end_multipart(bool whole) {
  multipart_->end();  // Ends the part that is open.
  if (!whole && !files_.empty() && !multipart_->complete()) {
    files_.back().whole = false;
    files_.back().sha256.clear();
  }
  if (hidden_.open()) hidden_.end(whole);
}

void UploadFiles::end(bool whole) {
  if (ended_) return;
  ended_ = true;
  whole_ = whole;
  if (shape_ == BodyShape::mail && !head_read_) begin_mail(head_);
  if (multipart_) {
    end_multipart(whole);
    if (shape_ != BodyShape::mail) look_at_first(whole);
  } else if (shape_ == BodyShape::mail) {
    part_end(whole);
  } else if (shape_ == BodyShape::fields) {
    end_field(whole);
    PassedFile all;
    all_fields_->end(whole, all);
    // As forms are written there are no other signs in them.
    hidden_.add(std::move(all), all_fields_->text());
  } else if (shape_ == BodyShape::text) {
    hidden_.end(whole);
  } else {
    if (shape_ == BodyShape::aws_chunked && files_.back().size == 0 && !line_.empty()) {
      read_as_it_stands({});
    }
    end_file(whole && (shape_ != BodyShape::aws_chunked || last_chunk_));
    if (inner_) end_inner(whole);
  }
  for (PassedFile& file : files_) {
    file.other_names.insert(file.other_names.end(), names_.begin(), names_.end());
  }
  tell_others(hidden_.found());
  if (!inside_) return;
  if (whole) decoder_.end();
  inside_->end(whole);
  if (!opened()) return;
  // As it stands it is the file of which the digest may be known, and no more: what its bytes are
  // says the coding.
  tell_others(files_);
  for (PassedFile& file : others_) file.talk = true;
  tell_others(std::move(inside_->others_));
}

void UploadFiles::tell_others(std::vector<PassedFile> files) {
  for (PassedFile& file : files) {
    if (others_.size() < kMostOthers) {
      others_.push_back(std::move(file));
    } else {
      too_many_ = true;
    }
  }
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
  if (opened()) inside_->note_so_far();
  if (ended_ || !open_ || !file_) return;
  files_.back().seen = file_->seen();
  files_.back().looked_at = shape_ != BodyShape::encoded;
}

void UploadFiles::part_begin(const http::Headers& fields) {
  ++parts_;
  if (hidden_.open()) hidden_.end(true);
  const std::string_view said = fields.find("Content-Disposition").value_or("");
  ContentDisposition disposition = read_content_disposition(said);
  const std::string_view full_type = fields.find("Content-Type").value_or("");
  const std::string type = http::media_type(full_type);
  // Of several fields, which one counts is anybody's guess; and some go by the type's name.
  const auto take_names = [&](ContentDisposition other) {
    if (!other.names) return;
    disposition.names = true;
    if (disposition.file_name.empty()) {
      disposition.file_name = std::move(other.file_name);
    } else if (!other.file_name.empty() && other.file_name != disposition.file_name) {
      disposition.other_names.push_back(std::move(other.file_name));
    }
    for (std::string& name : other.other_names) disposition.other_names.push_back(std::move(name));
  };
  if (fields.count("Content-Disposition") > 1) {
    doubtful_ = true;
    for (const auto field : fields) {
      if (iequals(field.name, "content-disposition") && field.value.data() != said.data()) {
        take_names(read_content_disposition(field.value));
      }
    }
  }
  take_names(names_in_type(full_type));
  const bool mail = shape_ == BodyShape::mail;
  const bool parts_in_it = type.starts_with("multipart/");
  const bool request = type == "application/http";  // of a batch: it has a head too
  // Many servers take a part for a file by its type alone.
  nested_ = nested_ || (parts_in_it && shape_ == BodyShape::form);
  bool file = (shape_ == BodyShape::related && parts_ > 1) || disposition.names;
  if (mail) {
    const bool talk = type.empty() || type.starts_with("text/") || is_talk(type);
    file = !parts_in_it && !request && (file || !talk);
  } else {
    file = file || is_file_sent(type, "POST");
  }
  const std::string_view encoding = fields.find("Content-Transfer-Encoding").value_or("");
  const bool inside =
      (look_.thorough || mail) && (parts_in_it || request || type == "message/rfc822");
  if (inside) begin_inner(full_type);
  if (!file) {
    if (!look_.thorough && !mail) return;
    decoder_of_part_.emplace(mail ? encoding : std::string_view());
    if (!decoder_of_part_->decodes()) decoder_of_part_.reset();
    if (!inside) hidden_.begin(type);
    if (shape_ == BodyShape::form) {
      in_field_ = field_called(lower(disposition_parameter(said, "name")));
    }
    return;
  }
  if (files_.size() == kMost) {
    too_many_ = true;
    return;
  }
  decoder_of_part_.emplace(encoding);
  if (!decoder_of_part_->decodes()) decoder_of_part_.reset();
  // RFC 7578 section 4.7: forms have no such thing, and servers differ in what they make of it.
  if (decoder_of_part_ && shape_ == BodyShape::form) {
    doubtful_ = true;
    if (look_.thorough) {
      in_text_.emplace(look_.digests);
    } else {
      decoder_of_part_.reset();
    }
  }
  // The name of a stream of NTFS stands behind that of its file.
  if (const std::size_t colon = disposition.file_name.rfind(':'); colon != std::string::npos) {
    disposition.other_names.push_back(safe_file_name(disposition.file_name.substr(0, colon)));
  }
  begin_file(std::move(disposition.file_name), type);
  files_.back().other_names = std::move(disposition.other_names);
}

void UploadFiles::part_data(std::string_view bytes) {
  std::string_view undone = bytes;
  if (decoder_of_part_) {
    decoded_.clear();
    decoder_of_part_->feed(bytes, decoded_);
    undone = decoded_;
  }
  if (inner_) inner_->feed(undone);
  if (hidden_.open()) hidden_.feed(undone);
  if (in_field_ != Field::none) {
    short_field_ += undone.substr(0, kLongestShort - std::min(kLongestShort, short_field_.size()));
  }
  if (!open_) return;
  if (in_text_) in_text_->feed(undone);
  file_data(in_text_ ? bytes : undone);
}

void UploadFiles::part_end(bool whole) {
  if (decoder_of_part_) {
    decoded_.clear();
    decoder_of_part_->end(decoded_);
    if (inner_) inner_->feed(decoded_);
    if (hidden_.open()) hidden_.feed(decoded_);
    if (in_text_) in_text_->feed(decoded_);
    if (open_ && !in_text_) file_data(decoded_);
    decoder_of_part_.reset();
  }
  if (inner_) end_inner(whole);
  if (hidden_.open()) hidden_.end(whole);
  end_short_field();
  if (!open_) return;
  if (in_text_) {
    PassedFile undone;
    undone.name = files_.back().name;
    undone.type = files_.back().type;
    in_text_->end(whole, undone);
    tell_others({std::move(undone)});
    in_text_.reset();
  }
  end_file(whole);
}

void UploadFiles::begin_file(std::string name, std::string type) {
  if (on_piece_ && files_.empty() && piece_ && !piece_of_.empty()) on_piece_(piece_of_, *piece_);
  open_ = true;
  files_.emplace_back();
  files_.back().name = std::move(name);
  files_.back().type = std::move(type);
  file_.emplace(look_.digests, look_.thorough);
}

void UploadFiles::file_data(std::string_view bytes) {
  file_->feed(bytes);
  files_.back().size = file_->size();
  if (take_ && files_.size() == 1) take_(bytes);
  const bool is_body = shape_ == BodyShape::raw || shape_ == BodyShape::aws_chunked;
  if (inner_ && is_body) inner_->feed(bytes);
  if (inside_ && shape_ == BodyShape::aws_chunked) {
    decoder_.feed(bytes, [this](std::string_view opened) { inside_->feed(opened); });
  }
}

void UploadFiles::end_file(bool whole) {
  open_ = false;
  PassedFile& file = files_.back();
  file_->end(whole, file);
  if (file_->zip_behind()) {
    PassedFile archive = file;
    archive.seen = {};
    archive.seen.kind = find_file_kind("application/zip");
    tell_others({std::move(archive)});
  }
  file_.reset();
  // Compressed as it says: what is inside was not looked at.
  if (shape_ == BodyShape::encoded || closed()) {
    file.looked_at = file.seen.kind != &unknown_file_kind() &&
                     std::ranges::find(kCompressed, file.seen.kind->type) == kCompressed.end();
    if (shape_ == BodyShape::encoded && !file.looked_at) file.sha256.clear();
  }
}

// It is not what it says it is: some keep such a body as it is. What was taken for chunks before is
// lost.
void UploadFiles::read_as_it_stands(std::string_view bytes) {
  doubtful_ = doubtful_ || files_.back().size > 0;
  shape_ = BodyShape::raw;
  inside_.reset();
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
  file.sha256 = passed.sha256;
  if (!passed.looked_at) {  // Nothing is known of its bytes, which is not the same as nothing bad.
    file.scan_status = "unsupported_type";
    return;
  }
  file.sniffed_type = passed.seen.kind->type;
  file.family = word_for(passed.seen.kind->family);
  // What servers may read as other files than these was not looked at in full.
  file.scan_status = ambiguous ? "corrupted" : passed.seen.scan_status();
}

}  // namespace sallyport::discovery
