#include "discovery/files/hidden_files.h"

#include <utility>

namespace sallyport::discovery {

void HiddenFiles::begin(std::string type) {
  type_ = std::move(type);
  text_.emplace(digests_);
  level_ = std::make_unique<Level>(*this, 1);
}

void HiddenFiles::feed(std::string_view bytes) {
  text_->feed(bytes);
  level_->runs.feed(bytes);
}

void HiddenFiles::end(bool whole) {
  level_->runs.end();
  level_.reset();
  PassedFile file;
  file.type = std::move(type_);
  text_->end(whole, file);
  const bool text = text_->text();
  text_.reset();
  add(std::move(file), text);
}

void HiddenFiles::add(PassedFile file, bool text) {
  const bool like = begins_like_file(file.seen, text);
  keep(std::move(file), like);
}

void HiddenFiles::keep(PassedFile file, bool file_like) {
  if (file.size < kShortest) return;
  file.talk = !file_like;
  if (file.talk && (file.sha256.empty() || found_.size() - files_ >= kMostTalk)) return;
  if (!file.talk && files_ == kMost) {
    too_many_ = true;
    return;
  }
  files_ += file.talk ? 0 : 1;
  found_.push_back(std::move(file));
}

void HiddenFiles::Level::run_begin() {
  file_.emplace(of_.digests_);
  if (depth_ < kDeepest) inside_ = std::make_unique<Level>(of_, depth_ + 1);
}

void HiddenFiles::Level::run_data(std::string_view bytes) {
  file_->feed(bytes);
  if (inside_) inside_->runs.feed(bytes);
}

void HiddenFiles::Level::run_end() {
  if (inside_) inside_->runs.end();
  inside_.reset();
  PassedFile file;
  file_->end(true, file);
  file_.reset();
  // Letters that mean something else decode to bytes that show nothing. A mail is looked into.
  const bool mail = file.seen.kind->family == FileFamily::mail;
  of_.keep(std::move(file), !mail && begins_like_file(file.seen, true));
}

}  // namespace sallyport::discovery
