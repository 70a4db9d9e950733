// Outcome::yes() of a group comes from its parts alone: `all` is yes where each part is yes, `any`
// where one is, and `not: {a, b}` where one of a and b is no, which is that part's opposite being
// yes. So every condition is a tree of "each of" and "one of" over literals, and is walked as such.

#include "policy/compile/proof.h"

#include <algorithm>

namespace sallyport::policy {
namespace {

Literal literal_of(const Claim& claim) { return {claim.expression, claim.negated}; }

// From one premise.
bool follows_from(const Claim& premise, const Claim& conclusion, Work& work) {
  if (!work.spend(1 + premise.expression->parts().size() + conclusion.expression->parts().size())) {
    return false;
  }
  const auto conclude = [&](const Claim& part) { return follows_from(premise, part, work); };
  const Shape wanted = shape_of(conclusion);
  const Shape given = shape_of(premise);
  if (wanted == Shape::literal && given == Shape::literal) {
    return follows(literal_of(premise), literal_of(conclusion), work);
  }
  if (wanted == Shape::all) {
    const std::vector<Claim> parts = parts_of(conclusion);
    return std::all_of(parts.begin(), parts.end(), conclude);
  }
  if (given == Shape::any) {
    const std::vector<Claim> parts = parts_of(premise);
    return std::all_of(parts.begin(), parts.end(),
                       [&](const Claim& part) { return follows_from(part, conclusion, work); });
  }
  if (given == Shape::all) {
    const std::vector<Claim> parts = parts_of(premise);
    if (std::any_of(parts.begin(), parts.end(),
                    [&](const Claim& part) { return follows_from(part, conclusion, work); })) {
      return true;
    }
    if (wanted == Shape::literal) return false;
  }
  const std::vector<Claim> parts = parts_of(conclusion);  // of `any`
  return std::any_of(parts.begin(), parts.end(), conclude);
}

class Search {
 public:
  Search(Work& work, const DeadAlternative& dead) : work_(work), dead_(dead) {}

  // Adds what the claims need to what is known. Literals first, so that every alternative is seen
  // beside all of them.
  std::optional<Clash> add(const std::vector<Claim>& claims) {
    std::vector<Claim> literals;
    std::vector<Claim> choices;
    flatten(claims, literals, choices);
    for (const Claim& literal : literals) {
      for (const Claim& known : known_) {
        if (!work_.spend(1)) return std::nullopt;
        if (exclude(literal_of(known), literal_of(literal), work_)) return Clash{known, literal};
      }
      known_.push_back(literal);
    }
    for (const Claim& choice : choices) {
      if (auto clash = choose(choice)) return clash;
    }
    return std::nullopt;
  }

 private:
  static void flatten(const std::vector<Claim>& claims, std::vector<Claim>& literals,
                      std::vector<Claim>& choices) {
    for (const Claim& claim : claims) {
      switch (shape_of(claim)) {
        case Shape::literal:
          literals.push_back(claim);
          break;
        case Shape::all:
          flatten(parts_of(claim), literals, choices);
          break;
        case Shape::any:
          choices.push_back(claim);
          break;
      }
    }
  }

  // A clash where no alternative is left.
  std::optional<Clash> choose(const Claim& choice) {
    std::vector<std::pair<Claim, Clash>> lost;
    std::size_t alternatives = 0;
    for (const Claim& alternative : parts_of(choice)) {
      const std::size_t before = known_.size();
      ++alternatives;
      if (auto clash = add({alternative})) lost.emplace_back(alternative, *clash);
      known_.resize(before);
    }
    if (lost.size() == alternatives) return lost.front().second;
    // `not: {a, b}` beside `a` is an honest way to say "and not b".
    const bool spelt = !choice.negated && choice.expression->kind() == Expression::Kind::any;
    if (spelt && dead_) {
      for (const auto& [alternative, clash] : lost) dead_(alternative, clash);
    }
    return std::nullopt;
  }

  Work& work_;
  const DeadAlternative& dead_;
  std::vector<Claim> known_;
};

}  // namespace

Shape shape_of(const Claim& claim) {
  switch (claim.expression->kind()) {
    case Expression::Kind::test:
      return Shape::literal;
    case Expression::Kind::all:
      return claim.negated ? Shape::any : Shape::all;
    case Expression::Kind::any:
    case Expression::Kind::negation:
      return claim.negated ? Shape::all : Shape::any;
  }
  std::unreachable();
}

std::vector<Claim> parts_of(const Claim& claim) {
  const bool turned = claim.expression->kind() == Expression::Kind::negation;
  std::vector<Claim> parts;
  std::size_t at = 0;
  for (const Expression& part : claim.expression->parts()) {
    const bool has_text = claim.written != nullptr && at < claim.written->parts.size();
    parts.push_back({&part, has_text ? &claim.written->parts[at] : nullptr,
                     turned ? !claim.negated : claim.negated});
    ++at;
  }
  return parts;
}

std::vector<Claim> claims_of(std::span<const Expression> expressions,
                             const std::vector<Condition>& written) {
  std::vector<Claim> claims;
  for (std::size_t at = 0; at < expressions.size(); ++at) {
    claims.push_back({&expressions[at], at < written.size() ? &written[at] : nullptr, false});
  }
  return claims;
}

Claim opposite(Claim claim) {
  claim.negated = !claim.negated;
  return claim;
}

bool follows(std::span<const Claim> premises, const Claim& conclusion, Work& work) {
  if (shape_of(conclusion) == Shape::all) {
    const std::vector<Claim> parts = parts_of(conclusion);
    return std::all_of(parts.begin(), parts.end(),
                       [&](const Claim& part) { return follows(premises, part, work); });
  }
  return std::any_of(premises.begin(), premises.end(),
                     [&](const Claim& premise) { return follows_from(premise, conclusion, work); });
}

std::optional<Clash> find_clash(const std::vector<Claim>& claims, Work& work,
                                const DeadAlternative& dead) {
  return Search(work, dead).add(claims);
}

}  // namespace sallyport::policy
