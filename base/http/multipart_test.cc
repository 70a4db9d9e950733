#include "base/http/multipart.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

// Everything that is told, in words: "[a: 1; b: 2|data]" is a part, "[...|data~" one that broke
// off.
class Listener : public MultipartSink {
 public:
  void part_begin(const Headers& fields) override {
    text += '[';
    std::string_view between;
    for (const auto field : fields) {
      text += std::string(between) + std::string(field.name) + ": " + std::string(field.value);
      between = "; ";
    }
    text += '|';
  }
  void part_data(std::string_view bytes) override {
    EXPECT_FALSE(bytes.empty());
    text += bytes;
  }
  void part_end(bool whole) override { text += whole ? "]" : "~"; }

  std::string text;
};

std::string ending(const MultipartReader& reader) {
  std::string out = reader.complete() ? " complete" : "";
  switch (reader.fault()) {
    case MultipartFault::none:
      break;
    case MultipartFault::no_boundary:
      out += " NO BOUNDARY";
      break;
    case MultipartFault::head_too_large:
      out += " HEAD TOO LARGE";
      break;
    case MultipartFault::too_many_parts:
      out += " TOO MANY PARTS";
      break;
  }
  std::string_view between = " (";
  for (std::size_t i = 0; i < kMultipartDoubts; ++i) {
    if (!reader.has(static_cast<MultipartDoubt>(i))) continue;
    out += std::string(between) + std::string(word_for(static_cast<MultipartDoubt>(i)));
    between = ", ";
  }
  return reader.ambiguous() ? out + ")" : out;
}

std::string read(std::string_view body, std::string_view type = "multipart/form-data; boundary=B") {
  const auto in_pieces = [&](std::size_t size) {
    Listener listener;
    MultipartReader reader(type, listener);
    for (std::string_view rest = body; !rest.empty();) {
      const std::string piece(rest.substr(0, size));
      reader.feed(piece);
      rest.remove_prefix(piece.size());
    }
    reader.end();
    return listener.text + ending(reader);
  };
  const std::string whole = in_pieces(body.size());
  for (const std::size_t size : {1, 2, 3, 5}) EXPECT_EQ(in_pieces(size), whole) << size;
  return whole;
}

constexpr std::string_view kTwo =
    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
    "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n"
    "Content-Type: text/plain\r\n\r\nline\r\nline\r\n\r\n--B--\r\n";
constexpr std::string_view kTwoTold =
    "[Content-Disposition: form-data; name=\"a\"|1]"
    "[Content-Disposition: form-data; name=\"f\"; filename=\"x.txt\"; Content-Type: text/plain|"
    "line\r\nline\r\n] complete";

TEST(MultipartReader, ReadsWhatBrowsersWrite) {
  EXPECT_EQ(read(kTwo), kTwoTold);
  EXPECT_EQ(read(kTwo.substr(0, kTwo.size() - 2)), kTwoTold);  // No line's end behind the last.
  EXPECT_EQ(read(std::string(kTwo) + "epilogue\r\n"), kTwoTold);
  EXPECT_EQ(read("\r\n" + std::string(kTwo)), kTwoTold);
  EXPECT_EQ(read("--B--\r\n"), " complete");
  EXPECT_EQ(read("--B\r\n\r\n\r\n--B--"), "[|] complete");
  EXPECT_EQ(read("--B\r\na: b\r\n\r\n\r\n--B--"), "[a: b|] complete");
  EXPECT_EQ(read("--B\r\n\r\n\r\n\r\n--B--"), "[|\r\n] complete");
}

TEST(MultipartReader, ReadsTheBoundary) {
  const auto told = [](std::string_view type, std::string_view boundary) {
    const std::string dashes = "--" + std::string(boundary);
    return read(dashes + "\r\n\r\nx\r\n" + dashes + "--", type);
  };
  EXPECT_EQ(told("multipart/related; type=\"a;b\"; boundary=\"B 1\"; start=x", "B 1"),
            "[|x] complete");
  EXPECT_EQ(told("multipart/form-data; BOUNDARY=----=_Part/1:2", "----=_Part/1:2"),
            "[|x] complete");
  EXPECT_EQ(
      told("multipart/form-data; boundary=----WebKitFormBoundaryq", "----WebKitFormBoundaryq"),
      "[|x] complete");
  EXPECT_EQ(read("--B\r\n", "multipart/form-data"), " NO BOUNDARY");
  EXPECT_EQ(read("--B\r\n", "multipart/form-data; boundary="), " NO BOUNDARY");
  EXPECT_EQ(read("--B\r\n", "multipart/form-data; boundary=" + std::string(71, 'x')),
            " (boundary parameter, no last delimiter, preamble)");
  EXPECT_EQ(read("--B\r\n", "multipart/form-data; boundary=" + std::string(129, 'x')),
            " NO BOUNDARY (boundary parameter)");
}

TEST(MultipartReader, DoubtsABoundaryThatIsWrittenOddly) {
  for (const std::string_view type :
       {"m/f; boundary=B; boundary=C", "m/f; boundary=B ; a=b", "m/f; boundary =B",
        "m/f; boundary= B", "m/f; boundary=B; boundary*=utf-8''C", "m/f; boundary=B; boundary*0=C",
        "m/f; boundary=\"B", "m/f; boundary=\"\\B\"", "m/f; x=\"; boundary=C\"; boundary=B",
        "m/f; x=\"boundary; y=C\"; boundary=B"}) {
    EXPECT_EQ(read("--B\r\n\r\nx\r\n--B--", type), "[|x] complete (boundary parameter)") << type;
  }
  EXPECT_EQ(read("--B,C\r\n\r\nx\r\n--B,C--", "m/f; boundary=B,C"),
            "[|x] complete (boundary parameter)");
  EXPECT_EQ(read("--B \r\n\r\nx\r\n--B --", "m/f; boundary=\"B \""),
            "[|x] complete (boundary parameter)");
}

TEST(MultipartReader, ReadsLinesThatEndInLineFeedAlone) {
  EXPECT_EQ(read("--B\na: b\n\nx\ny\n--B--\n"), "[a: b|x\ny] complete (bare line feed)");
  EXPECT_EQ(read("--B\r\na: b\r\n\r\nx\n--B\r\n\r\ny\r\n--B--\r\n"),
            "[a: b|x][|y] complete (bare line feed)");
  // Carriage returns alone end no line, but for some.
  EXPECT_EQ(read("--B\r\n\r\nx\r--B\r\n\r\ny\r\n--B--\r\n"),
            "[|x\r--B\r\n\r\ny] complete (bare line feed)");
}

TEST(MultipartReader, ReadsBlanksBehindADelimiter) {
  EXPECT_EQ(read("--B \t\r\n\r\nx\r\n--B-- \r\n"), "[|x] complete (padding)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--B" + std::string(65, ' ') + "\r\ny\r\n--B--"),
            "[|x\r\n--B" + std::string(65, ' ') + "\r\ny] complete (longer line)");
}

TEST(MultipartReader, TellsDataThatLooksLikeADelimiter) {
  EXPECT_EQ(read("--B\r\n\r\nx--B\r\ny\r\n--B--"),
            "[|x--B\r\ny] complete (boundary inside a line)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--BB\r\ny\r\n--B--"), "[|x\r\n--BB\r\ny] complete (longer line)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--B-\r\ny\r\n--B--"), "[|x\r\n--B-\r\ny] complete (longer line)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n-B\r\n--b\r\n- -B\r\n--B--"),
            "[|x\r\n-B\r\n--b\r\n- -B] complete");
  // A multipart within is data; its delimiters are others.
  EXPECT_EQ(read("--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--C--\r\n"
                 "--B--"),
            "[Content-Type: multipart/mixed; boundary=C|--C\r\n\r\nx\r\n--C--] complete");
}

TEST(MultipartReader, ReadsOnBehindTheLastDelimiter) {
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--B--\r\n--B\r\n\r\ny\r\n--B--"),
            "[|x][|y] complete (part after the last)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--B--junk\r\nepilogue"), "[|x] complete (longer line)");
}

TEST(MultipartReader, TellsWhatStandsInFrontOfTheFirst) {
  EXPECT_EQ(read("This is MIME.\r\n" + std::string(kTwo)), std::string(kTwoTold) + " (preamble)");
  EXPECT_EQ(read("x--B\r\n\r\nno\r\n" + std::string(kTwo)),
            std::string(kTwoTold) + " (boundary inside a line, preamble)");
}

TEST(MultipartReader, EndsWhatTheBodyBreaksOffIn) {
  EXPECT_EQ(read(""), " (no last delimiter)");
  EXPECT_EQ(read("no delimiter"), " (no last delimiter, preamble)");
  EXPECT_EQ(read("--B"), " (no last delimiter)");
  EXPECT_EQ(read("--B\r\n"), " (no last delimiter)");
  EXPECT_EQ(read("--B\r\na: b"), "[a: b|~ (no last delimiter)");
  EXPECT_EQ(read("--B\r\na: b\r\n"), "[a: b|~ (no last delimiter)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n"), "[|x\r\n~ (no last delimiter)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--"), "[|x\r\n--~ (no last delimiter)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--B"), "[|x] (no last delimiter)");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--B\r\n"), "[|x] (no last delimiter)");
}

TEST(MultipartReader, DoubtsFieldsThatAreNone) {
  EXPECT_EQ(read("--B\r\na: b\r\n c\r\nd: e\r\n\r\nx\r\n--B--"),
            "[a: b c; d: e|x] complete (odd field)");
  EXPECT_EQ(read("--B\r\n a: b\r\n\r\nx\r\n--B--"), "[a: b|x] complete (odd field)");
  EXPECT_EQ(read("--B\r\nno field\r\na: b\r\n\r\nx\r\n--B--"), "[a: b|x] complete (odd field)");
  EXPECT_EQ(read("--B\r\na : b\r\n\r\nx\r\n--B--"), "[a: b|x] complete (odd field)");
  EXPECT_EQ(read("--B\r\na: b\rc\r\n\r\nx\r\n--B--"), "[a: b c|x] complete (odd field)");
  EXPECT_EQ(read(std::string("--B\r\na: b\0c\r\n\r\nx\r\n--B--", 23)),
            "[a: b c|x] complete (odd field)");
  EXPECT_EQ(read("--B\r\na: b\r\nA: c\r\n\r\nx\r\n--B--"), "[a: b; A: c|x] complete (odd field)");
}

TEST(MultipartReader, EndsAPartWhereItsBlankLineIsMissing) {
  EXPECT_EQ(read("--B\r\na: b\r\n--B\r\n\r\nx\r\n--B--"), "[a: b|][|x] complete (no blank line)");
  EXPECT_EQ(read("--B\r\na: b\r\n\r\n--B\r\n\r\nx\r\n--B--"),
            "[a: b|][|x] complete (no blank line)");
  EXPECT_EQ(read("--B\r\n--B--\r\n"), "[|] complete (no blank line)");
}

TEST(MultipartReader, BoundsHeadsFieldsAndParts) {
  const std::string longest(MultipartReader::kLargestHead - 6, 'x');
  EXPECT_EQ(read("--B\r\na: " + longest + "\r\n\r\ny\r\n--B--"), " HEAD TOO LARGE");
  const std::string fits = longest.substr(1);
  EXPECT_EQ(read("--B\r\na: " + fits + "\r\n\r\ny\r\n--B--"), "[a: " + fits + "|y] complete");
  EXPECT_EQ(read("--B\r\n\r\nx\r\n--B\r\n" + std::string(20'000, 'y')), "[|x] HEAD TOO LARGE");
  std::string fields, told;
  for (int i = 0; i < 64; ++i) {
    fields += "f" + std::to_string(i) + ": x\r\n";
    told += std::string(i > 0 ? "; " : "") + "f" + std::to_string(i) + ": x";
  }
  EXPECT_EQ(read("--B\r\n" + fields + "\r\ny\r\n--B--"), "[" + told + "|y] complete");
  EXPECT_EQ(read("--B\r\n" + fields + "more: x\r\n\r\ny\r\n--B--"), " HEAD TOO LARGE");
  std::string parts;
  for (std::size_t i = 0; i < MultipartReader::kMostParts; ++i) parts += "--B\r\n\r\n\r\n";
  EXPECT_TRUE(read(parts + "--B--").ends_with("[|][|] complete"));
  EXPECT_TRUE(read(parts + "--B\r\n\r\n\r\n--B--").ends_with("[|][|] TOO MANY PARTS"));
}

TEST(MultipartReader, KeepsDataWholeWhereverThePiecesEnd) {
  std::string data;
  for (int i = 0; i < 40'000; ++i) data += "\r\n--A-\r-\n"[i * i % 9];
  EXPECT_EQ(read("--B\r\n\r\n" + data + "\r\n--B--"), "[|" + data + "] complete");
}

}  // namespace
}  // namespace sallyport::http
