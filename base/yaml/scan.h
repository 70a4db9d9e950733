#pragma once
// Questions about YAML's text that yaml-cpp does not answer: whether it may be parsed at all, and
// how far something that begins at an offset reaches. Private to base/yaml.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"

namespace sallyport::yaml {

// Reports text that is too long, is no UTF-8, has absurdly many brackets, or holds characters that
// a person does not see. yaml-cpp would guess UTF-16 from such bytes, take 0x04 for the end, or
// show a reader another order than it reads. Returns false if it reported anything.
bool check_text(const SourcePtr& source, Diagnostics& diagnostics);

// Bytes of the quoted, plain or bracketed thing at `offset`, or 1 where it goes on in another line.
// `value` is what a plain scalar means.
std::uint32_t written_length(std::string_view text, std::size_t offset, std::string_view value);

// The offset of a tab that indents what begins at `offset` (dashes of lists may stand between).
std::optional<std::size_t> find_indenting_tab(std::string_view text, std::size_t offset);

// Whether a quote stands at `offset` that opens a text which does not end.
bool is_open_quote(std::string_view text, std::size_t offset);

// The first such quote at or behind `from`.
std::optional<std::size_t> find_open_quote(std::string_view text, std::size_t from);

// The place of a byte.
Place place_at(const SourcePtr& source, std::size_t offset);

}  // namespace sallyport::yaml
