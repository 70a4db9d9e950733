#include "discovery/classify/one_of.h"

#include <gtest/gtest.h>
#include <string>

namespace sallyport::discovery {
namespace {

constexpr std::string_view kLong =
    "a word of more than sixty-three bytes, which shares its bit with all that are as long";
constexpr std::string_view kSome[] = {"_admin", "roles", "saml", kLong};

TEST(OneOf, IsWhatIsInTheListWhole) {
  for (const std::string_view word : kSome) EXPECT_TRUE(is_one_of<kSome>(word)) << word;
  for (const std::string_view word : {"", "r", "role", "rolex", "samla", "Saml", "sale", "\xff"}) {
    EXPECT_FALSE(is_one_of<kSome>(word)) << word;
  }
  EXPECT_FALSE(is_one_of<kSome>(std::string(kLong) + "er"));
}

}  // namespace
}  // namespace sallyport::discovery
