#include "discovery/logs/line_format.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "discovery/events/encode.h"
#include "discovery/logs/line_pieces.h"
#include "discovery/logs/record_fields.h"
#include "discovery/logs/squid.h"

namespace sallyport::discovery {
namespace {

// A value, before it is encoded. `ours` is what holds a blank and needs no encoding: a time.
struct Value {
  std::string text;
  bool ours = false;
};

Value number(std::int64_t value) { return {std::to_string(value)}; }
Value number(std::uint64_t value) { return {std::to_string(value)}; }
Value text(std::string_view value) { return {std::string(value)}; }
Value port(std::uint16_t value) { return value == 0 ? text("") : number(std::uint64_t{value}); }

// "26/Nov/2026:03:56:06 +0000": Squid's default for tl and tg.
std::string common_log_time(Time time) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::string rfc = format_rfc3339(time);  // 2026-11-26T03:56:06.000000Z
  const auto month = static_cast<std::size_t>((rfc[5] - '0') * 10 + (rfc[6] - '0') - 1);
  return fmt::format("{}/{}/{}:{} +0000", rfc.substr(8, 2), kMonths.substr(month * 3, 3),
                     rfc.substr(0, 4), rfc.substr(11, 8));
}

std::string url_path(const Event& event) {
  std::string path = event.activity.path.value_or("");
  if (!event.query.empty()) path += "?" + event.query;
  return path;
}

std::string_view bump_mode(const Event& event) {
  if (event.kind == EventKind::tunnel) return "splice";
  return event.intercepted ? "bump" : "";
}

Value value_of(LineCode code, const Event& event) {
  const policy::Activity& facts = event.activity;
  const auto since_epoch = squid::end(event).time_since_epoch();
  switch (code) {
    case LineCode::field:
      break;
    case LineCode::seconds:
      return number(std::chrono::floor<std::chrono::seconds>(since_epoch).count());
    case LineCode::milliseconds:
      return number((std::chrono::floor<std::chrono::milliseconds>(since_epoch) -
                     std::chrono::floor<std::chrono::seconds>(since_epoch))
                        .count());
    case LineCode::local_time:
      return {common_log_time(squid::end(event)), true};
    case LineCode::response_time:
      return number(squid::milliseconds(event));
    case LineCode::client_address:
      return text(facts.client.address.to_string());
    case LineCode::client_port:
      return port(event.client_port);
    case LineCode::server_address:
      return text(squid::server_address(event));
    case LineCode::server_port:
      return squid::server_address(event).empty() ? text("") : port(facts.port);
    case LineCode::user:
      return text(facts.user.value_or(""));
    case LineCode::signed_in_user:
      return text(event.user_source == "basic" ? facts.user.value_or("") : "");
    case LineCode::result:
      return text(squid::result(event));
    case LineCode::hierarchy:
      return text(squid::hierarchy(event));
    case LineCode::status:
      return number(std::int64_t{facts.status.value_or(0)});
    case LineCode::method:
      return text(squid::method(event));
    case LineCode::url:
      return text(squid::url(event));
    case LineCode::url_path:
      return text(url_path(event));
    case LineCode::scheme:
      return text(facts.scheme);
    case LineCode::host:
      return text(facts.host);
    case LineCode::port:
      return port(facts.port);
    case LineCode::media_type:
      return text(event.media_type);
    case LineCode::bytes_out:
      return number(event.bytes_out);
    case LineCode::bytes_in:
      return number(event.bytes_in);
    case LineCode::header:
      return text(facts.user_agent.value_or(""));
    case LineCode::bump_mode:
      return text(bump_mode(event));
  }
  return {};
}

// At most so many characters of the value. Cut before encoding: half an escape would take what
// follows with it.
std::string_view cut(std::string_view text, std::size_t most) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size() && seen < most; ++seen) {
    at += decode_utf8(text.substr(at)).size;
  }
  return text.substr(0, at);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

void append_value(std::string& out, const LinePiece& piece, const Value& value) {
  std::string shown;
  const std::string_view text =
      piece.most > 0 ? cut(value.text, piece.most) : std::string_view(value.text);
  if (text.empty()) {
    shown = "-";
  } else if (value.ours) {
    shown = text;
  } else if (text == "-") {
    shown = piece.escape == Escape::quoted ? "\\x2D" : "%2D";
  } else {
    append_escaped(shown, text, piece.escape);
  }
  const std::size_t width = characters(shown);
  const std::size_t padding = piece.least > width ? piece.least - width : 0;
  const char with = piece.zeros && std::ranges::all_of(text, is_digit) ? '0' : ' ';
  if (!piece.left) out.append(padding, with);
  out += shown;
  if (piece.left) out.append(padding, ' ');
}

}  // namespace

void LineFormat::append(std::string& out, const Event& event) const {
  const Compiled& format = *compiled_;
  if (format.json) return append_json(out, event);
  std::vector<std::string> fields(format.fields.size());
  if (!fields.empty()) {
    std::string record;
    append_json(record, event);
    for_each_field(record, [&](std::string_view name, std::string_view value) {
      const auto found = std::find(format.fields.begin(), format.fields.end(), name);
      if (found != format.fields.end())
        fields[static_cast<std::size_t>(found - format.fields.begin())] = value;
    });
  }
  for (const LinePiece& piece : format.pieces) {
    out += piece.before;
    if (piece.code == LineCode::field) {
      append_value(out, piece, {fields[piece.field]});
    } else {
      append_value(out, piece, value_of(piece.code, event));
    }
  }
  out += format.after;
}

const std::string& LineFormat::text() const { return compiled_->text; }

}  // namespace sallyport::discovery
