#include "discovery/logs/syslog_message.h"

#include <gtest/gtest.h>
#include <map>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/logs/hostile_for_tests.h"
#include "discovery/logs/record_fields.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::blocked;

SyslogFormat plain() {
  SyslogFormat format;
  format.host_name = "gw.example";
  format.process_id = "4711";
  format.line = *LineFormat::parse({"%un %ru", {}});
  return format;
}

std::string message(const Event& event, const SyslogFormat& format) {
  std::string out;
  return append_syslog(out, event, format) ? out : "does not fit";
}

TEST(SyslogMessage, HasTheHeaderOfRfc5424) {
  EXPECT_EQ(message(allowed(1), plain()),
            "<134>1 2026-11-23T21:58:52.000000Z gw.example sallyport 4711 exchange - "
            "ana https://www.dropbox.com/home");
  SyslogFormat format = plain();
  format.facility = 3;
  format.severity = 7;
  format.app_name = "edge";
  Event event = blocked(1);
  event.kind = EventKind::tunnel;
  EXPECT_TRUE(message(event, format)
                  .starts_with("<31>1 2026-11-23T21:58:52.000000Z gw.example edge 4711 tunnel - "));
}

TEST(SyslogMessage, HasASeverityThatSaysWhatBecameOfIt) {
  std::string severities;
  for (int ending = 0; ending <= static_cast<int>(Ending::failed); ++ending) {
    Event event;
    event.ending = static_cast<Ending>(ending);
    severities += std::string(to_string(event.ending)) + "=" +
                  std::string(severity_words()[static_cast<std::size_t>(severity_of(event))]) + " ";
  }
  EXPECT_EQ(severities,
            "completed=info blocked=warning refused=warning client_closed=info "
            "origin_failed=notice timed_out=notice failed=error ");
}

TEST(SyslogMessage, CarriesTheRecordAsJson) {
  SyslogFormat format = plain();
  format.line = LineFormat::json();
  const std::string text = message(blocked(1), format);
  const auto event = parse_event(text.substr(text.find('{')));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->verdict.policy, "no personal storage");
}

// A reader of RFC 5424 section 6.3 that knows the grammar and nothing of us: the parameters of the
// one element, or {"bad": where} where the text is none.
std::map<std::string, std::string> parameters(std::string_view text) {
  const std::map<std::string, std::string> bad{{"bad", std::string(text.substr(0, 40))}};
  std::map<std::string, std::string> found;
  for (int blanks = 0; blanks < 6; ++blanks) {
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos || blank == 0) return bad;
    text.remove_prefix(blank + 1);
  }
  if (!text.starts_with("[sallyport@32473")) return bad;
  text.remove_prefix(16);
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos || equals == 0 || equals > 32) return bad;
    std::string& value = found[std::string(text.substr(0, equals))];
    text.remove_prefix(equals + 2);
    while (!text.empty() && text.front() != '"') {
      if (text.front() == ']') return bad;  // Must have been escaped.
      if (text.front() == '\\' && text.size() > 1 &&
          std::string_view("\"\\]").find(text[1]) != std::string_view::npos) {
        text.remove_prefix(1);
      }
      value += text.front();
      text.remove_prefix(1);
    }
    if (text.empty()) return bad;
    text.remove_prefix(1);
  }
  return text == "]" ? found : bad;
}

TEST(SyslogMessage, HasEveryFieldAsStructuredData) {
  SyslogFormat format = plain();
  format.structured = true;
  Event event = blocked(1);
  event.activity.user_agent = "a\"b\\c]d\n";
  const auto found = parameters(message(event, format));
  EXPECT_EQ(found.at("user"), "bob");
  EXPECT_EQ(found.at("client.ip"), "198.51.100.9");
  EXPECT_EQ(found.at("app.name"), "Dropbox");
  EXPECT_EQ(found.at("policy"), "no personal storage");
  EXPECT_EQ(found.at("bytes_in"), "512");
  EXPECT_EQ(found.at("intercepted"), "false");
  EXPECT_EQ(found.at("user_agent"), "a\"b\\c]d\\x0A");
  for (const std::string_view name : record_fields()) EXPECT_LE(name.size(), 32u) << name;
}

TEST(SyslogMessage, IsOneMessageWithItsFieldsWhateverTheEventHolds) {
  SyslogFormat structured = plain();
  structured.structured = true;
  structured.most = 1 << 20;
  Event harmless = samples::hostile("x");
  const std::size_t fields = parameters(message(harmless, structured)).size();
  ASSERT_GT(fields, 40u);
  for (const std::string& text : samples::hostile_texts()) {
    const Event event = samples::hostile(text);
    const std::string whole = message(event, structured);
    EXPECT_EQ(printable(whole), whole);
    EXPECT_EQ(parameters(whole).size(), fields) << printable(whole);

    SyslogFormat json = structured;
    json.structured = false;
    json.line = LineFormat::json();
    const std::string record = message(event, json);
    EXPECT_EQ(printable(record), record);
    EXPECT_TRUE(parse_event(record.substr(record.find('{')))) << printable(record);
  }
}

TEST(SyslogMessage, IsCutToItsLimitAndStaysWhole) {
  SyslogFormat format = plain();
  format.line = LineFormat::json();
  format.most = 2048;
  for (const std::string& text :
       {std::string(5000, 'x'), std::string(3000, '"'), std::string(2000, '\n')}) {
    Event event = blocked(1);
    event.activity.path = "/" + text;
    event.activity.user_agent = text;
    event.activity.groups.assign(300, "group");
    event.activities.assign(50, event.activities.front());
    const std::string record = message(event, format);
    EXPECT_LE(record.size(), 2048u);
    const auto read = parse_event(record.substr(std::min(record.find('{'), record.size())));
    ASSERT_TRUE(read) << record;
    EXPECT_EQ(read->id, event.id);
    EXPECT_TRUE(read->activity.path->ends_with("..."));

    SyslogFormat structured = format;
    structured.structured = true;
    const std::string whole = message(event, structured);
    EXPECT_LE(whole.size(), 2048u);
    EXPECT_EQ(parameters(whole).count("bad"), 0u) << whole;
  }
}

TEST(SyslogMessage, CutsBetweenCharacters) {
  SyslogFormat format = plain();
  format.most = 1024;
  Event event = allowed(1);
  event.activity.user.emplace();
  for (int i = 0; i < 500; ++i) *event.activity.user += "\xe2\x82\xac";
  format.line = *LineFormat::parse({"\"%\"un\"", {}});
  const std::string text = message(event, format);
  EXPECT_LE(text.size(), 1024u);
  EXPECT_TRUE(text.ends_with("\xe2\x82\xac...\"")) << text;
}

TEST(SyslogMessage, SaysWhereItDoesNotFit) {
  SyslogFormat format = plain();
  format.line = LineFormat::json();
  format.most = 100;
  std::string out = "before";
  EXPECT_FALSE(append_syslog(out, blocked(1), format));
  EXPECT_EQ(out, "before");
}

TEST(SyslogMessage, KnowsItsWords) {
  EXPECT_EQ(facility_words().size(), 24u);
  EXPECT_EQ(facility_words()[16], "local0");
  EXPECT_EQ(severity_words()[4], "warning");
  EXPECT_TRUE(is_syslog_word("gw-1.example", 255));
  for (const std::string_view text : {"", "a b", "a\n", "\xc3\xa4", "toolong"}) {
    EXPECT_FALSE(is_syslog_word(text, 6)) << text;
  }
  EXPECT_TRUE(is_structured_id("sallyport@32473"));
  EXPECT_TRUE(is_structured_id("x@1.2.3"));
  for (const std::string_view text :
       {"", "x", "@1", "x@", "x@a", "x@1.", "a]@1", "a=@1", "a b@1"}) {
    EXPECT_FALSE(is_structured_id(text)) << text;
  }
}

}  // namespace
}  // namespace sallyport::discovery
