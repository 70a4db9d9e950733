#pragma once
// What an exchange does in its app, found out on its way: before policies are asked at request,
// once the reply's head is there, and once its body has passed.
//
// INVARIANT: the exchange's event has one record for each activity that was recognised; where there
// are several, each has its own facts, and the event's are those of the one that was stopped, else
// of the first.

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http/head.h"
#include "discovery/events/event.h"
#include "discovery/signatures/recognition.h"
#include "proxy/session/peeked_body.h"
#include "proxy/session/snapshot.h"

namespace sallyport::session {

class ActivityWatch {
 public:
  // Null where the app has no signature that may fit; `head` and the snapshot outlive it.
  // `digests`: of files in JSON.
  static std::unique_ptr<ActivityWatch> begin(const Snapshot& now, const http::RequestHead& head,
                                              const policy::Activity& activity, bool digests);

  bool wants_body() const { return recognition_.wants_body(); }
  bool wants_more(std::string_view prefix) const { return recognition_.wants_more(prefix); }
  void read_request(std::string_view prefix, bool ended) {
    recognition_.read_request(prefix, ended);
  }
  // Whether there are more of them in the request than could be read.
  bool hides() const { return recognition_.hides(); }
  // Whether what is in its body stands in a coding that nobody here can undo.
  bool closed() const { return recognition_.closed(); }

  // How many activities there are; 0 where no signature fits after all.
  std::size_t count() const { return recognition_.activities().size(); }
  // Gives `facts` those of the n-th. `length`: of the request's body, where it is known.
  void describe(std::size_t n, policy::Activity& facts, std::optional<std::uint64_t> length);
  // The event's facts are those of the n-th.
  void show(std::size_t n) { shown_ = n; }
  // Keeps what the policies said at request to the next one, in order.
  void judged(policy::Verdict verdict) { verdicts_.push_back(std::move(verdict)); }

  // The one activity, where it is a step of a transfer over several requests; else null.
  const discovery::Recognised* transfer() const { return count() == 1 ? transfer(0) : nullptr; }
  // The same of the n-th, of several: a request may end many transfers.
  const discovery::Recognised* transfer(std::size_t n) const {
    const discovery::Recognised& seen = recognition_.activities()[n];
    return seen.signature->transfer ? &seen : nullptr;
  }

  // Whether the bytes of an upload are the request's body.
  bool body_is_file() const { return count() != 1 || recognition_.activities()[0].body_is_file; }

  // Whether something in the reply's body is looked for. Then it must come in an encoding that can
  // be opened.
  bool wants_reply() const { return count() > 0 && recognition_.wants_reply(); }
  static void restrict_encodings(http::Headers& request);
  // The reply's head; `facts`, which the generic rules have sharpened by it, become those of the
  // activity that is shown.
  void read_reply(const http::ReplyHead& reply, policy::Activity& facts,
                  std::optional<std::uint64_t> length);
  // Wraps the reply's body where wants_reply(), and keeps how it begins as it passes.
  http::Body& tap(http::Body& body);
  // At the end: what was in it, and the records.
  void finish(discovery::Event& event);

 private:
  ActivityWatch(const Snapshot& now, const discovery::AppSignatures& signatures,
                discovery::Recognition::Asked asked, const policy::Activity& activity, bool digests)
      : now_(now),
        head_(asked.head),
        digests_(digests),
        recognition_(signatures, std::move(asked), activity.host,
                     activity.path ? std::string_view(*activity.path) : "/") {}

  // The details of one activity stand in its facts alone; `seen` gets them back to add to them.
  void tell(discovery::Recognised& seen, policy::Activity& facts) const;
  void take_back(policy::Activity& facts);
  // `more`: than the outcome was told since the request.
  void show_reply(policy::Activity& facts, std::optional<std::uint64_t> length, bool more);

  const Snapshot& now_;
  const http::RequestHead& head_;
  const bool digests_;
  discovery::Recognition recognition_;
  std::vector<policy::Verdict> verdicts_;
  std::size_t shown_ = 0;  // the activity whose facts are the event's
  std::optional<http::ReplyHead> reply_;
  std::optional<TappedBody> tapped_;
};

// Whose the targets of an activity are, whose the instance that it happens in, and how much a
// consent asks for: of one that no signature describes what its host tells.
void tell_whose(const Snapshot& now, policy::Activity& facts);

// What the name of a file says of what is in it.
void tell_name(const Snapshot& now, std::optional<policy::FileFacts>& file);

}  // namespace sallyport::session
