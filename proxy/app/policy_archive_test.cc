#include "proxy/app/policy_archive.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/kit/fake_clock.h"

namespace sallyport::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

// ---- The words of these tests: an archive in a folder of its own, and sets of one policy.

struct Place {
  Place() {
    std::string name = (fs::temp_directory_path() / "sallyport-archive-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~Place() { fs::remove_all(folder); }
  std::string archive() const { return folder + "/policies"; }
  std::vector<std::string> sets() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(archive())) {
      if (entry.path().filename() != "snapshots") names.push_back(entry.path().string());
    }
    return names;
  }
  std::string folder;
};

PolicySetPtr set_of(const std::string& text) {
  auto set = std::make_shared<policy::KeptPolicies>();
  set->sources.policies = {std::make_shared<const Source>(Source{"p.yaml", text})};
  return set;
}

Time at(int hour) { return Time(hours(24 * 365 * 50 + hour)); }

// The text of the policies that a snapshot had; "-" where nobody knows, "!" for trouble.
std::string found(const PolicyArchive& archive, std::string_view snapshot) {
  const auto set = archive.find(snapshot);
  if (!set) return "!";
  return *set ? (*set)->sources.policies.front()->text : "-";
}

constexpr hours kAge{24 * 90};

TEST(PolicyArchive, KnowsThePoliciesOfEverySnapshot) {
  const Place place;
  PolicyArchive archive(place.archive());
  const PolicySetPtr one = set_of("one");
  ASSERT_TRUE(archive.keep("aa01", one, at(0), kAge));
  ASSERT_TRUE(archive.keep("aa02", one, at(1), kAge));
  ASSERT_TRUE(archive.keep("aa03", set_of("two"), at(2), kAge));
  // Another process reads.
  const PolicyArchive reader(place.archive());
  EXPECT_EQ(found(reader, "aa01"), "one");
  EXPECT_EQ(found(reader, "aa02"), "one");
  EXPECT_EQ(found(reader, "aa03"), "two");
  EXPECT_EQ(found(reader, "aa04"), "-");
  EXPECT_EQ((*reader.last())->sources.policies.front()->text, "two");
  EXPECT_EQ(place.sets().size(), 2u);
  for (const std::string& file : place.sets()) {
    struct stat info{};
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
}

TEST(PolicyArchive, IsEmptyWhereThereIsNone) {
  const Place place;
  const PolicyArchive reader(place.archive());
  EXPECT_EQ(found(reader, "aa01"), "-");
  EXPECT_EQ(reader.lines().size(), 0u);
  EXPECT_FALSE(reader.last()->has_value());
}

TEST(PolicyArchive, WritesNothingForWhatItKnows) {
  const Place place;
  const PolicySetPtr one = set_of("one");
  for (int start = 0; start < 3; ++start) {
    PolicyArchive archive(place.archive());  // as after a restart
    ASSERT_TRUE(archive.keep("aa01", one, at(start), kAge));
    ASSERT_TRUE(archive.keep("aa01", one, at(start), kAge));
  }
  EXPECT_EQ(PolicyArchive(place.archive()).lines().size(), 1u);
}

TEST(PolicyArchive, ForgetsWhatNoEventCanNameAnyMore) {
  const Place place;
  PolicyArchive archive(place.archive());
  ASSERT_TRUE(archive.keep("aa01", set_of("one"), at(0), hours(48)));
  ASSERT_TRUE(archive.keep("aa02", set_of("two"), at(100), hours(48)));
  // "one" judged until hour 100: its last events go at 148, and an exchange may last a day.
  ASSERT_TRUE(archive.keep("aa03", set_of("two"), at(171), hours(48)));
  EXPECT_EQ(found(archive, "aa01"), "one");
  ASSERT_TRUE(archive.keep("aa04", set_of("two"), at(173), hours(48)));
  EXPECT_EQ(found(archive, "aa01"), "-");
  EXPECT_EQ(found(archive, "aa02"), "two");
  EXPECT_EQ(place.sets().size(), 1u);
}

TEST(PolicyArchive, KeepsASetThatANewerSnapshotNames) {
  const Place place;
  PolicyArchive archive(place.archive());
  ASSERT_TRUE(archive.keep("aa01", set_of("one"), at(0), hours(1)));
  ASSERT_TRUE(archive.keep("aa02", set_of("two"), at(1000), hours(1)));
  ASSERT_TRUE(archive.keep("aa03", set_of("one"), at(2000), hours(1)));
  EXPECT_EQ(found(archive, "aa01"), "-");
  EXPECT_EQ(found(archive, "aa03"), "one");
}

TEST(PolicyArchive, StaysWithinItsBytes) {
  const Place place;
  PolicyArchive archive(place.archive(), 10'000);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(archive.keep("aa0" + std::to_string(i),
                             set_of(std::string(3'000, static_cast<char>('a' + i))), at(i), kAge));
  }
  EXPECT_EQ(place.sets().size(), 3u);
  EXPECT_EQ(found(archive, "aa06"), "-");
  EXPECT_EQ(found(archive, "aa07"), std::string(3'000, 'h'));
  EXPECT_EQ(found(archive, "aa09"), std::string(3'000, 'j'));
  const Result<void> kept = archive.keep("aaff", set_of(std::string(6'000, 'x')), at(11), kAge);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().detail, "policies and lists of 5.9 KiB are too many to keep");
}

TEST(PolicyArchive, UsesNothingThatIsNotWhatWasKept) {
  const Place place;
  PolicyArchive archive(place.archive());
  ASSERT_TRUE(archive.keep("aa01", set_of("one"), at(0), kAge));
  const std::string file = place.sets().front();
  std::ofstream(file, std::ios::app) << "x";
  EXPECT_EQ(found(archive, "aa01"), "!");
  fs::remove(file);
  EXPECT_EQ(found(archive, "aa01"), "!");
}

TEST(PolicyArchive, PassesOverLinesThatAreNotWhole) {
  const Place place;
  PolicyArchive archive(place.archive());
  ASSERT_TRUE(archive.keep("aa01", set_of("one"), at(0), kAge));
  std::ofstream(place.archive() + "/snapshots", std::ios::app) << "aa02 ../../etc/passwd 2026\naa0";
  PolicyArchive again(place.archive());
  ASSERT_TRUE(again.keep("aa03", set_of("two"), at(1), kAge));
  EXPECT_EQ(found(again, "aa01"), "one");
  EXPECT_EQ(found(again, "aa02"), "-");
  EXPECT_EQ(found(again, "aa03"), "two");
}

TEST(PolicyArchive, SaysWhatTheDiskSaysAndTriesAgain) {
  const Place place;
  std::ofstream(place.archive()) << "a file where the folder should be";
  PolicyArchive archive(place.archive());
  const PolicySetPtr one = set_of("one");
  ASSERT_FALSE(archive.keep("aa01", one, at(0), kAge));
  fs::remove(place.archive());
  ASSERT_TRUE(archive.keep("aa01", one, at(1), kAge));
  EXPECT_EQ(found(archive, "aa01"), "one");
}

}  // namespace
}  // namespace sallyport::app
