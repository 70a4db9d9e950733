#include "discovery/logs/escape.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "discovery/logs/hostile_for_tests.h"

namespace sallyport::discovery {
namespace {

std::string escaped(std::string_view value, Escape style) {
  std::string out;
  append_escaped(out, value, style);
  return out;
}

constexpr std::string_view kMixed = "a b\"\\]%~\xc3\xa4\n";

TEST(Escape, WritesEachStyleAsItsReadersExpect) {
  EXPECT_EQ(escaped(kMixed, Escape::percent), "a%20b%22%5C%5D%25%7E%C3%A4%0A");
  EXPECT_EQ(escaped(kMixed, Escape::url), "a%20b%22%5C]%~%C3%A4%0A");
  EXPECT_EQ(escaped(kMixed, Escape::squid), "a%20b%22%5C%5D%25~%C3%A4%0A");
  EXPECT_EQ(escaped(kMixed, Escape::quoted), "a b\\\"\\\\]%~\xc3\xa4\\n");
  EXPECT_EQ(escaped(kMixed, Escape::sd_value), "a b\\\"\\\\\\]%~\xc3\xa4\\\\x0A");
}

TEST(Escape, LeavesWhatNeedsNone) {
  for (const Escape style :
       {Escape::percent, Escape::url, Escape::squid, Escape::quoted, Escape::sd_value}) {
    EXPECT_EQ(escaped("http://a.example:80/b?c=d&e=f+g@h;i,j", style),
              "http://a.example:80/b?c=d&e=f+g@h;i,j");
  }
}

bool steers(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char next = decode_utf8(text);
    if (next.code == kNotUtf8 || is_steering(next.code)) return true;
    text.remove_prefix(next.size);
  }
  return false;
}

TEST(Escape, LetsNothingThroughThatSteers) {
  for (const std::string& text : samples::hostile_texts()) {
    for (const Escape style :
         {Escape::percent, Escape::url, Escape::squid, Escape::quoted, Escape::sd_value}) {
      EXPECT_FALSE(steers(escaped(text, style))) << printable(text);
    }
    for (const Escape word : {Escape::percent, Escape::url, Escape::squid}) {
      EXPECT_EQ(escaped(text, word).find_first_of(" \"\\"), std::string::npos) << printable(text);
    }
  }
}

// The value again, from what percent and squid wrote.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

TEST(Escape, PercentAndSquidReadBackAsTheValue) {
  for (const std::string& text : samples::hostile_texts()) {
    EXPECT_EQ(decoded(escaped(text, Escape::percent)), text);
    EXPECT_EQ(decoded(escaped(text, Escape::squid)), text);
  }
}

// Where a quoted value ends: at the first quote that no backslash guards.
std::size_t end_of_quoted(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i;
    }
  }
  return std::string_view::npos;
}

TEST(Escape, QuotedValuesEndAtTheirOwnQuoteOnly) {
  for (const std::string& text : samples::hostile_texts()) {
    for (const Escape style : {Escape::quoted, Escape::sd_value}) {
      const std::string value = escaped(text, style);
      EXPECT_EQ(end_of_quoted(value + "\"]"), value.size()) << printable(text);
    }
  }
}

}  // namespace
}  // namespace sallyport::discovery
