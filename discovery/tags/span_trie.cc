// Layout, in words:
//   node   its entries, from a multiple of 8 on; the entry that leads to it has the stride in bits
//   2
//          to 6 and the place, in units of 8 words, in the other 25
//   skip   shared bits, answer before, answer behind, entry, then the key that the shared bits
//   begin block  number of keys, width of a key, width of an answer; the keys; one answer more than
//   keys. A
//          key is the next 16, 32 or 48 bits where all that follow are zero, else the whole of it.
//          An answer has 16 bits where that is enough
// An entry that leads to a skip or a block has its place, in words, in bits 2 to 31.

#include "discovery/tags/span_trie.h"

#include <algorithm>
#include <cstring>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kLine = 16;      // words of a cache line
constexpr std::size_t kUnit = 8;       // words: nodes begin at multiples
constexpr std::size_t kMostWhole = 3;  // whole keys of IPv6 in a block: a cache line

// The first word of a block.
constexpr std::uint32_t kCount = 0xff;
constexpr std::uint32_t kShortKey = 0x100;   // 16 bits
constexpr std::uint32_t kMiddleKey = 0x200;  // 32 bits
constexpr std::uint32_t kLongKey = 0x400;    // 48 bits
constexpr std::uint32_t kShortEntry = 0x800;

template <class T>
T load(const void* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class T>
void store(std::vector<std::uint8_t>& bytes, T value) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), at, at + sizeof value);
}

std::size_t round_up(std::size_t size, std::size_t unit) { return (size + unit - 1) / unit * unit; }

// Of 48 bits, six bytes from the last to the first, so that eight of them may be read at once:
// there are always entries behind the keys.
constexpr std::uint32_t kLongSize = 6;  // bytes
std::uint64_t load_long(const std::uint8_t* at) {
  std::uint64_t value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    value = load<std::uint64_t>(at) & 0xffff'ffff'ffff;
  } else {
    for (std::uint32_t i = kLongSize; i-- > 0;) value = value << 8 | at[i];
  }
  return value;
}

void store_long(std::vector<std::uint8_t>& bytes, std::uint64_t value) {
  for (std::uint32_t i = 0; i < kLongSize; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

std::uint32_t count_long_up_to(const std::uint8_t* at, std::uint32_t count, std::uint64_t wanted) {
  std::uint32_t behind = 0;
  for (std::uint32_t i = 0; i < count; ++i) behind += load_long(at + i * kLongSize) <= wanted;
  return behind;
}

// How many of `count` sorted keys at `at` are at most `wanted`; no branch on any of them.
template <class T>
std::uint32_t count_up_to(const std::uint8_t* at, std::uint32_t count, T wanted) {
  std::uint32_t behind = 0;
  for (std::uint32_t i = 0; i < count; ++i) behind += load<T>(at + i * sizeof(T)) <= wanted;
  return behind;
}

}  // namespace

template <class Key>
class SpanTrie<Key>::Builder {
 public:
  Builder(const std::vector<Key>& starts, const std::vector<std::uint32_t>& values,
          std::vector<std::uint32_t>& words)
      : starts_(starts), values_(values), words_(words) {}

  // The entry for all keys that share their first `bit` bits with the boundaries from `begin` to
  // `end`; `before` holds in front of them.
  std::uint32_t build(std::size_t begin, std::size_t end, int bit, std::uint32_t before) {
    if (begin < end && starts_[begin].is_zero_from(bit)) before = values_[begin++];
    if (begin == end) return before << 2 | kValue;
    if (end - begin <= kMostInBlock) return block(begin, end, bit, before);
    const int shared = Key::common_bits(starts_[begin], starts_[end - 1]);
    if (shared > bit + kMaxWaste) return skip(begin, end, shared, before);
    return node(begin, end, bit, before);
  }

 private:
  struct Block {
    std::uint32_t width = 0;         // Of a key; 0: whole.
    std::vector<std::uint8_t> keys;  // As they are stored.
    std::vector<std::uint32_t> entries;
  };

  static std::uint32_t entry(std::size_t place, Tag tag) {
    CHECK(place < 1u << 30);
    return static_cast<std::uint32_t>(place) << 2 | tag;
  }

  std::uint32_t skip(std::size_t begin, std::size_t end, int shared, std::uint32_t before) {
    const std::size_t place = words_.size();
    words_.insert(words_.end(), {static_cast<std::uint32_t>(shared), before, values_[end - 1], 0});
    words_.resize(words_.size() + sizeof(Key) / sizeof(std::uint32_t));
    std::memcpy(words_.data() + place + 4, &starts_[begin], sizeof(Key));
    const std::uint32_t made = build(begin, end, shared, before);
    words_[place + 3] = made;  // Only now: the array may have moved.
    return entry(place, kSkip);
  }

  std::uint32_t node(std::size_t begin, std::size_t end, int bit, std::uint32_t before) {
    const int wanted = std::bit_width(end - begin) - 1 - kPerEntry;
    const int stride = std::min({wanted, kMaxStride, Key::kBits - bit});
    const std::size_t place = round_up(words_.size(), kUnit);
    CHECK(place / kUnit < 1u << 25);
    words_.resize(place + (std::size_t{1} << stride));
    for (std::uint32_t slot = 0; slot < 1u << stride; ++slot) {
      const std::size_t first = begin;
      while (begin < end && starts_[begin].bits(bit, stride) == slot) ++begin;
      const std::uint32_t made = build(first, begin, bit + stride, before);
      words_[place + slot] = made;
      if (begin > first) before = values_[begin - 1];
    }
    return static_cast<std::uint32_t>(place / kUnit) << 7 |
           static_cast<std::uint32_t>(stride) << 2 | kNode;
  }

  bool all_zero_from(int bit, std::size_t begin, std::size_t end) const {
    return std::all_of(starts_.begin() + static_cast<std::ptrdiff_t>(begin),
                       starts_.begin() + static_cast<std::ptrdiff_t>(end),
                       [&](const Key& key) { return key.is_zero_from(bit); });
  }

  std::uint32_t block(std::size_t begin, std::size_t end, int bit, std::uint32_t before) {
    Block made;
    made.entries.push_back(before << 2 | kValue);
    if (all_zero_from(bit + 16, begin, end)) {
      made.width = kShortKey;
    } else if (all_zero_from(bit + 32, begin, end)) {
      made.width = kMiddleKey;
    } else if (all_zero_from(bit + 48, begin, end)) {
      made.width = kLongKey;
    } else if (end - begin > kMostWhole) {
      return grouped_block(begin, end, bit, before, std::move(made));
    }
    for (std::size_t i = begin; i < end; ++i) {
      store_key(made.keys, starts_[i], bit, made.width);
      made.entries.push_back(values_[i] << 2 | kValue);
    }
    return put(made);
  }

  std::uint32_t grouped_block(std::size_t begin, std::size_t end, int bit, std::uint32_t before,
                              Block made) {
    const int shared = Key::common_bits(starts_[begin], starts_[end - 1]);
    if (shared >= bit + 32) return skip(begin, end, shared, before);
    made.width = kMiddleKey;
    while (begin < end) {
      const std::uint32_t bits = starts_[begin].bits(bit, 32);
      std::size_t next = begin + 1;
      while (next < end && starts_[next].bits(bit, 32) == bits) ++next;
      store(made.keys, bits);
      made.entries.push_back(build(begin, next, bit + 32, before));
      before = values_[next - 1];
      begin = next;
      // Behind these bits the last of the boundaries holds; nothing to say where the next follow at
      // once, or where these are the last bits of all.
      const bool follows = begin < end && starts_[begin].bits(bit, 32) == bits + 1;
      if (made.entries.back() == (before << 2 | kValue) || follows || bits == 0xffffffff) continue;
      store(made.keys, bits + 1);
      made.entries.push_back(before << 2 | kValue);
    }
    return put(made);
  }

  std::uint32_t put(Block& made) {
    const std::uint32_t most = *std::max_element(made.entries.begin(), made.entries.end());
    const std::uint32_t width = most <= 0xffff ? kShortEntry : 0;
    for (const std::uint32_t one : made.entries) {
      if (width == kShortEntry) {
        store(made.keys, static_cast<std::uint16_t>(one));
      } else {
        store(made.keys, one);
      }
    }
    const std::size_t size = 1 + round_up(made.keys.size(), 4) / 4;
    // No more cache lines than it takes.
    const std::size_t lines = round_up(size, kLine);
    if (round_up(words_.size() % kLine + size, kLine) > lines) {
      words_.resize(round_up(words_.size(), kLine));
    }
    const std::size_t place = words_.size();
    words_.resize(place + size);
    words_[place] = static_cast<std::uint32_t>(made.entries.size() - 1) | made.width | width;
    std::memcpy(words_.data() + place + 1, made.keys.data(), made.keys.size());
    return entry(place, kBlock);
  }

  static void store_key(std::vector<std::uint8_t>& keys, const Key& key, int bit,
                        std::uint32_t width) {
    const std::uint64_t front = key.front(bit);
    if (width == kShortKey) {
      store(keys, static_cast<std::uint16_t>(front >> 48));
    } else if (width == kMiddleKey) {
      store(keys, static_cast<std::uint32_t>(front >> 32));
    } else if (width == kLongKey) {
      store_long(keys, front >> 16);
    } else {
      store(keys, key);
    }
  }

  const std::vector<Key>& starts_;
  const std::vector<std::uint32_t>& values_;
  std::vector<std::uint32_t>& words_;
};

template <class Key>
SpanTrie<Key>::SpanTrie(const std::vector<Key>& starts, const std::vector<std::uint32_t>& values) {
  CHECK(starts.size() == values.size());
  for (const std::uint32_t value : values) CHECK(value < 1u << 30);
  std::vector<std::uint32_t> words;
  root_ = Builder(starts, values, words).build(0, starts.size(), 0, 0);
  words_ = HugeWords(words);
}

template <class Key>
std::uint32_t SpanTrie<Key>::search(std::size_t block, int bit, Key key) const {
  const std::uint32_t head = words_.data()[block];
  const std::uint32_t count = head & kCount;
  const auto* at = reinterpret_cast<const std::uint8_t*>(words_.data() + block + 1);
  const std::uint64_t front = key.front(bit);
  std::uint32_t behind = 0;
  std::uint32_t width = sizeof(Key);
  if (head & kShortKey) {
    behind = count_up_to(at, count, static_cast<std::uint16_t>(front >> 48));
    width = 2;
  } else if (head & kMiddleKey) {
    behind = count_up_to(at, count, static_cast<std::uint32_t>(front >> 32));
    width = 4;
  } else if (head & kLongKey) {
    behind = count_long_up_to(at, count, front >> 16);
    width = kLongSize;
  } else {
    behind = count_up_to(at, count, key);
  }
  at += count * width;
  return head & kShortEntry ? load<std::uint16_t>(at + behind * 2)
                            : load<std::uint32_t>(at + behind * 4);
}

template <class Key>
std::uint32_t SpanTrie<Key>::find(Key key) const {
  std::uint32_t entry = root_;
  for (int bit = 0;;) {
    switch (entry & 3) {
      case kValue:
        return entry >> 2;
      case kBlock:
        // What lies behind a block lies behind its 32 bits.
        entry = search(entry >> 2, bit, key);
        if ((entry & 3) == kValue) return entry >> 2;
        bit += 32;
        break;
      case kNode: {
        const int stride = static_cast<int>(entry >> 2 & 31);
        entry = words_.data()[std::size_t{entry >> 7} * kUnit + key.bits(bit, stride)];
        bit += stride;
        break;
      }
      default: {
        const std::uint32_t* at = words_.data() + (entry >> 2);
        const int shared = static_cast<int>(at[0]);
        const Key inside = load<Key>(at + 4);
        if (Key::common_bits(inside, key) < shared) return key < inside ? at[1] : at[2];
        entry = at[3];
        bit = shared;
      }
    }
  }
}

template class SpanTrie<V4Key>;
template class SpanTrie<V6Key>;

}  // namespace sallyport::discovery
