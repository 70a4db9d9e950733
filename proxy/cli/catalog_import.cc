#include "proxy/cli/catalog_import.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

#include "base/core/file.h"
#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/catalog/app_reader.h"
#include "discovery/catalog/imported_apps.h"
#include "discovery/catalog/noise_hosts.h"
#include "discovery/catalog/registrable.h"
#include "proxy/app/config.h"
#include "proxy/app/known_catalog.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/catalog_tools.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"
#include "proxy/cli/logged_import.h"

namespace sallyport::cli {

namespace {

using discovery::CatalogImport;
using discovery::ImportOrigin;
using discovery::ImportRows;
using discovery::RowFault;

constexpr std::size_t kMaxText = 200;  // bytes of a licence, an origin

std::string file_of(const std::string& state, const std::string& name) {
  return app::imported_catalog(state) + "/" + name + ".jsonl";
}

// What of an import is in force: apps and domains that no entry above knows.
struct InForce {
  std::size_t apps = 0, domains = 0;
};
InForce in_force(const discovery::Catalog& catalog, std::string_view import) {
  InForce sum;
  for (const discovery::App& app : catalog.apps()) {
    if (!app.imported || app.imported->name != import) continue;
    ++sum.apps;
    sum.domains += app.domains.size();
  }
  return sum;
}

// What the words of the command line have against themselves; "" where nothing.
std::string fault_of(const CatalogImportOptions& options, const std::string& name) {
  if (options.file.empty()) return "name a file (or --remove NAME)";
  if (trim(options.license).empty()) {
    return "--license says under what the data may be used, such as 'CC-BY-4.0' or 'our own'";
  }
  if (std::max(options.license.size(), options.origin.size()) > kMaxText) {
    return fmt::format("--license and --origin have at most {} bytes", kMaxText);
  }
  if (!discovery::is_catalog_word(name)) {
    return "'" + printable(name) + "' is no name of an import: letters, digits and _ (--name)";
  }
  return {};
}

// False after a message.
bool read_rows(const CatalogImportOptions& options, const app::Config& config,
               const ImportOrigin& origin, ImportRows& rows) {
  const Result<std::string> text = read_regular_file(options.file, discovery::kMaxImportText);
  if (!text) {
    complain(describe(text.error()));
    return false;
  }
  const auto suffixes = discovery::load_public_suffixes(config.public_suffixes);
  if (!suffixes) {
    complain(render(suffixes.error()));
    return false;
  }
  Checked<std::shared_ptr<const discovery::NoiseHosts>> noise =
      std::make_shared<const discovery::NoiseHosts>();
  if (!config.noise.empty()) noise = discovery::load_noise(config.noise);
  if (!noise) {
    complain(render(noise.error()));
    return false;
  }
  rows = discovery::read_import(std::make_shared<const Source>(Source{options.file, *text}), origin,
                                {suffixes->get(), noise->get()});
  return true;
}

void tell_faults(const std::string& file, const ImportRows& rows) {
  for (const ImportRows::Bad& bad : rows.first_bad) {
    complain(
        fmt::format("{}:{}: {}: {}", printable(file), bad.line, to_string(bad.fault), bad.why));
  }
  if (rows.bad() > rows.first_bad.size()) {
    complain(fmt::format("{} bad rows more", rows.bad() - rows.first_bad.size()));
  }
  if (rows.passed_over.empty()) return;
  complain(fmt::format("passed over: {}", fmt::join(rows.passed_over, ", ")));
}

std::string report_text(const ImportRows& rows, const InForce& sum, const std::string& name) {
  std::string faults;
  for (std::size_t i = 0; i < discovery::kRowFaults; ++i) {
    if (rows.faults[i] == 0) continue;
    faults += fmt::format("{}{} {}", faults.empty() ? " (" : ", ", rows.faults[i],
                          to_string(static_cast<RowFault>(i)));
  }
  if (!faults.empty()) faults += ")";
  std::string text = fmt::format("{}: {} rows, {} bad{}\n", name, rows.rows, rows.bad(), faults);
  text += fmt::format(
      "{} apps with {} domains are new; {} are left out: known already, or more than a catalog "
      "holds\n",
      sum.apps, sum.domains, rows.apps.size() - sum.apps);
  return text;
}

std::string report_json(const ImportRows& rows, const InForce& sum, const std::string& name) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("import", name);
  json.member("rows", rows.rows);
  json.member("bad", rows.bad());
  json.key("faults");
  json.begin_object();
  for (std::size_t i = 0; i < discovery::kRowFaults; ++i) {
    if (rows.faults[i] > 0) json.member(to_string(static_cast<RowFault>(i)), rows.faults[i]);
  }
  json.end_object();
  json.key("first_bad");
  json.begin_array();
  for (const ImportRows::Bad& bad : rows.first_bad) {
    json.begin_object();
    json.member("line", bad.line);
    json.member("reason", to_string(bad.fault));
    json.member("why", bad.why);
    json.end_object();
  }
  json.end_array();
  json.member("apps", sum.apps);
  json.member("domains", sum.domains);
  json.member("left_out", rows.apps.size() - sum.apps);
  json.end_object();
  return text + "\n";
}

// Kept, with its entry in the governance log before it, so that nothing is in force without one.
int keep(const CatalogImportOptions& options, const app::Config& config, const ImportOrigin& origin,
         const ImportRows& rows, const InForce& sum) {
  const std::string text = discovery::kept_text(origin, rows.apps);
  if (text.size() > discovery::kMaxKeptText) {
    complain(fmt::format("not kept: it comes to more than {} MiB", discovery::kMaxKeptText >> 20));
    return kWrongInput;
  }
  const std::string& state = config.state_directory;
  LoggedImport entry{.kind = "catalog_import", .key = origin.name, .change = "imported"};
  entry.facts = {{"file", std::filesystem::path(options.file).filename().string()},
                 {"license", origin.license},
                 {"rows", std::to_string(rows.rows)},
                 {"bad", std::to_string(rows.bad())},
                 {"apps", std::to_string(sum.apps)}};
  if (!log_import(state, entry, origin.who)) return kMachine;
  const std::string folder = app::imported_catalog(state);
  Result<void> done =
      app::make_directory(std::filesystem::path(folder).parent_path().string(), 0755);
  if (done) done = app::make_directory(folder, 0755);
  if (done) done = app::write_file(file_of(state, origin.name), text, 0644);
  if (!done) {
    complain("not kept: " + describe(done.error()));
    entry.change = "removed";
    log_import(state, entry, origin.who);
    return kMachine;
  }
  return put_in_force(state);
}

int remove_import(const CatalogImportOptions& options, const std::string& state) {
  if (!discovery::is_catalog_word(options.remove) ||
      ::access(file_of(state, options.remove).c_str(), F_OK) != 0) {
    complain("there is no import '" + printable(options.remove) +
             "': see sallyport catalog imports");
    return kNo;
  }
  const LoggedImport entry{.kind = "catalog_import", .key = options.remove, .change = "removed"};
  if (!log_import(state, entry, who_does(options.by))) return kMachine;
  if (::unlink(file_of(state, options.remove).c_str()) != 0) {
    complain(fmt::format("cannot take {} away: {}", file_of(state, options.remove),
                         std::strerror(errno)));
    return kMachine;
  }
  return put_in_force(state);
}

}  // namespace

int catalog_import(const CatalogImportOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  if (!options.remove.empty()) return remove_import(options, state);
  const std::string stem = std::filesystem::path(options.file).stem().string();
  const std::string name = options.name.empty() ? discovery::app_id_of(stem) : options.name;
  if (const std::string fault = fault_of(options, name); !fault.empty()) {
    complain(fault);
    return kWrongInput;
  }
  if (!options.dry_run && ::access(file_of(state, name).c_str(), F_OK) == 0) {
    complain("there is an import '" + name + "' already: take it away first (sallyport catalog " +
             "import --remove " + name + "), or give another --name");
    return kNo;
  }
  ImportOrigin origin;
  origin.name = name;
  origin.license = printable(trim(options.license));
  origin.origin = printable(std::filesystem::path(options.file).filename().string());
  if (!options.origin.empty()) origin.origin += ", " + printable(options.origin);
  origin.who = who_does(options.by);
  origin.date = format_rfc3339(system_clock().now()).substr(0, 10);
  ImportRows rows;
  if (!read_rows(options, *config, origin, rows)) return kMachine;
  tell_faults(options.file, rows);
  if (!rows.trouble.empty() || rows.apps.empty()) {
    complain("nothing is imported: " +
             (rows.trouble.empty() ? std::string("no row can be used") : rows.trouble));
    return kWrongInput;
  }
  Diagnostics warnings;
  auto imports = discovery::read_imports(app::imported_catalog(state), warnings);
  imports.push_back({std::make_shared<const ImportOrigin>(origin), rows.apps});
  std::ranges::sort(imports, {}, [](const CatalogImport& one) { return one.origin->name; });
  const auto catalog = discovery::load_catalog(config->catalog, std::move(imports), warnings);
  if (!catalog) {
    complain("the catalog has faults (sallyport check):\n" + render(catalog.error()));
    return kWrongInput;
  }
  const InForce sum = in_force(**catalog, name);
  say(options.format == "json" ? report_json(rows, sum, name) : report_text(rows, sum, name));
  if (sum.apps == 0) {
    complain("nothing is imported: all of it is known already");
    return kNo;
  }
  return options.dry_run ? kOk : keep(options, *config, origin, rows, sum);
}

int catalog_imports(const CatalogImportsOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  Diagnostics warnings;
  const auto imports = discovery::read_imports(app::imported_catalog(state), warnings);
  if (!warnings.sorted().empty()) complain(render(warnings));
  const auto catalog = app::load_known_catalog(*config, warnings);
  if (!catalog) {
    complain("the catalog has faults (sallyport check):\n" + render(catalog.error()));
    return kWrongInput;
  }
  Listing listing({"import", "license", "origin", "date", "who", "apps", "in_force"});
  for (const CatalogImport& one : imports) {
    listing.add({Listing::text(one.origin->name), Listing::text(one.origin->license),
                 Listing::text(one.origin->origin), Listing::text(one.origin->date),
                 Listing::text(one.origin->who), Listing::number(one.apps.size()),
                 Listing::number(in_force(**catalog, one.origin->name).apps)});
  }
  say(listing.render(options.format));
  return imports.empty() ? kNo : kOk;
}

}  // namespace sallyport::cli
