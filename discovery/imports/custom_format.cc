#include "discovery/imports/custom_format.h"

#include <fmt/format.h>

#include "base/yaml/reader.h"
#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kRoleWords[] = {
    {"client", Role::client},
    {"user", Role::user},
    {"url", Role::url},
    {"host", Role::host},
    {"server", Role::server},
    {"port", Role::port},
    {"scheme", Role::scheme},
    {"method", Role::method},
    {"path", Role::path},
    {"bytes_up", Role::up},
    {"bytes_down", Role::down},
    {"bytes_total", Role::total},
    {"status", Role::status},
    {"action", Role::action},
    {"user_agent", Role::user_agent},
    {"content_type", Role::content_type},
};

class FormatReader {
 public:
  explicit FormatReader(Diagnostics& found) : found_(found) {}

  std::shared_ptr<const CustomFormat> read(const yaml::Node& node) {
    auto format = std::make_shared<CustomFormat>();
    yaml::MapReader map(node, found_, "parser");
    format->name = map.required_text("name").value;
    const auto kind = map.word("kind", {"csv", "key_value"});
    map.required("kind");
    format->csv = kind.value_or(0) == 0;
    format->separator = character(map, "separator", format->csv ? ',' : ' ');
    if (format->csv) {
      format->header = map.boolean("header", true);
    } else {
      format->assign = character(map, "assign", '=');
      format->header = false;
    }
    by_number_ = format->csv && !format->header;
    format->skip = map.text("skip").value;
    if (const yaml::Node* time = map.required("time")) read_time(*time, *format);
    if (const yaml::Node* fields = map.required("fields")) read_fields(*fields, *format);
    for (const auto& word : map.texts("blocked")) format->blocked.push_back(word.value);
    map.finish();
    if (!format->csv && format->separator == format->assign) {
      found_.error(node.place, "'separator' and 'assign' are the same character");
    }
    return format;
  }

 private:
  char character(yaml::MapReader& map, std::string_view key, char fallback) {
    if (!map.has(key)) return fallback;
    const Spanned<std::string> written = map.text(key);
    constexpr std::pair<std::string_view, char> kWords[] = {
        {"tab", '\t'}, {"space", ' '}, {"comma", ','}, {"semicolon", ';'}, {"bar", '|'}};
    for (const auto& [word, c] : kWords) {
      if (written.value == word) return c;
    }
    if (written.value.size() != 1 || written.value[0] == '"') {
      found_.error(written.place, fmt::format("'{}' is one character", key),
                   "or tab, space, comma, semicolon, bar");
      return fallback;
    }
    return written.value[0];
  }

  void read_time(const yaml::Node& node, CustomFormat& format) {
    yaml::MapReader map(node, found_, "time");
    const bool whole = map.has("field");
    const bool apart = map.has("date") || map.has("clock");
    if (whole == apart) {
      found_.error(node.place, "a time is a 'field', or a 'date' and a 'clock'");
    }
    if (whole) add(format, Role::time, map.text("field"));
    if (apart) {
      add(format, Role::date, map.required_text("date"));
      add(format, Role::clock, map.required_text("clock"));
    }
    const Spanned<std::string> shape = map.text("format");
    map.finish();
    if (shape.value.empty()) return;
    if (!is_time_format(shape.value)) {
      found_.error(shape.place, "a format tells the day and the time of day",
                   "of %Y %y %m %b %d %e %H %I %p %M %S %f %z %s");
    }
    format.time_format = shape.value;
  }

  void read_fields(const yaml::Node& node, CustomFormat& format) {
    yaml::MapReader map(node, found_, "fields");
    bool client = false, destination = false;
    for (const NamedRole& row : kRoleWords) {
      if (!map.has(row.name)) continue;
      add(format, row.role, map.text(row.name));
      client |= row.role == Role::client;
      destination |= row.role == Role::url || row.role == Role::host || row.role == Role::server;
    }
    map.finish();
    if (!client) found_.error(node.place, "fields need 'client'");
    if (!destination) found_.error(node.place, "fields need 'url', 'host' or 'server'");
  }

  void add(CustomFormat& format, Role role, const Spanned<std::string>& written) {
    CustomFormat::Field field;
    field.role = role;
    if (by_number_) {
      const auto number = parse_decimal(written.value);
      if (!number || *number == 0 || *number > Columns::kMost) {
        found_.error(
            written.place,
            fmt::format("without a header a column is a number from 1 to {}", Columns::kMost));
        return;
      }
      field.column = static_cast<std::size_t>(*number - 1);
    } else if (written.value.empty()) {
      found_.error(written.place, "a field has a name");
    } else {
      field.name = written.value;
    }
    format.fields.push_back(std::move(field));
  }

  Diagnostics& found_;
  bool by_number_ = false;
};

class CustomParser final : public LineParser {
 public:
  CustomParser(const TimeOptions& times, std::shared_ptr<const CustomFormat> format)
      : LineParser(times), format_(std::move(format)) {
    columns_of_fields_.resize(format_->fields.size());
    for (std::size_t i = 0; i < format_->fields.size(); ++i) {
      columns_of_fields_[i] = format_->fields[i].column;
    }
  }

  Reading read(std::string_view line, LogRecord& record) override {
    if (line.empty() || (!format_->skip.empty() && line.starts_with(format_->skip))) {
      return Reading::aside;
    }
    fields_.clear();
    if (format_->csv) {
      if (!columns_.split(line, format_->separator)) return Reading::shape;
      if (format_->header && !headed_) return read_header();
      if (format_->header && columns_.size() != width_) return Reading::shape;
      for (std::size_t i = 0; i < format_->fields.size(); ++i) {
        if (columns_of_fields_[i] >= columns_.size()) return Reading::shape;
        fields_.set(format_->fields[i].role, columns_[columns_of_fields_[i]], i);
      }
    } else if (!read_pairs(line)) {
      return Reading::shape;
    }
    if (!read_time(record)) return Reading::time;
    if (!fields_.has(Role::client)) return Reading::address;
    const Reading reading = fields_.into(record, destinations_);
    judge(record);
    return reading;
  }

 private:
  Reading read_header() {
    for (std::size_t i = 0; i < format_->fields.size(); ++i) {
      std::size_t column = 0;
      while (column < columns_.size() && trim(columns_[column]) != format_->fields[i].name)
        ++column;
      if (column == columns_.size()) return Reading::shape;
      columns_of_fields_[i] = column;
    }
    headed_ = true;
    width_ = columns_.size();
    return Reading::aside;
  }

  bool read_pairs(std::string_view line) {
    const std::string_view message = read_syslog(line).message;
    PairReader pairs(message, {format_->assign, format_->separator, '"'});
    std::string_view name, value;
    bool any = false;
    while (pairs.next(name, value)) {
      for (std::size_t i = 0; i < format_->fields.size(); ++i) {
        if (format_->fields[i].name != name) continue;
        fields_.set(format_->fields[i].role, value, i);
        any = true;
      }
    }
    return any;
  }

  bool read_time(LogRecord& record) {
    std::optional<Time> time;
    std::string_view whole = fields_.get(Role::time);
    if (whole.empty() && fields_.has(Role::date) && fields_.has(Role::clock)) {
      joined_.assign(fields_.get(Role::date));
      (joined_ += ' ') += fields_.get(Role::clock);
      whole = joined_;
    }
    time = format_->time_format.empty() ? times_.read(whole)
                                        : times_.read_by(format_->time_format, whole);
    if (time) record.time = *time;
    return time.has_value();
  }

  void judge(LogRecord& record) const {
    const std::string_view word = fields_.get(Role::action);
    if (format_->blocked.empty() || word.empty()) return;
    const bool blocked =
        std::ranges::any_of(format_->blocked, [&](const std::string& one) { return one == word; });
    record.action = blocked ? LogAction::blocked : LogAction::allowed;
  }

  const std::shared_ptr<const CustomFormat> format_;
  std::vector<std::size_t> columns_of_fields_;
  bool headed_ = false;
  std::size_t width_ = 0;
  Columns columns_;
  Fields fields_;
  DestinationReader destinations_;
  std::string joined_;
};

Checked<std::shared_ptr<const CustomFormat>> made_of(const yaml::Node& node) {
  Diagnostics found;
  auto format = FormatReader(found).read(node);
  if (found.has_errors()) return std::unexpected(std::move(found));
  return format;
}

}  // namespace

Checked<std::shared_ptr<const CustomFormat>> CustomFormat::parse(SourcePtr source) {
  auto node = yaml::parse(std::move(source));
  if (!node) return std::unexpected(std::move(node.error()));
  return made_of(*node);
}

Checked<std::shared_ptr<const CustomFormat>> CustomFormat::load(const std::string& path) {
  auto node = yaml::parse_file(path);
  if (!node) return std::unexpected(std::move(node.error()));
  return made_of(*node);
}

ParserPtr make_custom(const TimeOptions& times, std::shared_ptr<const CustomFormat> format) {
  return std::make_unique<CustomParser>(times, std::move(format));
}

}  // namespace sallyport::discovery::imports
