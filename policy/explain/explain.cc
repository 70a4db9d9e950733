#include "policy/explain/explain.h"

#include <algorithm>
#include <set>

#include "policy/explain/fact_text.h"
#include "policy/explain/look.h"

namespace sallyport::policy {
namespace {

using Members = std::vector<const CompiledPolicy*>;

bool asks_for_certificate(std::span<const Expression> parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Expression& part) {
    return part.kind() == Expression::Kind::test ? part.attribute().subject == Subject::certificate
                                                 : asks_for_certificate(part.parts());
  });
}

std::optional<Question> question_of(const CompiledPolicy& policy) {
  switch (policy.kind) {
    case Kind::access:
    case Kind::session:
      return policy.edits_only ? Question::fields : Question::may;
    case Kind::tls:
      return asks_for_certificate(policy.when) ? Question::fault : Question::opened;
    case Kind::activity:
    case Kind::detection:
      return Question::reports;
    case Kind::app_discovery:
      break;
  }
  return std::nullopt;
}

class Walk {
 public:
  Walk(const Program& program, const Activity& activity, const ExplainOptions& options)
      : program_(program),
        activity_(activity),
        at_connect_(options.at_connect == nullptr ? activity : *options.at_connect),
        options_(options),
        standing_(options.standing == nullptr ? Standing::none() : *options.standing),
        looker_(options.lists == nullptr ? kNoLists : *options.lists, options.zone,
                options.also_named) {
    for (const CompiledPolicy& policy : program.policies()) {
      if (const auto question = question_of(policy)) {
        of(*question).policies.push_back({&policy, {}});
      } else {
        ++out_.app_policies;
      }
    }
  }

  Explanation explain() {
    ask_all();
    for (PolicyExplained& one : of(Question::reports).policies) {
      look(one, Point::download, activity_, {});
      one.looks.back().role =
          one.looks.back().truth == Truth::held ? Role::applies : Role::cannot_hold;
    }
    for (QuestionExplained& question : questions_) {
      if (question.policies.empty() && question.question != Question::may) continue;
      // What never came up is shown with what it would have come to.
      for (PolicyExplained& one : question.policies) {
        if (!one.looks.empty()) continue;
        const bool at_connect = out_.until == Point::connect;
        look(one, out_.until, at_connect ? at_connect_ : activity_, Role::not_asked);
      }
      out_.questions.push_back(std::move(question));
    }
    facts();
    return std::move(out_);
  }

 private:
  QuestionExplained& of(Question question) {
    return questions_[static_cast<std::size_t>(question)];
  }

  // The way of Program::decide_whole, and of the session.
  void ask_all() {
    const bool tls = activity_.scheme != "http";
    const bool faulty =
        tls && activity_.certificate_faults && !activity_.certificate_faults->empty();
    of(Question::opened).not_asked = tls ? "it was blocked before" : "it is plain HTTP";
    of(Question::fault).not_asked = "the certificate showed no fault";
    of(Question::fields).not_asked = "nothing was sent on";
    out_.until = Point::connect;
    if (is_suspended(Point::connect, at_connect_)) return;
    ask(Question::may, Point::connect, at_connect_, Action::allow);
    decided(program_.decide(Point::connect, at_connect_, standing_));
    if (out_.decision.stops()) return;
    if (tls) {
      of(Question::opened).not_asked = {};
      Answer& opened = ask(Question::opened, Point::connect, at_connect_, Action::intercept);
      decided(program_.decide_connection(at_connect_, standing_));
      const bool unopened = opened.action != Action::intercept;
      if (unopened && (opened.action == Action::block || options_.way != Way::opened)) return;
      if (unopened) opened.undone = "it was opened before";
      if (faulty && !options_.fault_at_request) return ask_fault();
    }
    if (options_.way == Way::tunnel || options_.until == Point::connect) return;
    out_.until = Point::request;
    if (is_suspended(Point::request, activity_)) return;
    ask(Question::may, Point::request, activity_, Action::allow);
    decided(program_.decide(Point::request, activity_, standing_));
    if (out_.decision.stops()) return;
    of(Question::fields).not_asked = {};
    for (PolicyExplained& one : of(Question::fields).policies) {
      look(one, Point::request, activity_, {});
      one.looks.back().role =
          one.looks.back().truth == Truth::held ? Role::applies : Role::cannot_hold;
    }
    if (faulty) return ask_fault();
    if (options_.until < Point::response) return;
    out_.until = Point::response;
    ask(Question::may, Point::response, activity_, Action::allow);
    decided(program_.decide(Point::response, activity_, standing_));
    if (out_.decision.stops()) return;
    for (PolicyExplained& one : of(Question::fields).policies) {
      if (one.policy->throttle.download == 0) continue;
      look(one, Point::response, activity_, {});
      one.looks.back().role =
          one.looks.back().truth == Truth::held ? Role::applies : Role::cannot_hold;
    }
  }

  // On a path of another app than its host's, only the request shows it.
  bool is_suspended(Point point, const Activity& activity) {
    const Suspension* suspension = standing_.find_suspension(activity);
    if (suspension == nullptr) return false;
    if (point == Point::connect && suspension->action != Action::block)
      return false;  // as Program::decide
    out_.suspension = *suspension;
    of(Question::may).not_asked = "the user is suspended";
    decided(program_.decide(point, activity, standing_));
    return true;
  }

  void ask_fault() {
    out_.until = Point::request;
    of(Question::fault).not_asked = {};
    Answer& answer = ask(Question::fault, Point::request, activity_, Action::block);
    Decision decision = program_.decide_fault(activity_);
    if (answer.policy != decision.policy) {
      answer.undone = "the certificate is of our own authority";
    } else if (options_.fault_at_request && decision.bypasses()) {
      answer.undone = "it was opened before";
      decision.action = Action::block;
      decision.policy = nullptr;
    }
    decided(decision);
  }

  void decided(const Decision& decision) {
    const Decision before = out_.decision;
    out_.decision = decision;
    out_.decision.keep_rehearsed(before);
    out_.decision.keep_granted(before);
  }

  void look(PolicyExplained& one, Point point, const Activity& activity, Role role) {
    Look look = looker_.look(*one.policy, point, activity);
    look.role = role;
    if (!one.looks.empty() && same(one.looks.back(), look)) {
      one.looks.back().to = point;
    } else {
      one.looks.push_back(std::move(look));
    }
  }

  // Program::decide_by without an index, and with each policy's part in it.
  Answer& ask(Question asked, Point point, const Activity& activity, Action otherwise) {
    QuestionExplained& question = of(asked);
    Answer answer{.point = point, .action = otherwise};
    const CompiledPolicy* notice = nullptr;
    bool over = false;
    for (PolicyExplained& one : question.policies) {
      const CompiledPolicy& policy = *one.policy;
      const Outcome outcome = policy.judge(point, activity);
      const auto same_as_this = [&](const CompiledPolicy* waiting) {
        return waiting->action == policy.action || (stops(waiting->action) && stops(policy.action));
      };
      const auto stops_too = [](const CompiledPolicy* waiting) { return stops(waiting->action); };
      const Grant* grant = standing_.find_pass(policy, activity, outcome);
      Role role = Role::cannot_hold;
      if (over) {
        role = Role::not_asked;
      } else if (!outcome.may_hold()) {
        role = Role::cannot_hold;
      } else if (grant != nullptr) {
        role = Role::granted;
        one.grant = *grant;
      } else if (!outcome.holds()) {
        role = Role::waits;
        if (!policy.rehearse && policy.action != Action::notice) answer.waits.push_back(&policy);
      } else if (policy.rehearse) {
        role = answer.waits.empty() ? Role::decides : Role::held_back;
      } else if (policy.action == Action::notice) {
        const bool now = std::all_of(answer.waits.begin(), answer.waits.end(), stops_too);
        role = now ? Role::applies : Role::held_back;
        if (now && notice == nullptr) notice = &policy;
      } else {
        over = true;
        const bool now = std::all_of(answer.waits.begin(), answer.waits.end(), same_as_this);
        role = now ? Role::decides : Role::held_back;
        answer.final = now;
        if (now) {
          answer.action = policy.action;
          answer.policy = &policy;
        }
      }
      look(one, point, activity, role);
    }
    if (!over) {
      answer.final = std::all_of(
          answer.waits.begin(), answer.waits.end(),
          [](const CompiledPolicy* waiting) { return waiting->action == Action::allow; });
    }
    if (notice != nullptr && (answer.action == Action::allow || answer.action == Action::monitor)) {
      answer.action = Action::notice;
      answer.policy = notice;
    }
    if (asked == Question::fault) answer.final = true;  // What is missing now is missing for good.
    question.answers.push_back(std::move(answer));
    return question.answers.back();
  }

  void facts() {
    for (const Attribute& attribute : attribute_table()) {
      const bool asked = program_.asks(attribute.name);
      const Seen seen = see(attribute, Point::download, activity_);
      if (std::holds_alternative<std::monostate>(seen.value)) {
        if (asked) out_.missing.push_back(&attribute);
        continue;
      }
      out_.facts.push_back({&attribute, fact_value(attribute, seen.value),
                            fact_text(attribute, seen.value, nullptr, {}), asked});
    }
  }

  static inline const ValueReader::Lists kNoLists;

  const Program& program_;
  const Activity& activity_;
  const Activity& at_connect_;
  const ExplainOptions& options_;
  const Standing& standing_;
  Looker looker_;
  Explanation out_;
  std::array<QuestionExplained, 5> questions_{{{Question::may, {}, {}, {}},
                                               {Question::opened, {}, {}, {}},
                                               {Question::fault, {}, {}, {}},
                                               {Question::fields, {}, {}, {}},
                                               {Question::reports, {}, {}, {}}}};
};

}  // namespace

Explanation explain(const Program& program, const Activity& activity,
                    const ExplainOptions& options) {
  return Walk(program, activity, options).explain();
}

std::string_view to_string(Truth truth) {
  switch (truth) {
    case Truth::held:
      return "held";
    case Truth::failed:
      return "failed";
    case Truth::not_yet:
      return "not_yet";
    case Truth::unknown:
      return "unknown";
  }
  return "";
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::cannot_hold:
      return "cannot_hold";
    case Role::waits:
      return "waits";
    case Role::decides:
      return "decides";
    case Role::held_back:
      return "held_back";
    case Role::applies:
      return "applies";
    case Role::granted:
      return "granted";
    case Role::not_asked:
      return "not_asked";
  }
  return "";
}

std::string_view to_string(Question question) {
  switch (question) {
    case Question::may:
      return "may";
    case Question::opened:
      return "opened";
    case Question::fault:
      return "fault";
    case Question::fields:
      return "fields";
    case Question::reports:
      return "reports";
  }
  return "";
}

std::string to_text(const Place& place) {
  if (place.source == nullptr) return {};
  std::string text = place.source->name;
  if (place.line == 0) return text;
  text += ':';
  text += std::to_string(place.line);
  text += ':';
  text += std::to_string(place.column);
  return text;
}

}  // namespace sallyport::policy
