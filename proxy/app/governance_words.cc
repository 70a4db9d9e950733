#include "proxy/app/governance_words.h"

#include <map>

#include "base/core/text.h"
#include "base/json/cursor.h"

namespace sallyport::app {

namespace {

// The members of an object that are texts; the others are passed over.
std::map<std::string, std::string> texts_of(std::string_view json) {
  std::map<std::string, std::string> texts;
  JsonCursor cursor(json);
  if (cursor.next() != JsonCursor::Kind::object) return texts;
  cursor.object([&](std::string_view key) {
    if (cursor.next() != JsonCursor::Kind::string) return cursor.skip();
    std::string text;
    if (!cursor.string(text)) return false;
    texts.emplace(key, std::move(text));
    return true;
  });
  return texts;
}

}  // namespace

GovernanceWords words_of(const discovery::GovernanceEntry& entry) {
  GovernanceWords words;
  std::map<std::string, std::string> texts = texts_of(entry.value);
  words.user = texts["user"];
  words.app = texts["app"].empty() ? texts["site"] + texts["host"] : texts["app"];
  words.policy = texts["policy"];
  words.why = texts["reason"];
  const bool back = entry.taken_back;
  if (entry.emptied) words.user = "(erased)";
  if (entry.kind == "suspension") {
    const std::string& asks = texts["asks"];
    words.action = back ? "unsuspend" : "suspend";
    if (asks == "step_up") words.action = back ? "lift step-up" : "require step-up";
    if (asks == "sign_in_again") words.action = back ? "lift sign-in" : "end sessions";
    words.what = texts["reach"];
  } else if (entry.kind == "grant") {
    words.action = back ? "revoke grant" : "grant";
    words.what = texts["action"];
    if (words.user.empty()) words.user = texts["address"];
  } else if (entry.kind == "app_tag") {
    const std::size_t slash = entry.key.find('/');
    words.action = back ? "reset tag" : entry.value == "add" ? "tag app" : "untag app";
    words.app = entry.key.substr(0, slash);
    if (slash != std::string::npos) words.what = entry.key.substr(slash + 1);
  } else if (entry.kind == "question") {
    words.action = back ? "end question" : texts["said"].empty() ? "ask" : "answer question";
    words.what = texts["said"];
    words.why = texts["say"];
  } else if (entry.kind == "access_request") {
    const std::string& state = texts["state"];
    words.action = back ? "forget request" : state.empty() ? "request access" : state + " access";
    if (state == "granted") words.action = "grant access";
    if (state == "refused") words.action = "refuse access";
    if (state == "waiting") words.action = "request access";
    if (words.user.empty()) words.user = texts["client"];
    words.what = entry.key;
  } else if (entry.kind == "alert") {
    words.action = back ? "forget alert" : "handle alert";
    words.what = entry.key;
    const std::string& resolution = texts["resolution"];
    if (!resolution.empty()) words.what += " " + resolution;
  } else if (entry.kind == "second_factor") {
    words.action = back ? "forget factor" : "use factor";
    if (!entry.emptied) words.user = entry.key;
  } else if (entry.kind == "account" || entry.kind == "api_token") {
    const std::string noun = entry.kind == "account" ? "account" : "token";
    const std::string& change = texts["change"];
    words.action = (back || change == "removed" ? "remove "
                    : change == "added"         ? "add "
                                                : "change ") +
                   noun;
    words.what = entry.key;
    if (change != "added" && change != "removed" && !change.empty()) words.what += " " + change;
    if (!texts["role"].empty()) words.what += " (" + texts["role"] + ")";
  } else if (entry.kind == "policy_file") {
    words.action = "change policies";
    words.what = entry.key;
  } else if (entry.kind == "log_import" || entry.kind == "catalog_import") {
    const std::string noun = entry.kind == "log_import" ? "log" : "catalog";
    words.action = (texts["change"] == "removed" ? "remove " : "import ") + noun;
    words.what = entry.key;
    for (const std::string_view fact :
         {"file", "license", "format", "rows", "records", "apps", "left_out", "bad"}) {
      const std::string& text = texts[std::string(fact)];
      if (!text.empty()) words.what += ", " + std::string(fact) + " " + text;
    }
  } else if (entry.kind == "webhook_action") {
    const std::string& state = texts["state"];
    words.action = back ? "forget call" : state == "pending" ? "call webhook" : "webhook " + state;
    words.what = texts["action"];
    if (!texts["detail"].empty()) words.what += ": " + texts["detail"];
  } else if (entry.kind == "name_reveal") {
    words.action = back ? "forget reveal" : "reveal name";
  } else if (entry.kind == discovery::kErasure) {
    words.action = "erase user";
    words.what = entry.key;
  } else {
    words.action = entry.kind;
    words.what = entry.key;
  }
  return words;
}

bool GovernanceFilter::keeps(const discovery::GovernanceEntry& entry,
                             const GovernanceWords& words) const {
  const auto is = [](const std::string& wanted, const std::string& there) {
    return wanted.empty() || iequals(wanted, there);
  };
  return is(action, words.action) && is(user, words.user) && is(app, words.app) &&
         is(who, entry.who) && (!since || entry.at >= *since) && (!until || entry.at < *until);
}

}  // namespace sallyport::app
