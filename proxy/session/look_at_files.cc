// What a session learns of the files of an upload, and what the policies say to it.

#include <algorithm>
#include <utility>

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

bool is_form(const http::Headers& headers) {
  return discovery::shape_of(headers) == discovery::BodyShape::form;
}

}  // namespace

bool Session::holds_upload(const Walk& walk) const {
  if (services_.settings.spools == nullptr) return false;
  const policy::Program& program = *walk.now->policy;
  const auto asks = [&](std::string_view name) { return program.asks(name); };
  if (std::ranges::none_of(kShownByBytes, asks) && std::ranges::none_of(kToldByHeads, asks)) {
    return false;
  }
  const std::vector<std::string_view> waiting =
      program.waits_for(Point::request, walk.event.activity);
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
  if (!upload && !is_form(asked.headers)) co_return Result<void>();
  if (!walk.upload) walk.upload.emplace(body, walk.event.bytes_in, walk.stall, walk.patience);
  http::Body& from =
      walk.peeked ? static_cast<http::Body&>(*walk.peeked) : static_cast<http::Body&>(*walk.upload);
  walk.files = std::make_unique<UploadWatch>(from, asked, services_.settings.file_digests);
  if (!upload || !holds_upload(walk)) co_return Result<void>();
  walk.upload_moving = true;
  walk.held = true;
  services_.worker.metrics().add(Metric::uploads_held_total);
  auto spool =
      std::make_unique<Spool>(services_.settings.spool_folder, *services_.settings.spools);
  Result<bool> whole =
      co_await walk.files->hold(std::move(spool), services_.settings.held_upload);
  if (!whole) co_return std::unexpected(std::move(whole.error()));
  if (!*whole) services_.worker.metrics().add(Metric::uploads_too_large_to_hold_total);
  decide_at_upload(walk, *whole);
  co_return Result<void>();
}

void Session::decide_at_upload(Walk& walk, bool whole) const {
  policy::Activity& facts = walk.event.activity;
  facts.point = Point::upload;
  const discovery::UploadFiles& files = walk.files->files();
  const policy::Activity plain = facts;
  const auto decide = [&](policy::Activity one, bool first) {
    policy::Verdict verdict(walk.now->policy->decide(Point::upload, one));
    if (!first && !verdict.stops()) return false;
    const bool stops = verdict.stops();
    keep_rehearsed(walk.event.verdict, verdict);
    walk.event.verdict = std::move(verdict);
    facts = std::move(one);
    return stops;
  };
  if (!whole || files.all().empty()) {
    policy::Activity one = plain;
    if (!one.file) one.file.emplace();
    one.file->scan_status = whole ? "not_applicable" : "too_large";
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
  if (files.empty() || event.activity.type != ActivityType::upload) return;
  const bool ambiguous = watch.files().ambiguous();
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
