#include "proxy/app/desk.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "base/io/scheduling.h"
#include "proxy/app/every_worker.h"

namespace sallyport::app {

namespace {

// Programs save in several steps, and people save several files: the first look waits until nothing
// has happened for kQuiet, but no longer than kPatience.
constexpr std::chrono::milliseconds kQuiet{60};
constexpr std::chrono::milliseconds kPatience{300};
constexpr std::chrono::milliseconds kUntilSettled{100};  // while somebody is writing a file
constexpr int kSettleTries = 50;  // then it is said, and looked at with the rest
// For file systems where nothing tells of changes.
constexpr std::chrono::milliseconds kLookAnyway{5'000};
constexpr std::chrono::milliseconds kLookAtLeast{60'000};
constexpr std::chrono::milliseconds kTurn{10};

std::vector<std::string> texts(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

}  // namespace

Material dressed(Material material, const HandTags& hand) {
  if (hand.text().empty()) return material;
  auto snapshot = std::make_shared<session::Snapshot>(*material.snapshot);
  snapshot->hand_tags = hand.overlay();
  Sha256 hash;
  hash.update(snapshot->id);
  hash.update("|");
  hash.update(hand.text());
  const auto digest = hash.finish();
  snapshot->id = to_hex(digest.data(), 8);
  material.snapshot = std::move(snapshot);
  return material;
}

Desk::Desk(io::Worker& worker, Loader loader, HandTags& hand, PolicyArchive& archive,
           std::vector<WorkerParts*> workers, Tune tune, Changed changed)
    : worker_(worker),
      loader_(std::move(loader)),
      config_(loader_.config()),
      material_(dressed(loader_.material(), hand)),
      hand_(hand),
      archive_(archive),
      workers_(std::move(workers)),
      tune_(std::move(tune)),
      changed_(std::move(changed)) {
  last_.at = worker_.clock().now();
  last_.snapshot = material_.snapshot->id;
  auto watch = io::FolderWatch::open(worker_);
  if (watch) {
    watch_ = std::move(*watch);
    watch_->watch(loader_.folders());
  } else {
    log::warning(describe(watch.error()) + "; changed files are found by looking every 5 s");
  }
}

Desk::~Desk() = default;

void Desk::start(io::Nursery& nursery) {
  nursery_ = &nursery;
  if (watch_) nursery.start(listen_to_files());
  nursery.start(look_now_and_then());
}

void Desk::close() {
  closed_ = true;
  if (watch_) watch_->close();
  asked_.notify();
}

void Desk::reload_soon() {
  worker_.post([this] { asked_.notify(); });
}

Task<void> Desk::listen_to_files() {
  while (!closed_) {
    Result<void> heard = co_await watch_->changed();
    if (!heard) co_return;
    const auto begun = worker_.clock().steady();
    // Each further change starts the quiet time again.
    std::uint64_t changes = watch_->seen();
    while (!closed_) {
      co_await io::pause(worker_.executor(), kQuiet);
      const std::uint64_t now = watch_->seen();
      if (now == changes || worker_.clock().steady() - begun > kPatience) break;
      changes = now;
    }
    asked_.notify();
  }
}

Task<void> Desk::look_now_and_then() {
  io::Deadline next(worker_.deadlines(), [this] { asked_.notify(); });
  int tries = 0;
  std::chrono::milliseconds rest = kLookAnyway;
  while (true) {
    next.set(tries > 0 ? kUntilSettled : rest);
    co_await asked_.wait();
    if (closed_) co_return;
    const auto begun = worker_.clock().steady();
    const Report report = co_await reload();
    // Many files take a while to look at: where changes are told, a thousandth of the time is
    // enough for it.
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(worker_.clock().steady() - begun);
    rest = watch_ ? std::clamp(took * 1000, kLookAnyway, kLookAtLeast) : kLookAnyway;
    tries = report.unsettled.empty() ? 0 : tries + 1;
    if (tries == kSettleTries) {
      log::warning(fmt::format("still being written, so not read yet: {}",
                               fmt::join(report.unsettled, ", ")));
    }
    if (tries >= kSettleTries) tries = 0;
  }
}

Task<Desk::Report> Desk::reload() {
  while (busy_) co_await io::pause(worker_.executor(), kTurn);
  busy_ = true;
  const auto begun = worker_.clock().steady();
  Loader::Outcome outcome;
  const Time now = worker_.clock().now();
  auto look = [this, &outcome, now] {
    io::give_way();
    outcome = loader_.look(now);
  };
  const bool looked = co_await builder_.run(worker_.executor(), std::move(look));
  if (looked) {
    config_ = loader_.config();
    for (const std::string& reason : hand_.fit(*loader_.material().snapshot->catalog)) {
      log::warning(reason);
    }
    replace_material();
    const bool changed = !outcome.rebuilt.empty();
    if (changed) {
      changed_(config_, material_);
      co_await publish();
    }
    if (watch_) watch_->watch(loader_.folders());
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(worker_.clock().steady() - begun);
    MetricSet& metrics = worker_.metrics();
    metrics.set(Metric::parts_faulty, static_cast<std::int64_t>(outcome.faulty.size()));
    if (changed) metrics.add(Metric::reloads_total);
    if (outcome.found.has_errors()) metrics.add(Metric::reload_failures_total);
    if (changed || !outcome.found.empty() || !outcome.need_restart.empty()) say(outcome, took);
    Report report;
    report.at = worker_.clock().now();
    report.rebuilt = texts(outcome.rebuilt);
    report.faulty = texts(outcome.faulty);
    report.unsettled = outcome.unsettled;
    report.need_restart = texts(outcome.need_restart);
    if (!outcome.found.empty()) report.said = render(outcome.found);
    report.snapshot = material_.snapshot->id;
    // The watch may have been quicker: whoever asks is told what is wrong all the same.
    if (report.said.empty() && !report.faulty.empty() && report.faulty == last_.faulty) {
      report.said = last_.said;
    }
    // A look that found nothing does not wipe out what the last one said.
    if (changed || !outcome.found.empty() || !outcome.need_restart.empty() ||
        report.faulty != last_.faulty) {
      last_ = report;
    }
    busy_ = false;
    co_return report;
  }
  busy_ = false;
  co_return last_;
}

Task<std::optional<HandTags::Refusal>> Desk::tag_app(discovery::AppTagChange change,
                                                     std::string who) {
  while (busy_) co_await io::pause(worker_.executor(), kTurn);
  std::optional<HandTags::Refusal> refused =
      hand_.change(*material_.snapshot->catalog, change, who, worker_.clock().now());
  if (!refused) co_await take_hand();
  co_return refused;
}

Task<std::optional<HandTags::Refusal>> Desk::forget_app_tags(std::string app, std::string who) {
  while (busy_) co_await io::pause(worker_.executor(), kTurn);
  std::optional<HandTags::Refusal> refused =
      hand_.forget(*material_.snapshot->catalog, app, who, worker_.clock().now());
  co_await take_hand();
  co_return refused;
}

bool Desk::change_for_policy(const discovery::TagRequest& wish) {
  const auto changed = hand_.change_for_policy(*material_.snapshot->catalog, wish.app, wish.tag,
                                               wish.policy_id, worker_.clock().now());
  if (!changed) {
    log::warning(fmt::format("policy {} cannot tag {} {}: {}", wish.policy_id, wish.app, wish.tag,
                             changed.error().detail));
    return false;
  }
  if (*changed) {
    log::info(fmt::format("policy {} tags {} {}", wish.policy_id, wish.app, wish.tag));
  }
  return *changed;
}

Task<void> Desk::tag_app_for_policy(discovery::TagRequest wish) {
  while (busy_) co_await io::pause(worker_.executor(), kTurn);
  if (change_for_policy(wish)) co_await take_hand();
}

void Desk::keep_tag_for_policy(const discovery::TagRequest& wish) { change_for_policy(wish); }

Task<void> Desk::take_hand() {
  busy_ = true;
  replace_material();
  co_await publish();
  last_.snapshot = material_.snapshot->id;
  busy_ = false;
}

void Desk::replace_material() {
  retired_.push_back(std::move(material_.snapshot));
  material_ = dressed(loader_.material(), hand_);
}

// Before a worker judges by it, so that every event's policies can be found. What cannot be kept is
// said, and changes nothing else.
Task<void> Desk::archive() {
  Result<void> kept;
  const Time now = worker_.clock().now();
  const auto held = std::partition(retired_.begin(), retired_.end(),
                                   [](const auto& one) { return one.use_count() > 1; });
  std::vector<std::shared_ptr<const session::Snapshot>> ended(
      std::make_move_iterator(held), std::make_move_iterator(retired_.end()));
  retired_.erase(held, retired_.end());
  auto keep = [this, &kept, &ended, now] {
    ended.clear();
    kept = archive_.keep(material_.snapshot->id, material_.policies, now, config_.store_age);
  };
  const bool ran = co_await builder_.run(worker_.executor(), std::move(keep));
  const std::string trouble = !ran ? "the builder is busy" : kept ? "" : describe(kept.error());
  if (trouble == archive_trouble_) co_return;
  archive_trouble_ = trouble;
  if (!trouble.empty()) {
    log::warning("these policies are not kept for explaining events later: " + trouble);
  }
}

Task<void> Desk::publish() {
  co_await archive();
  const auto tunables = std::make_shared<const Tunables>(tune_(config_, material_));
  const std::function<void(WorkerParts&)> take = [tunables](WorkerParts& parts) {
    parts.take(*tunables);
  };
  co_await on_every_worker(worker_, workers_, take);
}

void Desk::say(const Loader::Outcome& outcome, std::chrono::milliseconds took) {
  const std::string said = render(outcome.found);
  for (const std::string_view line : split(said, '\n')) {
    if (line.empty()) continue;
    if (outcome.found.has_errors()) {
      log::error(line);
    } else {
      log::warning(line);
    }
  }
  if (outcome.found.has_errors()) {
    log::error(fmt::format("not in force as the files say: {}; what was in force stays",
                           fmt::join(outcome.faulty, ", ")));
  }
  if (!outcome.need_restart.empty()) {
    log::warning(
        fmt::format("takes effect at the next start: {}", fmt::join(outcome.need_restart, ", ")));
  }
  if (!outcome.rebuilt.empty()) {
    log::info(fmt::format("in force on every worker after {} ms: {}; snapshot {}; {}", took.count(),
                          fmt::join(outcome.rebuilt, ", "), material_.snapshot->id,
                          app::describe(material_)));
  }
}

}  // namespace sallyport::app
