#pragma once
// Serves the console: files under /console/, for whoever may reach the admin listener. They hold
// nothing of the gateway's; what they show they ask of /api/v1.
//
//   GET /              redirects to /console/
//   GET /console/X     the file X; what is not there is index.html, which finds its way by itself
//
// Every answer forbids other sites, frames and inline scripts. A file whose name holds a hash of
// its content ("main-3K2LDJ7Q.js") may be kept for ever; the others are asked for each time, by
// ETag.
//
// What is none of this goes to the other pages.

#include <string>
#include <vector>

#include "base/http/exchange.h"
#include "proxy/admin/console_assets.h"

namespace sallyport::admin {

class ConsolePages final : public http::Origin {
 public:
  // `others` outlives it. `folder`: where files are read from at each call instead of the embedded
  // ones; for whoever works on the console. "": the embedded ones.
  ConsolePages(http::Origin& others, std::string folder);
  // For tests. `absence`: why there are none, where `assets` is empty.
  ConsolePages(http::Origin& others, std::span<const ConsoleAsset> assets, std::string absence);

  static bool is_mine(std::string_view path);
  // REQUIRES: is_mine(request.path_only()).
  http::Reply answer(const http::RequestHead& request) const;

  Task<Result<http::Reply>> send(const http::RequestHead& request, http::Body& body,
                                 http::Interim& interim, io::Nursery& nursery) override;

 private:
  http::Reply from_folder(const http::RequestHead& request, std::string_view path) const;

  http::Origin& others_;
  std::string folder_;
  std::span<const ConsoleAsset> assets_;
  std::string absence_;
};

// Whether the name of a file holds a hash of its content: "-", eight of A-Z and 0-9, ".".
bool is_hashed_name(std::string_view path);

}  // namespace sallyport::admin
