// What a session learns of the files of an upload, and what the policies say to it.

#include <algorithm>
#include <utility>

#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "discovery/classify/media_kind.h"
#include "proxy/session/rehearsal.h"
#include "proxy/session/session.h"
#include "proxy/session/walk.h"

namespace sallyport::session {

using discovery::PassedFile;
using policy::ActivityType;
using policy::Point;

namespace {

// What only the bytes of an upload show.
constexpr std::string_view kShownByBytes[] = {"file.family", "file.scan_status", "file.sha256",
                                              "file.sniffed_type"};
// What they may show where the head does not tell.
constexpr std::string_view kToldByHeads[] = {"file.extension", "file.name", "file.size",
                                             "file.type"};

}  // namespace

bool Session::holds_upload(const Walk& walk) const {
  if (services_.settings.spools == nullptr) return false;
  const policy::Program& program = *walk.now->policy;
  const auto asks = [&](std::string_view name) { return program.asks(name); };
  if (std::ranges::none_of(kShownByBytes, asks) && std::ranges::none_of(kToldByHeads, asks)) {
    return false;
  }
  policy::Activity facts = walk.event.activity;
  facts.type = ActivityType::upload;
  const std::vector<std::string_view> waiting = program.waits_for(Point::request, facts);
  const auto waits = [&](std::string_view name) {
    return std::ranges::find(waiting, name) != waiting.end();
  };
  return std::ranges::any_of(kShownByBytes, waits) || std::ranges::any_of(kToldByHeads, waits);
}

Task<Result<void>> Session::look_at_upload(Walk& walk) {
  http::Body& body = walk.exchange.body();
  const http::RequestHead& asked = walk.exchange.request();
  if (body.none() || !asked.upgrade.empty()) co_return Result<void>();
  const bool upload = walk.event.activity.type == ActivityType::upload;
  // What is a file by its type is one, whatever else the request does: a comment with a picture.
  const std::string type = http::media_type(asked.headers.find("Content-Type").value_or(""));
  const bool form = discovery::shape_of(asked.headers) == discovery::BodyShape::form;
  const bool sends_file =
      form || (discovery::is_file_sent(type, "POST") && !type.starts_with("message/"));
  if (!upload && !sends_file) co_return Result<void>();
  if (walk.activities && !sends_file) {
    // JSON that holds the file, or several requests.
    if (!walk.activities->body_is_file() || walk.activities->count() > 1) co_return Result<void>();
  }
  walk.beside = !upload;
  if (!walk.upload) walk.upload.emplace(body, walk.event.bytes_in, walk.stall, walk.patience);
  http::Body& from =
      walk.peeked ? static_cast<http::Body&>(*walk.peeked) : static_cast<http::Body&>(*walk.upload);
  walk.files = std::make_unique<UploadWatch>(from, asked, services_.settings.file_digests);
  begin_part(walk);
  if (!holds_upload(walk)) co_return Result<void>();
  walk.upload_moving = true;
  walk.held = true;
  services_.worker.metrics().add(Metric::uploads_held_total);
  auto spool = std::make_unique<Spool>(services_.settings.spool_folder, *services_.settings.spools);
  Result<bool> whole = co_await walk.files->hold(std::move(spool), services_.settings.held_upload);
  if (!whole) co_return std::unexpected(std::move(whole.error()));
  if (!*whole) services_.worker.metrics().add(Metric::uploads_too_large_to_hold_total);
  if (*whole && walk.files->files().unreadable()) {
    // Two programs would find other files in it, and what policies wait for cannot be told.
    co_return fail(ErrorKind::http_syntax, Side::client, "a form with files that cannot be read");
  }
  decide_at_upload(walk, *whole);
  co_return Result<void>();
}

namespace {

discovery::TransferKey key_of(const policy::Activity& facts) {
  // Parts often go to another host than the start, which need not know the tenant.
  const std::string_view app = facts.app ? std::string_view(facts.app->id) : facts.host;
  return {app, {}, facts.details->transfer_session};
}

// Of what a start brings: `request` is the id of its event.
discovery::TransferKey provisional_key(const policy::Activity& facts, std::string_view request) {
  return {facts.app ? std::string_view(facts.app->id) : facts.host, "start", request};
}

}  // namespace

void Session::begin_part(Walk& walk) const {
  const policy::Activity& facts = walk.event.activity;
  const discovery::Recognised* step = walk.activities ? walk.activities->transfer() : nullptr;
  if (step == nullptr || !step->carries || services_.settings.transfers == nullptr) return;
  if (!facts.details) return;
  // A start mostly learns its session from the reply.
  const bool start = facts.details->transfer_step == "start";
  if (!start && facts.details->transfer_session.empty()) return;
  const std::string request = walk.event.id.to_string();
  walk.part.emplace(services_.settings.transfers->part(
      start ? provisional_key(facts, request) : key_of(facts), facts.user.value_or(""),
      {step->part_offset, step->part_number}, services_.worker.clock().steady()));
  walk.files->give_to([&walk](std::string_view bytes) { walk.part->feed(bytes); });
}

void Session::settle_transfer(Walk& walk) const {
  policy::Activity& facts = walk.event.activity;
  discovery::TransferBook* const book = services_.settings.transfers.get();
  const discovery::Recognised* step = walk.activities ? walk.activities->transfer() : nullptr;
  if (step == nullptr || book == nullptr || !facts.details) return;
  const auto now = services_.worker.clock().steady();
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
  policy::FileFacts& file = *facts.file;
  if (!whole->file.name.empty()) {
    file.name = whole->file.name;
    file.extension = whole->file.extension;
  }
  if (!whole->file.type.empty()) file.type = whole->file.type;
  file.size = whole->size;
  file.sniffed_type = whole->seen.kind->type;
  file.family = word_for(whole->seen.kind->family);
  file.scan_status = whole->complete ? whole->seen.scan_status() : "too_long_partial";
  file.sha256 =
      whole->sha256 && whole->complete ? to_hex(whole->sha256->data(), whole->sha256->size()) : "";
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

void Session::decide_at_upload(Walk& walk, bool whole) const {
  policy::Activity& facts = walk.event.activity;
  facts.point = Point::upload;
  const discovery::UploadFiles& files = walk.files->files();
  policy::Activity plain = facts;
  plain.type = ActivityType::upload;
  const auto decide = [&](policy::Activity one, bool first) {
    policy::Verdict verdict(walk.now->policy->decide(Point::upload, one));
    // Beside something else an upload only counts where it is stopped.
    if ((!first || walk.beside) && !verdict.stops()) return false;
    const bool stops = verdict.stops();
    keep_rehearsed(walk.event.verdict, verdict);
    walk.event.verdict = std::move(verdict);
    facts = std::move(one);
    return stops;
  };
  // A form without files.
  if (walk.beside && whole && files.all().empty() && !files.ambiguous()) return;
  if (!whole || files.all().empty()) {
    policy::Activity one = plain;
    if (!one.file) one.file.emplace();
    one.file->scan_status = !whole              ? "too_large"
                            : files.ambiguous() ? "corrupted"
                                                : "not_applicable";
    decide(std::move(one), true);
    return;
  }
  bool first = true;
  for (const PassedFile& file : files.all()) {
    policy::Activity one = plain;
    if (!one.file) one.file.emplace();
    discovery::apply(file, files.ambiguous(), *one.file);
    if (decide(std::move(one), first)) return;
    first = false;
  }
}

void note_files(UploadWatch& watch, discovery::Event& event) {
  watch.give_up();
  const std::vector<PassedFile>& files = watch.files().all();
  if (files.empty()) return;
  const bool ambiguous = watch.files().ambiguous();
  if (event.activity.type != ActivityType::upload) {  // Beside what else was done.
    if (!watch.files().in_form()) return;
    for (const PassedFile& file : files) {
      discovery::ActivityRecord& record = event.activities.emplace_back();
      record.type = ActivityType::upload;
      record.verdict = event.verdict;
      discovery::apply(file, ambiguous, record.file.emplace());
    }
    return;
  }
  // That which was stopped is told already.
  if (!event.verdict.stops() || !event.activity.file || event.activity.file->sniffed_type.empty()) {
    if (!event.activity.file) event.activity.file.emplace();
    discovery::apply(files.front(), ambiguous, *event.activity.file);
  }
  if (files.size() == 1 || event.activities.size() > 1) return;
  event.activities.clear();
  for (const PassedFile& file : files) {
    discovery::ActivityRecord& record = event.activities.emplace_back();
    record.type = ActivityType::upload;
    record.verdict = event.verdict;
    discovery::apply(file, ambiguous, record.file.emplace());
    record.details = event.activity.details;
  }
}

}  // namespace sallyport::session
