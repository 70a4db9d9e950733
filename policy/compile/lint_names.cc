// Names in policies against the names that there are. A name may stand in a list: then what is told
// stands at the word `list/NAME`.

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/core/text.h"
#include "policy/compile/lint.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMostSuggestions = 100;  // of one run: each compares a name with all others
constexpr std::size_t kMostShown = 3;          // names of one list

class Names {
 public:
  Names(const Program& program, const KnownNames& known, Diagnostics& found)
      : program_(program), known_(known), found_(found) {}

  void run() {
    for (const CompiledPolicy& policy : program_.policies()) {
      if (!policy.tag_app.empty()) given_.insert(policy.tag_app);
    }
    for (const CompiledPolicy& policy : program_.policies()) {
      if (policy.written == nullptr) continue;
      walk(policy.when, policy.written->when);
      for (std::size_t at = 0; at < policy.except.size(); ++at) {
        walk(policy.except[at].parts(), policy.written->except[at].when);
      }
    }
    if (known_.app_tag) check_given();
  }

 private:
  void walk(std::span<const Expression> compiled, const std::vector<Condition>& written) {
    for (std::size_t at = 0; at < written.size(); ++at) {
      if (written[at].kind == Condition::Kind::test) {
        look(compiled[at], written[at]);
      } else {
        walk(compiled[at].parts(), written[at].parts);
      }
    }
  }

  void look(const Expression& compiled, const Condition& written) {
    const std::string& name = *written.attribute;
    if (name == "app") {
      check(compiled, written, known_.app, known_.apps, "the catalog has no app", "");
    } else if (name == "user") {
      check(compiled, written, known_.user, {}, "the directory has no user",
            "see: sallyport users");
    } else if (name == "user.group") {
      check(compiled, written, known_.group, known_.groups, "the directory has no group",
            "see: sallyport users");
    } else if (name == "file.name_tag") {
      check(compiled, written, known_.name_tag, known_.name_tags, "no file's name has the tag",
            "see: conf/tags/file_names.yaml");
    } else if (name == "app.tag") {
      tags(compiled, written);
    }
  }

  static bool is_name(const std::string& value) {
    return value.find_first_of("*?") == value.npos && !value.starts_with('~') &&
           value != "is set" && value != "is not set" && !iequals(value, "unknown");
  }

  std::string nearest(std::string_view name, const std::vector<std::string_view>& names) {
    if (suggested_ == kMostSuggestions || names.empty()) return {};
    ++suggested_;
    return did_you_mean(name, names);
  }

  void check(const Expression& compiled, const Condition& written,
             const std::function<bool(std::string_view)>& known,
             const std::vector<std::string_view>& names, std::string_view text,
             std::string_view otherwise) {
    if (!known) return;
    std::set<std::string> spoken;  // written here, not in a list
    const Spanned<std::string>* list = nullptr;
    for (const auto& value : written.values) {
      if (value->starts_with("list/")) {
        list = &value;
      } else if (is_name(*value)) {
        spoken.insert(lower(*value));
        if (known(*value)) continue;
        std::string hint = nearest(*value, names);
        if (hint.empty()) hint = otherwise;
        found_.warning(value.place, fmt::format("{} '{}'", text, printable(*value)),
                       std::move(hint));
      }
    }
    if (list != nullptr) check_list(compiled, *list, known, spoken, text);
  }

  void check_list(const Expression& compiled, const Spanned<std::string>& list,
                  const std::function<bool(std::string_view)>& known,
                  const std::set<std::string>& spoken, std::string_view text) {
    std::vector<std::string> missing;
    std::size_t more = 0;
    for (const Matcher& matcher : compiled.matchers()) {
      const auto* texts = std::get_if<TextMatcher>(&matcher);
      if (texts == nullptr) continue;
      for (const std::string& one : texts->exact()) {
        if (spoken.contains(one) || known(one)) continue;
        if (missing.size() < kMostShown) {
          missing.push_back(printable(one));
        } else {
          ++more;
        }
      }
    }
    if (missing.empty()) return;
    std::string hint = fmt::format("of the list: {}", fmt::join(missing, ", "));
    if (more > 0) hint += fmt::format(" and {} more", more);
    found_.warning(list.place, fmt::format("{} '{}'", text, missing.front()), std::move(hint));
  }

  // Tags come by hand too, so only what is nearly another one is told.
  void tags(const Expression&, const Condition& written) {
    if (!known_.app_tag) return;
    for (const auto& value : written.values) {
      if (value->starts_with("list/") || !is_name(*value)) continue;
      const std::string tag = lower(*value);
      asked_.insert(tag);
      if (is_known_tag(tag)) continue;
      std::vector<std::string_view> names = known_.app_tags;
      names.insert(names.end(), given_.begin(), given_.end());
      const std::string hint = nearest(tag, names);
      if (hint.empty()) continue;
      found_.warning(value.place, fmt::format("no app has the tag '{}'", printable(*value)), hint);
    }
  }

  bool is_known_tag(std::string_view tag) const {
    const auto words = app_tag_words();
    return std::find(words.begin(), words.end(), tag) != words.end() || given_.contains(tag) ||
           known_.app_tag(tag);
  }

  void check_given() {
    for (const CompiledPolicy& policy : program_.policies()) {
      const std::string& tag = policy.tag_app;
      const auto words = app_tag_words();
      if (tag.empty() || policy.written == nullptr || !policy.written->tag_app ||
          std::find(words.begin(), words.end(), tag) != words.end() || asked_.contains(tag) ||
          known_.app_tag(tag)) {
        continue;
      }
      std::vector<std::string_view> names = known_.app_tags;
      names.insert(names.end(), asked_.begin(), asked_.end());
      std::string hint = nearest(tag, names);
      if (hint.empty()) hint = fmt::format("a policy may ask for it by 'app.tag: {}'", tag);
      found_.warning(policy.written->tag_app->place,
                     fmt::format("no policy and no app knows the tag '{}'", tag), std::move(hint));
    }
  }

  const Program& program_;
  const KnownNames& known_;
  Diagnostics& found_;
  std::set<std::string, std::less<>> given_;  // by tag_app
  std::set<std::string, std::less<>> asked_;
  std::size_t suggested_ = 0;
};

}  // namespace

void lint_names(const Program& program, const KnownNames& known, Diagnostics& found) {
  Names(program, known, found).run();
}

}  // namespace sallyport::policy
