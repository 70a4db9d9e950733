#include "base/core/file.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport {
namespace {

class File : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sallyport-file-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& text) {
    const std::string path = folder_ + "/file";
    std::ofstream(path) << text;
    return path;
  }
  static ErrorKind refusal(const Result<std::string>& read) {
    EXPECT_FALSE(read);
    return read ? ErrorKind::closed : read.error().kind;
  }

  std::string folder_;
};

TEST_F(File, IsReadAsAWhole) {
  const std::string text(200'000, 'x');
  EXPECT_EQ(read_regular_file(write(text), 200'000), text);
  EXPECT_EQ(read_regular_file(write(""), 0), "");
}

TEST_F(File, MayNotBeLargerThanAsked) {
  EXPECT_EQ(refusal(read_regular_file(write(std::string(200'000, 'x')), 199'999)),
            ErrorKind::limit);
}

TEST_F(File, IsNotWhatIsMissingAFolderOrAPipe) {
  EXPECT_EQ(refusal(read_regular_file(folder_ + "/none", 10)), ErrorKind::not_found);
  EXPECT_EQ(refusal(read_regular_file(write("") + "/none", 10)), ErrorKind::not_found);
  EXPECT_EQ(refusal(read_regular_file(folder_, 10)), ErrorKind::storage);
  ASSERT_EQ(::mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal(read_regular_file(folder_ + "/pipe", 10)), ErrorKind::storage);
}

}  // namespace
}  // namespace sallyport
