#pragma once
// The files that a request's body carries, as it passes: their names, sizes, kinds, digests.
//
//   UploadFiles files(shape_of(head.headers), content_type, digests);
//   files.feed(piece); ... files.end(true);
//   for (const PassedFile& file : files.all()) ...
//
// Where policies wait for what the bytes are (Look::thorough), others() tells what else is in the
// body that somebody may take for a file, or read otherwise:
//   - what is in it once its Content-Encoding is undone; all() are those files then, and others()
//     has the body as it stands
//   - parts and fields that are files though nothing in their head says so, what stands behind the
//     last part, and a part once its Content-Transfer-Encoding is undone, which forms do not have
//   - base 64 in texts (hidden_files.h)
//   - an archive behind something else, which readers of ZIP find
//   - the attachments of a mail that is a part, and of a multipart that is one
//
// How the body is cut into pieces changes nothing. Memory: about 48 KiB for the file that passes
// (sniffer.h), 64 KiB for a form (base/http/multipart.h), and a few hundred bytes for each file, of
// which kMost are told; thorough, a few times that. Pure; of one thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/headers.h"
#include "base/http/multipart.h"
#include "base/http/transfer_encoding.h"
#include "discovery/files/content_decoder.h"
#include "discovery/files/hidden_files.h"
#include "discovery/files/passed_file.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// Where in a body its files are.
enum class BodyShape : std::uint8_t {
  raw,          // it is one
  form,         // each field of multipart/form-data with a file name (RFC 7578)
  related,      // the second part of multipart/related (RFC 2387), and what follows
  aws_chunked,  // it is one, in pieces with signatures between them (Content-Encoding: aws-chunked)
  encoded,  // compressed as a whole, or said to be: what its bytes are is told where they are not
  mail,     // the attachments of a mail (RFC 5322), with those of mails in it
  // Files hide in these, see below.
  text,
  fields,  // of application/x-www-form-urlencoded
  mixed,   // as the parts of a mail; those of a batch are requests, whose bodies count
};
BodyShape shape_of(const http::Headers& request);
// The Content-Type that it goes by: of several the first that is a multipart.
std::string_view body_type(const http::Headers& request);

// The shape of a body that is no upload by what is said of it, and is looked into all the same.
BodyShape shape_of_talk(const http::Headers& request);

class UploadFiles final : private http::MultipartSink {
 public:
  static constexpr std::size_t kMost = 200;
  static constexpr std::size_t kMostOthers = 3000;

  static constexpr std::size_t kMostFields = 10'000;      // of BodyShape::fields
  static constexpr std::size_t kDeepest = 4;              // multiparts and mails in each other
  static constexpr std::size_t kLargestHead = 64 * 1024;  // bytes, of a mail

  struct Look {
    bool digests = true;
    bool thorough = false;
    std::string_view codings = {};  // Content-Encoding, where `thorough`
  };

  UploadFiles(BodyShape shape, std::string_view content_type, bool digests)
      : UploadFiles(shape, content_type, Look{.digests = digests}) {}
  UploadFiles(BodyShape shape, std::string_view content_type, const Look& look)
      : UploadFiles(shape, content_type, look, 1) {}

  // Also gives the bytes of the first file to `take`, as they are once they are unwrapped.
  void give_to(std::function<void(std::string_view)> take) { take_ = std::move(take); }

  // Where `thorough`: called before the bytes of a form's first file, where fields before it say
  // that it is a piece of one, as pages of their own protocol send it (Dropzone, resumable.js,
  // flow.js, Fine Uploader): which file, and the how manieth piece, from 1 on.
  void on_piece(std::function<void(std::string_view file, std::uint64_t number)> tell) {
    on_piece_ = std::move(tell);
  }

  void feed(std::string_view bytes);
  // `whole`: the body came to its end.
  void end(bool whole);
  // Of the file that passes, all() tells from now on what its bytes have shown; more may come.
  void note_so_far();

  const std::vector<PassedFile>& all() const { return opened() ? inside_->files_ : files_; }
  // See above. Before end() those that are told so far.
  const std::vector<PassedFile>& others() const {
    if (opened()) return ended_ ? others_ : inside_->others();
    return ended_ ? others_ : hidden_.found();
  }
  // Whether servers may see other files in this body than are told here.
  bool ambiguous() const {
    if (opened()) return inside_->ambiguous();
    return doubtful_ || unreadable() || (multipart_ && multipart_->ambiguous());
  }
  // Whether there may be files that are not told here at all: a form that breaks a limit, or a
  // coding that cannot be undone.
  bool unreadable() const {
    if (opened()) return inside_->unreadable();
    return closed() || too_many_ || nested_ || hidden_.too_many() ||
           (multipart_ && multipart_->fault() != http::MultipartFault::none);
  }
  // Whether it has a coding that cannot be undone.
  bool closed() const { return decoder_.state() == ContentDecoder::State::closed; }
  // Whether the body came to its end.
  bool whole() const { return whole_; }
  // Whether its files are fields of a form, beside others.
  bool in_form() const { return shape_ == BodyShape::form; }

 private:
  UploadFiles(BodyShape shape, std::string_view content_type, const Look& look, std::size_t depth);

  void part_begin(const http::Headers& fields) override;
  void part_data(std::string_view bytes) override;
  void part_end(bool whole) override;
  void behind_last(std::string_view bytes) override;
  void read(std::string_view bytes);
  void begin_file(std::string name, std::string type);
  void read_as_it_stands(std::string_view bytes);
  void look_at_first(bool whole);
  void file_data(std::string_view bytes);
  void end_file(bool whole);
  void feed_chunked(std::string_view bytes);
  void feed_fields(std::string_view bytes);
  void end_field(bool whole);
  void feed_mail(std::string_view bytes);
  void begin_mail(std::string_view head);
  void begin_inner(std::string_view type);
  void end_inner(bool whole);
  void tell_others(std::vector<PassedFile> files);
  void end_multipart(bool whole);
  bool opened() const {
    return inside_ != nullptr && decoder_.state() == ContentDecoder::State::opens;
  }

  BodyShape shape_;
  const Look look_;
  const std::size_t depth_;
  bool ended_ = false;
  bool whole_ = false;
  bool doubtful_ = false;
  bool too_many_ = false;
  bool nested_ = false;  // a part has parts itself (RFC 2388 section 4.2), which some take apart
  std::vector<PassedFile> files_;
  std::vector<PassedFile> others_;
  std::optional<http::MultipartReader> multipart_;
  std::size_t parts_ = 0;
  // Of a part that is written as text (RFC 2045 section 6).
  std::optional<http::TransferDecoder> decoder_of_part_;
  std::string decoded_;
  std::string first_;  // bytes of a multipart, as they stand
  // Of the file that passes.
  bool open_ = false;
  std::optional<FileReading> file_;
  std::function<void(std::string_view)> take_;
  // Of aws_chunked: the line that says how much follows, and what is left of that.
  std::string line_;
  std::uint64_t left_ = 0;
  bool in_line_ = true;
  bool last_chunk_ = false;
  std::uint64_t trailing_ = 0;  // bytes behind it

  // Where `thorough`.
  ContentDecoder decoder_;
  std::unique_ptr<UploadFiles> inside_;  // of what the decoder gives
  HiddenFiles hidden_;
  std::optional<FileReading> in_text_;  // of a form's part, once it is decoded
  std::unique_ptr<UploadFiles> inner_;  // of a part that has parts
  // Of a short field that says something of the file beside it, and what it says.
  enum class Field : std::uint8_t { none, name, piece_of, piece_from_0, piece_from_1 };
  static Field field_called(std::string_view name);
  void end_short_field();
  std::string short_field_;
  Field in_field_ = Field::none;
  std::string piece_of_;
  std::optional<std::uint64_t> piece_;
  std::function<void(std::string_view, std::uint64_t)> on_piece_;
  std::vector<std::string> names_;  // from such
  // Of BodyShape::fields.
  std::optional<FileReading> all_fields_;
  std::string escape_;
  std::size_t fields_ = 0;
  bool in_value_ = false;
  // Of BodyShape::mail.
  std::string head_;
  bool head_read_ = false;
};

// Gives what passed to the facts that policies ask for. What the head said stays where the body
// says nothing.
void apply(const PassedFile& passed, bool ambiguous, policy::FileFacts& file);

}  // namespace sallyport::discovery
