#include "discovery/history/history.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "discovery/events/pack_event.h"
#include "discovery/store/sqlite_store.h"
#include "policy/activity/pack.h"

namespace sallyport::discovery {

namespace {

using policy::Effect;
using policy::Reach;

constexpr std::size_t kSlice = 5000;  // events that a thread takes at a time

// What a thread counts, put together in the end.
struct Part {
  policy::Replay replay;
  AppReplay apps;
  policy::Activity facts;  // One for all events: its texts are written over.
  std::uint64_t events = 0;
  std::uint64_t without_facts = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t refused = 0;

  void take(const PastEvent& event);
};

void Part::take(const PastEvent& event) {
  ++events;
  // Syntax, identity, ports, a loop, a suspension: refused whatever policies say.
  if (event.ending == Ending::refused || event.suspended) {
    ++refused;
    return;
  }
  if (!event.facts) {
    ++without_facts;
    return;
  }
  if (!unpack(*event.facts, facts)) {
    ++unreadable;
    return;
  }
  if (facts.host.empty()) {  // Lost before it named a host.
    ++refused;
    return;
  }
  apps.add(event, facts);
  const bool asked = asks(event.action) && stops(event.action);
  const bool blocked =
      event.ending == Ending::blocked || event.action == policy::Action::block || asked;
  const std::vector<std::string_view> granted = policies_granted(event.granted);
  const bool tunnel = event.kind == EventKind::tunnel;
  const bool replied = facts.point >= policy::Point::response && !blocked;
  // Opened only to say that it leads nowhere. Behind a block there would have been a request.
  const bool said_why = !blocked && facts.point == policy::Point::connect;
  // Of what we answered ourselves the record has our own status.
  if (!replied) facts.status.reset();
  policy::PastActivity past{
      .id = event.id,
      .reach = event.kind != EventKind::exchange || said_why ? Reach::connection
               : replied                                     ? Reach::all
                                                             : Reach::request,
      .cut = blocked || tunnel,
      .then = asked     ? Effect::ask
              : blocked ? Effect::block
              : tunnel  ? Effect::bypass
                        : policy::effect_of(event.action),
      .policy_then = event.policy,
      .facts = facts,
      .granted = granted,
  };
  replay.judge(past);
}

// The newest slices first, so that examples are found early and seldom replaced.
Result<void> work(const OpenStore& open, const std::vector<Slice>& slices,
                  const std::function<bool()>& gives_up, std::atomic<std::size_t>& left,
                  std::atomic<std::uint64_t>& done, Part& part) {
  Result<std::unique_ptr<Store>> store = open();
  if (!store) return pass_on(std::move(store));
  for (std::size_t at = left.load(); at > 0;) {
    if (gives_up && gives_up()) return fail(ErrorKind::cancelled, Side::ours, "given up");
    if (!left.compare_exchange_weak(at, at - 1)) continue;
    const Slice& slice = slices[at - 1];
    Result<void> read = (*store)->read_past(slice.since, slice.until,
                                            [&part](const PastEvent& event) { part.take(event); });
    if (!read) return read;
    done += slice.events;
    at = left.load();
  }
  return {};
}

}  // namespace

OpenStore sqlite_history(const std::string& path) {
  return [path]() -> Result<std::unique_ptr<Store>> {
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open_for_reading(path);
    if (!store) return pass_on(std::move(store));
    return std::unique_ptr<Store>(std::move(*store));
  };
}

Result<History> judge_history(const OpenStore& open, const policy::Program& program,
                              const HistoryQuestion& question) {
  Result<std::unique_ptr<Store>> store = open();
  if (!store) return pass_on(std::move(store));
  Result<std::vector<Slice>> slices = (*store)->slices(question.since, question.until, kSlice);
  if (!slices) return pass_on(std::move(slices));
  std::uint64_t all = 0;
  for (const Slice& slice : *slices) all += slice.events;

  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t threads =
      std::clamp<std::size_t>(question.threads != 0 ? question.threads : cores, 1,
                              std::max<std::size_t>(1, slices->size()));
  std::vector<Part> parts;
  parts.reserve(threads);
  std::atomic<std::size_t> left = slices->size();
  std::atomic<std::uint64_t> done = 0;
  std::vector<std::future<Result<void>>> running;  // Joined by their destructors.
  for (std::size_t i = 0; i < threads; ++i) {
    parts.push_back(
        {.replay = policy::Replay(program, question.replay), .apps = AppReplay(program)});
    running.push_back(std::async(std::launch::async, work, std::cref(open), std::cref(*slices),
                                 std::cref(question.gives_up), std::ref(left), std::ref(done),
                                 std::ref(parts[i])));
  }
  std::optional<Error> failed;
  for (std::future<Result<void>>& one : running) {
    while (question.tell && one.wait_for(question.tell_every) == std::future_status::timeout) {
      question.tell(done, all);
    }
    Result<void> ended = one.get();
    if (!ended && !failed) failed = std::move(ended.error());
  }
  if (failed) return std::unexpected(std::move(*failed));

  History history;
  history.since = question.since;
  history.until = question.until;
  policy::Replay sum(program, question.replay);
  AppReplay apps(program);
  for (Part& part : parts) {
    history.events += part.events;
    history.without_facts += part.without_facts;
    history.unreadable += part.unreadable;
    history.refused += part.refused;
    sum.merge(std::move(part.replay));
    apps.merge(std::move(part.apps));
  }
  history.report = sum.report();
  history.apps = apps.report(question.replay.examples, history.report.policies);
  return history;
}

}  // namespace sallyport::discovery
