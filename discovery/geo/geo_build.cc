#include "discovery/geo/geo_build.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "discovery/mmdb/mmdb_writer.h"

namespace sallyport::discovery {
namespace {

MmdbValue value_of(const GeoRange& range) {
  if (!range.country.empty()) {
    return MmdbValue::map(
        {{"country", MmdbValue::map({{"iso_code", MmdbValue::text(range.country)}})}});
  }
  MmdbValue::Map out{{"autonomous_system_number", MmdbValue::uint32(range.asn)}};
  if (!range.organisation.empty()) {
    out.push_back({"autonomous_system_organization", MmdbValue::text(range.organisation)});
  }
  return MmdbValue::map(std::move(out));
}

void add_up(GeoListSummary& all, GeoListSummary one) {
  all.v4 += one.v4;
  all.v6 += one.v6;
  all.nowhere += one.nowhere;
  all.bad_lines += one.bad_lines;
  for (auto& line : one.first_bad) {
    if (all.first_bad.size() < 3) all.first_bad.push_back(std::move(line));
  }
  // Of several the oldest: the file is no fresher than that.
  if (one.generated)
    all.generated = std::min(all.generated.value_or(*one.generated), *one.generated);
  if (all.vendor.empty()) all.vendor = std::move(one.vendor);
  if (all.license.empty()) all.license = std::move(one.license);
}

}  // namespace

Result<BuiltGeo> build_geo(GeoListKind kind, std::span<const std::string> texts, Time now) {
  struct Range {
    IpAddress first;
    IpAddress last;
    std::uint32_t value;
  };
  std::vector<Range> ranges;
  std::vector<MmdbValue> values;
  BuiltGeo out;
  std::map<std::string, std::uint32_t> known;  // by what distinguishes a value
  for (const std::string& text : texts) {
    Result<GeoListSummary> read = parse_geo_list(text, kind, [&](const GeoRange& range) {
      const std::string key = range.country + std::to_string(range.asn) + "\n" + range.organisation;
      const auto [at, fresh] = known.try_emplace(key, static_cast<std::uint32_t>(values.size()));
      if (fresh) values.push_back(value_of(range));
      ranges.push_back({range.first, range.last, at->second});
    });
    if (!read) return pass_on(std::move(read));
    add_up(out.lists, std::move(*read));
  }
  if (ranges.empty()) {
    return fail(ErrorKind::invalid, Side::ours, "no line tells where a range of addresses is");
  }
  out.built = out.lists.generated.value_or(now);
  MmdbWriter::Options options;
  options.type = kind == GeoListKind::country ? "Sallyport-Country" : "Sallyport-ASN";
  options.description = "Made by sallyport geo build";
  if (!out.lists.vendor.empty()) options.description += " from data of " + out.lists.vendor;
  if (!out.lists.license.empty()) options.description += ", " + out.lists.license;
  options.built = out.built;
  MmdbWriter writer(std::move(options));
  std::vector<MmdbWriter::Handle> handles;
  for (const MmdbValue& value : values) handles.push_back(writer.value(value));
  for (const Range& range : ranges) writer.add(range.first, range.last, handles[range.value]);
  out.bytes = writer.finish();
  return out;
}

}  // namespace sallyport::discovery
