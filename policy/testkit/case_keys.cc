#include "policy/testkit/case_keys.h"

#include <algorithm>
#include <array>

namespace sallyport::policy {
namespace {

using V = CaseValue;

constexpr std::array kKeys = std::to_array<CaseKey>({
    {"case", V::name, "What the case shows; once per file.", "", false},
    {"given", V::facts,
     "What happens: attribute and value, several values for tags, groups, names.", "the `defaults`",
     false},
    {"at", V::point, "Asked at this point only.", "the whole way"},
    {"policy_mode", V::mode, "`rehearse`: as with `policy_mode: rehearse` in sallyport.yaml.",
     "as the policies say themselves"},
    {"grants", V::texts, "Ids of policies that the person has answered: they are passed over.",
     "nothing was answered"},
    {"repeat", V::repetition, "It happened so often.", "once; all targets differ; one app"},
    {"day", V::day, "What a day of the app came to; app_discovery is asked, and nothing else.",
     "no day"},
    {"history", V::history,
     "What happened before; what detections find is asked, and nothing else.",
     "nothing happened before"},
    {"now", V::step, "What happens now, so often.", "it happens once"},
    {"expect", V::action, "What is decided; `wait` with `at`: nothing yet.", "`allow`"},
    {"policy", V::text, "Id of the policy that decides; `none`: it is the default.", "`none`"},
    {"because", V::texts, "The attributes whose conditions make the policy hold: exactly these.",
     "not asked"},
    {"say", V::text, "What is shown to who is stopped; `is not set`: no words.", "not asked"},
    {"redirect", V::text, "Where who is stopped is sent; `is not set`: nowhere.", "not asked"},
    {"rehearsed", V::texts, "Ids of policies in rehearsal, of any kind, that match.", "not asked"},
    {"reports", V::texts, "Ids of activity and app_discovery policies that match.", "not asked"},
    {"tag_app", V::texts, "The tags that the app gets: exactly these.", "not asked"},
    {"edits", V::texts, "Ids of policies that edit header fields and match.", "not asked"},
    {"headers", V::headers, "What the edits come to; `is not set`: the field is removed.",
     "not asked"},
    {"finds", V::texts, "Ids of detections that find something in what happens now.", "not asked"},
    {"without", V::texts, "Ids of policies that must not decide, report, rehearse, edit or find.",
     "not asked"},
    {"but", V::variations,
     "Variations: facts and keys side by side. What is expected is said anew; policies that the "
     "case names and the variation does not are `without`.",
     "none", false},
});

constexpr std::array kRepetition = std::to_array<AmountKey>({
    {"times", AmountKey::Kind::count, 1},
    {"within", AmountKey::Kind::span},
    {"targets", AmountKey::Kind::count, 1},
    {"apps", AmountKey::Kind::count, 1},
});

constexpr std::array kDay = std::to_array<AmountKey>({
    {"uploaded", AmountKey::Kind::bytes},
    {"downloaded", AmountKey::Kind::bytes},
    {"traffic", AmountKey::Kind::bytes},
    {"users", AmountKey::Kind::count},
    {"addresses", AmountKey::Kind::count},
    {"transactions", AmountKey::Kind::count},
});

constexpr std::array kStep = std::to_array<AmountKey>({
    {"days", AmountKey::Kind::count, 1},
    {"every", AmountKey::Kind::span},
    {"ago", AmountKey::Kind::span},
    {"times", AmountKey::Kind::count, 1},
    {"within", AmountKey::Kind::span},
    {"users", AmountKey::Kind::count, 1},
    {"uploaded", AmountKey::Kind::bytes},
    {"downloaded", AmountKey::Kind::bytes},
});

}  // namespace

std::span<const CaseKey> case_keys() { return kKeys; }

std::size_t case_key_order(std::string_view key) {
  return static_cast<std::size_t>(
      std::find_if(kKeys.begin(), kKeys.end(),
                   [key](const CaseKey& one) { return one.name == key; }) -
      kKeys.begin());
}

bool is_case_key(std::string_view word) {
  const std::size_t at = case_key_order(word);
  return at < kKeys.size() && kKeys[at].varies;
}

std::span<const AmountKey> repetition_keys() { return kRepetition; }
std::span<const AmountKey> day_keys() { return kDay; }
std::span<const AmountKey> step_keys() { return kStep; }
bool is_step_key(std::string_view word) {
  return std::any_of(kStep.begin(), kStep.end(),
                     [word](const AmountKey& one) { return one.name == word; });
}

}  // namespace sallyport::policy
