#pragma once
// Several texts in one, for the fuzz target and the tests of diagnostics: so a policy file as it is
// shipped is an input too.
//
//   #% template             begins a file of templates: 1.yaml, 2.yaml, ... in their order
//   #% policy               begins a file of policies; the first text is one
//   #% list NAME            begins a list: NAME.txt
//   #% rehearse             options
//   #% zone Europe/Vienna
//   #% now 2026-11-26

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/core/text.h"
#include "policy/compile/compile.h"
#include "policy/compile/values.h"

namespace sallyport::policy {

struct CompileInput {
  PolicySources sources;
  CompileOptions options;
};

class CompileInputReader {
 public:
  explicit CompileInputReader(std::string_view text) : text_(text) {}

  CompileInput read() {
    while (!text_.empty()) {
      const std::size_t end = std::min(text_.find('\n'), text_.size() - 1) + 1;
      const std::string_view line = text_.substr(0, end);
      text_.remove_prefix(end);
      if (line.starts_with("#% ")) {
        mark(trim(line.substr(3, line.find_last_not_of('\n') - 2)));
      } else {
        section_ += line;
      }
    }
    finish();
    return std::move(input_);
  }

 private:
  void mark(std::string_view words) {
    const std::string_view word = words.substr(0, words.find(' '));
    const std::string_view rest = trim(words.substr(word.size()));
    if (word == "rehearse") {
      input_.options.mode = Mode::rehearse;
    } else if (word == "zone") {
      input_.options.zone = rest;
    } else if (word == "now") {
      const auto day = parse_date(rest);
      if (day) input_.options.now = Time(std::chrono::days(*day));
    } else if (word == "policy" || word == "template" || word == "list") {
      finish();
      kind_ = word;
      name_ = rest;
    }
  }

  void finish() {
    std::string text = std::exchange(section_, {});
    // Nothing stands before the first mark.
    if (std::exchange(first_, false) && text.empty()) return;
    const std::size_t number = input_.sources.policies.size() + input_.sources.templates.size();
    const auto source = std::make_shared<const Source>(Source{
        kind_ == "list" ? name_ + ".txt" : std::to_string(number + 1) + ".yaml", std::move(text)});
    if (kind_ == "policy") input_.sources.policies.push_back(source);
    if (kind_ == "template") input_.sources.templates.push_back(source);
    if (kind_ == "list") input_.sources.lists[name_] = source;
  }

  std::string_view text_;
  std::string kind_ = "policy";
  bool first_ = true;
  std::string name_;
  std::string section_;
  CompileInput input_;
};

}  // namespace sallyport::policy
