#include "policy/explain/fact_text.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

#include "base/core/text.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMostShown = 8;   // of a list
constexpr std::size_t kMostText = 120;  // bytes of one text

std::string cut(std::string_view text) {
  if (text.size() <= kMostText) return printable(text);
  return printable(text.substr(0, kMostText)) + fmt::format("... ({} bytes)", text.size());
}

std::string list_text(std::span<const std::string> texts) {
  if (texts.empty()) return "none";
  std::string shown;
  for (std::size_t i = 0; i < std::min(texts.size(), kMostShown); ++i) {
    shown += (i == 0 ? "" : ", ") + cut(texts[i]);
  }
  if (texts.size() > kMostShown) shown += fmt::format(" and {} more", texts.size() - kMostShown);
  return shown;
}

bool is_time(const Attribute& attribute) {
  return attribute.type == Type::time_of_day || attribute.type == Type::weekday ||
         attribute.type == Type::date;
}

std::string time_text(const Attribute& attribute, std::int64_t micros, const TimeZone* zone,
                      std::string_view zone_name) {
  using namespace std::chrono;
  const Time time{microseconds(micros)};
  const microseconds local =
      time.time_since_epoch() + (zone == nullptr ? seconds(0) : zone->offset(time));
  const auto day = floor<days>(local);
  const std::string where = zone == nullptr || zone_name.empty() ? "UTC" : printable(zone_name);
  if (attribute.type == Type::time_of_day) {
    const auto minutes = floor<std::chrono::minutes>(local - day).count();
    return fmt::format("{:02}:{:02} in {}", minutes / 60, minutes % 60, where);
  }
  if (attribute.type == Type::weekday) {
    return fmt::format("{} in {}",
                       weekday_words()[static_cast<std::size_t>((day.count() % 7 + 7 + 3) %
                                                                7)],  // 1970-01-01: Thursday
                       where);
  }
  const year_month_day date{sys_days(day)};
  return fmt::format("{:04}-{:02}-{:02} in {}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), where);
}

}  // namespace

std::string fact_text(const Attribute& attribute, const Value& value, const TimeZone* zone,
                      std::string_view zone_name) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (is_time(attribute)) return time_text(attribute, *number, zone, zone_name);
    if (attribute.bytes) {
      return fmt::format("{} ({})", *number, human_bytes(static_cast<std::uint64_t>(*number)));
    }
    return std::to_string(*number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return text->empty() ? "empty" : cut(*text);
  }
  if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
    return list_text(*texts);
  }
  if (const auto* address = std::get_if<IpAddress>(&value)) return address->to_string();
  return {};
}

decltype(FactExplained::value) fact_value(const Attribute& attribute, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (is_time(attribute)) return format_rfc3339(Time(std::chrono::microseconds(*number)));
    return *number;
  }
  if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
    return std::vector<std::string>(texts->begin(), texts->end());
  }
  if (const auto* address = std::get_if<IpAddress>(&value)) return address->to_string();
  const auto* text = std::get_if<std::string_view>(&value);
  return text == nullptr ? std::string() : std::string(*text);
}

}  // namespace sallyport::policy
