#pragma once
// What operators and programs ask of a running gateway: JSON under /api/v1 on the admin listener.
//
// Who asks shows who they are by one of three:
//   * the token of the state directory (RFC 6750: `Authorization: Bearer ...`), which only the
//     gateway's user can read; it may do everything, and says itself for whom it acts (?by=);
//   * a token of their own, likewise, or
//   * the cookie of a session, which the Gate knows: they act in their own name, and as their role
//     may.
// What no role may is answered with 403 before anything is read of it. What is not under /api goes
// to the pages (console, health, metrics, PAC).
//
// What a page asks by itself keeps no session alive: routes that are `polled`, and whatever is read
// with `X-Unattended: 1`.
//
// Answers: JSON, or RFC 9457 problem details with 400, 401, 403, 404, 405, 409, 412, 413, 429, 503.
// Limits: bodies of 1 MiB (4 KiB where anybody may ask), read only where a route asks for one.
// Thread rule: the desk's.

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/error.h"
#include "base/http/exchange.h"
#include "proxy/admin/role.h"
#include "proxy/admin/route_facts.h"
#include "proxy/local/visitor.h"

namespace sallyport::admin {

// Who asks.
struct Caller {
  enum class By : unsigned char { nobody, state_token, token, session };
  By by = By::state_token;
  std::string name;  // of the account or of the token; "" of the state directory's
  Role role = Role::operator_;
  std::string session;       // the token of the cookie
  bool must_change = false;  // the password, before anything else
  // Whether they are still let in: for answers that go on and on. Empty: they are.
  std::function<bool()> holds = nullptr;
};

// What was asked, taken apart. Texts are percent-decoded.
struct Call {
  std::vector<std::string> names;            // what stood at the pattern's {}
  std::map<std::string, std::string> query;  // names that the route knows, each once
  std::string body;                          // "" where the route does not ask for one
  Caller caller = {};
  local::Visitor visitor = {};
  const http::RequestHead* head = nullptr;  // lives as long as the answer

  // "" where it is not there.
  const std::string& asked(std::string_view name) const;
  // The value of a header field, "" where it is not there.
  std::string_view field(std::string_view name) const;
};

// Knows the sessions and the tokens of accounts.
class Gate {
 public:
  virtual ~Gate() = default;
  // By the token of an Authorization field.
  virtual std::optional<Caller> by_token(std::string_view token) = 0;
  // By the cookie of a session; the answer where it does not count: none is there (401), another
  // site sends it, or it would change something without its proof (403).
  // `used`: somebody does this, so that the session goes on.
  virtual std::expected<Caller, http::Reply> by_session(const http::RequestHead& request,
                                                        const local::Visitor& visitor,
                                                        bool used) = 0;
};

// 200 with JSON.
http::Reply json_answer(std::string json);
// Problem details. `detail` is for the operator. `needs`: a member more that a program goes by.
http::Reply problem(int status, std::string_view title, std::string_view detail,
                    std::string_view needs = {});

class Api final : public http::Origin, public local::VisitedOrigin {
 public:
  using Handler = std::function<Task<http::Reply>(const Call& call)>;
  enum class Takes : unsigned char { nothing, body };

  // `pages` outlives the Api. An empty token lets nobody in. `facts`: of every route; one without
  // is for operators alone.
  Api(std::string token, http::Origin& pages, std::span<const RouteFacts> facts = {});

  // Outlives the Api. Without one, only the state directory's token is known.
  void ask(Gate& gate) { gate_ = &gate; }

  // What is made of each call before anything else looks at it; an answer where it is refused.
  // Where there is one, what is logged of a call is its route and not its path.
  using Before = std::function<std::optional<http::Reply>(Call&, std::string_view pattern)>;
  void before(Before before) { before_ = std::move(before); }

  // "/api/v1/apps/{}/tags/{}?by": a {} is one segment, and what stands behind the '?' are the names
  // that its query may have ("a&b"). Another name, or one twice, is an error (400): a filter that
  // is misspelt must not widen what is done. `by` says for whom somebody acts who has no name of
  // their own; those who have one cannot say another. A handler is a named coroutine or hands out
  // its task; `call` lives until it ends. Where two routes of one method fit a path, the one
  // counts whose segments are given.
  void on(std::string_view method, std::string_view pattern, Handler handler,
          Takes takes = Takes::nothing);

  // As serve(), by a visitor of whom nothing is known.
  Task<Result<http::Reply>> send(const http::RequestHead& request, http::Body& body,
                                 http::Interim& interim, io::Nursery& nursery) override;
  Task<Result<http::Reply>> serve(const local::Visitor& visitor, const http::RequestHead& request,
                                  http::Body& body, http::Interim& interim,
                                  io::Nursery& nursery) override;

  struct Told {
    std::string method;
    std::string pattern;             // with its {}
    std::vector<std::string> asked;  // names of the query
    const RouteFacts* facts;         // null: nobody wrote any
  };
  std::vector<Told> routes() const;

  static constexpr std::size_t kMostBody = 1 << 20;  // bytes

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;  // segments; "{}" is any
    std::vector<std::string> asked;    // names of the query
    Handler handler;
    Takes takes;
    const RouteFacts* facts;
  };
  struct Found;
  Found find(const http::RequestHead& request) const;
  std::expected<Caller, http::Reply> admit(const http::RequestHead& request,
                                           const local::Visitor& visitor, bool used);
  Task<http::Reply> answer(const local::Visitor& visitor, const http::RequestHead& request,
                           http::Body& body);

  std::string token_;
  http::Origin& pages_;
  std::span<const RouteFacts> facts_;
  Gate* gate_ = nullptr;
  Before before_;  // may be empty
  std::vector<Route> routes_;
};

// The token of a state directory: read from FILE, or made (256 random bits, mode 0600). A file that
// others may read is refused with ErrorKind::permission.
Result<std::string> open_token(const std::string& file);
// Only reads: for the CLI.
Result<std::string> read_token(const std::string& file);

}  // namespace sallyport::admin
