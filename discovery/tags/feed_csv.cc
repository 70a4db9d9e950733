// Rows as ipcat ("first,last,name,url"), ip-location-db ("first,last,asn,\"organisation\""),
// tor-geoipdb ("16777216,16777471,AU") and vendors with a heading ("network,geoname_id,...") write
// them: RFC 4180, one row a line (a quoted field holds no line end here), '#' before comments.

#include <limits>

#include "base/core/text.h"
#include "discovery/tags/feed_intake.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxFields = 64;

// False where quotes are not closed or not followed by a comma. Fields that hold quotes keep them
// doubled: no entry has any. What lies behind kMaxFields is left out.
bool split_row(std::string_view row, std::vector<std::string_view>& fields) {
  fields.clear();
  while (true) {
    std::string_view field;
    std::size_t next;
    if (row.starts_with('"')) {
      std::size_t end = 1;
      while (true) {
        end = row.find('"', end);
        if (end == std::string_view::npos) return false;
        if (end + 1 == row.size() || row[end + 1] != '"') break;
        end += 2;
      }
      field = row.substr(1, end - 1);
      next = end + 1;
      if (next < row.size() && row[next] != ',') return false;
    } else {
      next = std::min(row.find(','), row.size());
      field = row.substr(0, next);
    }
    if (fields.size() < kMaxFields) fields.push_back(trim(field));
    if (next == row.size()) return true;
    row.remove_prefix(next + 1);
  }
}

std::optional<IpAddress> parse_number(std::string_view text) {
  const auto value = parse_decimal(text);
  if (!value || *value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return IpAddress::v4(static_cast<std::uint32_t>(*value));
}

// Which columns hold what, told by the first row that has an address.
class Columns {
 public:
  explicit Columns(std::size_t stated) {
    if (stated == 0) return;
    kind_ = Kind::entry;
    at_ = stated - 1;
  }

  bool known() const { return kind_ != Kind::unknown; }

  void learn(const std::vector<std::string_view>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!parse_span(fields[i])) continue;
      at_ = i;
      kind_ = is_pair(fields, i, IpAddress::parse) ? Kind::pair : Kind::entry;
      return;
    }
    if (is_pair(fields, 0, parse_number)) kind_ = Kind::numbers;
  }

  bool take(const std::vector<std::string_view>& fields, FeedIntake& intake) const {
    if (at_ >= fields.size()) return false;
    if (kind_ == Kind::entry) return intake.address(fields[at_]);
    if (at_ + 1 >= fields.size()) return false;
    const auto parse = kind_ == Kind::numbers ? parse_number : IpAddress::parse;
    const auto first = parse(fields[at_]);
    const auto last = parse(fields[at_ + 1]);
    return first && last && intake.span(*first, *last);
  }

 private:
  enum class Kind : std::uint8_t { unknown, entry, pair, numbers };

  template <class Parse>
  static bool is_pair(const std::vector<std::string_view>& fields, std::size_t at, Parse parse) {
    if (at + 1 >= fields.size()) return false;
    const auto first = parse(fields[at]);
    const auto last = parse(fields[at + 1]);
    return first && last && first->is_v4() == last->is_v4() && *first <= *last;
  }

  Kind kind_ = Kind::unknown;
  std::size_t at_ = 0;
};

}  // namespace

void read_csv(std::string_view text, std::size_t column, FeedIntake& intake) {
  FeedLines lines(text);
  Columns columns(column);
  bool first = true;
  std::vector<std::string_view> fields;
  for (std::string_view line; !intake.full() && lines.next(line);) {
    if (is_comment_line(line)) continue;
    const bool whole = split_row(line, fields);
    if (whole && !columns.known()) columns.learn(fields);
    const bool taken = whole && columns.known() && columns.take(fields, intake);
    if (!taken && first && whole) {
      intake.ignore();  // A heading.
    } else if (!taken) {
      intake.bad(lines.number(), line);
    }
    first = false;
  }
}

}  // namespace sallyport::discovery
