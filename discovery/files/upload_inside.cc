// What UploadFiles finds where it looks into what is no file by its head: short fields, fields of
// urlencoded forms, mails and their parts.

#include <algorithm>
#include <utility>

#include "base/core/text.h"
#include "discovery/classify/content_disposition.h"
#include "discovery/classify/file_name.h"
#include "discovery/files/upload_files.h"

namespace sallyport::discovery {

UploadFiles::Field UploadFiles::field_called(std::string_view name) {
  struct Known {
    std::string_view name;
    Field field;
  };
  static constexpr Known kKnown[] = {{"name", Field::name},
                                     {"filename", Field::name},
                                     {"file_name", Field::name},
                                     {"dzuuid", Field::piece_of},
                                     {"dzchunkindex", Field::piece_from_0},
                                     {"resumableidentifier", Field::piece_of},
                                     {"resumablechunknumber", Field::piece_from_1},
                                     {"flowidentifier", Field::piece_of},
                                     {"flowchunknumber", Field::piece_from_1},
                                     {"qquuid", Field::piece_of},
                                     {"qqpartindex", Field::piece_from_0}};
  const auto* known = std::ranges::find(kKnown, name, &Known::name);
  return known == std::end(kKnown) ? Field::none : known->field;
}

void UploadFiles::end_short_field() {
  const std::string said = std::exchange(short_field_, {});
  switch (std::exchange(in_field_, Field::none)) {
    case Field::none:
      return;
    case Field::name:
      if (std::string name = safe_file_name(said); !name.empty() && names_.size() < kMost) {
        names_.push_back(std::move(name));
      }
      return;
    case Field::piece_of:
      piece_of_ = said;
      return;
    case Field::piece_from_0:
      piece_ = parse_decimal(trim(said));
      if (piece_) ++*piece_;
      return;
    case Field::piece_from_1:
      piece_ = parse_decimal(trim(said));
      return;
  }
}

void UploadFiles::behind_last(std::string_view bytes) {
  if (!look_.thorough) return;
  if (!hidden_.open()) hidden_.begin({});
  hidden_.feed(bytes);
}

// A part with parts: what is in it belongs to the body.
void UploadFiles::begin_inner(std::string_view type) {
  if (depth_ == kDeepest) {
    too_many_ = true;
    return;
  }
  const bool mail = !istarts_with(trim(type), "multipart/");
  const BodyShape shape = mail ? BodyShape::mail : BodyShape::related;
  inner_.reset(new UploadFiles(shape, type, Look{look_.digests, look_.thorough, {}}, depth_ + 1));
  // In a mail its parts are what they are in the mail itself.
  if (!mail && shape_ == BodyShape::mail) inner_->shape_ = BodyShape::mail;
  inner_->head_read_ = !mail;
}

void UploadFiles::end_inner(bool whole) {
  inner_->end(whole);
  if (shape_ == BodyShape::mail) {
    for (PassedFile& file : inner_->files_) {
      if (files_.size() < kMost) {
        files_.push_back(std::move(file));
      } else {
        too_many_ = true;
      }
    }
  } else {
    tell_others(std::move(inner_->files_));
  }
  tell_others(std::move(inner_->others_));
  too_many_ = too_many_ || inner_->unreadable();
  inner_.reset();
}

// "a=1&b=%20": each name and each value by itself.
void UploadFiles::feed_fields(std::string_view bytes) {
  const auto put = [&](std::string_view text) {
    if (fields_ > kMostFields) return;
    if (!hidden_.open()) hidden_.begin({});
    hidden_.feed(text);
  };
  std::string undone;
  const auto flush = [&] {
    if (!undone.empty()) put(undone);
    undone.clear();
  };
  for (const char c : bytes) {
    if (!escape_.empty() && is_hex(c)) {
      escape_ += c;
      if (escape_.size() < 3) continue;
      undone += static_cast<char>(hex_value(escape_[1]) << 4 | hex_value(escape_[2]));
      escape_.clear();
      continue;
    }
    undone += escape_;  // It is none.
    escape_.clear();
    if (c == '&') {
      flush();
      end_field(true);
    } else if (c == '%') {
      escape_ = c;
    } else if (c == '=' && !in_value_) {  // What stands before it was the name.
      flush();
      if (hidden_.open()) hidden_.end(true);
      in_value_ = true;
    } else {
      undone += c == '+' ? ' ' : c;
    }
  }
  flush();
}

void UploadFiles::end_field(bool whole) {
  if (!escape_.empty() && hidden_.open()) hidden_.feed(escape_);
  escape_.clear();
  in_value_ = false;
  if (!hidden_.open()) return;
  hidden_.end(whole);
  if (++fields_ > kMostFields) too_many_ = true;
}

// Fields, an empty line, and what follows: one part, or several.
void UploadFiles::feed_mail(std::string_view bytes) {
  if (!head_read_) {
    const std::size_t before = head_.size();
    head_ += bytes;
    std::size_t from = 0;
    while (from < head_.size() && (head_[from] == '\r' || head_[from] == '\n')) ++from;
    std::size_t end = head_.npos;
    std::size_t next = 0;
    const std::size_t look = std::max(from, before > 3 ? before - 3 : 0);
    if (const std::size_t at = head_.find("\n\r\n", look); at != head_.npos) {
      end = at;
      next = at + 3;
    }
    if (const std::size_t at = head_.find("\n\n", look); at < end) {
      end = at;
      next = at + 2;
    }
    if (end == head_.npos && head_.size() <= kLargestHead) return;
    if (end > kLargestHead) {  // No mail.
      too_many_ = true;
      end = 0;
      next = 0;
    }
    const std::string all = std::move(head_);
    head_.clear();
    begin_mail(std::string_view(all).substr(from, end - std::min(end, from)));
    return feed_mail(std::string_view(all).substr(next));
  }
  if (multipart_) return multipart_->feed(bytes);
  part_data(bytes);
}

void UploadFiles::begin_mail(std::string_view head) {
  head_read_ = true;
  http::Headers fields;
  std::string line;
  const auto add = [&] {
    const std::size_t colon = line.find(':');
    if (colon != line.npos && istarts_with(line, "content-")) {
      static_cast<void>(fields.add(trim(std::string_view(line).substr(0, colon)),
                                   trim(std::string_view(line).substr(colon + 1))));
    }
    line.clear();
  };
  for (std::string_view part : split(head, '\n')) {
    if (part.ends_with('\r')) part.remove_suffix(1);
    if (!part.starts_with(' ') && !part.starts_with('\t')) add();
    line += part;
  }
  add();
  const std::string_view type = fields.find("Content-Type").value_or("");
  if (istarts_with(trim(type), "multipart/")) {
    multipart_.emplace(type, static_cast<http::MultipartSink&>(*this));
  } else {
    part_begin(fields);
  }
}

}  // namespace sallyport::discovery
