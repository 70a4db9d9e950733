#pragma once
// The closed lists of words that facts are made of. Each enumerator is written in YAML, events and
// reports exactly as it is spelled here (product vocabulary, section 17).

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::policy {

// When in an exchange something is asked, in this order. A fact is known from some point on.
enum class Point : std::uint8_t { connect, request, upload, response, download };

enum class Action : std::uint8_t { allow, monitor, block, bypass };

enum class ActivityType : std::uint8_t {
  other,
  login,
  login_failed,
  logout,
  view,
  upload,
  download,
  create,
  edit,
  delete_,
  rename,
  move,
  copy,
  share,
  unshare,
  invite,
  post,
  comment,
  send,
  chat,
  prompt,
  print,
  paste,
  consent,
  admin,
};

enum class IpCategory : std::uint8_t {
  none,
  corporate,
  administrative,
  risky,
  vpn,
  cloud_provider,
  other
};

enum class AppTag : std::uint8_t { sanctioned, unsanctioned, monitored, custom_app };

// The word of each, and the reading back. `words<E>()` lists them in order, for diagnostics.
std::string_view to_string(Point value);
std::string_view to_string(Action value);
std::string_view to_string(ActivityType value);
std::string_view to_string(IpCategory value);
std::string_view to_string(AppTag value);

std::span<const std::string_view> action_words();
std::span<const std::string_view> activity_type_words();
std::span<const std::string_view> ip_category_words();
std::span<const std::string_view> app_tag_words();
std::span<const std::string_view> ip_tag_words();  // The built-in ones; sorted.
std::span<const std::string_view> app_category_words();
std::span<const std::string_view> device_tag_words();
std::span<const std::string_view> country_codes();  // ISO 3166-1 alpha-2 and XK; sorted

// Upper case only. "EU", "AP" and "??", which data of strangers holds, are no countries.
bool is_country_code(std::string_view code);

std::optional<Action> parse_action(std::string_view word);
std::optional<ActivityType> parse_activity_type(std::string_view word);
std::optional<IpCategory> parse_ip_category(std::string_view word);
std::optional<AppTag> parse_app_tag(std::string_view word);

}  // namespace sallyport::policy
