#pragma once
// What operators and programs ask of a running gateway: JSON under /api/v1 on the admin listener.
//
// Every call needs the token (RFC 6750: `Authorization: Bearer ...`), which stands in a file that
// only the gateway's user can read. A page in a browser on the same machine cannot know it, so a
// forged request is nobody's. What is not under /api goes to the pages (health, metrics, PAC).
//
// Answers: JSON, or RFC 9457 problem details with 400, 401, 404, 405, 409, 413, 503.
// Limits: bodies of 1 MiB, read only where a route asks for one.
// Thread rule: the desk's.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/error.h"
#include "base/http/exchange.h"

namespace sallyport::admin {

// What was asked, taken apart. Texts are percent-decoded.
struct Call {
  std::vector<std::string> names;            // what stood at the pattern's {}
  std::map<std::string, std::string> query;  // names that the route knows, each once
  std::string body;                          // "" where the route does not ask for one

  // "" where it is not there.
  const std::string& asked(std::string_view name) const;
};

// 200 with JSON.
http::Reply json_answer(std::string json);
// Problem details. `detail` is for the operator.
http::Reply problem(int status, std::string_view title, std::string_view detail);

class Api final : public http::Origin {
 public:
  using Handler = std::function<Task<http::Reply>(const Call& call)>;
  enum class Takes : unsigned char { nothing, body };

  // `pages` outlives the Api. An empty token lets nobody in.
  Api(std::string token, http::Origin& pages);

  // "/api/v1/apps/{}/tags/{}?by": a {} is one segment, and what stands behind the '?' are the names
  // that its query may have ("a&b"). Another name, or one twice, is an error (400): a filter that
  // is misspelt must not widen what is done. A handler is a named coroutine or hands out its
  // task; `call` lives until it ends. REQUIRES: no two routes of one method fit one path.
  void on(std::string_view method, std::string_view pattern, Handler handler,
          Takes takes = Takes::nothing);

  Task<Result<http::Reply>> send(const http::RequestHead& request, http::Body& body,
                                 http::Interim& interim, io::Nursery& nursery) override;

  static constexpr std::size_t kMostBody = 1 << 20;  // bytes

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;  // segments; "{}" is any
    std::vector<std::string> asked;    // names of the query
    Handler handler;
    Takes takes;
  };
  bool may_ask(const http::RequestHead& request) const;
  Task<http::Reply> answer(const http::RequestHead& request, http::Body& body);

  std::string token_;
  http::Origin& pages_;
  std::vector<Route> routes_;
};

// The token of a state directory: read from FILE, or made (256 random bits, mode 0600). A file that
// others may read is refused with ErrorKind::permission.
Result<std::string> open_token(const std::string& file);
// Only reads: for the CLI.
Result<std::string> read_token(const std::string& file);

}  // namespace sallyport::admin
