#include "proxy/app/portal_keys.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using std::chrono::hours;

const Time kNow = *parse_rfc3339("2026-11-26T20:00:00Z");

class PortalKeys : public ::testing::Test {
 protected:
  std::string text() const {
    std::ifstream file(file_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  unsigned mode() const {
    struct stat status{};
    EXPECT_EQ(::stat(file_.c_str(), &status), 0);
    return status.st_mode & 0777;
  }

  testkit::TemporaryFolder folder_;
  std::string file_ = folder_.path() + "/portal.keys";
};

TEST_F(PortalKeys, AreMadeOnceForTheirOwnerAlone) {
  const auto first = open_ticket_keys(file_, kNow);
  ASSERT_TRUE(first);
  EXPECT_EQ(mode(), 0600U);
  EXPECT_EQ(text(), first->text());
  EXPECT_EQ(open_ticket_keys(file_, kNow + hours(24))->text(), first->text());
}

TEST_F(PortalKeys, AreFollowedByAnotherWhenTheyAreOld) {
  const auto first = open_ticket_keys(file_, kNow);
  const auto second = open_ticket_keys(file_, kNow + hours(24 * 7));
  ASSERT_TRUE(second);
  EXPECT_NE(second->text(), first->text());
  EXPECT_TRUE(second->text().ends_with(first->text()));
  EXPECT_EQ(text(), second->text());
  EXPECT_EQ(mode(), 0600U);
}

TEST_F(PortalKeys, AreRefusedWhereOthersMayReadThemOrTheyAreNone) {
  ASSERT_TRUE(open_ticket_keys(file_, kNow));
  ASSERT_EQ(::chmod(file_.c_str(), 0640), 0);
  EXPECT_EQ(open_ticket_keys(file_, kNow).error().kind, ErrorKind::permission);
  ASSERT_EQ(::chmod(file_.c_str(), 0600), 0);
  std::ofstream(file_) << "nothing\n";
  const auto read = open_ticket_keys(file_, kNow);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::invalid);
  EXPECT_NE(read.error().detail.find(file_), std::string::npos);
  // What stands there is not replaced: it may be there for somebody to look at.
  EXPECT_EQ(text(), "nothing\n");
}

TEST_F(PortalKeys, ThatCannotBeWrittenAreAnError) {
  EXPECT_FALSE(open_ticket_keys(folder_.path() + "/nowhere/portal.keys", kNow));
}

}  // namespace
}  // namespace sallyport::app
