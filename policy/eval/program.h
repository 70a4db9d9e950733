#pragma once
// Compiled policies, and judging one activity with them.
//
//   Decision decision = program.decide(Point::request, activity);
//   if (decision.stops()) ...
//
// Four questions, each answered by the policies of some kinds:
//   decide()              access, session   what may be done: the first that matches, in the order
//                                           written; else allow
//   decide_connection()   and tls           at connect, before TLS is opened: the above, and if it
//                                           does not stop, the first tls policy that matches:
//                                           bypass, block, or intercept, which is the default
//   edits()               session           header fields to add and remove: every one that matches
//   report()              activity          every one that matches
// Before decide() and decide_connection() ask any policy, a suspension of the user blocks, or asks.
//   detects()             detection         every one whose conditions hold: what it is fed with
// app_discovery policies are judged by what a day comes to (discovery/alerts), over app_policies().
//
// Asked at every point of an exchange, from connect on, with what is known by then. A condition can
// be *true*, *false*, *unknown* or *not yet*:
//  - not yet: the fact is missing, and it can still come (the point is before Attribute::from);
//  - unknown: the fact is missing for good. The condition does not hold, and its opposite does not
//    either. (`not: {a, b}` with a false and b unknown holds: whatever b is, not both are true.)
//
// A policy that may still come to hold is *pending*. It keeps its place: one after it cannot decide
// before it, so the decision is not final and says allow, which means "go on and ask again at the
// next point". Only where every pending one would do what the later one does, that one decides at
// once; whether something is stopped by a block or by a question makes no difference there. A
// pending access or session policy does not hold back a bypass: what is not opened has no later
// point.
//
// A policy that asks (coach, justify, step_up, notice) decides as a block does until a grant is in
// force for the person (standing.h); then it is passed over, as if it did not stand there. `notice`
// stops nothing: the first that matches is noted, the policies behind it are asked, and where they
// let it pass, the decision is the notice. So nothing passes by a notice that would not without it,
// and it holds nobody back.
//
// Policies are not walked: an index by app, host, user, address and the like finds those that can
// match (policy_index.h).
//
// INVARIANT: immutable after construction, so one Program may be used by all threads at once.
// Nothing here allocates.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/activity/activity.h"
#include "policy/eval/compiled_policy.h"
#include "policy/eval/policy_index.h"
#include "policy/eval/standing.h"
#include "policy/eval/verdict.h"

namespace sallyport::policy {

// How far an exchange came, for decide_whole().
struct Course {
  // The last point at which anybody could be asked: connect for a tunnel, request where no reply
  // came.
  Point until = Point::response;
  // A fault of the certificate is mostly seen while the connection is opened, before any request is
  // asked about. True: it was seen at a request inside, where it is too late for a bypass.
  bool fault_at_request = false;
};

class Program {
 public:
  Program();  // No policies: everything is allowed.
  explicit Program(std::vector<CompiledPolicy> policies);

  // For whoever asks about exchanges that are alike, as those of a connection are: it makes asking
  // cheaper, and the answers are the same. REQUIRES: it is shown to one program only.
  struct Recall {
    PolicyIndex::Recall connect;
    PolicyIndex::Recall request;
    PolicyIndex::Recall response;
    PolicyIndex::Recall reports;
    PolicyIndex::Recall detections;
  };

  // What holds at `point`; `activity` holds what is known by then. In a decision that is not final,
  // only rehearsed ones that stand before the first pending one are named.
  Decision decide(Point point, const Activity& activity, const Standing& standing,
                  Recall* recall = nullptr) const;
  Decision decide_connection(const Activity& activity, const Standing& standing) const;
  // Where nobody has answered anything, and nobody is suspended.
  Decision decide(Point point, const Activity& activity, Recall* recall = nullptr) const {
    return decide(point, activity, Standing::none(), recall);
  }
  Decision decide_connection(const Activity& activity) const {
    return decide_connection(activity, Standing::none());
  }
  // What a fault of the origin's certificate comes to: block (also the default) or bypass, which
  // lets the client see the certificate itself. A chain of our own authority is never bypassed:
  // clients believe that one, so the fault would be hidden.
  // REQUIRES: activity.certificate_faults is not empty.
  Decision decide_fault(const Activity& activity) const;

  // Calls `each` for every matching policy that changes how a request passes, in the order written.
  // `point`: at response for rates of downloads, else at request.
  void edits(const Activity& activity, const std::function<void(const CompiledPolicy&)>& each,
             Point point = Point::request) const;
  // Calls `each` for every matching activity policy, rehearsed ones too, in the order written.
  // `activity` is complete: what is missing is unknown.
  void report(const Activity& activity, const std::function<void(const CompiledPolicy&)>& each,
              Recall* recall = nullptr) const;
  // Likewise for detections.
  void detects(const Activity& activity, const std::function<void(const CompiledPolicy&)>& each,
               Recall* recall = nullptr) const;
  // Calls `each` for every access, session and tls policy whose conditions hold at `point`, whether
  // or not it would come to decide, and for those that edit header fields; in no order. tls
  // policies are asked at connect, where the gateway asks them. For replay.
  void matches(Point point, const Activity& activity,
               const std::function<void(const CompiledPolicy&)>& each) const;
  bool has_edits() const { return !edits_.empty(); }
  // Whether a rate of downloads is among them: then edits() is asked once more when the reply's
  // head is there, for those alone.
  bool has_download_rates() const { return has_download_rates_; }
  bool has_reports() const { return !reports_.empty(); }
  bool has_detections() const { return !detections_.empty(); }

  // The whole way of an exchange with what is known at its end, as the gateway takes it: at
  // connect, then where the certificate was faulty about that, which ends it; at request, at
  // response. Tells what would have been at each of them. For tests, explain and replay.
  Decision decide_whole(const Activity& activity, Course course = {},
                        const Standing& standing = Standing::none()) const;

  // Whether any policy asks for the attribute; what nobody asks for need not be found out.
  bool asks(std::string_view attribute) const;
  // Whether any asks for session.*.
  bool asks_session() const { return asks_session_; }
  // Attributes that policies which may still match at `point` wait for, by name, sorted.
  // `enforced`: of those that are not in rehearsal alone.
  std::vector<std::string_view> waits_for(Point point, const Activity& activity,
                                          bool enforced = false,
                                          const Standing& standing = Standing::none()) const;

  // Whether waits_for() has a fact of the file. Looks at the policies that ask for one, and only
  // where one of these waits at those before it.
  bool waits_for_file(Point point, const Activity& activity, bool enforced,
                      const Standing& standing) const;

  // Whether each of those lets all but the end of an upload go on (`hold: tail`). False where none
  // waits.
  bool waits_for_end_only(Point point, const Activity& activity, bool enforced,
                          const Standing& standing) const;

  std::span<const CompiledPolicy> policies() const { return policies_; }
  const CompiledPolicy* find(std::string_view id) const;
  std::vector<const CompiledPolicy*> app_policies() const;
  std::size_t size() const { return policies_.size(); }
  // "6 policies, 1 of them in rehearsal": for the log line after a reload.
  std::string describe() const;

 private:
  // Those that decide, may match later and are reached if those before them do not.
  template <class Use>
  void each_waiting(Point point, const Activity& activity, bool enforced, const Standing& standing,
                    const Use& use) const;
  class Waiters;
  // Whether one that stands before `number` decides already.
  bool decided_before(std::uint32_t number, Point point, const Activity& activity,
                      const Standing& standing) const;
  Decision decide_by(const PolicyIndex& index, Point point, const Activity& activity,
                     const Standing& standing, PolicyIndex::Recall* recall = nullptr) const;
  void each_match(const PolicyIndex& index, Point point, const Activity& activity,
                  const std::function<void(const CompiledPolicy&)>& each,
                  PolicyIndex::Recall* recall = nullptr) const;

  std::vector<CompiledPolicy> policies_;
  PolicyIndex deciders_;                  // access, session
  std::vector<std::uint32_t> file_asks_;  // those of them that ask for a fact of the file
  PolicyIndex openers_;                   // tls
  PolicyIndex faults_;                    // tls, those that ask for the certificate
  PolicyIndex edits_;
  PolicyIndex reports_;
  PolicyIndex detections_;
  std::vector<const Attribute*> asked_;  // sorted by name
  bool asks_session_ = false;
  bool has_download_rates_ = false;
  std::map<std::string, std::uint32_t, std::less<>> by_id_;
};

}  // namespace sallyport::policy
