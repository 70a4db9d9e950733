// Mails as they leave, and what cannot get into their heads.

#include "proxy/delivery/mail_message.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/alerts/alert_samples_for_tests.h"

namespace sallyport::delivery {
namespace {

namespace samples = discovery::samples;

MailOptions options_for_tests() {
  MailOptions options;
  options.from = "gw@example.org";
  options.to = {"soc@example.org", "boss@example.org"};
  return options;
}

const Time kNow = *parse_rfc3339("2026-11-25T12:18:52Z");

std::string head_of(const std::string& mail) { return mail.substr(0, mail.find("\r\n\r\n")); }

TEST(MailMessage, IsOneMailForOneAlert) {
  const discovery::Alert alert = samples::alert(1);
  const std::string id = alert.id.to_string();
  EXPECT_EQ(make_mail(std::span(&alert, 1), options_for_tests(), "gw.example", kNow, false),
            "Date: Wed, 25 Nov 2026 12:18:52 +0000\r\n"
            "From: Sallyport <gw@example.org>\r\n"
            "To: <soc@example.org>,\r\n <boss@example.org>\r\n"
            "Subject: [Sallyport] high: Mass download: 2 activities of ana\r\n"
            "Message-ID: <" +
                id +
                ".1@gw.example>\r\n"
                "Auto-Submitted: auto-generated\r\n"
                "MIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n"
                "\r\n"
                "gw.example raised an alert.\r\n"
                "\r\n"
                "policy    Mass download (mass-download)\r\n"
                "severity  high\r\n"
                "category  dlp\r\n"
                "time      " +
                format_rfc3339(alert.time) +
                "\r\n"
                "user      ana\r\n"
                "client    192.0.2.7\r\n"
                "app       Dropbox\r\n"
                "host      www.dropbox.com\r\n"
                "count     2\r\n"
                "text      2 activities of ana\r\n"
                "alert     " +
                id +
                "\r\n"
                "events    " +
                alert.events[0].to_string() + " " + alert.events[1].to_string() +
                "\r\n"
                "\r\n"
                "sallyport alerts show " +
                id + "\r\n");
}

TEST(MailMessage, IsADigestForMany) {
  const std::vector<discovery::Alert> alerts{samples::app_alert(1), samples::alert(2),
                                             samples::app_alert(3)};
  const std::string mail = make_mail(alerts, options_for_tests(), "gw.example", kNow, false);
  EXPECT_NE(mail.find("Subject: [Sallyport] 3 alerts, the highest: high: Mass download\r\n"),
            std::string::npos);
  EXPECT_NE(mail.find("gw.example raised 3 alerts.\r\n"), std::string::npos);
  for (const auto& alert : alerts) {
    EXPECT_NE(mail.find("alert     " + alert.id.to_string() + "\r\n"), std::string::npos);
  }
}

TEST(MailMessage, NothingOfAnAlertBeginsAFieldOrALine) {
  discovery::Alert alert = samples::alert(1);
  const std::string hostile = "x\r\nBcc: eve@example.net\r\n\r\n.\r\nQUIT\r\n=?utf-8?B?eA==?=\xff";
  for (std::string* text : {&alert.policy, &alert.text, &alert.user, &alert.host}) *text = hostile;
  const std::string mail =
      make_mail(std::span(&alert, 1), options_for_tests(), "gw.example", kNow, false);
  EXPECT_EQ(head_of(mail).find("\nBcc"), std::string::npos);
  EXPECT_EQ(mail.find("\nBcc"), std::string::npos);
  EXPECT_EQ(mail.find("\n."), std::string::npos);
  EXPECT_EQ(mail.find("\nQUIT"), std::string::npos);
  for (const std::string_view line : split(mail, '\n')) {
    EXPECT_LE(line.size(), 79u) << line;
    EXPECT_TRUE(line.empty() || line.ends_with('\r')) << line;
    for (const char c : line) EXPECT_TRUE((c >= 0x20 && c < 0x7f) || c == '\r') << line;
  }
}

TEST(MailMessage, SubjectsAreFoldedOrEncoded) {
  EXPECT_EQ(encode_subject("plain"), "plain");
  EXPECT_EQ(encode_subject("gr\xc3\xbc\xc3\x9f"), "=?utf-8?B?Z3LDvMOf?=");
  EXPECT_EQ(encode_subject("=?utf-8?B?eA==?="), "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=");
  EXPECT_EQ(encode_subject("a\r\nb"), "a\\x0d\\x0ab");
  EXPECT_EQ(encode_subject(std::string(60, 'a') + " bbbbbbbbbb"),
            std::string(60, 'a') + "\r\n bbbbbbbbbb");
  // Whole characters in every word, and an end to it.
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "\xe2\x82\xac";
  EXPECT_EQ(encode_subject(many).substr(0, 69),
            "=?utf-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?=\r\n =?");
  EXPECT_LT(encode_subject(many).size(), 500u);
}

TEST(MailMessage, QuotedPrintable) {
  EXPECT_EQ(quoted_printable("a=b\n"), "a=3Db\r\n");
  EXPECT_EQ(quoted_printable("end \nend\n"), "end=20\r\nend\r\n");
  EXPECT_EQ(quoted_printable("\n.\nFrom x\n"), "\r\n=2E\r\n=46rom x\r\n");
  EXPECT_EQ(quoted_printable(std::string(80, 'a')),
            std::string(75, 'a') + "=\r\n" + std::string(5, 'a'));
  EXPECT_EQ(quoted_printable(std::string(74, 'a') + "\xc3\xbc"),
            std::string(74, 'a') + "=\r\n=C3=BC");
  EXPECT_EQ(quoted_printable("\r"), "=0D");
}

TEST(MailMessage, Addresses) {
  for (const char* good : {"a@b", "soc+alerts@example.org", "o'neil@example.org"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const std::string& bad :
       {std::string(""), std::string("a"), std::string("@b"), std::string("a@"),
        std::string("a@b@c"), std::string("a b@c"), std::string("a@b>"), std::string("a@b\r\nX: y"),
        std::string("a,b@c"), std::string("\xc3\xbc@b"), std::string(250, 'a') + "@example"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace sallyport::delivery
