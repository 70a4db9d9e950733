#include "discovery/names/plain_words.h"

#include <array>
#include <cstdint>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

// U+00C0 to U+00FF; "" parts words.
constexpr std::array<std::string_view, 64> kLatin1 = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y"};

// U+0100 to U+017F, a letter each.
constexpr std::string_view kLatinExtended =
    "aaaaaa"
    "cccccccc"
    "dddd"
    "eeeeeeeeee"
    "gggggggg"
    "hhhh"
    "iiiiiiiiii"
    "ii"
    "jj"
    "kkk"
    "llllllllll"
    "nnnnnnnnn"
    "oooooo"
    "oo"
    "rrrrrr"
    "ssssssss"
    "tttttt"
    "uuuuuuuuuuuu"
    "ww"
    "yyy"
    "zzzzzz"
    "s";
static_assert(kLatinExtended.size() == 128);

// The next character, and how many bytes it has; 0 where they are no UTF-8 (RFC 3629 section 3).
struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;
};
Character next(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  std::uint32_t code = first & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  return {code, size};
}

void append(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// Greek and Cyrillic letters, small and without accents.
std::uint32_t small_letter(std::uint32_t code) {
  switch (code) {
    case 0x0386:
    case 0x03ac:
      return 0x03b1;
    case 0x0388:
    case 0x03ad:
      return 0x03b5;
    case 0x0389:
    case 0x03ae:
      return 0x03b7;
    case 0x038a:
    case 0x03af:
    case 0x03ca:
    case 0x0390:
    case 0x03aa:
      return 0x03b9;
    case 0x038c:
    case 0x03cc:
      return 0x03bf;
    case 0x038e:
    case 0x03cd:
    case 0x03cb:
    case 0x03b0:
    case 0x03ab:
      return 0x03c5;
    case 0x038f:
    case 0x03ce:
      return 0x03c9;
    case 0x03c2:
      return 0x03c3;
    case 0x0401:
    case 0x0451:
      return 0x0435;  // io
    case 0x0407:
    case 0x0457:
      return 0x0456;  // yi
    case 0x0419:
    case 0x0439:
      return 0x0438;  // short i
    default:
      break;
  }
  if (code >= 0x0391 && code <= 0x03a9 && code != 0x03a2) return code + 0x20;  // U+03A2 is none
  if (code >= 0x0410 && code <= 0x042f) return code + 0x20;
  if (code >= 0x0400 && code <= 0x040f) return code + 0x50;
  return code;
}

bool is_mark(std::uint32_t code) { return code >= 0x0300 && code <= 0x036f; }

// Marks, blanks and signs of other blocks than ASCII.
bool parts_words(std::uint32_t code) {
  return (code >= 0x80 && code < 0xc0) || (code >= 0x2000 && code <= 0x2bff) ||
         (code >= 0x3000 && code <= 0x303f) || (code >= 0xfe00 && code <= 0xfe6f) ||
         code == 0xfeff || code == 0xfffd || (code >= 0x1f000 && code <= 0x1faff);
}

class Words {
 public:
  explicit Words(std::size_t most) { out_.reserve(most + 2); }

  void part() { parted_ = true; }
  void add(std::uint32_t code) {
    begin(code < 0x80 && is_digit(static_cast<char>(code)));
    append(out_, code);
  }
  void add(std::string_view letters) {
    begin(false);
    out_ += letters;
  }
  std::string take() {
    if (!out_.empty()) out_ += ' ';
    return std::move(out_);
  }

 private:
  void begin(bool digit) {
    if (parted_ || out_.empty() || digit != digit_) out_ += ' ';
    parted_ = false;
    digit_ = digit;
  }

  std::string out_;
  bool parted_ = false;
  bool digit_ = false;
};

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

// "myFile", and "PDFFile" before its second F.
bool begins_word(std::string_view text, std::size_t at) {
  if (at == 0 || !is_capital(text[at])) return false;
  const char before = text[at - 1];
  if (is_small(before)) return true;
  return is_capital(before) && at + 1 < text.size() && is_small(text[at + 1]);
}

}  // namespace

std::string plain_words(std::string_view text, InnerCapitals capitals) {
  Words words(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character one = next(text.substr(at));
    if (one.bytes == 0) {
      words.part();
      ++at;
      continue;
    }
    if (capitals == InnerCapitals::part && begins_word(text, at)) words.part();
    at += one.bytes;
    std::uint32_t code = one.code;
    if (code >= 0xff01 && code <= 0xff5e) code -= 0xff01 - 0x21;  // full width
    if (code < 0x80) {
      const char c = to_lower(static_cast<char>(code));
      if (is_alpha(c) || is_digit(c)) {
        words.add(static_cast<std::uint32_t>(c));
      } else {
        words.part();
      }
    } else if (is_mark(code)) {
      continue;
    } else if (code >= 0xc0 && code <= 0xff) {
      const std::string_view letters = kLatin1[code - 0xc0];
      if (letters.empty()) {
        words.part();
      } else {
        words.add(letters);
      }
    } else if (code >= 0x100 && code <= 0x17f) {
      words.add(kLatinExtended.substr(code - 0x100, 1));
    } else if (parts_words(code)) {
      words.part();
    } else {
      words.add(small_letter(code));
    }
  }
  return words.take();
}

}  // namespace sallyport::discovery
