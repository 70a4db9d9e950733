// Alerts as RFC 5424 messages, whole and shortened.

#include "proxy/delivery/syslog_alert.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/json/cursor.h"
#include "discovery/alerts/alert_samples_for_tests.h"

namespace sallyport::delivery {
namespace {

namespace samples = discovery::samples;

std::string message(const discovery::Alert& alert, const SyslogOptions& options,
                    bool test = false) {
  std::string out = "before";
  if (!append_syslog(out, alert, options, "gw.example", test)) {
    EXPECT_EQ(out, "before");
    return "too large";
  }
  return out.substr(6);
}

TEST(SyslogAlert, IsAMessageOfRfc5424) {
  SyslogOptions options;
  options.text = SyslogText::json;
  const discovery::Alert alert = samples::alert(1);
  std::string json;
  append_json(json, alert);
  const std::string head = " " + std::to_string(::getpid()) + " alert - ";
  EXPECT_EQ(message(alert, options),
            "<130>1 " + format_rfc3339(alert.time) + " gw.example sallyport" + head + json);
  options.facility = 3;
  options.host_name = "other";
  options.app_name = "casb";
  EXPECT_TRUE(message(samples::app_alert(1), options).starts_with("<29>1 "));
  EXPECT_NE(message(alert, options).find(" other casb" + head), std::string::npos);
  EXPECT_NE(message(alert, options, true).find("alert - {\"test\":true,"), std::string::npos);
  options.text = SyslogText::cef;
  EXPECT_NE(message(alert, options).find("alert - CEF:0|"), std::string::npos);
}

TEST(SyslogAlert, ShortensWhatIsLongAndStaysWhole) {
  discovery::Alert alert = samples::alert(1);
  alert.events.assign(discovery::kMostEvidence, samples::id_of(5));
  for (std::string* text : {&alert.policy_id, &alert.policy, &alert.user, &alert.app_id,
                            &alert.app_name, &alert.host, &alert.text}) {
    *text = std::string(3000, '\x01') + std::string(3000, '\\');
  }
  SyslogOptions options;
  options.host_name = std::string(255, 'h');
  options.app_name = std::string(48, 'a');
  for (const SyslogText text : {SyslogText::cef, SyslogText::json}) {
    options.text = text;
    for (const std::size_t most : {kLeastMessage, std::size_t{2048}, std::size_t{8192}}) {
      options.most = most;
      const std::string out = message(alert, options);
      EXPECT_LE(out.size(), most);
      EXPECT_NE(out, "too large");
      EXPECT_NE(out.find(alert.id.to_string()), std::string::npos);
      if (text == SyslogText::json) {
        JsonCursor cursor(std::string_view(out).substr(out.find('{')));
        EXPECT_TRUE(cursor.skip() && cursor.at_end()) << out;
      }
    }
  }
  options.most = 100;
  EXPECT_EQ(message(alert, options), "too large");
}

TEST(SyslogAlert, CountsOctets) {
  std::string out;
  append_counted(out, "abc");
  append_counted(out, "\xc3\xbc");
  EXPECT_EQ(out, "3 abc2 \xc3\xbc");
}

}  // namespace
}  // namespace sallyport::delivery
