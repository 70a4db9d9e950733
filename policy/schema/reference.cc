#include "policy/schema/reference.h"

#include <algorithm>
#include <fmt/format.h>

#include "policy/activity/attribute_table.h"
#include "policy/compile/restrictions.h"
#include "policy/model/policy_keys.h"
#include "policy/schema/asked.h"
#include "policy/testkit/case_keys.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kWidth = 110;     // bytes of a line that is no table
constexpr std::size_t kShortList = 10;  // words that may stand in a table

constexpr const char* kHead =
    "# Reference of the policy language\n"
    "\n"
    "Made by `sallyport schema --reference > conf/policies/reference.md` from the tables that the\n"
    "compiler uses. Do not edit it; a test compares. [README.md](README.md) explains the "
    "language.\n";

constexpr const char* kValues =
    "## How values are written\n"
    "\n"
    "| kind | written | matches |\n"
    "|---|---|---|\n"
    "| word | `upload` | exactly this word; of countries, capitals do not count |\n"
    "| text | `Alice`, `\"*@example.com\"` | ASCII case does not count; `*` any run, `?` one byte "
    "|\n"
    "| host | `example.com` | itself and everything below |\n"
    "| | `\"*.example.com\"` | only what is below |\n"
    "| | `\"=example.com\"` | exactly this |\n"
    "| path | `/admin` | `/admin` and `/admin/x`, not `/administrator` |\n"
    "| | `/admin/` | only what is below |\n"
    "| | `\"/files/*.exe\"` | `*` is any run, also across `/` |\n"
    "| number | `443`, `\"> 400\"`, `\">= 500\"`, `\"< 3\"`, `\"<= 3\"`, `\"400..499\"` | both "
    "ends of a "
    "range belong to it |\n"
    "| bytes | as numbers, with a unit: `\"> 25 MB\"`, `64 KiB` | |\n"
    "| address | `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32` | no bits may be set behind the "
    "prefix |\n"
    "| time of day | `08:00..18:00`, `22:00..06:00` | until the minute before the end; over "
    "midnight |\n"
    "| day | `mon`, `sat..sun`; `2026-11-26`, `2026-01-01..2026-03-31` | both ends belong to it |\n"
    "| any text, host, path | `~ ^/api/v[0-9]+/` | an expression of RE2, anywhere in the text; "
    "case "
    "as for texts |\n"
    "| anything | `is set`, `is not set` | whether the fact is there at all, once it could be |\n"
    "| where the table says so | `unknown` | that there is none: nobody, no app |\n"
    "| anything | `list/NAME` | each line of the list |\n"
    "\n"
    "YAML wants quotes around a value that begins with `*`, `>`, `@`, `` ` ``, `&`, `!` or `%`.\n";

// In a cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string listed(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", word);
  }
  return text;
}

std::string type_of(const Attribute& attribute) {
  switch (attribute.type) {
    case Type::word:
    case Type::words:
      return "word";
    case Type::text:
    case Type::texts:
      return attribute.host_suffix ? "host" : attribute.path_prefix ? "path" : "text";
    case Type::number:
      return attribute.bytes ? "bytes" : "number";
    case Type::address:
      return "address";
    case Type::time_of_day:
      return "time of day";
    case Type::weekday:
    case Type::date:
      return "day";
  }
  return {};
}

std::string values_of(const Attribute& attribute) {
  std::string text = type_of(attribute);
  if (attribute.allowed) {
    const auto words = attribute.allowed();
    const bool open = attribute.type == Type::text || attribute.type == Type::texts;
    if (words.size() <= kShortList) {
      text += ": " + listed(words) + (open ? ", or others" : "");
    } else {
      text += open ? ": the words below, or others" : ": one of the words below";
    }
  }
  if (attribute.says_unknown) text += "; `unknown`";
  return text;
}

std::string kinds_of(const Attribute& attribute) {
  std::string text;
  std::size_t count = 0;
  for (const Kind kind : kAllKinds) {
    if (!may_ask(kind, attribute)) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(kind));
    ++count;
  }
  return count == std::size(kAllKinds) ? "all" : text;
}

std::string kinds_of(const PolicyKey& key) {
  std::string text;
  for (const Kind kind : key.kinds) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(kind));
  }
  return text.empty() ? "all" : text;
}

// Words of prose in lines of kWidth.
std::string wrapped(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > 0 && column + 1 + word.size() > kWidth) {
      out += '\n';
      column = 0;
    }
    if (column > 0) out += ' ', ++column;
    out += word;
    column += word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + '\n';
}

std::string listed_names(std::span<const AmountKey> keys) {
  std::string text;
  for (const AmountKey& key : keys) {
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", key.name);
    if (key.kind != AmountKey::Kind::count) {
      text += key.kind == AmountKey::Kind::bytes ? " (bytes)" : " (`90s`, `5m`, `2h`)";
    }
  }
  return text;
}

std::string cases() {
  std::string out =
      "\n## Keys of a test case\n\nOf the files `x.test.yaml` that `sallyport policy test` runs. "
      "An "
      "entry `defaults` holds facts of the cases below it.\n\n"
      "| key | what it says | left out |\n|---|---|---|\n";
  for (const CaseKey& key : case_keys()) {
    out += fmt::format("| `{}` | {} | {} |\n", key.name, cell(key.doc),
                       key.left_out.empty() ? "it is needed" : key.left_out);
  }
  out += '\n';
  out += wrapped(fmt::format(
      "`repeat` takes {}; `day` takes {}; a step of `history`, and `now`, take {}.",
      listed_names(repetition_keys()), listed_names(day_keys()), listed_names(step_keys())));
  return out;
}

std::string restrictions() {
  std::string out =
      "\n## Tenants that can be restricted\n\nUnder `restrict_tenants`. The fields are sent on "
      "these "
      "hosts only (a name that begins with a dot: it and all\nbelow), in place of every field of "
      "the "
      "client's that speaks of the same app.\n\n"
      "| name | what | fields | hosts | source, date |\n|---|---|---|---|---|\n";
  for (const Restriction& one : tenant_restrictions()) {
    std::string fields;
    for (const RestrictionField& field : one.fields) {
      fields += fields.empty() ? "" : ", ";
      if (!field.part.empty()) fields += fmt::format("{}: ", field.part);
      fields += fmt::format("`{}`", field.header);
    }
    out += fmt::format("| `{}` | {} | {} | {} | {}, {} |\n", one.name, cell(one.doc), fields,
                       listed(one.hosts), cell(one.source), one.date);
  }
  return out;
}

}  // namespace

std::string reference_page() {
  std::string out = kHead;
  out += "\n## Keys of a policy\n\n| key | what it is | kinds |\n|---|---|---|\n";
  for (const PolicyKey& key : policy_keys()) {
    out += fmt::format("| `{}` | {} | {} |\n", key.name, cell(key.doc), kinds_of(key));
  }
  out +=
      "\n## Attributes\n\nAn attribute is known from a point on: `connect`, `request`, `response`; "
      "some come early, where a head tells\nthem. The last column says which kinds of policies may "
      "ask for it.\n\n"
      "| attribute | what it is | values | known from | kinds |\n|---|---|---|---|---|\n";
  for (const Attribute& one : attribute_table()) {
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", one.name, cell(one.doc), values_of(one),
                       to_string(one.from), kinds_of(one));
  }
  out += '\n';
  out += kValues;
  out += restrictions();
  out += "\n## Words\n";
  for (const WordList& list : word_lists()) {
    if (list.words.size() <= kShortList) continue;
    out += fmt::format("\n### {}\n\n", list.title);
    out += wrapped(
        fmt::format("{}{}.", listed(list.words), list.open ? ", and words of your own" : ""));
  }
  out += cases();
  return out;
}

}  // namespace sallyport::policy
