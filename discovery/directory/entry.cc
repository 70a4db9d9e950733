#include "discovery/directory/entry.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/csv/reader.h"

namespace sallyport::discovery::directory {

std::string_view Entry::first(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    const auto found = attributes.find(name);
    if (found != attributes.end() && !found->second.empty()) return found->second.front();
  }
  return {};
}

std::vector<std::string_view> Entry::all(std::initializer_list<std::string_view> names) const {
  std::vector<std::string_view> values;
  for (const std::string_view name : names) {
    const auto found = attributes.find(name);
    if (found != attributes.end())
      values.insert(values.end(), found->second.begin(), found->second.end());
  }
  return values;
}

bool Entry::has_class(std::string_view word) const {
  const auto values = all({"objectclass"});
  return std::ranges::any_of(values, [&](std::string_view one) { return iequals(one, word); });
}

Entries read_csv(const SourcePtr& source, Diagnostics& found, const Limits& limits) {
  csv::Reader reader(source, found, {.text = limits.text, .records = limits.entries + 1});
  csv::Record record;
  Entries entries;
  if (!reader.next(record)) {
    if (!found.has_errors()) {
      found.error({source}, "an empty file: the first line names the attributes",
                  "such as: uid,mail,memberOf");
    }
    return entries;
  }
  std::vector<std::string> names;
  for (const csv::Field& field : record.fields) names.push_back(lower(trim(field.text)));
  while (reader.next(record)) {
    Entry& entry = entries.emplace_back();
    entry.line = record.place.line;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "dn" || names[i] == "distinguishedname") {
        entry.dn = trim(record.fields[i].text);
        continue;
      }
      for (auto& value : csv::split_list(record.fields[i], ';')) {
        if (value->size() <= limits.value)
          entry.attributes[names[i]].push_back(std::move(value.value));
      }
    }
  }
  return entries;
}

Entries read_file(const SourcePtr& source, Diagnostics& found, const Limits& limits) {
  const std::string name = lower(source->name);
  if (name.ends_with(".ldif")) return read_ldif(source, found, limits);
  if (name.ends_with(".csv")) return read_csv(source, found, limits);
  if (name.ends_with(".json")) return read_json(source, found, limits);
  found.error({source}, "what kind of file this is, its name does not say",
              "names end in .ldif, .csv or .json");
  return {};
}

}  // namespace sallyport::discovery::directory
