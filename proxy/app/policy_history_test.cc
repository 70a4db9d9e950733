// The past of policies, in repositories that git itself made.

#include "proxy/app/policy_history.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "base/core/file.h"
#include "base/core/text.h"
#include "base/io/child.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

namespace fs = std::filesystem;

const Time kNow = *parse_rfc3339("2026-11-28T00:30:00Z");

class PolicyHistoryTest : public ::testing::Test {
 protected:
  PolicyHistoryTest() { fs::create_directory(folder_); }

  // As somebody in a shell.
  std::string git(std::vector<std::string> words) {
    io::Child child;
    child.words = {"git", "-c", "user.name=Zoe", "-c", "user.email=zoe@example.com", "-C", folder_};
    child.words.insert(child.words.end(), words.begin(), words.end());
    child.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_GLOBAL=/dev/null"};
    const auto done = io::run_child(child);
    if (!done || done->code != 0) {
      ADD_FAILURE() << words[0] << ": " << (done ? done->errors : describe(done.error()));
      return {};
    }
    std::string said = done->output;
    while (said.ends_with('\n')) said.pop_back();
    return said;
  }
  void begin() { git({"init", "--quiet", "--initial-branch=main"}); }
  void put(const std::string& file, const std::string& text) {
    std::ofstream(folder_ + "/" + file) << text;
  }
  std::string commit_by_hand(const std::string& file, const std::string& text,
                             const std::string& subject) {
    put(file, text);
    git({"add", file});
    git({"commit", "--quiet", "-m", subject});
    return git({"rev-parse", "HEAD"});
  }
  // As the console does: the file is written first.
  Result<std::string> save(const std::string& text, const std::string& before,
                           const std::string& author = "ana") {
    put("a.yaml", text);
    return PolicyHistory(folder_).commit({.file = "a.yaml",
                                          .text = text,
                                          .before = before,
                                          .was_there = !before.empty(),
                                          .author = author,
                                          .subject = "a.yaml: add X",
                                          .at = kNow});
  }
  std::string told(const std::string& file = "a.yaml", std::size_t limit = 50,
                   const std::string& after = {}) {
    const auto changes = PolicyHistory(folder_).list(file, limit, after);
    if (!changes) return describe(changes.error());
    std::string out;
    for (const auto& one : *changes) out += one.author + ": " + one.subject + "\n";
    return out;
  }

  testkit::TemporaryFolder outer_;
  const std::string folder_ = outer_.path() + "/policies";
};

TEST_F(PolicyHistoryTest, IsThereWhereTheFolderIsTheTopOfARepository) {
  EXPECT_EQ(PolicyHistory(folder_).trouble(),
            "the folder of policies is not the top of a git repository (git init makes it one)");
  begin();
  EXPECT_EQ(PolicyHistory(folder_).trouble(), "");
  EXPECT_EQ(PolicyHistory(folder_, "no-such-git-anywhere").trouble(), "there is no program git");
  EXPECT_EQ(told(), "");
  // Inside somebody's checkout it is theirs.
  fs::create_directory(folder_ + "/inner");
  EXPECT_NE(PolicyHistory(folder_ + "/inner").trouble(), "");
  fs::remove_all(folder_ + "/.git/refs");
  fs::remove_all(folder_ + "/.git/objects");
  EXPECT_NE(PolicyHistory(folder_).trouble(), "");
}

TEST_F(PolicyHistoryTest, ListsTheChangesOfOneFileNewestFirstAndInPages) {
  begin();
  commit_by_hand("a.yaml", "1\n", "one");
  commit_by_hand("b.yaml", "1\n", "other");
  commit_by_hand("a.yaml", "2\n", "two");
  commit_by_hand("a.yaml", "3\n", "three\n\nand more");
  EXPECT_EQ(told(), "Zoe: three\nZoe: two\nZoe: one\n");
  EXPECT_EQ(told("a.yaml", 2), "Zoe: three\nZoe: two\n");
  const auto changes = PolicyHistory(folder_).list("a.yaml", 2);
  EXPECT_EQ(told("a.yaml", 2, changes->back().commit), "Zoe: one\n");
  EXPECT_EQ(told("c.yaml"), "");
  EXPECT_EQ(told("a.yaml", 2, std::string(40, '0')), "ours not_found: there is no such commit");
  EXPECT_EQ(told("a.yaml", 2, "--output=x"), "ours not_found: there is no such commit");
}

TEST_F(PolicyHistoryTest, ShowsTheTextOfThenAndWhatTheCommitChanged) {
  begin();
  const std::string first = commit_by_hand("a.yaml", "1\n", "one");
  const std::string second = commit_by_hand("a.yaml", "2\n", "two\n\nBecause.");
  const PolicyHistory history(folder_);
  const auto shown = history.show("a.yaml", second.substr(0, 10));
  ASSERT_TRUE(shown && *shown);
  EXPECT_EQ((*shown)->change.commit, second);
  EXPECT_EQ((*shown)->change.subject, "two");
  EXPECT_EQ((*shown)->message, "Because.");
  EXPECT_EQ((*shown)->text, "2\n");
  EXPECT_TRUE((*shown)->diff.ends_with("@@ -1 +1 @@\n-1\n+2\n")) << (*shown)->diff;
  EXPECT_EQ((*history.show("a.yaml", first))->text, "1\n");
  // No file then; and commits that are none, or led to nothing that is checked out.
  EXPECT_EQ((*history.show("b.yaml", first))->text, std::nullopt);
  git({"checkout", "--quiet", "-b", "side"});
  const std::string aside = commit_by_hand("a.yaml", "secret\n", "aside");
  git({"checkout", "--quiet", "main"});
  for (const std::string& name : {aside, std::string(40, 'a'), std::string("main"),
                                  std::string("HEAD"), std::string("--help"), std::string()}) {
    const auto none = history.show("a.yaml", name);
    ASSERT_TRUE(none) << name;
    EXPECT_FALSE(*none) << name;
  }
}

TEST_F(PolicyHistoryTest, CommitsOneFileInTheNameOfWhoeverChangedIt) {
  begin();
  commit_by_hand("a.yaml", "1\n", "one");
  // Somebody is at work on another file.
  put("b.yaml", "staged\n");
  git({"add", "b.yaml"});
  put("c.yaml", "untracked\n");
  const auto commit = save("2\n", "1\n", "Ana <x> \n\x1b[2J");
  ASSERT_TRUE(commit) << describe(commit.error());
  EXPECT_EQ(git({"rev-parse", "main"}), *commit);
  EXPECT_EQ(git({"show", "--format=%an|%cn|%ct|%s", "--name-only", "HEAD"}),
            "Ana x   [2J|sallyport|1795825800|a.yaml: add X\n\na.yaml");
  EXPECT_EQ(git({"status", "--porcelain"}), "A  b.yaml\n?? c.yaml");
  // The same again is no commit.
  EXPECT_EQ(*save("2\n", "2\n"), *commit);
  EXPECT_EQ(told(), "Ana x   [2J: a.yaml: add X\nZoe: one\n");
}

TEST_F(PolicyHistoryTest, BeginsInAnEmptyRepositoryAndTakesUpAFileThatNobodyCommitted) {
  begin();
  ASSERT_TRUE(save("1\n", ""));
  EXPECT_EQ(told(), "ana: a.yaml: add X\n");
  EXPECT_EQ(git({"status", "--porcelain"}), "");
  // What was changed beside the console comes first, under no person's name.
  ASSERT_TRUE(save("3\n", "2\n", "..."));
  EXPECT_EQ(told(),
            "sallyport: a.yaml: add X\nsallyport: a.yaml: as it was found\n"
            "ana: a.yaml: add X\n");
  EXPECT_EQ(git({"show", "HEAD^:a.yaml"}), "2");
}

TEST_F(PolicyHistoryTest, StartsNothingThatTheRepositoryNames) {
  begin();
  const std::string first = commit_by_hand("a.yaml", "1\n", "one");
  const std::string trace = outer_.path() + "/trace";
  const std::string program = "touch " + trace + "; cat";
  for (const char* hook : {"pre-commit", "post-commit", "commit-msg", "reference-transaction",
                           "post-index-change", "prepare-commit-msg"}) {
    const std::string file = folder_ + "/.git/hooks/" + hook;
    fs::create_directories(folder_ + "/.git/hooks");
    std::ofstream(file) << "#!/bin/sh\ntouch " << trace << "\n";
    fs::permissions(file, fs::perms::owner_all);
  }
  put(".gitattributes", "*.yaml filter=evil diff=evil\n");
  for (const std::string& key :
       {std::string("filter.evil.clean"), std::string("filter.evil.smudge"),
        std::string("diff.evil.textconv"), std::string("diff.evil.command"),
        std::string("core.fsmonitor"), std::string("core.pager"), std::string("gpg.program"),
        std::string("diff.external")}) {
    git({"config", key, program});
  }
  git({"config", "commit.gpgSign", "true"});
  git({"config", "log.showSignature", "true"});
  const auto commit = save("2\n", "1\n");
  ASSERT_TRUE(commit) << describe(commit.error());
  EXPECT_EQ(told(), "ana: a.yaml: add X\nZoe: one\n");
  const auto shown = PolicyHistory(folder_).show("a.yaml", *commit);
  ASSERT_TRUE(shown && *shown);
  EXPECT_EQ((*shown)->text, "2\n");
  EXPECT_TRUE((*shown)->diff.ends_with("-1\n+2\n"));
  EXPECT_FALSE(fs::exists(trace));
}

TEST_F(PolicyHistoryTest, KeepsOutOfAMergeAndOfWhatIsNoFile) {
  begin();
  commit_by_hand("a.yaml", "1\n", "one");
  std::ofstream(folder_ + "/.git/MERGE_HEAD") << git({"rev-parse", "HEAD"}) << "\n";
  const auto during = save("2\n", "1\n");
  ASSERT_FALSE(during);
  EXPECT_EQ(during.error().detail, "a merge or rebase is under way in the folder of policies");
  fs::remove(folder_ + "/.git/MERGE_HEAD");
  fs::remove(folder_ + "/a.yaml");
  fs::create_symlink("/etc/passwd", folder_ + "/a.yaml");
  git({"add", "a.yaml"});
  git({"commit", "--quiet", "-m", "link"});
  fs::remove(folder_ + "/a.yaml");
  EXPECT_FALSE(save("2\n", "1\n"));
}

TEST(CommitName, IsHexadecimal) {
  EXPECT_TRUE(is_commit_name("0123abc"));
  EXPECT_TRUE(is_commit_name(std::string(64, 'f')));
  for (const std::string& name : {std::string("0123ab"), std::string("HEAD~10"),
                                  std::string(65, 'f'), std::string("0123abcg")}) {
    EXPECT_FALSE(is_commit_name(name)) << name;
  }
}

}  // namespace
}  // namespace sallyport::app
