#include "proxy/app/name_reveal.h"

#include <chrono>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/store/read_audit.h"
#include "proxy/app/route_words.h"

namespace sallyport::app {

namespace {

constexpr std::string_view kReveal = "name_reveal";
// Nothing is in force that it would have to be kept for; the log has it.
constexpr std::chrono::hours kKept{24};

Task<http::Reply> reveal(discovery::StateStore& store, const NameCipherPtr& names,
                         const Clock& clock, ReadAuditor& auditor, const admin::Call& call) {
  if (names == nullptr) {
    co_return admin::problem(404, "No such name", "no names are hidden here");
  }
  if (call.asked("by").size() > kMostWho) {
    co_return admin::problem(400, "Bad query", "'by' is too long");
  }
  const NameWish wish{call.names.at(0), call.asked("reason"), call.asked("by")};
  const Result<std::string> name = reveal_name(store, *names, wish, clock.now());
  if (!name) {
    const ErrorKind kind = name.error().kind;
    const int status = kind == ErrorKind::invalid ? 400 : kind == ErrorKind::not_found ? 404 : 503;
    co_return admin::problem(status, "Not revealed", name.error().detail);
  }
  const discovery::ReadNote note =
      note_of(call, "POST /api/v1/users/{}/reveal", lower(wish.pseudonym), 1);
  const bool recorded = co_await auditor.note(note);
  if (!recorded) co_return not_recorded();
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("user", lower(wish.pseudonym));
  json.member("name", *name);
  json.end_object();
  co_return admin::json_answer(std::move(text));
}

}  // namespace

Result<std::string> reveal_name(discovery::StateStore& store, const discovery::NameCipher& cipher,
                                const NameWish& wish, Time now) {
  const std::string reason = discovery::audit_text(wish.reason);
  if (trim(reason).empty()) {
    return fail(ErrorKind::invalid, Side::client,
                "'reason' says why; it stays in the governance log");
  }
  auto name = cipher.reveal(wish.pseudonym);
  if (!name) {
    return fail(ErrorKind::not_found, Side::client,
                "'" + printable(std::string_view(wish.pseudonym).substr(0, 300)) +
                    "' is no pseudonym of this gateway, or of a name too long to be kept");
  }
  std::string value;
  JsonWriter json(value);
  json.begin_object();
  json.member("user", lower(wish.pseudonym));
  json.member("reason", reason);
  json.end_object();
  const discovery::StateEntry entry{
      std::string(kReveal), lower(wish.pseudonym), value, wish.who, now, now + kKept};
  const Result<void> kept = store.put({&entry, 1});
  if (!kept) return std::unexpected(kept.error());
  return std::move(*name);
}

void add_name_routes(admin::Api& api, discovery::StateStore& store, NameCipherPtr names,
                     const Clock& clock, ReadAuditor& auditor) {
  api.on("POST", "/api/v1/users/{}/reveal?reason&by",
         [&store, names = std::move(names), &clock, &auditor](const admin::Call& call) {
           return reveal(store, names, clock, auditor, call);
         });
}

}  // namespace sallyport::app
