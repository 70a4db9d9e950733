#include "discovery/users/name_cipher.h"

#include <gtest/gtest.h>

#include "discovery/users/user_directory.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery {
namespace {

NameCipher cipher_of(char first = 'a') {
  std::string key(NameCipher::kKeySize, '\x5a');
  key[0] = first;
  return NameCipher(key);
}

TEST(NameCipher, HidesAndRevealsEveryFormOfAName) {
  const NameCipher cipher = cipher_of();
  for (const std::string& name :
       std::vector<std::string>{"ana", "corp\\ana", "ana@corp.example", "a", "o'hara, b. (jr)",
                                "a@b@corp.example", "\xc3\xa9lodie"}) {
    const std::string hidden = cipher.hide(name);
    EXPECT_EQ(hidden.find("ana"), hidden.npos) << hidden;
    EXPECT_EQ(cipher.reveal(hidden), name) << hidden;
    EXPECT_TRUE(is_pseudonym(hidden)) << hidden;
    EXPECT_EQ(normal_user_name(hidden), hidden);
  }
}

TEST(NameCipher, KeepsTheDomain) {
  const NameCipher cipher = cipher_of();
  EXPECT_TRUE(cipher.hide("ana@corp.example").ends_with("@corp.example"));
  EXPECT_TRUE(cipher.hide("CORP\\ana").starts_with("corp\\psn-"));
  EXPECT_EQ(domain_of_user_name(cipher.hide("ana@corp.example")), "corp.example");
}

TEST(NameCipher, GivesEqualNamesEqualPseudonymsAndOthersOthers) {
  const NameCipher cipher = cipher_of();
  EXPECT_EQ(cipher.hide("Ana@Corp.Example"), cipher.hide("ana@corp.example"));
  EXPECT_EQ(cipher.hide("ana"), cipher_of().hide("ana"));
  EXPECT_NE(cipher.hide("ana"), cipher.hide("anb"));
  EXPECT_NE(cipher.hide("ana"), cipher_of('b').hide("ana"));
  // The same account in two domains is two people.
  EXPECT_NE(cipher.hide("ana@a.example").substr(0, 20), cipher.hide("ana@b.example").substr(0, 20));
}

TEST(NameCipher, RefusesWhatIsNoPseudonymOfItsKey) {
  const NameCipher cipher = cipher_of();
  const std::string hidden = cipher.hide("ana@corp.example");
  EXPECT_FALSE(cipher_of('b').reveal(hidden));
  EXPECT_FALSE(cipher.reveal("ana"));
  EXPECT_FALSE(cipher.reveal("psn-"));
  EXPECT_FALSE(cipher.reveal("psn-aaaa"));
  EXPECT_FALSE(cipher.reveal(""));
  EXPECT_FALSE(cipher.reveal(std::string(300, 'a')));
  // Moved to another domain, or out of it.
  EXPECT_FALSE(cipher.reveal(hidden.substr(0, hidden.find('@'))));
  EXPECT_FALSE(cipher.reveal(hidden.substr(0, hidden.find('@')) + "@other.example"));
}

TEST(NameCipher, TakesAPseudonymThatIsAskedForAsItIsAndOneThatIsSentAsAName) {
  const NameCipher cipher = cipher_of();
  const std::string hidden = cipher.hide("ana");
  EXPECT_EQ(cipher.asked("ana"), hidden);
  EXPECT_EQ(cipher.asked(hidden), hidden);
  EXPECT_NE(cipher.hide(hidden), hidden);
  EXPECT_EQ(cipher.reveal(cipher.hide(hidden)), hidden);
  EXPECT_EQ(cipher.hide(""), "");
}

TEST(NameCipher, MakesWhatIsTooLongUnreadableAndKeepsItEqual) {
  const NameCipher cipher = cipher_of();
  for (const std::string& name : std::vector<std::string>{
           std::string(200, 'a'), std::string(200, 'a') + "@corp.example",
           "a@" + std::string(250, 'd'), std::string(5000, 'b') + "\\" + std::string(5000, 'c')}) {
    const std::string hidden = cipher.hide(name);
    EXPECT_LE(hidden.size(), kMaxUserName);
    EXPECT_EQ(hidden, cipher.hide(name));
    EXPECT_TRUE(is_pseudonym(hidden)) << hidden;
    EXPECT_EQ(cipher.asked(hidden), hidden);
    EXPECT_FALSE(cipher.reveal(hidden));
  }
  const std::string longest(128, 'a');  // of 255 bytes at most with its tag
  EXPECT_EQ(cipher.reveal(cipher.hide(longest)), longest);
}

TEST(NameCipher, HidesMailAddressesInTexts) {
  const NameCipher cipher = cipher_of();
  const std::string ana = cipher.hide("ana@corp.example");
  const std::string own = ana.substr(0, ana.find('@'));
  const auto hidden = [&](std::string_view text) {
    return hide_mail_addresses(cipher, text).value_or("(as it was)");
  };
  EXPECT_EQ(hidden("/users/ana@corp.example/mail"), "/users/" + ana + "/mail");
  EXPECT_EQ(hidden("/users/Ana%40corp.example/mail"), "/users/" + own + "%40corp.example/mail");
  EXPECT_EQ(hidden("ana@corp.example, ana@corp.example."), ana + ", " + ana + ".");
  EXPECT_EQ(hidden("/npm/jquery@3.6.0/dist"), "(as it was)");
  EXPECT_EQ(hidden("/@scope/thing"), "(as it was)");
  EXPECT_EQ(hidden("ana@localhost"), "(as it was)");
  EXPECT_EQ(hidden("@@a.b@@"), "(as it was)");
  EXPECT_EQ(hidden(""), "(as it was)");
}

TEST(HiddenUsers, AreFoundByNameAndByPseudonymAndShowPseudonyms) {
  Diagnostics warnings;
  const auto source = std::make_shared<const Source>(
      Source{"users.yaml",
             "users:\n- {name: ana, upn: ana@corp.example, groups: [finance], manager: ben}\n"
             "- {name: ben}\n"});
  const auto users = parse_users(source, nullptr, warnings);
  ASSERT_TRUE(users);
  const auto cipher = std::make_shared<const NameCipher>(std::string(NameCipher::kKeySize, 'k'));
  const auto hidden = (*users)->hidden_by(cipher);
  const Person* ana = hidden->find("Ana@corp.example");
  ASSERT_NE(ana, nullptr);
  EXPECT_EQ(ana->name, cipher->hide("ana"));
  EXPECT_EQ(ana, hidden->find("ana"));
  EXPECT_EQ(ana, hidden->find(cipher->hide("ana@corp.example")));
  EXPECT_EQ(ana->manager, cipher->hide("ben"));
  EXPECT_EQ(ana->groups, std::vector<std::string>{"finance"});
  EXPECT_EQ(ana->domain, "corp.example");
  EXPECT_EQ(hidden->canonical("ana@corp.example"), cipher->hide("ana"));
  EXPECT_EQ(hidden->canonical("carol"), cipher->hide("carol"));
  EXPECT_EQ(hidden->canonical(cipher->hide("carol")), cipher->hide("carol"));
  EXPECT_EQ(hidden->find("carol"), nullptr);
  for (const Person& one : hidden->people()) {
    for (const std::string& name : one.names) EXPECT_TRUE(is_pseudonym(name)) << name;
  }
}

}  // namespace
}  // namespace sallyport::discovery
