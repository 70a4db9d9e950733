// The W3C Extended Log File Format (working draft WD-logfile-960323): Blue Coat ProxySG, Forefront
// TMG and ISA, Barracuda, Netskope, IIS, Cisco WSA. The directive #Fields names the columns; it may
// come again and name others. Columns stand between blanks, or between tabs where #Fields has tabs.
//
//   yields      from the first of
//   time        date and time, gmttime, localtime, x-timestamp
//   client      c-ip, x-c-ip, x-forwarded-for
//   user        cs-username, x-cs-username, cs-userdn, c-username
//   host        cs-host, cs(host), r-host, x-cs-host, cs-uri-host
//   server      r-ip, r-supplier-ip, s-supplier-ip, cs-ip; of IIS s-ip
//   port        cs-uri-port, r-port; of IIS s-port
//   URL         cs-uri, c-uri; or cs-uri-scheme and cs-uri-path or cs-uri-stem
//   method      cs-method, s-operation
//   bytes up    cs-bytes
//   bytes down  sc-bytes
//   total       bytes
//   status      sc-status
//   action      sc-filter-result, action, s-action
//   user agent  cs(user-agent), cs-user-agent, c-agent
//   content     rs(content-type), sc-content-type, cs-mime-type
//
// Dates and times are GMT by the draft; a zone of the operator's wins, because some devices write
// local ones.

#include "base/core/text.h"
#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kFields[] = {
    {"date", Role::date},
    {"time", Role::clock},
    {"gmttime", Role::time},
    {"localtime", Role::time},
    {"x-timestamp", Role::time},
    {"c-ip", Role::client},
    {"x-c-ip", Role::client},
    {"x-forwarded-for", Role::client},
    {"cs-username", Role::user},
    {"x-cs-username", Role::user},
    {"cs-userdn", Role::user},
    {"c-username", Role::user},
    {"cs-host", Role::host},
    {"cs(host)", Role::host},
    {"r-host", Role::host},
    {"x-cs-host", Role::host},
    {"cs-uri-host", Role::host},
    {"r-ip", Role::server},
    {"r-supplier-ip", Role::server},
    {"s-supplier-ip", Role::server},
    {"cs-ip", Role::server},
    {"cs-uri-port", Role::port},
    {"r-port", Role::port},
    {"cs-uri", Role::url},
    {"c-uri", Role::url},
    {"cs-uri-scheme", Role::scheme},
    {"cs-protocol", Role::scheme},
    {"cs-uri-path", Role::path},
    {"cs-uri-stem", Role::path},
    {"cs-method", Role::method},
    {"s-operation", Role::method},
    {"cs-bytes", Role::up},
    {"sc-bytes", Role::down},
    {"bytes", Role::total},
    {"sc-status", Role::status},
    {"sc-filter-result", Role::action},
    {"action", Role::action},
    {"s-action", Role::action},
    {"cs(user-agent)", Role::user_agent},
    {"cs-user-agent", Role::user_agent},
    {"c-agent", Role::user_agent},
    {"rs(content-type)", Role::content_type},
    {"sc-content-type", Role::content_type},
    {"cs-mime-type", Role::content_type},
};
// What the web server itself is, of IIS, is the proxy to others.
constexpr NamedRole kServerFields[] = {{"s-ip", Role::server}, {"s-port", Role::port}};

class W3cParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    if (!line.starts_with('#') && (line.starts_with('<') || is_alpha(line.empty() ? ' ' : line[0])))
      line = read_syslog(line).message;
    if (line.starts_with('#')) return read_directive(line);
    if (roles_.empty() || !columns_.split(line, separator_)) return Reading::shape;
    if (columns_.size() != roles_.size()) return Reading::shape;
    fields_.clear();
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      fields_.set(roles_[i].role, columns_[i], roles_[i].rank);
    }
    return fields_.into(record, times_, destinations_);
  }

 private:
  struct Column {
    Role role = Role::none;
    std::size_t rank = 0;
  };

  Reading read_directive(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos || colon < 2 || !is_alpha(line[1])) return Reading::shape;
    const std::string_view name = line.substr(1, colon - 1);
    for (const std::string_view known :
         {"Version", "Date", "Start-Date", "End-Date", "Software", "Remark"}) {
      if (iequals(name, known)) return Reading::aside;
    }
    if (!iequals(name, "Fields")) return Reading::shape;
    return read_fields(trim(line.substr(colon + 1))) ? Reading::aside : Reading::shape;
  }

  bool read_fields(std::string_view names) {
    separator_ = names.find('\t') != names.npos ? '\t' : ' ';
    Columns words;
    if (!words.split(names, separator_, '\0')) return false;
    roles_.assign(words.size(), {});
    bool of_server = false;
    for (std::size_t i = 0; i < words.size(); ++i) of_server |= words[i] == "cs-uri-stem";
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string name = lower(trim(words[i]));
      choose(kFields, name, roles_[i]);
      if (of_server) choose(kServerFields, name, roles_[i]);
    }
    return true;
  }

  static void choose(std::span<const NamedRole> table, std::string_view name, Column& column) {
    for (std::size_t rank = 0; rank < table.size(); ++rank) {
      if (table[rank].name == name) column = {table[rank].role, rank};
    }
  }

  std::vector<Column> roles_;  // of the columns; empty before #Fields
  char separator_ = ' ';
  Columns columns_;
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_w3c(const TimeOptions& times) { return std::make_unique<W3cParser>(times); }

}  // namespace sallyport::discovery::imports
