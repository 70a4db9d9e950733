#include "proxy/admin/openapi.h"

#include <map>

#include "base/core/text.h"
#include "base/json/writer.h"

namespace sallyport::admin {

namespace {

std::string_view role_of(const RouteFacts* facts) {
  if (facts == nullptr) return "operator";
  switch (facts->who) {
    case RouteFacts::Who::anybody:
      return "anybody";
    case RouteFacts::Who::viewer:
      return "viewer";
    case RouteFacts::Who::analyst:
      return "analyst";
    case RouteFacts::Who::operator_:
      return "operator";
  }
  return "operator";
}

void write_schema(JsonWriter& json, std::string_view name) {
  json.key("schema");
  json.begin_object();
  if (name == "text") {
    json.member("type", "string");
  } else if (name.starts_with('[')) {
    json.member("type", "array");
    json.key("items");
    json.begin_object();
    json.member("$ref", "#/components/schemas/" + std::string(name.substr(1, name.size() - 2)));
    json.end_object();
  } else if (!name.empty()) {
    json.member("$ref", "#/components/schemas/" + std::string(name));
  }
  json.end_object();
}

void write_content(JsonWriter& json, std::string_view type, std::string_view schema) {
  json.key("content");
  json.begin_object();
  json.key(type);
  json.begin_object();
  write_schema(json, schema);
  json.end_object();
  json.end_object();
}

void write_parameter(JsonWriter& json, std::string_view name, bool in_path) {
  json.begin_object();
  json.member("name", name);
  json.member("in", in_path ? "path" : "query");
  json.member("required", in_path);
  json.key("schema");
  json.begin_object();
  json.member("type", "string");
  json.end_object();
  json.end_object();
}

// The names in the braces of a path.
std::vector<std::string_view> names_in(std::string_view path) {
  std::vector<std::string_view> names;
  for (const std::string_view piece : split(path, '/')) {
    if (piece.starts_with('{') && piece.ends_with('}')) {
      names.push_back(piece.substr(1, piece.size() - 2));
    }
  }
  return names;
}

void write_operation(JsonWriter& json, const Api::Told& route, std::string_view path) {
  const RouteFacts* facts = route.facts;
  json.begin_object();
  json.member("summary", facts != nullptr ? facts->summary : "");
  json.member("x-role", role_of(facts));
  if (facts != nullptr && facts->who == RouteFacts::Who::anybody) {
    json.key("security");
    json.begin_array();
    json.end_array();
  }
  json.key("parameters");
  json.begin_array();
  for (const std::string_view name : names_in(path)) write_parameter(json, name, true);
  for (const std::string& name : route.asked) write_parameter(json, name, false);
  json.end_array();
  if (facts != nullptr && !facts->body.empty()) {
    json.key("requestBody");
    json.begin_object();
    json.member("required", true);
    write_content(json, facts->body == "text" ? "text/plain" : "application/json", facts->body);
    json.end_object();
  }
  json.key("responses");
  json.begin_object();
  json.key("200");
  json.begin_object();
  json.member("description", "Done");
  if (facts != nullptr) write_content(json, facts->type, facts->answer);
  json.end_object();
  json.key("default");
  json.begin_object();
  json.member("description", "Problem details (RFC 9457)");
  write_content(json, "application/problem+json", "Problem");
  json.end_object();
  json.end_object();
  json.end_object();
}

void write_security(JsonWriter& json) {
  json.key("securitySchemes");
  json.begin_object();
  json.key("token");
  json.begin_object();
  json.member("type", "http");
  json.member("scheme", "bearer");
  json.end_object();
  json.key("session");
  json.begin_object();
  json.member("type", "apiKey");
  json.member("in", "cookie");
  json.member("name", "sallyport_session");
  json.member("description",
              "With TLS it is named __Host-sallyport_session. A call that changes something needs "
              "X-CSRF-Token beside it.");
  json.end_object();
  json.end_object();
}

std::string lower_method(std::string_view method) { return lower(method); }

}  // namespace

std::string openapi(const std::vector<Api::Told>& routes, std::span<const NamedSchema> schemas) {
  std::map<std::string, std::vector<const Api::Told*>> paths;
  for (const Api::Told& route : routes) {
    paths[route.facts != nullptr ? std::string(route.facts->path) : route.pattern].push_back(
        &route);
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("openapi", "3.1.0");
  json.key("info");
  json.begin_object();
  json.member("title", "Sallyport");
  json.member("version", "1");
  json.member("description", "What operators and programs ask of a running gateway.");
  json.end_object();
  json.key("security");
  json.begin_array();
  for (const char* name : {"token", "session"}) {
    json.begin_object();
    json.key(name);
    json.begin_array();
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.key("paths");
  json.begin_object();
  for (const auto& [path, methods] : paths) {
    json.key(path);
    json.begin_object();
    for (const Api::Told* route : methods) {
      json.key(lower_method(route->method));
      write_operation(json, *route, path);
    }
    json.end_object();
  }
  json.end_object();
  json.key("components");
  json.begin_object();
  write_security(json);
  json.key("schemas");
  json.begin_object();
  json.end_object();
  json.end_object();
  json.end_object();
  // The writer writes no JSON that is one already: the schemas go into the empty object at the end.
  std::string all;
  for (const NamedSchema& one : schemas) {
    all += (all.empty() ? "" : ",") + ('"' + std::string(one.name)) + "\":" + std::string(one.json);
  }
  return out.insert(out.size() - 3, all);
}

}  // namespace sallyport::admin
