#pragma once
// Reads the values of signatures out of an exchange: its head, the first bytes of its body, and
// those of the reply. Pure; what is read is whatever strangers sent.
//
// Limits: a value has 64 KiB at most, a list 1000 values, a form 200 fields. More is cut.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http/headers.h"
#include "base/json/selector.h"
#include "discovery/signatures/signature.h"

namespace sallyport::discovery {

// A request as far as it is known. Views into what outlives it.
struct RequestText {
  std::string_view host;
  std::string_view method;
  std::string_view path;                   // without its query
  std::string_view query;                  // without '?'
  const http::Headers* headers = nullptr;  // null: of a request inside of a batch
  std::string_view content_type;           // of the body, with parameters
  std::string_view body;                   // how it begins, decompressed
};

struct ReplyText {
  int status = 0;
  const http::Headers* headers = nullptr;
  std::string_view body;
};

class ExchangeValues {
 public:
  static constexpr std::size_t kMostValues = 1000;
  static constexpr std::size_t kMostFields = 200;

  explicit ExchangeValues(const RequestText& request) : request_(request) {}
  // Once it is known.
  void set_body(std::string_view body);
  void set_reply(const ReplyText& reply) {
    reply_ = reply;
    reply_of_ = nullptr;
    reply_json_.reset();
  }

  // The values that `value` has here: none, one, or several where it draws on a list. Those of
  // `body` and `reply` are looked for once per signature.
  std::vector<std::string> all(const Value& value, const Signature* of, const Variables& bound);
  // The first of them, or "".
  std::string first(const Value& value, const Signature* of, const Variables& bound);
  // Whether it has one.
  bool has(const Value& value, const Signature* of, const Variables& bound);
  bool holds(const Condition& condition, const Signature* of, const Variables& bound);

  // What the request calls itself beside its path (ACTIVITIES.md, "operation").
  const std::string& operation();
  // As if it called itself so.
  void set_operation(std::string name) { operation_ = std::move(name); }
  // What else it asks for, whatever it calls itself (operation.h).
  std::vector<std::string> mutations();
  const RequestText& request() const { return request_; }

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  // Which of the cases it is; null for none.
  const Value* choose(const Value::Choice& choice, const Signature* of, const Variables& bound);
  std::vector<std::string> piece(const ValuePiece& piece, const Signature* of,
                                 const Variables& bound);
  // The first value of a piece without steps, or "". `room` is for what stands nowhere as it is.
  std::string_view first_of(const ValuePiece& piece, const Signature* of, const Variables& bound,
                            std::string& room);
  std::string first_of(const Value::Text& text, const Signature* of, const Variables& bound);
  std::vector<std::string> values_of(const Value::Text& text, const Signature* of,
                                     const Variables& bound);
  // Null where there is none to look into.
  const JsonSelector* body_json(const Signature* of);
  const JsonSelector* reply_json(const Signature* of);
  const JsonSelector* token_json(const Signature* of);
  // `last_first`: the last of them counts most.
  std::span<const JsonValue> body_values(const ValuePiece& piece, const Signature* of,
                                         bool& last_first);
  const Fields& form();
  void read_body();
  const Fields& query();
  std::string find_operation();

  RequestText request_;
  std::optional<ReplyText> reply_;
  bool body_read_ = false;
  Fields form_;
  std::string part_;  // of a multipart that is no form: the part that is JSON
  std::optional<Fields> query_;
  std::optional<std::string> operation_;
  // Of the signature that was asked about last.
  const Signature* body_of_ = nullptr;
  std::unique_ptr<JsonSelector> body_;
  const Signature* reply_of_ = nullptr;
  std::unique_ptr<JsonSelector> reply_json_;
  std::optional<std::string> token_;  // the claims of the bearer's
  const Signature* token_of_ = nullptr;
  std::unique_ptr<JsonSelector> token_json_;
};

// Fields of application/x-www-form-urlencoded, decoded.
std::vector<std::pair<std::string, std::string>> read_form(std::string_view text);

}  // namespace sallyport::discovery
