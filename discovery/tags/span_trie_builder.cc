#include <algorithm>
#include <cstring>
#include <optional>

#include "base/core/check.h"
#include "discovery/tags/span_prefixes.h"
#include "discovery/tags/span_trie.h"
#include "discovery/tags/span_trie_format.h"

namespace sallyport::discovery {

using namespace span_trie;

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
    if (const auto made = list(begin, end, bit, before)) return *made;
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

  // What the boundaries take as keys of one block, in bytes; more than any list where they take
  // several.
  std::size_t size_as_keys(std::size_t begin, std::size_t end, int bit) const {
    const std::size_t count = end - begin;
    const std::size_t entries = (count + 1) * sizeof(std::uint16_t);
    for (const int bits : {16, 32, 48}) {
      if (all_zero_from(bit + bits, begin, end)) {
        return count * static_cast<std::size_t>(bits / 8) + entries;
      }
    }
    return count <= kMostWhole ? count * sizeof(Key) + entries : ~std::size_t{0};
  }

  // Nothing where keys take less. What differs only behind the bits that a list looks at becomes
  // one answer, which leads on.
  std::optional<std::uint32_t> list(std::size_t begin, std::size_t end, int bit,
                                    std::uint32_t before) {
    const int deep = bit + kInList;
    if (Key::common_bits(starts_[begin], starts_[end - 1]) >= deep) return std::nullopt;
    struct Deeper {
      std::size_t begin, end;
      std::uint32_t before;
    };
    std::vector<Deeper> deeper;
    std::vector<Key> starts;
    std::vector<std::uint32_t> values;  // from kDeeper on: the number of one that leads on
    constexpr std::uint32_t kDeeper = 1u << 30;
    std::uint32_t holds = before;
    for (std::size_t i = begin; i < end;) {
      if (starts_[i].is_zero_from(deep) &&
          (i + 1 == end || Key::common_bits(starts_[i], starts_[i + 1]) < deep)) {
        starts.push_back(starts_[i]);
        values.push_back(holds = values_[i++]);
        continue;
      }
      std::size_t next = i + 1;
      while (next < end && Key::common_bits(starts_[i], starts_[next]) >= deep) ++next;
      const Key last = starts_[i].last_of(deep);
      starts.push_back(starts_[i].first_of(deep));
      values.push_back(kDeeper + static_cast<std::uint32_t>(deeper.size()));
      deeper.push_back({i, next, holds});
      holds = values_[next - 1];
      i = next;
      const bool follows = i < end && starts_[i] == last.behind();
      if (follows || last == starts_[begin].last_of(bit)) continue;
      starts.push_back(last.behind());
      values.push_back(holds);
    }
    const auto prefixes = prefixes_of<Key>(starts, values, bit, before, kMostInList);
    if (prefixes.empty()) return std::nullopt;
    const std::size_t size = prefixes.size() * sizeof(std::uint32_t) +
                             (prefixes.size() + 1) * sizeof(std::uint16_t) +
                             deeper.size() * kBehindList;
    if (size >= size_as_keys(begin, end, bit)) return std::nullopt;
    // In front of the list, and near to it.
    std::vector<std::uint32_t> further;
    for (const Deeper& one : deeper) {
      further.push_back(build(one.begin, one.end, deep, one.before));
    }
    Block made;
    made.width = kList;
    made.entries.push_back(before << 2 | kValue);
    for (const ValuedPrefix<Key>& one : prefixes) {
      const auto bits = static_cast<std::uint32_t>(one.start.front(bit) >> (64 - kInList));
      store(made.keys, bits << kLengthBits | static_cast<std::uint32_t>(one.length - bit));
      made.entries.push_back(one.value >= kDeeper ? further[one.value - kDeeper]
                                                  : one.value << 2 | kValue);
    }
    return put(made);
  }

  // An answer of a list at `place` in 16 bits; more than kMostShort where it takes more.
  static std::uint32_t shortened(std::uint32_t entry, std::size_t place) {
    if ((entry & 3) == kValue) return entry;
    if ((entry & 3) == kNode) return kMostShort + 1;
    return static_cast<std::uint32_t>(place - (entry >> 2)) << 2 | (entry & 3);
  }

  // Where `size` words begin that take no more cache lines than they must.
  std::size_t place_for(std::size_t size) const {
    const bool fits = round_up(words_.size() % kLine + size, kLine) <= round_up(size, kLine);
    return fits ? words_.size() : round_up(words_.size(), kLine);
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
    const auto size_with = [&](std::size_t entry_size) {
      return 1 + round_up(made.keys.size() + made.entries.size() * entry_size, 4) / 4;
    };
    std::size_t size = size_with(sizeof(std::uint16_t));
    std::size_t place = place_for(size);
    std::vector<std::uint32_t> entries = made.entries;
    if (made.width == kList) {
      for (std::uint32_t& one : entries) one = shortened(one, place);
    }
    std::uint32_t width = kShortEntry;
    if (*std::max_element(entries.begin(), entries.end()) > kMostShort) {
      width = 0;
      entries = made.entries;
      size = size_with(sizeof(std::uint32_t));
      place = place_for(size);
    }
    for (const std::uint32_t one : entries) {
      if (width == kShortEntry) {
        store(made.keys, static_cast<std::uint16_t>(one));
      } else {
        store(made.keys, one);
      }
    }
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

template SpanTrie<V4Key>::SpanTrie(const std::vector<V4Key>&, const std::vector<std::uint32_t>&);
template SpanTrie<V6Key>::SpanTrie(const std::vector<V6Key>&, const std::vector<std::uint32_t>&);

}  // namespace sallyport::discovery
