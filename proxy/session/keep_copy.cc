// Of an upload that policy blocked, a copy for the operators, where the policy says so.

#include "base/core/log.h"
#include "base/http/headers.h"
#include "base/io/scheduling.h"
#include "base/json/writer.h"
#include "proxy/session/quarantine.h"
#include "proxy/session/session.h"
#include "proxy/session/walk.h"

namespace sallyport::session {
namespace {

constexpr std::size_t kPiece = 64 * 1024;            // bytes
constexpr std::uint64_t kTurn = 2ull * 1024 * 1024;  // bytes until others get their turn

void add(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

// RFC 2045 section 3: what the bytes are.
std::string entity_head(const http::RequestHead& asked) {
  std::string head = "MIME-Version: 1.0\r\n";
  for (const char* name :
       {"Content-Type", "Content-Disposition", "Content-Encoding", "Content-Range"}) {
    if (const auto value = asked.headers.find(name)) {
      head.append(name).append(": ").append(*value).append("\r\n");
    }
  }
  if (!asked.headers.has("Content-Type")) head += "Content-Type: application/octet-stream\r\n";
  return head + "Content-Transfer-Encoding: binary\r\n\r\n";
}

std::string about(const discovery::Event& event, std::uint64_t bytes) {
  const policy::Activity& facts = event.activity;
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("event_id", event.id.to_string());
  json.member("time", format_rfc3339(event.start));
  if (facts.user) json.member("user", *facts.user);
  json.member("client", facts.client.address.to_string());
  if (facts.app) json.member("app", facts.app->id);
  json.member("host", facts.host);
  add(json, "method", facts.method.value_or(""));
  add(json, "path", facts.path.value_or(""));
  json.member("policy", event.verdict.policy);
  json.member("policy_id", event.verdict.policy_id);
  if (facts.file) {
    add(json, "file_name", facts.file->name);
    add(json, "file_type", facts.file->sniffed_type);
    add(json, "sha256", facts.file->sha256);
  }
  json.member("bytes", bytes);
  json.end_object();
  text += '\n';
  return text;
}

// What is read for a copy counts as held while it is.
class Budget {
 public:
  Budget(SpoolBudget* of, const std::string& client) : of_(of), client_(client) {}
  ~Budget() {
    if (of_ != nullptr) of_->give_back(client_, taken_);
  }
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;
  bool take(std::uint64_t bytes) {
    if (of_ == nullptr) return true;
    if (of_->take(client_, bytes) != SpoolBudget::Answer::taken) return false;
    taken_ += bytes;
    return true;
  }

 private:
  SpoolBudget* const of_;
  const std::string& client_;
  std::uint64_t taken_ = 0;
};

}  // namespace

Task<void> Session::keep_copy(Walk& walk) const {
  http::Body& body = walk.exchange.body();
  Quarantine* const quarantine = services_.settings.quarantine.get();
  const bool upload = walk.event.activity.type == policy::ActivityType::upload || walk.files;
  if (!walk.event.verdict.quarantine || !upload || body.none() || walk.cut_upload) co_return;
  if (!walk.exchange.request().upgrade.empty()) co_return;
  const auto give_up = [&](const Error& error) {
    services_.worker.metrics().add(Metric::uploads_not_quarantined_total);
    if (quarantine != nullptr && !quarantine->may_tell(services_.worker.clock().now())) return;
    log::warning("no copy of the blocked upload " + walk.event.id.to_string() +
                 " was kept: " + describe(error) + " (more of these within a minute are not told)");
  };
  if (quarantine == nullptr) {
    co_return give_up({ErrorKind::unavailable, Side::ours, false, "there is no quarantine"});
  }
  const std::string client = connection_.peer.address.to_string();
  auto copy =
      quarantine->begin(walk.event.id.to_string(), who(quarantine->shown(walk.event).activity));
  if (!copy) co_return give_up(copy.error());
  Result<void> kept = (*copy)->append(entity_head(walk.exchange.request()));

  // What is left of it may still be on its way: as much at once as may be held (limits).
  Budget budget(services_.settings.spools.get(), client);
  if (!walk.upload) walk.upload.emplace(body, walk.event.bytes_in, walk.stall, walk.patience);
  http::Body& from = walk.files    ? static_cast<http::Body&>(*walk.files)
                     : walk.peeked ? static_cast<http::Body&>(*walk.peeked)
                                   : *walk.upload;
  walk.upload_moving = true;
  std::uint64_t size = 0;
  std::uint64_t of_turn = 0;
  while (kept) {
    const Result<http::Bytes> chunk = co_await from.read(kPiece);
    if (!chunk) co_return give_up(chunk.error());
    if (chunk->empty()) break;
    size += chunk->size();
    if (!budget.take(chunk->size())) {
      co_return give_up({ErrorKind::limit, Side::ours, false, "limits.held_uploads is reached"});
    }
    if (size > services_.settings.held_upload) {
      co_return give_up({ErrorKind::limit, Side::ours, false, "it is above limits.held_upload"});
    }
    kept = (*copy)->append({reinterpret_cast<const char*>(chunk->data()), chunk->size()});
    of_turn += chunk->size();
    if (of_turn < kTurn) continue;
    of_turn = 0;
    co_await io::yield();
  }
  if (kept) kept = (*copy)->finish(about(quarantine->shown(walk.event), size));
  if (!kept) co_return give_up(kept.error());
  services_.worker.metrics().add(Metric::uploads_quarantined_total);
}

}  // namespace sallyport::session
