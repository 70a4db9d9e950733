#include "discovery/files/file_kind.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

bool mismatch_of(std::string_view extension, std::string_view type) {
  const FileKind* const kind = find_file_kind(type);
  EXPECT_NE(kind, nullptr) << type;
  return kind != nullptr && mismatch(extension, *kind);
}

TEST(FileKinds, AreManyAndWrittenWell) {
  EXPECT_GE(file_kinds().size(), 200u);
  for (const FileKind& kind : file_kinds()) {
    EXPECT_EQ(find_file_kind(kind.type), &kind);
    EXPECT_EQ(kind.type, lower(kind.type));
    EXPECT_EQ(kind.extensions, lower(kind.extensions));
    EXPECT_NE(kind.type.find('/'), std::string_view::npos);
    EXPECT_EQ(kind.extensions.find("  "), std::string_view::npos);
    EXPECT_EQ(kind.extensions.find('.'), std::string_view::npos);
  }
  EXPECT_EQ(find_file_kind("application/nothing"), nullptr);
  EXPECT_EQ(find_file_kind(""), nullptr);
}

TEST(FileKinds, HaveFamiliesThatPoliciesKnow) {
  const auto words = policy::file_family_words();
  ASSERT_EQ(words.size(), 14u);
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(word_for(static_cast<FileFamily>(i)), words[i]);
  }
}

TEST(FileKinds, NameTheUsualExtensionFirst) {
  EXPECT_EQ(find_file_kind("image/jpeg")->extension(), "jpg");
  EXPECT_EQ(find_file_kind("application/pdf")->extension(), "pdf");
  EXPECT_EQ(find_file_kind("application/x-git-crypt")->extension(), "");
  EXPECT_TRUE(find_file_kind("image/jpeg")->has_extension("jpeg"));
  EXPECT_FALSE(find_file_kind("image/jpeg")->has_extension("jp"));
  EXPECT_FALSE(find_file_kind("image/jpeg")->has_extension(""));
}

TEST(Mismatch, IsANameThatContradictsTheContent) {
  EXPECT_TRUE(mismatch_of("jpg", "application/vnd.microsoft.portable-executable"));
  EXPECT_TRUE(mismatch_of("txt", "application/zip"));
  EXPECT_TRUE(mismatch_of("docx", "application/zip"));
  EXPECT_TRUE(mismatch_of("zip", "application/pdf"));
  EXPECT_TRUE(mismatch_of("pdf", "text/plain"));
  EXPECT_TRUE(mismatch_of("pdf", "application/octet-stream"));
  EXPECT_TRUE(mismatch_of("xlsx", "application/vnd.ms-excel.sheet.macroenabled.12"));
  EXPECT_TRUE(mismatch_of("png", "image/jpeg"));
}

TEST(Mismatch, IsNotWhereNamesAreFreeOrFit) {
  EXPECT_FALSE(mismatch_of("", "application/pdf"));
  EXPECT_FALSE(mismatch_of("pdf", "application/pdf"));
  EXPECT_FALSE(mismatch_of("ai", "application/pdf"));
  EXPECT_FALSE(mismatch_of("unheard", "application/zip"));
  EXPECT_FALSE(mismatch_of("bin", "application/x-elf"));
  EXPECT_FALSE(mismatch_of("cpp", "text/plain"));
  EXPECT_FALSE(mismatch_of("txt", "text/x-python"));
  EXPECT_FALSE(mismatch_of("md", "application/json"));
  EXPECT_FALSE(mismatch_of("key", "application/x-pem-key"));
  EXPECT_FALSE(mismatch_of("mp3", "application/octet-stream"));  // Not every one shows what it is.
  EXPECT_FALSE(mismatch_of("docx", "application/encrypted-office"));
}

}  // namespace
}  // namespace sallyport::discovery
