#pragma once
// What the schemas of policies and of cases are written with: JSON, and the shapes that both have.
// Private to policy/schema.

#include <cstdint>
#include <fmt/format.h>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/json/writer.h"

namespace sallyport::policy {

class SchemaWriter {
 protected:
  static constexpr const char* kDate = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
  static constexpr const char* kSpan = "^ *[0-9]+ *[smhd] *$";

  SchemaWriter() : json_(out_) {}

  std::string take() { return std::move(out_) + '\n'; }

  void title(std::string_view text) {
    json_.member("$schema", "https://json-schema.org/draft/2020-12/schema");
    json_.member("title", text);
  }

  using Body = std::function<void()>;

  void object(const Body& body) {
    json_.begin_object();
    body();
    json_.end_object();
  }
  void member(std::string_view key, const Body& body) {
    json_.key(key);
    object(body);
  }
  void array(std::string_view key, const Body& body) {
    json_.key(key);
    json_.begin_array();
    body();
    json_.end_array();
  }
  template <class Words>
  void each_word(const Words& all) {
    json_.begin_array();
    for (const std::string_view word : all) json_.string(word);
    json_.end_array();
  }
  void words(std::initializer_list<std::string_view> all) { each_word(all); }
  void reference(std::string_view name) { json_.member("$ref", fmt::format("#/$defs/{}", name)); }
  void enumeration(std::span<const std::string_view> all) {
    json_.key("enum");
    json_.begin_array();
    for (const std::string_view word : all) {
      json_.string(word);
      if (word == "true" || word == "false") json_.boolean(word == "true");
    }
    json_.end_array();
  }
  void pattern(const char* text) {
    object([&] {
      json_.member("type", "string");
      json_.member("pattern", text);
    });
  }
  // YAML readers make a number of a text that is one.
  void number(std::int64_t least, std::int64_t most) {
    json_.key("type");
    words({"integer", "string"});
    json_.member("minimum", least);
    json_.member("maximum", most);
    json_.member("pattern", "^[0-9]+$");
  }
  // In $defs: YAML readers make numbers and booleans of some texts.
  void define_text() {
    member("text", [&] {
      json_.key("type");
      words({"string", "number", "boolean"});
    });
  }
  void define_texts() {
    member("texts", [&] {
      array("anyOf", [&] {
        object([&] { reference("text"); });
        object([&] {
          json_.member("type", "array");
          member("items", [&] { reference("text"); });
        });
      });
    });
  }
  void choice(std::initializer_list<std::string_view> all) {
    json_.key("enum");
    words(all);
  }

 private:
  std::string out_;

 protected:
  JsonWriter json_;
};

}  // namespace sallyport::policy
