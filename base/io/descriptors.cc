#include "base/io/descriptors.h"

#include <limits>
#include <sys/resource.h>

namespace sallyport::io {

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  }
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<int>::max()
                                         : static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace sallyport::io
