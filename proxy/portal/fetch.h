#pragma once
// A small request of our own to a server of the operator's choice, answered whole: what signing in
// at a provider needs.

#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/http/headers.h"
#include "base/io/task.h"
#include "proxy/origin/dialer.h"
#include "proxy/origin/pool.h"
#include "proxy/origin/route.h"
#include "proxy/portal/provider_metadata.h"

namespace sallyport::portal {

struct Asked {
  WebAddress address;
  std::string method = "GET";
  http::Headers headers;
  std::string body;
};

struct Fetched {
  int status = 0;
  std::string media_type;
  std::string body;
};

class Fetcher {
 public:
  static constexpr std::size_t kLargest = 256 * 1024;  // bytes of a body; more is an error
  static constexpr std::chrono::milliseconds kPatience{10'000};  // for all of it

  virtual ~Fetcher() = default;
  // `asked` lives until it returns. No redirect is followed: an address that moved is a fault to be
  // seen, and not one to be led by.
  virtual Task<Result<Fetched>> fetch(const Asked& asked) = 0;
};

// Over the way that carries traffic: fixed names, the resolver, the address guard, the judge of
// chains, the pool (in a class of its own). Belongs to the worker.
class OriginFetcher final : public Fetcher {
 public:
  OriginFetcher(io::Worker& worker, origin::Router& router, origin::Dialer& dialer,
                origin::Pool& pool)
      : worker_(worker), router_(router), dialer_(dialer), pool_(pool) {}

  Task<Result<Fetched>> fetch(const Asked& asked) override;
  // What runs fails now, and what comes later fails, too.
  void stop();

 private:
  struct Call;
  Task<Result<Fetched>> run(Call& call, io::Nursery& nursery);

  io::Worker& worker_;
  origin::Router& router_;
  origin::Dialer& dialer_;
  origin::Pool& pool_;
  std::vector<io::Nursery*> running_;
  bool stopped_ = false;
};

}  // namespace sallyport::portal
