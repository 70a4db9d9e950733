// Uploads that take several requests: what a session knows of the whole when one of them comes, and
// what is told once the last has passed.

#include <algorithm>
#include <utility>

#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "discovery/classify/file_name.h"
#include "proxy/session/session.h"
#include "proxy/session/walk.h"

namespace sallyport::session {
namespace {

using discovery::Recognised;
using discovery::TransferResult;
using policy::ActivityType;
using policy::Point;

discovery::TransferKey key_of(const policy::Activity& facts) {
  // Parts often go to another host than the start, which need not know the tenant.
  const std::string_view app = facts.app ? std::string_view(facts.app->id) : facts.host;
  return {app, {}, facts.details->transfer_session};
}

// Of what a start brings: `request` is the id of its event.
discovery::TransferKey provisional_key(const policy::Activity& facts, std::string_view request) {
  return {facts.app ? std::string_view(facts.app->id) : facts.host, "start", request};
}

void take_names(const TransferResult& known, policy::FileFacts& file) {
  if (!known.file.name.empty()) {
    file.name = known.file.name;
    file.extension = known.file.extension;
  }
  if (!known.file.type.empty()) file.type = known.file.type;
}

void take_bytes(const TransferResult& known, policy::FileFacts& file) {
  file.sniffed_type = known.seen.kind->type;
  file.family = word_for(known.seen.kind->family);
}

// Of one that no part comes to any more.
void take_whole(const TransferResult& known, policy::FileFacts& file) {
  take_names(known, file);
  take_bytes(known, file);
  file.size = known.size;
  const bool seen = known.complete && known.front == known.size;
  if (!seen && known.front < discovery::kSniffBytes) {
    file.sniffed_type.clear();
    file.family.clear();
  }
  file.scan_status = seen ? known.seen.scan_status() : "too_long_partial";
  file.sha256 = known.sha256 && seen ? to_hex(known.sha256->data(), known.sha256->size()) : "";
}

const Recognised* step_of(const ActivityWatch* activities, const policy::Activity& facts) {
  const Recognised* step = activities != nullptr ? activities->transfer() : nullptr;
  return facts.details ? step : nullptr;
}

// Whether a list of parts leaves none out, and has them in their order.
bool lists_all(const Recognised& step, const TransferResult& known) {
  if (step.listed.empty()) return true;
  for (std::size_t i = 1; i < step.listed.size(); ++i) {
    if (step.listed[i] != step.listed[i - 1] + 1) return false;
  }
  return step.listed.size() == known.parts;
}

bool ends_without_bytes(const Recognised* step, bool no_body) {
  return step != nullptr && !step->goes_on && (!step->carries || no_body);
}

}  // namespace

// What its start told is told of each part; and the size, as far as it is known before the bytes.
void Session::know_transfer(const Walk& walk, policy::Activity& facts, std::size_t n) const {
  const Recognised* step = facts.details ? walk.activities->transfer(n) : nullptr;
  discovery::TransferBook* const book = services_.settings.transfers.get();
  if (step == nullptr || book == nullptr || facts.details->transfer_session.empty()) return;
  if (facts.details->transfer_step == "start") return;
  const std::optional<TransferResult> known = book->look_at_size(key_of(facts));
  if (!known) return;
  if (!facts.file) facts.file.emplace();
  take_names(*known, *facts.file);
  // What the head says may be of the whole (Content-Range).
  const std::uint64_t said = std::max(facts.file->size.value_or(0), step->file_size.value_or(0));
  std::optional<std::uint64_t> size = known->size;
  if (step->carries) {
    const std::optional<std::uint64_t> length = walk.exchange.body().length();
    if (length) size = std::max(known->size, step->part_offset.value_or(known->size) + *length);
    if (!length) size.reset();
  }
  if (known->file.size) size = std::max(*known->file.size, size.value_or(0));
  if (size || said > 0) size = std::max(size.value_or(0), said);
  facts.file->size = size;
}

void Session::begin_part(Walk& walk) const {
  const policy::Activity& facts = walk.event.activity;
  const Recognised* step = step_of(walk.activities.get(), facts);
  if (step == nullptr || !step->carries || services_.settings.transfers == nullptr) return;
  // A start mostly learns its session from the reply.
  const bool start = facts.details->transfer_step == "start";
  if (!start && facts.details->transfer_session.empty()) return;
  const std::string request = walk.event.id.to_string();
  walk.part.emplace(services_.settings.transfers->part(
      start ? provisional_key(facts, request) : key_of(facts), facts.user.value_or(""),
      {step->part_offset, step->part_number}, services_.worker.clock().steady()));
  walk.files->give_to([&walk](std::string_view bytes) { walk.part->feed(bytes); });
}

void Session::watch_pieces(Walk& walk) const {
  if (services_.settings.transfers == nullptr || walk.part) return;
  walk.files->on_piece([this, &walk](std::string_view file, std::uint64_t number) {
    const policy::Activity& facts = walk.event.activity;
    const std::string_view app = facts.app ? std::string_view(facts.app->id) : facts.host;
    walk.part.emplace(services_.settings.transfers->part({app, "pieces", file},
                                                         facts.user.value_or(""), {{}, number},
                                                         services_.worker.clock().steady()));
    walk.piece = std::max<std::uint64_t>(number, 1);  // Whoever says 0 counts from there.
    walk.files->give_to([&walk](std::string_view bytes) { walk.part->feed(bytes); });
  });
}

// Nothing says which piece is the last, and many pages send several at once: of those that did not
// come in their order each is what it is by itself, and the first one tells how the file begins.
// One that is too short for that, among others out of order, leaves open what the file is; pages
// that want their pieces back cut them larger.
bool Session::show_piece(const Walk& walk, policy::FileFacts& file) const {
  const std::optional<TransferResult> known = walk.part->so_far(true);
  if (!known) return true;
  const std::uint64_t own_size = walk.files->files().all().front().size;
  if (known->front != known->size) {
    const bool first = walk.piece == 1;
    const std::uint64_t beginning = first ? own_size : known->front;
    const discovery::FileKind& kind =
        first ? *walk.files->files().all().front().seen.kind : *known->seen.kind;
    const bool shown =
        beginning >= discovery::kSniffBytes ||
        (&kind != &discovery::unknown_file_kind() && kind.family != discovery::FileFamily::text);
    if (!known->begun || known->parts < 2 || shown) return true;
    file.size = known->size;
    file.sniffed_type.clear();
    file.family.clear();
    file.sha256.clear();
    file.scan_status = "too_long_partial";
    return false;
  }
  if (known->size <= own_size) return true;
  take_bytes(*known, file);
  file.size = known->size;
  file.sha256 = known->sha256 ? to_hex(known->sha256->data(), known->sha256->size()) : "";
  file.scan_status = "too_long_partial";
  return true;
}

// A part is judged by what the whole has come to with it: how the file begins stood in another.
// `file` is what the part by itself shows.
bool Session::show_transfer(const Walk& walk, policy::FileFacts& file) const {
  const Recognised* step = step_of(walk.activities.get(), walk.event.activity);
  if (step == nullptr) return false;
  const bool last = !step->goes_on || step->open;
  const std::optional<TransferResult> known = walk.part->so_far(last);
  if (!known) return false;  // For want of room: the part speaks for itself.
  const bool ends = last || (known->complete && known->file.size);
  const policy::FileFacts own = file;
  const std::uint64_t own_size = walk.files->files().all().front().size;
  if (ends) {
    take_whole(*known, file);
  } else {
    take_names(*known, file);
    file.size = std::max(known->size, known->file.size.value_or(0));
    file.sha256.clear();
    take_bytes(*known, file);
    file.scan_status = known->seen.encrypted ? "encrypted" : "";
  }
  if (const auto& asked = walk.event.activity.file; asked && asked->size) {
    file.size = std::max(*asked->size, file.size.value_or(0));
  }
  // More may follow, and has followed already.
  if (step->open && known->size > own_size) file.scan_status = "too_long_partial";
  // What stands before it was not seen: another spelling of the session, a part of another file.
  const bool behind =
      step->part_offset ? *step->part_offset > 0 && !walk.part->in_order() : step->open;
  if (behind && !known->started) {
    file.sniffed_type.clear();
    file.family.clear();
    file.sha256.clear();
    file.scan_status = "too_long_partial";
    return true;
  }
  // How many bytes show what a file is, where it does not end before.
  const bool shown = known->front >= discovery::kSniffBytes || (ends && known->front > 0);
  if (walk.part->in_order()) {
    if (!shown) file.sniffed_type.clear(), file.family.clear();
    return ends;
  }
  // Out of order. The part that stands first is one by its place; of those that are only counted,
  // any may be.
  if (step->part_offset.value_or(0) == 0) {
    file.sniffed_type = own.sniffed_type;
    file.family = own.family;
  } else if (!shown) {
    file.sniffed_type.clear();
    file.family.clear();
    file.scan_status = "too_long_partial";
  }
  return ends;
}

// Parts in another order, parts that were never seen, another spelling of the session: what the
// file is nobody knows, and once it is put together it is there. Unknown is not innocent here.
bool Session::cannot_tell(const Walk& walk, policy::Activity& facts,
                          const policy::FileFacts& whole) const {
  if (whole.scan_status != "too_long_partial") return false;
  const std::optional<ActivityType> type = std::exchange(facts.type, ActivityType::upload);
  const auto names =
      walk.now->policy->waits_for(Point::request, facts, true, services_.snapshots.standing());
  facts.type = type;
  return std::ranges::any_of(names, [&](std::string_view name) {
    if (name == "file.sha256") return whole.sha256.empty();
    return (name == "file.family" || name == "file.sniffed_type") && whole.sniffed_type.empty();
  });
}

bool Session::ends_transfer_without_bytes(const Walk& walk) const {
  if (!walk.activities || services_.settings.transfers == nullptr) return false;
  const bool no_body = walk.exchange.body().none();
  for (std::size_t n = 0; n < walk.activities->count(); ++n) {
    if (ends_without_bytes(walk.activities->transfer(n), no_body)) return true;
  }
  return false;
}

// Before it is asked for, the other side has parts, and no file.
void Session::decide_at_finish(Walk& walk) const {
  const std::size_t count = walk.activities->count();
  const bool no_body = walk.exchange.body().none();
  const policy::Activity plain = walk.event.activity;
  for (std::size_t n = 0; n < count; ++n) {
    if (!ends_without_bytes(walk.activities->transfer(n), no_body)) continue;
    policy::Activity one = plain;
    if (count > 1) walk.activities->describe(n, one, std::nullopt);
    one.type = ActivityType::upload;
    if (!one.details || !holds_upload(walk, one)) continue;
    policy::FileFacts whole;
    if (one.file) whole = *one.file;
    const std::optional<TransferResult> known = services_.settings.transfers->look(key_of(one));
    if (known) take_whole(*known, whole);
    if (!known || !lists_all(*walk.activities->transfer(n), *known)) {
      // Of the parts that it lists nobody knows what they come to.
      whole.sniffed_type.clear();
      whole.family.clear();
      whole.sha256.clear();
      whole.scan_status = "too_long_partial";
    }
    walk.untold = walk.untold || cannot_tell(walk, one, whole);
    one.point = Point::upload;
    one.file = std::move(whole);
    if (decide_on_file(walk, std::move(one), count > 1)) {
      if (count > 1) walk.activities->show(n);
      return;
    }
  }
}

// Of several, which only end what other requests brought.
void Session::settle_transfers(Walk& walk) const {
  discovery::Event& event = walk.event;
  const auto now = services_.worker.clock().steady();
  for (discovery::ActivityRecord& record : event.activities) {
    if (record.type != ActivityType::upload || record.verdict.stops() || !record.details ||
        record.details->outcome != "success" || record.details->transfer_step != "finish" ||
        record.details->transfer_session.empty()) {
      continue;
    }
    policy::Activity& shown = event.activity;
    const std::string_view app = shown.app ? std::string_view(shown.app->id) : shown.host;
    const auto whole =
        services_.settings.transfers->finish({app, {}, record.details->transfer_session}, now);
    if (!whole) continue;
    if (!record.file) record.file.emplace();
    take_whole(*whole, *record.file);
    if (shown.details && shown.details->transfer_session == record.details->transfer_session) {
      shown.file = record.file;
    }
  }
}

void Session::settle_transfer(Walk& walk) const {
  policy::Activity& facts = walk.event.activity;
  discovery::TransferBook* const book = services_.settings.transfers.get();
  const Recognised* step = step_of(walk.activities.get(), facts);
  if (book == nullptr) return;
  const auto now = services_.worker.clock().steady();
  if (walk.piece > 0) {
    const int status = facts.status.value_or(0);
    const bool kept = status >= 200 && status < 300 && !walk.event.verdict.stops();
    if (kept && walk.files->files().whole()) {
      walk.part->end(now);
    } else {
      walk.part->end_broken(now);
    }
    return;
  }
  if (walk.activities && walk.activities->count() > 1) return settle_transfers(walk);
  if (step == nullptr) return;
  const bool taken = facts.details->outcome == "success" && !walk.event.verdict.stops();
  if (walk.part) {
    if (taken && walk.files->files().whole()) {
      walk.part->end(now);
    } else {
      walk.part->end_broken(now);
    }
  }
  if (!taken || facts.details->transfer_session.empty()) {
    if (walk.part) book->cancel(provisional_key(facts, walk.event.id.to_string()));
    return;
  }
  const std::string& word = facts.details->transfer_step;
  if (word == "start") {
    policy::FileFacts file;
    if (facts.file) file = *facts.file;
    file.size = step->file_size;
    if (step->goes_on) {
      book->start_from(provisional_key(facts, walk.event.id.to_string()), key_of(facts),
                       facts.user.value_or(""), std::move(file), now);
    }
  }
  if (word == "cancel") book->cancel(key_of(facts));
  const auto whole = step->goes_on ? book->finish_if_complete(key_of(facts), now)
                                   : book->finish(key_of(facts), now);
  if (whole || !step->goes_on) facts.details->transfer_step = "finish";
  if (!whole) return;
  if (step->goes_on) {  // No request says that it ends: this one did.
    walk.event.activities.push_back({ActivityType::upload, walk.event.verdict});
  }
  if (!facts.file) facts.file.emplace();
  take_whole(*whole, *facts.file);
}

void hide_sessions(discovery::Event& event) {
  const auto hide = [](Boxed<policy::Details>& details) {
    if (!details || details->transfer_session.empty()) return;
    const Sha256Digest digest = sha256(details->transfer_session);
    details->transfer_session = to_hex(digest.data(), 8);
  };
  hide(event.activity.details);
  for (discovery::ActivityRecord& record : event.activities) hide(record.details);
}

}  // namespace sallyport::session
