#pragma once
// The words of a request's path, and what they are known to mean on most of the web.
//
// Words are the segments between slashes, percent-decoded once, in lower case, without
// ";parameters" and without the ending of a server's page (".php", ".aspx"):
// "/Account/Log%49n.aspx" -> account, login.

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

class PathWords {
 public:
  // A path in origin form, without its query.
  explicit PathWords(std::string_view path);

  std::string_view last() const;
  bool has(std::string_view word) const;
  // Whether the last segment was written with an ending such as ".pdf".
  bool names_file() const { return names_file_; }
  // Whether that was the ending of a server's page, such as ".php".
  bool names_page() const { return names_page_; }
  std::span<const std::string> words() const { return words_; }

  // Where a browser or an app sends credentials, codes or assertions.
  bool is_login() const;
  // Where an OAuth token is asked for; is_login() holds too.
  bool is_token() const;
  // The session itself, "/session" or "/api/v1/sessions": POST begins it, DELETE ends it.
  bool is_session() const;
  bool is_logout() const;
  bool is_upload() const;

 private:
  bool has_any(std::initializer_list<std::string_view> words) const;
  // Whether nothing but roots of an API ("api", "v2", "users") stands before the last word.
  bool stands_at_root() const;

  std::vector<std::string> words_;
  bool names_file_ = false;
  bool names_page_ = false;
};

}  // namespace sallyport::discovery
