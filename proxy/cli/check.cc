#include <fmt/format.h>
#include <unistd.h>

#include "proxy/app/config.h"
#include "proxy/app/material.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

namespace {

void write_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t put = ::write(fd, text.data() + done, text.size() - done);
    if (put <= 0) return;
    done += static_cast<std::size_t>(put);
  }
}

}  // namespace

void complain(const std::string& text) {
  write_all(STDERR_FILENO, "sallyport: " + text + (text.ends_with('\n') ? "" : "\n"));
}

void say(const std::string& text) { write_all(STDOUT_FILENO, text); }

std::optional<std::string> state_directory(const CommonOptions& options) {
  if (!options.state.empty()) return options.state;
  Diagnostics warnings;
  auto config = app::load_config(options.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return std::nullopt;
  }
  return config->state_directory;
}

int check(const CommonOptions& options) {
  Diagnostics warnings;
  auto config = app::load_config(options.config, warnings);
  if (!config) {
    complain("errors:\n" + render(config.error()));
    return kNo;
  }
  auto material = app::load_material(*config, system_clock().now(), warnings);
  if (!warnings.empty()) complain("warnings:\n" + render(warnings));
  if (!material) {
    complain("errors:\n" + render(material.error()));
    return kNo;
  }
  say(fmt::format("{}: all is well: {}\n", options.config, app::describe(*material)));
  return kOk;
}

}  // namespace sallyport::cli
