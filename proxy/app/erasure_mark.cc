#include "proxy/app/erasure_mark.h"

#include "base/core/text.h"
#include "base/crypto/random.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {
namespace {

constexpr std::size_t kMarkBytes = 16;

std::string mark_file(const std::string& state) { return state + "/erasures"; }

}  // namespace

std::string read_erasure_mark(const std::string& state) {
  return read_file(mark_file(state), 4 * kMarkBytes).value_or(std::string());
}

Result<void> change_erasure_mark(const std::string& state) {
  std::uint8_t mark[kMarkBytes];
  random_bytes(mark);
  return write_file(mark_file(state), to_hex(mark, sizeof mark) + "\n", 0640);
}

}  // namespace sallyport::app
