// Any bytes as a part of the index of users: refused, or numbers of blocks.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/core/check.h"
#include "discovery/store/block_users.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::discovery;
  if (size < 2) return 0;
  const std::uint64_t user = kUserBuckets * (bytes[0] + 256u * bytes[1]);
  std::vector<std::int64_t> found;
  const std::string_view bucket(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  if (!find_user_blocks(bucket, user, 100, found)) return 0;
  for (const std::int64_t n : found) CHECK(n >= 100);
  return 0;
}
