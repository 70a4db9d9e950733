#pragma once
// What is wrong with something that a person wrote: every fault at once, each with its place, the
// line, a caret, and what to do about it.
//
//   policies/starter.yaml:2:11: error: unknown attribute 'app.categry'
//     when: { app.categry: cloud_storage }
//             ^~~~~~~~~~~ did you mean 'app.category'?

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/spanned.h"

namespace sallyport {

enum class Severity : unsigned char { error, warning };

struct Diagnostic {
  Place place;
  std::string message;  // One sentence, small first letter, no full stop.
  std::string hint;     // "did you mean 'x'?", may be empty.
  Severity severity = Severity::error;
};

class Diagnostics {
 public:
  void error(const Place& place, std::string message, std::string hint = {});
  void warning(const Place& place, std::string message, std::string hint = {});
  void add(Diagnostic diagnostic);
  void append(Diagnostics other);

  bool has_errors() const { return errors_ > 0; }
  bool empty() const { return list_.empty(); }
  std::size_t errors() const { return errors_; }
  // Sorted by file, line and column.
  std::vector<Diagnostic> sorted() const;

 private:
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
};

// A value, or every reason why there is none. Warnings travel beside the value in a Diagnostics
// that the caller passes in.
template <class T>
using Checked = std::expected<T, Diagnostics>;

// The text shown above, every diagnostic, each ending with a newline. Control bytes of the source
// are shown as '?', and a long line is cut around the caret, so that a hostile file cannot drive a
// terminal.
std::string render(const Diagnostics& diagnostics);

// "did you mean 'category'?" for the nearest of `candidates`, or "" where nothing is near.
std::string did_you_mean(std::string_view written, const std::vector<std::string_view>& candidates);
// That candidate itself, or "".
std::string_view find_nearest(std::string_view written,
                              const std::vector<std::string_view>& candidates);

}  // namespace sallyport
