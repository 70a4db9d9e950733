#include "proxy/local/contact.h"

#include <gtest/gtest.h>

namespace sallyport::local {
namespace {

void check(std::string_view contact, std::string_view link, std::string_view text) {
  EXPECT_EQ(contact_link(contact, "A & b", "1\r\n2"), link) << contact;
  EXPECT_EQ(contact_text(contact), text) << contact;
}

TEST(Contact, WritesTheLetterForAMailAddress) {
  check("it@corp.example", "mailto:it@corp.example?subject=A%20%26%20b&body=1%0D%0A2",
        "it@corp.example");
  check(" MAILTO:it@corp.example ", "MAILTO:it@corp.example?subject=A%20%26%20b&body=1%0D%0A2",
        "it@corp.example");
  check("mailto:it@corp.example?subject=mine", "mailto:it@corp.example?subject=mine",
        "it@corp.example");
}

TEST(Contact, LinksToWebAndTelephone) {
  check("https://help.example/new?a=b&c", "https://help.example/new?a=b&c",
        "https://help.example/new?a=b&c");
  check("tel:+431234", "tel:+431234", "+431234");
}

TEST(Contact, LinksToNothingElse) {
  for (const std::string_view contact :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)@x", "java\tscript:alert(1)", "data:text/html,x",
        "vbscript:x", "//evil.example", "extension 4711", "a@b@c", "@", "a@", "@b",
        "https://help.example/a b", "https://h\xc3\xa9.example", "ftp://x"}) {
    check(contact, "", contact);
  }
  check("", "", "");
}

}  // namespace
}  // namespace sallyport::local
