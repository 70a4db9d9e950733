#include "discovery/detect/detectors.h"

#include <algorithm>

#include "discovery/detect/naming.h"
#include "discovery/detect/organisation.h"

namespace sallyport::discovery {
namespace {

using namespace detect;
using policy::Activity;
using policy::CompiledPolicy;
using policy::DetectRule;
using policy::SeenFacts;
using std::chrono::seconds;

constexpr std::size_t kMostNumbered = 60'000;  // that were ever asked
constexpr std::size_t kMostHolders = 100'000;  // values of a trait
constexpr std::uint32_t kUsersToCompare = 20;
constexpr double kCommon = 0.05;  // a share of users
constexpr std::int16_t kFamiliarDays = 30;

std::uint16_t day_of(std::uint32_t minute) {
  return static_cast<std::uint16_t>(minute / kMinutesOfDay);
}

// Since 1970; 0: before that, where nothing is remembered.
std::uint64_t second_of(const Event& event) {
  const auto since = std::chrono::floor<seconds>(event.start).time_since_epoch().count();
  return since <= 0 ? 0 : static_cast<std::uint64_t>(since);
}

}  // namespace

Detectors::Detectors(World world, const SipKey& key, std::size_t most_subjects, std::size_t recent)
    : world_(std::move(world)),
      key_(key),
      most_subjects_(most_subjects),
      subjects_(std::make_unique<Subjects>(key)),
      recent_(recent),
      memo_(recent),
      ring_(1) {}

Detectors::~Detectors() = default;

std::size_t Detectors::subjects() const { return subjects_->by_name.size(); }

Detectors::Bytes Detectors::bytes() const {
  Bytes sum;
  for (const auto& [name, one] : subjects_->by_name) {
    // A node of the table: its link, the hash, the name and the subject.
    const std::size_t node = allocated(2 * sizeof(void*) + sizeof name + sizeof one);
    const std::size_t text = name.capacity() > 15 ? allocated(name.capacity() + 1) : 0;
    const std::size_t bytes = one.bytes() + node + text;
    sum.of_all += bytes;
    if (!name.starts_with("u:")) continue;
    ++sum.users;
    sum.of_users += bytes;
  }
  sum.of_all += allocated(subjects_->by_name.bucket_count() * sizeof(void*));
  return sum;
}

std::uint32_t Detectors::hash(std::string_view text) const {
  return static_cast<std::uint32_t>(
      siphash(key_, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

Subject& Detectors::subject_of(DetectRule::Subject of, const Activity& activity, Recent& recent,
                               std::uint32_t minute) {
  if (Subject* const known = recent.subject(of)) return *known;
  Subject& found = subject(name_of(of, activity), minute);
  recent.subject(of) = &found;
  return found;
}

// Null: there are too many.
Detectors::Organisation* Detectors::organisation_of(const CompiledPolicy& detection) {
  const std::uint32_t hashed = hash(detection.id);
  if (numbers_.size() >= kMostNumbered && !numbers_.contains(hashed)) return nullptr;
  const auto [at, is_new] = numbers_.try_emplace(hashed, organisations_.size());
  if (is_new) {
    organisations_.push_back(std::make_unique<Organisation>());
    organisations_.back()->number = static_cast<std::uint16_t>(at->second);
  }
  return organisations_[at->second].get();
}

Subject& Detectors::subject(std::string_view name, std::uint32_t minute) {
  auto& all = subjects_->by_name;
  if (const auto found = all.find(name); found != all.end()) return found->second;
  if (all.size() >= most_subjects_) make_room();
  Subject& made = all.try_emplace(std::string(name)).first->second;
  made.first = minute;
  return made;
}

void Detectors::make_room() {
  recent_.clear();
  auto& all = subjects_->by_name;
  std::vector<std::uint32_t> ages;
  ages.reserve(all.size() + 1);
  ages.push_back(0);
  for (const auto& [name, one] : all) ages.push_back(one.last);
  const auto eighth = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 8);
  std::nth_element(ages.begin(), eighth, ages.end());
  std::size_t left = all.size() / 8 + 1;  // of one minute there may be more
  for (auto at = all.begin(); at != all.end() && left > 0;) {
    Subject& who = at->second;
    if (who.last > *eighth || at->first == kOfAll) {
      ++at;
      continue;
    }
    --left;
    ++forgotten_;
    let_go(who);
    at = all.erase(at);
  }
}

// What a subject that is forgotten had told of all of them.
void Detectors::let_go(Subject& who) {
  who.slots.take_all([&](Slot&& slot) {
    if (!slot.counts) return;
    Organisation& all = *organisations_[slot.detection];
    --all.subjects;
    const auto* traits = slot.memory.find<Traits>();
    if (traits == nullptr) return;
    for (const Trait& trait : *traits) all.let_go(trait.hash);
  });
  if (who.familiar.empty()) return;
  --familiar_users_;
  who.familiar.for_each([&](policy::SeenTrait trait, std::uint32_t hash) { unhold(trait, hash); });
}

void Detectors::look(const policy::DetectionMemo::ProgramPtr& program, const Event& event,
                     const EachFinding& each, Asked asked) {
  if (program_ != program) {
    // A detection of the same id may look at something else now.
    recent_.clear();
    of_policies_.assign(program->size(), nullptr);
    program_ = program;
  }
  const std::uint64_t second = second_of(event);
  if (second == 0) return;
  const auto minute = static_cast<std::uint32_t>(second / 60);
  const std::uint16_t day = day_of(minute);
  Recent& recent = recent_.find(event.activity);
  memo_.detects(program, event.activity, [&](const CompiledPolicy& detection) {
    const DetectRule& rule = detection.detect;
    if (asked == Asked::of_each && rule.what != DetectRule::What::each) return;
    Organisation*& organisation = of_policies_[detection.number];
    if (organisation == nullptr) organisation = organisation_of(detection);
    if (organisation == nullptr) return;
    // A trait that was noted on this day already is neither new nor to be noted.
    Subject* const who = recent.subject(rule.of);
    if (who != nullptr && rule.what == DetectRule::What::fresh &&
        rule.idle >= std::chrono::days(1) && recent.has_noted(rule.of, organisation->number, day)) {
      first_minute_ = std::min(first_minute_, minute);
      who->comes(minute);
      return;
    }
    if (auto found = observe(detection, *organisation, event, second, recent, true)) {
      each(detection, std::move(*found));
    }
  });
}

std::optional<Finding> Detectors::observe(const CompiledPolicy& detection, const Event& event) {
  Organisation* const organisation = organisation_of(detection);
  const std::uint64_t second = second_of(event);
  if (organisation == nullptr || second == 0) return std::nullopt;
  return observe(detection, *organisation, event, second, recent_.find(event.activity), false);
}

std::optional<Finding> Detectors::observe(const CompiledPolicy& detection,
                                          Organisation& organisation, const Event& event,
                                          std::uint64_t second, Recent& recent, bool marked) {
  const DetectRule& rule = detection.detect;
  // What was stopped did not happen; who tried it did.
  if ((rule.what == DetectRule::What::burst || rule.what == DetectRule::What::crowd) &&
      is_block(event)) {
    return std::nullopt;
  }
  const auto minute = static_cast<std::uint32_t>(second / 60);
  if (first_minute_ == 0 || minute < first_minute_) first_minute_ = minute;
  Subject& who = subject_of(rule.of, event.activity, recent, minute);
  const Slots::Place place = place_of(who, organisation, rule, event.activity);
  Slot slot = who.slots.take(place);
  who.comes(minute);
  const Now now{.detection = detection,
                .rule = rule,
                .event = event,
                .activity = event.activity,
                .subject = who,
                .slot = slot,
                .organisation = organisation,
                .recent = marked ? &recent : nullptr,
                .second = second,
                .minute = minute,
                .day = day_of(minute)};
  std::optional<Finding> finding = find(now);
  who.slots.put(place, std::move(slot.memory));
  if (!finding) return std::nullopt;
  // What is new for all is told once by itself: another app is another finding.
  const bool told_once =
      rule.what == DetectRule::What::fresh && rule.of == DetectRule::Subject::organisation;
  const bool goes_on = remember_finding(now) && !told_once;
  if (goes_on || !is_first_of_incident(now)) return std::nullopt;
  return finding;
}

Slots::Place Detectors::place_of(Subject& who, Organisation& organisation, const DetectRule& rule,
                                 const Activity& activity) {
  if (const auto found = who.slots.find(organisation.number)) return *found;
  // Strangers are no part of what users share: anybody can be many of them.
  const bool counts = rule.of != DetectRule::Subject::user || activity.user.has_value();
  if (counts) ++organisation.subjects;
  return who.slots.add(organisation.number, counts);
}

// Whether one goes on to which this belongs.
bool Detectors::remember_finding(const Now& now) {
  auto& quiet = now.subject.quiet;
  if (quiet == nullptr) quiet = std::make_unique<std::vector<Quiet>>();
  std::erase_if(*quiet, [&](const Quiet& one) {
    return one.until <= now.minute && one.detection != now.slot.detection;
  });
  auto at = std::find_if(quiet->begin(), quiet->end(),
                         [&](const Quiet& one) { return one.detection == now.slot.detection; });
  if (at == quiet->end()) at = quiet->insert(at, Quiet{now.slot.detection, 0});
  const bool goes_on = now.minute < at->until;
  at->until = std::max(at->until, now.minute + std::max(1u, minutes_of(now.rule.group)));
  return goes_on;
}

// What remember_finding() will say, where it matters before.
bool Detectors::is_going_on(const Now& now) const {
  const auto& quiet = now.subject.quiet;
  return quiet != nullptr && std::ranges::any_of(*quiet, [&](const Quiet& one) {
           return one.detection == now.slot.detection && now.minute < one.until;
         });
}

bool Detectors::is_first_of_incident(const Now& now) {
  if (now.detection.alerts_per_day == 0 || now.detection.rehearse) return true;  // no alert
  if (now.rule.of == DetectRule::Subject::organisation) return true;             // of many
  Subject& who = now.subject;
  const auto severity = static_cast<std::uint8_t>(now.detection.severity);
  const auto category = static_cast<std::uint8_t>(now.detection.category);
  const bool open = now.minute < who.incident_until && category == who.incident_category;
  who.incident_until =
      std::max(who.incident_until, now.minute + static_cast<std::uint32_t>(kIncident.count()));
  if (open && severity <= who.incident_severity) {
    ++merged_;
    return false;
  }
  who.incident_severity = severity;
  who.incident_category = category;
  return true;
}

// ---- what a user was seen with

void Detectors::unhold(policy::SeenTrait trait, std::uint32_t hash) {
  auto& holders = familiar_holders_[static_cast<std::size_t>(trait)];
  const auto held = holders.find(hash);
  if (held != holders.end() && --held->second == 0) holders.erase(held);
}

void Detectors::enrich(Event& event) {
  Activity& activity = event.activity;
  activity.seen.reset();
  const std::uint64_t second = second_of(event);
  if (!activity.user || event.ending == Ending::refused || second == 0) return;
  const auto minute = static_cast<std::uint32_t>(second / 60);
  if (first_minute_ == 0 || minute < first_minute_) first_minute_ = minute;
  Recent& recent = recent_.find(activity);
  Subject& who = subject_of(DetectRule::Subject::user, activity, recent, minute);
  who.comes(minute);
  // Who tries a password shows nothing of whom it belongs to, and what was stopped is no habit.
  const bool learns = !is_block(event) && activity.type != policy::ActivityType::login_failed;
  const bool is_known = minute >= who.first + 7 * kMinutesOfDay && who.days > kDaysToKnow;
  const std::uint16_t day = day_of(minute);
  SeenFacts facts;
  if (recent.has_seen(day)) {
    for (std::size_t i = 0; i < policy::kSeenTraits; ++i) {
      if ((recent.seen_traits() >> i & 1) != 0) facts.days[i] = 0;
    }
    activity.seen = facts;
    return;
  }
  if (learns && who.familiar.empty()) ++familiar_users_;
  std::uint8_t noted = 0;
  for (std::size_t i = 0; i < policy::kSeenTraits; ++i) {
    const auto trait = static_cast<policy::SeenTrait>(i);
    scratch_.clear();
    if (!append_seen(scratch_, trait, activity)) continue;
    const std::uint32_t hashed = hash(scratch_) & Familiar::kHash;
    const auto days = who.familiar.days_since(trait, hashed, day);
    facts.days[i] = days.value_or(SeenFacts::kFirst);
    auto& holders = familiar_holders_[i];
    if (is_known && (!days || *days > kFamiliarDays)) {
      const auto held = holders.find(hashed);
      const std::uint32_t others = held == holders.end() ? 0 : held->second - (days ? 1u : 0u);
      const bool is_common = familiar_users_ >= kUsersToCompare &&
                             others >= kCommon * static_cast<double>(familiar_users_);
      if (!is_common) facts.uncommon |= policy::bit_of(trait);
    }
    if (!learns) continue;
    noted |= policy::bit_of(trait);
    const Familiar::Noted note = who.familiar.note(trait, hashed, day);
    if (note.forgotten) {
      ++who.forgot;
      unhold(trait, *note.forgotten);
    }
    if (note.is_new && (holders.size() < kMostHolders || holders.contains(hashed))) {
      ++holders[hashed];
    }
  }
  if (learns && noted == 0 && who.familiar.empty()) --familiar_users_;
  if (learns) recent.see(noted, day);
  activity.seen = facts;
}

}  // namespace sallyport::discovery
