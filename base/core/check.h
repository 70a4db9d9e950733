#pragma once
// CHECK(condition): things that cannot happen. If one does, the process stops with the place and
// the words of the condition, because what follows would be guessing. Never for input, however
// strange.

namespace sallyport::internal {
[[noreturn]] void check_failed(const char* file, int line, const char* condition);
}

#define CHECK(condition)        \
  (static_cast<bool>(condition) \
       ? static_cast<void>(0)   \
       : ::sallyport::internal::check_failed(__FILE__, __LINE__, #condition))
