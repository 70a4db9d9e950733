#include "proxy/cli/discover_import.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/core/text.h"
#include "base/core/zone_hint.h"
#include "discovery/imports/custom_format.h"
#include "discovery/imports/line_layout.h"
#include "proxy/app/config.h"
#include "proxy/app/known_catalog.h"
#include "proxy/cli/import_keep.h"
#include "proxy/cli/import_picture.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

namespace imports = discovery::imports;
using std::chrono::milliseconds;

// How far a file is, written over on standard error twice a second, where that is a terminal.
class ImportProgress {
 public:
  ImportProgress() : terminal_(::isatty(STDERR_FILENO) == 1), begun_(system_clock().steady()) {}
  ~ImportProgress() { clear(); }
  ImportProgress(const ImportProgress&) = delete;
  ImportProgress& operator=(const ImportProgress&) = delete;

  void tell(const std::string& file, std::uint64_t done, std::uint64_t all, std::uint64_t records) {
    if (!terminal_) return;
    const auto now = system_clock().steady();
    if (shown_ && now - last_ < milliseconds(500)) return;
    last_ = now;
    shown_ = true;
    std::string line = "\r  " + printable(file) + ": " + human_bytes(done);
    if (all > 0) line += fmt::format(" of {}, {} %", human_bytes(all), done * 100 / all);
    const auto passed = std::chrono::duration_cast<milliseconds>(now - begun_).count();
    if (passed > 0) {
      line +=
          fmt::format(", {} records a second", records * 1000 / static_cast<std::uint64_t>(passed));
    }
    write(line + "\x1b[K");
  }

  void clear() {
    if (shown_) write("\r\x1b[K");
    shown_ = false;
  }

 private:
  static void write(const std::string& text) {
    // A progress line that cannot be written is no loss.
    static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
  }

  const bool terminal_;
  bool shown_ = false;
  const std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point last_;
};

void tell_faults(const imports::ImportReport& report) {
  for (const imports::BadLine& bad : report.first_bad) {
    complain(fmt::format("{}:{}: {}{}{}", report.name, bad.line, imports::to_string(bad.reason),
                         bad.text.empty() ? "" : ": ", bad.text));
  }
  if (report.bad() > report.first_bad.size() && !report.first_bad.empty()) {
    complain(
        fmt::format("{}: {} bad lines more", report.name, report.bad() - report.first_bad.size()));
  }
  if (!report.fault.empty()) complain(report.name + ": " + report.fault);
}

// What the named format needs beside the lines; false after a message.
bool add_description(const DiscoverImportOptions& options, imports::ImportOptions& made) {
  if (!options.logformat.empty()) {
    const Spanned<std::string> written{
        options.logformat,
        {std::make_shared<const Source>(Source{"--logformat", options.logformat}), 1, 1}};
    auto layout = imports::LineLayout::parse(written);
    if (!layout) {
      complain("--logformat cannot be used:\n" + render(layout.error()));
      return false;
    }
    made.parser.layout = std::move(*layout);
    made.format = imports::LogFormat::logformat;
  }
  if (!options.parser.empty()) {
    auto custom = imports::CustomFormat::load(options.parser);
    if (!custom) {
      complain("--parser cannot be used:\n" + render(custom.error()));
      return false;
    }
    made.parser.custom = std::move(*custom);
    made.format = imports::LogFormat::custom;
  }
  return true;
}

}  // namespace

std::optional<imports::ImportOptions> import_options(const DiscoverImportOptions& options) {
  imports::ImportOptions made;
  const auto format = imports::parse_log_format(options.format);
  if (!format) {
    complain("no format '" + printable(options.format) + "'; " +
             did_you_mean(options.format, imports::log_format_words()));
    return std::nullopt;
  }
  made.format = *format;
  if (!options.logformat.empty() && !options.parser.empty()) {
    complain("--logformat and --parser both say what lines look like; give one");
    return std::nullopt;
  }
  if (made.format == imports::LogFormat::logformat && options.logformat.empty()) {
    complain("--format logformat needs --logformat, the line of squid.conf without its name");
    return std::nullopt;
  }
  if (made.format == imports::LogFormat::custom && options.parser.empty()) {
    complain("--format custom needs --parser, a file that describes the format");
    return std::nullopt;
  }
  if (!add_description(options, made)) return std::nullopt;
  made.parser.times.now = system_clock().now();
  if (!options.zone.empty()) {
    made.parser.times.zone = TimeZone::find(options.zone);
    if (!made.parser.times.zone) {
      const std::string hint = zone_hint(options.zone, TimeZone::names());
      complain("no time zone '" + printable(options.zone) + "'" +
               (hint.empty() ? ": one such as Europe/Vienna" : "; " + hint));
      return std::nullopt;
    }
  }
  return made;
}

ImportedFiles import_files(const std::vector<std::string>& files,
                           const imports::ImportOptions& options, const imports::RecordSink& sink,
                           const std::function<bool()>& go_on) {
  ImportedFiles imported;
  ImportProgress progress;
  std::uint64_t records = 0;
  const imports::RecordSink counting = [&](const imports::LogRecord& record) {
    ++records;
    sink(record);
  };
  for (const std::string& file : files) {
    auto reports =
        imports::import_log(file, options, counting, [&](std::uint64_t done, std::uint64_t all) {
          progress.tell(file, done, all, records);
          return !go_on || go_on();
        });
    progress.clear();
    if (!reports) {
      complain(printable(describe(reports.error())));
      imported.code = kMachine;
      continue;
    }
    for (imports::ImportReport& report : *reports) {
      tell_faults(report);
      if (!report.fault.empty() && imported.code == kOk) imported.code = kWrongInput;
      imported.reports.push_back(std::move(report));
    }
  }
  return imported;
}

void tell_zones(const DiscoverImportOptions& options,
                const std::vector<imports::ImportReport>& reports) {
  std::uint64_t without_zone = 0;
  for (const imports::ImportReport& report : reports) without_zone += report.without_zone;
  if (without_zone == 0) return;
  complain(fmt::format("{} times name no zone and were read as {}{}", without_zone,
                       options.zone.empty() ? "UTC" : options.zone,
                       options.zone.empty() ? "; --zone says another" : ""));
}

namespace {

int show_import(const DiscoverImportOptions& options, imports::ImportOptions how) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  how.quotes = !config->anonymize_users;
  Diagnostics warnings;
  auto catalog = app::load_known_catalog(*config, warnings);
  if (!catalog) {
    complain("the catalog cannot be used:\n" + render(catalog.error()));
    return kWrongInput;
  }
  ImportPicture picture(std::move(*catalog));
  const ImportedFiles imported = import_files(
      options.files, how, [&](const imports::LogRecord& record) { picture.add(record); });
  tell_zones(options, imported.reports);
  say(picture.render(imported.reports, options.output));
  return imported.code;
}

}  // namespace

int discover_import(const DiscoverImportOptions& options) {
  const auto how = import_options(options);
  if (!how) return kWrongInput;
  return options.dry_run ? show_import(options, *how) : keep_import(options, *how);
}

}  // namespace sallyport::cli
