#include "discovery/accounts/mail_domain.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

SourcePtr source(std::string text) {
  return std::make_shared<const Source>(Source{"mail_domains.yaml", std::move(text)});
}

std::shared_ptr<const MailDomains> make(const std::string& text) {
  const auto made = parse_mail_domains(source(text));
  EXPECT_TRUE(made) << render(made.error());
  return made ? *made : std::make_shared<const MailDomains>();
}

std::string refusal(const std::string& text) {
  const auto made = parse_mail_domains(source(text));
  return made ? "" : render(made.error());
}

std::string of(const MailDomains& domains, std::string_view address) {
  const auto found = domains.of_address(address);
  return found ? std::string(word_for(*found)) : "none";
}

TEST(MailDomains, TellWhoseAnAddressIs) {
  const auto domains = make(
      "internal: [corp.example, \"*.group.example\"]\npersonal: free.example\n"
      "disposable: [away.example]\n");
  EXPECT_EQ(of(*domains, "ana@corp.example"), "internal");
  EXPECT_EQ(of(*domains, "ana@mail.CORP.example."), "internal");
  EXPECT_EQ(of(*domains, "ana@x.group.example"), "internal");
  EXPECT_EQ(of(*domains, "ana@group.example"), "external");
  EXPECT_EQ(of(*domains, "ana@free.example"), "personal");
  EXPECT_EQ(of(*domains, "ana@x.away.example"), "disposable");
  EXPECT_EQ(of(*domains, "ana@other.example"), "external");
  EXPECT_EQ(of(*domains, "ana@notcorp.example"), "external");
  EXPECT_EQ(domains->of_domain("FREE.example"), MailClass::personal);
  EXPECT_EQ(domains->of_domain("no domain"), std::nullopt);
  EXPECT_EQ(domains->count(MailClass::internal), 2u);
  EXPECT_EQ(of(MailDomains(), "ana@corp.example"), "external");
}

TEST(MailDomains, LetTheLongerNameSayButOfOurOwn) {
  const auto domains = make(
      "internal: [corp.example]\npersonal: [a.example, x.corp.example]\ndisposable: "
      "[b.a.example]\n");
  EXPECT_EQ(of(*domains, "ana@c.a.example"), "personal");
  EXPECT_EQ(of(*domains, "ana@c.b.a.example"), "disposable");
  EXPECT_EQ(of(*domains, "ana@x.corp.example"), "internal");
}

TEST(MailDomain, IsReadOutOfAddressesAsTheyAreWritten) {
  EXPECT_EQ(mail_domain("ana@Corp.Example"), "corp.example");
  EXPECT_EQ(mail_domain(" Ana <ana@corp.example> "), "corp.example");
  EXPECT_EQ(mail_domain("\"Ana <x@y.example>\" <ana@corp.example>"), "corp.example");
  EXPECT_EQ(mail_domain("mailto:ana@corp.example?subject=x@y.example"), "corp.example");
  EXPECT_EQ(mail_domain("ana@corp.example@evil.example"), "evil.example");
  EXPECT_EQ(mail_domain("\"a@b\"@corp.example"), "corp.example");
  for (const std::string_view none :
       {"", "ana", "@corp.example", "ana@", "corp.example", "ana@[192.0.2.1]", "ana@192.0.2.1",
        "ana@corp example", "ana@corp.example<", "ana@-.example", "ana@corp.example\r\nx"}) {
    EXPECT_EQ(mail_domain(none), std::nullopt) << none;
  }
  EXPECT_EQ(mail_domain(std::string(2000, 'x') + "@corp.example"), std::nullopt);
}

TEST(MailDomains, RefuseWhatIsNoDomainAndWhatIsListedTwice) {
  EXPECT_EQ(refusal("personal:\n  - a b\n"),
            "mail_domains.yaml:2:5: error: 'a b' is no domain\n"
            "  - a b\n"
            "    ^~~ a name such as 'example.com' or '*.example.com'\n");
  EXPECT_NE(refusal("personal: [192.0.2.1]\n").find("'192.0.2.1' is no domain"), std::string::npos);
  EXPECT_NE(
      refusal("personal: [a.example]\ndisposable: [A.example]\n").find("listed already, in line 1"),
      std::string::npos);
  EXPECT_NE(refusal("person: [a.example]\n").find("did you mean 'personal'"), std::string::npos);
  EXPECT_NE(refusal("personal_list: x.txt\n").find("lists are not read here"), std::string::npos);
}

TEST(MailLists, AreReadByLinesOrAsJson) {
  const MailList lines =
      read_mail_list("# free\nA.example\r\n\n b.example # x\nno domain\n*.c.example");
  EXPECT_EQ(lines.domains, (std::vector<std::string>{"a.example", "b.example", "*.c.example"}));
  EXPECT_EQ(lines.refused, 1u);
  const MailList json = read_mail_list(R"( ["a.example", "b.example", "192.0.2.1"] )");
  EXPECT_EQ(json.domains, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(json.refused, 1u);
  EXPECT_EQ(read_mail_list(R"(["a.example", 5])").refused, 1u);
  EXPECT_TRUE(read_mail_list("").domains.empty());
}

TEST(MailDomains, AddListsThatOperatorsInstall) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "mail_domains";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "free.json") << R"(["free.example", "corp.example", "mine.example"])";
  std::ofstream(folder / "mail.yaml") << "internal: corp.example\ndisposable: mine.example\n"
                                         "personal_list: free.json\n";
  const auto made = load_mail_domains((folder / "mail.yaml").string());
  ASSERT_TRUE(made) << render(made.error());
  EXPECT_EQ(of(**made, "ana@free.example"), "personal");
  EXPECT_EQ(of(**made, "ana@corp.example"), "internal");
  EXPECT_EQ(of(**made, "ana@mine.example"), "disposable");  // The file goes before its lists.
  std::ofstream(folder / "mail.yaml") << "personal_list: none.json\n";
  const auto none = load_mail_domains((folder / "mail.yaml").string());
  ASSERT_FALSE(none);
  EXPECT_NE(render(none.error()).find("list 'none.json' cannot be read"), std::string::npos);
}

TEST(MailDomains, HaveClassesThatPoliciesKnow) {
  const auto words = policy::target_class_words();
  ASSERT_EQ(words.size(), 4u);
  for (std::size_t i = 0; i < words.size(); ++i)
    EXPECT_EQ(word_for(static_cast<MailClass>(i)), words[i]);
}

TEST(ShippedMailDomains, AreReadAndTellTheWellKnown) {
  const auto made = load_mail_domains(SALLYPORT_SOURCE_DIR "/conf/tags/mail_domains.yaml");
  ASSERT_TRUE(made) << render(made.error());
  for (const std::string_view address :
       {"a@gmail.com", "a@outlook.com", "a@yahoo.co.jp", "a@qq.com", "a@gmx.de", "a@icloud.com",
        "a@proton.me", "a@mail.ru", "a@web.de"}) {
    EXPECT_EQ(of(**made, address), "personal") << address;
  }
  EXPECT_EQ(of(**made, "a@mailinator.com"), "disposable");
  EXPECT_EQ(of(**made, "a@guerrillamail.com"), "disposable");
  EXPECT_EQ(of(**made, "a@microsoft.com"), "external");
  EXPECT_GE((*made)->count(MailClass::personal), 150u);
  EXPECT_GE((*made)->count(MailClass::disposable), 80u);
}

}  // namespace
}  // namespace sallyport::discovery
