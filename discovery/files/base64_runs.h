#pragma once
// Base 64 that stands in a text (RFC 4648, both alphabets): in a string of JSON, in XML, behind
// "data:...;base64,", in lines (RFC 2045 section 6.8). Tells what it decodes to, while the text
// passes.
//
//   Base64Runs runs(sink);
//   runs.feed(piece); ... runs.end();
//
// A run is kLeast letters or more, with single line breaks between them, plain or as JSON escapes
// them; anything else ends it. How the text is cut into pieces changes nothing. Memory: a few
// hundred bytes. Lifetime: the sink outlives it.

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

  explicit Base64Runs(Sink& sink) : sink_(sink) {}

  void feed(std::string_view text);
  void end() { end_run(); }

 private:
  void take(char c);
  void letter(std::uint8_t digit);
  void decode(std::uint8_t digit);
  void flush();
  void end_run();

  Sink& sink_;
  std::string waiting_;  // digits of a run that is too short yet
  bool open_ = false;
  bool broken_ = false;  // a line's end stands last
  std::uint32_t bits_ = 0;
  int letters_ = 0;
  std::string out_;
  // Of an escape of JSON: nothing, behind '\', or that many digits of \u.
  enum class Escape : std::uint8_t { none, begun, code } escape_ = Escape::none;
  int digits_ = 0;
  unsigned code_ = 0;
};

}  // namespace sallyport::discovery
