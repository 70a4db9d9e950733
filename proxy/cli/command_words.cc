#include "proxy/cli/command_words.h"

#include <CLI/CLI.hpp>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

void add_common(CLI::App& command, CommonOptions& options) {
  command.add_option("-c,--config", options.config, "The configuration")->capture_default_str();
  command.add_option("--state", options.state,
                     "The state directory, instead of the configuration's");
}

std::string with_codes(const std::string& examples) {
  return "Examples:\n" + examples +
         "\n\nExit codes: 0 all is well; 1 the answer is no; 2 the command line or a file that "
         "people wrote is\nwrong; 3 the machine said no (files, ports, store).";
}

}  // namespace sallyport::cli
