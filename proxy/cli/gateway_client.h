#pragma once
// Asks the gateway that runs from a state directory, over its admin listener, with its token.

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/flat_json.h"

namespace sallyport::cli {

struct GatewayReply {
  int status = 0;
  std::string body;  // JSON, or problem details
};

// not_found: no gateway runs from there. permission: the token may not be read. The body is at most
// 16 MiB; the whole takes at most `patience`.
Result<GatewayReply> ask_gateway(const std::string& state, std::string_view method,
                                 std::string_view path,
                                 std::chrono::seconds patience = std::chrono::seconds(30));

// `text` as one segment of a path or one value of a query (RFC 3986 section 2.1).
std::string url_encoded(std::string_view text);

// The `detail` of problem details, or the whole where it is something else.
std::string detail_of(const GatewayReply& reply);

// The whole of a command that shows what the gateway says at GET `path`: in JSON as it came, else
// by `show`, which returns the exit code. What goes wrong is complained of.
int show_gateway(const StatusOptions& options, std::string_view path,
                 const std::function<int(const FlatJson&)>& show);

}  // namespace sallyport::cli
