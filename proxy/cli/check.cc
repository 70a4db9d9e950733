#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <unistd.h>

#include "base/json/writer.h"
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

namespace {

std::string count(std::size_t number, std::string_view word) {
  return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

// "2 errors, 1 warning"
std::string tally(std::size_t errors, std::size_t warnings) {
  if (errors == 0) return count(warnings, "warning");
  if (warnings == 0) return count(errors, "error");
  return count(errors, "error") + ", " + count(warnings, "warning");
}

std::string as_json(const std::string& config, const std::vector<Diagnostic>& found,
                    std::size_t errors, const std::string& summary) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("config", config);
  json.key("usable");
  json.boolean(errors == 0);
  json.key("errors");
  json.number(errors);
  json.key("warnings");
  json.number(found.size() - errors);
  json.member("summary", summary);
  json.key("diagnostics");
  json.begin_array();
  for (const Diagnostic& one : found) {
    json.begin_object();
    json.member("file", one.place.source ? one.place.source->name : std::string());
    // 0: the file as a whole. Lines and columns count from 1, columns and length in bytes.
    json.key("line");
    json.number(one.place.line);
    json.key("column");
    json.number(one.place.column);
    json.key("length");
    json.number(one.place.length);
    json.member("severity", one.severity == Severity::error ? "error" : "warning");
    json.member("message", one.message);
    json.member("hint", one.hint);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

}  // namespace

int check(const CheckOptions& options) {
  const std::string& file = options.common.config;
  Diagnostics found;
  std::string summary;
  auto config = app::load_config(file, found);
  if (config) {
    app::check_portal(config->portal, found);
    if (const auto& sign_in = config->admin_server.sign_in) {
      auto provider = app::load_provider_options(sign_in->at);
      if (!provider) found.append(std::move(provider.error()));
    }
    auto material = app::load_material(*config, system_clock().now(), found);
    if (material) {
      summary = app::describe(*material);
    } else {
      found.append(std::move(material.error()));
    }
  } else {
    found.append(std::move(config.error()));
  }
  const std::vector<Diagnostic> all = found.sorted();
  const auto errors = static_cast<std::size_t>(std::ranges::count_if(
      all, [](const Diagnostic& one) { return one.severity == Severity::error; }));
  if (options.format == "json") {
    say(as_json(file, all, errors, errors > 0 ? tally(errors, all.size() - errors) : summary));
  } else {
    if (!all.empty()) complain("what was found:\n" + render(found));
    if (errors > 0) {
      complain(fmt::format("{}: {}: cannot be used", file, tally(errors, all.size() - errors)));
    } else if (all.empty()) {
      say(fmt::format("{}: all is well: {}\n", file, summary));
    } else {
      say(fmt::format("{}: {}, and can be used: {}\n", file, tally(0, all.size()), summary));
    }
  }
  return errors > 0 || (options.strict && !all.empty()) ? kNo : kOk;
}

}  // namespace sallyport::cli
