#include "policy/eval/detect_rule.h"

#include <array>

namespace sallyport::policy {
namespace {

using std::string_view;

constexpr std::array<string_view, 7> kWhats = {"each",    "burst", "new",    "travel",
                                               "guessed", "crowd", "dormant"};
static_assert(kWhats.size() == static_cast<std::size_t>(DetectRule::What::dormant) + 1);
constexpr std::array<string_view, 4> kSubjects = {"user", "app", "address", "organisation"};
constexpr std::array<string_view, 3> kCounts = {"activities", "uploaded", "downloaded"};
constexpr std::array<string_view, 7> kTraits = {"country", "isp", "address", "device",
                                                "agent",   "app", "action"};
static_assert(kTraits.size() == static_cast<std::size_t>(DetectRule::Trait::action) + 1);
constexpr std::array<string_view, 3> kSensitivities = {"low", "medium", "high"};
constexpr std::array<string_view, 2> kRhythms = {"day", "week"};

using Takes = DetectKey::Takes;
constexpr std::array kKeys = std::to_array<DetectKey>({
    {"what", Takes::what, "",
     "What is looked for: each, burst, new, travel, guessed, crowd, dormant."},
    {"of", Takes::subject, "each burst new crowd dormant",
     "Whose activities belong together: user (where it is left out; who is not known goes by the "
     "address), app, address, organisation."},
    {"count", Takes::count, "burst",
     "What is added up: activities (where it is left out), uploaded or downloaded bytes."},
    {"trait", Takes::trait, "new",
     "What is new of it: country, isp, address, device, agent, app, action."},
    {"least", Takes::amount, "burst guessed crowd",
     "Less is never a finding: activities or bytes, failed logins, users."},
    {"window", Takes::span, "burst guessed crowd", "Within so long: 10m to 14d."},
    {"usual", Takes::times, "burst crowd",
     "So many times what is usual for the subject; 3 where it is left out."},
    {"rhythm", Takes::rhythm, "burst",
     "What is usual is made of days (`day`, where it is left out), or of the same hour of the same "
     "weekday (`week`)."},
    {"common", Takes::share, "new",
     "What this share of all users have shown is new to nobody; 5% where it is left out."},
    {"speed", Takes::number, "travel", "Kilometres an hour; 1000 where it is left out."},
    {"learn", Takes::span, "burst new travel crowd",
     "How long a subject must be known before something is unusual for it; 7d where it is left "
     "out."},
    {"young", Takes::span, "burst crowd",
     "Only of a subject that is known for no longer than this, where others are: of a new app."},
    {"idle", Takes::span, "new dormant",
     "Not seen for so long is as if never seen; 60d where it is left out."},
    {"group", Takes::span, "",
     "What is found of the same subject within so long belongs to the same alert; 1d where it is "
     "left out."},
    {"sensitivity", Takes::sensitivity, "burst guessed crowd",
     "low wants half as much again of `least` and `usual`, high two thirds."},
});

template <std::size_t N, class E>
string_view word(const std::array<string_view, N>& words, E value) {
  return words[static_cast<std::size_t>(value)];
}

}  // namespace

string_view to_string(DetectRule::What what) { return word(kWhats, what); }
string_view to_string(DetectRule::Subject subject) { return word(kSubjects, subject); }
string_view to_string(DetectRule::Count count) { return word(kCounts, count); }
string_view to_string(DetectRule::Trait trait) { return word(kTraits, trait); }
string_view to_string(DetectRule::Sensitivity sensitivity) {
  return word(kSensitivities, sensitivity);
}
string_view to_string(DetectRule::Rhythm rhythm) { return word(kRhythms, rhythm); }
std::span<const string_view> detect_what_words() { return kWhats; }
std::span<const string_view> detect_subject_words() { return kSubjects; }
std::span<const string_view> detect_count_words() { return kCounts; }
std::span<const string_view> detect_trait_words() { return kTraits; }
std::span<const string_view> detect_sensitivity_words() { return kSensitivities; }
std::span<const string_view> detect_rhythm_words() { return kRhythms; }
std::span<const DetectKey> detect_keys() { return kKeys; }

bool takes_key(DetectRule::What what, const DetectKey& key) {
  if (key.of.empty()) return true;
  const string_view wanted = to_string(what);
  for (std::size_t at = 0; at <= key.of.size();) {
    const std::size_t end = std::min(key.of.find(' ', at), key.of.size());
    if (key.of.substr(at, end - at) == wanted) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace sallyport::policy
