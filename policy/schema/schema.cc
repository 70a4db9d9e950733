#include "policy/schema/schema.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

#include "policy/activity/attribute_table.h"
#include "policy/compile/restrictions.h"
#include "policy/model/policy.h"
#include "policy/model/policy_keys.h"
#include "policy/schema/asked.h"
#include "policy/schema/schema_writer.h"

namespace sallyport::policy {
namespace {

constexpr const char* kDates =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}( *\\.\\. *[0-9]{4}-[0-9]{2}-[0-9]{2})?$";
constexpr const char* kTimes = "^[0-9]{2}:[0-9]{2} *\\.\\. *[0-9]{2}:[0-9]{2}$";
constexpr const char* kCompared = "^ *(=|<|>|<=|>=)? *[0-9]+( *\\.\\. *[0-9]+)? *$";
constexpr const char* kBytes =
    "^ *(=|<|>|<=|>=)? *[0-9.]+ *([kKMGTP]i?)?B?( *\\.\\. *[0-9.]+ *([kKMGTP]i?)?B?)? *$";
constexpr const char* kAddress = "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$";
constexpr std::string_view kGroups[] = {"all", "any", "not"};

class Schema : SchemaWriter {
 public:
  explicit Schema(bool templates) : templates_(templates) {}

  std::string write() {
    object([&] {
      title(templates_ ? "Sallyport templates" : "Sallyport policies");
      json_.member("description", "A list; conf/policies/README.md has the language.");
      json_.key("type");
      words({"array", "null"});
      member("items", [&] { json_.member("$ref", "#/$defs/policy"); });
      member("$defs", [&] {
        member("policy", [&] { policy(); });
        member("conditions",
               [&] { conditions("conditions", [](const Attribute&) { return true; }); });
        for (const Kind kind : kAllKinds) {
          const std::string name = name_of(kind);
          member(name, [&] {
            conditions(name, [kind](const Attribute& one) { return may_ask(kind, one); });
          });
        }
        for (const Attribute& one : attribute_table()) {
          member(one.name, [&] { values(one); });
        }
        define_text();
        member("list", [&] {
          json_.member("type", "string");
          json_.member("pattern", "^list/.");
        });
        member("date", [&] {
          json_.member("type", "string");
          json_.member("pattern", kDate);
        });
      });
    });
    return take();
  }

 private:
  static std::string name_of(Kind kind) { return "conditions_of_" + std::string(to_string(kind)); }

  // One value of an attribute; what holds for every value stands in `values`.
  void value(const Attribute& one) {
    const auto allowed = one.allowed ? one.allowed() : std::span<const std::string_view>();
    switch (one.type) {
      case Type::word:
      case Type::words:
        object([&] { enumeration(allowed); });
        // Capitals do not count.
        if (one.fold_case) pattern("^[A-Za-z]{2}$");
        return;
      case Type::text:
      case Type::texts:
        if (!allowed.empty()) object([&] { enumeration(allowed); });
        object([&] { reference("text"); });
        return;
      case Type::number:
        object([&] { json_.member("type", "integer"); });
        pattern(one.bytes ? kBytes : kCompared);
        return;
      case Type::address:
        pattern(kAddress);
        return;
      case Type::time_of_day:
        pattern(kTimes);
        return;
      case Type::weekday: {
        std::string days;
        for (const std::string_view day : weekday_words()) {
          days += (days.empty() ? "" : "|") + std::string(day);
        }
        pattern(fmt::format("^({0})( *\\.\\. *({0}))?$", days).c_str());
        return;
      }
      case Type::date:
        pattern(kDates);
        return;
    }
  }

  void alternatives(const Attribute& one) {
    array("anyOf", [&] {
      value(one);
      object([&] { reference("list"); });
      object([&] {
        json_.key("enum");
        if (one.says_unknown) {
          words({"is set", "is not set", "unknown"});
        } else {
          words({"is set", "is not set"});
        }
      });
    });
  }

  void values(const Attribute& one) {
    json_.member("description", fmt::format("{} Known from: {}.", one.doc, to_string(one.from)));
    array("anyOf", [&] {
      object([&] { alternatives(one); });
      object([&] {
        json_.member("type", "array");
        json_.member("minItems", 1);
        member("items", [&] { alternatives(one); });
      });
    });
  }

  // A mapping of conditions; groups hold the same again.
  void conditions(const std::string& self, const std::function<bool(const Attribute&)>& asked) {
    json_.member("type", "object");
    json_.member("minProperties", 1);
    json_.member("additionalProperties", false);
    member("properties", [&] { condition_properties(self, asked); });
  }

  void condition_properties(const std::string& self,
                            const std::function<bool(const Attribute&)>& asked) {
    for (const Attribute& one : attribute_table()) {
      if (asked(one)) member(one.name, [&] { reference(one.name); });
    }
    for (const std::string_view group : kGroups) {
      member(group, [&] {
        if (group == "not") {
          reference(self);
          return;
        }
        json_.member("type", "array");
        json_.member("minItems", 1);
        member("items", [&] { reference(self); });
      });
    }
  }

  void exceptions(const std::string& self, const std::function<bool(const Attribute&)>& asked) {
    json_.member("type", "array");
    member("items", [&] {
      json_.member("type", "object");
      json_.member("minProperties", 1);
      json_.member("additionalProperties", false);
      member("properties", [&] {
        condition_properties(self, asked);
        member("reason", [&] { reference("text"); });
        member("expires", [&] { reference("date"); });
      });
    });
  }

  void key(const PolicyKey& one) {
    const std::string_view name = one.name;
    json_.member("description", one.doc);
    if (name == "id") {
      json_.key("type");
      words({"string", "integer"});
      json_.member("pattern", "^[a-z0-9][a-z0-9-]*$");
      json_.member("maxLength", 64);
    } else if (name == "name") {
      reference("text");
      json_.member("minLength", 1);
      json_.member("maxLength", 128);
    } else if (name == "kind") {
      enumeration(kind_words());
    } else if (name == "extends") {
      json_.member("type", "string");
      json_.member("pattern", "^template/.");
    } else if (name == "severity") {
      enumeration(alert_severity_words());
    } else if (name == "category") {
      enumeration(risk_category_words());
    } else if (name == "mode") {
      enumeration(mode_words());
    } else if (name == "then") {
      enumeration(action_words());
    } else if (name == "starts" || name == "expires") {
      reference("date");
    } else if (name == "when") {
      reference("conditions");
    } else if (name == "except") {
      exceptions("conditions", [](const Attribute&) { return true; });
    } else if (name == "quarantine") {
      json_.member("type", "boolean");
    } else if (name == "safe_search") {
      enumeration(safe_search_levels());
    } else if (name == "throttle") {
      throttle();
    } else if (name == "redirect") {
      json_.member("type", "string");
      json_.member("pattern", "^https?://");
    } else if (name == "references" || name == "remove_headers") {
      array("anyOf", [&] {
        object([&] { reference("text"); });
        object([&] {
          json_.member("type", "array");
          member("items", [&] { reference("text"); });
        });
      });
    } else if (name == "add_headers") {
      json_.member("type", "object");
      json_.member("minProperties", 1);
      member("additionalProperties", [&] { reference("text"); });
    } else if (name == "restrict_tenants") {
      restrict_tenants();
    } else if (name == "restrict_youtube") {
      enumeration(youtube_levels());
    } else if (name == "alerts_per_day") {
      array("anyOf", [&] {
        object([&] { number(1, 10'000); });
        object([&] { json_.member("const", kNoAlerts); });
      });
    } else if (name == "for") {
      json_.member("type", "string");
      json_.member("pattern", kSpan);
    } else if (name == "per") {
      enumeration(grant_width_words());
    } else if (name == "hold") {
      enumeration(hold_words());
    } else if (name == "repeat") {
      repeat();
    } else if (name == "per_day") {
      per_day();
    } else if (name == "detect") {
      detect();
    } else {
      reference("text");
    }
  }

  void throttle() {
    const auto rate = [&] {
      json_.member("type", "string");
      json_.member("pattern", "^[0-9]+ ?(B|KB|MB|GB|KiB|MiB|GiB)/s$");
    };
    array("anyOf", [&] {
      object(rate);
      object([&] {
        json_.member("type", "object");
        json_.member("minProperties", 1);
        json_.member("additionalProperties", false);
        member("properties", [&] {
          member("upload", rate);
          member("download", rate);
        });
      });
    });
  }

  void texts() {
    array("anyOf", [&] {
      object([&] { reference("text"); });
      object([&] {
        json_.member("type", "array");
        json_.member("minItems", 1);
        member("items", [&] { reference("text"); });
      });
    });
  }

  void restrict_tenants() {
    json_.member("type", "object");
    json_.member("minProperties", 1);
    json_.member("additionalProperties", false);
    member("properties", [&] {
      for (const Restriction& one : tenant_restrictions()) {
        member(one.name, [&] {
          json_.member("description", one.doc);
          if (one.fields.front().part.empty()) return texts();
          json_.member("type", "object");
          json_.member("additionalProperties", false);
          json_.key("required");
          json_.begin_array();
          for (const RestrictionField& field : one.fields) json_.string(field.part);
          json_.end_array();
          member("properties", [&] {
            for (const RestrictionField& field : one.fields) {
              member(field.part, [&] { texts(); });
            }
          });
        });
      }
    });
  }

  void repeat() {
    json_.member("type", "object");
    json_.member("additionalProperties", false);
    json_.key("required");
    words({"min", "window"});
    member("properties", [&] {
      member("min", [&] { number(2, 100'000); });
      member("window", [&] {
        json_.member("type", "string");
        json_.member("pattern", kSpan);
      });
      for (const char* flag : {"same_app", "unique_targets"}) {
        member(flag, [&] {
          static constexpr std::string_view kBooleans[] = {"true", "false"};
          enumeration(kBooleans);
        });
      }
    });
  }

  void detect() {
    json_.member("type", "object");
    json_.member("additionalProperties", false);
    member("properties", [&] {
      for (const DetectKey& key : detect_keys()) {
        member(key.name, [&] {
          switch (key.takes) {
            case DetectKey::Takes::what:
              enumeration(detect_what_words());
              break;
            case DetectKey::Takes::subject:
              enumeration(detect_subject_words());
              break;
            case DetectKey::Takes::count:
              enumeration(detect_count_words());
              break;
            case DetectKey::Takes::trait:
              enumeration(detect_trait_words());
              break;
            case DetectKey::Takes::sensitivity:
              enumeration(detect_sensitivity_words());
              break;
            case DetectKey::Takes::rhythm:
              enumeration(detect_rhythm_words());
              break;
            case DetectKey::Takes::span:
              json_.member("type", "string");
              json_.member("pattern", kSpan);
              break;
            case DetectKey::Takes::amount:
            case DetectKey::Takes::times:
            case DetectKey::Takes::share:
            case DetectKey::Takes::number:
              reference("text");
              break;
          }
          json_.member("description", key.doc);
        });
      }
    });
  }

  void per_day() {
    json_.member("type", "object");
    json_.member("minProperties", 1);
    json_.member("additionalProperties", false);
    member("properties", [&] {
      for (const char* measure :
           {"traffic", "uploaded", "downloaded", "users", "addresses", "transactions"}) {
        member(measure, [&] {
          json_.member("type", "string");
          json_.member("pattern", "^>");
        });
      }
    });
  }

  void policy() {
    json_.member("type", "object");
    json_.member("additionalProperties", false);
    if (templates_) {
      json_.key("required");
      words({"id"});
    } else {
      array("anyOf", [&] {
        for (const char* one : {"name", "extends"}) {
          object([&] {
            json_.key("required");
            words({one});
          });
        }
      });
    }
    member("properties", [&] {
      for (const PolicyKey& one : policy_keys()) member(one.name, [&] { key(one); });
    });
    array("allOf", [&] {
      for (const Kind kind : kAllKinds) object([&] { of_kind(kind); });
    });
  }

  // What a policy of one kind may hold. What it must hold may stand in its template.
  void of_kind(Kind kind) {
    member("if", [&] {
      if (kind == Kind::session) {
        array("anyOf", [&] {
          object([&] { is_kind(kind); });
          object([&] {
            member("not", [&] {
              array("anyOf", [&] {
                for (const char* one : {"kind", "extends"}) {
                  object([&] {
                    json_.key("required");
                    words({one});
                  });
                }
              });
            });
          });
        });
      } else {
        is_kind(kind);
      }
    });
    member("then", [&] {
      member("properties", [&] {
        member("when", [&] { reference(name_of(kind)); });
        member("except", [&] {
          exceptions(name_of(kind), [kind](const Attribute& one) { return may_ask(kind, one); });
        });
        deed(kind);
        for (const PolicyKey& one : policy_keys()) {
          const bool fits = one.kinds.empty() ||
                            std::find(one.kinds.begin(), one.kinds.end(), kind) != one.kinds.end();
          if (!fits) json_.key(one.name), json_.boolean(false);
        }
      });
      if (!templates_) needs(kind);
    });
  }

  void is_kind(Kind kind) {
    json_.key("required");
    words({"kind"});
    member("properties", [&] { member("kind", [&] { json_.member("const", to_string(kind)); }); });
  }

  void deed(Kind kind) {
    if (kind == Kind::access || kind == Kind::session) {
      member("then", [&] {
        json_.key("enum");
        words({"allow", "monitor", "block", "coach", "justify", "step_up", "notice", "isolate",
               "sign_in_again"});
      });
    } else if (kind == Kind::tls) {
      member("then", [&] {
        json_.key("enum");
        words({"intercept", "bypass", "block"});
      });
    }
  }

  void needs(Kind kind) {
    array("anyOf", [&] {
      const auto one = [&](const char* key) {
        object([&] {
          json_.key("required");
          words({key});
        });
      };
      one("extends");
      if (kind == Kind::detection) {
        one("detect");
      } else if (kind == Kind::activity || kind == Kind::app_discovery) {
        one("alerts_per_day");
        one("tag_app");
      } else {
        one("then");
        if (kind == Kind::session) {
          for (const char* key : {"add_headers", "remove_headers", "restrict_tenants",
                                  "restrict_youtube", "safe_search", "throttle"}) {
            one(key);
          }
        }
      }
    });
  }

  bool templates_;
};

}  // namespace

std::string policy_schema() { return Schema(false).write(); }
std::string template_schema() { return Schema(true).write(); }

}  // namespace sallyport::policy
