#include "discovery/accounts/tell_classes.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

std::shared_ptr<const MailDomains> domains() {
  auto read = parse_mail_domains(std::make_shared<const Source>(
      Source{"mail_domains.yaml",
             "internal: [corp.example]\npersonal: [gmail.com]\ndisposable: [mailinator.com]\n"}));
  EXPECT_TRUE(read) << render(read.error());
  return *read;
}

TEST(TellClasses, NamesEachClassOfTheTargetsOnce) {
  policy::Details details;
  details.target_emails = {"a@corp.example", "b@gmail.com", "c@gmail.com", "d@partner.example"};
  details.target_domains = {"sub.corp.example", "mailinator.com"};
  tell_classes(*domains(), details);
  EXPECT_EQ(details.target_classes,
            (std::vector<std::string>{"disposable", "external", "internal", "personal"}));
}

TEST(TellClasses, TellsTheInstanceByItsAccountWhereNothingElseDid) {
  const auto kind = [](std::string account, std::string known = "") {
    policy::Details details;
    details.account = std::move(account);
    details.instance_kind = std::move(known);
    tell_classes(*domains(), details);
    return details.instance_kind;
  };
  EXPECT_EQ(kind("ana@corp.example"), "corporate");
  EXPECT_EQ(kind("ana@gmail.com"), "personal");
  EXPECT_EQ(kind("ana@partner.example"), "other");
  EXPECT_EQ(kind("ana"), "");
  EXPECT_EQ(kind(""), "");
  EXPECT_EQ(kind("ana@corp.example", "personal"), "personal");
}

}  // namespace
}  // namespace sallyport::discovery
