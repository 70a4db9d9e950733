#include "proxy/portal/form.h"

#include <gtest/gtest.h>

namespace sallyport::portal {
namespace {

TEST(Form, IsReadAsABrowserWritesIt) {
  const auto form =
      FormFields::parse("ticket=abc-_9&reason=I+need+it%21+%C3%A4%0D%0A%26%3D&answer=");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->get("ticket"), "abc-_9");
  EXPECT_EQ(form->get("reason"), "I need it! \xc3\xa4\r\n&=");
  EXPECT_EQ(form->get("answer"), "");
  EXPECT_EQ(form->get("code"), "");
  EXPECT_TRUE(FormFields::parse(""));
}

TEST(Form, RefusesWhatNoBrowserWrites) {
  for (const std::string_view text : {"a=%", "a=%4", "a=%zz", "a=1&a=2", "a=1&%61=2", "a", "a=1&",
                                      "&a=1", "a=%ff", "a=\xff", "a=%c0%80", "a=%ed%a0%80"}) {
    EXPECT_FALSE(FormFields::parse(text)) << text;
  }
}

TEST(Form, HoldsItsLimits) {
  std::string text = "f0=";
  for (int i = 1; i < 16; ++i) text += "&f" + std::to_string(i) + "=";
  EXPECT_TRUE(FormFields::parse(text));
  EXPECT_FALSE(FormFields::parse(text + "&f16="));
  EXPECT_TRUE(FormFields::parse("a=" + std::string(FormFields::kMostBytes - 2, 'x')));
  EXPECT_FALSE(FormFields::parse("a=" + std::string(FormFields::kMostBytes - 1, 'x')));
}

TEST(Form, EncodesAValueSoThatItStaysOne) {
  EXPECT_EQ(url_encode("a b&c=d/\xc3\xa4~"), "a%20b%26c%3Dd%2F%C3%A4~");
}

}  // namespace
}  // namespace sallyport::portal
