// What a session learns of the files of an upload, and what the policies say to it.

#include <algorithm>
#include <utility>

#include "base/core/text.h"
#include "discovery/classify/file_name.h"
#include "discovery/classify/media_kind.h"
#include "discovery/files/sniff.h"
#include "proxy/session/rehearsal.h"
#include "proxy/session/session.h"
#include "proxy/session/walk.h"

namespace sallyport::session {

using discovery::PassedFile;
using policy::ActivityType;
using policy::Point;

namespace {

// Bytes that tell most kinds of files from talk.
constexpr std::size_t kTelling = 16;

// Whether a body that is said to be talk begins like a file; nothing where more must come. `all`:
// no more will be looked at.
std::optional<bool> begins_file(std::string_view begins, bool all, std::string_view type) {
  using discovery::FileFamily;
  const std::string_view shown = trim(begins);
  const bool json = shown.starts_with('[') || (shown.starts_with('{') && !shown.starts_with("{\\"));
  if (json && shown.size() > 1) return false;
  if (begins.size() < kTelling && !all) return std::nullopt;
  const discovery::FileKind& kind = *discovery::sniff(begins, all).kind;
  if (kind.family == FileFamily::text) return false;
  if (&kind != &discovery::unknown_file_kind()) return true;
  const bool text = std::ranges::all_of(begins, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\r' || c == '\n';
  });
  // Bytes that show nothing, where text is due.
  const bool binary_talk = type.find("proto") != type.npos || type.find("msgpack") != type.npos ||
                           type.find("cbor") != type.npos || type.find("grpc") != type.npos;
  return !begins.empty() && !text && !binary_talk;
}

}  // namespace

// What the bytes of an upload show, and what they may show where the head does not tell it: all
// that is told of a file.
bool Session::holds_upload(Walk& walk, bool enforced) const {
  // Facts are not small, so these are not copied for the question.
  return holds_upload(walk, walk.event.activity, enforced);
}

bool Session::holds_upload(const Walk& walk, policy::Activity& facts, bool enforced) const {
  if (services_.settings.spools == nullptr) return false;
  const std::optional<ActivityType> type = std::exchange(facts.type, ActivityType::upload);
  const bool waits = walk.now->policy->waits_for_file(Point::request, facts, enforced,
                                                      services_.snapshots.standing());
  facts.type = type;
  return waits;
}

bool Session::stops_uploads(Walk& walk) const {
  policy::Activity& facts = walk.event.activity;
  const std::optional<ActivityType> type = std::exchange(facts.type, ActivityType::upload);
  const bool stops =
      walk.now->policy->decide(Point::request, facts, services_.snapshots.standing()).stops();
  facts.type = type;
  return stops;
}

bool Session::stopped_by_digest(const Walk& walk, const policy::Activity& one) const {
  if (one.file->sha256.empty()) return false;
  const auto stops = [&](const policy::Activity& activity) {
    return walk.now->policy->decide(Point::upload, activity, services_.snapshots.standing())
        .stops();
  };
  policy::Activity other = one;
  other.file->sha256.assign(one.file->sha256.size(), '0');
  return stops(one) && !stops(other);
}

bool Session::may_go_on(const Walk& walk) const {
  policy::Activity facts = walk.event.activity;
  facts.type = ActivityType::upload;
  return walk.now->policy->waits_for_end_only(Point::request, facts, false,
                                              services_.snapshots.standing());
}

// All of it was seen, and all but its end has gone.
bool Session::judge_end(Walk& walk) const {
  const Point point = walk.event.activity.point;
  decide_at_upload(walk, true);
  if (walk.untold || (walk.files->files().unreadable() && holds_upload(walk, true))) {
    walk.event.error = walk.untold ? "a file in parts that do not tell what it is"
                                   : "a form with files that cannot be read";
    if (walk.exchange.responded()) walk.exchange.abort();
    walk.cut_upload = true;
    return false;
  }
  if (!walk.event.verdict.stops()) {
    walk.event.activity.point = point;  // The reply may be here already.
    return true;
  }
  walk.cut_upload = true;
  // Too late for a page: what is left of both sides is cut.
  if (walk.exchange.responded()) walk.exchange.abort();
  return false;
}

Task<Result<bool>> Session::hides_file(Walk& walk) {
  const http::RequestHead& asked = walk.exchange.request();
  const std::string type = http::media_type(asked.headers.find("Content-Type").value_or(""));
  // A call may wait for an answer before it goes on.
  const bool call = type.starts_with("application/grpc") && !walk.exchange.body().length();
  if (call || !(holds_upload(walk) || stops_uploads(walk))) co_return false;
  if (!walk.peeked) {
    if (!walk.upload) {
      walk.upload.emplace(walk.exchange.body(), walk.event.bytes_in, walk.stall, walk.patience);
    }
    walk.upload_moving = true;
    walk.peeked.emplace(*walk.upload);
  }
  // Who tells the length has said all that he says, and does not wait for an answer to it.
  const std::size_t least = walk.peeked->length() ? discovery::kSniffBytes : 1;
  for (std::size_t size = least;; size = walk.peeked->prefix().size() + 1) {
    Result<void> read = co_await walk.peeked->peek(size);
    if (!read) co_return std::unexpected(std::move(read.error()));
    const std::string_view begins = walk.peeked->prefix().substr(0, discovery::kSniffBytes);
    const bool all = walk.peeked->whole() || begins.size() == discovery::kSniffBytes;
    const std::optional<bool> file = begins_file(begins, all, type);
    if (file) co_return *file;
  }
}

Task<Result<void>> Session::look_at_upload(Walk& walk) {
  http::Body& body = walk.exchange.body();
  const http::RequestHead& asked = walk.exchange.request();
  if (ends_transfer_without_bytes(walk)) {
    decide_at_finish(walk);
    co_return Result<void>();
  }
  if (body.none() || !asked.upgrade.empty()) co_return Result<void>();
  const bool upload = walk.event.activity.type == ActivityType::upload;
  // What is a file by its type is one, whatever else the request does: a comment with a picture.
  const std::string type = http::media_type(asked.headers.find("Content-Type").value_or(""));
  const bool form = discovery::shape_of(asked.headers) == discovery::BodyShape::form;
  const bool sends_file =
      form || (discovery::is_file_sent(type, "POST") && !type.starts_with("message/"));
  if (!upload && !sends_file) {
    // What it says it is may not be what it is, and servers keep what they get.
    Result<bool> file = co_await hides_file(walk);
    if (!file) co_return std::unexpected(std::move(file.error()));
    if (!*file) co_return Result<void>();
    if (stops_uploads(walk)) {  // Nothing of it need be seen.
      policy::Activity one = walk.event.activity;
      one.type = ActivityType::upload;
      one.point = Point::upload;
      if (decide_on_file(walk, std::move(one), true)) co_return Result<void>();
    }
  } else if (walk.activities && !sends_file) {
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
  if (may_go_on(walk)) {
    walk.files->keep_back([this, &walk] { return judge_end(walk); });
    co_return Result<void>();
  }
  walk.held = true;
  services_.worker.metrics().add(Metric::uploads_held_total);
  auto spool = std::make_unique<Spool>(services_.settings.spool_folder, *services_.settings.spools,
                                       connection_.peer.address.to_string());
  // What is only rehearsed must not keep anything from passing.
  const bool must = holds_upload(walk, true);
  Result<bool> whole =
      co_await walk.files->hold(std::move(spool), services_.settings.held_upload, must);
  if (!whole) co_return std::unexpected(std::move(whole.error()));
  if (!*whole) services_.worker.metrics().add(Metric::uploads_too_large_to_hold_total);
  if (*whole && must && walk.files->files().unreadable()) {
    // Two programs would find other files in it, and what policies wait for cannot be told.
    co_return fail(ErrorKind::http_syntax, Side::client, "a form with files that cannot be read");
  }
  decide_at_upload(walk, *whole);
  co_return Result<void>();
}

bool Session::decide_on_file(Walk& walk, policy::Activity one, bool only_stops) const {
  tell_name(*walk.now, one.file);
  policy::Verdict verdict(
      walk.now->policy->decide(Point::upload, one, services_.snapshots.standing()));
  const bool stops = verdict.stops();
  if (only_stops && !stops) return false;
  keep_rehearsed(walk.event.verdict, verdict);
  walk.event.verdict = std::move(verdict);
  walk.event.activity = std::move(one);
  return stops;
}

void tell_names(const Snapshot& now, discovery::Event& event) {
  tell_name(now, event.activity.file);
  for (discovery::ActivityRecord& record : event.activities) tell_name(now, record.file);
}

void Session::decide_at_upload(Walk& walk, bool whole) const {
  policy::Activity& facts = walk.event.activity;
  facts.point = Point::upload;
  const discovery::UploadFiles& files = walk.files->files();
  policy::Activity plain = facts;
  plain.type = ActivityType::upload;
  const auto decide = [&](policy::Activity one, bool first) {
    // Beside something else an upload only counts where it is stopped.
    return decide_on_file(walk, std::move(one), !first || walk.beside);
  };
  // A form without files.
  if (walk.beside && whole && files.all().empty() && !files.ambiguous()) return;
  if (files.all().empty()) {
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
    if (walk.part) {
      // Where only a list at the end says which parts count, and which comes first, any may be.
      policy::Activity alone = one;
      const bool ends = show_transfer(walk, *one.file);
      if (ends) walk.untold = cannot_tell(walk, walk.event.activity, *one.file);
      const discovery::Recognised* step = walk.activities->transfer();
      if (step != nullptr && !step->part_offset) {
        // That it is no file that may pass says nothing of a part.
        if (!stopped_by_digest(walk, alone)) alone.file->sha256.clear();
        if (decide_on_file(walk, std::move(alone), true)) return;
      }
    }
    // How it begins is known all the same.
    if (!whole && !file.whole) one.file->scan_status = "too_large";
    for (const std::string& name : file.other_names) {  // As others may read it.
      policy::Activity other = one;
      other.file->name = name;
      other.file->extension = discovery::file_extension(name);
      if (decide_on_file(walk, std::move(other), true)) return;
    }
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
