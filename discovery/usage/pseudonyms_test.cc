#include "discovery/usage/pseudonyms.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

const Pseudonyms kOne(std::string(32, 'k'));
const Pseudonyms kOther(std::string(32, 'l'));

TEST(Pseudonyms, AreTheSameForTheSameNameAndKeyAlone) {
  EXPECT_EQ(kOne.user("ana"), kOne.user("Ana"));
  EXPECT_NE(kOne.user("ana"), kOne.user("ben"));
  EXPECT_NE(kOne.user("ana"), kOther.user("ana"));
  EXPECT_NE(kOne.user("192.0.2.1").substr(5), kOne.address("192.0.2.1").substr(8));
  EXPECT_EQ(kOne.user("ana").size(), 17u);
  EXPECT_TRUE(kOne.user("ana").starts_with("user-"));
  EXPECT_TRUE(kOne.address("192.0.2.1").starts_with("address-"));
}

TEST(Pseudonyms, ReplaceNamesAndAddressesAndNothingElse) {
  Report report;
  report.tables = {{.name = "users",
                    .columns = {"user", "address", "app"},
                    .rows = {{std::string("ana"), std::string("192.0.2.1"), std::string("ana")},
                             {std::string("(nobody)"), std::string("(other)"), std::string("box")},
                             {std::monostate(), std::monostate(), std::monostate()}}}};
  pseudonymise(report, kOne);
  const auto& rows = report.tables[0].rows;
  EXPECT_EQ(std::get<std::string>(rows[0][0]), kOne.user("ana"));
  EXPECT_EQ(std::get<std::string>(rows[0][1]), kOne.address("192.0.2.1"));
  EXPECT_EQ(std::get<std::string>(rows[0][2]), "ana");
  EXPECT_EQ(std::get<std::string>(rows[1][0]), "(nobody)");
  EXPECT_EQ(std::get<std::string>(rows[1][1]), "(other)");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(rows[2][0]));
}

}  // namespace
}  // namespace sallyport::discovery
