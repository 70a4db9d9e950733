#include "proxy/session/activity_watch.h"

#include <utility>

#include "base/core/text.h"
#include "discovery/accounts/tell_classes.h"
#include "discovery/classify/file_facts.h"
#include "discovery/consents/scope_levels.h"
#include "discovery/files/upload_files.h"
#include "discovery/names/name_tags.h"
#include "discovery/signatures/apply.h"
#include "discovery/signatures/signature_book.h"

namespace sallyport::session {

using discovery::Recognised;
using policy::ActivityType;

std::unique_ptr<ActivityWatch> ActivityWatch::begin(const Snapshot& now,
                                                    const http::RequestHead& head,
                                                    const policy::Activity& activity,
                                                    bool digests) {
  if (now.signatures == nullptr) return nullptr;
  const auto by = [&](std::string_view app) -> std::unique_ptr<ActivityWatch> {
    const discovery::AppSignatures* signatures = now.signatures->for_app(app);
    if (signatures == nullptr) return nullptr;
    discovery::Recognition::Asked asked(head);
    if (!asked.may_fit(*signatures)) return nullptr;
    auto watch = std::unique_ptr<ActivityWatch>(
        new ActivityWatch(now, *signatures, std::move(asked), activity, digests));
    if (watch->recognition_.nothing()) return nullptr;
    return watch;
  };
  const std::string_view app = activity.app ? std::string_view(activity.app->id) : "";
  auto watch = by(app);
  // What signatures of an app leave out is often what all servers understand: WebDAV, ranges. Most
  // requests are of other methods, and are not asked twice.
  const bool common = head.method == "GET" || head.method == "POST" || head.method == "HEAD" ||
                      head.method == "OPTIONS";
  if (watch == nullptr && !app.empty() && !common) watch = by({});
  return watch;
}

void ActivityWatch::tell(Recognised& seen, policy::Activity& facts) const {
  if (count() == 1) {
    facts.details = std::move(seen.details);
  } else {
    facts.details = seen.details;
  }
  discovery::apply_but_details(seen, *now_.catalog, *now_.hand_tags, facts);
  if (!seen.content.empty() && seen.type == ActivityType::upload) {
    discovery::UploadFiles inside(discovery::BodyShape::raw, {}, digests_);
    inside.feed(seen.content);
    inside.end(!seen.content_unseen);
    if (!facts.file) facts.file.emplace();
    discovery::apply(inside.all().front(), false, *facts.file);
  }
  if (seen.content_unseen && seen.type == ActivityType::upload) {
    if (!facts.file) facts.file.emplace();
    facts.file->scan_status = "too_large";
  }
  tell_whose(now_, facts);
  tell_name(now_, facts.file);
}

void tell_whose(const Snapshot& now, policy::Activity& facts) {
  if (now.mail_domains && facts.details) {
    discovery::tell_classes(*now.mail_domains, *facts.details);
  }
  if (now.mail_domains && now.own_tenants) {
    discovery::tell_instance(*now.mail_domains, *now.own_tenants, facts);
  }
  if (now.consent_scopes) discovery::tell_level(*now.consent_scopes, facts);
}

void tell_name(const Snapshot& now, std::optional<policy::FileFacts>& file) {
  if (now.file_names && file) discovery::tell_name_tags(*now.file_names, *file);
}

void ActivityWatch::take_back(policy::Activity& facts) {
  if (count() == 1) recognition_.activities()[0].details = std::move(facts.details);
}

void ActivityWatch::describe(std::size_t n, policy::Activity& facts,
                             std::optional<std::uint64_t> length) {
  Recognised& seen = recognition_.activities()[n];
  if (seen.type == ActivityType::upload && !facts.file) {
    facts.file = discovery::uploaded_file(head_, length);
  }
  tell(seen, facts);
}

// RFC 9110 section 12.5.3: what is left of what the client takes.
void ActivityWatch::restrict_encodings(http::Headers& request) {
  if (!request.has("Accept-Encoding")) return;
  const std::string accepted = request.joined("Accept-Encoding");
  std::string left;
  for (const std::string_view part : split(accepted, ',')) {
    const std::string_view coding = trim(part.substr(0, part.find(';')));
    const bool opened =
        iequals(coding, "gzip") || iequals(coding, "deflate") || iequals(coding, "identity");
    if (!opened) continue;
    if (!left.empty()) left += ", ";
    left += trim(part);
  }
  request.set("Accept-Encoding", left.empty() ? "identity" : left);
}

void ActivityWatch::read_reply(const http::ReplyHead& reply, policy::Activity& facts,
                               std::optional<std::uint64_t> length) {
  if (count() == 0) return;
  reply_.emplace();
  reply_->status = reply.status;
  reply_->headers = reply.headers;
  take_back(facts);
  const bool more = recognition_.read_reply(reply.status, reply_->headers, {});
  show_reply(facts, length, more);
}

void ActivityWatch::show_reply(policy::Activity& facts, std::optional<std::uint64_t> length,
                               bool more) {
  Recognised& seen = recognition_.activities()[shown_];
  const bool of_a_file = seen.type == ActivityType::upload || seen.type == ActivityType::download ||
                         facts.type == ActivityType::download;
  if (!more && !of_a_file &&
      (count() == 1 || facts.details)) {  // Most exchanges: what was told stays.
    facts.type = seen.type;
    facts.admin = seen.admin.value_or(seen.type == ActivityType::admin);
    facts.file.reset();
    if (count() == 1) {
      facts.details = std::move(seen.details);
    } else {
      facts.details->outcome = seen.details->outcome;
    }
    return;
  }
  // A file that comes is a download, whatever the request looked like.
  const bool file_came = facts.type == ActivityType::download &&
                         (seen.type == ActivityType::view || seen.type == ActivityType::other);
  std::optional<policy::FileFacts> file;
  if (file_came) file = facts.file;
  if (seen.type == ActivityType::download && !facts.file) {
    facts.file = discovery::downloaded_file(head_, *reply_, length);
  }
  tell(seen, facts);
  // Where to is told; the file comes from there.
  if (seen.type == ActivityType::download && reply_->status >= 300 && reply_->status < 400) {
    facts.type = ActivityType::other;
    facts.file.reset();
  }
  if (!file_came) return;
  facts.type = ActivityType::download;
  facts.file = std::move(file);
}

http::Body& ActivityWatch::tap(http::Body& body) {
  if (!wants_reply()) return body;
  return tapped_.emplace(body, discovery::kMostReplyRead);
}

void ActivityWatch::finish(discovery::Event& event) {
  if (count() == 0) return;
  if (reply_ && tapped_ && !tapped_->prefix().empty()) {
    take_back(event.activity);
    const bool more = recognition_.read_reply(reply_->status, reply_->headers, tapped_->prefix());
    show_reply(event.activity, std::nullopt, more);
  }
  event.activities.clear();
  if (count() == 1) {
    const Recognised& seen = recognition_.activities().front();
    if (seen.goes_on && !seen.open && !event.verdict.stops()) return;
    event.activities.push_back({event.activity.type.value_or(ActivityType::other), event.verdict});
    return;
  }
  for (std::size_t i = 0; i < count(); ++i) {
    policy::Activity facts;
    describe(i, facts, std::nullopt);
    if (recognition_.activities()[i].goes_on && !event.verdict.stops()) continue;
    discovery::ActivityRecord& record = event.activities.emplace_back();
    record.type = facts.type.value_or(ActivityType::other);
    record.admin = facts.admin.value_or(false);
    record.file = std::move(facts.file);
    record.details = std::move(facts.details);
    // What stopped one stopped them all.
    const bool own = !event.verdict.stops() && i < verdicts_.size();
    record.verdict = own ? verdicts_[i] : event.verdict;
  }
}

}  // namespace sallyport::session
