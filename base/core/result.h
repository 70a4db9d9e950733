#pragma once
// Result<T>: a value, or the Error that happened instead. The only spelling of it in this project.

#include <expected>
#include <string>
#include <utility>

#include "base/core/error.h"

namespace sallyport {

template <class T>
using Result = std::expected<T, Error>;

// return fail(ErrorKind::closed, Side::client, "end of stream inside a head");
inline std::unexpected<Error> fail(ErrorKind kind, Side side, std::string detail = {}) {
  return std::unexpected(Error{kind, side, false, std::move(detail)});
}

// Hands an error on to another type of Result.
template <class T>
std::unexpected<Error> pass_on(Result<T>&& result) {
  return std::unexpected(std::move(result.error()));
}

}  // namespace sallyport
