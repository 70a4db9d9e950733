#include "proxy/cli/import_keep.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "discovery/foreign/use_reader.h"
#include "discovery/foreign/use_tally.h"
#include "discovery/store/sqlite_usage_imports.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/import_world.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"
#include "proxy/cli/logged_import.h"

namespace sallyport::cli {

namespace {

namespace imports = discovery::imports;
using discovery::ImportedFile;
using discovery::ImportState;
using discovery::SqliteUsageImports;
using discovery::UsageImport;
using discovery::foreign::UseReader;
using discovery::foreign::UseTally;
using imports::ImportReport;
using std::chrono::days;

std::string_view format_word(const ImportReport& report) {
  return report.format == imports::LogFormat::auto_ ? "unknown"
                                                    : imports::format_info(report.format).word;
}

// The texts of a file together.
ImportedFile sum_of(const std::vector<ImportReport>& reports) {
  ImportedFile sum;
  std::string digests;
  std::vector<std::string_view> formats;
  std::optional<Time> first;
  for (const ImportReport& report : reports) {
    if (sum.beginning.empty()) sum.beginning = report.beginning;
    digests += report.digest;
    sum.packing = report.packing;
    if (std::ranges::find(formats, format_word(report)) == formats.end()) {
      formats.push_back(format_word(report));
    }
    sum.bytes += report.bytes;
    sum.lines += report.lines;
    sum.records += report.records();
    sum.aside += report.aside();
    sum.bad += report.bad();
    if (report.records() == 0) continue;
    first = std::min(first.value_or(report.first), report.first);
    sum.last = std::max(sum.last, report.last);
  }
  sum.first = first.value_or(Time());
  sum.format = fmt::format("{}", fmt::join(formats, ","));
  if (reports.size() > 1) {
    const Sha256Digest digest = sha256(digests);
    digests.assign(digest.begin(), digest.end());
  }
  sum.digest = std::move(digests);
  return sum;
}

// Why a file is not to be counted, as far as earlier imports say; "" where it is.
std::string why_not(const ImportedFile& file, const std::vector<UsageImport>& earlier) {
  for (const UsageImport& one : earlier) {
    if (one.state != ImportState::in_force || one.file.beginning != file.beginning) continue;
    if (one.file.digest == file.digest) {
      return fmt::format("it was imported already, as {}; --again counts it twice", one.number);
    }
    return fmt::format(
        "it begins as import {} does, whose lines it may hold; take that one back "
        "first (discover imports --remove {}), or count both with --again",
        one.number, one.number);
  }
  return {};
}

struct Outcome {
  std::string name;
  ImportedFile file;
  std::optional<discovery::UsageSource> number;
  std::string why;  // it was not kept
  int code = kOk;
};

class ImportKeeper {
 public:
  ImportKeeper(const DiscoverImportOptions& options, const imports::ImportOptions& how,
               const ImportWorld& files, std::chrono::hours age,
               const discovery::UsageExclusions& exclude, const std::string& state,
               SqliteUsageImports& store)
      : options_(options), how_(how), state_(state), store_(store) {
    world_ = {.catalog = files.catalog.get(),
              .noise = files.noise.get(),
              .suffixes = files.suffixes.get(),
              .users = files.users.get(),
              .geo = files.geo.get(),
              .tags = files.tags.get(),
              .agents = files.agents.get(),
              .users_by_address = options.users_by_address,
              .exclude = &exclude};
    const Time now = system_clock().now();
    bounds_.last = std::chrono::floor<days>(now) + days(1);  // of clocks that are not right
    bounds_.first = age.count() > 0 ? std::chrono::floor<days>(now - age) : std::chrono::sys_days();
  }

  Outcome keep(const std::string& name) {
    Outcome outcome{.name = name == "-" ? "(standard input)" : printable(name)};
    const auto number = store_.begin(who_does(options_.by), outcome.name, system_clock().now());
    if (!number) return failed(outcome, number.error());
    UseReader reader(world_, bounds_);
    ImportedFiles read = import_files(
        {name}, how_, [&](const imports::LogRecord& record) { take(reader, record); },
        [&] { return !error_; });
    if (!error_ && tally_.size() > 0) flush();
    outcome.file = sum_of(read.reports);
    outcome.file.left_out = reader.left_out();
    outcome.code = read.code;
    tell_zones(options_, read.reports);
    if (reader.excluded() > 0) {
      complain(fmt::format("{}: {} records are excluded (recording.usage.exclude)", outcome.name,
                           reader.excluded()));
    }
    if (reader.odd_users() > 0) {
      complain(fmt::format("{}: {} records name a user in a way that is no name; they are nobody's",
                           outcome.name, reader.odd_users()));
    }
    if (error_) return failed(outcome, *error_);
    outcome.why = judge(read, outcome);
    if (!outcome.why.empty()) {
      if (outcome.code == kOk) outcome.code = kNo;
      return undo(outcome);
    }
    // Its entry first, so that nothing counts without one.
    LoggedImport entry = entry_of(*number, outcome);
    if (!log_import(state_, entry, who_does(options_.by))) {
      outcome.why = "the governance log cannot tell of it";
      outcome.code = kMachine;
      return undo(outcome);
    }
    const Result<void> done = store_.finish(outcome.file, system_clock().now());
    if (!done) {
      entry.change = "removed";
      log_import(state_, entry, who_does(options_.by));
      return failed(outcome, done.error());
    }
    outcome.number = *number;
    return outcome;
  }

 private:
  static LoggedImport entry_of(discovery::UsageSource number, const Outcome& outcome) {
    const ImportedFile& file = outcome.file;
    return {.kind = "log_import",
            .key = std::to_string(number),
            .change = "imported",
            .facts = {{"file", std::filesystem::path(outcome.name).filename().string()},
                      {"format", file.format},
                      {"records", std::to_string(file.records)},
                      {"left_out", std::to_string(file.left_out)},
                      {"bad", std::to_string(file.bad)}}};
  }

  void take(UseReader& reader, const imports::LogRecord& record) {
    if (error_) return;
    if (const auto use = reader.read(record)) tally_.add(*use);
    if (tally_.size() >= UseTally::kMost) flush();
  }

  void flush() {
    const Result<void> done = store_.add(tally_.uses());
    tally_.clear();
    if (!done) error_ = done.error();
  }

  std::string judge(const ImportedFiles& read, const Outcome& outcome) {
    if (read.code != kOk) return "it is judged bad";
    if (outcome.file.records == 0) return "there is no record in it";
    if (outcome.file.left_out == outcome.file.records) {
      return "all its records are left out: older than use is kept (recording.usage.max_age), not "
             "yet, or excluded (recording.usage.exclude)";
    }
    if (options_.again) return {};
    const auto earlier = store_.list();
    return earlier ? why_not(outcome.file, *earlier) : describe(earlier.error());
  }

  Outcome failed(Outcome& outcome, const Error& error) {
    outcome.why = describe(error);
    outcome.code = kMachine;
    return undo(outcome);
  }

  Outcome undo(Outcome& outcome) {
    tally_.clear();
    error_.reset();
    // What cannot be deleted now counts for nothing, and goes with the next import.
    if (const Result<void> done = store_.give_up(); !done) complain(describe(done.error()));
    return std::move(outcome);
  }

  const DiscoverImportOptions& options_;
  const imports::ImportOptions& how_;
  const std::string& state_;
  SqliteUsageImports& store_;
  discovery::foreign::UseWorld world_;
  discovery::foreign::UseBounds bounds_;
  UseTally tally_;
  std::optional<Error> error_;
};

Listing::Cell number_or_none(std::optional<discovery::UsageSource> number) {
  return number ? Listing::number(static_cast<std::uint64_t>(*number)) : Listing::text("");
}

void add_file_columns(std::vector<std::string>& columns) {
  for (const char* name :
       {"packing", "format", "lines", "records", "aside", "bad", "left_out", "first", "last"}) {
    columns.emplace_back(name);
  }
}

void add_file_cells(std::vector<Listing::Cell>& cells, const ImportedFile& file) {
  cells.push_back(Listing::text(file.packing));
  cells.push_back(Listing::text(file.format));
  for (const std::uint64_t count :
       {file.lines, file.records, file.aside, file.bad, file.left_out}) {
    cells.push_back(Listing::number(count));
  }
  cells.push_back(time_cell(file.first));
  cells.push_back(time_cell(file.last));
}

std::string outcomes_text(const std::vector<Outcome>& outcomes, std::string_view format) {
  std::vector<std::string> columns{"import", "file"};
  add_file_columns(columns);
  columns.emplace_back("not_kept");
  Listing listing(columns);
  for (const Outcome& one : outcomes) {
    std::vector<Listing::Cell> cells{number_or_none(one.number), Listing::text(one.name)};
    add_file_cells(cells, one.file);
    cells.push_back(Listing::text(one.why));
    listing.add(std::move(cells));
  }
  return listing.render(format);
}

std::unique_ptr<SqliteUsageImports> open_imports(const std::string& state) {
  if (const Result<void> made = app::make_directory(state, 0750); !made) {
    complain(describe(made.error()));
    return nullptr;
  }
  auto store = SqliteUsageImports::open(
      {.path = app::store_file(state), .lock = app::import_lock_file(state)});
  if (!store) {
    complain(describe(store.error()));
    return nullptr;
  }
  const auto cleaned = (*store)->clean();
  if (!cleaned) {
    complain(describe(cleaned.error()));
    return nullptr;
  }
  if (*cleaned > 0) {
    complain(fmt::format("{} import{} stopped in the middle; nothing of it was kept", *cleaned,
                         *cleaned == 1 ? " was" : "s were"));
  }
  return std::move(*store);
}

std::string_view to_string(ImportState state) {
  switch (state) {
    case ImportState::unfinished:
      return "unfinished";
    case ImportState::in_force:
      return "in_force";
    case ImportState::removed:
      break;
  }
  return "removed";
}

int remove_imports(const DiscoverImportsOptions& options, const std::string& state) {
  const auto store = open_imports(state);
  if (store == nullptr) return kMachine;
  const auto all = store->list();
  if (!all) {
    complain(describe(all.error()));
    return kMachine;
  }
  int code = kOk;
  for (const std::int64_t number : options.remove) {
    const auto there = std::ranges::find_if(*all, [&](const UsageImport& one) {
      return one.number == number && one.state == ImportState::in_force;
    });
    if (there != all->end()) {
      const LoggedImport entry{
          .kind = "log_import",
          .key = std::to_string(number),
          .change = "removed",
          .facts = {{"file", std::filesystem::path(there->name).filename().string()},
                    {"records", std::to_string(there->file.records)}}};
      if (!log_import(state, entry, who_does(options.by))) return kMachine;
    }
    const auto removed = store->remove(number, who_does(options.by), system_clock().now());
    if (!removed) {
      complain(describe(removed.error()));
      return kMachine;
    }
    if (*removed) {
      say(fmt::format("import {} is taken back\n", number));
    } else {
      complain(fmt::format("there is no import {}", number));
      code = kNo;
    }
  }
  return code;
}

}  // namespace

int keep_import(const DiscoverImportOptions& options, imports::ImportOptions how) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  const auto files = import_world(*config);
  if (!files) return kWrongInput;
  const auto store = open_imports(state);
  if (store == nullptr) return kMachine;
  how.digest = true;
  how.quotes = !config->anonymize_users;
  const discovery::UsageExclusions exclude =
      files->names ? app::hidden(*files->names, config->usage_exclude) : config->usage_exclude;
  ImportKeeper keeper(options, how, *files, config->usage_age, exclude, state, *store);
  std::vector<Outcome> outcomes;
  int code = kOk;
  for (const std::string& file : options.files) {
    const Outcome& outcome = outcomes.emplace_back(keeper.keep(file));
    if (!outcome.why.empty()) complain(outcome.name + " is not kept: " + outcome.why);
    code = std::max(code, outcome.code);
  }
  say(outcomes_text(outcomes, options.output));
  return code;
}

int discover_imports(const DiscoverImportsOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  if (!options.remove.empty()) return remove_imports(options, state);
  const auto imports = discovery::read_imports(app::store_file(state));
  if (!imports) {
    complain(describe(imports.error()));
    return kMachine;
  }
  std::vector<std::string> columns{"import", "state", "file"};
  add_file_columns(columns);
  for (const char* name : {"begun", "who", "removed_by"}) columns.emplace_back(name);
  Listing listing(columns);
  bool any = false;
  for (const UsageImport& one : *imports) {
    if (one.state == ImportState::removed && !options.all) continue;
    any = true;
    std::vector<Listing::Cell> cells{Listing::number(static_cast<std::uint64_t>(one.number)),
                                     Listing::text(to_string(one.state)), Listing::text(one.name)};
    add_file_cells(cells, one.file);
    cells.push_back(time_cell(one.begun));
    cells.push_back(Listing::text(one.who));
    cells.push_back(Listing::text(one.removed_by));
    listing.add(std::move(cells));
  }
  say(listing.render(options.format));
  return any ? kOk : kNo;
}

}  // namespace sallyport::cli
