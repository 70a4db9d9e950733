#pragma once
// One exchange on its way, and everything that lives as long as it: for the parts of Session.

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "base/http/exchange.h"
#include "base/io/deadline.h"
#include "base/io/nursery.h"
#include "proxy/session/activity_watch.h"
#include "proxy/session/counted_body.h"
#include "proxy/session/pace.h"
#include "proxy/session/session.h"
#include "proxy/session/sessions.h"
#include "proxy/session/throttle.h"
#include "proxy/session/upload_watch.h"
#include "proxy/session/waits.h"

namespace sallyport::session {

struct Session::Walk {
  Walk(const Services& services, ClientConnection& connection, http::Exchange& the_exchange,
       discovery::Event& the_event, const SnapshotPin& snapshot)
      : exchange(the_exchange),
        event(the_event),
        now(snapshot),
        nursery(services.worker.executor()),
        stall(services.worker.deadlines(),
              [this] {
                // What waits for its turn at a rate of ours is nobody's stall.
                if ((slow_download && slow_download->waiting()) ||
                    (slow_upload && slow_upload->waiting())) {
                  stall.set(patience);
                  return;
                }
                timed_out = true;
                nursery.cancel();
                // Before a reply has begun there is something to tell the client; after it, or when
                // the client itself stalls, the exchange ends.
                if (exchange.responded() || (upload_moving && !upload->ended())) exchange.abort();
              }),
        patience(services.settings.reply_head),
        look(services.worker.deadlines(), [this] { nursery.start(watch(*this)); }),
        pace(services.worker.deadlines(), [this] { look_at_pace(); }),
        waiting_(connection, event.activity, event.verdict, [this] { nursery.cancel(); }),
        services_(services),
        pace_rule_(services.settings.pace),
        upload_pace_(pace_rule_),
        download_pace_(pace_rule_) {
    exchange.on_abandoned([this] {
      client_gone = true;
      nursery.cancel();
    });
    if (pace_rule_.holds()) pace.set(pace_rule_.between_looks());
  }
  ~Walk() { exchange.on_abandoned(nullptr); }

  // Where its time goes (waits.h), if that is measured.
  struct {
    bool wanted = false;
    Waits::Moment began, asked, answered;  // asked: the origin
  } clocked;

  // A client that has gone away while its request waits for a reply needs none.
  static Task<void> watch(Walk& walk) {
    const bool gone = co_await walk.exchange.client_gone();
    if (!gone) co_return;
    walk.client_gone = true;
    walk.nursery.cancel();
  }

  // Whether the client is slower than it may be: see pace.h. Upgraded connections are not looked
  // at.
  void look_at_pace() {
    const std::chrono::milliseconds since = pace_rule_.between_looks();
    // While the origin is silent nobody writes to the client, and would not notice.
    if (download != nullptr && !upgraded && download->reading() && exchange.client_left(true)) {
      client_gone = true;
      nursery.cancel();
      exchange.abort();
      return;
    }
    const bool owes_body = upload_moving && upload->reading();
    const bool owes_taking = download != nullptr && !upgraded && !download->reading();
    const bool body_in_time = upload_pace_.look(owes_body, event.bytes_in, since);
    const bool taken_in_time = download_pace_.look(owes_taking, exchange.delivered(), since);
    if (body_in_time && taken_in_time) {
      pace.set(since);
      return;
    }
    services_.worker.metrics().add(taken_in_time ? Metric::request_bodies_too_slow_total
                                                 : Metric::replies_read_too_slowly_total);
    too_slow = taken_in_time ? "the client sent its body below limits.body_rate"
                             : "the client took the reply below limits.body_rate";
    timed_out = true;
    nursery.cancel();
    exchange.abort();
  }

  http::Exchange& exchange;
  discovery::Event& event;
  // Pinned for the whole exchange, so that a reload never pairs new rules with an old catalog.
  SnapshotPin now;
  std::shared_ptr<Sessions::One> session;  // where policies ask for it
  bool known = false;                      // the event began with what the exchange before it knew
  // What a task of the nursery may still be looking at: these outlive its join (http/exchange.h).
  http::RequestHead request;
  std::unique_ptr<WebsocketWatch> websocket;          // of few exchanges, and not small
  std::unique_ptr<ActivityWatch> activities;          // of apps with signatures
  std::vector<const policy::ParameterOnHosts*> form;  // what a posted form must say
  std::optional<CountedBody> upload;
  std::optional<PeekedBody> peeked;    // reads from `upload`
  std::optional<PeekedBody> answer;    // to a step of a transfer
  std::unique_ptr<UploadWatch> files;  // reads from that, where files are looked at
  std::optional<PeekedBody> edited;    // reads from that, where a form is changed
  io::Nursery nursery;
  // How fast bodies pass, as the slowest of what policies say; 0: as they come.
  struct Rate {
    std::uint64_t bytes = 0;  // a second
    std::string_view policy;  // its id, which the pinned program owns
  };
  static void slow_down(Rate& to, const policy::CompiledPolicy& policy, std::uint64_t bytes) {
    if (bytes != 0 && (to.bytes == 0 || bytes < to.bytes)) to = {bytes, policy.id};
  }
  Rate upload_rate;
  Rate download_rate;
  std::unique_ptr<ThrottledBody> slow_upload;  // these read from what is above
  std::unique_ptr<ThrottledBody> slow_download;
  io::Deadline stall;
  std::chrono::milliseconds patience;
  bool upload_moving = false;
  std::optional<discovery::TransferPart> part;  // that the upload is, of a transfer
  std::uint64_t piece = 0;  // of a file, by the fields of a form: which, from 1 on; `part` then
  bool beside = false;  // the files are sent beside something else that the request does
  std::optional<policy::FileFacts> head_file;  // that the head names, beside
  bool talk = false;                           // they hide in what is none by its head
  bool held = false;                           // the whole upload was read before any of it went
  bool concluded = false;
  bool unopened = false;    // a policy waits for what a coding hides
  bool untold = false;      // a policy waits for what the parts of its file do not show any more
  bool cut_upload = false;  // at its end, by what was seen of it
  io::Deadline look;        // not at once: most replies come sooner than the look would pay
  io::Deadline pace;
  const CountedBody* download = nullptr;  // while a reply is written
  bool upgraded = false;
  std::string_view too_slow;
  bool client_gone = false;
  bool timed_out = false;

 private:
  const ClientConnection::Waiting waiting_;
  const Services& services_;
  const PaceRule pace_rule_;  // of when it began
  Pace upload_pace_;
  Pace download_pace_;
};

}  // namespace sallyport::session
