#pragma once
// `sallyport apps import`: many tags at once, by the way of `apps tag`.
//
//   app,tag,note                     CSV (RFC 4180), columns in any order; note may be left out
//   dropbox,unsanctioned,by legal
//   box,-unsanctioned,               a minus takes the tag away
//
//   [{"app": "dropbox", "tag": "unsanctioned", "note": "by legal"}]
//
// An app is named by id, name or domain. What is wrong in the file is said all at once, and then
// nothing is changed. A note is for whoever reads the file: it is shown and not kept.

#include <string>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

struct AppsImportOptions {
  CommonOptions common;
  std::string file;
  std::string by;  // who; "" is the user of this shell
  bool dry_run = false;
  std::string format = "table";
};
int import_app_tags(const AppsImportOptions& options);

}  // namespace sallyport::cli
