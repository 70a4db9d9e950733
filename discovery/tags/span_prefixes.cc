#include "discovery/tags/span_prefixes.h"

namespace sallyport::discovery {
namespace {

template <class Key>
class Cover {
 public:
  Cover(std::span<const Key> starts, std::span<const std::uint32_t> values, std::size_t most)
      : starts_(starts), values_(values), most_(most) {}

  // The boundaries from `i` to `end`, all of them at most `last`, where `base` is said already for
  // every key from the one before up to `last`. False where it became too much.
  bool say(std::size_t i, std::size_t end, const Key& last, std::uint32_t base) {
    while (i < end) {
      if (values_[i] == base) {
        ++i;
        continue;
      }
      const std::size_t behind = find_return(i, end, last, base);
      if (behind == kNone) {
        if (!say_piece(starts_[i], i + 1 < end ? starts_[i + 1].before() : last, values_[i])) {
          return false;
        }
        ++i;
        continue;
      }
      // What holds at its end is taken for the prefix's own value, and what differs, for others'
      // inside: so a prefix is found that has one at its very begin.
      const Key inner_last = behind < end ? starts_[behind].before() : last;
      const std::uint32_t own = values_[behind - 1];
      if (!add(starts_[i], inner_last, own) || !say(i, behind, inner_last, own)) return false;
      i = behind;
    }
    return true;
  }

  std::vector<ValuedPrefix<Key>> take() { return std::move(found_); }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  // Where `base` holds again behind the smallest prefix that begins at boundary `i`.
  std::size_t find_return(std::size_t i, std::size_t end, const Key& last,
                          std::uint32_t base) const {
    for (std::size_t next = i + 1; next <= end; ++next) {
      // Where it holds before the end, the end is that of another.
      if (values_[next - 1] == base || (next < end && values_[next] != base)) continue;
      if (Key::is_prefix(starts_[i], next < end ? starts_[next].before() : last)) return next;
    }
    return kNone;
  }

  bool say_piece(Key at, const Key& last, std::uint32_t value) {
    while (true) {
      int length = Key::kBits;
      while (length > 0 && at.is_zero_from(length - 1) && !(last < at.last_of(length - 1))) {
        --length;
      }
      const Key end = at.last_of(length);
      if (!add(at, end, value)) return false;
      if (end == last) return true;
      at = end.behind();
    }
  }

  bool add(const Key& start, const Key& last, std::uint32_t value) {
    if (found_.size() == most_) return false;
    found_.push_back({start, Key::common_bits(start, last), value});
    return true;
  }

  std::span<const Key> starts_;
  std::span<const std::uint32_t> values_;
  std::size_t most_;
  std::vector<ValuedPrefix<Key>> found_;
};

}  // namespace

template <class Key>
std::vector<ValuedPrefix<Key>> prefixes_of(std::span<const Key> starts,
                                           std::span<const std::uint32_t> values, int bit,
                                           std::uint32_t before, std::size_t most) {
  Cover<Key> cover(starts, values, most);
  if (!cover.say(0, starts.size(), starts[0].last_of(bit), before)) return {};
  return cover.take();
}

template std::vector<ValuedPrefix<V4Key>> prefixes_of(std::span<const V4Key>,
                                                      std::span<const std::uint32_t>, int,
                                                      std::uint32_t, std::size_t);
template std::vector<ValuedPrefix<V6Key>> prefixes_of(std::span<const V6Key>,
                                                      std::span<const std::uint32_t>, int,
                                                      std::uint32_t, std::size_t);

}  // namespace sallyport::discovery
