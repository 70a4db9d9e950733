#pragma once
// HTML that is safe by how it is made: markup comes from literals of our own source, everything
// else goes in as text and is escaped.
//
//   Markup body;
//   body.html("<p").attribute("title", host).html(">").text(say).html("</p>\n");
//
// INVARIANT: no run-time text becomes markup. html() takes nothing but a literal (the compiler
// holds it); text() and attribute() escape as shown() does (page_template.h); link() writes an
// address only where it is http, https, mailto, tel or a path.

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::local {

class Markup {
 public:
  // A text that stands in the source.
  struct Literal {
    consteval Literal(const char* words)
        : text(words) {}  // NOLINT: a literal becomes one by itself
    std::string_view text;
  };

  Markup& html(Literal markup) { return append(markup.text); }
  Markup& text(std::string_view text);
  // ` name="value"`
  Markup& attribute(Literal name, std::string_view value);
  // ` href="url"`, or nothing where it would lead anywhere else than to a page, a mail or a phone.
  Markup& link(std::string_view url);
  // ` src="data:..."` of a picture. REQUIRES: `media_type` is a literal of our source.
  Markup& picture(Literal media_type, std::string_view bytes_base64);
  Markup& number(std::uint64_t value) { return append(std::to_string(value)); }
  Markup& add(const Markup& other) { return append(other.out_); }

  const std::string& str() const { return out_; }
  bool empty() const { return out_.empty(); }

 private:
  Markup& append(std::string_view text) {
    out_ += text;
    return *this;
  }
  std::string out_;
};

}  // namespace sallyport::local
