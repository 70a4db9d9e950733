#pragma once
// What the desk answers under /api/v1; the README has the list. proxy/admin carries it.

#include <functional>
#include <string>

#include "base/json/writer.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"

namespace sallyport::app {

class DeskApi {
 public:
  // Writes the members of /api/v1/status that others than the desk know.
  using Status = std::function<void(JsonWriter& json)>;

  // All outlive the DeskApi; it outlives the calls.
  DeskApi(admin::Api& api, Desk& desk, const Clock& clock, Status status);

 private:
  Task<http::Reply> status(const admin::Call& call);
  Task<http::Reply> reload(const admin::Call& call);
  Task<http::Reply> feeds(const admin::Call& call);
  Task<http::Reply> ranges(const admin::Call& call);
  Task<http::Reply> apps(const admin::Call& call);
  Task<http::Reply> one_app(const admin::Call& call);
  Task<http::Reply> tag(const admin::Call& call, discovery::TagEdit edit);
  Task<http::Reply> forget(const admin::Call& call);

  Desk& desk_;
  const Clock& clock_;
  Status status_;
};

// Of one app, with what was set by hand; also what the command line shows without a gateway.
void write_app(JsonWriter& json, const discovery::App& app, const HandTags& hand);
// One of the operator's ranges; also what the command line shows.
void write_range(JsonWriter& json, const discovery::TaggedRange& range);
void write_feeds(JsonWriter& json, const std::vector<discovery::FeedStatus>& feeds, Time now);

}  // namespace sallyport::app
