// Our own records, a JSON object in each line (discovery/events/encode.h):
//
//   time time; client client.ip; user user; host host; server destination.ip; port port; scheme;
//   method; path; bytes up bytes_in, bytes down bytes_out; status; user agent user_agent; content
//   media_type; action blocked where ending is blocked or refused, else allowed
//
// Connections that came to no destination are set aside.

#include "discovery/imports/json_fields.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kFields[] = {
    {"time", Role::time},
    {"client.ip", Role::client},
    {"user", Role::user},
    {"host", Role::host},
    {"destination.ip", Role::server},
    {"port", Role::port},
    {"scheme", Role::scheme},
    {"method", Role::method},
    {"path", Role::path},
    {"bytes_in", Role::up},
    {"bytes_out", Role::down},
    {"status", Role::status},
    {"user_agent", Role::user_agent},
    {"media_type", Role::content_type},
};

enum Extra : std::size_t { connection_id, kind, ending };
constexpr std::string_view kExtra[] = {"connection_id", "kind", "ending"};

class SallyportParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    if (!line.starts_with('{')) line = read_syslog(line).message;
    fields_.clear();
    if (!line.starts_with('{') || !json_.read(line, kFields, kExtra, fields_))
      return Reading::shape;
    const std::string_view end = json_.extra(ending);
    if (json_.extra(connection_id).empty() || json_.extra(kind).empty() || end.empty()) {
      return Reading::shape;
    }
    if (!fields_.names_destination()) return Reading::aside;
    const Reading reading = fields_.into(record, times_, destinations_);
    const bool blocked = end == "blocked" || end == "refused";
    record.action = blocked ? LogAction::blocked : LogAction::allowed;
    return reading;
  }

 private:
  JsonFields json_;
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_sallyport(const TimeOptions& times) {
  return std::make_unique<SallyportParser>(times);
}

}  // namespace sallyport::discovery::imports
