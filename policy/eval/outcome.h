#pragma once
// What a condition can still come to, as a set of the three final answers. A fact that is known
// gives a set of one; a fact that is not there yet gives all three. `all`, `any` and `not` are
// those of Kleene's three-valued logic, taken over every answer that is still possible.
//
// Sets instead of a fourth value "not yet", because `not: {unknown, not_yet}` must stay open (the
// second may turn out false, and then the `not` holds), while `all: [unknown, not_yet]` is closed.

#include <cstdint>

namespace sallyport::policy {

class Outcome {
 public:
  static constexpr Outcome yes() { return Outcome(kYes); }
  static constexpr Outcome no() { return Outcome(kNo); }
  static constexpr Outcome unknown() { return Outcome(kUnknown); }
  static constexpr Outcome not_yet() { return Outcome(kYes | kNo | kUnknown); }

  constexpr bool holds() const { return set_ == kYes; }
  constexpr bool may_hold() const { return set_ & kYes; }

  friend constexpr Outcome operator!(Outcome a) {
    return Outcome(static_cast<std::uint8_t>((a.set_ & kUnknown) | (a.set_ & kYes ? kNo : 0) |
                                             (a.set_ & kNo ? kYes : 0)));
  }
  // The lesser of both in the order no < unknown < yes.
  friend constexpr Outcome operator&(Outcome a, Outcome b) {
    std::uint8_t set = (a.set_ | b.set_) & kNo;
    set |= a.set_ & b.set_ & kYes;
    const bool both_above_no = (a.set_ & ~kNo) && (b.set_ & ~kNo);
    if (both_above_no) set |= (a.set_ | b.set_) & kUnknown;
    return Outcome(set);
  }
  // "Is not known to hold": yes where it is false or unknown. For exceptions.
  constexpr Outcome refuted() const {
    return Outcome((set_ & (kNo | kUnknown) ? kYes : 0) | (set_ & kYes ? kNo : 0));
  }
  friend constexpr Outcome operator|(Outcome a, Outcome b) { return !((!a) & (!b)); }

  constexpr bool operator==(const Outcome&) const = default;

 private:
  static constexpr std::uint8_t kYes = 1;
  static constexpr std::uint8_t kNo = 2;
  static constexpr std::uint8_t kUnknown = 4;

  explicit constexpr Outcome(int set) : set_(static_cast<std::uint8_t>(set)) {}

  std::uint8_t set_;
};

}  // namespace sallyport::policy
