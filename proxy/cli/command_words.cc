#include "proxy/cli/command_words.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

void add_common(CLI::App& command, CommonOptions& options) {
  command.add_option("-c,--config", options.config, "The configuration")->capture_default_str();
  command.add_option("--state", options.state,
                     "The state directory, instead of the configuration's");
}

void add_reading(CLI::App& command, CommonOptions& options) {
  command.add_option("--reason", options.reason, "Why you look; it stands in the record of reads");
  command.add_option("--by", options.by, "Who looks; left out: the user of this shell");
  command.parse_complete_callback([&command, &options] {
    static constexpr std::string_view kLeftOut[] = {"config", "state", "format", "reason", "by"};
    options.asked.clear();
    for (const CLI::Option* option : command.get_options()) {
      const std::vector<std::string>& names = option->get_lnames();
      const std::string name = names.empty() ? "" : names.front();
      if (option->count() == 0 || std::ranges::find(kLeftOut, name) != std::end(kLeftOut)) continue;
      if (!options.asked.empty()) options.asked += ' ';
      if (!name.empty()) options.asked += "--" + name;
      if (option->get_expected_max() == 0) continue;  // a flag
      for (const std::string& value : option->results()) {
        options.asked += (options.asked.empty() || options.asked.ends_with(' ') ? "" : " ") + value;
      }
    }
  });
}

std::string with_codes(const std::string& examples) {
  return "Examples:\n" + examples +
         "\n\nExit codes: 0 all is well; 1 the answer is no; 2 the command line or a file that "
         "people wrote is\nwrong; 3 the machine said no (files, ports, store).";
}

}  // namespace sallyport::cli
