#pragma once
// What a line of a log looks like: JSON, Squid's native format, or one that the operator writes.
//
//   json     the record of encode.h
//   squid    %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt
//   others   text with codes, in the syntax of Squid's logformat:
//
//            %[encoding][-][[0]width][.most]code      Squid's codes, as far as the record has them
//            %[encoding][-][[0]width][.most]{field}   a field of the JSON record: %{client.ip}
//            %%                                        a percent sign
//
//   encoding none: percent-encoded, as URLs are (`ru` and `rp` keep their own % as it is)
//            #     percent-encoded, always
//            [     Squid's, with every byte beyond printable ASCII as %XX
//            "     for text between quotes: \" \\ \n \xNN. The quotes stand in the format.
//   -        aligned left instead of right
//   width    at least so many characters; a 0 before it pads numbers with zeros
//   most     at most so many characters of the value, cut before it is encoded
//
//   codes    ts tu tl tg tr >a >p <a <p un ul Ss Sh >Hs rm >rm ru >ru rp >rp >rs >rd >rP mt
//            <st >st {User-Agent}>h ssl::bump_mode
//
// Times are UTC; ts and tu are those of the end, as in Squid. Bytes are those of bodies, of a
// tunnel all that passed; heads are not counted. A value that is not known is '-', one that is '-'
// is escaped. There is no raw encoding (') and no shell encoding (/).
//
// INVARIANT: append() appends one line without its end: no byte below 0x20 but tabs of the format
// itself, whatever the event says; and a value never ends the word or the quotes that it stands in
// (escape.h). So a line has as many fields as its format.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "discovery/events/event.h"

namespace sallyport::discovery {

class LineFormat {
 public:
  static constexpr std::size_t kMaxText = 4096;  // bytes of a format
  static constexpr std::size_t kMaxWidth = 255;  // characters

  static LineFormat json();
  static LineFormat squid();

  // "json", "squid", or a format with at least one code.
  static Checked<LineFormat> parse(const Spanned<std::string>& written);

  void append(std::string& out, const Event& event) const;

  // As it was written.
  const std::string& text() const;
  bool operator==(const LineFormat& other) const { return text() == other.text(); }

  struct Compiled;  // For line_format*.cc.

 private:
  explicit LineFormat(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace sallyport::discovery
