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

const Paths& paths() {
  static const Paths kPaths;
  return kPaths;
}

std::string of_json(std::string_view body) {
  const Paths& kPaths = paths();
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
  if (const auto operations = field(form, "operations"); !operations.empty()) {
    if (std::string name = of_json(operations); !name.empty()) return name;
  }
  if (istarts_with(request.content_type, "application/graphql")) {
    if (std::string name = graphql_name(request.body); !name.empty()) return name;
  }
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

namespace {

// A document read once from front to back (GraphQL, October 2021, section 2). What is no GraphQL
// gives whatever it gives.
class Mutations {
 public:
  explicit Mutations(std::string_view document) : rest_(document) {}

  std::vector<std::string> read() {
    while (!rest_.empty() && found_.size() < kMostMutations) step();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = rest_.front();
    if (is_name_byte(c)) return name();
    if (rest_.starts_with("...")) {
      rest_.remove_prefix(3);
      return spread();
    }
    switch (c) {
      case '#':
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
        return;
      case '"':
        return text();
      case '@':
        rest_.remove_prefix(1);
        word();
        return;
      case '(':
      case '[':
        ++inside_;
        break;
      case ')':
      case ']':
        if (inside_ > 0) --inside_;
        break;
      case '{':
        if (inside_ > 0) {
          ++inside_;
          break;
        }
        // What an inline fragment holds stands where it does.
        if (depth_ == top_ && (depth_ == 0 || through_)) ++top_;
        ++depth_;
        through_ = false;
        break;
      case '}':
        if (inside_ > 0) {
          --inside_;
          break;
        }
        if (depth_ > 0) --depth_;
        top_ = std::min(top_, depth_);
        if (depth_ == 0) mutation_ = defined_ = false;
        break;
      default:
        break;
    }
    rest_.remove_prefix(1);
  }

  void name() {
    const std::string_view taken = word();
    if (inside_ > 0) return;
    if (depth_ == 0) return define(taken);
    if (!mutation_ || depth_ != top_) return;
    blanks();
    if (rest_.starts_with(':')) {  // "alias: field"
      rest_.remove_prefix(1);
      blanks();
      found_.emplace_back(word());
    } else {
      found_.emplace_back(taken);
    }
    through_ = false;
  }

  void define(std::string_view kind) {
    if (defined_) return;  // its name, its variables
    defined_ = true;
    mutation_ = kind == "mutation";
    if (kind != "fragment") return;
    for (int i = 0; i < 3; ++i) {  // NAME on TYPE
      blanks();
      if (i < 2) {
        word();
      } else {
        mutation_ = lower(word()).find("mutation") != std::string::npos;
      }
    }
  }

  void spread() {
    blanks();
    const std::string_view taken = word();
    if (taken == "on") {
      blanks();
      word();
    }
    through_ = taken.empty() || taken == "on";
  }

  void text() {
    if (rest_.starts_with("\"\"\"")) {
      rest_.remove_prefix(3);
      for (;;) {
        const std::size_t end = rest_.find("\"\"\"");
        if (end == rest_.npos) return rest_.remove_prefix(rest_.size());
        const bool escaped = end > 0 && rest_[end - 1] == '\\';
        rest_.remove_prefix(end + 3);
        if (!escaped) return;
      }
    }
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '"' && rest_[end] != '\n') {
      end += rest_[end] == '\\' ? 2 : 1;
    }
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
  }

  void blanks() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',') {
        rest_.remove_prefix(1);
      } else {
        return;
      }
    }
  }

  std::string_view word() {
    std::size_t size = 0;
    while (size < rest_.size() && is_name_byte(rest_[size])) ++size;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  std::vector<std::string> found_;
  std::size_t inside_ = 0;  // arguments, lists and objects
  std::size_t depth_ = 0;   // selections
  std::size_t top_ = 0;     // of these, those through which the top goes
  bool defined_ = false;
  bool mutation_ = false;
  bool through_ = false;  // the selection that comes is an inline fragment's
};

void add(std::vector<std::string>& to, std::vector<std::string> more) {
  for (std::string& one : more) {
    if (to.size() < kMostMutations && !one.empty()) to.push_back(std::move(one));
  }
}

void add_json(std::vector<std::string>& to, std::string_view json) {
  JsonSelector selector(paths().selection);
  selector.feed(json);
  selector.end();
  for (const JsonValue& value : selector.values(paths().query)) {
    add(to, graphql_mutations(value.text));
  }
}

}  // namespace

std::vector<std::string> graphql_mutations(std::string_view document) {
  return Mutations(document).read();
}

std::vector<std::string> mutations_of(const RequestText& request, const Fields& query,
                                      const Fields& form) {
  std::vector<std::string> found;
  if (istarts_with(request.content_type, "application/grpc")) return found;
  for (const auto& [name, value] : form) {
    if (name == "query") add(found, graphql_mutations(value));
    if (name == "operations") add_json(found, value);
  }
  if (istarts_with(request.content_type, "application/graphql")) {
    add(found, graphql_mutations(request.body));
  } else if (form.empty() && !request.body.empty()) {
    add_json(found, request.body);
  }
  add(found, graphql_mutations(field(query, "query")));
  std::ranges::sort(found);
  const auto again = std::ranges::unique(found);
  found.erase(again.begin(), again.end());
  return found;
}

}  // namespace sallyport::discovery
