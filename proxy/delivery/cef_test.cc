// CEF as a SIEM reads it: the whole line, and values that would like to be more than one.

#include "proxy/delivery/cef.h"

#include <gtest/gtest.h>

#include "discovery/alerts/alert_samples_for_tests.h"

namespace sallyport::delivery {
namespace {

namespace samples = discovery::samples;

std::string cef(const discovery::Alert& alert, bool test = false) {
  std::string out;
  append_cef(out, alert, "gw.example", test);
  return out;
}

std::string header(std::string_view text) {
  std::string out;
  append_cef_header(out, text);
  return out;
}

std::string value(std::string_view text) {
  std::string out;
  append_cef_value(out, text);
  return out;
}

TEST(Cef, SaysWhatIsKnown) {
  const discovery::Alert alert = samples::alert(1);
  const std::string first = alert.events[0].to_string();
  const std::string rt = std::to_string(alert.time.time_since_epoch().count() / 1000);
  EXPECT_EQ(cef(alert),
            "CEF:0|Sallyport|Sallyport|0.1|mass-download|Mass download|8|externalId=" +
                alert.id.to_string() + " rt=" + rt +
                " cat=dlp cnt=2 suser=ana src=192.0.2.7 destinationServiceName=Dropbox "
                "dhost=www.dropbox.com dvchost=gw.example cs1Label=kind cs1=repeated_activity "
                "cs2Label=uniqueServiceAppIds cs2=dropbox cs3Label=relatedAudits cs3=" +
                first + "," + alert.events[1].to_string() +
                " cs4Label=policyIDs cs4=mass-download msg=2 activities of ana");
}

TEST(Cef, LeavesOutWhatIsNot) {
  discovery::Alert alert = samples::app_alert(2);
  const std::string text = cef(alert, true);
  for (const char* key :
       {" suser=", " src=", " c6a2", " cs2", " cs3", " destinationServiceName="}) {
    EXPECT_EQ(text.find(key), std::string::npos) << key;
  }
  EXPECT_NE(text.find("|3|externalId="), std::string::npos);
  EXPECT_NE(text.find(" flexString1Label=test flexString1=this is only a test "),
            std::string::npos);
  alert.client = *IpAddress::parse("2001:db8::7");
  EXPECT_NE(cef(alert).find(" c6a2Label=Source IPv6 Address c6a2=2001:db8::7 "), std::string::npos);
}

TEST(Cef, EscapesTheHeader) {
  EXPECT_EQ(header("a|b\\c=d"), "a\\|b\\\\c=d");
  EXPECT_EQ(header("one\r\ntwo"), "one  two");
  EXPECT_EQ(header("\x1b[31m"), "\\\\x1b[31m");
}

TEST(Cef, EscapesValues) {
  EXPECT_EQ(value("a|b\\c=d"), "a|b\\\\c\\=d");
  EXPECT_EQ(value("one\r\ntwo\nthree"), "one\\r\\ntwo\\nthree");
  EXPECT_EQ(value("a b suser=root"), "a b suser\\=root");
  EXPECT_EQ(value("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(value(std::string_view("\0\x07\x7f", 3)), "\\\\x00\\\\x07\\\\x7f");
  EXPECT_EQ(value("\xff\xc3"), "\\\\xff\\\\xc3");
  EXPECT_EQ(value("\xe2\x80\xae"
                  "x"),
            "\\\\xe2\\\\x80\\\\xaex");  // right-to-left override
}

// Whatever stands in an alert, a reader that knows the escapes finds every field where it is.
TEST(Cef, NoValueEndsBeforeItsEnd) {
  discovery::Alert alert = samples::alert(1);
  const std::string hostile = "x|y\\=z\n suser=root \\";
  for (std::string* text : {&alert.policy_id, &alert.policy, &alert.user, &alert.app_name,
                            &alert.host, &alert.text, &alert.app_id}) {
    *text = hostile;
  }
  const std::string line = cef(alert);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  int bars = 0;    // of the header, which has 7
  int equals = 0;  // behind it
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '|' && bars < 7) {
      ++bars;
    } else if (line[i] == '=' && bars == 7) {
      ++equals;
    }
  }
  EXPECT_EQ(bars, 7);
  // externalId rt cat cnt suser src destinationServiceName dhost dvchost msg, and four of cs with
  // their labels.
  EXPECT_EQ(equals, 10 + 8) << line;
}

}  // namespace
}  // namespace sallyport::delivery
