#include "proxy/portal/qr_code.h"

#include <memory>
#include <qrencode.h>
#include <string>

namespace sallyport::portal {
namespace {

constexpr int kQuiet = 4;  // modules around, ISO/IEC 18004 section 9.1
constexpr std::size_t kLongest = 1000;

struct Free {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

// Runs of dark modules, a rectangle each.
std::string path_of(const QRcode& code) {
  std::string path;
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width;) {
      int end = x;
      while (end < code.width && (code.data[y * code.width + end] & 1) != 0) ++end;
      if (end == x) {
        ++x;
        continue;
      }
      const std::string length = std::to_string(end - x);
      path += 'M' + std::to_string(x + kQuiet) + ' ' + std::to_string(y + kQuiet) + 'h' + length +
              "v1h-" + length + 'z';
      x = end;
    }
  }
  return path;
}

}  // namespace

std::optional<local::Markup> qr_code(std::string_view text, std::string_view label) {
  if (text.empty() || text.size() > kLongest || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string bytes(text);
  const std::unique_ptr<QRcode, Free> code(QRcode_encodeString8bit(bytes.c_str(), 0, QR_ECLEVEL_M));
  if (code == nullptr) return std::nullopt;
  const auto side = static_cast<std::uint64_t>(code->width + 2 * kQuiet);
  local::Markup svg;
  svg.html("<svg class=\"qr\" role=\"img\"").attribute("aria-label", label).html(" viewBox=\"0 0 ");
  svg.number(side).html(" ").number(side).html("\" shape-rendering=\"crispEdges\">");
  svg.html("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path fill=\"#000\"");
  svg.attribute("d", path_of(*code)).html("/></svg>");
  return svg;
}

}  // namespace sallyport::portal
