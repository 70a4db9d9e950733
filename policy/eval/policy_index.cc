#include "policy/eval/policy_index.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "policy/eval/index_column.h"
#include "policy/eval/index_key.h"

namespace sallyport::policy {

using namespace indexing;

// ---- PointIndex

PolicyIndex::PointIndex::PointIndex(const std::vector<CompiledPolicy>& policies,
                                    std::span<const std::uint32_t> members, Point point) {
  first_late_.fill(kNone);
  std::vector<std::vector<Choice>> choices(members.size());
  std::map<Key, std::uint32_t> frequency;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const CompiledPolicy& policy = policies[members[i]];
    if (is_late(policy, point)) continue;
    collect_keys(policy.when, point, true, choices[i]);
    for (const auto& choice : choices[i]) {
      for (const Key& key : choice.keys) ++frequency[key];
    }
  }
  const auto weight = [&](const std::vector<Key>& keys) {
    std::uint64_t sum = 0;
    for (const Key& key : keys) sum += frequency[key];
    return sum;
  };

  std::map<const Attribute*, Column::Files> filed;
  std::map<const Attribute*, std::uint8_t> guard_slots;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::uint32_t number = members[i];
    const CompiledPolicy& policy = policies[number];
    if (is_late(policy, point)) {
      const Action told = stops(policy.action) ? Action::block : policy.action;
      auto& first = first_late_[static_cast<std::size_t>(told)];
      if (!policy.rehearse) first = std::min(first, number);
      continue;
    }
    Filed one{.number = number,
              .action = policy.action,
              .waits = must_wait(policy.when, point),
              .rehearse = policy.rehearse};
    if (one.waits && policy.rehearse) continue;  // as in Column::add_absent
    if (one.waits) ++waiting_;

    // The choice whose values are the rarest, all in all.
    const Choice* best = nullptr;
    std::uint64_t least = 0;
    for (const Choice& choice : choices[i]) {
      const std::uint64_t sum = weight(choice.keys);
      if (best == nullptr || sum < least) {
        best = &choice;
        least = sum;
      }
    }
    if (best == nullptr) {
      (one.waits ? unkeyed_waiting_ : unkeyed_).push_back(one);
      continue;
    }
    one.key_part = best->part;
    // Where the fact is not there yet, all that is filed under it waits.
    if (point < best->keys.front().attribute->from && !policy.rehearse && !one.waits) ++waiting_;

    // The rarest of the other tests is the guard.
    const std::vector<std::string>* values = nullptr;
    const Attribute* guard = nullptr;
    std::uint64_t guard_weight = 0;
    for (std::size_t part = 0; part < policy.when.size(); ++part) {
      const Expression& test = policy.when[part];
      if (part == best->part || !can_guard(test, point)) continue;
      const auto* texts = std::get<TextMatcher>(test.matchers().front()).only_exact();
      std::uint64_t sum = 0;
      for (const std::string& text : *texts) {
        sum += frequency[Key{&test.attribute(), Key::What::text, folds_of(test), text}];
      }
      if (values == nullptr || sum < guard_weight) {
        values = texts;
        guard = &test.attribute();
        guard_weight = sum;
      }
    }
    if (guard != nullptr && !guard_slots.contains(guard)) {
      if (guard_slots.size() == Candidates::kGuards) {
        values = nullptr;
      } else {
        guard_slots.emplace(guard, static_cast<std::uint8_t>(guard_slots.size()));
      }
    }
    for (const Key& key : best->keys) {
      auto& list = filed[key.attribute][key];
      if (!list.empty() && list.back().number == number) continue;
      if (values == nullptr) {
        list.push_back(one);
        continue;
      }
      one.slot = guard_slots[guard];
      for (const std::string& text : *values) {
        one.guard = Column::guard_of(*guard, text);
        list.push_back(one);
      }
    }
  }
  // A column that is only a guard stands here too. Guards are filled in before any run is read.
  for (const auto& [attribute, slot] : guard_slots) filed.try_emplace(attribute);
  for (auto& [attribute, files] : filed) {
    const auto slot = guard_slots.find(attribute);
    columns_.push_back(std::make_unique<Column>(
        *attribute, point, slot == guard_slots.end() ? Filed::kNone : slot->second,
        std::move(files)));
  }
}

PolicyIndex::PointIndex::~PointIndex() = default;

void PolicyIndex::PointIndex::look_up(const Activity& activity, Candidates& to,
                                      Recall* recall) const {
  to.add(to.take_ == Take::ready ? unkeyed_ : unkeyed_waiting_);
  if (recall == nullptr) {
    for (const auto& column : columns_) column->look_up(column->value(activity), to);
    return;
  }
  recall->answers_.resize(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = *columns_[i];
    Recall::Answer& answer = recall->answers_[i];
    const Value value = column.value(activity);
    if (!answer.known || !Recall::same(answer.value, value)) {
      const std::size_t before = to.count_;
      column.look_up(value, to);
      answer.known = true;
      Recall::keep(value, answer.value);
      answer.runs.assign(to.runs() + before, to.runs() + to.count_);
      if (column.slot() != Filed::kNone) answer.guard = to.guards_[column.slot()];
      continue;
    }
    for (const Candidates::Run& run : answer.runs) to.add(run);
    if (column.slot() != Filed::kNone) to.guards_[column.slot()] = answer.guard;
  }
}

// ---- Recall

bool PolicyIndex::Recall::same(const Kept& kept, const Value& value) {
  if (kept.index() != value.index()) return false;
  if (const auto* text = std::get_if<std::string>(&kept)) {
    return *text == std::get<std::string_view>(value);
  }
  if (const auto* texts = std::get_if<std::vector<std::string>>(&kept)) {
    return std::ranges::equal(*texts, std::get<std::span<const std::string>>(value));
  }
  if (const auto* address = std::get_if<IpAddress>(&kept)) {
    return *address == std::get<IpAddress>(value);
  }
  if (const auto* number = std::get_if<std::int64_t>(&kept)) {
    return *number == std::get<std::int64_t>(value);
  }
  return true;
}

void PolicyIndex::Recall::keep(const Value& value, Kept& into) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (!std::holds_alternative<std::string>(into)) into.emplace<std::string>();
    std::get<std::string>(into) = *text;
  } else if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
    into = std::vector<std::string>(texts->begin(), texts->end());
  } else if (const auto* address = std::get_if<IpAddress>(&value)) {
    into = *address;
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    into = *number;
  } else {
    into = std::monostate();
  }
}

// ---- Candidates

PolicyIndex::Candidates::Candidates(const PointIndex& index, const Activity& activity, Take take,
                                    Recall* recall)
    : take_(take) {
  index.look_up(activity, *this, recall);
  Run* const all = runs();
  for (std::size_t i = 0; i < count_;) {
    if (settle(all[i])) {
      ++i;
    } else {
      all[i] = all[--count_];
    }
  }
}

void PolicyIndex::Candidates::add(std::span<const Filed> filed) {
  if (!filed.empty()) add(Run{filed.data(), filed.data() + filed.size()});
}

void PolicyIndex::Candidates::add(Run run) {
  if (count_ < kOnStack) {
    few_[count_++] = run;
    return;
  }
  if (many_.empty()) many_.assign(few_.begin(), few_.end());
  many_.push_back(run);
  count_ = many_.size();
}

const Filed* PolicyIndex::Candidates::next() {
  if (count_ == 0) return nullptr;
  Run* const all = runs();
  std::size_t least = 0;
  for (std::size_t i = 1; i < count_; ++i) {
    if (all[i].at->number < all[least].at->number) least = i;
  }
  const Filed* found = all[least].at++;
  if (!settle(all[least])) all[least] = all[--count_];
  return found;
}

// ---- PolicyIndex

PolicyIndex::PolicyIndex() = default;
PolicyIndex::~PolicyIndex() = default;
PolicyIndex::PolicyIndex(PolicyIndex&&) noexcept = default;
PolicyIndex& PolicyIndex::operator=(PolicyIndex&&) noexcept = default;

PolicyIndex::PolicyIndex(const std::vector<CompiledPolicy>& policies,
                         std::vector<std::uint32_t> members)
    : members_(std::move(members)) {
  if (members_.empty()) return;
  points_[0] = std::make_unique<PointIndex>(policies, members_, Point::connect);
  points_[1] = std::make_unique<PointIndex>(policies, members_, Point::request);
  points_[2] = std::make_unique<PointIndex>(policies, members_, Point::response);
}

const PolicyIndex::PointIndex& PolicyIndex::at(Point point) const {
  switch (point) {
    case Point::connect:
      return *points_[0];
    case Point::request:
    case Point::upload:
      return *points_[1];
    case Point::response:
    case Point::download:
      break;
  }
  return *points_[2];
}

}  // namespace sallyport::policy
