// Completion from the commands themselves, so that it cannot lag behind them.

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

namespace {

struct Words {
  std::string path;                                              // "apps tag"
  std::vector<std::pair<std::string, std::string>> subcommands;  // with what they are
  std::vector<std::pair<std::string, std::string>> options;      // "--format", what it is
};

void gather(const CLI::App& app, const std::string& path, std::vector<Words>& all) {
  Words words;
  words.path = path;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.subcommands.emplace_back(sub->get_name(), sub->get_description());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      words.options.emplace_back("--" + name, option->get_description());
    }
  }
  all.push_back(std::move(words));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    gather(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), all);
  }
}

// Inside single quotes of a shell.
std::string in_quotes(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

std::string bash(const std::vector<Words>& all) {
  std::string cases;
  for (const Words& words : all) {
    std::string list;
    for (const auto& [name, what] : words.subcommands) list += name + " ";
    for (const auto& [name, what] : words.options) list += name + " ";
    cases += fmt::format("    '{}') words='{}' ;;\n", words.path, in_quotes(list));
  }
  return "# bash completion of sallyport: source <(sallyport completion bash)\n"
         "_sallyport() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} path='' word words='' i\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    [[ $word == -* ]] && break\n"
         "    path+=\"${path:+ }$word\"\n"
         "  done\n"
         "  case $path in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "  # An option that takes a file, or a word that is none of ours.\n"
         "  [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "}\n"
         "complete -o filenames -F _sallyport sallyport\n";
}

std::string zsh(const std::vector<Words>& all) {
  std::string cases;
  for (const Words& words : all) {
    std::string list;
    const auto add = [&list](std::string name, std::string what) {
      // ':' parts the word from what it is.
      for (std::size_t at = 0; (at = name.find(':', at)) != std::string::npos; at += 2)
        name.insert(at, "\\");
      list += " '" + in_quotes(name + ":" + what) + "'";
    };
    for (const auto& [name, what] : words.subcommands) add(name, what);
    for (const auto& [name, what] : words.options) add(name, what);
    cases += fmt::format("    '{}') list=({}) ;;\n", words.path, list);
  }
  return "#compdef sallyport\n"
         "_sallyport() {\n"
         "  local -a list\n"
         "  local spoken='' word\n"
         "  for word in ${words[2,CURRENT-1]}; do\n"
         "    [[ $word == -* ]] && break\n"
         "    spoken+=\"${spoken:+ }$word\"\n"
         "  done\n"
         "  case $spoken in\n" +
         cases +
         "  esac\n"
         "  _describe sallyport list || _files\n"
         "}\n"
         "compdef _sallyport sallyport\n";
}

std::string fish(const std::vector<Words>& all) {
  std::string text = "# fish completion of sallyport\n";
  for (const Words& words : all) {
    std::string when = "__fish_use_subcommand";
    if (!words.path.empty()) {
      when.clear();
      std::string rest = words.path;
      for (std::size_t at = 0; at != std::string::npos;) {
        const std::size_t blank = rest.find(' ', at);
        when += (when.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") +
                rest.substr(at, blank == std::string::npos ? blank : blank - at);
        at = blank == std::string::npos ? blank : blank + 1;
      }
    }
    for (const auto& [name, what] : words.subcommands) {
      text += fmt::format("complete -c sallyport -f -n '{}' -a '{}' -d '{}'\n", when,
                          in_quotes(name), in_quotes(what));
    }
    for (const auto& [name, what] : words.options) {
      text += fmt::format("complete -c sallyport -n '{}' -l '{}' -d '{}'\n", when,
                          in_quotes(name.substr(2)), in_quotes(what));
    }
  }
  return text;
}

}  // namespace

int completion(const CLI::App& app, const std::string& shell) {
  std::vector<Words> all;
  gather(app, "", all);
  say(shell == "bash" ? bash(all) : shell == "zsh" ? zsh(all) : fish(all));
  return kOk;
}

}  // namespace sallyport::cli
