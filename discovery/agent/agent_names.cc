#include "discovery/agent/agent_names.h"

#include <array>
#include <utility>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxWord = 40;  // bytes

struct Row {
  std::string_view name;
  std::string_view word;
  ProgramKind kind = ProgramKind::browser;
};

// uap-core's families that are browsers, and those whose word is not made by to_word(). What is
// not here is no browser.
constexpr auto kFamilies = std::to_array<Row>({
    {"Amazon Silk", "amazon_silk"},
    {"Android", "android_browser"},
    {"Baidu Browser", "baidu_browser"},
    {"Baidu Explorer", "baidu_browser"},
    {"BlackBerry WebKit", "blackberry_browser"},
    {"Brave", "brave"},
    {"Camino", "camino"},
    {"Chrome", "chrome"},
    {"Chrome Mobile", "chrome"},
    {"Chrome Mobile WebView", "android_webview", ProgramKind::native},
    {"Chrome Mobile iOS", "chrome"},
    {"Chromium", "chromium"},
    {"Coc Coc", "coc_coc"},
    {"DuckDuckGo Mobile", "duckduckgo"},
    {"ELinks", "elinks"},
    {"Ecosia Android", "ecosia"},
    {"Ecosia iOS", "ecosia"},
    {"Edge", "edge"},
    {"Edge Mobile", "edge"},
    {"Epiphany", "epiphany"},
    {"Falkon", "falkon"},
    {"Firefox", "firefox"},
    {"Firefox Alpha", "firefox"},
    {"Firefox Beta", "firefox"},
    {"Firefox Focus", "firefox_focus"},
    {"Firefox Klar", "firefox_focus"},
    {"Firefox Mobile", "firefox"},
    {"Firefox iOS", "firefox"},
    {"HeadlessChrome", "headless_chrome", ProgramKind::robot},
    {"IE", "internet_explorer"},
    {"IE Large Screen", "internet_explorer"},
    {"IE Mobile", "internet_explorer"},
    {"Iceweasel", "iceweasel"},
    {"Iron", "iron"},
    {"K-Meleon", "k_meleon"},
    {"Konqueror", "konqueror"},
    {"Links", "links"},
    {"Lynx", "lynx"},
    {"Maxthon", "maxthon"},
    {"Midori", "midori"},
    {"MiuiBrowser", "miui_browser"},
    {"Mobile Safari", "safari"},
    {"Mobile Safari UI/WKWebView", "ios_webview", ProgramKind::native},
    {"Mozilla", "mozilla"},
    {"NetFront", "netfront"},
    {"NetFront NX", "netfront"},
    {"Netscape", "netscape"},
    {"Nokia Browser", "nokia_browser"},
    {"Opera", "opera"},
    {"Opera Coast", "opera_mobile"},
    {"Opera Mini", "opera_mini"},
    {"Opera Mobile", "opera_mobile"},
    {"Opera Neon", "opera"},
    {"Opera Tablet", "opera_mobile"},
    {"Opera Touch", "opera_mobile"},
    {"Pale Moon", "pale_moon"},
    {"PhantomJS", "phantomjs", ProgramKind::robot},
    {"Puffin", "puffin"},
    {"QQ Browser", "qq_browser"},
    {"QQ Browser Mobile", "qq_browser"},
    {"QQ Browser Mini", "qq_browser"},
    {"QupZilla", "qupzilla"},
    {"Rekonq", "rekonq"},
    {"Safari", "safari"},
    {"Sailfish Browser", "sailfish_browser"},
    {"Samsung Internet", "samsung_internet"},
    {"SeaMonkey", "seamonkey"},
    {"Seznam prohlížeč", "seznam"},
    {"Sogou Explorer", "sogou_explorer"},
    {"Swiftfox", "firefox"},
    {"UC Browser", "uc_browser"},
    {"Vivaldi", "vivaldi"},
    {"Waterfox", "waterfox"},
    {"WebKit Nightly", "safari"},
    {"Whale", "whale"},
    {"Yandex Browser", "yandex_browser"},
    {"w3m", "w3m"},
    {"qutebrowser", "qutebrowser"},
});

// Whoever sends client hints is a browser, unless it stands here as something else.
constexpr auto kBrands = std::to_array<Row>({
    {"Android WebView", "android_webview", ProgramKind::native},
    {"Brave", "brave"},
    {"Chromium", "chromium"},
    {"CocCoc", "coc_coc"},
    {"DuckDuckGo", "duckduckgo"},
    {"Electron", "electron", ProgramKind::native},
    {"Google Chrome", "chrome"},
    {"HeadlessChrome", "headless_chrome", ProgramKind::robot},
    {"Microsoft Edge", "edge"},
    {"Microsoft Edge WebView2", "edge_webview", ProgramKind::native},
    {"Opera", "opera"},
    {"Opera GX", "opera"},
    {"Opera Mini", "opera_mini"},
    {"Opera Mini Android", "opera_mini"},
    {"Opera Mobile", "opera_mobile"},
    {"OperaMobile", "opera_mobile"},
    {"Samsung Internet", "samsung_internet"},
    {"Silk", "amazon_silk"},
    {"Vivaldi", "vivaldi"},
    {"WebView", "android_webview", ProgramKind::native},
    {"Whale", "whale"},
    {"YaBrowser", "yandex_browser"},
    {"Yandex", "yandex_browser"},
});

constexpr auto kSystems = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"Android", "android"},
    {"Arch Linux", "linux"},
    {"CentOS", "linux"},
    {"Chrome OS", "chrome_os"},
    {"ChromeOS", "chrome_os"},
    {"Chromecast Android", "android"},
    {"Chromecast Linux", "linux"},
    {"Chromium OS", "chrome_os"},
    {"Debian", "linux"},
    {"Fedora", "linux"},
    {"FreeBSD", "freebsd"},
    {"GNU/Linux", "linux"},
    {"Gentoo", "linux"},
    {"Kubuntu", "linux"},
    {"Linux", "linux"},
    {"Linux Mint", "linux"},
    {"Lubuntu", "linux"},
    {"Mac OS", "macos"},
    {"Mac OS X", "macos"},
    {"Mageia", "linux"},
    {"Mandriva", "linux"},
    {"Other", ""},
    {"PCLinuxOS", "linux"},
    {"Puppy", "linux"},
    {"Red Hat", "linux"},
    {"SUSE", "linux"},
    {"Slackware", "linux"},
    {"Solaris", "solaris"},
    {"Tizen", "tizen"},
    {"Ubuntu", "linux"},
    {"Unknown", ""},
    {"Web0S", "webos"},
    {"Windows", "windows"},
    {"Windows Phone", "windows_phone"},
    {"iOS", "ios"},
    {"iPadOS", "ios"},
    {"macOS", "macos"},
});

template <std::size_t N>
ProgramName program_of(const std::array<Row, N>& rows, std::string_view name,
                       ProgramKind otherwise) {
  for (const Row& row : rows) {
    if (row.name == name) return {std::string(row.word), row.kind, true};
  }
  return {to_word(name), otherwise, false};
}

}  // namespace

ProgramName program_of_family(std::string_view family) {
  // "Firefox (Minefield)" and the like.
  if (family.starts_with("Firefox (")) family = "Firefox";
  return program_of(kFamilies, family, ProgramKind::native);
}

ProgramName program_of_brand(std::string_view brand) {
  return program_of(kBrands, brand, ProgramKind::browser);
}

std::string os_of(std::string_view name) {
  for (const auto& [known, word] : kSystems) {
    if (known == name) return std::string(word);
  }
  return to_word(name);
}

std::string to_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (word.size() == kMaxWord) break;
    if (is_alpha(c) || is_digit(c)) {
      word += to_lower(c);
    } else if (!word.empty() && word.back() != '_') {
      word += '_';
    }
  }
  while (!word.empty() && word.back() == '_') word.pop_back();
  return word;
}

}  // namespace sallyport::discovery
