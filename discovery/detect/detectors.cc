#include "discovery/detect/detectors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "base/core/check.h"
#include "discovery/detect/judging.h"
#include "discovery/detect/memory.h"
#include "discovery/detect/naming.h"

namespace sallyport::discovery {
namespace {

using namespace detect;
using policy::Activity;
using policy::ActivityType;
using policy::CompiledPolicy;
using policy::DetectRule;
using std::chrono::seconds;

constexpr std::uint32_t kMinutesOfDay = 24 * 60;
constexpr double kLeastWay = 1200;        // km: less is an error of geography
constexpr double kLeastHours = 0.1;       // so that no speed is infinite
constexpr std::uint16_t kKnownPlace = 2;  // days ago: a country that was seen then is no surprise
constexpr std::uint16_t kPlaceAge = 60;   // days
constexpr std::uint32_t kUsersToCompare = 20;
constexpr std::uint64_t kPeaksToCompare = 100;
constexpr std::size_t kMostOfAll = 100'000;  // traits of the organisation
constexpr std::size_t kMostKnown = 1'000;    // detections, of several loads

std::uint16_t days_of(seconds span) { return static_cast<std::uint16_t>(span.count() / 86'400); }

}  // namespace

struct Detectors::Organisation {
  std::uint32_t subjects = 0;                                // with a memory of it
  std::unordered_map<std::uint32_t, std::uint32_t> holders;  // subjects that showed a trait
  // Of the organisation's own traits, which no subject could hold.
  struct Seen {
    std::uint16_t first = 0, last = 0;  // days
  };
  std::unordered_map<std::uint32_t, Seen> seen;
  std::uint16_t swept = 0;         // day
  std::array<float, 256> peaks{};  // days by what they came to
  double days = 0;
  std::uint32_t aged = 0;  // minute

  void let_go(std::uint32_t trait) {
    const auto held = holders.find(trait);
    if (held != holders.end() && --held->second == 0) holders.erase(held);
  }
  void take(std::uint8_t code, std::uint32_t minute) {
    if (aged == 0) aged = minute;
    if (minute > aged + 28 * kMinutesOfDay) {
      aged = minute;
      for (float& count : peaks) count /= 2;
      days /= 2;
    }
    ++peaks[code];
    ++days;
  }
  // What a hundredth of all days come to at least.
  double highest() const {
    double above = 0;
    for (std::size_t code = peaks.size(); code-- > 0;) {
      above += static_cast<double>(peaks[code]);
      if (above >= days / 100) return of_code(static_cast<std::uint8_t>(code));
    }
    return 0;
  }
};

struct Detectors::Now {
  const CompiledPolicy& detection;
  const DetectRule& rule;
  const Event& event;
  const Activity& activity;
  Subject& subject;
  Slot& slot;
  Organisation& organisation;
  std::uint64_t second;
  std::uint32_t minute;
  std::uint16_t day;
  bool is_new;  // the slot is

  bool is_learned() const {
    return minute >= subject.first + minutes_of(rule.learn) && subject.days > kDaysToKnow;
  }
};

Detectors::Detectors(World world, const SipKey& key, std::size_t most_subjects)
    : world_(std::move(world)),
      key_(key),
      most_subjects_(most_subjects),
      subjects_(0, HashText{key}),
      ring_(1) {}

Detectors::~Detectors() = default;

std::size_t Detectors::subjects() const { return subjects_.size(); }

std::size_t Detectors::bytes() const {
  std::size_t sum = 0;
  for (const auto& [name, one] : subjects_) sum += one->bytes() + sizeof name + 48;
  return sum;
}

std::uint32_t Detectors::hash(std::string_view text) const {
  return static_cast<std::uint32_t>(
      siphash(key_, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

Subject& Detectors::subject_of(DetectRule::Subject of, const Activity& activity,
                               std::uint32_t minute) {
  Last& last = last_[static_cast<std::size_t>(of)];
  if (last.subject != nullptr && last.is_of(of, activity)) return *last.subject;
  Subject& found = subject(name_of(of, activity), minute);
  last.user = activity.user;
  last.address = activity.client.address;
  last.app = app_of(activity);
  last.subject = &found;
  return found;
}

bool Detectors::Last::is_of(DetectRule::Subject of, const Activity& activity) const {
  switch (of) {
    case DetectRule::Subject::user:
      return user == activity.user && (user || address == activity.client.address);
    case DetectRule::Subject::app:
      return app == app_of(activity);
    case DetectRule::Subject::address:
      return address == activity.client.address;
    case DetectRule::Subject::organisation:
      return true;
  }
  return false;
}

Detectors::Known& Detectors::known(const CompiledPolicy& detection) {
  if (known_.size() >= kMostKnown && !known_.contains(&detection)) known_.clear();
  Known& known = known_[&detection];
  if (known.organisation == nullptr || known.id != detection.id) {  // another at the same place
    known.id = detection.id;
    known.hash = hash(detection.id);
    auto& organisation = organisations_[known.hash];
    if (!organisation) organisation = std::make_unique<Organisation>();
    known.organisation = organisation.get();
  }
  return known;
}

Subject& Detectors::subject(std::string_view name, std::uint32_t minute) {
  if (const auto found = subjects_.find(name); found != subjects_.end()) return *found->second;
  if (subjects_.size() >= most_subjects_) make_room();
  auto made = std::make_unique<Subject>();
  made->first = minute;
  return *subjects_.emplace(name, std::move(made)).first->second;
}

void Detectors::make_room() {
  last_ = {};
  std::vector<std::uint32_t> ages;
  ages.reserve(subjects_.size() + 1);
  ages.push_back(0);
  for (const auto& [name, one] : subjects_) ages.push_back(one->last);
  const auto eighth = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 8);
  std::nth_element(ages.begin(), eighth, ages.end());
  std::size_t left = subjects_.size() / 8 + 1;  // of one minute there may be more
  forgotten_ += std::erase_if(subjects_, [&](const auto& one) {
    if (left == 0 || one.second->last > *eighth || one.first == kOfAll) return false;
    --left;
    for (const Slot& slot : one.second->slots) let_go(slot);
    return true;
  });
}

// What a subject that is forgotten had told of all of them.
void Detectors::let_go(const Slot& slot) {
  if (!slot.counts) return;
  Organisation& all = *organisations_.at(slot.detection);
  --all.subjects;
  const auto* traits = std::get_if<Traits>(&slot.memory);
  if (traits == nullptr) return;
  for (const Trait& trait : *traits) all.let_go(trait.hash);
}

std::optional<Finding> Detectors::observe(const CompiledPolicy& detection, const Event& event) {
  const DetectRule& rule = detection.detect;
  const auto since = std::chrono::floor<seconds>(event.start).time_since_epoch().count();
  if (since <= 0) return std::nullopt;
  // What was stopped did not happen; who tried it did.
  if (is_block(event) &&
      (rule.what == DetectRule::What::burst || rule.what == DetectRule::What::crowd)) {
    return std::nullopt;
  }
  const auto second = static_cast<std::uint64_t>(since);
  const auto minute = static_cast<std::uint32_t>(second / 60);
  if (first_minute_ == 0 || minute < first_minute_) first_minute_ = minute;
  Subject& who = subject_of(rule.of, event.activity, minute);
  const Known& of_detection = known(detection);
  const std::uint32_t id = of_detection.hash;
  auto found = std::find_if(who.slots.begin(), who.slots.end(),
                            [&](const Slot& one) { return one.detection == id; });
  const bool is_new = found == who.slots.end();
  Organisation& organisation = *of_detection.organisation;
  if (is_new) {
    who.slots.reserve(who.slots.size() + 1);  // few, and for each of many subjects
    who.slots.emplace_back();
    found = who.slots.end() - 1;
    found->detection = id;
    found->first = minute;
    // Strangers are no part of what users share: anybody can be many of them.
    found->counts = rule.of != DetectRule::Subject::user || event.activity.user.has_value();
    if (found->counts) ++organisation.subjects;
  }
  const auto day = static_cast<std::uint16_t>(minute / kMinutesOfDay);
  if (day > who.last_day) {
    who.last_day = day;
    if (who.days < 0xffff) ++who.days;
  }
  Now now{detection, rule,   event, event.activity, who, *found, organisation,
          second,    minute, day,   is_new};
  std::optional<Finding> finding = look(now);
  found->last = std::max(found->last, minute);
  who.last = std::max(who.last, minute);
  if (!finding) return std::nullopt;
  // What is new for all is told once by itself: another app is another finding.
  const bool told_once =
      rule.what == DetectRule::What::fresh && rule.of == DetectRule::Subject::organisation;
  const bool goes_on = !told_once && minute < found->quiet_until;
  found->quiet_until = std::max(found->quiet_until, minute + std::max(1u, minutes_of(rule.group)));
  if (goes_on || !is_first_of_incident(now)) return std::nullopt;
  return finding;
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

std::optional<Finding> Detectors::look(const Now& now) {
  switch (now.rule.what) {
    case DetectRule::What::each: {
      Finding finding;
      finding.events = {now.event.id};
      const auto& type = now.activity.type;
      finding.text = fmt::format("{}: {} in {}", shown(now.rule, now.activity),
                                 type ? to_string(*type) : std::string_view("activity"),
                                 app_name_of(now.activity));
      return finding;
    }
    case DetectRule::What::burst:
      return burst(now);
    case DetectRule::What::fresh:
      return fresh(now);
    case DetectRule::What::travel:
      return travel(now);
    case DetectRule::What::guessed:
      return guessed(now);
    case DetectRule::What::crowd:
      return crowd(now);
    case DetectRule::What::dormant:
      return dormant(now);
  }
  return std::nullopt;
}

namespace {

template <class T>
T& boxed(Slot& slot) {
  auto* held = std::get_if<std::unique_ptr<T>>(&slot.memory);
  if (held == nullptr) held = &slot.memory.emplace<std::unique_ptr<T>>(std::make_unique<T>());
  return **held;
}

}  // namespace

std::optional<Finding> Detectors::burst(const Now& now) {
  if (now.rule.young.count() != 0 && now.minute >= now.subject.first + minutes_of(now.rule.young)) {
    now.slot.memory = {};  // never again
    return std::nullopt;
  }
  Burst& memory = boxed<Burst>(now.slot);
  const bool bytes = now.rule.count != DetectRule::Count::activities;
  const double amount = now.rule.count == DetectRule::Count::uploaded
                            ? static_cast<double>(now.event.bytes_in) / 1024
                        : now.rule.count == DetectRule::Count::downloaded
                            ? static_cast<double>(now.event.bytes_out) / 1024
                            : static_cast<double>(number_of(now.event));
  const double sum =
      memory.add(now.second, static_cast<std::uint64_t>(now.rule.window.count()), amount);
  std::uint8_t ended = 0;
  if (memory.peaks.add(now.day, static_cast<float>(sum), ended)) {
    now.organisation.take(ended, now.minute);
  }
  keep_evidence(now);
  const double least = static_cast<double>(now.rule.least) / (bytes ? 1024 : 1);
  if (sum < least * sensitivity_factor(now.rule)) return std::nullopt;
  if (!is_young(now.rule, now.subject, first_minute_, now.minute)) return std::nullopt;
  const bool comparable = now.rule.of != DetectRule::Subject::organisation &&
                          now.organisation.days >= static_cast<double>(kPeaksToCompare);
  const Judged wanted =
      judge(now.rule, least, now.is_learned(), memory.peaks,
            comparable ? now.organisation.highest() : 0, comparable, bytes ? "bytes" : "");
  if (sum < wanted.wanted) return std::nullopt;
  Finding finding;
  finding.events = evidence(now);
  finding.count =
      bytes ? std::max<std::uint64_t>(1, finding.events.size()) : static_cast<std::uint64_t>(sum);
  finding.text = fmt::format(
      "{}: {} {} within {} ({})", shown(now.rule, now.activity), amount_text(now.rule, sum),
      bytes               ? to_string(now.rule.count)
      : now.activity.type ? fmt::format("x {}", to_string(*now.activity.type))
                          : std::string("activities"),
      format_duration(now.rule.window), wanted.why);
  return finding;
}

namespace {

struct Shown {
  bool known = false;  // within `idle`
  bool ever = false;
  std::uint16_t last = 0;   // day
  std::uint16_t first = 0;  // day
  std::optional<Trait> forgotten;
};

Shown show(Traits& traits, std::uint32_t hash, std::uint16_t day, std::uint16_t idle) {
  Shown shown;
  const auto found = std::find_if(traits.begin(), traits.end(),
                                  [&](const Trait& one) { return one.hash == hash; });
  if (found != traits.end()) {
    shown.ever = true;
    shown.last = found->last;
    shown.first = found->first;
    shown.known = day < found->last + idle;
    if (!shown.known) found->first = day;
    found->last = std::max(found->last, day);
    return shown;
  }
  if (traits.size() >= kMostTraits) {
    const auto oldest =
        std::min_element(traits.begin(), traits.end(),
                         [](const Trait& a, const Trait& b) { return a.last < b.last; });
    shown.forgotten = *oldest;
    traits.erase(oldest);
  }
  traits.push_back({hash, day, day});
  return shown;
}

}  // namespace

std::optional<Finding> Detectors::fresh(const Now& now) {
  const std::string value = trait_of(now.rule.trait, now.activity);
  if (value.empty()) return std::nullopt;
  auto* traits = std::get_if<Traits>(&now.slot.memory);
  if (traits == nullptr) traits = &now.slot.memory.emplace<Traits>();
  const std::uint32_t hashed = hash(value);
  if (now.rule.of == DetectRule::Subject::organisation) return fresh_for_all(now, value, hashed);
  const Shown shows = show(*traits, hashed, now.day, days_of(now.rule.idle));
  auto& holders = now.organisation.holders;
  if (now.slot.counts) {
    if (shows.forgotten) now.organisation.let_go(shows.forgotten->hash);
    if (!shows.ever) ++holders[hashed];
  }
  if (shows.known || !now.is_learned()) return std::nullopt;
  const std::uint32_t self = now.slot.counts ? 1 : 0;
  const auto held = holders.find(hashed);
  const std::uint32_t others = held == holders.end() ? 0 : held->second - self;
  const double share = static_cast<double>(others) / std::max(1u, now.organisation.subjects);
  if (now.organisation.subjects >= kUsersToCompare && share >= now.rule.common) return std::nullopt;
  Finding finding;
  finding.events = {now.event.id};
  const std::string seen =
      shows.ever
          ? fmt::format("last seen {} days ago", now.day - shows.last)
          : fmt::format("never seen in {} days", (now.minute - now.subject.first) / kMinutesOfDay);
  finding.text =
      fmt::format("{}: {} {}, {}; {} of {} others have it", shown(now.rule, now.activity),
                  to_string(now.rule.trait), shown_trait(now.rule.trait, now.activity, value), seen,
                  others, now.organisation.subjects - self);
  return finding;
}

std::optional<Finding> Detectors::fresh_for_all(const Now& now, const std::string& value,
                                                std::uint32_t hashed) {
  auto& seen = now.organisation.seen;
  if (seen.size() >= kMostOfAll && !seen.contains(hashed)) {
    // Once a day: whoever invents names pays for each of them less than we do.
    if (now.organisation.swept == now.day) return std::nullopt;
    now.organisation.swept = now.day;
    std::vector<std::uint16_t> ages;
    ages.reserve(seen.size());
    for (const auto& one : seen) ages.push_back(one.second.last);
    const auto eighth = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 8);
    std::nth_element(ages.begin(), eighth, ages.end());
    std::size_t left = seen.size() / 8;
    std::erase_if(seen, [&](const auto& one) {
      if (left == 0 || one.second.last > *eighth) return false;
      --left;
      return true;
    });
  }
  const auto [at, is_new] = seen.try_emplace(hashed, Organisation::Seen{now.day, now.day});
  const std::uint16_t last = at->second.last;
  at->second.last = std::max(last, now.day);
  if ((!is_new && now.day < last + days_of(now.rule.idle)) || !now.is_learned()) {
    return std::nullopt;
  }
  Finding finding;
  finding.events = {now.event.id};
  finding.text = fmt::format(
      "{} {}, which nobody showed {}; {} did", to_string(now.rule.trait),
      now.rule.trait == DetectRule::Trait::app ? app_name_of(now.activity)
                                               : shown_trait(now.rule.trait, now.activity, value),
      is_new ? fmt::format("in {} days", (now.minute - now.subject.first) / kMinutesOfDay)
             : fmt::format("for {} days", now.day - last),
      now.activity.user ? *now.activity.user : now.activity.client.address.to_string());
  return finding;
}

std::optional<Finding> Detectors::travel(const Now& now) {
  const std::string& country = now.activity.client.country;
  if (country.size() != 2) return std::nullopt;
  Travel& memory = boxed<Travel>(now.slot);
  const bool carried =
      now.activity.agent && (now.activity.agent->device == policy::DeviceType::mobile ||
                             now.activity.agent->device == policy::DeviceType::tablet);
  Travel::Position& last = memory.by_device[carried ? 0 : 1];
  const Travel::Position before = last;
  const Shown shows = show(memory.countries, letters(country), now.day, kPlaceAge);
  if (now.minute < before.minute) return std::nullopt;
  last = {letters(country), now.minute};
  if (before.country == 0 || before.country == last.country || !now.is_learned()) {
    return std::nullopt;
  }
  // Whoever comes back to where they are known to be, or goes to and fro, travels by a tunnel.
  if (shows.known && shows.first + kKnownPlace <= now.day) return std::nullopt;
  const auto way = world_.kilometres(letters(before.country), country);
  if (!way || *way < kLeastWay) return std::nullopt;
  const std::uint32_t passed = now.minute - before.minute;
  const double hours = std::max(kLeastHours, passed / 60.0);
  if (*way <= now.rule.speed * hours) return std::nullopt;
  Finding finding;
  finding.events = {now.event.id};
  finding.count = 2;
  finding.text = fmt::format("{}: {} minutes after {} in {}, about {:.0f} km away, with another {}",
                             shown(now.rule, now.activity), passed, letters(before.country),
                             country, *way, carried ? "phone or tablet" : "computer");
  return finding;
}

std::optional<Finding> Detectors::guessed(const Now& now) {
  if (!now.activity.type) return std::nullopt;
  const ActivityType type = *now.activity.type;
  const auto window = static_cast<std::uint64_t>(now.rule.window.count());
  Failures& memory = boxed<Failures>(now.slot);
  const std::uint32_t source = hash(fmt::format("{}|{}|{}", network_of(now.activity.client.address),
                                                trait_of(DetectRule::Trait::device, now.activity),
                                                trait_of(DetectRule::Trait::agent, now.activity)));
  if (type == ActivityType::login_failed) {
    if (memory.burst.add(now.second, window, 1) <= 1) {
      memory.sources.fill(0);
      memory.next_source = 0;
    }
    if (std::find(memory.sources.begin(), memory.sources.end(), source) == memory.sources.end()) {
      memory.sources[memory.next_source] = source;
      memory.next_source =
          static_cast<std::uint8_t>((memory.next_source + 1) % memory.sources.size());
    }
    keep_evidence(now);
    return std::nullopt;
  }
  if (type != ActivityType::login) return std::nullopt;
  const double failures = memory.burst.add(now.second, window, 0);
  if (failures < static_cast<double>(now.rule.least) * sensitivity_factor(now.rule)) {
    return std::nullopt;
  }
  // A phone that goes on with an old password fails, and its owner signs in from somewhere else.
  // Where failures come from several programs or networks, nobody is excused.
  const bool one_source = memory.sources[1] == 0;
  if (one_source && memory.sources[0] != source) return std::nullopt;
  keep_evidence(now);
  Finding finding;
  finding.events = evidence(now);
  finding.count = static_cast<std::uint64_t>(failures) + 1;
  finding.text = fmt::format("{}: signed in to {} after {:.0f} failures within {}",
                             shown(now.rule, now.activity), app_name_of(now.activity), failures,
                             format_duration(now.rule.window));
  memory.burst.clear();
  memory.sources.fill(0);
  memory.next_source = 0;
  return finding;
}

std::optional<Finding> Detectors::crowd(const Now& now) {
  if (now.rule.young.count() != 0 && now.minute >= now.subject.first + minutes_of(now.rule.young)) {
    now.slot.memory = {};  // never again
    return std::nullopt;
  }
  Crowd& memory = boxed<Crowd>(now.slot);
  const auto window = static_cast<std::uint64_t>(now.rule.window.count());
  const std::uint32_t who =
      hash(now.activity.user ? *now.activity.user : now.activity.client.address.to_string());
  const std::uint64_t oldest = now.second > window ? now.second - window : 0;
  if (memory.seen.size() < Crowd::kMost || memory.seen.contains(who)) {
    std::uint64_t& at = memory.seen[who];
    at = std::max(at, now.second);
  }
  const std::uint64_t every = memory.seen.size() >= Crowd::kMost
                                  ? std::max<std::uint64_t>(60, window / 600)
                                  : std::max<std::uint64_t>(1, window / 60);
  if (now.second >= memory.swept + every) {
    memory.swept = now.second;
    std::erase_if(memory.seen, [&](const auto& one) { return one.second < oldest; });
  }
  const auto number = static_cast<double>(memory.seen.size());
  std::uint8_t ended = 0;
  if (memory.peaks.add(now.day, static_cast<float>(number), ended)) {
    now.organisation.take(ended, now.minute);
  }
  keep_evidence(now);
  const auto least = static_cast<double>(now.rule.least);
  if (number < least * sensitivity_factor(now.rule)) return std::nullopt;
  if (!is_young(now.rule, now.subject, first_minute_, now.minute)) return std::nullopt;
  const bool comparable = now.rule.of != DetectRule::Subject::organisation &&
                          now.organisation.days >= static_cast<double>(kPeaksToCompare);
  const Judged wanted = judge(now.rule, least, now.is_learned(), memory.peaks,
                              comparable ? now.organisation.highest() : 0, comparable, "");
  if (number < wanted.wanted) return std::nullopt;
  Finding finding;
  finding.events = evidence(now);
  finding.count = static_cast<std::uint64_t>(number);
  finding.text = fmt::format("{}: {:.0f} users within {} ({})", shown(now.rule, now.activity),
                             number, format_duration(now.rule.window), wanted.why);
  return finding;
}

std::optional<Finding> Detectors::dormant(const Now& now) {
  const std::uint32_t last = now.slot.last;
  if (now.is_new || now.minute < last + minutes_of(now.rule.idle)) return std::nullopt;
  Finding finding;
  finding.events = {now.event.id};
  finding.text = fmt::format("{}: the first for {} days", shown(now.rule, now.activity),
                             (now.minute - last) / kMinutesOfDay);
  return finding;
}

void Detectors::keep_evidence(const Now& now) {
  if (ring_.size() < kMostEvidenceKept) ring_.resize(kMostEvidenceKept);
  const auto of = static_cast<std::uint64_t>(now.slot.detection) << 32 ^
                  reinterpret_cast<std::uintptr_t>(&now.subject);
  ring_[ring_next_] = {now.event.id, of, now.slot.evidence, now.minute};
  now.slot.evidence = ring_next_;
  ring_next_ = ring_next_ + 1 < kMostEvidenceKept ? ring_next_ + 1 : 1;
}

std::vector<Ulid> Detectors::evidence(const Now& now) const {
  const auto of = static_cast<std::uint64_t>(now.slot.detection) << 32 ^
                  reinterpret_cast<std::uintptr_t>(&now.subject);
  std::vector<Ulid> found;
  std::uint32_t age = 0;
  for (std::uint32_t at = now.slot.evidence; at != 0 && found.size() < 100; at = ring_[at].before) {
    const std::uint32_t older =
        (ring_next_ + static_cast<std::uint32_t>(kMostEvidenceKept) - at) % kMostEvidenceKept;
    if (ring_[at].of != of || older <= age) break;  // written over since
    if (ring_[at].minute + minutes_of(now.rule.window) < now.minute) break;
    age = older;
    found.push_back(ring_[at].id);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

}  // namespace sallyport::discovery
