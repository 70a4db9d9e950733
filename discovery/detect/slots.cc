// The block, record after record, numbers as the machine has them:
//
//   head     2 detection, 1 kind in the low four bits | counts << 4, 1 length of what follows / 2
//   minute   4
//   burst    4 last, 4 evidence, 2 day, 1 kept, 1 next, 1 set of the parts that are not 0 |
//            narrow << 6 | past << 7, then today (2 where narrow, else 4: float), the parts (1
//            where narrow, else 4: float), and the pointer to Past where there is one
//   failures a burst, 16 sources, 1 next source
//   traits   for each 4 hash, 2 last day; `first` matters to travel alone
//   travel   2 x (2 country, 4 minute), for each of the countries 4 hash, 2 first, 2 last
//   crowd    a pointer
//
// Narrow: each part is a whole number below 256, and today one below 65,536. Lengths are even, and
// an odd content has a byte more.

#include "discovery/detect/slots.h"

#include <algorithm>
#include <cstring>

#include "base/core/check.h"

namespace sallyport::discovery::detect {
namespace {

enum Kind : std::uint8_t { kNothing, kMinute, kBurst, kFailures, kTraits, kTravel, kCrowd };

constexpr std::size_t kHead = 4;
constexpr std::uint8_t kCounts = 1 << 4;
constexpr std::uint8_t kNarrow = 1 << 6;
constexpr std::uint8_t kPast = 1 << 7;
constexpr std::size_t kMostLength = 510;

class Writer {
 public:
  template <class T>
  void put(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(bytes_.data() + size_, &value, sizeof value);
    size_ += sizeof value;
  }
  std::size_t size() const { return size_; }
  const std::uint8_t* data() const { return bytes_.data(); }

 private:
  std::array<std::uint8_t, kMostLength + 2> bytes_;
  std::size_t size_ = 0;
};

class Reader {
 public:
  explicit Reader(const std::uint8_t* at) : at_(at) {}
  template <class T>
  T get() {
    T value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  const std::uint8_t* at() const { return at_; }

 private:
  const std::uint8_t* at_;
};

// ---- bursts

bool is_below(float value, float bound) {
  return value >= 0 && value < bound &&
         value == static_cast<float>(static_cast<std::uint32_t>(value));
}

void write(Writer& to, Burst&& burst) {
  std::uint8_t shape = 0;
  bool narrow = is_below(burst.peaks.today, 65'536);
  for (std::size_t i = 0; i < Burst::kParts; ++i) {
    if (burst.parts[i] == 0) continue;
    shape |= static_cast<std::uint8_t>(1u << i);
    narrow = narrow && is_below(burst.parts[i], 256);
  }
  if (narrow) shape |= kNarrow;
  if (burst.peaks.past != nullptr) shape |= kPast;
  to.put(burst.last);
  to.put(burst.evidence);
  to.put(burst.peaks.day);
  to.put(burst.peaks.kept);
  to.put(burst.peaks.next);
  to.put(shape);
  if (narrow) {
    to.put(static_cast<std::uint16_t>(burst.peaks.today));
  } else {
    to.put(burst.peaks.today);
  }
  for (const float part : burst.parts) {
    if (part == 0) continue;
    if (narrow) {
      to.put(static_cast<std::uint8_t>(part));
    } else {
      to.put(part);
    }
  }
  if (burst.peaks.past != nullptr) to.put(burst.peaks.past.release());
}

struct BurstShape {
  std::uint8_t bits;
  bool narrow() const { return (bits & kNarrow) != 0; }
  bool past() const { return (bits & kPast) != 0; }
  std::size_t parts() const {
    return static_cast<std::size_t>(std::popcount(bits & ((1u << Burst::kParts) - 1)));
  }
};
constexpr std::size_t kShapeAt = 12;  // in a burst

// Where the pointer to Past is; null: there is none.
const std::uint8_t* past_in(const std::uint8_t* burst) {
  const BurstShape shape{burst[kShapeAt]};
  if (!shape.past()) return nullptr;
  return burst + kShapeAt + 1 + (shape.narrow() ? 2 + shape.parts() : 4 + 4 * shape.parts());
}

void read(Reader& from, Burst& burst) {
  burst.last = from.get<std::uint32_t>();
  burst.evidence = from.get<std::uint32_t>();
  burst.peaks.day = from.get<std::uint16_t>();
  burst.peaks.kept = from.get<std::uint8_t>();
  burst.peaks.next = from.get<std::uint8_t>();
  const BurstShape shape{from.get<std::uint8_t>()};
  burst.peaks.today =
      shape.narrow() ? static_cast<float>(from.get<std::uint16_t>()) : from.get<float>();
  for (std::size_t i = 0; i < Burst::kParts; ++i) {
    if ((shape.bits >> i & 1) == 0) continue;
    burst.parts[i] =
        shape.narrow() ? static_cast<float>(from.get<std::uint8_t>()) : from.get<float>();
  }
  if (shape.past()) burst.peaks.past.reset(from.get<Past*>());
}

// ---- traits

void write(Writer& to, const Traits& traits) {
  for (const Trait& trait : traits) {
    to.put(trait.hash);
    to.put(trait.last);
  }
}

void read(Reader& from, const std::uint8_t* end, Traits& traits) {
  Trait forgotten{};
  while (from.at() < end) {
    const auto hash = from.get<std::uint32_t>();
    const auto last = from.get<std::uint16_t>();
    traits.add({hash, last, last}, forgotten);
  }
}

template <class T>
T* pointer_at(const std::uint8_t* bytes) {
  T* pointer;
  std::memcpy(&pointer, bytes, sizeof pointer);
  return pointer;
}
void forget_pointer(std::uint8_t* bytes) { std::memset(bytes, 0, sizeof(void*)); }

std::size_t bytes_of(const Crowd& crowd) {
  return allocated(sizeof crowd) + (crowd.peaks.past ? crowd.peaks.past->bytes() : 0) +
         crowd.seen.size() * 32 + allocated(crowd.seen.bucket_count() * sizeof(void*));
}

}  // namespace

struct Slots::Head {
  std::uint16_t detection = 0;
  std::uint8_t kind = kNothing;  // and flags
  std::uint8_t halves = 0;       // of the length

  Kind what() const { return static_cast<Kind>(kind & (kCounts - 1)); }
  std::size_t length() const { return halves * std::size_t{2}; }
};

Slots::Slots(Slots&& other) noexcept
    : block_(std::move(other.block_)),
      size_(std::exchange(other.size_, 0)),
      room_(std::exchange(other.room_, 0)) {}

Slots& Slots::operator=(Slots&& other) noexcept {
  std::swap(block_, other.block_);
  std::swap(size_, other.size_);
  std::swap(room_, other.room_);
  return *this;
}

Slots::~Slots() {
  take_all([](const Slot&) {});  // What it points to goes with it.
}

Slots::Head Slots::head(Place at) const {
  Head head;
  static_assert(sizeof head == kHead);
  std::memcpy(&head, block_.get() + at, kHead);
  return head;
}

Slots::Place Slots::next(Place at) const {
  return at + static_cast<Place>(kHead) + block_[at + 3] * Place{2};
}

std::optional<Slots::Place> Slots::find(std::uint16_t detection) const {
  for (Place at = 0; at < size_; at = next(at)) {
    std::uint16_t here;
    std::memcpy(&here, block_.get() + at, sizeof here);
    if (here == detection) return at;
  }
  return std::nullopt;
}

Slots::Place Slots::add(std::uint16_t detection, bool counts) {
  const Place at = size_;
  make_room(at + kHead);
  size_ = at + static_cast<Place>(kHead);
  const Head head{detection, counts ? kCounts : std::uint8_t{0}, 0};
  std::memcpy(block_.get() + at, &head, kHead);
  return at;
}

void Slots::make_room(std::size_t wanted) {
  CHECK(wanted < (std::size_t{1} << 30));
  if (wanted <= room_) return;
  const std::size_t room = allocated(wanted);
  auto more = std::make_unique_for_overwrite<std::uint8_t[]>(room);
  std::copy_n(block_.get(), size_, more.get());
  block_ = std::move(more);
  room_ = static_cast<std::uint32_t>(room);
}

// What stands behind the record is kept.
void Slots::resize(Place at, std::size_t length) {
  const std::size_t end = next(at);
  const std::size_t new_end = at + kHead + length;
  const std::size_t rest = size_ - end;
  make_room(new_end + rest);
  std::memmove(block_.get() + new_end, block_.get() + end, rest);
  size_ = static_cast<std::uint32_t>(new_end + rest);
  block_[at + 3] = static_cast<std::uint8_t>(length / 2);
}

Slot Slots::take(Place place) {
  const Head head = this->head(place);
  Slot slot;
  slot.detection = head.detection;
  slot.counts = (head.kind & kCounts) != 0;
  std::uint8_t* const content = block_.get() + place + kHead;
  Reader from(content);
  switch (head.what()) {
    case kNothing:
      break;
    case kMinute:
      slot.memory.set_minute(from.get<std::uint32_t>());
      break;
    case kBurst:
    case kFailures: {
      Burst& burst =
          head.what() == kBurst ? slot.memory.get<Burst>() : slot.memory.get<Failures>().burst;
      read(from, burst);
      if (const std::uint8_t* past = past_in(content)) forget_pointer(content + (past - content));
      if (head.what() == kFailures) {
        Failures& failures = slot.memory.get<Failures>();
        failures.sources = from.get<decltype(failures.sources)>();
        failures.next_source = from.get<std::uint8_t>();
      }
      break;
    }
    case kTraits:
      read(from, content + head.length(), slot.memory.get<Traits>());
      break;
    case kTravel: {
      Travel& travel = slot.memory.get<Travel>();
      for (Travel::Position& position : travel.by_device) {
        position.country = from.get<std::uint16_t>();
        position.minute = from.get<std::uint32_t>();
      }
      Trait forgotten{};
      while (from.at() < content + head.length()) {
        travel.countries.add(from.get<Trait>(), forgotten);
      }
      break;
    }
    case kCrowd:
      if (auto* crowd = from.get<Crowd*>()) {
        slot.memory.what_.emplace<std::unique_ptr<Crowd>>(crowd);
        forget_pointer(content);
      }
      break;
  }
  return slot;
}

void Slots::put(Place place, Memory&& memory) {
  Writer to;
  Kind kind = kNothing;
  auto& what = memory.what_;
  if (auto* minute = std::get_if<Memory::Minute>(&what)) {
    kind = kMinute;
    to.put(minute->at);
  } else if (auto* burst = std::get_if<Burst>(&what)) {
    kind = kBurst;
    write(to, std::move(*burst));
  } else if (auto* failures = std::get_if<Failures>(&what)) {
    kind = kFailures;
    write(to, std::move(failures->burst));
    to.put(failures->sources);
    to.put(failures->next_source);
  } else if (auto* traits = std::get_if<Traits>(&what)) {
    kind = kTraits;
    write(to, *traits);
  } else if (auto* travel = std::get_if<Travel>(&what)) {
    kind = kTravel;
    for (const Travel::Position& position : travel->by_device) {
      to.put(position.country);
      to.put(position.minute);
    }
    for (const Trait& trait : travel->countries) to.put(trait);
  } else if (auto* crowd = std::get_if<std::unique_ptr<Crowd>>(&what)) {
    kind = kCrowd;
    to.put(crowd->release());
  }
  if (to.size() % 2 != 0) to.put(std::uint8_t{0});
  const Head before = head(place);
  if (to.size() != before.length()) resize(place, to.size());
  std::memcpy(block_.get() + place + kHead, to.data(), to.size());
  block_[place + 2] = static_cast<std::uint8_t>((before.kind & kCounts) | kind);
}

std::size_t Slots::bytes() const {
  std::size_t sum = allocated(room_);
  for (Place at = 0; at < size_; at = next(at)) {
    const Kind kind = head(at).what();
    const std::uint8_t* const content = block_.get() + at + kHead;
    if (kind == kCrowd) sum += bytes_of(*pointer_at<Crowd>(content));
    if (kind != kBurst && kind != kFailures) continue;
    if (const std::uint8_t* past = past_in(content)) sum += pointer_at<Past>(past)->bytes();
  }
  return sum;
}

}  // namespace sallyport::discovery::detect
