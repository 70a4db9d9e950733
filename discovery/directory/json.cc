#include <array>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/cursor.h"
#include "discovery/directory/entry.h"

namespace sallyport::discovery::directory {
namespace {

constexpr std::array<std::string_view, 4> kLists = {"users", "people", "value", "resources"};
constexpr int kDeepest = 4;  // objects within an entry; no schema that is read here goes deeper

class Reader {
 public:
  Reader(const SourcePtr& source, const Limits& limits)
      : source_(source), cursor_(source->text), limits_(limits) {}

  bool read() {
    if (cursor_.next() == JsonCursor::Kind::array) return list() && cursor_.at_end();
    return cursor_.object([&](std::string_view key) {
      if (key == "@odata.nextLink" || key == "nextLink") has_more_ = true;
      if (iequals(key, "totalResults")) return cursor_.number(total_);
      const bool is_list =
          std::ranges::any_of(kLists, [&](std::string_view one) { return iequals(one, key); });
      if (!is_list || cursor_.next() != JsonCursor::Kind::array) return cursor_.skip();
      has_list_ = true;
      return list();
    }) && cursor_.at_end();
  }

  bool has_list() const { return has_list_; }
  // The source says that this is not all.
  bool is_part() const { return has_more_ || total_ > seen_; }
  bool too_many() const { return too_many_; }
  std::size_t line() const {
    const std::size_t at = source_->text.size() - cursor_.left();
    return 1 + static_cast<std::size_t>(
                   std::count(source_->text.begin(),
                              source_->text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }
  Entries take() { return std::move(entries_); }

 private:
  bool list() {
    has_list_ = true;
    return cursor_.array([&] {
      ++seen_;
      // What is no object tells nothing of a person.
      if (cursor_.next() != JsonCursor::Kind::object) return cursor_.skip();
      if (entries_.size() == limits_.entries) {
        too_many_ = true;
        return false;
      }
      Entry& entry = entries_.emplace_back();
      entry.line = entries_.size();
      values_ = 0;
      return object(entry, {}, 0);
    });
  }

  bool object(Entry& entry, const std::string& prefix, int depth) {
    return cursor_.object([&](std::string_view key) {
      const std::string name = prefix + lower(key);
      return value(entry, name, depth);
    });
  }

  bool value(Entry& entry, const std::string& name, int depth) {
    switch (cursor_.next()) {
      case JsonCursor::Kind::string: {
        std::string text;
        return cursor_.string(text) && keep(entry, name, std::move(text));
      }
      case JsonCursor::Kind::boolean: {
        bool yes = false;
        return cursor_.boolean(yes) && keep(entry, name, yes ? "true" : "false");
      }
      case JsonCursor::Kind::number: {
        std::string_view raw;
        return cursor_.raw(raw) && keep(entry, name, std::string(raw));
      }
      case JsonCursor::Kind::object:
        return depth < kDeepest ? object(entry, name + '.', depth + 1) : cursor_.skip();
      case JsonCursor::Kind::array:
        if (depth >= kDeepest) return cursor_.skip();
        return cursor_.array([&] { return value(entry, name, depth + 1); });
      case JsonCursor::Kind::null:
      case JsonCursor::Kind::nothing:
        break;
    }
    return cursor_.skip();
  }

  bool keep(Entry& entry, const std::string& name, std::string value) {
    if (name == "dn" || name == "distinguishedname") {
      entry.dn = std::move(value);
      return true;
    }
    if (++values_ > limits_.values) {
      too_many_ = true;
      return false;
    }
    if (value.size() <= limits_.value) entry.attributes[name].push_back(std::move(value));
    return true;
  }

  const SourcePtr& source_;
  JsonCursor cursor_;
  const Limits& limits_;
  Entries entries_;
  std::size_t values_ = 0;   // of the entry
  std::uint64_t total_ = 0;  // as the source says
  std::uint64_t seen_ = 0;   // elements of its list
  bool has_list_ = false;
  bool has_more_ = false;
  bool too_many_ = false;
};

}  // namespace

Entries read_json(const SourcePtr& source, Diagnostics& found, const Limits& limits) {
  if (source->text.size() > limits.text) {
    found.error({source}, fmt::format("more than {} bytes", limits.text));
    return {};
  }
  Reader reader(source, limits);
  if (!reader.read()) {
    found.error({source, static_cast<std::uint32_t>(reader.line()), 1},
                reader.too_many() ? fmt::format("more than {} entries, or {} values of one",
                                                limits.entries, limits.values)
                                  : "this is no JSON from here on");
    return {};
  }
  if (!reader.has_list()) {
    found.error({source}, "no list of people is there",
                "an array, or an object with one under users, people, value or Resources");
    return {};
  }
  if (reader.is_part()) {
    found.error({source}, "this is one page of several, and the others are missing",
                "put the lists of all pages into one");
    return {};
  }
  return reader.take();
}

}  // namespace sallyport::discovery::directory
