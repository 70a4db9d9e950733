#pragma once
// Base 64 that stands in a text (RFC 4648, both alphabets): in a string of JSON, in XML, behind
// "data:...;base64,", in lines (RFC 2045 section 6.8). Tells what it decodes to, while the text
// passes.
//
//   Base64Runs runs(sink);
//   runs.feed(piece); ... runs.end();
//
// A run is kLeast letters or more, with single line breaks between them, plain or as JSON escapes
// them; anything else ends it. Mode::loose: as readers decode a field that skip what is no letter
// (RFC 2045 section 6.8; PHP, Python and Node.js unless told otherwise). Then a run is all letters
// of a string: up to a quote or an angle bracket, an empty line, or "base64,", behind which another
// begins. Most runs are words then.
// How the text is cut into pieces changes nothing. Memory: a few hundred bytes. Lifetime: the sink
// outlives it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::discovery {

class Base64Runs {
 public:
  static constexpr std::size_t kLeast = 64;  // letters

  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void run_begin() = 0;
    virtual void run_data(std::string_view bytes) = 0;
    virtual void run_end() = 0;
  };

  enum class Mode : std::uint8_t { strict, loose };

  explicit Base64Runs(Sink& sink, Mode mode = Mode::strict) : sink_(sink), mode_(mode) {}

  void feed(std::string_view text);
  void end() { end_run(); }
  // Of the run that has begun, or ends: whether something else than line breaks stands between its
  // letters. Never of a strict one.
  bool mixed() const { return mixed_; }

 private:
  void take(char c);
  void escaped(char c);
  void other(char c);
  void letter(std::uint8_t digit);
  void decode(std::uint8_t digit);
  void flush();
  void end_run();
  void end_open_run();

  Sink& sink_;
  const Mode mode_;
  std::string waiting_;  // digits of a run that is too short yet
  bool open_ = false;
  bool broken_ = false;  // a line's end stands last
  bool other_ = false;   // so does what is neither that nor a letter
  bool mixed_ = false;
  std::uint64_t last_ = 0;  // digits, 6 bits for each
  std::uint32_t bits_ = 0;
  int letters_ = 0;
  std::string out_;
  // Of an escape of JSON: nothing, behind '\', or that many digits of \u.
  enum class Escape : std::uint8_t { none, begun, code } escape_ = Escape::none;
  int digits_ = 0;
  unsigned code_ = 0;
};

}  // namespace sallyport::discovery
