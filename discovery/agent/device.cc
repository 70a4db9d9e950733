#include "discovery/agent/device.h"

#include <algorithm>
#include <array>

#include "base/core/text.h"
#include "discovery/agent/agent_names.h"
#include "discovery/agent/known_clients.h"
#include "discovery/agent/releases.h"

namespace sallyport::discovery {
namespace {

using policy::DeviceType;

// Windows 11 says 13 and more in Sec-CH-UA-Platform-Version, Windows 10 says 1 to 10, the ones
// before say 0.1 (7), 0.2 (8) and 0.3 (8.1).
constexpr std::uint32_t kFirstOfWindows11 = 13;
// Windows 11's first build number; a few programs state it behind "10.0".
constexpr std::uint32_t kFirstBuildOfWindows11 = 22'000;
// iOS 26 says that it is 18.6 or 18.7, and so do these two themselves.
constexpr std::uint32_t kFrozenIos = 18;
constexpr std::uint32_t kFrozenIosMinor = 6;
constexpr std::uint32_t kFirstFrozenSafari = 26;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// `word` with no letter or digit beside it.
bool has_word(std::string_view text, std::string_view word) {
  const auto is_part = [](char c) { return is_alpha(c) || is_digit(c); };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) {
      return true;
    }
  }
  return false;
}

std::string windows_of_hint(std::string_view version) {
  const auto numbers = ShortVersion::parse(version);
  if (!numbers) return {};
  if (numbers->first >= kFirstOfWindows11) return "11";
  if (numbers->first > 0) return "10";
  switch (numbers->second) {
    case 1:
      return "7";
    case 2:
      return "8";
    case 3:
      return "8.1";
    default:
      return {};
  }
}

// In the order that Windows itself numbers them, so that they compare.
std::string windows_of_name(std::string_view name) {
  static constexpr auto kNames =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"95", "4.0"},
                                                                    {"98", "4.1"},
                                                                    {"ME", "4.9"},
                                                                    {"NT", ""},
                                                                    {"NT 4.0", "4.0"},
                                                                    {"2000", "5.0"},
                                                                    {"XP", "5.1"},
                                                                    {"Vista", "6.0"},
                                                                    {"10", ""},
                                                                    {"CE", ""}});
  for (const auto& [known, version] : kNames) {
    if (known == name) return std::string(version);
  }
  return std::string(name);
}

// "Windows NT 10.0 (19045)", "Windows 10.0.22631", "windows-10.0.22631": programs that say the
// build.
std::string windows_of_build(std::string_view lowered) {
  for (const std::string_view before :
       {"windows nt 10.0", "windows 10.0", "windows; 10.0", "windows-10.0", "windows/10.0"}) {
    const std::size_t at = lowered.find(before);
    if (at == std::string_view::npos) continue;
    std::string_view rest = lowered.substr(at + before.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" (.;/"), rest.size()));
    const auto build = ShortVersion::parse(rest);
    if (!build || build->first < 10'000 || build->first > 99'999) continue;
    return build->first >= kFirstBuildOfWindows11 ? "11" : "10";
  }
  return {};
}

// The version of Safari, which is that of iOS: "Version/26.0".
std::string safari_version(std::string_view lowered) {
  const std::size_t at = lowered.find("version/");
  return at == std::string_view::npos ? std::string() : version_at(lowered.substr(at + 7));
}

std::string ios_version(const std::string& named, std::string_view lowered) {
  const auto said = ShortVersion::parse(named);
  if (!said) return {};
  if (said->first != kFrozenIos || said->second < kFrozenIosMinor) return named;
  const std::string safari = safari_version(lowered);
  const auto real = ShortVersion::parse(safari);
  if (!real) return {};
  return real->first >= kFirstFrozenSafari ? safari : named;
}

bool is_frozen_android(std::string_view version, std::string_view lowered) {
  // Chrome writes "Android 10; K)"; Firefox writes 10 for all that is older than that.
  return version == "10" && (has(lowered, "android 10; k)") || has(lowered, " rv:"));
}

bool is_frozen_mac(std::string_view version, std::string_view lowered) {
  if (!lowered.starts_with("mozilla/")) return false;
  return version.starts_with("10.15") || version == "10.16";
}

std::string version_in_agent(std::string_view os, const NamedVersion& named,
                             std::string_view lowered) {
  if (os == "windows") {
    std::string version = windows_of_name(named.version);
    return version.empty() ? windows_of_build(lowered) : version;
  }
  if (os == "macos") return is_frozen_mac(named.version, lowered) ? "" : named.version;
  if (os == "ios") return ios_version(named.version, lowered);
  if (os == "android") {
    // "Outlook-Android/2.0" is Outlook 2.0.
    const bool said = !named.version.empty() && has(lowered, "android " + lower(named.version));
    return said && !is_frozen_android(named.version, lowered) ? named.version : "";
  }
  // A kernel's or a build's number is none of the system's.
  if (os == "linux" || os == "chrome_os") return {};
  return named.version;
}

// For programs that no pattern knows.
std::string os_by_words(std::string_view lowered) {
  static constexpr auto kWords =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"iphone", "ios"},
                                                                    {"ipad", "ios"},
                                                                    {"ios", "ios"},
                                                                    {"ipados", "ios"},
                                                                    {"android", "android"},
                                                                    {"windows", "windows"},
                                                                    {"win32", "windows"},
                                                                    {"win64", "windows"},
                                                                    {"macos", "macos"},
                                                                    {"macosx", "macos"},
                                                                    {"mac os x", "macos"},
                                                                    {"macintosh", "macos"},
                                                                    {"mac", "macos"},
                                                                    {"darwin", "macos"},
                                                                    {"cros", "chrome_os"},
                                                                    {"linux", "linux"},
                                                                    {"ubuntu", "linux"},
                                                                    {"freebsd", "freebsd"}});
  for (const auto& [word, os] : kWords) {
    if (has_word(lowered, word)) return std::string(os);
  }
  return {};
}

bool is_television(std::string_view lowered) {
  for (const std::string_view word :
       {"smart-tv", "smarttv", "googletv", "google tv", "android tv", "appletv", "apple tv",
        "hbbtv", "bravia", "crkey", "netcast", "web0s", "webos.tv", "roku", "; aft", "tizen 2.",
        "tv safari", "shield android tv"}) {
    if (has(lowered, word)) return true;
  }
  return false;
}

// Models of tablets whose programs do not say "Tablet": Samsung's, Google's, Lenovo's, Amazon's.
bool is_tablet_model(std::string_view lowered) {
  for (const std::string_view word :
       {"tablet", "ipad", "playbook", "sm-t", "sm-x", "sm-p", "gt-p", "pixel c", "lenovo tb",
        "; kf", "kindle", "silk/", "nexus 7", "nexus 9", "nexus 10", "mediapad", "matepad"}) {
    if (has(lowered, word)) return true;
  }
  return false;
}

}  // namespace

SystemFacts system_of(const ClientHints& hints, const NamedVersion& named,
                      std::string_view lowered) {
  SystemFacts facts;
  // The kernel's number is that of macOS and iOS alike, and uap-core guesses.
  const bool only_kernel = has(lowered, " darwin/") && !has(lowered, "iphone") &&
                           !has(lowered, "ipad") && !has(lowered, "mac") && !has(lowered, "ios");
  if (only_kernel) return {has(lowered, "x86_64") ? "macos" : "", {}};
  std::string in_agent = os_of(named.name);
  if (in_agent.empty()) in_agent = os_by_words(lowered);
  facts.os = os_of(hints.platform);
  if (facts.os.empty()) facts.os = in_agent;
  if (!hints.platform.empty() && !hints.platform_version.empty()) {
    facts.version = facts.os == "windows" ? windows_of_hint(hints.platform_version)
                    : facts.os == "linux" || facts.os == "chrome_os" ? std::string()
                                                                     : hints.platform_version;
  } else if (facts.os == in_agent) {
    facts.version = version_in_agent(facts.os, named, lowered);
  }
  return facts;
}

DeviceType device_of(const ClientHints& hints, std::string_view os, std::string_view lowered) {
  if (is_television(lowered)) return DeviceType::other;
  if (os == "windows" || os == "macos" || os == "linux" || os == "chrome_os" || os == "freebsd" ||
      os == "openbsd" || os == "netbsd" || os == "solaris") {
    return DeviceType::desktop;
  }
  if (os == "ios") {
    return has_word(lowered, "ipad") || has_word(lowered, "ipados") ? DeviceType::tablet
                                                                    : DeviceType::mobile;
  }
  if (os == "android" || os == "firefox_os" || os == "kaios" || os == "tizen" ||
      os == "harmonyos") {
    if (is_tablet_model(lowered) || is_tablet_model(lower(hints.model))) return DeviceType::tablet;
    // Phones say "Mobile"; browsers on tablets leave it out. Programs say neither.
    if (hints.mobile) return *hints.mobile ? DeviceType::mobile : DeviceType::tablet;
    if (has_word(lowered, "mobile")) return DeviceType::mobile;
    return lowered.starts_with("mozilla/") ? DeviceType::tablet : DeviceType::mobile;
  }
  if (has(lowered, "playbook")) return DeviceType::tablet;
  if (os == "windows_phone" || os.starts_with("blackberry") || os.starts_with("symbian") ||
      os.starts_with("nokia") || os == "bada" || has_word(lowered, "mobile") ||
      has(lowered, "opera mini") || hints.mobile.value_or(false)) {
    return DeviceType::mobile;
  }
  return DeviceType::other;
}

}  // namespace sallyport::discovery
