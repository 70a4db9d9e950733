#pragma once
// What is unusual in what happens: counts, for every detection (a policy of kind detection) and
// each of its subjects, what the detection's conditions hold of, and says when that is a finding.
//
//   detectors.look(program, event, [&](const policy::CompiledPolicy& detection, Finding found) {
//     ... raise an alert
//   });
//
// How each kind counts is in conf/policies/README.md ("Detections"), next to what operators write.
// One incident is one finding: of a detection and subject nothing more is found until nothing was
// for `group`; and where a detection raises alerts, another of the same category finds nothing more
// of the same user within kIncident, unless it is more severe.
//
// Time is the activities' own, so that a replay of the past finds what was found then. They come
// about in order; what is late counts where it belongs, within its window.
//
// enrich() tells of each activity when its user was last seen with what it shows (SeenFacts), and
// remembers it. It comes before look(), as detections may ask for it. What is uncommon: what the
// user has not shown for 30 days, if ever, and fewer than one user in twenty shows (from 20 users
// on); of a user who is known for a week and on more than three days.
//
// Bounds: kMostSubjects; past them the eighth that was not seen for longest is forgotten, and
// counted. bytes() tells what a user takes with the shipped detections. Evidence is kept of the
// last kMostEvidenceKept activities in all. Thread rule: one thread.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/id.h"
#include "base/crypto/siphash.h"
#include "discovery/detect/recent.h"
#include "discovery/detect/world.h"
#include "discovery/events/event.h"
#include "policy/eval/compiled_policy.h"
#include "policy/eval/detection_memo.h"

namespace sallyport::discovery {

struct Finding {
  std::string text;          // one sentence, with the figures that made it one
  std::vector<Ulid> events;  // what is still known of the evidence, oldest first
  std::uint64_t count = 1;   // activities that it is about
};

class Detectors {
 public:
  static constexpr std::size_t kMostSubjects = 1'000'000;
  static constexpr std::size_t kMostEvidenceKept = 128 * 1024;
  static constexpr std::chrono::minutes kIncident{120};

  // `key` makes the hashes of what is remembered: the same for as long as it is.
  // `recent`: activities that are found again, a power of two; 0 makes each work anew, which comes
  // to the same.
  explicit Detectors(World world, const SipKey& key = {}, std::size_t most_subjects = kMostSubjects,
                     std::size_t recent = detect::RecentTable::kMost);
  ~Detectors();

  // Sets event.activity.seen, or takes it away where no user is known.
  void enrich(Event& event);

  // Asks each detection of the program whose conditions hold of the event, in the order written,
  // and calls `each` with what it finds. Cheap where a user goes on with what was done before
  // (recent.h, detection_memo.h).
  using EachFinding = std::function<void(const policy::CompiledPolicy&, Finding)>;
  enum class Asked : std::uint8_t {
    all,
    of_each,  // only those that find each activity, for which nothing is learned
  };
  // The program is kept until another one is shown.
  void look(const policy::DetectionMemo::ProgramPtr& program, const Event& event,
            const EachFinding& each, Asked asked = Asked::all);

  // One detection. REQUIRES: detection.kind is detection, and its conditions hold of the event.
  std::optional<Finding> observe(const policy::CompiledPolicy& detection, const Event& event);

  std::size_t subjects() const;
  struct Bytes {
    std::size_t users = 0;     // known by name
    std::size_t of_users = 0;  // bytes of them
    std::size_t of_all = 0;
  };
  Bytes bytes() const;                                    // of memory, counted one by one
  std::uint64_t forgotten() const { return forgotten_; }  // subjects, for want of room
  std::uint64_t merged() const { return merged_; }        // findings of an incident that is open

 private:
  struct Subjects;      // by name
  struct Organisation;  // what is known of all subjects of one detection
  struct Now;           // one call of observe()

  // `marked`: what `recent` says is noted need not be noted again.
  std::optional<Finding> observe(const policy::CompiledPolicy& detection,
                                 Organisation& organisation, const Event& event,
                                 std::uint64_t second, detect::Recent& recent, bool marked);
  detect::Subject& subject_of(policy::DetectRule::Subject of, const policy::Activity& activity,
                              detect::Recent& recent, std::uint32_t minute);
  detect::Subject& subject(std::string_view name, std::uint32_t minute);
  // Where the subject's memory of that detection is.
  std::uint32_t place_of(detect::Subject& who, Organisation& organisation,
                         const policy::DetectRule& rule, const policy::Activity& activity);
  bool remember_finding(const Now& now);
  bool is_going_on(const Now& now) const;
  Organisation* organisation_of(const policy::CompiledPolicy& detection);
  std::optional<Finding> find(const Now& now);
  std::optional<Finding> burst(const Now& now);
  std::optional<Finding> fresh(const Now& now);
  std::optional<Finding> fresh_for_all(const Now& now, const std::string& value,
                                       std::uint32_t hashed);
  std::optional<Finding> travel(const Now& now);
  std::optional<Finding> guessed(const Now& now);
  std::optional<Finding> crowd(const Now& now);
  std::optional<Finding> dormant(const Now& now);
  bool is_first_of_incident(const Now& now);
  void keep_evidence(const Now& now, std::uint32_t& last);
  std::vector<Ulid> evidence(const Now& now, std::uint32_t last) const;
  void make_room();
  void let_go(detect::Subject& who);
  void unhold(policy::SeenTrait trait, std::uint32_t hash);
  std::uint32_t hash(std::string_view text) const;

  struct Evidence {
    Ulid id;
    std::uint64_t of = 0;  // a hash of detection and subject
    std::uint32_t before = 0;
    std::uint32_t minute = 0;
  };

  const World world_;
  const SipKey key_;
  const std::size_t most_subjects_;
  std::unique_ptr<Subjects> subjects_;
  std::vector<std::unique_ptr<Organisation>> organisations_;  // by number
  std::unordered_map<std::uint32_t, std::size_t> numbers_;    // by a hash of the detection's id
  // How many users have shown it; of 100,000 values of each trait at most, others count as
  // nobody's.
  std::array<std::unordered_map<std::uint32_t, std::uint32_t>, policy::kSeenTraits>
      familiar_holders_;
  std::uint32_t familiar_users_ = 0;
  std::string scratch_;
  detect::RecentTable recent_;
  policy::DetectionMemo memo_;
  policy::DetectionMemo::ProgramPtr program_;  // of which the next line is
  std::vector<Organisation*> of_policies_;     // by number; null: not asked yet
  std::vector<Evidence> ring_;
  std::uint32_t ring_next_ = 1;
  std::uint64_t forgotten_ = 0;
  std::uint64_t merged_ = 0;
  std::uint32_t first_minute_ = 0;  // of all
};

}  // namespace sallyport::discovery
