#include "base/core/text.h"

#include <gtest/gtest.h>

#include "base/core/utf8.h"

namespace sallyport {
namespace {

TEST(Text, ComparesWithoutAsciiCase) {
  EXPECT_TRUE(iequals("Content-Length", "content-LENGTH"));
  EXPECT_FALSE(iequals("content-length", "content-lengt"));
  EXPECT_FALSE(iequals("@", "`"));  // They differ by the same bit as letters do.
  EXPECT_FALSE(iequals("\xc3\x84", "\xc3\xa4"));
  EXPECT_TRUE(iequals("", ""));
  EXPECT_TRUE(istarts_with("Bearer abc", "bearer "));
  EXPECT_FALSE(istarts_with("Bear", "bearer"));
  EXPECT_EQ(lower("AbC-\xc3\x84"), "abc-\xc3\x84");
}

TEST(Text, TrimsBlanksAndTabsOnly) {
  EXPECT_EQ(trim(" \t a b\t "), "a b");
  EXPECT_EQ(trim("\r\na"), "\r\na");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, SplitsIntoAllParts) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("a,b,,c,", ','), (Parts{"a", "b", "", "c", ""}));
  EXPECT_EQ(split("", ','), Parts{""});
  EXPECT_EQ(split("abc", ','), Parts{"abc"});
}

TEST(Text, ReadsDecimalsWithoutSignsOrOverflow) {
  EXPECT_EQ(parse_decimal("0"), 0u);
  EXPECT_EQ(parse_decimal("007"), 7u);
  EXPECT_EQ(parse_decimal("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", "+5", "-5", " 5", "5 ", "0x1", "1.0", "1e3", "18446744073709551616",
                           "99999999999999999999", "184467440737095516150", "\xd9\xa1"}) {
    EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
  }
}

TEST(Text, WritesHexadecimal) {
  EXPECT_EQ(to_hex("\x00\x1f\xff", 3), "001fff");
  EXPECT_EQ(to_hex(nullptr, 0), "");
  EXPECT_EQ(hex_value('0') + hex_value('a') + hex_value('F'), 25);
}

TEST(Text, ShowsBytesToPeople) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1024), "1.0 KiB");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(human_bytes(2'576'980'378), "2.4 GiB");
  EXPECT_EQ(human_bytes(UINT64_MAX), "16.0 EiB");
}

TEST(Text, IsSafeToPrint) {
  EXPECT_EQ(printable("plain, \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
            "plain, \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(printable("\x1b[31m\r\n\t\x7f"), "\\x1b[31m\\x0d\\x0a\\x09\\x7f");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(printable("\xc2\x9b"), "\\u{009B}");  // CSI as one C1 control.
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "exe\xe2\x81\xa6"),
            "\\u{202E}exe\\u{2066}");
}

TEST(Text, EscapesHtmlForTextAndAttributes) {
  EXPECT_EQ(escape_html("<a href=\"x\" title='y'>&amp;"),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;");
}

TEST(Text, GlobsCoverTheWholeText) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("", ""));
  EXPECT_TRUE(glob_match("*.example.com", "a.b.example.com"));
  EXPECT_FALSE(glob_match("*.example.com", "example.com"));
  EXPECT_TRUE(glob_match("a?c", "abc"));
  EXPECT_FALSE(glob_match("a?c", "ac"));
  EXPECT_TRUE(glob_match("*a*b*", "xxaxxbxx"));
  EXPECT_FALSE(glob_match("*a*b", "xxaxxbxx"));
  EXPECT_TRUE(glob_match("/api/*/files/*", "/api/v1/files/x/y"));
  EXPECT_FALSE(glob_match("", "a"));
  EXPECT_TRUE(glob_match("**", "a"));
  EXPECT_FALSE(glob_match("abc", "abcd"));
}

// What glob_match must say, by trying everything.
bool covers(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return covers(pattern.substr(1), text) || (!text.empty() && covers(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         covers(pattern.substr(1), text.substr(1));
}

TEST(Text, GlobsSayWhatTryingEverythingSays) {
  std::uint32_t seed = 1;
  const auto word = [&](std::string_view letters, std::size_t most) {
    std::string made;
    seed = seed * 1664525 + 1013904223;
    for (std::size_t size = (seed >> 16) % (most + 1); made.size() < size;) {
      seed = seed * 1664525 + 1013904223;
      made += letters[(seed >> 16) % letters.size()];
    }
    return made;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string pattern = word("ab*?*", 7);
    const std::string text = word("ab", 8);
    ASSERT_EQ(glob_match(pattern, text), covers(pattern, text)) << pattern << " on " << text;
  }
}

TEST(Text, GlobsStayFastOnHostilePatterns) {
  const std::string text(20'000, 'a');
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_TRUE(glob_match(pattern, text));
  EXPECT_FALSE(glob_match(pattern + "b", text));
}

std::string decoded(std::string_view text) {
  const Utf8Char next = decode_utf8(text);
  return (next.code == kNotUtf8 ? "no" : std::to_string(next.code)) + "/" +
         std::to_string(next.size);
}

TEST(Utf8, AcceptsTheShortestFormOnly) {
  EXPECT_EQ(decoded("a"), "97/1");
  EXPECT_EQ(decoded("\xc2\x80"), "128/2");
  EXPECT_EQ(decoded("\xe0\xa0\x80"), "2048/3");
  EXPECT_EQ(decoded("\xf4\x8f\xbf\xbf"), "1114111/4");
  for (const char* text :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xc3",
        "\xe2\x82", "\xc3(", "\xe2(\xa1"}) {
    EXPECT_EQ(decoded(text), "no/1") << printable(text);
  }
}

TEST(Utf8, ReadsWhatItWrote) {
  for (const std::uint32_t code :
       {0x0u, 0x7fu, 0x80u, 0x7ffu, 0x800u, 0xd7ffu, 0xe000u, 0xffffu, 0x10000u, 0x10ffffu}) {
    std::string text;
    append_utf8(text, code);
    EXPECT_EQ(decode_utf8(text).code, code);
    EXPECT_EQ(decode_utf8(text).size, text.size());
    EXPECT_EQ(find_not_utf8(text), std::string_view::npos);
    EXPECT_EQ(find_not_utf8(text + "\xff"), text.size());
  }
}

TEST(Utf8, FindsWhatIsNoneBehindLongAscii) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string plain(size, 'a');
    EXPECT_EQ(find_not_utf8(plain), std::string::npos);
    EXPECT_EQ(find_not_utf8(plain + "\xff"), size);
    EXPECT_EQ(find_not_utf8(plain + "\xc3\xbc" + plain + "\xc3"), 2 * size + 2);
  }
}

TEST(Utf8, MendsWhatIsNone) {
  const auto mended = [](std::string text, std::size_t limit) {
    const bool whole = mend_utf8(text, limit);
    return text + (whole ? "" : "~");
  };
  EXPECT_EQ(mended("a\xc3\xbc", 1), "a\xc3\xbc");  // Nothing to mend.
  EXPECT_EQ(mended("a\xff"
                   "b",
                   5),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(mended("a\xff"
                   "b",
                   4),
            "a\xef\xbf\xbd~");
  EXPECT_EQ(mended("a\xff"
                   "b",
                   3),
            "a~");
  EXPECT_EQ(mended("\xff\xc3\xbc", 4), "\xef\xbf\xbd~");
}

TEST(Utf8, DropsACharacterThatIsCut) {
  const auto dropped = [](std::string text) {
    drop_cut_character(text);
    return text;
  };
  EXPECT_EQ(dropped("a\xc3"), "a");
  EXPECT_EQ(dropped("a\xe2\x82"), "a");
  EXPECT_EQ(dropped("a\xf0\x9f\x98"), "a");
  EXPECT_EQ(dropped("a\xc3\xbc"), "a\xc3\xbc");
  EXPECT_EQ(dropped("a\x82"), "a\x82");  // Nothing that a cut leaves.
  EXPECT_EQ(dropped(""), "");
}

}  // namespace
}  // namespace sallyport
