// How other gateways write down what they refuse, by their makers' public documents:
//
//   squid      squid.conf: acl NAME dstdomain .example.com; http_access deny NAME !OTHER
//   zscaler    ZIA API, POST /urlCategories: {"configuredName": ..., "urls": [".example.com"]}; a
//   dot in
//              front covers the name and what is below
//   paloalto   PAN-OS, external dynamic list of type URL: example.com/ and *.example.com/ on lines
//   fortigate  FortiOS: config webfilter urlfilter; an entry of type simple covers the name and
//   what
//              is below; entries are looked at in their order
//   bluecoat   SGOS CPL: define condition ... url.domain=example.com ... end; <Proxy> rules
//   hosts      hosts(5): 0.0.0.0 example.com, of that name alone
//   plain      example.com with all below; *.example.com; =example.com of that name alone

#include <algorithm>
#include <fmt/format.h>

#include "base/json/writer.h"
#include "discovery/usage/block_list.h"

namespace sallyport::discovery {
namespace {

constexpr std::pair<std::string_view, BlockFormat> kFormats[] = {
    {"squid", BlockFormat::squid},       {"zscaler", BlockFormat::zscaler},
    {"paloalto", BlockFormat::paloalto}, {"fortigate", BlockFormat::fortigate},
    {"bluecoat", BlockFormat::bluecoat}, {"hosts", BlockFormat::hosts},
    {"plain", BlockFormat::plain}};

constexpr std::string_view kName = "sallyport";

bool knows_exceptions(BlockFormat format) {
  return format == BlockFormat::squid || format == BlockFormat::fortigate ||
         format == BlockFormat::bluecoat;
}

// What the list is and is not, a sentence a line.
std::vector<std::string> head(const BlockList& list, BlockFormat format, const BlockTitle& title) {
  std::vector<std::string> lines{
      fmt::format("Sallyport: {}, made {}", title.what, format_rfc3339(title.made).substr(0, 16)) +
          "Z",
      fmt::format("{} apps", list.apps.size())};
  const auto tell = [&](const char* what, const std::vector<std::string>& names) {
    if (!names.empty()) lines.push_back(fmt::format("{}: {}", what, fmt::join(names, " ")));
  };
  tell("left out, paths on hosts that other apps share", list.left_out);
  tell("refused as well, paths on hosts that are refused", list.also);
  if (knows_exceptions(format)) {
    tell("not refused, of apps that are not on the list", list.excepted);
  } else if (format == BlockFormat::hosts) {
    lines.emplace_back("a name alone is refused, nothing below it");
  } else {
    tell("refused without what is below, where other apps live", list.alone);
  }
  return lines;
}

std::string comments(const std::vector<std::string>& lines, std::string_view mark) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("{} {}\n", mark, line);
  return text;
}

std::string acl(std::string_view name, const std::vector<BlockName>& names) {
  std::string text;
  for (const BlockName& one : names) {
    text += fmt::format("acl {} dstdomain {}{}\n", name, one.below ? "." : "", one.name);
  }
  return text;
}

std::string squid(const BlockList& list) {
  std::string text;
  for (std::size_t i = 0; i < list.levels.size(); ++i) {
    const BlockList::Level& level = list.levels[i];
    const std::string refused = fmt::format("{}_refused_{}", kName, i + 1);
    const std::string excepted = fmt::format("{}_excepted_{}", kName, i + 1);
    text += acl(refused, level.refused) + acl(excepted, level.excepted);
    text += fmt::format("http_access deny {}{}\n", refused,
                        level.excepted.empty() ? "" : " !" + excepted);
  }
  return text;
}

std::string cpl_condition(const std::string& name, const std::vector<BlockName>& names) {
  std::string text = "define condition " + name + "\n";
  for (const BlockName& one : names) {
    text += fmt::format("  {}={}\n", one.below ? "url.domain" : "url.host", one.name);
  }
  return text + "end\n";
}

std::string bluecoat(const BlockList& list) {
  std::string text;
  std::string rules = "<Proxy>\n";
  for (std::size_t i = 0; i < list.levels.size(); ++i) {
    const BlockList::Level& level = list.levels[i];
    const std::string refused = fmt::format("{}_refused_{}", kName, i + 1);
    const std::string excepted = fmt::format("{}_excepted_{}", kName, i + 1);
    text += cpl_condition(refused, level.refused);
    rules += "  condition=" + refused;
    if (!level.excepted.empty()) {
      text += cpl_condition(excepted, level.excepted);
      rules += " condition=!" + excepted;
    }
    rules += " deny\n";
  }
  return text + rules;
}

// `itself` alone is a pattern (FortiOS's regex), because a simple entry covers what is below.
std::string fortigate_entry(std::size_t number, const BlockName& name, std::string_view action) {
  std::string url = name.name;
  std::string_view type = "simple";
  if (name.below && !name.itself) {
    url = "*." + name.name;
    type = "wildcard";
  } else if (!name.below) {
    url = "^";
    for (const char c : name.name) url += c == '.' ? std::string("\\\\.") : std::string(1, c);
    url += "(/|$)";
    type = "regex";
  }
  return fmt::format(
      "            edit {}\n                set url \"{}\"\n                set type {}\n"
      "                set action {}\n                set status enable\n            next\n",
      number, url, type, action);
}

std::string fortigate(const BlockList& list) {
  std::string text =
      "config webfilter urlfilter\n    edit 0\n        set name \"sallyport\"\n"
      "        config entries\n";
  std::size_t number = 0;
  for (const BlockList::Level& level : list.levels) {
    for (const BlockName& one : level.excepted) text += fortigate_entry(++number, one, "allow");
    for (const BlockName& one : level.refused) text += fortigate_entry(++number, one, "block");
  }
  return text + "        end\n    next\nend\n";
}

std::string zscaler(const BlockList& list, const std::vector<std::string>& about) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("configuredName", std::string(kName));
  json.member("description", fmt::format("{}", fmt::join(about, "\n")));
  json.member("customCategory", true);
  json.member("superCategory", "USER_DEFINED");
  json.key("urls");
  json.begin_array();
  for (const BlockName& one : list.plain) json.string((one.below ? "." : "") + one.name);
  json.end_array();
  json.end_object();
  return text + "\n";
}

std::string lines_of(const BlockList& list, BlockFormat format) {
  std::string text;
  if (format == BlockFormat::hosts) {
    for (const std::string& name : list.names) text += "0.0.0.0 " + name + "\n";
    return text;
  }
  for (const BlockName& one : list.plain) {
    if (format == BlockFormat::paloalto) {
      if (one.itself) text += one.name + "/\n";
      if (one.below) text += "*." + one.name + "/\n";
    } else {
      text += (!one.below ? "=" : !one.itself ? "*." : "") + one.name + "\n";
    }
  }
  return text;
}

}  // namespace

std::optional<BlockFormat> parse_block_format(std::string_view word) {
  for (const auto& [name, format] : kFormats) {
    if (name == word) return format;
  }
  return std::nullopt;
}

std::vector<std::string> block_format_words() {
  std::vector<std::string> words;
  for (const auto& [name, format] : kFormats) words.emplace_back(name);
  return words;
}

std::string render(const BlockList& list, BlockFormat format, const BlockTitle& title) {
  const std::vector<std::string> about = head(list, format, title);
  switch (format) {
    case BlockFormat::squid:
      return comments(about, "#") + squid(list);
    case BlockFormat::zscaler:
      return zscaler(list, about);
    case BlockFormat::fortigate:
      return comments(about, "#") + fortigate(list);
    case BlockFormat::bluecoat:
      return comments(about, ";") + bluecoat(list);
    case BlockFormat::paloalto:
    case BlockFormat::hosts:
    case BlockFormat::plain:
      break;
  }
  return comments(about, "#") + lines_of(list, format);
}

}  // namespace sallyport::discovery
