#pragma once
// The walk of one exchange, top to bottom (ARCHITECTURE.md). Each step reads what the steps before
// it learnt and adds what it learns itself; nothing is decided anywhere else, and nothing above the
// codecs knows the HTTP version.
//
// INVARIANT: serve() and answer() record exactly one event each, last, however the exchange ends.

#include <memory>
#include <string>
#include <vector>

#include "base/http/exchange.h"
#include "discovery/events/event.h"
#include "proxy/session/connection.h"
#include "proxy/session/refusal.h"
#include "proxy/session/snapshot.h"

namespace sallyport::session {

class Session {
 public:
  Session(const Services& services, ClientConnection& connection)
      : services_(services), connection_(connection) {}

  // The whole walk.
  Task<void> serve(http::Exchange& exchange);

  // Whether a request is for our own pages. Then serve_portal() answers it,
  // without a record: what is answered there leaves its own.
  bool is_for_portal(const http::RequestHead& request) const;
  Task<void> serve_portal(http::Exchange& exchange);

  // Only the answer and its record. `judged_by` is what the refusal came of.
  Task<void> answer(http::Exchange& exchange, const Refusal& refusal, const SnapshotPin& judged_by);
  Task<void> answer(http::Exchange& exchange, const Refusal& refusal);

  // An event for something that never became an exchange. `event.id`, times and the connection's
  // facts are filled in.
  void record_without_exchange(discovery::Event event);
  discovery::Event begin_event() const;
  // Names in the event the activity policies that it matches.
  static void report(const Snapshot& now, discovery::Event& event,
                     policy::Program::Recall* recall = nullptr);

  // What the client's certificate proves of its device; nothing where nobody was to say.
  const std::optional<std::vector<std::string>>& device_tags(const Snapshot& now) const;

  // What is known at connect, for a name and port. `at` is when it began: the event's start.
  policy::Activity begin_activity(const Snapshot& now, const Host& host, std::uint16_t port,
                                  std::string scheme, Time at) const;

  // Every address that may be tried is judged: denied if one is. Sets activity.destination. What is
  // rehearsed for any of them is told.
  policy::Verdict decide_for_route(const Snapshot& now, policy::Point point,
                                   policy::Activity& activity, const origin::Route& route) const;

 private:
  bool is_intercepted() const { return connection_.decided.has_value() && !connection_.plain; }
  Alike alike(const SnapshotPin& now, const http::RequestHead& asked) const;
  // Whether connection_.known is about requests like this one, once others that are alike were
  // asked too; learn() makes it so.
  bool knows(const SnapshotPin& now, const http::RequestHead& asked) const;
  void learn(const SnapshotPin& now, const http::RequestHead& asked, Time at) const;
  // Assigns all of the event: what is known of it, or without facts.
  void begin_event_in(discovery::Event& event, const Snapshot& now, bool known) const;
  // What was decided when the connection was opened, asked again. REQUIRES: `activity` is what is
  // known, and no wait since.
  policy::Decision decide_opened(const SnapshotPin& now, const policy::Activity& activity) const;
  policy::AddressFacts destination_of(const SnapshotPin& now, const IpAddress& address) const;
  const std::string& domain_of(const Snapshot& now, const std::string& host) const;
  struct Walk;  // walk.h
  // What policies remember of the exchanges before. Null where those were judged by others, and for
  // the first of a connection: few have a second.
  policy::Program::Recall* recall_for(const Walk& walk) const;
  Task<discovery::Ending> walk(Walk& walk);
  // Whether a policy in force may stop what is done here, whatever it is.
  bool judges_what_is_done(const Walk& walk) const;
  // What the session came to before, where a policy in force may ask.
  void slow_by_reply(Walk& walk) const;
  void know_session(Walk& walk) const;
  // Finds out what is done by the app's signatures; reads how the body begins where they ask.
  Task<Result<void>> recognise(Walk& walk);
  // Looks at the files of an upload: as they pass, or where a policy waits for what they show, all
  // of them before anything goes. Then the event has the policies' verdict of that.
  Task<Result<void>> look_at_upload(Walk& walk);
  // Whether a policy waits for what its bytes show. `enforced`: one that may stop it.
  bool holds_upload(Walk& walk, bool enforced = false) const;
  bool holds_upload(const Walk& walk, policy::Activity& facts, bool enforced = false) const;
  // Whether one waits for what the bytes are, and not for names alone.
  bool asks_bytes(Walk& walk, bool enforced = false) const;
  // Whether a request that says it sends no file begins like one, where policies wait for files.
  Task<Result<bool>> hides_file(Walk& walk);
  // What the exchange came to, into its event. Once; before the reply's end reaches the client,
  // where a next step of its transfer may follow at once.
  void conclude(Walk& walk) const;
  // A transfer over several requests: what this one brings to it, and once the reply is known, what
  // it comes to.
  void know_transfer(const Walk& walk, policy::Activity& facts, std::size_t n) const;
  void begin_part(Walk& walk) const;
  // The same of pieces that a page sends as files of forms, where policies wait for their bytes.
  void watch_pieces(Walk& walk) const;
  // Whether what the file is can be told.
  bool show_piece(const Walk& walk, policy::FileFacts& file) const;
  // Whether the transfer ends with it.
  bool show_transfer(const Walk& walk, policy::FileFacts& file) const;
  // Whether a policy that may stop it waits for what its bytes are, and the whole does not show it.
  bool cannot_tell(const Walk& walk, policy::Activity& facts, const policy::FileFacts& whole) const;
  Task<discovery::Ending> refuse_untold(Walk& walk);
  Task<discovery::Ending> refuse_unopened(Walk& walk);
  // Whether the body's coding keeps policies from what they wait for.
  bool hides_in_coding(Walk& walk) const;
  // By the other names that the upload may be kept under.
  void decide_by_other_names(Walk& walk) const;
  // Whether it is this digest that policies stop, and not any.
  bool stopped_by_digest(const Walk& walk, const policy::Activity& one) const;
  // Whether policies stop uploads here, whatever they are.
  bool stops_uploads(Walk& walk) const;
  bool may_go_on(const Walk& walk) const;
  bool judge_end(Walk& walk) const;
  bool ends_transfer_without_bytes(const Walk& walk) const;
  void decide_at_finish(Walk& walk) const;
  void settle_transfer(Walk& walk) const;
  void settle_transfers(Walk& walk) const;
  void decide_at_upload(Walk& walk, bool whole) const;
  // Of what else in the body may be a file. `plain`: an upload of nothing known.
  void decide_on_others(Walk& walk, const policy::Activity& plain) const;
  // Of an upload that is blocked, for the operators.
  Task<void> keep_copy(Walk& walk) const;
  // Asks at upload; whether that stops it. `only_stops`: an answer that lets it pass is not kept.
  bool decide_on_file(Walk& walk, policy::Activity one, bool only_stops) const;
  // What policies say at request, to each activity; the event gets what counts.
  void decide_at_request(Walk& walk, const origin::Route& route) const;
  Task<discovery::Ending> answer_locally(Walk& walk, const Refusal& refusal);
  Task<discovery::Ending> answer_failure(Walk& walk, const Error& error);
  // What operators want to know of this person, who navigates and would pass; shown instead.
  std::optional<Refusal> find_question(const Walk& walk) const;
  // Of a request that a policy stopped or wants an answer for: the way to the portal.
  http::Reply render(const Walk& walk, const Refusal& refusal, const local::PageFacts& facts) const;
  // Ends the app's session: what the client showed of it passes no more, and the browser is told to
  // throw it away.
  void drop_session(const Walk& walk, const policy::Verdict& verdict, http::Reply& reply) const;
  // Whom shares and rates are counted for: the user, whatever name was signed in with; where nobody
  // is known the client's address (IPv6: its /64).
  std::string who(const policy::Activity& activity) const;
  // The domain of whose session it is: the registrable one, or the host.
  static const std::string& site_of(const policy::Activity& activity);
  // What policy sends in place of a page: a text for a file, the way to another browser.
  std::optional<http::Reply> render_instead(const Walk& walk, const Refusal& refusal,
                                            const local::PageFacts& facts) const;
  // What the request's head tells, and the reply's.
  void describe_request(const Snapshot& now, http::Exchange& exchange,
                        discovery::Event& event) const;
  static void describe_reply(const Snapshot& now, const http::RequestHead& asked,
                             const http::Reply& reply, discovery::Event& event);
  void describe_agent(const Snapshot& now, const http::RequestHead& asked,
                      discovery::Event& event) const;
  void fill_from_origin(discovery::Event& event, const origin::OriginFacts& facts) const;
  // Edits the request that goes as policies say, settles how fast it passes, and notes who said so.
  // False where there is no room: then the request must not go.
  static bool edit_request_of(Walk& walk);
  // Puts what policies want of a posted form into it. False where that cannot be done.
  Task<Result<bool>> edit_form(Walk& walk) const;
  // What passes at the rate of walk.rates, where there is one.
  http::Body& slowed(Walk& walk, http::Body& body, bool upload) const;
  origin::Offer offer_for(const origin::Route& route) const;
  void finish(std::unique_ptr<discovery::Event> kept, discovery::Ending ending);

  const Services& services_;
  ClientConnection& connection_;
};

void fill_origin_tls(discovery::TlsFacts& tls, const origin::OriginFacts& facts);

}  // namespace sallyport::session
