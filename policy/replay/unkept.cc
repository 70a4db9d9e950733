#include <algorithm>
#include <utility>

#include "policy/replay/replay.h"

namespace sallyport::policy {
namespace {

bool asks_for_unkept(std::span<const Expression> parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Expression& part) {
    return part.kind() == Expression::Kind::test ? part.attribute().passing
                                                 : asks_for_unkept(part.parts());
  });
}

Outcome judge_part(const Expression& part, Point point, const Activity& activity);

Outcome judge_parts(std::span<const Expression> parts, Point point, const Activity& activity) {
  Outcome result = Outcome::yes();
  for (const Expression& part : parts) result = result & judge_part(part, point, activity);
  return result;
}

Outcome judge_part(const Expression& part, Point point, const Activity& activity) {
  switch (part.kind()) {
    case Expression::Kind::test:
      return part.attribute().passing ? Outcome::not_yet() : part.judge(point, activity);
    case Expression::Kind::all:
      return judge_parts(part.parts(), point, activity);
    case Expression::Kind::negation:
      return !judge_parts(part.parts(), point, activity);
    case Expression::Kind::any: {
      Outcome result = Outcome::no();
      for (const Expression& one : part.parts()) result = result | judge_part(one, point, activity);
      return result;
    }
  }
  std::unreachable();
}

}  // namespace

std::vector<std::uint32_t> policies_that_ask_for_unkept(const Program& program) {
  std::vector<std::uint32_t> found;
  for (const CompiledPolicy& policy : program.policies()) {
    if (asks_for_unkept(policy.when) || asks_for_unkept(policy.except)) {
      found.push_back(policy.number);
    }
  }
  return found;
}

Outcome judge_without_unkept(const CompiledPolicy& policy, Point point, const Activity& activity) {
  if (activity.at < policy.starts || activity.at >= policy.expires) return Outcome::no();
  Outcome result = judge_parts(policy.when, point, activity);
  for (const Expression& exception : policy.except) {
    result = result & judge_part(exception, point, activity).refuted();
  }
  return result;
}

}  // namespace sallyport::policy
