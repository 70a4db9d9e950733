#pragma once
// The files that a request's body carries, as it passes: their names, sizes, kinds, digests.
//
//   UploadFiles files(shape_of(head.headers), content_type, digests);
//   files.feed(piece); ... files.end(true);
//   for (const PassedFile& file : files.all()) ...
//
// How the body is cut into pieces changes nothing. Memory: about 48 KiB for the file that passes
// (sniffer.h), 64 KiB for a form (base/http/multipart.h), and a few hundred bytes for each file, of
// which kMost are told. Pure; of one thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/sha256.h"
#include "base/http/headers.h"
#include "base/http/multipart.h"
#include "base/http/transfer_encoding.h"
#include "discovery/files/sniffer.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// Where in a body its files are.
enum class BodyShape : std::uint8_t {
  raw,          // it is one
  form,         // each field of multipart/form-data with a file name (RFC 7578)
  related,      // the second part of multipart/related (RFC 2387), and what follows
  aws_chunked,  // it is one, in pieces with signatures between them (Content-Encoding: aws-chunked)
  encoded,  // compressed as a whole, or said to be: what its bytes are is told where they are not
};
BodyShape shape_of(const http::Headers& request);
// The Content-Type that it goes by: of several the first that is a multipart.
std::string_view body_type(const http::Headers& request);

// One file as it passed.
struct PassedFile {
  std::string name;  // safe (discovery/classify/file_name.h); "" where the body names none
  std::vector<std::string> other_names;  // that others may read in the same field
  std::string type;                      // as the body declares it
  std::uint64_t size = 0;
  Sniffed seen;
  std::string sha256;  // hex; "" where it was not asked for, or the file broke off
  bool whole = false;
  bool looked_at = false;  // false: `seen` and `sha256` say nothing
};

class UploadFiles final : private http::MultipartSink {
 public:
  static constexpr std::size_t kMost = 200;

  UploadFiles(BodyShape shape, std::string_view content_type, bool digests);

  // Also gives the bytes of the first file to `take`, as they are once they are unwrapped.
  void give_to(std::function<void(std::string_view)> take) { take_ = std::move(take); }

  void feed(std::string_view bytes);
  // `whole`: the body came to its end.
  void end(bool whole);
  // Of the file that passes, all() tells from now on what its bytes have shown; more may come.
  void note_so_far();

  const std::vector<PassedFile>& all() const { return files_; }
  // Whether servers may see other files in this body than are told here.
  bool ambiguous() const {
    return doubtful_ || unreadable() || (multipart_ && multipart_->ambiguous());
  }
  // Whether there may be files that are not told here at all: a form that breaks a limit.
  bool unreadable() const {
    return too_many_ || nested_ ||
           (multipart_ && multipart_->fault() != http::MultipartFault::none);
  }
  // Whether the body came to its end.
  bool whole() const { return whole_; }
  // Whether its files are fields of a form, beside others.
  bool in_form() const { return shape_ == BodyShape::form; }

 private:
  void part_begin(const http::Headers& fields) override;
  void part_data(std::string_view bytes) override;
  void part_end(bool whole) override;
  void begin_file(std::string name, std::string type);
  void read_as_it_stands(std::string_view bytes);
  void look_at_first(bool whole);
  void file_data(std::string_view bytes);
  void end_file(bool whole);
  void feed_chunked(std::string_view bytes);

  BodyShape shape_;
  bool digests_;
  bool ended_ = false;
  bool whole_ = false;
  bool doubtful_ = false;
  bool too_many_ = false;
  bool nested_ = false;  // a part has parts itself (RFC 2388 section 4.2), which some take apart
  std::vector<PassedFile> files_;
  std::optional<http::MultipartReader> multipart_;
  std::size_t parts_ = 0;
  // Of a part that is written as text (RFC 2045 section 6).
  std::optional<http::TransferDecoder> decoder_;
  std::string decoded_;
  std::string first_;  // bytes of a multipart, as they stand
  // Of the file that passes.
  bool open_ = false;
  std::unique_ptr<Sniffer> sniffer_;
  std::function<void(std::string_view)> take_;
  std::optional<Sha256> hash_;
  // Of aws_chunked: the line that says how much follows, and what is left of that.
  std::string line_;
  std::uint64_t left_ = 0;
  bool in_line_ = true;
  bool last_chunk_ = false;
  std::uint64_t trailing_ = 0;  // bytes behind it
};

// Gives what passed to the facts that policies ask for. What the head said stays where the body
// says nothing.
void apply(const PassedFile& passed, bool ambiguous, policy::FileFacts& file);

}  // namespace sallyport::discovery
