// What is read is written as the same text again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "policy/compile/policy_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::policy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto set = read_policy_set(text);
  if (!set) return 0;
  const std::string again = write_policy_set(*set);
  const auto back = read_policy_set(again);
  if (!back || write_policy_set(*back) != again) std::abort();
  return 0;
}
