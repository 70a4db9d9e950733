#pragma once
// The name of what a request asks for, where many share one path: GraphQL, gRPC, JSON-RPC, MCP and
// APIs like AWS'. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::discovery {

struct RequestText;

// "" where the request has none:
//   gRPC      "package.Service/Method" of its path, where the body is application/grpc*
//   AWS       X-Amz-Target behind its last dot; the field Action of a form or of the query
//   GraphQL   operationName; else the name, or the first field, in the document `query`, which may
//             be the body itself, or stand in the form's field `operations`
//   JSON-RPC  method; of MCP's tools/call "tools/call:NAME"
std::string operation_of(const RequestText& request,
                         const std::vector<std::pair<std::string, std::string>>& query,
                         const std::vector<std::pair<std::string, std::string>>& form);

// What the mutations of GraphQL in it do, whatever it is called: a name lies at no cost.
std::vector<std::string> mutations_of(const RequestText& request,
                                      const std::vector<std::pair<std::string, std::string>>& query,
                                      const std::vector<std::pair<std::string, std::string>>& form);

// The fields at the top of a document's mutations, and of its fragments on these; at most
// kMostMutations.
inline constexpr std::size_t kMostMutations = 100;
std::vector<std::string> graphql_mutations(std::string_view document);

// "CreateIssue" of "mutation CreateIssue($x: Y) {...}"; of a document without a name its first
// field; "" where it is no GraphQL.
std::string graphql_name(std::string_view document);

}  // namespace sallyport::discovery
