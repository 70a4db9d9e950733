#pragma once
// Counted use as rows for other programs: who used what on which day, and how much.
//
//   out += export_head(format);
//   store.read_usage(question, [&](auto period, const auto& entry, const auto& names) {
//     append_use(out, format, row_of(book, period, entry, names));
//   });
//
// A row is of one user, address, country, device, service and day (or month, of what is long past).
// There may be several of the same: they add up, and come in no order.
//
//   jsonl  an object a line; what is not known is absent, bytes are numbers, times RFC 3339
//   csv    RFC 4180, with a line of names
//   cef    CEF:0; rt, src, suser, dhost, destinationServiceName, in (which by that standard is what
//          went from source to destination), out, act, cnt; what has no key of CEF's own in
//          cs1..cs5 and cn1..cn3 with their labels
//   w3c    W3C extended log file format; blanks in values are written as "+", nothing as "-"
//
// Pure. Values are of strangers: none of them ends a line or a field.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/store/usage.h"
#include "discovery/usage/app_book.h"

namespace sallyport::discovery {

enum class ExportFormat : std::uint8_t { jsonl, csv, cef, w3c };

// Texts borrow from the names and from the book. "" is not known, or nobody.
struct UseRow {
  UsagePeriod period;
  std::string_view user, device, country;
  std::string address;      // "" beyond the limits of its day
  bool pseudonyms = false;  // `user` and `address` are such
  NameKind kind = NameKind::app;
  std::string_view service;        // an app's id, a domain, a kind of noise; "" has no name
  const BookedApp* app = nullptr;  // null: none of the catalog
  bool other = false;              // beyond the limits of its day
  UsageCounts counts;
  Time first{}, last{};  // to the minute
};

UseRow row_of(const AppBook& book, UsagePeriod period, const UsageEntry& entry,
              const UsageNames& names);

std::string export_head(ExportFormat format, Time now);
void append_use(std::string& out, ExportFormat format, const UseRow& row);

}  // namespace sallyport::discovery
