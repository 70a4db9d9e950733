#include "discovery/catalog/factor_check.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace sallyport::discovery {
namespace {

constexpr std::string_view kFalse = "false";
constexpr std::string_view kNoneSupported = "not_supported";

// Whoever has one of `these` has `needed`, which is therefore never `denied`.
struct Need {
  std::array<std::string_view, 5> these;  // the rest is ""
  std::string_view needed;
  std::string_view denied;
};

constexpr Need kNeeds[] = {
    {{"password_length", "password_characters", "password_change_period", "password_history",
      "password_personal_information"},
     "password_policy",
     kFalse},
    {{"strict_transport_security", "trusted_certificate", "valid_certificate_name"},
     "encryption_protocol",
     kNoneSupported},
    {{"fedramp"}, "sp_800_53", kFalse},
};

const FactorValue* find(const App& app, std::string_view name) {
  const auto at = std::ranges::find_if(
      app.factors, [name](const FactorValue& value) { return value.factor->name == name; });
  return at == app.factors.end() ? nullptr : &*at;
}

// Written, and as something that is there: neither unknown, nor not applicable, nor denied.
bool is_there(const FactorValue& value) {
  if (value.factor->type == policy::FactorType::yes_no) return value.is("true");
  return std::ranges::any_of(value.factor->words, [&](const policy::FactorWord& word) {
    return word.points > 0 && value.is(word.word);
  });
}

void check_needs(const App& app, Diagnostics& found) {
  for (const Need& need : kNeeds) {
    const FactorValue* needed = find(app, need.needed);
    if (needed == nullptr || !needed->is(need.denied)) continue;
    for (const std::string_view name : need.these) {
      const FactorValue* value = find(app, name);
      if (value == nullptr || !is_there(*value)) continue;
      found.warning(value->place, "'" + std::string(name) + "' of '" + app.facts.id +
                                      "' cannot be, where '" + std::string(need.needed) + "' is " +
                                      std::string(need.denied));
    }
  }
}

void check_breach(const App& app, Diagnostics& found) {
  const FactorValue* breach = find(app, "latest_breach");
  const FactorValue* founded = find(app, "founded");
  if (breach == nullptr || founded == nullptr || !breach->day || !founded->day) return;
  const auto year = [](std::chrono::sys_days day) {
    return std::chrono::year_month_day(day).year();
  };
  if (year(*breach->day) >= year(*founded->day)) return;
  found.warning(breach->place,
                "'latest_breach' of '" + app.facts.id +
                    "' is of a year before it was founded: " + founded->texts.front());
}

}  // namespace

void check_factors(const App& app, Diagnostics& found) {
  check_needs(app, found);
  check_breach(app, found);
}

}  // namespace sallyport::discovery
