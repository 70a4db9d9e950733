#pragma once
// One attribute's part of the index at one point (policy_index.h). For policy_index.cc alone, where
// all of it is inlined.
//
// A key is looked up by hash in an open table of a power of two, at most half full; texts are
// compared, so a collision costs time and no truth. What is hashed comes from strangers, but the
// tables hold only what operators wrote, so nobody can make them grow or degenerate.
//
// Hosts are looked up once per label: "a.b.example.com", "b.example.com", ... Addresses once per
// length of prefix that occurs.

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/eval/index_key.h"
#include "policy/eval/key_hash.h"

namespace sallyport::policy {

// One attribute: the policies that are filed under its values, and its value's hash for guards.
class PolicyIndex::PointIndex::Column {
 public:
  using Key = indexing::Key;
  using Files = std::map<Key, std::vector<Filed>>;

  Column(const Attribute& attribute, Point point, std::uint8_t slot, Files&& filed)
      : attribute_(attribute), slot_(slot), early_(point < attribute.from) {
    if (filed.empty()) return;
    std::size_t slots = 4;
    while (slots < filed.size() * 2) slots *= 2;
    hashes_.resize(slots);
    slots_.resize(slots);
    for (auto& [key, policies] : filed) {
      // Once the fact is known to be missing for now, all of them wait, and each is told once.
      if (early_) add_absent(policies);
      if (key.what == Key::What::unset) {
        unset_ = std::move(policies);
        continue;
      }
      switch (key.what) {
        case Key::What::text:
          break;
        case Key::What::prefix:
          shape_ = Shape::address;
          add_length(key.text);
          break;
        default:
          shape_ = Shape::host;
          break;
      }
      insert(key, policies);
    }
    std::sort(absent_.begin(), absent_.end(),
              [](const Filed& a, const Filed& b) { return a.number < b.number; });
    absent_.erase(std::unique(absent_.begin(), absent_.end(),
                              [](const Filed& a, const Filed& b) { return a.number == b.number; }),
                  absent_.end());
    std::sort(lengths_v4_.begin(), lengths_v4_.end());
    std::sort(lengths_v6_.begin(), lengths_v6_.end());
  }

  static bool folds(const Attribute& attribute) {
    return attribute.fold_case && (attribute.type == Type::text || attribute.type == Type::texts) &&
           !attribute.host_suffix;
  }
  // As it stands beside a number; never that of a fact that is missing.
  static std::uint32_t guard_of(const Attribute& attribute, std::string_view text) {
    const std::uint64_t hash =
        indexing::hash_of(text, folds(attribute), static_cast<std::uint64_t>(Key::What::text) + 1);
    return static_cast<std::uint32_t>(hash >> 32) | 1;
  }

  Value value(const Activity& activity) const { return attribute_.get(activity); }
  std::uint8_t slot() const { return slot_; }

  // Finds what is filed under the value, and sets the guard that it is.
  void look_up(const Value& value, Candidates& to) const {
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      if (shape_ == Shape::host) {
        look_up_host(*text, to);
      } else {
        look_up_text(*text, to);
      }
    } else if (std::holds_alternative<std::monostate>(value)) {
      if (slot_ != Filed::kNone) to.guards_[slot_] = {};
      if (early_) {
        if (to.take_ == Take::waiting) to.add(absent_);
      } else {
        to.add(unset_);
      }
    } else if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
      look_up_texts(*texts, to);
    } else if (const auto* address = std::get_if<IpAddress>(&value)) {
      look_up_address(*address, to);
    }
  }

 private:
  // How a key is looked up.
  enum class Shape : std::uint8_t { text, host, address };

  struct Slot {
    std::uint32_t first = 0;  // in filed_
    std::uint32_t count = 0;
    std::uint32_t text = 0;  // in texts_
    std::uint16_t size = 0;  // of the text
    Key::What what = Key::What::text;
  };

  // Never 0.
  std::uint64_t hash(Key::What what, std::string_view text) const {
    return indexing::hash_of(text, what == Key::What::text && folds_,
                             static_cast<std::uint64_t>(what) + 1);
  }

  static std::uint64_t hash_prefix(char length, std::string_view text) {
    return indexing::hash_of(text, false, 100 + static_cast<unsigned char>(length));
  }

  void add_absent(const std::vector<Filed>& policies) {
    for (Filed one : policies) {
      if (one.rehearse) continue;  // It can neither hold nor make others wait.
      one.waits = true;
      one.key_part = Filed::kNone;
      one.slot = Filed::kNone;
      absent_.push_back(one);
    }
  }

  void insert(const Key& key, const std::vector<Filed>& policies) {
    const std::string_view text(key.text);
    const std::uint64_t wanted =
        key.what == Key::What::prefix ? hash_prefix(text[0], text.substr(1)) : hash(key.what, text);
    std::size_t at = wanted & (hashes_.size() - 1);
    while (hashes_[at] != 0) at = (at + 1) & (hashes_.size() - 1);
    hashes_[at] = wanted;
    slots_[at] = {static_cast<std::uint32_t>(filed_.size()),
                  static_cast<std::uint32_t>(policies.size()),
                  static_cast<std::uint32_t>(texts_.size()),
                  static_cast<std::uint16_t>(text.size()), key.what};
    filed_.insert(filed_.end(), policies.begin(), policies.end());
    texts_ += text;
    sizes_ |= size_bit(text.size());
  }

  static std::uint64_t size_bit(std::size_t size) { return std::uint64_t{1} << (size & 63); }

  // Whether a text of the size of one that was filed.
  bool may_have(std::string_view text) const { return (sizes_ & size_bit(text.size())) != 0; }

  void find(Key::What what, std::string_view text, std::uint64_t wanted, Candidates& to) const {
    for (std::size_t at = wanted & (hashes_.size() - 1); hashes_[at] != 0;
         at = (at + 1) & (hashes_.size() - 1)) {
      if (hashes_[at] != wanted) continue;
      const Slot& slot = slots_[at];
      const std::string_view kept = std::string_view(texts_).substr(slot.text, slot.size);
      if (slot.what == what && indexing::same(kept, text, what == Key::What::text && folds_)) {
        to.add({filed_.data() + slot.first, slot.count});
        return;
      }
    }
  }

  void look_up_text(std::string_view text, Candidates& to) const {
    const bool filed = may_have(text);
    if (!filed && slot_ == Filed::kNone) return;
    const std::uint64_t wanted = hash(Key::What::text, text);
    if (slot_ != Filed::kNone)
      to.guards_[slot_] = {static_cast<std::uint32_t>(wanted >> 32) | 1, false};
    if (filed) find(Key::What::text, text, wanted, to);
  }

  void look_up_texts(std::span<const std::string> texts, Candidates& to) const {
    std::uint64_t bits = 0;
    for (const std::string& text : texts) {
      const bool filed = may_have(text);
      if (!filed && slot_ == Filed::kNone) continue;
      const std::uint64_t wanted = hash(Key::What::text, text);
      bits |= std::uint64_t{1} << (wanted >> 33 & 63);
      if (filed) find(Key::What::text, text, wanted, to);
    }
    if (slot_ != Filed::kNone) to.guards_[slot_] = {bits, true};
  }

  void find_host(Key::What what, std::string_view host, Candidates& to) const {
    if (may_have(host)) find(what, host, hash(what, host), to);
  }

  void look_up_host(std::string_view host, Candidates& to) const {
    find_host(Key::What::host_exact, host, to);
    find_host(Key::What::host_under, host, to);
    for (std::size_t dot = host.find('.'); dot != host.npos; dot = host.find('.', dot + 1)) {
      const std::string_view parent = host.substr(dot + 1);
      find_host(Key::What::host_under, parent, to);
      find_host(Key::What::host_below, parent, to);
    }
  }

  void add_length(const std::string& text) {
    auto& lengths = text[1] == '4' ? lengths_v4_ : lengths_v6_;
    const int length = static_cast<unsigned char>(text[0]);
    if (std::find(lengths.begin(), lengths.end(), length) == lengths.end()) {
      lengths.push_back(length);
    }
  }

  void look_up_address(const IpAddress& address, Candidates& to) const {
    const bool v4 = address.is_v4();
    const std::size_t size = v4 ? 4 : 16;
    for (const int length : v4 ? lengths_v4_ : lengths_v6_) {
      const IpPrefix prefix = IpPrefix{address, length}.masked();
      std::array<char, 18> bytes;
      bytes[0] = static_cast<char>(length);
      bytes[1] = v4 ? '4' : '6';
      std::memcpy(bytes.data() + 2, prefix.address.bytes().data(), size);
      const std::string_view text(bytes.data(), size + 2);
      find(Key::What::prefix, text, hash_prefix(bytes[0], text.substr(1)), to);
    }
  }

  const Attribute& attribute_;
  std::uint8_t slot_;  // of guards; kNone: no policy has it as its guard
  bool early_;         // the fact may not be there yet
  bool folds_ = folds(attribute_);
  Shape shape_ = Shape::text;
  // The table: hashes apart, because most look-ups end there. 0: free; at least one is.
  std::vector<std::uint64_t> hashes_ = {0};
  std::vector<Slot> slots_ = {{}};
  std::vector<Filed> filed_;
  std::string texts_;
  std::uint64_t sizes_ = 0;  // a bit for each size that a filed text has
  std::vector<Filed> unset_;
  std::vector<Filed> absent_;
  std::vector<int> lengths_v4_;
  std::vector<int> lengths_v6_;
};

}  // namespace sallyport::policy
