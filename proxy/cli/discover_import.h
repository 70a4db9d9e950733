#pragma once
// `sallyport discover import`: what other gateways' logs say of the use of apps.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "discovery/imports/import.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

struct DiscoverImportOptions {
  CommonOptions common;
  std::vector<std::string> files;  // "-" is standard input
  std::string format = "auto";
  std::string logformat;  // Squid's
  std::string parser;     // a file
  std::string zone;       // of times that name none; "" is UTC
  bool dry_run = false;
  bool again = false;             // also what was imported already
  bool users_by_address = false;  // discovery/foreign/use_reader.h
  std::string by;                 // who; "" is the user of this shell
  std::string output = "table";
};
int discover_import(const DiscoverImportOptions& options);

// How to read, from the words of the command line; nullopt after a message.
std::optional<discovery::imports::ImportOptions> import_options(
    const DiscoverImportOptions& options);

struct ImportedFiles {
  std::vector<discovery::imports::ImportReport> reports;
  int code = kOk;  // kWrongInput where a report has a fault, kMachine where a file cannot be opened
};
// Hands every record of every file to `sink`, in the order of the files; shows on standard error
// how far it is, and which lines and files are bad. A record of a text that has a fault may have
// gone to `sink` before. `go_on` is asked now and then; false stops, which is a fault.
ImportedFiles import_files(const std::vector<std::string>& files,
                           const discovery::imports::ImportOptions& options,
                           const discovery::imports::RecordSink& sink,
                           const std::function<bool()>& go_on = {});
// Says how many times of the reports named no zone, and what they were taken for.
void tell_zones(const DiscoverImportOptions& options,
                const std::vector<discovery::imports::ImportReport>& reports);

}  // namespace sallyport::cli
