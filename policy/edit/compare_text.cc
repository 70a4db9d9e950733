// A comparison as people and programs read it.

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "policy/edit/compare.h"
#include "policy/model/policy.h"

namespace sallyport::policy {
namespace {

std::string shown(const Place& place) {
  return place.source ? fmt::format("{}:{}", printable(place.source->name), place.line)
                      : std::string();
}

std::string one_line(const CompiledPolicy& policy, char mark) {
  std::string text = fmt::format("{} {}: {}", mark, policy.id, printable(policy.name));
  if (policy.written) text += fmt::format("  ({})", shown(policy.written->place));
  return text + '\n';
}

void member(JsonWriter& json, std::string_view key, const std::vector<const CompiledPolicy*>& all) {
  json.key(key);
  json.begin_array();
  for (const CompiledPolicy* one : all) {
    json.begin_object();
    json.member("id", one->id);
    json.member("name", one->name);
    json.member("kind", to_string(one->kind));
    json.member("order", one->number + 1u);
    if (one->written) json.member("place", shown(one->written->place));
    json.end_object();
  }
  json.end_array();
}

void keys_of(JsonWriter& json, const std::vector<KeyChange>& keys) {
  json.begin_array();
  for (const KeyChange& key : keys) {
    json.begin_object();
    json.member("key", key.key);
    if (!key.before.empty()) json.member("before", key.before);
    if (!key.after.empty()) json.member("after", key.after);
    json.end_object();
  }
  json.end_array();
}

std::string keys_of(const std::vector<KeyChange>& keys) {
  std::string out;
  for (const KeyChange& key : keys) {
    if (!key.before.empty()) out += fmt::format("    - {}: {}\n", key.key, printable(key.before));
    if (!key.after.empty()) out += fmt::format("    + {}: {}\n", key.key, printable(key.after));
  }
  return out;
}

}  // namespace

std::string to_text(const Comparison& comparison) {
  if (comparison.empty()) return "no policy differs\n";
  std::string out;
  if (!comparison.gateway.empty()) out += "~ all policies\n" + keys_of(comparison.gateway);
  for (const CompiledPolicy* one : comparison.removed) out += one_line(*one, '-');
  for (const CompiledPolicy* one : comparison.added) out += one_line(*one, '+');
  for (const PolicyChange& one : comparison.changed) {
    out += fmt::format("~ {}: {}  ({})\n", one.id, printable(one.name), shown(one.place));
    out += keys_of(one.keys);
  }
  for (const PolicyMove& one : comparison.moved) {
    out += fmt::format("> {}: {}  (from place {} to {})\n", one.id, printable(one.name), one.from,
                       one.to);
    for (const std::string& means : one.means) out += "    " + printable(means) + '\n';
    if (one.means.empty()) out += "    the order does not count between those it passed\n";
  }
  for (const ListChange& one : comparison.lists) {
    out += fmt::format("~ list/{}: {} entries added, {} removed\n", printable(one.list), one.added,
                       one.removed);
  }
  return out;
}

std::string to_json(const Comparison& comparison) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("gateway");
  keys_of(json, comparison.gateway);
  member(json, "added", comparison.added);
  member(json, "removed", comparison.removed);
  json.key("changed");
  json.begin_array();
  for (const PolicyChange& one : comparison.changed) {
    json.begin_object();
    json.member("id", one.id);
    json.member("name", one.name);
    json.member("place", shown(one.place));
    json.key("keys");
    keys_of(json, one.keys);
    json.end_object();
  }
  json.end_array();
  json.key("moved");
  json.begin_array();
  for (const PolicyMove& one : comparison.moved) {
    json.begin_object();
    json.member("id", one.id);
    json.member("name", one.name);
    json.member("from", one.from);
    json.member("to", one.to);
    json.key("means");
    json.begin_array();
    for (const std::string& means : one.means) json.string(means);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.key("lists");
  json.begin_array();
  for (const ListChange& one : comparison.lists) {
    json.begin_object();
    json.member("list", one.list);
    json.member("added", one.added);
    json.member("removed", one.removed);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + '\n';
}

}  // namespace sallyport::policy
