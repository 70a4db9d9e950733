#include "base/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace sallyport::internal {

void check_failed(const char* file, int line, const char* condition) {
  // stderr is unbuffered, and nothing of ours can be trusted any more: no log, no allocation.
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace sallyport::internal
