#pragma once
// The parts of a multipart body (RFC 2046 section 5.1: form-data of RFC 7578, related of RFC 2387,
// mixed) while it passes in pieces. How it is cut into pieces changes nothing but how the data of a
// part is cut.
//
//   MultipartReader reader(content_type, sink);    // sink: what is to be done with the parts
//   reader.feed(piece); ... reader.end();
//   if (reader.ambiguous()) ...                    // others may have read other parts
//
// A delimiter is a line "--boundary", padded by blanks; "--boundary--" is the last. Lines end in
// CRLF or LF. Servers differ where a body is not written as browsers write it: one ends a part at
// the boundary's bytes wherever they stand, another reads on behind the last delimiter, a third
// knows no LF. So a body is read in the way that most do and finds the most parts, and each
// departure is told as a doubt: a policy may then refuse the body, because nobody can say what its
// receiver will see in it. A multipart in a part is that part's data.
//
// Memory: kMostBuffered bytes, whatever is fed, and a part's fields. Time is linear but for data
// that repeats the beginning of the boundary. Lifetime: the sink outlives the reader.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/http/headers.h"

namespace sallyport::http {

// Told of each part: begin, data (any number of times, never empty), end.
class MultipartSink {
 public:
  virtual ~MultipartSink() = default;
  virtual void part_begin(const Headers& fields) = 0;
  virtual void part_data(std::string_view bytes) = 0;
  // `whole`: a delimiter ended the part, and not the end of the body.
  virtual void part_end(bool whole) = 0;
  // What stands behind the last delimiter, any number of times. Most readers drop it.
  virtual void behind_last(std::string_view) {}
};

// Why two readers may see different parts.
enum class MultipartDoubt : std::uint8_t {
  parameter,       // the boundary is named twice, in parts, quoted oddly, or longer than 70 bytes
  bare_line_feed,  // a delimiter or a field ends in LF, or in CR alone
  padding,         // blanks behind a delimiter
  inside_line,     // the boundary's bytes in the middle of a line
  longer_line,     // a line that begins like a delimiter, and goes on
  field,           // a line among a part's fields that is none, is folded, or holds controls
  no_blank_line,   // a delimiter among a part's fields, or where data should begin
  after_last,      // a delimiter behind the last
  no_last,         // the body ends without a last delimiter
  preamble,        // something in front of the first
};
inline constexpr std::size_t kMultipartDoubts = 10;

// "bare line feed": for people and events.
std::string_view word_for(MultipartDoubt doubt);

enum class MultipartFault : std::uint8_t {
  none,
  no_boundary,     // the content type names none, or it is longer than kLongestBoundary
  head_too_large,  // of a part
  too_many_parts,
};

class MultipartReader {
 public:
  static constexpr std::size_t kLongestBoundary = 128;    // bytes; RFC 2046 allows 70
  static constexpr std::size_t kLargestHead = 16 * 1024;  // bytes of a part's fields
  static constexpr std::size_t kMostFields = 64;          // of a part
  static constexpr std::size_t kMostParts = 2000;
  static constexpr std::size_t kMostBuffered = 64 * 1024;  // bytes

  MultipartReader(std::string_view content_type, MultipartSink& sink);

  void feed(std::string_view bytes);
  // The body ends here. A part that it breaks off in is ended.
  void end();

  // After a fault nothing more is read, and the part that was open is ended.
  MultipartFault fault() const { return fault_; }
  bool has(MultipartDoubt doubt) const { return (doubts_ & bit(doubt)) != 0; }
  bool ambiguous() const { return doubts_ != 0; }
  // Whether the last delimiter has come.
  bool complete() const { return complete_; }
  std::size_t parts() const { return parts_; }

 private:
  enum class State : std::uint8_t { preamble, head, data, epilogue, failed };
  // What stands where the boundary's bytes were found.
  struct Delimiter {
    enum class Kind : std::uint8_t { none, undecided, part, last } kind = Kind::none;
    std::size_t from = 0;  // where the line break before it begins
    std::size_t end = 0;   // behind its own
  };

  static constexpr std::uint16_t bit(MultipartDoubt doubt) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(doubt));
  }
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }
  void doubt(MultipartDoubt doubt) { doubts_ |= bit(doubt); }
  void read_boundary(std::string_view content_type);
  void work(bool ended);
  bool read_data(bool ended);
  bool read_head(bool ended);
  Delimiter look(std::size_t at, bool ended);
  void cross(const Delimiter& delimiter);
  void emit(std::size_t bytes);
  void drop(std::size_t bytes);
  void read_field(std::string_view line);
  void add_field();
  bool begin_part();
  void end_part(bool whole);
  void fail(MultipartFault fault);

  MultipartSink& sink_;
  std::string token_;  // "--" and the boundary
  std::string buffer_;
  std::size_t begin_ = 0;    // what stands before it in the buffer is done with
  std::size_t scanned_ = 0;  // in rest(): what stands before it holds no delimiter, no line's end
  bool fresh_ = true;        // rest() begins with the beginning of preamble, data or epilogue
  State state_ = State::preamble;
  MultipartFault fault_ = MultipartFault::none;
  std::uint16_t doubts_ = 0;
  bool complete_ = false;
  bool in_part_ = false;
  std::size_t parts_ = 0;

  Headers fields_;
  std::string field_;  // the line that is being put together, with what is folded
  std::size_t lines_ = 0;
  std::size_t head_bytes_ = 0;
};

}  // namespace sallyport::http
