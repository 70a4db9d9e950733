#include "discovery/classify/classify.h"

#include <algorithm>

#include "base/core/text.h"
#include "discovery/classify/administration.h"
#include "discovery/classify/media_kind.h"
#include "discovery/classify/path_words.h"

namespace sallyport::discovery {
namespace {

using policy::ActivityType;

struct Verb {
  std::string_view word;
  ActivityType type;
};

// The last word of a path that is sent to: "/2/files/delete". Only words that are verbs and nothing
// else; "post" or "comment" may be either.
constexpr Verb kPathVerbs[] = {
    {"create", ActivityType::create},   {"delete", ActivityType::delete_},
    {"destroy", ActivityType::delete_}, {"edit", ActivityType::edit},
    {"invite", ActivityType::invite},   {"move", ActivityType::move},
    {"remove", ActivityType::delete_},  {"rename", ActivityType::rename},
    {"share", ActivityType::share},     {"unshare", ActivityType::unshare},
    {"update", ActivityType::edit},     {"copy", ActivityType::copy},
};

// Methods that say it themselves (RFC 9110, RFC 5789, RFC 4918).
constexpr Verb kMethodVerbs[] = {
    {"DELETE", ActivityType::delete_}, {"PATCH", ActivityType::edit},
    {"MKCOL", ActivityType::create},   {"MOVE", ActivityType::move},
    {"COPY", ActivityType::copy},      {"PROPPATCH", ActivityType::edit},
};

template <std::size_t N>
std::optional<ActivityType> find_verb(const Verb (&verbs)[N], std::string_view word) {
  const auto found = std::find_if(std::begin(verbs), std::end(verbs),
                                  [word](const Verb& verb) { return verb.word == word; });
  if (found == std::end(verbs)) return std::nullopt;
  return found->type;
}

bool is_sending(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

std::string media_type_of(const http::Headers& headers) {
  return http::media_type(headers.find("content-type").value_or(""));
}

// Fields that come only with pieces of files.
bool has_upload_field(const http::Headers& headers) {
  static constexpr std::string_view kFields[] = {"content-range", "upload-offset", "upload-length",
                                                 "tus-resumable", "x-file-name",   "x-filename",
                                                 "x-file-size"};
  for (const auto field : headers) {
    if (istarts_with(field.name, "x-upload-") || istarts_with(field.name, "x-goog-upload-"))
      return true;
    for (const std::string_view name : kFields) {
      if (iequals(field.name, name)) return true;
    }
  }
  const auto disposition = headers.find("content-disposition");
  return disposition && lower(*disposition).find("filename") != std::string::npos;
}

bool sends_file(const http::RequestHead& request, const PathWords& path, std::string_view type) {
  if (is_file_sent(type, request.method) || has_upload_field(request.headers)) return true;
  // `curl -T report.pdf` names no type; a PUT without a body to a name like this is rare.
  return request.method == "PUT" && type.empty() && path.names_file();
}

// What a POST says it stands for, where only POST passes through. Believed for verbs that need no
// body; never in place of an upload.
std::optional<ActivityType> overridden(const http::RequestHead& request) {
  if (request.method != "POST") return std::nullopt;
  std::optional<ActivityType> found;
  const auto take = [&](std::string_view method) {
    if (iequals(method, "DELETE")) found = ActivityType::delete_;
    if (iequals(method, "PATCH") && !found) found = ActivityType::edit;
  };
  for (const std::string_view name :
       {"x-http-method-override", "x-http-method", "x-method-override"}) {
    if (const auto method = request.headers.find(name)) take(*method);
  }
  // As frameworks for pages have it.
  if (request.query().find("ethod=") != std::string_view::npos) {
    for (const std::string_view pair : split(request.query(), '&')) {
      if (pair.starts_with("_method=")) take(pair.substr(8));
      if (pair.starts_with("%24httpMethod=")) take(pair.substr(14));
      if (pair.starts_with("$httpMethod=")) take(pair.substr(12));
    }
  }
  return found;
}

bool wants_page(const http::Headers& headers) {
  if (const auto dest = headers.find("sec-fetch-dest")) return iequals(*dest, "document");
  const auto accept = headers.find("accept");
  if (!accept) return false;
  const std::string all = headers.count("accept") > 1 ? headers.joined("accept") : std::string();
  std::string_view rest = all.empty() ? *accept : std::string_view(all);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view part = trim(rest.substr(0, end));
    if (istarts_with(part, "text/html") && http::media_type(part) == "text/html") return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

ActivityType classify_get(const http::RequestHead& request, const PathWords& path) {
  if (path.is_logout()) return ActivityType::logout;
  // WordPress leaves by the door it came in.
  if (path.last() == "wp-login" &&
      request.query().find("action=logout") != std::string_view::npos) {
    return ActivityType::logout;
  }
  return wants_page(request.headers) ? ActivityType::view : ActivityType::other;
}

void set_app(policy::Activity& activity, const Catalog::Found& found, const AppTagOverlay& overlay,
             const NoiseHosts& noise) {
  const NoiseHosts::Found noisy = noise.find(activity.host);
  activity.host_kind = found.app && found.size >= noisy.size ? policy::HostKind::app : noisy.kind;
  if (!found.app) {
    activity.app.reset();
  } else if (!activity.app || activity.app->id != found.app->facts.id) {  // No copy for nothing.
    activity.app = facts_of(*found.app, overlay);
  }
}

ActivityType classify_sending(const http::RequestHead& request, const PathWords& path) {
  const std::string type = media_type_of(request.headers);
  if (sends_file(request, path, type)) return ActivityType::upload;
  if (request.method == "POST" && path.is_logout()) return ActivityType::logout;
  if (request.method == "POST" && path.is_login() && is_talk(type)) return ActivityType::login;

  const auto verb = find_verb(kPathVerbs, path.last());
  if (path.is_upload() && verb.value_or(ActivityType::create) == ActivityType::create) {
    return ActivityType::upload;
  }
  if (const auto other = overridden(request)) return *other;
  if (verb) return *verb;
  return find_verb(kMethodVerbs, request.method).value_or(ActivityType::other);
}

}  // namespace

void classify_host(policy::Activity& activity, const Catalog& catalog, const AppTagOverlay& overlay,
                   const NoiseHosts& noise) {
  activity.app.reset();
  set_app(activity, catalog.find_cover(activity.host), overlay, noise);
}

void classify_path(policy::Activity& activity, const Catalog& catalog, const AppTagOverlay& overlay,
                   const NoiseHosts& noise) {
  if (!activity.path) return classify_host(activity, catalog, overlay, noise);
  set_app(activity, catalog.find_cover(activity.host, *activity.path), overlay, noise);
}

void classify_request(policy::Activity& activity, const http::RequestHead& request) {
  activity.type = ActivityType::other;
  const PathWords path(request.path_only());
  activity.admin = is_administration(activity.host, path);
  if (!request.upgrade.empty()) return;
  if (request.method == "GET") {
    activity.type = classify_get(request, path);
  } else if (is_sending(request.method)) {
    activity.type = classify_sending(request, path);
  } else if (request.method == "DELETE" && path.is_session()) {
    activity.type = ActivityType::logout;
  } else {
    activity.type = find_verb(kMethodVerbs, request.method).value_or(ActivityType::other);
  }
}

}  // namespace sallyport::discovery
