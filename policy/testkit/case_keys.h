#pragma once
// The keys of a test file, in the order in which they are written, and what each is for. From it
// come what the reader knows beside facts (read_cases.cc), the layout of `sallyport policy fmt`,
// the schema of editors and the reference page.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::policy {

// What stands behind a key.
enum class CaseValue : std::uint8_t {
  name,        // of the case
  facts,       // attribute: value
  point,       // connect, request, response
  mode,        // enforce, rehearse
  repetition,  // repetition_keys()
  day,         // day_keys()
  history,     // one or several mappings of facts and step_keys()
  step,        // likewise one, without those that say when
  action,      // then of a policy, or wait
  text,
  texts,       // one or several
  headers,     // name: value
  variations,  // mappings of facts and keys
};

struct CaseKey {
  std::string_view name;
  CaseValue value;
  std::string_view doc;       // what it says
  std::string_view left_out;  // what holds without it; "": it is needed
  bool varies = true;         // may stand in a variation too
};

std::span<const CaseKey> case_keys();
// The place of a key in that order; behind all where there is no such key.
std::size_t case_key_order(std::string_view key);
// A key that may stand beside facts in a variation. No attribute has such a name.
bool is_case_key(std::string_view word);

// A line of `repeat` or `day`.
struct AmountKey {
  enum class Kind : std::uint8_t { count, bytes, span };
  std::string_view name;
  Kind kind;
  std::uint64_t least = 0;  // of counts
};
std::span<const AmountKey> repetition_keys();
std::span<const AmountKey> day_keys();
std::span<const AmountKey> step_keys();
// A key that may stand beside facts in a step. No attribute has such a name.
bool is_step_key(std::string_view word);
inline constexpr std::uint64_t kMostCounted = 1'000'000'000;
inline constexpr std::size_t kMostVariations = 64;
inline constexpr std::size_t kMostCaseName = 200;  // bytes

}  // namespace sallyport::policy
