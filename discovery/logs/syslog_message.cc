#include "discovery/logs/syslog_message.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "discovery/events/encode.h"
#include "discovery/logs/escape.h"
#include "discovery/logs/record_fields.h"

namespace sallyport::discovery {
namespace {

// RFC 5424 section 6: SD-NAME is 1 to 32 printable characters without = ] " and blank.
constexpr std::size_t kMaxName = 32;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && std::ranges::all_of(text, [](char c) {
    return c > 0x20 && c < 0x7f && c != '=' && c != ']' && c != '"';
  });
}

void append_structured(std::string& out, const Event& event, const std::string& id) {
  std::string record;
  append_json(record, event);
  out += '[';
  out += id;
  for_each_field(record, [&](std::string_view name, std::string_view value) {
    if (!is_name(name)) return;
    out += ' ';
    out += name;
    out += "=\"";
    append_escaped(out, value, Escape::sd_value);
    out += '"';
  });
  out += ']';
}

void append_message(std::string& out, const Event& event, const SyslogFormat& format) {
  const int severity = format.severity.value_or(severity_of(event));
  const std::string time = format_rfc3339(event.start);
  out += '<';
  out += std::to_string(format.facility * 8 + severity);
  out += ">1 ";
  for (const std::string_view word : {std::string_view(time), std::string_view(format.host_name),
                                      std::string_view(format.app_name),
                                      std::string_view(format.process_id), to_string(event.kind)}) {
    out += word;
    out += ' ';
  }
  if (format.structured) return append_structured(out, event, format.structured_id);
  out += "- ";
  format.line.append(out, event);
}

void cut(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  std::size_t at = 0;
  while (true) {
    const std::size_t next = at + decode_utf8(std::string_view(text).substr(at)).size;
    if (next + 3 > most) break;
    at = next;
  }
  text.resize(at);
  text += "...";
}

void cut(std::optional<std::string>& text, std::size_t most) {
  if (text) cut(*text, most);
}

template <class T>
void shorten(std::vector<T>& list, std::size_t most) {
  if (list.size() > most) list.resize(most);
}

void cut(std::vector<std::string>& texts, std::size_t most, std::size_t items) {
  shorten(texts, items);
  for (std::string& text : texts) cut(text, most);
}

void cut(policy::Verdict& verdict, std::size_t most, std::size_t items) {
  cut(verdict.policy, most);
  cut(verdict.say, most);
  shorten(verdict.rehearsed, items);
  for (auto& rehearsed : verdict.rehearsed) cut(rehearsed.policy, most);
}

// Only what strangers or rules can make long.
Event shortened(Event event, std::size_t most, std::size_t items) {
  policy::Activity& facts = event.activity;
  for (auto* text : {&facts.user, &facts.path, &facts.method, &facts.user_agent}) cut(*text, most);
  for (auto* text : {&event.query, &event.error, &event.media_type, &facts.host}) cut(*text, most);
  cut(facts.groups, most, items);
  cut(facts.client.tags, most, items);
  if (facts.destination) cut(facts.destination->tags, most, items);
  if (facts.app) {
    cut(facts.app->name, most);
    cut(facts.app->tags, most, items);
  }
  cut(event.verdict, most, items);
  shorten(event.activities, items);
  for (ActivityRecord& record : event.activities) cut(record.verdict, most, items);
  return event;
}

}  // namespace

int severity_of(const Event& event) {
  switch (event.ending) {
    case Ending::blocked:
    case Ending::refused:
      return 4;
    case Ending::failed:
      return 3;
    case Ending::origin_failed:
    case Ending::timed_out:
      return 5;
    case Ending::completed:
    case Ending::client_closed:
      break;
  }
  return 6;
}

bool append_syslog(std::string& out, const Event& event, const SyslogFormat& format) {
  const std::size_t before = out.size();
  append_message(out, event, format);
  if (out.size() - before <= format.most) return true;
  struct Step {
    std::size_t text;
    std::size_t items;
  };
  for (const Step step : {Step{512, 16}, Step{128, 4}, Step{32, 1}}) {
    out.resize(before);
    append_message(out, shortened(event, step.text, step.items), format);
    if (out.size() - before <= format.most) return true;
  }
  out.resize(before);
  return false;
}

const std::vector<std::string_view>& facility_words() {
  static const std::vector<std::string_view> words{
      "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
      "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
      "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};
  return words;
}

const std::vector<std::string_view>& severity_words() {
  static const std::vector<std::string_view> words{"emergency", "alert",  "critical", "error",
                                                   "warning",   "notice", "info",     "debug"};
  return words;
}

bool is_syslog_word(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_structured_id(std::string_view text) {
  const std::size_t at = text.find('@');
  if (!is_name(text) || at == 0 || at == std::string_view::npos) return false;
  const std::string_view number = text.substr(at + 1);
  // A number may have parts: 32473.1.2
  return !number.empty() && is_digit(number.front()) && is_digit(number.back()) &&
         std::ranges::all_of(number, [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace sallyport::discovery
