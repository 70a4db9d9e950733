#include <algorithm>

#include "base/core/text.h"
#include "discovery/classify/classify.h"
#include "discovery/classify/content_disposition.h"
#include "discovery/classify/media_kind.h"
#include "discovery/classify/path_words.h"

namespace sallyport::discovery {
namespace {

using policy::ActivityType;

// The path and query of a Location, wherever it leads.
std::string_view target_of(std::string_view location) {
  location = location.substr(0, location.find('#'));
  std::size_t authority = std::string_view::npos;
  if (location.starts_with("//")) authority = 2;
  if (istarts_with(location, "http://")) authority = 7;
  if (istarts_with(location, "https://")) authority = 8;
  if (authority == std::string_view::npos) return location;
  const std::size_t path = location.find_first_of("/?", authority);
  return path == std::string_view::npos ? std::string_view() : location.substr(path);
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return istarts_with(text, word); });
}

// "error", "error=bad_password", "login_failed=1", "status=failed"; but not "error=0".
bool tells_failure(std::string_view query) {
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view key = pair.substr(0, equals);
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    const bool denied = value == "0" || iequals(value, "false") || iequals(value, "none");
    const bool bad_key =
        starts_with_any(key, {"err", "fail", "login_err", "login_fail", "loginerr", "loginfail",
                              "auth_err", "auth_fail", "autherr", "authfail", "invalid"});
    if (bad_key && !denied) return true;
    if (starts_with_any(value, {"error", "fail", "invalid", "denied", "incorrect", "bad_cred"})) {
      return true;
    }
  }
  return false;
}

bool is_back_at_login(const http::ReplyHead& reply) {
  if (reply.status < 300 || reply.status > 399) return false;
  const auto location = reply.headers.find("location");
  if (!location) return false;
  const std::string_view target = target_of(*location);
  const std::size_t mark = std::min(target.find('?'), target.size());
  if (mark == target.size()) return false;
  return PathWords(target.substr(0, mark)).is_login() && tells_failure(target.substr(mark + 1));
}

bool is_refused_login(const http::RequestHead& request, const http::ReplyHead& reply) {
  if (reply.status == 401 || reply.status == 403) return true;
  // RFC 6749 section 5.2: invalid_grant and its kin are answered with 400.
  if (reply.status == 400) return PathWords(request.path_only()).is_token();
  return is_back_at_login(reply);
}

bool is_attachment(const http::ReplyHead& reply, std::string_view type) {
  const auto disposition = reply.headers.find("content-disposition");
  if (!disposition) return false;
  const ContentDisposition read = read_content_disposition(*disposition);
  if (read.type != "attachment") return false;
  // Google's and others' APIs call every JSON answer an attachment, so that old browsers do not
  // take it for a page. Nobody keeps these.
  const std::string name = lower(read.file_name);
  const bool guarded = name == "f.txt" || name == "json.txt" || name == "response.bin";
  return !(guarded && is_talk(type) && !type.empty());
}

// Fonts, scripts and styles that a server sends as unnamed bytes. By the path, not by
// Sec-Fetch-Dest: that one is the client's to choose.
bool is_page_part(std::string_view path) {
  static constexpr std::string_view kEndings[] = {".woff", ".woff2", ".ttf", ".otf", ".eot",
                                                  ".js",   ".mjs",   ".css", ".map", ".wasm"};
  const std::string name = lower(path.substr(path.size() - std::min<std::size_t>(path.size(), 8)));
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_download(const http::RequestHead& request, const http::ReplyHead& reply) {
  if (reply.status != 200 && reply.status != 203 && reply.status != 206) return false;
  const std::string type = http::media_type(reply.headers.find("content-type").value_or(""));
  if (is_attachment(reply, type)) return request.method == "GET" || request.method == "POST";
  if (type == "application/x-git-upload-pack-result") return request.method == "POST";
  if (request.method != "GET" || !is_file_received(type)) return false;
  return type != "application/octet-stream" || !is_page_part(request.path_only());
}

}  // namespace

void classify_reply(policy::Activity& activity, const http::RequestHead& request,
                    const http::ReplyHead& reply) {
  const ActivityType asked = activity.type.value_or(ActivityType::other);
  if (asked == ActivityType::login && is_refused_login(request, reply)) {
    activity.type = ActivityType::login_failed;
  }
  const bool open = asked == ActivityType::view || asked == ActivityType::other;
  if (open && is_download(request, reply)) activity.type = ActivityType::download;
}

}  // namespace sallyport::discovery
