#include "policy/compile/detect.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "base/core/text.h"
#include "policy/compile/values.h"

namespace sallyport::policy {
namespace {

using What = DetectRule::What;
using Takes = DetectKey::Takes;
using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds kDay = hours(24);
constexpr seconds kLongestWindow = 14 * kDay;
constexpr seconds kLongestSpan = 365 * kDay;

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

class DetectLowering {
 public:
  DetectLowering(const WrittenDetect& written, Diagnostics& found, DetectRule& out)
      : written_(written), found_(found), out_(out) {}

  void lower() {
    const Spanned<std::string>* what = value("what");
    if (what == nullptr) {
      found_.error(written_.place, "'detect' needs 'what'", words(detect_what_words()));
      return;
    }
    if (!word(*what, detect_what_words(), out_.what)) return;
    out_.learn = 7 * kDay;
    out_.idle = 60 * kDay;
    out_.group = kDay;
    for (const DetectKey& key : detect_keys()) {
      const Spanned<std::string>* text = value(key.name);
      if (text == nullptr || key.name == "what") continue;
      if (!takes_key(out_.what, key)) {
        found_.error(text->place,
                     fmt::format("'{}' means nothing to '{}'", key.name, to_string(out_.what)),
                     fmt::format("it belongs to {}", key.of));
        continue;
      }
      take(key, *text);
    }
    for (const std::string_view key : needed()) {
      if (value(key) != nullptr) continue;
      found_.error(written_.place, fmt::format("'{}' needs '{}'", to_string(out_.what), key));
    }
  }

 private:
  std::vector<std::string_view> needed() const {
    switch (out_.what) {
      case What::burst:
      case What::guessed:
      case What::crowd:
        return {"least", "window"};
      case What::fresh:
        return {"trait"};
      case What::dormant:
        return {"idle"};
      case What::each:
      case What::travel:
        return {};
    }
    return {};
  }

  const Spanned<std::string>* value(std::string_view key) const {
    const auto found =
        std::find_if(written_.parts.begin(), written_.parts.end(),
                     [&](const WrittenDetect::Part& part) { return *part.key == key; });
    return found == written_.parts.end() ? nullptr : &found->value;
  }

  static std::string words(std::span<const std::string_view> known) {
    return fmt::format("{}", fmt::join(known, ", "));
  }

  template <class E>
  bool word(const Spanned<std::string>& text, std::span<const std::string_view> known, E& to) {
    const auto found = std::find(known.begin(), known.end(), *text);
    if (found != known.end()) {
      to = static_cast<E>(found - known.begin());
      return true;
    }
    std::string hint = did_you_mean(*text, {known.begin(), known.end()});
    if (hint.empty()) hint = words(known);
    found_.error(text.place, fmt::format("'{}' is none of its words", printable(*text)),
                 std::move(hint));
    return false;
  }

  void wrong(const Spanned<std::string>& text, std::string_view is_no, std::string hint) {
    found_.error(text.place, fmt::format("'{}' is no {}", printable(*text), is_no),
                 std::move(hint));
  }

  void take(const DetectKey& key, const Spanned<std::string>& text) {
    switch (key.takes) {
      case Takes::what:
        return;
      case Takes::subject:
        word(text, detect_subject_words(), out_.of);
        return;
      case Takes::count:
        word(text, detect_count_words(), out_.count);
        return;
      case Takes::trait:
        word(text, detect_trait_words(), out_.trait);
        return;
      case Takes::sensitivity:
        word(text, detect_sensitivity_words(), out_.sensitivity);
        return;
      case Takes::rhythm:
        word(text, detect_rhythm_words(), out_.rhythm);
        return;
      case Takes::amount: {
        const bool bytes = out_.what == What::burst && out_.count != DetectRule::Count::activities;
        const auto amount = parse_interval(*text, bytes);
        if (!amount || amount->least != amount->most || amount->least < 1) {
          wrong(text, "amount", bytes ? "write '500 MB'" : "write '100'");
        } else if (!bytes && amount->least > 100'000) {
          wrong(text, "amount", "at most 100000");
        } else if (out_.what == What::crowd && amount->least > 1'000) {
          wrong(text, "number of users to look for", "at most 1000");
        } else {
          out_.least = static_cast<std::uint64_t>(amount->least);
        }
        return;
      }
      case Takes::times: {
        const auto times = parse_number(*text);
        if (!times || *times < 1 || *times > 1000) {
          wrong(text, "factor", "1 to 1000: '3', '2.5'");
        } else {
          out_.usual = *times;
        }
        return;
      }
      case Takes::share: {
        const bool percent = text->ends_with('%');
        const auto share = parse_number(
            std::string_view(*text).substr(0, text->size() - static_cast<std::size_t>(percent)));
        if (!percent || !share || *share < 0 || *share > 100) {
          wrong(text, "share", "0% to 100%: '5%'");
        } else {
          out_.common = *share / 100;
        }
        return;
      }
      case Takes::number: {
        const auto number = parse_decimal(*text);
        if (!number || *number < 100 || *number > 100'000) {
          wrong(text, "speed", "kilometres an hour, 100 to 100000: '1000'");
        } else {
          out_.speed = static_cast<std::uint32_t>(*number);
        }
        return;
      }
      case Takes::span:
        span(key, text);
        return;
    }
  }

  void span(const DetectKey& key, const Spanned<std::string>& text) {
    const bool window = key.name == "window";
    const seconds least = window ? seconds(60) : key.name == "group" ? seconds(60) : kDay;
    const seconds most = window ? kLongestWindow : kLongestSpan;
    const auto span = parse_window(*text);
    if (!span || *span < least || *span > most) {
      wrong(text, window ? "window" : "span",
            fmt::format("{} to {}: '1h', '7d'", least == kDay ? "1d" : "1m",
                        window ? "14d" : "365d"));
      return;
    }
    (window                ? out_.window
     : key.name == "learn" ? out_.learn
     : key.name == "idle"  ? out_.idle
     : key.name == "young" ? out_.young
                           : out_.group) = *span;
  }

  const WrittenDetect& written_;
  Diagnostics& found_;
  DetectRule& out_;
};

}  // namespace

void lower_detect(const WrittenDetect& written, Diagnostics& found, DetectRule& out) {
  DetectLowering(written, found, out).lower();
}

}  // namespace sallyport::policy
