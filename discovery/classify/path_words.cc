#include "discovery/classify/path_words.h"

#include <algorithm>
#include <iterator>

#include "base/core/text.h"
#include "discovery/classify/one_of.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kPageEndings[] = {".action", ".asp",  ".aspx", ".cgi", ".cfm", ".do",
                                             ".htm",    ".html", ".jsp",  ".php", ".pl",  ".srf"};
constexpr std::string_view kLogin[] = {
    "login",      "log-in",     "log_in",       "signin",           "sign-in",
    "sign_in",    "logon",      "log-on",       "log_on",           "authenticate",
    "authn",      "wp-login",   "dologin",      "do_login",         "userlogin",
    "user_login", "user-login", "servicelogin", "j_security_check", "j_spring_security_check"};
constexpr std::string_view kLogout[] = {
    "logout",   "log-out",  "log_out", "logoff",   "log-off",     "log_off",    "signout",
    "sign-out", "sign_out", "signoff", "sign-off", "end_session", "endsession", "slo"};
constexpr std::string_view kUpload[] = {
    "upload",         "uploads",       "uploader",        "upload-file",        "upload_file",
    "uploadfile",     "file-upload",   "file_upload",     "fileupload",         "upload-session",
    "upload_session", "uploadsession", "upload_sessions", "createuploadsession"};
constexpr std::string_view kRoots[] = {"api",     "rest",     "auth",     "user",  "users",
                                       "account", "accounts", "identity", "public"};
constexpr std::string_view kWaysIn[] = {"local", "password", "callback", "ldap",
                                        "saml",  "basic",    "token",    "credentials"};

// "1", "v2", "v1.0", "2.0"
bool is_version(std::string_view word) {
  if (word.starts_with('v')) word.remove_prefix(1);
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || c == '.'; });
}

std::string decode(std::string_view segment) {
  if (segment.find('%') == std::string_view::npos) return lower(segment);
  std::string word;
  word.reserve(segment.size());
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const bool escape = segment[i] == '%' && i + 2 < segment.size() && is_hex(segment[i + 1]) &&
                        is_hex(segment[i + 2]);
    if (escape) {
      word +=
          to_lower(static_cast<char>(hex_value(segment[i + 1]) * 16 + hex_value(segment[i + 2])));
      i += 2;
    } else {
      word += to_lower(segment[i]);
    }
  }
  return word;
}

// One to five letters or digits behind the last dot, and something before it. Dots and blanks at
// the end do not count, as on Windows.
bool has_file_ending(std::string_view word) {
  while (word.ends_with('.') || word.ends_with(' ')) word.remove_suffix(1);
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || is_version(word)) return false;
  const std::string_view ending = word.substr(dot + 1);
  return !ending.empty() && ending.size() <= 5 &&
         std::all_of(ending.begin(), ending.end(),
                     [](char c) { return is_alpha(c) || is_digit(c); });
}

}  // namespace

PathWords::PathWords(std::string_view path) {
  words_.reserve(std::min<std::ptrdiff_t>(std::count(path.begin(), path.end(), '/') + 1, 8));
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    std::string word = decode(segment.substr(0, segment.find(';')));
    if (!word.empty()) words_.push_back(std::move(word));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  if (words_.empty()) return;
  std::string& last = words_.back();
  if (last.find('.') == std::string::npos) return;
  names_file_ = has_file_ending(last);
  for (const std::string_view ending : kPageEndings) {
    if (!last.ends_with(ending) || last.size() == ending.size()) continue;
    last.resize(last.size() - ending.size());
    names_page_ = true;
    break;
  }
}

std::string_view PathWords::last() const {
  return words_.empty() ? std::string_view() : std::string_view(words_.back());
}

bool PathWords::has(std::string_view word) const {
  return std::find(words_.begin(), words_.end(), word) != words_.end();
}

bool PathWords::has_any(std::initializer_list<std::string_view> words) const {
  return std::any_of(words.begin(), words.end(), [this](auto word) { return has(word); });
}

bool PathWords::stands_at_root() const {
  return std::all_of(words_.begin(), std::prev(words_.end()), [](const std::string& word) {
    return is_version(word) || is_one_of<kRoots>(word);
  });
}

bool PathWords::is_token() const {
  return last() == "token" && has_any({"oauth", "oauth2", "openid-connect", "oidc", "connect"});
}

bool PathWords::is_session() const {
  return (last() == "session" || last() == "sessions") && stands_at_root();
}

bool PathWords::is_login() const {
  if (words_.empty() || is_logout()) return false;
  const std::string_view before =
      words_.size() > 1 ? words_[words_.size() - 2] : std::string_view();
  if (is_one_of<kLogin>(last()) || is_token() || is_session()) return true;
  if (last() == "authorize")
    return has_any({"oauth", "oauth2", "openid-connect", "oidc", "connect"});
  if (last() == "auth") return stands_at_root();
  if (before == "auth" && is_one_of<kWaysIn>(last())) return true;
  if (last() == "callback")
    return has_any({"auth", "login", "signin", "sso", "oidc", "oauth", "oauth2"});
  if (before == "adfs" && last() == "ls") return true;
  return has_any({"saml", "saml2", "saml20"}) && last() != "metadata" && last() != "sls";
}

bool PathWords::is_logout() const { return is_one_of<kLogout>(last()); }

bool PathWords::is_upload() const {
  return std::any_of(words_.begin(), words_.end(), [](const std::string& word) {
    return is_one_of<kUpload>(word) || word.ends_with(".upload");
  });
}

}  // namespace sallyport::discovery
