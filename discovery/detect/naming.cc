#include "discovery/detect/naming.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace sallyport::discovery::detect {

using policy::Activity;
using policy::DetectRule;

std::string network_of(const IpAddress& address) {
  std::string text = address.to_string();
  if (address.is_v4()) return text.substr(0, text.rfind('.'));
  const auto bytes = address.bytes();
  return std::string(reinterpret_cast<const char*>(bytes.data()), 8);
}

std::string_view app_of(const Activity& activity) {
  if (activity.app) return activity.app->id;
  return activity.domain.empty() ? activity.host : activity.domain;
}

std::string app_name_of(const Activity& activity) {
  if (activity.app && !activity.app->name.empty()) return activity.app->name;
  return std::string(app_of(activity));
}

namespace {

// Of IPv6 the network, which is what a household or a machine has.
std::string by_address(const IpAddress& address) {
  return "i:" + (address.is_v4() ? address.to_string() : network_of(address));
}

}  // namespace

std::string name_of(DetectRule::Subject of, const Activity& activity) {
  switch (of) {
    case DetectRule::Subject::user:
      return activity.user ? "u:" + *activity.user : by_address(activity.client.address);
    case DetectRule::Subject::app:
      return "a:" + std::string(app_of(activity));
    case DetectRule::Subject::address:
      return by_address(activity.client.address);
    case DetectRule::Subject::organisation:
      return std::string(kOfAll);
  }
  return {};
}

std::string shown(const DetectRule& rule, const Activity& activity) {
  switch (rule.of) {
    case DetectRule::Subject::user:
      return activity.user ? *activity.user : activity.client.address.to_string();
    case DetectRule::Subject::app:
      return app_name_of(activity);
    case DetectRule::Subject::address:
      return activity.client.address.to_string();
    case DetectRule::Subject::organisation:
      return "the organisation";
  }
  return {};
}

std::string trait_of(DetectRule::Trait trait, const Activity& activity) {
  switch (trait) {
    case DetectRule::Trait::country:
      return activity.client.country;
    case DetectRule::Trait::isp:
      return activity.client.asn != 0 ? fmt::format("AS{}", activity.client.asn)
                                      : activity.client.isp;
    case DetectRule::Trait::address:
      return network_of(activity.client.address);
    case DetectRule::Trait::device:
      if (!activity.agent || activity.agent->os.empty()) return {};
      return fmt::format("{} with {}", to_string(activity.agent->device), activity.agent->os);
    case DetectRule::Trait::agent:
      if (!activity.agent || activity.agent->browser.empty()) return {};
      return fmt::format("{} on {}", activity.agent->browser,
                         activity.agent->os.empty() ? "something" : activity.agent->os);
    case DetectRule::Trait::app:
      return std::string(app_of(activity));
    case DetectRule::Trait::action:
      if (!activity.type) return {};
      return fmt::format("{} in {}", to_string(*activity.type), app_of(activity));
  }
  return {};
}

bool append_seen(std::string& to, policy::SeenTrait trait, const Activity& activity) {
  using policy::SeenTrait;
  switch (trait) {
    case SeenTrait::action:
      if (!activity.type || !activity.app) return false;
      to += to_string(*activity.type);
      to += ' ';
      to += activity.app->id;
      return true;
    case SeenTrait::address: {
      const auto& bytes = activity.client.address.bytes();
      to.append(reinterpret_cast<const char*>(bytes.data()),
                activity.client.address.is_v4() ? 3 : 8);
      return true;
    }
    case SeenTrait::app:
      if (!activity.app) return false;
      to += activity.app->id;
      return true;
    case SeenTrait::country:
      to += activity.client.country;
      return !to.empty();
    case SeenTrait::device:
      if (!activity.agent || activity.agent->os.empty()) return false;
      to += to_string(activity.agent->device);
      to += ' ';
      to += activity.agent->os;
      return true;
    case SeenTrait::isp:
      if (activity.client.asn != 0) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
          to += static_cast<char>(activity.client.asn >> shift & 0xff);
        }
        return true;
      }
      to += activity.client.isp;
      return !to.empty();
  }
  return false;
}

std::string shown_trait(DetectRule::Trait trait, const Activity& activity, std::string value) {
  if (trait == DetectRule::Trait::isp && !activity.client.isp.empty()) {
    return fmt::format("{} ({})", activity.client.isp, value);
  }
  if (trait == DetectRule::Trait::address) {
    return "the network of " + activity.client.address.to_string();
  }
  return value;
}

std::uint64_t number_of(const Event& event) {
  if (event.activities.size() <= 1 || !event.activity.type) return 1;
  std::uint64_t number = 0;
  for (const ActivityRecord& one : event.activities) {
    if (one.type == *event.activity.type) ++number;
  }
  return std::max<std::uint64_t>(number, 1);
}

std::string amount_text(const DetectRule& rule, double amount) {
  if (rule.count == DetectRule::Count::activities || rule.what != DetectRule::What::burst) {
    return fmt::format("{:.0f}", amount);
  }
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < std::size(kUnits)) {
    amount /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::uint16_t letters(std::string_view country) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(country[0]) << 8 |
                                    static_cast<unsigned char>(country[1]));
}
std::string letters(std::uint16_t country) {
  return {static_cast<char>(country >> 8), static_cast<char>(country & 0xff)};
}

}  // namespace sallyport::discovery::detect
