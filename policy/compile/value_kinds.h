#pragma once
// The values of one condition by the kind of fact, each checked and made into a matcher: for
// values.cc. Every function reports what is wrong to `found`; then what it returns is of no use.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "policy/activity/attribute_table.h"
#include "policy/eval/expression.h"

namespace sallyport::policy {

using ValueTexts = std::vector<Spanned<std::string>>;

// text_values.cc
Matcher lower_words(const Attribute& attribute, const ValueTexts& values, Diagnostics& found);
Matcher lower_texts(const Attribute& attribute, const ValueTexts& values, Diagnostics& found);
Matcher lower_hosts(const Attribute& attribute, const ValueTexts& values, Diagnostics& found);
Matcher lower_paths(const Attribute& attribute, const ValueTexts& values, Diagnostics& found);
// What stands behind a "~". Null where it is no expression.
std::shared_ptr<const re2::RE2> take_expression(const Attribute& attribute,
                                                const Spanned<std::string>& value,
                                                Diagnostics& found);

// number_values.cc
Matcher lower_numbers(const Attribute& attribute, const ValueTexts& values, Diagnostics& found);
Matcher lower_addresses(const Attribute& attribute, const ValueTexts& values, Diagnostics& found);
Matcher lower_times(const Attribute& attribute, const ValueTexts& values,
                    std::shared_ptr<const TimeZone> zone, Diagnostics& found);

// Whether enough was told of one condition; `before` errors were there when it began.
bool is_enough(const Place& place, std::size_t before, Diagnostics& found);
void warn_of_everything(const Attribute& attribute, const Place& place, Diagnostics& found);

constexpr std::size_t kMaxTold = 100;  // faults of one condition
constexpr std::string_view kUnknown = "unknown";

}  // namespace sallyport::policy
