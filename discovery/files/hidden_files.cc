#include "discovery/files/hidden_files.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sallyport::discovery {
namespace {

// Kinds that show themselves by two bytes or so.
constexpr std::array<std::string_view, 9> kBriefly = {"application/pgp-encrypted",
                                                      "application/pgp-keys",
                                                      "application/x-arj",
                                                      "application/x-compress",
                                                      "application/x-cpio",
                                                      "application/x-dosexec",
                                                      "audio/aac",
                                                      "audio/mpeg",
                                                      "image/jxl"};

// Tokens, signatures and what is enciphered are base 64 too, of bytes by chance: of a million of
// them dozens begin with two that mean something. A program of DOS must have a head that can be
// one (pages, paragraphs of its head), the others are let be.
bool by_chance(const Sniffed& seen, std::string_view begins, std::uint64_t size) {
  const std::string_view type = seen.kind->type;
  if (std::ranges::find(kBriefly, type) == kBriefly.end()) return false;
  if (type != "application/x-dosexec" || begins.size() < 28) return true;
  const auto word = [&](std::size_t at) {
    return static_cast<unsigned char>(begins[at]) |
           static_cast<std::uint64_t>(static_cast<unsigned char>(begins[at + 1])) << 8;
  };
  const std::uint64_t last_page = word(2), pages = word(4), head = word(8) * 16;
  return last_page >= 512 || pages == 0 || (pages - 1) * 512 > size || head > size || head == 0;
}

}  // namespace

void HiddenFiles::begin(std::string type) {
  type_ = std::move(type);
  text_.emplace(digests_);
  level_ = std::make_unique<Level>(*this, 1);
  loose_ = std::make_unique<Level>(*this, kDeepest, Base64Runs::Mode::loose);
}

void HiddenFiles::feed(std::string_view bytes) {
  text_->feed(bytes);
  level_->runs.feed(bytes);
  loose_->runs.feed(bytes);
}

void HiddenFiles::end(bool whole) {
  level_->runs.end();
  level_.reset();
  loose_->runs.end();
  loose_.reset();
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
  // Letters that mean something else decode to bytes that show nothing. A mail is looked into.
  const bool mail = file.seen.kind->family == FileFamily::mail;
  const bool shown =
      begins_like_file(file.seen, true) && !by_chance(file.seen, file_->begins(), file.size);
  file_.reset();
  // What is not mixed was found as it stands.
  if (mode_ == Base64Runs::Mode::loose && !runs.mixed()) return;
  of_.keep(std::move(file), shown && !mail);
}

}  // namespace sallyport::discovery
