#pragma once
// What detections call who did something, and what was done: keys that memories are found by, and
// the words of findings. Private to discovery/detect. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/address.h"
#include "discovery/events/event.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::discovery::detect {

inline constexpr std::string_view kOfAll = "o";  // the subject that is the organisation

// A network that a household or an office has: /24, /64. A key, of IPv6 no text.
std::string network_of(const IpAddress& address);

// The app's id, else the domain, else the host; and its name.
std::string_view app_of(const policy::Activity& activity);
std::string app_name_of(const policy::Activity& activity);

// The key of the subject: "u:ana"; a stranger goes by the address.
std::string name_of(policy::DetectRule::Subject of, const policy::Activity& activity);
// The subject, as a person reads it.
std::string shown(const policy::DetectRule& rule, const policy::Activity& activity);

// What of the activity may be new; "": that is not known.
std::string trait_of(policy::DetectRule::Trait trait, const policy::Activity& activity);
// What enrich() remembers of a user, as bytes; false: it does not tell. Apps and actions only of
// the catalog: the hosts of a page would be a hundred.
bool append_seen(std::string& to, policy::SeenTrait trait, const policy::Activity& activity);

// The value, as a person reads it.
std::string shown_trait(policy::DetectRule::Trait trait, const policy::Activity& activity,
                        std::string value);

// How many activities of its type an event holds, at least 1.
std::uint64_t number_of(const Event& event);

// "12", or of KiB "3.4 GiB", by what the rule counts.
std::string amount_text(const policy::DetectRule& rule, double amount);

// A country as a number, and back. REQUIRES: two letters.
std::uint16_t letters(std::string_view country);
std::string letters(std::uint16_t country);

}  // namespace sallyport::discovery::detect
