#include "discovery/geo/geo_list.h"

#include <algorithm>
#include <array>

#include "base/core/text.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxLines = 8'000'000;
constexpr std::size_t kMaxLine = 4096;  // bytes
constexpr std::size_t kMaxShownBad = 3;
constexpr std::size_t kMaxBadText = 60;        // bytes
constexpr std::size_t kMaxOrganisation = 128;  // bytes
constexpr std::size_t kMaxHeader = 80;         // bytes

// Up to four fields (RFC 4180); nullopt where quotes do not close or there are more.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
  std::vector<std::string> out;
  while (true) {
    if (out.size() == 4) return std::nullopt;
    std::string& field = out.emplace_back();
    if (!line.starts_with('"')) {
      const std::size_t comma = line.find(',');
      field = trim(line.substr(0, comma));
      if (comma == std::string_view::npos) return out;
      line.remove_prefix(comma + 1);
      continue;
    }
    std::size_t at = 1;
    while (true) {
      const std::size_t quote = line.find('"', at);
      if (quote == std::string_view::npos) return std::nullopt;
      field += line.substr(at, quote - at);
      at = quote + 1;
      if (at == line.size() || line[at] != '"') break;
      field += '"';  // written twice
      ++at;
    }
    if (at == line.size()) return out;
    if (line[at] != ',') return std::nullopt;
    line.remove_prefix(at + 1);
  }
}

// "1.0.0.0", "2001:db8::", or an IPv4 address as a number.
std::optional<IpAddress> parse_end(std::string_view text) {
  if (const auto number = parse_decimal(text)) {
    if (*number > 0xffffffff) return std::nullopt;
    return IpAddress::v4(static_cast<std::uint32_t>(*number));
  }
  return IpAddress::parse(text);
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// "Thu, 25 Jun 2026 04:33:59 GMT"
std::optional<Time> parse_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::vector<std::string_view> words = split(text, ' ');
  if (words.size() != 6 || words[5] != "GMT") return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), words[2]);
  if (month == kMonths.end()) return std::nullopt;
  std::string number = std::to_string(month - kMonths.begin() + 1);
  if (number.size() == 1) number.insert(0, 1, '0');
  std::string written(words[3]);
  written.append("-").append(number).append("-").append(words[1]);
  return parse_rfc3339(written.append("T").append(words[4]).append("Z"));
}

// "# License:   CC BY-SA 4.0": what stands behind `name`.
std::string_view header(std::string_view comment, std::string_view name) {
  comment = trim(comment.substr(1));
  if (!comment.starts_with(name)) return {};
  return trim(comment.substr(name.size())).substr(0, kMaxHeader);
}

class ListReader {
 public:
  ListReader(GeoListKind kind, const std::function<void(const GeoRange&)>& take)
      : kind_(kind), take_(take) {}

  void comment(std::string_view line) {
    if (const auto text = header(line, "Generated:"); !text.empty() && !out_.generated) {
      out_.generated = parse_date(text);
    }
    if (const auto text = header(line, "Vendor:"); !text.empty()) out_.vendor = printable(text);
    if (const auto text = header(line, "License:"); !text.empty()) out_.license = printable(text);
  }

  void line(std::string_view line, std::size_t number) {
    if (line.size() <= kMaxLine && range(line)) return;
    ++out_.bad_lines;
    if (out_.first_bad.size() < kMaxShownBad) {
      out_.first_bad.push_back({number, printable(line.substr(0, kMaxBadText))});
    }
  }

  GeoListSummary finish() { return std::move(out_); }

 private:
  bool range(std::string_view line) {
    const auto fields = fields_of(line);
    if (!fields || fields->size() < 3) return false;
    const auto first = parse_end((*fields)[0]);
    const auto last = parse_end((*fields)[1]);
    if (!first || !last || first->is_v4() != last->is_v4() || *last < *first) return false;
    range_ = {*first, *last, {}, 0, {}};
    const auto known = kind_ == GeoListKind::country ? country(*fields) : asn(*fields);
    if (!known) return false;
    if (!*known) {
      ++out_.nowhere;
      return true;
    }
    ++(first->is_v4() ? out_.v4 : out_.v6);
    take_(range_);
    return true;
  }

  // Whether the line tells something; nullopt where it is not understood.
  std::optional<bool> country(const std::vector<std::string>& fields) {
    const std::string& code = fields[2];
    if (fields.size() != 3 || code.size() != 2) return std::nullopt;
    if (policy::is_country_code(code)) {
      range_.country = code;
      return true;
    }
    // ZZ, EU, AP and such: well-formed, and no country.
    if (code == "??" || (is_capital(code[0]) && is_capital(code[1]))) return false;
    return std::nullopt;
  }

  std::optional<bool> asn(const std::vector<std::string>& fields) {
    const std::string_view text = fields[2];
    const auto number = parse_decimal(istarts_with(text, "AS") ? text.substr(2) : text);
    if (!number || *number > 0xffffffff) return std::nullopt;
    if (*number == 0) return false;  // RFC 7607
    range_.asn = static_cast<std::uint32_t>(*number);
    if (fields.size() == 4) {
      range_.organisation = printable(std::string_view(fields[3]).substr(0, kMaxOrganisation));
    }
    return true;
  }

  GeoListKind kind_;
  const std::function<void(const GeoRange&)>& take_;
  GeoListSummary out_;
  GeoRange range_;
};

}  // namespace

Result<GeoListSummary> parse_geo_list(std::string_view text, GeoListKind kind,
                                      const std::function<void(const GeoRange&)>& take) {
  if (text.size() > kMaxGeoList) {
    return fail(ErrorKind::limit, Side::ours, "more than " + human_bytes(kMaxGeoList));
  }
  ListReader reader(kind, take);
  for (std::size_t number = 1; !text.empty(); ++number) {
    if (number > kMaxLines) {
      return fail(ErrorKind::limit, Side::ours, "more than 8,000,000 lines");
    }
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trim(line);
    if (line.starts_with('#')) {
      reader.comment(line);
    } else if (!line.empty()) {
      reader.line(line, number);
    }
  }
  return reader.finish();
}

}  // namespace sallyport::discovery
