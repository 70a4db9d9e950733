#include "discovery/users/htpasswd.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace sallyport::discovery {
namespace {

// Cost 4, so that the tests are quick; the passwords are in the names.
constexpr std::string_view kCorrectHorse =
    "$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";  // "correct horse"
constexpr std::string_view kTr0ub4dor =
    "$2b$04$ABCDEFGHIJKLMNOPQRSTUuCZQWhZI2p94xNbtipKYPJPTCCRWqkkO";  // "tr0ub4dor"
constexpr std::string_view kX =
    "$2a$05$abcdefghijklmnopqrstuuhKF09ZYWwH2zP/0fwE1X8e/Q1YNx/hO";  // "x"

std::string line(std::string_view user, std::string_view hash) {
  return std::string(user) + ":" + std::string(hash) + "\n";
}

std::shared_ptr<const Htpasswd> make(const std::string& text) {
  Diagnostics warnings;
  const auto made = parse_htpasswd({"users/htpasswd", text}, warnings);
  EXPECT_TRUE(made) << render(made.error());
  return made ? *made : std::make_shared<const Htpasswd>();
}

void expect_refused(const std::string& text, std::string_view expected) {
  Diagnostics warnings;
  const auto made = parse_htpasswd({"users/htpasswd", text}, warnings);
  ASSERT_FALSE(made);
  EXPECT_EQ(render(made.error()), expected);
}

TEST(Htpasswd, TakesTheRightPasswordAndNoOther) {
  const auto users = make(line("ana", kCorrectHorse) + line("ben", kTr0ub4dor) + line("eve", kX));
  EXPECT_TRUE(users->verify("ana", "correct horse"));
  EXPECT_TRUE(users->verify("ben", "tr0ub4dor"));
  EXPECT_TRUE(users->verify("eve", "x"));
  EXPECT_FALSE(users->verify("ana", "Correct horse"));
  EXPECT_FALSE(users->verify("ana", "tr0ub4dor"));
  EXPECT_FALSE(users->verify("ana", ""));
  EXPECT_FALSE(users->verify("zoe", "correct horse"));
  EXPECT_FALSE(users->verify("", "correct horse"));
  EXPECT_EQ(users->size(), 3u);
}

TEST(Htpasswd, ComparesNamesInLowerCase) {
  const auto users = make(line("Ana", kCorrectHorse));
  EXPECT_TRUE(users->verify("ana", "correct horse"));
  EXPECT_TRUE(users->verify("ANA", "correct horse"));
}

TEST(Htpasswd, DoesNotStopAtANulByte) {
  const auto users = make(line("ana", kCorrectHorse));
  EXPECT_FALSE(users->verify("ana", std::string_view("correct horse\0tail", 18)));
  EXPECT_FALSE(users->verify("ana", std::string(10'000, 'x')));
}

TEST(Htpasswd, KnowsNobodyWhenEmpty) {
  EXPECT_FALSE(Htpasswd().verify("ana", "correct horse"));
  EXPECT_FALSE(make("")->verify("ana", ""));
}

TEST(Htpasswd, SpendsTheSameWorkOnStrangers) {
  const auto users = make(line("ana", kCorrectHorse));
  const auto cost = [&](std::string_view user) {
    const auto begin = std::clock();
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(users->verify(user, "wrong"));
    return std::clock() - begin;
  };
  cost("ana");
  const auto known = cost("ana");
  const auto stranger = cost("zoe");
  EXPECT_GT(stranger * 4, known);  // Without the decoy it would be a thousandth.
  EXPECT_GT(known * 4, stranger);
}

TEST(Htpasswd, SkipsCommentsAndEmptyLinesAndTakesWindowsEnds) {
  const auto users =
      make("# staff\n\r\n  \n" + std::string("ana:") + std::string(kCorrectHorse) + "\r\n");
  EXPECT_TRUE(users->verify("ana", "correct horse"));
}

TEST(Htpasswd, ChangesItsVersionWithTheFile) {
  EXPECT_EQ(make(line("ana", kX))->version(), make(line("ana", kX))->version());
  EXPECT_NE(make(line("ana", kX))->version(), make(line("ana", kTr0ub4dor))->version());
  EXPECT_EQ(make("")->version().size(), 64u);
}

TEST(Htpasswd, RefusesOtherHashesWithoutShowingThem) {
  expect_refused(
      "ana:$apr1$abcdefgh$0123456789012345678901\nben:{SHA}0123456789012345678901234567=\n",
      "users/htpasswd:1:5: error: the password of 'ana' is an MD5 hash, and only bcrypt is taken\n"
      "ana:*************************************\n"
      "    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ set it anew with: htpasswd -B FILE USER\n"
      "users/htpasswd:2:5: error: the password of 'ben' is a SHA-1 hash, and only bcrypt is taken\n"
      "ben:**********************************\n"
      "    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ set it anew with: htpasswd -B FILE USER\n");
}

TEST(Htpasswd, RefusesLinesThatAreNoneWithoutShowingThem) {
  expect_refused("hunter2\n",
                 "users/htpasswd:1:1: error: a line of a password file is 'user:hash'\n"
                 "*******\n"
                 "^~~~~~~ made with: htpasswd -B FILE USER\n");
}

TEST(Htpasswd, RefusesDamagedHashesHighCostsAndDoubles) {
  const auto reported = [](const std::string& text) {
    Diagnostics warnings;
    const auto made = parse_htpasswd({"f", text}, warnings);
    return made ? std::string() : render(made.error());
  };
  EXPECT_NE(reported("ana:$2y$04$short\n").find("a damaged bcrypt hash"), std::string::npos);
  EXPECT_NE(
      reported(line("ana", std::string(kX).replace(10, 1, "%"))).find("a damaged bcrypt hash"),
      std::string::npos);
  EXPECT_NE(reported(line("ana", std::string(kX).replace(4, 2, "31")))
                .find("a bcrypt cost of 31 is outside 4 to 15"),
            std::string::npos);
  EXPECT_NE(reported(line("ana", kX) + line("ANA", kX)).find("user 'ana' is listed twice"),
            std::string::npos);
  EXPECT_NE(reported(line(" ana", kX)).find("no name of a user"), std::string::npos);
}

TEST(Htpasswd, WarnsOfCostsThatAreQuickToGuess) {
  Diagnostics warnings;
  ASSERT_TRUE(parse_htpasswd({"f", line("ana", kX)}, warnings));
  EXPECT_NE(render(warnings).find("warning: a bcrypt cost of 5 is quick to guess"),
            std::string::npos);
}

TEST(Htpasswd, LoadsAFileAndWarnsWhereEverybodyMayReadIt) {
  std::string folder = (std::filesystem::temp_directory_path() / "htpasswd-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/htpasswd";
  std::ofstream(path) << line("ana", kCorrectHorse);
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  Diagnostics warnings;
  const auto loaded = load_htpasswd(path, warnings);
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_TRUE((*loaded)->verify("ana", "correct horse"));
  EXPECT_NE(render(warnings).find("everybody on this machine may read"), std::string::npos);

  Diagnostics more;
  EXPECT_FALSE(load_htpasswd(folder + "/gone", more));
  EXPECT_FALSE(load_htpasswd(folder, more));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sallyport::discovery
