// PAN-OS syslog in its default format, CSV by position (PAN-OS Administrator's Guide, Syslog Field
// Descriptions): TRAFFIC, and THREAT of the subtype url.
//
//   yields      column of TRAFFIC, from 1       of THREAT url
//   time        7 generated, 2 received         the same
//   client      8                               8
//   user        13                              13
//   server      9                               9
//   port        26                              26
//   URL, host   of an earlier url line of the   32, without a scheme
//               session
//   method      -                               64
//   bytes       33 up, 34 down                  -
//   action      31                              31
//   user agent  -                               47
//   content     -                               42
//
// Times are the firewall's, without a zone. Lines of TRAFFIC that begin a session and all others
// are set aside. A session that has both kinds is several records; the last counts its bytes, and
// is no transaction.

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr ColumnRole kBoth[] = {{6, Role::time},   {1, Role::time},   {7, Role::client},
                                {12, Role::user},  {8, Role::server}, {25, Role::port},
                                {30, Role::action}};
constexpr ColumnRole kTraffic[] = {{32, Role::up}, {33, Role::down}, {31, Role::total}};
constexpr ColumnRole kUrl[] = {{31, Role::url}, {46, Role::user_agent}, {41, Role::content_type}};

class PaloAltoParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    const std::string_view message = read_syslog(line).message;
    if (!columns_.split(message, ',') || columns_.size() < 34) {
      return is_other(message) ? Reading::aside : Reading::shape;
    }
    const std::string_view kind = columns_[3], subtype = columns_[4];
    if (kind != "TRAFFIC" && kind != "THREAT") {
      return is_other(message) ? Reading::aside : Reading::shape;
    }
    const bool traffic = kind == "TRAFFIC";
    if (traffic ? subtype == "start" : subtype != "url") return Reading::aside;
    fields_.clear();
    take_columns(columns_, kBoth, fields_);
    const std::string_view session = columns_[22];
    if (traffic) {
      take_columns(columns_, kTraffic, fields_);
      fields_.set(Role::host, sessions_.take(columns_[2], session));
      record.same_session = fields_.has(Role::host);
      return fields_.into(record, times_, destinations_);
    }
    fields_.set(Role::method, upper(columns_[63]));
    take_columns(columns_, kUrl, fields_);
    const Reading reading = fields_.into(record, times_, destinations_);
    if (reading == Reading::record) sessions_.note(columns_[2], session, record.host);
    return reading;
  }

 private:
  // "1,2026/11/27 17:49:03,0011,SYSTEM,..."
  bool is_other(std::string_view message) {
    take_until(message, ',');
    const std::string_view time = take_until(message, ',');
    take_until(message, ',');
    const std::string_view kind = take_until(message, ',');
    if (time.size() != 19 || time[4] != '/') return false;
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"SYSTEM", "CONFIG", "HIPMATCH", "USERID",
                                                "GLOBALPROTECT", "AUTHENTICATION", "CORRELATION",
                                                "DECRYPTION", "TUNNEL", "SCTP", "IPTAG"},
        [&](std::string_view known) { return kind == known; });
  }

  // "get" -> "GET"
  std::string_view upper(std::string_view method) {
    if (method.size() > method_.size()) return {};
    for (std::size_t i = 0; i < method.size(); ++i) {
      const char c = method[i];
      method_[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    return std::string_view(method_.data(), method.size());
  }

  Columns columns_;
  Fields fields_;
  DestinationReader destinations_;
  SessionNames sessions_;
  std::array<char, 24> method_{};
};

}  // namespace

ParserPtr make_palo_alto(const TimeOptions& times) {
  return std::make_unique<PaloAltoParser>(times);
}

}  // namespace sallyport::discovery::imports
