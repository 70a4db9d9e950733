#include "discovery/signatures/operation.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/json/selector.h"
#include "discovery/signatures/exchange_values.h"

namespace sallyport::discovery {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string_view field(const Fields& fields, std::string_view name) {
  const auto at = std::ranges::find(fields, name, [](const auto& one) { return one.first; });
  return at == fields.end() ? std::string_view() : std::string_view(at->second);
}

bool is_name_byte(char c) { return is_alpha(c) || is_digit(c) || c == '_'; }

// Where JSON names what it asks for.
struct Paths {
  JsonSelection selection;
  std::size_t operation_name, query, jsonrpc, method, tool;
  Paths()
      : operation_name(*selection.add("operationName")),
        query(*selection.add("query")),
        jsonrpc(*selection.add("jsonrpc")),
        method(*selection.add("method")),
        tool(*selection.add("params.name")) {}
};

std::string of_json(std::string_view body) {
  static const Paths kPaths;
  JsonSelector selector(kPaths.selection);
  selector.feed(body);
  selector.end();
  if (const auto name = selector.first(kPaths.operation_name); !name.empty()) {
    return std::string(name);
  }
  if (!selector.first(kPaths.jsonrpc).empty()) {
    std::string method(selector.first(kPaths.method));
    if (method == "tools/call") method += ':' + std::string(selector.first(kPaths.tool));
    return method;
  }
  return graphql_name(selector.first(kPaths.query));
}

}  // namespace

std::string graphql_name(std::string_view document) {
  // The GraphQL grammar, section 2.3: blanks and commas say nothing, '#' begins a comment.
  const auto skip = [&] {
    while (!document.empty()) {
      if (document.front() == '#') {
        document.remove_prefix(std::min(document.find('\n'), document.size()));
      } else if (is_name_byte(document.front()) || document.front() == '{' ||
                 document.front() == '(' || document.front() == '@' || document.front() == ':') {
        return;
      } else {
        document.remove_prefix(1);
      }
    }
  };
  const auto word = [&] {
    std::size_t size = 0;
    while (size < document.size() && is_name_byte(document[size])) ++size;
    const std::string_view taken = document.substr(0, size);
    document.remove_prefix(size);
    return taken;
  };
  skip();
  const std::string_view kind = word();
  // Fragments may stand before the operation.
  if (kind == "fragment") {
    for (const std::string_view one : {"mutation", "query", "subscription"}) {
      const std::size_t at = document.find(std::string("\n") + std::string(one));
      if (at != document.npos) return graphql_name(document.substr(at + 1));
    }
    return {};
  }
  if (kind != "query" && kind != "mutation" && kind != "subscription" &&
      !(kind.empty() && document.starts_with('{'))) {
    return {};
  }
  skip();
  if (const std::string_view name = word(); !name.empty()) return std::string(name);
  document.remove_prefix(std::min(document.find('{'), document.size()));
  if (document.empty()) return {};
  document.remove_prefix(1);
  skip();
  const std::string_view first = word();
  skip();
  if (!document.starts_with(':')) return std::string(first);
  document.remove_prefix(1);  // "alias: field"
  skip();
  return std::string(word());
}

std::string operation_of(const RequestText& request, const Fields& query, const Fields& form) {
  if (istarts_with(request.content_type, "application/grpc")) {
    return std::string(request.path.substr(request.path.starts_with('/') ? 1 : 0));
  }
  // Only where the body is of that kind: others do not know the field.
  if (request.headers != nullptr && istarts_with(request.content_type, "application/x-amz-json")) {
    if (const auto target = request.headers->find("X-Amz-Target")) {
      const std::size_t dot = target->rfind('.');
      return std::string(dot == target->npos ? *target : target->substr(dot + 1));
    }
  }
  if (const auto action = field(form, "Action"); !action.empty()) return std::string(action);
  if (const auto name = field(form, "operationName"); !name.empty()) return std::string(name);
  if (const auto document = field(form, "query"); !document.empty()) {
    if (std::string name = graphql_name(document); !name.empty()) return name;
  }
  if (!request.body.empty() && form.empty()) {
    if (std::string name = of_json(request.body); !name.empty()) return name;
  }
  if (const auto action = field(query, "Action"); !action.empty()) return std::string(action);
  if (const auto name = field(query, "operationName"); !name.empty()) return std::string(name);
  return graphql_name(field(query, "query"));
}

}  // namespace sallyport::discovery
