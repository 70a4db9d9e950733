// What each kind of detection finds.

#include <algorithm>
#include <fmt/format.h>

#include "discovery/detect/naming.h"
#include "discovery/detect/organisation.h"

namespace sallyport::discovery {
namespace {

using namespace detect;
using policy::ActivityType;
using policy::DetectRule;
using std::chrono::seconds;

constexpr double kLeastWay = 1200;        // km: less is an error of geography
constexpr double kLeastHours = 0.1;       // so that no speed is infinite
constexpr std::uint16_t kKnownPlace = 2;  // days ago: a country that was seen then is no surprise
constexpr std::uint16_t kPlaceAge = 60;   // days
constexpr std::uint32_t kUsersToCompare = 20;
constexpr std::uint64_t kPeaksToCompare = 100;
constexpr std::size_t kMostOfAll = 100'000;  // traits of the organisation

std::uint16_t days_of(seconds span) { return static_cast<std::uint16_t>(span.count() / 86'400); }

}  // namespace

std::optional<Finding> Detectors::find(const Now& now) {
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

std::optional<Finding> Detectors::burst(const Now& now) {
  if (now.rule.young.count() != 0 && now.minute >= now.subject.first + minutes_of(now.rule.young)) {
    now.slot.memory.clear();  // never again
    return std::nullopt;
  }
  Burst& memory = now.slot.memory.get<Burst>();
  const bool bytes = now.rule.count != DetectRule::Count::activities;
  const double amount = now.rule.count == DetectRule::Count::uploaded
                            ? static_cast<double>(now.event.bytes_in) / 1024
                        : now.rule.count == DetectRule::Count::downloaded
                            ? static_cast<double>(now.event.bytes_out) / 1024
                            : static_cast<double>(number_of(now.event));
  const double least = static_cast<double>(now.rule.least) / (bytes ? 1024 : 1);
  const double floor = floor_of(now.rule, least);
  const auto window = static_cast<std::uint64_t>(now.rule.window.count());
  const bool weekly = now.rule.rhythm == DetectRule::Rhythm::week;
  if (weekly) memory.note_hours(now.second, window, floor);
  const double sum = memory.add(now.second, window, amount);
  if (weekly) memory.note_hour(now.second, sum, floor);
  std::uint8_t ended = 0;
  if (memory.peaks.add(now.day, static_cast<float>(sum), floor, ended)) {
    now.organisation.take(ended, now.minute);
  }
  keep_evidence(now, memory.evidence);
  if (sum < least * sensitivity_factor(now.rule)) return std::nullopt;
  if (!is_young(now.rule, now.subject, first_minute_, now.minute)) return std::nullopt;
  const bool comparable = now.rule.of != DetectRule::Subject::organisation &&
                          now.organisation.days >= static_cast<double>(kPeaksToCompare);
  const bool by_itself = now.is_learned() && memory.peaks.kept >= kDaysToKnow;
  const Usual usual{.learned = now.is_learned(),
                    .minute = now.minute,
                    .weeks = now.minute < now.subject.first
                                 ? 0
                                 : (now.minute - now.subject.first) / (7 * kMinutesOfDay),
                    .peaks = memory.peaks,
                    .highest_of_all = comparable && !by_itself ? now.organisation.highest() : 0,
                    .comparable = comparable};
  const auto why = judge(now.rule, least, usual, bytes, sum);
  if (!why) return std::nullopt;
  Finding finding;
  if (is_going_on(now)) return finding;  // Nobody will be told.
  finding.events = evidence(now, memory.evidence);
  finding.count =
      bytes ? std::max<std::uint64_t>(1, finding.events.size()) : static_cast<std::uint64_t>(sum);
  finding.text = fmt::format(
      "{}: {} {} within {} ({})", shown(now.rule, now.activity), amount_text(now.rule, sum),
      bytes               ? to_string(now.rule.count)
      : now.activity.type ? fmt::format("x {}", to_string(*now.activity.type))
                          : std::string("activities"),
      format_duration(now.rule.window), *why);
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
  Trait forgotten{};
  if (traits.add({hash, day, day}, forgotten)) shown.forgotten = forgotten;
  return shown;
}

}  // namespace

std::optional<Finding> Detectors::fresh(const Now& now) {
  const std::string value = trait_of(now.rule.trait, now.activity);
  if (value.empty()) {
    now.mark_noted();  // Nor will it be, while all else is the same.
    return std::nullopt;
  }
  const std::uint32_t hashed = hash(value);
  if (now.rule.of == DetectRule::Subject::organisation) return fresh_for_all(now, value, hashed);
  const Shown shows = show(now.slot.memory.get<Traits>(), hashed, now.day, days_of(now.rule.idle));
  if (shows.forgotten) ++now.subject.forgot;
  now.mark_noted();
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
  const bool is_common = others > 0 && share >= now.rule.common;
  if (now.organisation.subjects >= kUsersToCompare && is_common) return std::nullopt;
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
    ++now.subject.forgot;
    std::erase_if(seen, [&](const auto& one) {
      if (left == 0 || one.second.last > *eighth) return false;
      --left;
      return true;
    });
  }
  const auto [at, is_new] = seen.try_emplace(hashed, Organisation::Seen{now.day, now.day});
  const std::uint16_t last = at->second.last;
  at->second.last = std::max(last, now.day);
  now.mark_noted();
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
  Travel& memory = now.slot.memory.get<Travel>();
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
  // Who never failed, as most, needs no memory of it.
  if (type != ActivityType::login_failed && now.slot.memory.find<Failures>() == nullptr) {
    return std::nullopt;
  }
  Failures& memory = now.slot.memory.get<Failures>();
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
    keep_evidence(now, memory.burst.evidence);
    return std::nullopt;
  }
  if (type != ActivityType::login) return std::nullopt;
  const double failures = memory.burst.add(now.second, window, 0);
  if (failures < 1) {
    now.slot.memory.clear();
    return std::nullopt;
  }
  if (failures < static_cast<double>(now.rule.least) * sensitivity_factor(now.rule)) {
    return std::nullopt;
  }
  // A phone that goes on with an old password fails, and its owner signs in from somewhere else.
  // Where failures come from several programs or networks, nobody is excused.
  const bool one_source = memory.sources[1] == 0;
  if (one_source && memory.sources[0] != source) return std::nullopt;
  keep_evidence(now, memory.burst.evidence);
  Finding finding;
  finding.events = evidence(now, memory.burst.evidence);
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
    now.slot.memory.clear();  // never again
    return std::nullopt;
  }
  Crowd& memory = now.slot.memory.get<Crowd>();
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
  const auto least = static_cast<double>(now.rule.least);
  std::uint8_t ended = 0;
  if (memory.peaks.add(now.day, static_cast<float>(number), floor_of(now.rule, least), ended)) {
    now.organisation.take(ended, now.minute);
  }
  keep_evidence(now, memory.evidence);
  if (number < least * sensitivity_factor(now.rule)) return std::nullopt;
  if (!is_young(now.rule, now.subject, first_minute_, now.minute)) return std::nullopt;
  const bool comparable = now.rule.of != DetectRule::Subject::organisation &&
                          now.organisation.days >= static_cast<double>(kPeaksToCompare);
  const bool by_itself = now.is_learned() && memory.peaks.kept >= kDaysToKnow;
  const Usual usual{.learned = now.is_learned(),
                    .minute = now.minute,
                    .weeks = 0,
                    .peaks = memory.peaks,
                    .highest_of_all = comparable && !by_itself ? now.organisation.highest() : 0,
                    .comparable = comparable};
  const auto why = judge(now.rule, least, usual, false, number);
  if (!why) return std::nullopt;
  Finding finding;
  if (is_going_on(now)) return finding;  // Nobody will be told.
  finding.events = evidence(now, memory.evidence);
  finding.count = static_cast<std::uint64_t>(number);
  finding.text = fmt::format("{}: {:.0f} users within {} ({})", shown(now.rule, now.activity),
                             number, format_duration(now.rule.window), *why);
  return finding;
}

std::optional<Finding> Detectors::dormant(const Now& now) {
  const std::uint32_t last = now.slot.memory.minute();
  now.slot.memory.set_minute(std::max(last, now.minute));
  if (last != 0 && now.minute < last + minutes_of(now.rule.idle)) return std::nullopt;
  // What the directory saw counts as seen; who was never seen here may have rested by its word
  // alone.
  const bool asks = now.rule.of == DetectRule::Subject::user && now.activity.user;
  const auto logon = asks ? now.activity.days_since_logon : std::nullopt;
  if (last == 0 && !logon) return std::nullopt;
  // Of a logon the day is known: its last minute counts.
  if (logon && std::chrono::days(*logon) < now.rule.idle + std::chrono::days(1)) {
    return std::nullopt;
  }
  Finding finding;
  finding.events = {now.event.id};
  finding.text = shown(now.rule, now.activity);
  finding.text += last == 0
                      ? ": the first ever"
                      : fmt::format(": the first for {} days", (now.minute - last) / kMinutesOfDay);
  if (logon) finding.text += fmt::format("; the directory's last logon is {} days ago", *logon);
  return finding;
}

void Detectors::keep_evidence(const Now& now, std::uint32_t& last) {
  if (ring_.size() < kMostEvidenceKept) ring_.resize(kMostEvidenceKept);
  const auto of = static_cast<std::uint64_t>(now.slot.detection) << 32 ^
                  reinterpret_cast<std::uintptr_t>(&now.subject);
  ring_[ring_next_] = {now.event.id, of, last, now.minute};
  last = ring_next_;
  ring_next_ = ring_next_ + 1 < kMostEvidenceKept ? ring_next_ + 1 : 1;
}

std::vector<Ulid> Detectors::evidence(const Now& now, std::uint32_t last) const {
  const auto of = static_cast<std::uint64_t>(now.slot.detection) << 32 ^
                  reinterpret_cast<std::uintptr_t>(&now.subject);
  std::vector<Ulid> found;
  std::uint32_t age = 0;
  for (std::uint32_t at = last; at != 0 && found.size() < 100; at = ring_[at].before) {
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
