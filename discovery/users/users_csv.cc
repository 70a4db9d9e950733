// A header names the columns, in any order:
//
//   name,aliases,user,upn,mail,groups,manager,last_logon
//   ana,CORP\ana;amaria,,ana@corp.example,ana.maria@example.org,finance;staff,ben,2026-11-27
//
// `name` must be there. `manager` is one name and `last_logon` a day or a time; fields of
// the others hold any number of values between ';'.

#include <array>
#include <fmt/format.h>
#include <optional>

#include "base/core/text.h"
#include "base/csv/reader.h"
#include "discovery/users/users_builder.h"

namespace sallyport::discovery {
namespace {

enum class Column : unsigned char { name, aliases, user, upn, mail, groups, manager, last_logon };
constexpr std::array<std::string_view, 8> kColumns = {"name", "aliases", "user",    "upn",
                                                      "mail", "groups",  "manager", "last_logon"};

std::optional<Column> find_column(std::string_view written) {
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    if (iequals(trim(written), kColumns[i])) return static_cast<Column>(i);
  }
  return std::nullopt;
}

std::string hint_for_column(std::string_view written) {
  if (written.find(';') != written.npos) return "columns are separated by ','";
  const std::string near = did_you_mean(written, {kColumns.begin(), kColumns.end()});
  return near.empty() ? fmt::format("one of: {}", fmt::join(kColumns, ", ")) : near;
}

// What each column is; nothing after a diagnostic.
std::optional<std::vector<Column>> read_header(const csv::Record& header, Diagnostics& found) {
  std::vector<Column> columns;
  const std::size_t before = found.errors();
  for (const csv::Field& field : header.fields) {
    const auto column = find_column(field.text);
    if (!column) {
      found.error(field.place, fmt::format("there is no column '{}'", field.text),
                  hint_for_column(field.text));
    } else if (std::find(columns.begin(), columns.end(), *column) != columns.end()) {
      found.error(field.place, fmt::format("the column '{}' is there twice", field.text));
    } else {
      columns.push_back(*column);
    }
  }
  if (std::find(columns.begin(), columns.end(), Column::name) == columns.end() &&
      found.errors() == before) {
    found.error(header.place, "the first line needs a column 'name'",
                fmt::format("such as: {}", fmt::join(kColumns, ",")));
  }
  if (found.errors() != before) return std::nullopt;
  return columns;
}

WrittenPerson read_person(const csv::Record& record, const std::vector<Column>& columns,
                          Diagnostics& found) {
  WrittenPerson person;
  person.place = record.place;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const csv::Field& field = record.fields[i];
    std::vector<Spanned<std::string>>* into = nullptr;
    switch (columns[i]) {
      case Column::name:
        if (field.text.empty()) {
          found.error(field.place, "user needs 'name'");
        } else {
          person.name = field.whole();
        }
        continue;
      case Column::manager:
        if (!field.text.empty()) person.manager = field.whole();
        continue;
      case Column::last_logon:
        if (!field.text.empty()) person.last_logon = field.whole();
        continue;
      case Column::upn:
        into = &person.upn;
        break;
      case Column::mail:
        into = &person.mail;
        break;
      case Column::groups:
        into = &person.groups;
        break;
      case Column::aliases:
      case Column::user:
        into = &person.others;
        break;
    }
    for (auto& part : csv::split_list(field, ';')) into->push_back(std::move(part));
  }
  return person;
}

}  // namespace

void read_users_csv(const SourcePtr& source, UsersBuilder& builder, Diagnostics& found) {
  csv::Reader reader(source, found);
  csv::Record record;
  if (!reader.next(record)) {
    if (!found.has_errors()) {
      found.error({source}, "an empty file: the first line names the columns",
                  fmt::format("such as: {}", fmt::join(kColumns, ",")));
    }
    return;
  }
  const auto columns = read_header(record, found);
  if (!columns) return;
  while (reader.next(record)) builder.add(read_person(record, *columns, found));
}

}  // namespace sallyport::discovery
