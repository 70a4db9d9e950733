// What a session learns of the files of an upload, and what the policies say to it.

#include <algorithm>
#include <utility>

#include "base/core/text.h"
#include "discovery/classify/file_facts.h"
#include "discovery/classify/file_name.h"
#include "discovery/classify/media_kind.h"
#include "discovery/classify/path_words.h"
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
  // What is in a mail counts, which is looked into.
  if (kind.family == FileFamily::mail && type.starts_with("message/")) return false;
  if (&kind != &discovery::unknown_file_kind()) return true;
  const bool text = std::ranges::all_of(begins, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\r' || c == '\n';
  });
  // Bytes that show nothing, where text is due.
  const bool binary_talk = type.find("proto") != type.npos || type.find("msgpack") != type.npos ||
                           type.find("cbor") != type.npos || type.find("grpc") != type.npos;
  return !begins.empty() && !text && !binary_talk;
}

// The same of a body with a Content-Encoding, as far as that can be undone.
std::optional<bool> begins_file(std::string_view begins, bool all, std::string_view type,
                                std::string_view codings) {
  using State = discovery::ContentDecoder::State;
  discovery::ContentDecoder decoder(codings);
  if (decoder.state() == State::none) return begins_file(begins, all, type);
  std::string opened;
  decoder.feed(begins, [&](std::string_view piece) {
    opened += piece.substr(0, discovery::kSniffBytes - opened.size());
  });
  if (all && begins.size() < discovery::kSniffBytes) decoder.end();
  if (decoder.state() != State::opens) return begins_file(begins, all, type);
  return begins_file(opened, all || opened.size() == discovery::kSniffBytes, type);
}

// Calls over which messages go back and forth: nobody may wait for their end.
bool is_call(const http::RequestHead& asked, std::string_view type) {
  return type.starts_with("application/grpc") || type.starts_with("application/connect+") ||
         asked.headers.has("Connect-Protocol-Version");
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

bool Session::asks_bytes(Walk& walk, bool enforced) const {
  static constexpr std::string_view kOfBytes[] = {"file.family", "file.sha256",
                                                  "file.sniffed_type"};
  // What one file in the body is may be known already; others hide in it.
  policy::Activity& facts = walk.event.activity;
  std::optional<policy::FileFacts> known = facts.file;
  if (facts.file) {
    facts.file->family.clear();
    facts.file->sniffed_type.clear();
    facts.file->sha256.clear();
    facts.file->scan_status.clear();
  }
  std::vector<std::string_view> names;
  if (holds_upload(walk, enforced)) {
    const std::optional<ActivityType> type = std::exchange(facts.type, ActivityType::upload);
    names = walk.now->policy->waits_for(Point::request, facts, enforced,
                                        services_.snapshots.standing());
    facts.type = type;
  }
  facts.file = std::move(known);
  return std::ranges::any_of(names, [](std::string_view name) {
    return std::ranges::find(kOfBytes, name) != std::end(kOfBytes);
  });
}

bool Session::hides_in_coding(Walk& walk) const {
  const discovery::UploadFiles& files = walk.files->files();
  return files.closed() && (files.in_form() ? holds_upload(walk, true) : asks_bytes(walk, true));
}

void Session::decide_by_other_names(Walk& walk) const {
  const policy::Program& program = *walk.now->policy;
  if (!program.asks("file.name") && !program.asks("file.extension") &&
      !program.asks("file.name_tag")) {
    return;
  }
  for (std::string& name : discovery::other_upload_names(walk.exchange.request())) {
    policy::Activity one = walk.event.activity;
    one.type = ActivityType::upload;
    if (!one.file) one.file.emplace();
    if (one.file->name == name) continue;
    one.file->extension = discovery::file_extension(name);
    one.file->name = std::move(name);
    tell_name(*walk.now, one.file);
    policy::Verdict verdict(program.decide(Point::request, one, services_.snapshots.standing()));
    if (!verdict.stops()) continue;
    keep_rehearsed(walk.event.verdict, verdict);
    walk.event.verdict = std::move(verdict);
    walk.event.activity = std::move(one);
    return;
  }
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
  walk.unopened = !walk.event.verdict.stops() && hides_in_coding(walk);
  const discovery::UploadFiles& files = walk.files->files();
  const bool unreadable = files.unreadable() && !files.closed() && holds_upload(walk, true);
  if (walk.untold || walk.unopened || unreadable) {
    walk.event.error = walk.untold     ? "a file in parts that do not tell what it is"
                       : walk.unopened ? "a Content-Encoding that cannot be opened"
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
  const bool call = is_call(asked, type) && !walk.exchange.body().length();
  const std::string codings = asked.headers.joined("Content-Encoding");
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
    const std::optional<bool> file = begins_file(begins, all, type, codings);
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
  if (upload || sends_file) {
    decide_by_other_names(walk);
    if (walk.event.verdict.stops()) co_return Result<void>();
  }
  bool file_by_bytes = false;
  if (!upload && !sends_file) {
    // What it says it is may not be what it is, and servers keep what they get.
    Result<bool> file = co_await hides_file(walk);
    if (!file) co_return std::unexpected(std::move(file.error()));
    file_by_bytes = *file;
    // A PUT that names a file sends it, of whatever type.
    const bool named = asked.method == "PUT" && !is_call(asked, type) &&
                       discovery::PathWords(asked.path_only()).names_file() && holds_upload(walk);
    walk.talk = !file_by_bytes && !named;
  } else if (upload && walk.activities && !sends_file) {
    // JSON that holds the file, or several requests.
    walk.talk = !walk.activities->body_is_file() || walk.activities->count() > 1;
  }
  if (walk.talk && (is_call(asked, type) || !asks_bytes(walk))) {
    walk.talk = false;
    co_return Result<void>();
  }
  walk.beside = !upload;
  if (walk.beside && !walk.talk && !form) {
    if ((file_by_bytes || sends_file) && stops_uploads(walk)) {  // Nothing of it need be seen.
      policy::Activity one = walk.event.activity;
      one.type = ActivityType::upload;
      one.point = Point::upload;
      if (decide_on_file(walk, std::move(one), true)) co_return Result<void>();
    }
    if (!walk.event.activity.file) {
      walk.head_file = discovery::uploaded_file(asked, body.length());
      tell_name(*walk.now, walk.head_file);
    }
  }
  const bool holds =
      walk.talk || holds_upload(walk) || (walk.beside && form && stops_uploads(walk));
  if (!walk.upload) walk.upload.emplace(body, walk.event.bytes_in, walk.stall, walk.patience);
  http::Body& from =
      walk.peeked ? static_cast<http::Body&>(*walk.peeked) : static_cast<http::Body&>(*walk.upload);
  const std::string codings = holds ? asked.headers.joined("Content-Encoding") : std::string();
  walk.files = std::make_unique<UploadWatch>(
      from, asked,
      walk.talk ? discovery::shape_of_talk(asked.headers) : discovery::shape_of(asked.headers),
      discovery::UploadFiles::Look{services_.settings.file_digests, holds, codings});
  begin_part(walk);
  if (!holds) co_return Result<void>();
  if (form) watch_pieces(walk);
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
  const bool must = walk.talk ? asks_bytes(walk, true) : holds_upload(walk, true);
  Result<bool> whole =
      co_await walk.files->hold(std::move(spool), services_.settings.held_upload, must);
  if (!whole) co_return std::unexpected(std::move(whole.error()));
  if (!*whole) services_.worker.metrics().add(Metric::uploads_too_large_to_hold_total);
  const discovery::UploadFiles& files = walk.files->files();
  if (*whole && must && files.unreadable() && !files.closed()) {
    // Two programs would find other files in it, and what policies wait for cannot be told.
    co_return fail(ErrorKind::http_syntax, Side::client, "a form with files that cannot be read");
  }
  decide_at_upload(walk, *whole);
  walk.unopened = !walk.event.verdict.stops() && hides_in_coding(walk);
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
  if (walk.talk) return decide_on_others(walk, plain);
  if (!plain.file) plain.file = walk.head_file;
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
    if (!walk.event.verdict.stops()) decide_on_others(walk, plain);
    return;
  }
  bool first = true;
  for (const PassedFile& file : files.all()) {
    policy::Activity one = plain;
    if (!one.file) one.file.emplace();
    discovery::apply(file, files.ambiguous(), *one.file);
    if (walk.piece > 0 && first) {
      policy::Activity alone = one;
      if (!show_piece(walk, *one.file)) {
        walk.untold = cannot_tell(walk, walk.event.activity, *one.file);
      }
      if (!stopped_by_digest(walk, alone)) alone.file->sha256.clear();
      if (decide_on_file(walk, std::move(alone), true)) return;
    } else if (walk.part) {
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
  decide_on_others(walk, plain);
}

void Session::decide_on_others(Walk& walk, const policy::Activity& plain) const {
  const discovery::UploadFiles& files = walk.files->files();
  const auto stops = [&](const PassedFile& file) {
    policy::Activity one = plain;
    // Its names are its own.
    if (!one.file || !file.name.empty()) one.file.emplace();
    discovery::apply(file, false, *one.file);
    if (file.talk && !stopped_by_digest(walk, one)) return false;
    for (const std::string& name : file.other_names) {
      policy::Activity other = one;
      other.file->name = name;
      other.file->extension = discovery::file_extension(name);
      if (decide_on_file(walk, std::move(other), true)) return true;
    }
    return decide_on_file(walk, std::move(one), true);
  };
  if (walk.talk && std::ranges::any_of(files.all(), stops)) return;  // of a mail
  static_cast<void>(std::ranges::any_of(files.others(), stops));
}

void note_files(UploadWatch& watch, bool talk, discovery::Event& event) {
  watch.give_up();
  const std::vector<PassedFile>& files = watch.files().all();
  if (files.empty() || talk) return;
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
