#include "tls/cert/asn1.h"

#include <ctime>
#include <openssl/asn1.h>

namespace sallyport::tls {

std::optional<Time> time_of(const asn1_string_st* asn1_time) {
  if (asn1_time == nullptr) return std::nullopt;  // OpenSSL would take it for the present.
  const ErrorMark mark;
  std::tm parts{};
  if (ASN1_TIME_to_tm(asn1_time, &parts) != 1) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(parts.tm_year + 1900),
      std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
      std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

Asn1StringPtr asn1_time(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const ErrorMark mark;
  return Asn1StringPtr(ASN1_TIME_set(nullptr, static_cast<std::time_t>(seconds)));
}

}  // namespace sallyport::tls
