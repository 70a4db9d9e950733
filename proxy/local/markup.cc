#include "proxy/local/markup.h"

#include "base/core/text.h"
#include "proxy/local/page_template.h"

namespace sallyport::local {
namespace {

bool leads_somewhere(std::string_view url) {
  // Browsers drop line ends and tabs inside of an address: "/\n/evil.example" is another host's.
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= 0x20) return false;
  }
  for (const std::string_view scheme : {"https://", "http://", "mailto:", "tel:"}) {
    if (istarts_with(url, scheme)) return true;
  }
  // A path of this host; "//x" would be another's, and "/\x" is one to browsers.
  return url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
}

}  // namespace

Markup& Markup::text(std::string_view text) { return append(shown(text)); }

Markup& Markup::attribute(Literal name, std::string_view value) {
  return append(" ").append(name.text).append("=\"").append(shown(value)).append("\"");
}

Markup& Markup::link(std::string_view url) {
  return leads_somewhere(url) ? attribute("href", url) : *this;
}

Markup& Markup::picture(Literal media_type, std::string_view bytes_base64) {
  return append(" src=\"data:")
      .append(media_type.text)
      .append(";base64,")
      .append(shown(bytes_base64))
      .append("\"");
}

}  // namespace sallyport::local
