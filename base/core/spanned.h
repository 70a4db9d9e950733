#pragma once
// A value that remembers where in a file it was written, because diagnostics, explain and the
// console point back at it.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace sallyport {

// A text that people wrote, kept whole so that a diagnostic can show the line. Shared and
// immutable.
struct Source {
  std::string name;  // As the operator knows it: "policies/starter.yaml".
  std::string text;
};
using SourcePtr = std::shared_ptr<const Source>;

// Where something stands. Lines and columns count from 1, columns in bytes; 0 means "the file as a
// whole". `length` is the number of bytes to underline, at least 1.
struct Place {
  SourcePtr source;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 1;
};

template <class T>
struct Spanned {
  T value{};
  Place place;

  const T& operator*() const { return value; }
  const T* operator->() const { return &value; }
};

}  // namespace sallyport
