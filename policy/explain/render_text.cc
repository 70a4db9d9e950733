#include "policy/explain/render_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "base/core/text.h"
#include "policy/compile/parse.h"
#include "policy/explain/words.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMostId = 44;         // of a column; longer ones push what follows
constexpr std::size_t kMostReason = 64;     // likewise
constexpr std::size_t kMostCondition = 44;  // likewise

std::string_view head_of(Question question) {
  switch (question) {
    case Question::may:
      return "May it be done? The first access or session policy that matches decides; else allow.";
    case Question::opened:
      return "Is the connection opened? The first tls policy that matches decides; else intercept.";
    case Question::fault:
      return "The fault of the origin's certificate? The first tls policy that matches decides; "
             "else block.";
    case Question::fields:
      return "How does it pass (header fields, rates)? Every session policy of that sort that "
             "matches.";
    case Question::reports:
      return "What is reported? Every activity policy that matches.";
  }
  return "";
}

std::string_view word_of(Truth truth) {
  return truth == Truth::not_yet ? "not yet" : to_string(truth);
}

// "block", "failed", "waits" ...: what a policy was in the end.
std::string_view word_of(const PolicyExplained& one, Question question) {
  const Look& look = one.looks.back();
  switch (look.role) {
    case Role::decides:
      return one.policy->rehearse ? "rehearsed" : to_string(one.policy->action);
    case Role::waits:
      return "waits";
    case Role::held_back:
      return "held back";
    case Role::granted:
      return "granted";
    case Role::applies:
      return one.policy->rehearse           ? "rehearsed"
             : question == Question::may    ? to_string(one.policy->action)
             : question == Question::fields ? "edits"
                                            : "reports";
    case Role::not_asked:
      return "not asked";
    case Role::cannot_hold:
      break;
  }
  if (look.in_force == InForce::not_begun) return "not begun";
  if (look.in_force == InForce::expired) return "expired";
  return look.truth == Truth::unknown ? "unknown" : "failed";
}

std::string numbers(const std::vector<const CompiledPolicy*>& policies) {
  constexpr std::size_t kMost = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(policies.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(policies[i]->number + 1);
  }
  if (policies.size() > kMost) text += fmt::format(" and {} more", policies.size() - kMost);
  return text;
}

std::string padded(std::string_view text, std::size_t width) {
  return fmt::format("{:<{}}", text, width);
}

// Without blanks at the end.
void add_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

class Text {
 public:
  Text(const Explanation& explanation, const TextOptions& options)
      : explanation_(explanation), options_(options) {}

  std::string render() {
    answer();
    if (options_.only.empty()) facts();
    for (const QuestionExplained& question : explanation_.questions) section(question);
    if (explanation_.app_policies > 0 && options_.only.empty()) {
      out_ += fmt::format("\n{} app discovery {} judged by what a day comes to, not by this.\n",
                          explanation_.app_policies,
                          explanation_.app_policies == 1 ? "policy is" : "policies are");
    }
    return std::move(out_);
  }

 private:
  void answer() {
    out_ += answer_text(explanation_) + "\n";
    const Decision& decision = explanation_.decision;
    if (decision.policy != nullptr && (stops(decision.action) || asks(decision.action))) {
      if (!decision.policy->say.empty()) {
        out_ += fmt::format("  says \"{}\"\n", printable(decision.policy->say));
      }
      if (!decision.policy->redirect.empty()) {
        out_ += fmt::format("  sends pages to {}\n", printable(decision.policy->redirect));
      }
      if (!decision.policy->replacement.empty()) {
        out_ += "  sends a text in the place of a download\n";
      }
      if (decision.policy->quarantine) out_ += "  keeps an enciphered copy of the upload\n";
      if (asks(decision.action)) {
        out_ += fmt::format("  an answer holds for {}, per {}\n",
                            format_duration(decision.policy->grant_for),
                            to_string(decision.policy->grant_width));
      }
    }
    for (const QuestionExplained& question : explanation_.questions) {
      for (const PolicyExplained& one : question.policies) {
        if (one.looks.back().role != Role::granted) continue;
        out_ +=
            fmt::format("  passed over: {}, which would {}, by grant {}\n", title_of(*one.policy),
                        to_string(one.policy->action), grant_text(*one.grant));
      }
    }
    for (const CompiledPolicy* one : decision.rehearsed()) {
      out_ += fmt::format("  in rehearsal: {} would {}\n", title_of(*one), to_string(one->action));
    }
  }

  void facts() {
    std::vector<const FactExplained*> shown;
    std::size_t name = 0;
    std::size_t value = 0;
    for (const FactExplained& fact : explanation_.facts) {
      const auto source = options_.sources.find(fact.attribute->name);
      const bool given = source != options_.sources.end() && source->second == "given";
      if (!options_.all && !fact.asked && !given) continue;
      shown.push_back(&fact);
      name = std::max(name, fact.attribute->name.size());
      value = std::max(value, std::min(fact.text.size(), kMostReason));
    }
    out_ += options_.all ? "\nFacts\n" : "\nFacts that policies ask for\n";
    for (const FactExplained* fact : shown) {
      const auto source = options_.sources.find(fact->attribute->name);
      add_line(out_, fmt::format("  {}  {}  {}", padded(fact->attribute->name, name),
                                 padded(fact->text, value),
                                 source == options_.sources.end() ? "" : source->second));
    }
    std::string missing;
    for (const Attribute* attribute : explanation_.missing) {
      missing += (missing.empty() ? "" : ", ") + std::string(attribute->name);
    }
    if (!missing.empty()) out_ += "  not known: " + missing + "\n";
  }

  void section(const QuestionExplained& question) {
    std::vector<const PolicyExplained*> shown;
    for (const PolicyExplained& one : question.policies) {
      if (options_.only.empty() || one.policy->id == options_.only) shown.push_back(&one);
    }
    if (shown.empty() && !options_.only.empty()) return;
    const bool rare = question.question == Question::fault && !question.not_asked.empty();
    if (rare && !options_.all && options_.only.empty()) return;
    out_ += "\n" + std::string(head_of(question.question)) + "\n";
    for (const Answer& answer : question.answers) add_line(out_, "  " + said(answer));
    if (!question.not_asked.empty()) out_ += fmt::format("  not asked: {}\n", question.not_asked);
    if (shown.empty()) {
      out_ += "  there are no such policies\n";
      return;
    }
    measure(shown);
    out_ += "\n";
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const std::size_t behind = end_of_run(shown, i);
      if (behind == i) {
        policy(question, *shown[i]);
      } else {
        not_asked(question, *shown[i]->policy, *shown[behind - 1]->policy);
        i = behind - 1;
      }
    }
  }

  std::string said(const Answer& answer) const {
    std::string text = fmt::format("{:<9} ", fmt::format("{}:", to_string(answer.point)));
    if (answer.policy != nullptr) {
      text += fmt::format("{} by {}", to_string(answer.action), title_of(*answer.policy));
    } else if (!answer.final) {
      return text + "goes on, because " + numbers(answer.waits) + " may still match";
    } else {
      text += fmt::format("{}, no policy matches", to_string(answer.action));
    }
    if (!answer.waits.empty()) text += ", whatever becomes of " + numbers(answer.waits);
    if (!answer.undone.empty()) text += fmt::format("; but {}", answer.undone);
    return text;
  }

  // Behind the last of the policies from `first` on that were not asked and share a line.
  std::size_t end_of_run(const std::vector<const PolicyExplained*>& shown,
                         std::size_t first) const {
    while (first < shown.size() && !is_full(*shown[first]) &&
           shown[first]->looks.back().role == Role::not_asked) {
      ++first;
    }
    return first;
  }

  static std::string range(const CompiledPolicy& first, const CompiledPolicy& last) {
    if (first.number == last.number) return std::to_string(first.number + 1);
    return fmt::format("{}-{}", first.number + 1, last.number + 1);
  }

  bool is_full(const PolicyExplained& one) const {
    if (options_.all || !options_.only.empty()) return true;
    const Role role = one.looks.back().role;
    return role == Role::decides || role == Role::applies || role == Role::held_back ||
           role == Role::granted;
  }

  void measure(const std::vector<const PolicyExplained*>& shown) {
    id_ = reason_ = 0;
    number_ = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const std::size_t last = std::max(end_of_run(shown, i), i + 1) - 1;
      number_ = std::max(number_, range(*shown[i]->policy, *shown[last]->policy).size());
      i = last;
    }
    for (const PolicyExplained* one : shown) {
      id_ = std::max(id_, std::min(one->policy->id.size(), kMostId));
      if (!is_full(*one)) {
        reason_ = std::max(reason_, std::min(reason_of(*one).text.size(), kMostReason));
      }
    }
  }

  void not_asked(const QuestionExplained& question, const CompiledPolicy& first,
                 const CompiledPolicy& last) {
    std::string why = "because " + std::string(question.not_asked);
    if (!question.answers.empty()) {
      const Answer& answer = question.answers.back();
      if (answer.policy != nullptr) {
        why = fmt::format("because {} decided", answer.policy->number + 1);
      } else {
        why = "because one before holds and waits for " + numbers(answer.waits);
      }
    }
    const bool one = first.number == last.number;
    add_line(out_, fmt::format("  {:>{}}  not asked  {}{}", range(first, last), number_,
                               one ? padded(first.id, id_) + "  " : "", why));
  }

  void policy(const QuestionExplained& question, const PolicyExplained& one) {
    const CompiledPolicy& policy = *one.policy;
    const std::string head = fmt::format("  {:>{}}  {:<9}  ", policy.number + 1, number_,
                                         word_of(one, question.question));
    const Reason reason = reason_of(one);
    if (!is_full(one)) {
      add_line(out_, fmt::format("{}{}  {}  {}", head, padded(policy.id, id_),
                                 padded(reason.text, reason_), to_text(reason.place)));
      return;
    }
    const std::string place = policy.written == nullptr ? "" : to_text(policy.written->place);
    add_line(out_, fmt::format("{}{}  {}{}", head, padded(policy.id, id_),
                               place.empty() ? "" : "at ", place));
    full(question, one);
  }

  void full(const QuestionExplained& question, const PolicyExplained& one) {
    const CompiledPolicy& policy = *one.policy;
    const Look& look = one.looks.back();
    indent_ = std::string(number_ + 6, ' ');
    if (slug_of(policy.name) != policy.id) note("name", printable(policy.name));
    const bool said = look.role == Role::decides && !policy.rehearse;  // by the word in front
    if (question.question <= Question::fault && !said) {
      note("then", fmt::format("{}{}", to_string(policy.action),
                               policy.rehearse ? ", in rehearsal: it changes nothing" : ""));
    } else if (question.question > Question::fault && policy.rehearse) {
      note("mode", "rehearse: it changes nothing");
    }
    for (const HeaderToAdd& field : policy.add_headers) {
      note("adds", printable(field.name + ": " + field.value));
    }
    for (const std::string& field : policy.remove_headers) note("removes", printable(field));
    for (const HeaderOnHosts& field : policy.restrictions) {
      note("tells", printable(field.name + ": " + field.value));
    }
    if (policy.repeat.min > 1) {
      note("repeat", fmt::format("counts from {} within {} on; this is one", policy.repeat.min,
                                 format_duration(policy.repeat.window)));
    }
    if (policy.kind == Kind::detection) {
      note("detection", fmt::format("is fed with it ({}); `sallyport detect` tells what it finds",
                                    to_string(policy.detect.what)));
    }
    if (look.in_force != InForce::yes) note("dates", reason_of(one).text);
    if (look.role == Role::held_back) {
      note("waits", "it holds, but one before it may still match and would do something else");
    }
    if (look.role == Role::not_asked) note("not asked", "what it would have come to");
    if (look.role == Role::granted) note("grant", grant_text(*one.grant));
    const std::string was = before(one.looks);
    if (!was.empty()) note("before", was);
    if (look.when.empty()) note("when", "no conditions: always");
    condition_ = 0;
    widen(look.when, 0);
    for (const ExceptionExplained& exception : look.except) widen(exception.when, 2);
    conditions(look.when, 0);
    for (const ExceptionExplained& exception : look.except) {
      std::string text = "except";
      if (exception.expired) {
        text += fmt::format(", expired on {}", exception.expires);
      } else if (!exception.expires.empty()) {
        text += fmt::format(", until {}", exception.expires);
      }
      if (!exception.reason.empty()) text += ": " + exception.reason;
      line(exception.truth, text, {}, exception.place, 0);
      conditions(exception.when, 2);
    }
  }

  // "not yet at connect and request": what it came to before, where that was something else.
  static std::string before(const std::vector<Look>& looks) {
    std::string text;
    const Truth* said = nullptr;
    for (const Look& look : looks) {
      if (look.truth == looks.back().truth) continue;
      if (said != nullptr && *said == look.truth) {
        text += " and ";
      } else {
        text += fmt::format("{}{} at ", text.empty() ? "" : ", ", word_of(look.truth));
      }
      text += to_string(look.from);
      if (look.from != look.to) text += fmt::format(" and {}", to_string(look.to));
      said = &look.truth;
    }
    return text;
  }

  void note(std::string_view what, const std::string& text) {
    add_line(out_, fmt::format("{}{:<9}  {}", indent_, what, text));
  }

  void widen(const std::vector<ConditionExplained>& conditions, std::size_t depth) {
    for (const ConditionExplained& one : conditions) {
      if (one.kind == Condition::Kind::test) {
        condition_ =
            std::max(condition_, std::min(depth + condition_text(one).size(), kMostCondition));
      }
      widen(one.parts, depth + 2);
    }
  }

  void conditions(const std::vector<ConditionExplained>& conditions, std::size_t depth) {
    for (const ConditionExplained& one : conditions) {
      if (one.kind == Condition::Kind::test) {
        line(one.truth, condition_text(one), finding_text(one), one.place, depth);
        continue;
      }
      line(one.truth, one.name, {}, one.place, depth);
      this->conditions(one.parts, depth + 2);
    }
  }

  void line(Truth truth, const std::string& text, const std::string& finding, const Place& place,
            std::size_t depth) {
    const std::string shown = std::string(depth, ' ') + text;
    std::string what = padded(shown, condition_);
    if (!finding.empty()) what += "  " + finding;
    if (place.source != nullptr) what += "  (" + to_text(place) + ")";
    add_line(out_, fmt::format("{}{:<9}  {}", indent_, word_of(truth), what));
  }

  const Explanation& explanation_;
  const TextOptions& options_;
  std::string out_;
  std::string indent_;
  std::size_t number_ = 1;
  std::size_t id_ = 0;
  std::size_t reason_ = 0;
  std::size_t condition_ = 0;
};

}  // namespace

std::string render_text(const Explanation& explanation, const TextOptions& options) {
  return Text(explanation, options).render();
}

}  // namespace sallyport::policy
