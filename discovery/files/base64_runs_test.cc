#include "discovery/files/base64_runs.h"

#include <gtest/gtest.h>

#include "base/crypto/base64.h"

namespace sallyport::discovery {
namespace {

class Found final : public Base64Runs::Sink {
 public:
  std::vector<std::string> runs;
  const Base64Runs* of = nullptr;
  void run_begin() override { runs.emplace_back(); }
  void run_data(std::string_view bytes) override { runs.back() += bytes; }
  void run_end() override { runs.back() += of->mixed() ? "?" : "."; }
};

std::vector<std::string> find(std::string_view text,
                              Base64Runs::Mode mode = Base64Runs::Mode::strict) {
  std::vector<std::string> first;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, text.size() + 1}) {
    Found found;
    Base64Runs runs(found, mode);
    found.of = &runs;
    for (std::size_t at = 0; at < text.size(); at += piece) runs.feed(text.substr(at, piece));
    runs.end();
    if (piece == 1) first = found.runs;
    EXPECT_EQ(found.runs, first) << piece;
  }
  return first;
}

using Texts = std::vector<std::string>;
const std::string kText(100, '\xfb');  // "+/v7..."

TEST(Base64Runs, FindsThoseOfAText) {
  const std::string coded = base64_encode(kText);
  EXPECT_EQ(find(R"({"a":"x","b":")" + coded + R"(","c":")" + coded + R"("})"),
            (Texts{kText + ".", kText + "."}));
  EXPECT_EQ(find("data:image/png;base64," + coded), Texts{kText + "."});
  EXPECT_EQ(find("<x>" + coded + "</x>"), Texts{kText + "."});
  EXPECT_EQ(find("words, and " + base64_encode("too short to be a file")), Texts());
}

TEST(Base64Runs, KnowsLinesAndTheEscapesOfJson) {
  const std::string coded = base64_encode(kText);
  std::string lines, escaped, codes;
  for (std::size_t at = 0; at < coded.size(); at += 20) {
    lines += coded.substr(at, 20) + "\r\n";
    escaped += coded.substr(at, 20) + R"(\r\n)";
    codes += coded.substr(at, 20) + R"(\u000a)";
  }
  EXPECT_EQ(find("Content-Transfer-Encoding: base64\r\n\r\n" + lines + "--b"), Texts{kText + "."});
  EXPECT_EQ(find('"' + escaped + '"'), Texts{kText + "."});
  EXPECT_EQ(find('"' + codes + '"'), Texts{kText + "."});
  std::string slashes;
  for (const char c : coded) slashes += c == '/' ? "\\/" : c == '+' ? "\\u002B" : std::string(1, c);
  EXPECT_EQ(find('"' + slashes + '"'), Texts{kText + "."});
}

TEST(Base64Runs, KnowsTheOtherAlphabetAndWhatIsLeftAway) {
  std::string coded = base64_encode(kText);
  for (char& c : coded) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (coded.ends_with('=')) coded.pop_back();
  EXPECT_EQ(find('"' + coded + '"'), Texts{kText + "."});
}

Texts find_loose(std::string_view text) { return find(text, Base64Runs::Mode::loose); }

TEST(LooseBase64Runs, AreAllLettersOfAString) {
  const std::string coded = base64_encode(kText);
  const std::string first = coded.substr(0, 30), rest = coded.substr(30);
  for (const std::string_view between :
       {" ", "\t", ".", "\\\"", "=", "\\u0022", "\\n\\n", "!\\\\?", ","}) {
    EXPECT_EQ(find_loose("{\"d\":\"" + first + std::string(between) + rest + "\"}"),
              Texts{kText + (between == "\\n\\n" ? "." : "?")})
        << between;
  }
  EXPECT_EQ(find_loose("<x>" + first + " " + rest + "</x>"), Texts{kText + "?"});
  EXPECT_EQ(find_loose("\"a\":\"data:image/png;base64," + first + " " + rest + '"'),
            Texts{kText + "?"});
  EXPECT_EQ(find_loose("Subject: x\r\n\r\n" + first + " \r\n" + rest + "\r\n\r\n"),
            Texts{kText + "?"});
}

TEST(LooseBase64Runs, AreNotMixedWhereNothingStandsBetween) {
  const std::string coded = base64_encode(kText);
  EXPECT_EQ(find_loose("\" " + coded + " \""), Texts{kText + "."});
  EXPECT_EQ(find_loose(R"({"a":")" + coded + R"(","c":")" + coded + R"("})"),
            (Texts{kText + ".", kText + "."}));
}

}  // namespace
}  // namespace sallyport::discovery
