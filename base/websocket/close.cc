#include "base/websocket/close.h"

#include "base/core/utf8.h"

namespace sallyport::websocket {

bool is_close_code(std::uint16_t code) {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

Close parse_close(Bytes payload) {
  Close close;
  if (payload.empty()) return close;
  if (payload.size() == 1) {
    close.fault = Fault::close_too_short;
    return close;
  }
  close.code = static_cast<std::uint16_t>(std::to_integer<unsigned>(payload[0]) << 8 |
                                          std::to_integer<unsigned>(payload[1]));
  close.reason = {reinterpret_cast<const char*>(payload.data()) + 2, payload.size() - 2};
  if (!is_close_code(*close.code)) {
    close.fault = Fault::close_code;
  } else if (find_not_utf8(close.reason) != std::string_view::npos) {
    close.fault = Fault::close_reason;
  }
  return close;
}

}  // namespace sallyport::websocket
