#include "base/http/headers.h"

#include <algorithm>
#include <array>

#include "base/core/check.h"
#include "base/core/text.h"

namespace sallyport::http {
namespace {

constexpr std::size_t kMaxText = Headers::kMostText;
constexpr std::size_t kUsualFields = 24;
constexpr std::size_t kMostName = 0xffff;  // bytes: Entry::name_size

// tchar of RFC 9110 section 5.6.2.
constexpr std::array<bool, 256> make_token_bytes() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> kTokenBytes = make_token_bytes();

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Whether a field with this name and (trimmed) value may stand in an empty Headers.
bool fits_alone(std::string_view name, std::string_view value) {
  return name.size() <= kMostName && name.size() + value.size() <= kMaxText && is_token(name) &&
         is_field_value(value);
}

}  // namespace

std::size_t token_bytes(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && kTokenBytes[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

bool is_token(std::string_view text) { return !text.empty() && token_bytes(text) == text.size(); }

bool is_field_value(std::string_view text) {
  if (text.empty()) return true;
  if (is_blank(text.front()) || is_blank(text.back())) return false;
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\0') return false;
  }
  return true;
}

bool Headers::add(std::string_view name, std::string_view value) {
  value = trim(value);
  return fits_alone(name, value) && put(name, value);
}

void Headers::hold(std::string_view block, std::size_t room) {
  CHECK(text_.empty() && entries_.empty() && block.size() <= kMaxText);
  reserve(kUsualFields, block.size() + room);
  text_ = block;
}

void Headers::add_within(std::size_t name, std::size_t name_size, std::size_t value,
                         std::size_t value_size) {
  CHECK(name_size <= kMostName && name + name_size <= text_.size() &&
        value + value_size <= text_.size());
  const std::string_view text = text_;
#ifndef NDEBUG
  CHECK(is_token(text.substr(name, name_size)) && is_field_value(text.substr(value, value_size)));
#endif
  push({static_cast<std::uint32_t>(name), static_cast<std::uint32_t>(value),
        static_cast<std::uint16_t>(name_size), name_key(text.substr(name, name_size)),
        static_cast<std::uint32_t>(value_size)});
}

void Headers::push(const Entry& entry) {
  entries_.push_back(entry);
  ever_ |= bit(entry.key);
}

bool Headers::put(std::string_view name, std::string_view value) {
  Entry added{static_cast<std::uint32_t>(text_.size()),
              static_cast<std::uint32_t>(text_.size() + name.size()),
              static_cast<std::uint16_t>(name.size()), name_key(name),
              static_cast<std::uint32_t>(value.size())};
  const std::size_t more = name.size() + value.size();
  if (text_.size() + more <= text_.capacity() && text_.size() + more <= kMaxText) {
    push(added);
    text_.append(name);
    text_.append(value);
    return true;
  }

  // The buffer moves. Texts of removed fields stay behind, and `name` and `value`, which may be
  // views of the old buffer, are copied before it goes.
  std::size_t live = 0;
  for (const Entry& entry : entries_) live += entry.name_size + entry.value_size;
  if (live + more > kMaxText) return false;
  std::string moved;
  moved.reserve(std::min(kMaxText, std::max<std::size_t>(512, 2 * (live + more))));
  for (Entry& entry : entries_) {
    const std::uint32_t at = static_cast<std::uint32_t>(moved.size());
    moved.append(text_, entry.name, entry.name_size);
    moved.append(text_, entry.value, entry.value_size);
    entry.name = at;
    entry.value = at + entry.name_size;
  }
  added.name = static_cast<std::uint32_t>(moved.size());
  added.value = added.name + added.name_size;
  push(added);
  moved.append(name);
  moved.append(value);
  text_.swap(moved);
  return true;
}

bool Headers::set(std::string_view name, std::string_view value) {
  value = trim(value);
  if (!fits_alone(name, value)) return false;
  // Asked before anything goes, so that a refused field leaves the old ones as they were.
  std::size_t others = 0;
  for (const Field field : *this) {
    if (!iequals(field.name, name)) others += field.name.size() + field.value.size();
  }
  if (others + name.size() + value.size() > kMaxText) return false;
  remove(name);
  return put(name, value);
}

template <class See>
void Headers::each(std::string_view name, See see) const {
  const std::uint16_t key = name_key(name);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (entry.key != key || entry.name_size != name.size()) continue;
    const Field one = field(i);
    if (iequals(one.name, name) && !see(one)) return;
  }
}

std::size_t Headers::remove(std::string_view name) {
  if (!has(name)) return 0;
  return remove_if([name](const Field& field) { return iequals(field.name, name); });
}

std::optional<std::string_view> Headers::look_for(std::string_view name) const {
  std::optional<std::string_view> found;
  each(name, [&](const Field& field) {
    found = field.value;
    return false;
  });
  return found;
}

std::size_t Headers::count_all(std::string_view name) const {
  std::size_t found = 0;
  each(name, [&](const Field&) {
    ++found;
    return true;
  });
  return found;
}

std::string Headers::joined(std::string_view name) const {
  std::string all;
  if (!may_have(name)) return all;
  bool first = true;
  each(name, [&](const Field& field) {
    if (!first) all += ", ";
    first = false;
    all += field.value;
    return true;
  });
  return all;
}

bool Headers::list_has(std::string_view name, std::string_view token) const {
  bool found = false;
  if (!may_have(name)) return found;
  each(name, [&](const Field& field) {
    for (std::string_view rest = field.value;;) {
      const std::size_t comma = rest.find(',');
      found = iequals(trim(rest.substr(0, comma)), token);
      if (found || comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
    return !found;
  });
  return found;
}

void Headers::clear() {
  text_.clear();
  entries_.clear();
  ever_ = 0;
}

void Headers::copy_with_room(const Headers& from, std::size_t bytes) {
  clear();
  reserve(from.entries_.size() + 1, from.text_.size() + bytes);
  text_ = from.text_;
  entries_ = from.entries_;
  ever_ = from.ever_;
}

void Headers::reserve(std::size_t fields, std::size_t bytes) {
  entries_.reserve(fields);
  text_.reserve(std::min(bytes, kMaxText));
}

}  // namespace sallyport::http
