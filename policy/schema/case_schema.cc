#include "policy/schema/case_schema.h"

#include <algorithm>

#include "policy/activity/attribute_table.h"
#include "policy/schema/schema_writer.h"
#include "policy/testkit/case_keys.h"
#include "policy/testkit/fact_writers.h"

namespace sallyport::policy {
namespace {

// As yaml::parse_bytes().
constexpr const char* kBytes = "^ *[0-9]+ *([kKmMgGtT][iI]?[bB]|[bB])? *$";
constexpr const char* kOneAddress = "^[0-9a-fA-F:.]+$";
constexpr const char* kOneTime = "^[0-9]{2}:[0-9]{2}$";
constexpr const char* kUnknown = "^[uU][nN][kK][nN][oO][wW][nN]$";
// What a policy compares with, and a case cannot state.
constexpr const char* kComparison = "^(list/|~ |is set$)";
constexpr std::int64_t kMostExact =
    (std::int64_t{1} << 53) - 1;  // of numbers in JSON (RFC 8259, 6)

bool takes_many(const Attribute& one) { return one.type == Type::words || one.type == Type::texts; }

bool is_time(const Attribute& one) {
  return one.type == Type::time_of_day || one.type == Type::weekday || one.type == Type::date;
}

class CaseSchema : SchemaWriter {
 public:
  std::string write() {
    object([&] {
      title("Sallyport test cases of policies");
      json_.member("description", "A list; conf/policies/README.md, section Tests.");
      json_.key("type");
      words({"array", "null"});
      member("items", [&] {
        member("if", [&] { entry_of_defaults(); });
        member("then", [&] { reference("defaults"); });
        member("else", [&] { reference("case"); });
      });
      member("$defs", [&] {
        member("defaults", [&] { defaults(); });
        member("case", [&] { test_case(); });
        member("variation", [&] { variation(); });
        member("facts", [&] { facts(); });
        member("step", [&] { step(); });
        for (const Attribute& one : attribute_table()) {
          member(one.name, [&] { fact(one); });
        }
        define_text();
        define_texts();
      });
    });
    return take();
  }

 private:
  void entry_of_defaults() {
    json_.member("type", "object");
    json_.key("required");
    words({"defaults"});
    member("not", [&] {
      json_.key("required");
      words({"case"});
    });
  }

  void closed_object() {
    json_.member("type", "object");
    json_.member("additionalProperties", false);
  }

  void defaults() {
    closed_object();
    member("properties", [&] {
      member("defaults", [&] {
        json_.member("description", "Facts of the cases below, until the next `defaults`.");
        reference("facts");
      });
    });
  }

  void test_case() {
    closed_object();
    json_.key("required");
    words({"case"});
    member("properties", [&] {
      for (const CaseKey& one : case_keys()) member(one.name, [&] { key(one); });
    });
  }

  void variation() {
    closed_object();
    json_.member("minProperties", 1);
    member("properties", [&] {
      for (const CaseKey& one : case_keys()) {
        if (one.varies) member(one.name, [&] { key(one); });
      }
      fact_properties();
    });
  }

  void facts() {
    closed_object();
    member("properties", [&] { fact_properties(); });
  }

  void step() {
    closed_object();
    json_.member("minProperties", 1);
    member("properties", [&] {
      for (const AmountKey& one : step_keys()) member(one.name, [&] { amount(one); });
      fact_properties();
    });
  }

  void fact_properties() {
    for (const Attribute& one : attribute_table()) {
      member(one.name, [&] { reference(one.name); });
    }
  }

  void key(const CaseKey& one) {
    json_.member("description", one.left_out.empty()
                                    ? std::string(one.doc)
                                    : fmt::format("{} Left out: {}.", one.doc, one.left_out));
    switch (one.value) {
      case CaseValue::name:
        reference("text");
        json_.member("minLength", 1);
        json_.member("maxLength", kMostCaseName);
        return;
      case CaseValue::facts:
        return reference("facts");
      case CaseValue::point:
        return choice({"connect", "request", "response"});
      case CaseValue::mode:
        return enumeration(mode_words());
      case CaseValue::repetition:
        return amounts(repetition_keys());
      case CaseValue::day:
        return amounts(day_keys());
      case CaseValue::history:
        return array("anyOf", [&] {
          object([&] { reference("step"); });
          object([&] {
            json_.member("type", "array");
            json_.member("minItems", 1);
            member("items", [&] { reference("step"); });
          });
        });
      case CaseValue::step:
        return reference("step");
      case CaseValue::action: {
        std::vector<std::string_view> all(action_words().begin(), action_words().end());
        all.push_back("wait");
        return enumeration(all);
      }
      case CaseValue::text:
        return reference("text");
      case CaseValue::texts:
        return reference("texts");
      case CaseValue::headers:
        json_.member("type", "object");
        json_.member("minProperties", 1);
        member("additionalProperties", [&] { reference("text"); });
        return;
      case CaseValue::variations:
        json_.key("type");
        words({"array", "null"});
        json_.member("maxItems", kMostVariations);
        member("items", [&] { reference("variation"); });
        return;
    }
  }

  void amounts(std::span<const AmountKey> keys) {
    json_.key("type");
    words({"object", "null"});
    json_.member("additionalProperties", false);
    member("properties", [&] {
      for (const AmountKey& one : keys) member(one.name, [&] { amount(one); });
    });
  }

  void amount(const AmountKey& one) {
    switch (one.kind) {
      case AmountKey::Kind::count:
        return number(static_cast<std::int64_t>(one.least),
                      static_cast<std::int64_t>(kMostCounted));
      case AmountKey::Kind::bytes:
        return bytes();
      case AmountKey::Kind::span:
        json_.member("type", "string");
        json_.member("pattern", kSpan);
        return;
    }
  }

  void bytes() {
    json_.key("type");
    words({"integer", "string"});
    json_.member("minimum", 0);
    json_.member("pattern", kBytes);
  }

  // ---- facts

  void fact(const Attribute& one) {
    json_.member("description", one.doc);
    array("anyOf", [&] {
      alternatives(one);
      object([&] {
        json_.member("type", "array");
        if (!takes_many(one)) {
          json_.member("minItems", 1);
          json_.member("maxItems", 1);
        }
        member("items", [&] { array("anyOf", [&] { alternatives(one); }); });
      });
    });
  }

  void alternatives(const Attribute& one) {
    value(one);
    if (!is_time(one)) object([&] { json_.member("const", "is not set"); });
    if (one.says_unknown) pattern(kUnknown);
  }

  void value(const Attribute& one) {
    const auto allowed = one.allowed ? one.allowed() : std::span<const std::string_view>();
    switch (one.type) {
      case Type::word:
      case Type::words:
        object([&] { enumeration(allowed); });
        if (one.fold_case) pattern("^[A-Za-z]{2}$");
        return;
      case Type::text:
      case Type::texts:
        if (!allowed.empty()) object([&] { enumeration(allowed); });
        object([&] {
          reference("text");
          if (one.path_prefix) json_.member("pattern", "^/");
          member("not", [&] {
            json_.member("type", "string");
            json_.member("pattern", kComparison);
          });
        });
        return;
      case Type::number:
        object([&] { amount_of(one); });
        return;
      case Type::address:
        return pattern(kOneAddress);
      case Type::time_of_day:
        return pattern(kOneTime);
      case Type::weekday:
        object([&] { enumeration(weekday_words()); });
        return;
      case Type::date:
        return pattern(kDate);
    }
  }

  void amount_of(const Attribute& one) {
    const FactWriter* writer = find_fact_writer(one.name);
    if (one.bytes || writer == nullptr) return bytes();
    number(writer->least, std::min(writer->most, kMostExact));
  }
};

}  // namespace

std::string case_schema() { return CaseSchema().write(); }

}  // namespace sallyport::policy
