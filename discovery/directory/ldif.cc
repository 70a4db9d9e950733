// RFC 2849. A line that begins with a blank goes on with the one before; "#" begins a comment, also
// one that goes on; "name:: " has base 64 behind it; an empty line ends a record.

#include <fmt/format.h>
#include <optional>

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "discovery/directory/entry.h"

namespace sallyport::discovery::directory {
namespace {

constexpr std::size_t kMostFaults = 50;  // after so many nothing more is read

class Reader {
 public:
  Reader(const SourcePtr& source, Diagnostics& found, const Limits& limits)
      : source_(source), rest_(source->text), found_(found), limits_(limits) {}

  Entries read() {
    if (source_->text.size() > limits_.text) {
      found_.error({source_}, fmt::format("more than {} bytes", limits_.text));
      return {};
    }
    while (!over_ && next_line()) take(line_);
    end_record();
    return std::move(entries_);
  }

 private:
  void error(std::string message, std::string hint = {}) {
    found_.error({source_, static_cast<std::uint32_t>(begun_), 1}, std::move(message),
                 std::move(hint));
    if (++faults_ >= kMostFaults) over_ = true;
  }

  std::string_view physical_line() {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  // The next logical line, into line_; false at the end.
  bool next_line() {
    if (rest_.empty()) return false;
    line_ = physical_line();
    begun_ = number_;
    while (!line_.empty() && rest_.starts_with(' ')) {
      line_ += physical_line().substr(1);
    }
    return true;
  }

  void take(std::string_view line) {
    if (line.empty()) return end_record();
    if (line.front() == '#') return;
    const std::size_t colon = line.find(':');
    if (colon == line.npos || colon == 0) {
      if (!skips_) error("a line without ':'", "name: value");
      return;
    }
    std::string name = lower(trim(line.substr(0, colon)));
    if (const std::size_t option = name.find(';'); option != name.npos) name.resize(option);
    const auto value = value_of(line.substr(colon + 1), name);
    if (!value) return;
    if (!entry_) return begin_record(name, *value);
    if (name == "changetype") {
      if (!iequals(*value, "add")) {
        skips_ = true;
        error(fmt::format("a change of type '{}' cannot be imported", *value),
              "only what is there, or is added");
      }
      return;
    }
    if (skips_ || name == "control") return;
    if (++values_ > limits_.values) {
      if (values_ == limits_.values + 1) error(fmt::format("more than {} values", limits_.values));
      return;
    }
    if (value->size() <= limits_.value) entry_->attributes[name].push_back(*value);
  }

  void begin_record(const std::string& name, const std::string& value) {
    if (name == "version" && entries_.empty()) {
      if (value != "1") error(fmt::format("version {} of LDIF is not known", value), "version: 1");
      return;
    }
    if (name == "search") return;  // what ldapsearch says beside it
    if (name == "result") {
      if (!value.starts_with("0")) {
        error(fmt::format("the search did not come to its end: {}", value), "this is only a part");
      }
      return;
    }
    entry_.emplace();
    entry_->line = begun_;
    values_ = 0;
    skips_ = name != "dn";
    if (skips_) {
      error(fmt::format("a record begins with 'dn:', not with '{}'", name));
    } else {
      entry_->dn = value;
    }
  }

  void end_record() {
    if (entry_ && !skips_) {
      if (entries_.size() == limits_.entries) {
        error(fmt::format("more than {} entries", limits_.entries));
        over_ = true;
      } else {
        entries_.push_back(std::move(*entry_));
      }
    }
    entry_.reset();
    skips_ = false;
  }

  std::optional<std::string> value_of(std::string_view text, std::string_view name) {
    if (text.starts_with('<')) {
      error(fmt::format("the value of '{}' stands elsewhere, and nothing is fetched", name));
      return std::nullopt;
    }
    if (!text.starts_with(':')) return std::string(trim(text));
    auto value = base64_decode(trim(text.substr(1)), text.size());
    if (!value) error(fmt::format("the value of '{}' is no base 64", name));
    return value;
  }

  const SourcePtr& source_;
  std::string_view rest_;
  Diagnostics& found_;
  const Limits& limits_;
  Entries entries_;
  std::optional<Entry> entry_;  // that is being read
  std::string line_;
  std::size_t number_ = 0;  // lines read
  std::size_t begun_ = 0;   // where the logical line began
  std::size_t values_ = 0;  // of the entry
  std::size_t faults_ = 0;
  bool skips_ = false;  // the rest of the record
  bool over_ = false;
};

}  // namespace

Entries read_ldif(const SourcePtr& source, Diagnostics& found, const Limits& limits) {
  return Reader(source, found, limits).read();
}

}  // namespace sallyport::discovery::directory
