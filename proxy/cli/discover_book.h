#pragma once
// What questions about use are about: the apps as the files and hands have them.

#include <memory>
#include <string>

#include "discovery/usage/app_book.h"
#include "proxy/cli/commands.h"
#include "proxy/session/snapshot.h"

namespace sallyport::cli {

struct AskedBook {
  std::shared_ptr<const session::Snapshot> snapshot;
  std::unique_ptr<discovery::AppBook> book;
};
// `state` becomes the state directory. Not kOk after a message.
int open_book(const CommonOptions& options, std::string& state, AskedBook& asked);

}  // namespace sallyport::cli
