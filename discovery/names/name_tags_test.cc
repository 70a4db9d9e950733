#include "discovery/names/name_tags.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

SourcePtr source(std::string text) {
  return std::make_shared<const Source>(Source{"file_names.yaml", std::move(text)});
}

std::shared_ptr<const NameTags> make(const std::string& text) {
  const auto made = parse_name_tags(source(text));
  EXPECT_TRUE(made) << render(made.error());
  return made ? *made : std::make_shared<const NameTags>();
}

std::string refusal(const std::string& text) {
  const auto made = parse_name_tags(source(text));
  return made ? "" : render(made.error());
}

std::string of(const NameTags& tags, std::string_view name, std::string_view extension = {}) {
  std::string text;
  for (const std::string& tag : tags.find(name, extension)) text += (text.empty() ? "" : " ") + tag;
  return text;
}

TEST(NameTags, FindWordsHoweverTheyAreWritten) {
  const auto tags = make("- {tag: key, names: [private key]}\n");
  for (const char* name : {"private key.txt", "Private_Key-2.txt", "my.private.key", "PRIVATE KEY",
                           "myPrivateKey.pem", "SSHPrivateKey", "(private) key",
                           "private\xe2\x80\x93key", "pr\xc3\xadv\xc3\xa1te k\xc3\xa9y",
                           "pri\xcc\x81vate key", "\xef\xbd\x90rivate key", "private_key2024"}) {
    EXPECT_EQ(of(*tags, name), "key") << name;
  }
  for (const char* name : {"private keys", "deprivate key", "privatekey", "private a key", "",
                           "private", "key private"}) {
    EXPECT_EQ(of(*tags, name), "") << name;
  }
}

TEST(NameTags, TakeAStarForTheRestOfAWord) {
  const auto tags = make(
      "- {tag: a, names: [\"gehalt*\"]}\n- {tag: b, names: [\"*lohn\"]}\n"
      "- {tag: c, names: [\"*密码*\"]}\n");
  EXPECT_EQ(of(*tags, "Gehaltsabrechnung.pdf"), "a");
  EXPECT_EQ(of(*tags, "Monatsgehalt.pdf"), "");
  EXPECT_EQ(of(*tags, "Stundenlohn 2024"), "b");
  EXPECT_EQ(of(*tags, "lohnsteuer"), "");
  EXPECT_EQ(of(*tags, "我的密码表.xlsx"), "c");
  EXPECT_EQ(of(*tags, "Gehalt und Stundenlohn"), "a b");
}

TEST(NameTags, FoldCaseOfOtherScripts) {
  const auto tags = make("- {tag: a, names: [\"паспорт*\", \"διαβατηριο\", größe]}\n");
  EXPECT_EQ(of(*tags, "ПАСПОРТА.pdf"), "a");
  EXPECT_EQ(of(*tags, "ΔΙΑΒΑΤΗΡΙΟ"), "a");
  EXPECT_EQ(of(*tags, "Διαβατήριο"), "a");
  EXPECT_EQ(of(*tags, "GRÖSSE"), "a");
}

TEST(NameTags, GoByTheExtensionToo) {
  const auto tags = make("- {tag: key, extensions: [PEM, p12]}\n");
  EXPECT_EQ(of(*tags, "server.pem", "pem"), "key");
  EXPECT_EQ(of(*tags, "server.pem", "txt"), "");
  EXPECT_EQ(of(*tags, "p12", ""), "");
}

TEST(NameTags, AreFactsOfFilesWithNames) {
  const auto tags = make("- {tag: key, extensions: [pem]}\n");
  policy::FileFacts file;
  tell_name_tags(*tags, file);
  EXPECT_FALSE(file.name_tags);
  file.name = "a.pem";
  file.extension = "pem";
  tell_name_tags(*tags, file);
  EXPECT_EQ(file.name_tags, std::vector<std::string>{"key"});
  file.name = "a.txt";
  file.extension = "txt";
  tell_name_tags(*tags, file);
  EXPECT_EQ(file.name_tags, std::vector<std::string>());
}

TEST(NameTags, StandWhatIsNoUtf8AndNamesOfAnyLength) {
  const auto tags = make("- {tag: a, names: [secret]}\n");
  EXPECT_EQ(of(*tags, "\xff\xfesecret\xc3"), "a");
  EXPECT_EQ(of(*tags, "sec\xffret"), "");
  EXPECT_EQ(of(*tags, std::string(100'000, 's') + " secret"), "a");
}

TEST(NameTags, AreRefusedWithTheirPlace) {
  EXPECT_EQ(refusal("- tag: a\n  names:\n    - x\n"),
            "file_names.yaml:3:7: error: 'x' is no name to look for\n"
            "    - x\n"
            "      ^ words of two letters or more, three with a star; stars stand at the ends\n");
  const auto refuses = [](const std::string& text, const std::string& words) {
    EXPECT_NE(refusal(text).find(words), std::string::npos) << text << refusal(text);
  };
  refuses("- {tag: a, names: [\"ab*\"]}\n", "no name to look for");
  refuses("- {tag: a, names: [\"pass*word\"]}\n", "stars stand at the ends");
  refuses("- {tag: a, names: [\"...\"]}\n", "no name to look for");
  refuses("- {tag: a, names: [\"*\"]}\n", "no name to look for");
  refuses("- {tag: a, names: [" + std::string(200, 'x') + "]}\n", "more than 100 bytes");
  refuses("- {tag: A b, names: [secret]}\n", "'A b' is no tag");
  refuses("- {tag: a}\n", "has no 'names' and no 'extensions'");
  refuses("- {names: [secret]}\n", "needs 'tag'");
  refuses("- {tag: a, extensions: [.pem]}\n", "'.pem' is no extension");
  refuses("- {tag: a, name: [secret]}\n", "did you mean 'names'");
  refuses("tag: a\n", "must be a list");
  std::string many;
  for (int i = 0; i < 65; ++i) many += "- {tag: t" + std::to_string(i) + ", names: [secret]}\n";
  refuses(many, "more than 64 tags");
}

TEST(ShippedNameTags, FindWhatNamesPromiseAndLeaveOthersAlone) {
  const auto made = load_name_tags(SALLYPORT_SOURCE_DIR "/conf/tags/file_names.yaml");
  ASSERT_TRUE(made) << render(made.error());
  const NameTags& tags = **made;
  const std::pair<const char*, const char*> sensitive[] = {
      {"Passwords 2024.xlsx", "credentials"},
      {"Passwörter.docx", "credentials"},
      {"Gehaltsliste_Q3.xlsx", "payroll"},
      {"payroll-march.csv", "payroll"},
      {"passport_scan.jpg", "identity"},
      {"Reisepass Anna.pdf", "identity"},
      {"STRICTLY CONFIDENTIAL.pptx", "confidential"},
      {"mots de passe.txt", "credentials"},
      {"contraseñas.txt", "credentials"},
      {"护照扫描.pdf", "identity"},
      {"Salary Review.docx", "payroll"},
      {"id_rsa", "key"},
      {"Kundenliste.csv", "customers"},
      {"ArztbriefMueller.pdf", "health"}};
  for (const auto& [name, tag] : sensitive) EXPECT_EQ(of(tags, name), tag) << name;
  EXPECT_EQ(of(tags, "server.pem", "pem"), "key");
  EXPECT_EQ(of(tags, "Vault.kdbx", "kdbx"), "credentials");
  for (const char* name : {"holiday photos.zip", "Q3 report.pdf", "minutes of monday.docx",
                           "compass.png", "keynote.pdf", "passing grade.xlsx", "salad recipes.doc",
                           "index.html", "invoice template.docx", "wage.js"}) {
    EXPECT_EQ(of(tags, name), "") << name;
  }
}

}  // namespace
}  // namespace sallyport::discovery
