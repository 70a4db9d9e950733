// Zeek's conn.log, ssl.log and http.log, as tab-separated values with their #fields, and as JSON:
//
//   yields      from the first of
//   time        ts (seconds, or ISO 8601 in JSON)
//   client      id.orig_h
//   user        username
//   host        server_name (ssl), host (http)
//   server      id.resp_h
//   port        id.resp_p
//   path        uri
//   method      method
//   bytes up    orig_bytes, request_body_len
//   bytes down  resp_bytes, response_body_len
//   status      status_code
//   user agent  user_agent
//   content     resp_mime_types, the first
//
// Nothing is blocked: Zeek looks on. A connection stands in each of the three logs: import conn.log
// for bytes, or ssl.log and http.log for names, and not both into one picture. ICMP is set aside,
// and so are the other logs.

#include "discovery/imports/json_fields.h"
#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kFields[] = {
    {"ts", Role::time},
    {"id.orig_h", Role::client},
    {"username", Role::user},
    {"server_name", Role::host},
    {"host", Role::host},
    {"id.resp_h", Role::server},
    {"id.resp_p", Role::port},
    {"uri", Role::path},
    {"method", Role::method},
    {"orig_bytes", Role::up},
    {"request_body_len", Role::up},
    {"resp_bytes", Role::down},
    {"response_body_len", Role::down},
    {"status_code", Role::status},
    {"user_agent", Role::user_agent},
    {"resp_mime_types", Role::content_type},
    {"proto", Role::kind},
};

class ZeekParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    fields_.clear();
    if (line.starts_with('#')) return read_directive(line);
    if (line.starts_with('{')) {
      static constexpr std::string_view kExtra[] = {"uid"};
      if (!json_.read(line, kFields, kExtra, fields_) || json_.extra(0).empty()) {
        return Reading::shape;
      }
      return finish(record);
    }
    if (roles_.empty() || !columns_.split(line, separator_, '\0')) return Reading::shape;
    if (columns_.size() != roles_.size()) return Reading::shape;
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      if (roles_[i] == kNoRow || columns_[i] == "(empty)") continue;
      std::string_view text = columns_[i];
      // The first of a set.
      if (kFields[roles_[i]].role == Role::content_type) text = text.substr(0, text.find(','));
      fields_.set(kFields[roles_[i]].role, text, roles_[i]);
    }
    return of_use_ ? finish(record) : Reading::aside;
  }

 private:
  static constexpr std::size_t kNoRow = 255;

  Reading finish(LogRecord& record) {
    if (fields_.get(Role::kind) == "icmp" || !fields_.has(Role::server)) return Reading::aside;
    const Reading reading = fields_.into(record, times_, destinations_);
    record.action = LogAction::unknown;
    return reading;
  }

  Reading read_directive(std::string_view line) {
    std::string_view name = line.substr(1);
    const std::size_t end = name.find_first_of("\t ");
    const std::string_view rest = end == name.npos ? std::string_view() : name.substr(end + 1);
    name = name.substr(0, end);
    if (name == "separator") {
      separator_ = rest == "\\x2c" ? ',' : '\t';
      return Reading::aside;
    }
    if (name == "path") {
      of_use_ = rest == "conn" || rest == "ssl" || rest == "http";
      return Reading::aside;
    }
    for (const std::string_view known :
         {"set_separator", "empty_field", "unset_field", "open", "close", "types"}) {
      if (name == known) return Reading::aside;
    }
    if (name != "fields" || !columns_.split(rest, separator_, '\0')) return Reading::shape;
    roles_.assign(columns_.size(), kNoRow);
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      for (std::size_t row = 0; row < std::size(kFields); ++row) {
        if (kFields[row].name == columns_[i]) roles_[i] = row;
      }
    }
    return Reading::aside;
  }

  std::vector<std::size_t> roles_;  // row of kFields by column
  char separator_ = '\t';
  bool of_use_ = true;
  Columns columns_;
  JsonFields json_;
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_zeek(const TimeOptions& times) { return std::make_unique<ZeekParser>(times); }

}  // namespace sallyport::discovery::imports
