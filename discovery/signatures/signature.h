#pragma once
// One activity that an app's activities.yaml describes (conf/catalog/ACTIVITIES.md): which requests
// it is, and where its facts stand in them.
//
// INVARIANT: immutable once read; shared by all workers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json/selection.h"
#include "discovery/signatures/request_pattern.h"
#include "discovery/signatures/value.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {

// A request line: `POST,PUT /files/{id}`.
struct RequestLine {
  std::vector<std::string> methods;  // empty: any
  PathPattern path;
};

// What must hold of a value.
struct Condition {
  Value value;
  enum class Test : std::uint8_t { one_of, none_of, present, absent } test = Test::present;
  std::vector<std::string> patterns;  // globs, in small letters
};

// How a reply is read.
struct OutcomeRule {
  // "401", "4xx": the first and the last; none for any.
  std::vector<std::pair<int, int>> statuses;
  std::vector<Condition> where;
  std::string is;  // a word of policy::outcome_words()
};

// A step of a transfer over several requests.
struct TransferRule {
  std::string step;  // a word of policy::transfer_step_words()
  Value session;
  Value offset;
  Value number;
  Value size;
  Value last;
  Value parts;  // of a finish: the text that lists them
  bool carries = false;
  bool open = false;  // nothing ever says which part is the last
};

// Requests inside of a request.
struct BatchRule {
  bool multipart = false;         // parts of application/http
  std::string each;               // else where the elements stand in JSON: "requests[]"
  std::string method, url, body;  // members of an element
  // Instead of these: each element is what the same request would say of one thing alone.
  bool plain = false;
};

struct Signature {
  std::string id;  // "dropbox/upload"
  std::string note;
  bool checked = true;
  Place place;
  std::size_t rank = 0;  // place in the file, from 0

  std::vector<HostPattern> hosts;  // empty: every host of the app
  std::vector<RequestLine> requests;
  std::vector<Condition> conditions;

  Value verb;                                // a word of policy::activity_type_words()
  std::optional<policy::ActivityType> type;  // where it is always the same
  Value admin;                               // "true", "false"
  std::string app;
  bool personal = false;

  Value object_kind, object_id, object_name, object_parent;
  Value target_email, target_domain, target_user, target_group, target_link, target_role;
  Value account, instance;
  Value file_name, file_size, file_type;
  enum class Content : std::uint8_t { automatic, body, form, related, none, in_json };
  Content content = Content::automatic;
  Value content_value;  // of in_json
  Value content_as;     // "text", or "base64", as it is where nothing is said
  Value model, conversation;
  Value consent_client, consent_name, consent_scopes, consent_redirect;
  std::optional<TransferRule> transfer;
  std::optional<BatchRule> batch;
  std::vector<OutcomeRule> outcome;
  // What the same request is beside: another activity of the file, whole or by each element of a
  // list in the body.
  struct Also {
    std::string as;
    std::string each;           // where the elements stand; "" for none
    std::size_t signature = 0;  // of AppSignatures::all()
  };
  std::vector<Also> also;

  // What of the bodies is looked at, and whether at all.
  JsonSelection body_paths;
  JsonSelection reply_paths;
  JsonSelection token_paths;         // of the claims of a token
  bool reads_body = false;           // for conditions or facts
  bool asks_operation = false;       // some condition
  bool reads_reply = false;          // its body
  bool tells_by_reply_head = false;  // facts stand in the reply's head
};

}  // namespace sallyport::discovery
