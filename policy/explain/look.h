#pragma once
// One policy at one point, condition by condition.

#include <map>
#include <memory>
#include <string>

#include "policy/compile/values.h"
#include "policy/explain/explanation.h"

namespace sallyport::policy {

// Reads lists and zones once for many policies. `lists` outlives it.
class Looker {
 public:
  Looker(const ValueReader::Lists& lists, std::string zone,
         ValueReader::AlsoNamed also_named = nullptr)
      : values_(lists, std::move(also_named)), default_zone_(std::move(zone)) {}

  // Everything but the role.
  Look look(const CompiledPolicy& policy, Point point, const Activity& activity);

 private:
  struct Zone {
    std::string name;
    std::shared_ptr<const TimeZone> zone;
  };
  struct Here;
  const Zone& zone_of(const CompiledPolicy& policy);
  ConditionExplained condition(const Expression& expression, const Condition* written,
                               const Here& here);
  std::vector<ConditionExplained> conditions(std::span<const Expression> expressions,
                                             const std::vector<Condition>* written,
                                             const Here& here);
  ExceptionExplained exception(const Expression& expression, const Exception* written,
                               const Here& here);
  std::optional<Spanned<std::string>> find_matched(const Attribute& attribute,
                                                   const Condition& written, const Here& here);
  bool holds(const Attribute& attribute, std::vector<Spanned<std::string>> values,
             const Here& here);

  ValueReader values_;
  std::string default_zone_;
  std::map<std::string, Zone, std::less<>> zones_;
};

// Whether nothing that is shown differs, but for the points.
bool same(const Look& a, const Look& b);

Truth truth_of(Outcome outcome);

}  // namespace sallyport::policy
