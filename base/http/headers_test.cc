#include "base/http/headers.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

Headers make(std::initializer_list<Row> rows) {
  Headers headers;
  for (const auto& [name, value] : rows) EXPECT_TRUE(headers.add(name, value)) << name;
  return headers;
}

std::string text(const Headers& headers) {
  std::string all;
  for (const auto field : headers) {
    all += std::string(field.name) + "=" + std::string(field.value) + "\n";
  }
  return all;
}

void check_refused(std::string_view name, std::string_view value) {
  Headers headers = make({{"Host", "a"}});
  EXPECT_FALSE(headers.add(name, value));
  EXPECT_FALSE(headers.set(name, value));
  EXPECT_EQ(text(headers), "Host=a\n");
}

TEST(Headers, KeepsOrderCaseAndRepeats) {
  const Headers headers = make({{"Accept", "a"}, {"X-Z", "1"}, {"accept", "b"}});
  EXPECT_EQ(text(headers), "Accept=a\nX-Z=1\naccept=b\n");
  EXPECT_EQ(headers.find("ACCEPT"), "a");
  EXPECT_EQ(headers.count("accept"), 2u);
  EXPECT_EQ(headers.joined("Accept"), "a, b");
  EXPECT_EQ(headers.find("X-Y"), std::nullopt);
  EXPECT_EQ(headers.joined("X-Y"), "");
  EXPECT_FALSE(headers.has("X-Y"));
}

TEST(Headers, RefusesNamesThatAreNoTokens) {
  for (const std::string_view name : {"", " ", "a b", "a:", "a\r\nb", "a(", "a\x80", "\x7f"}) {
    check_refused(name, "v");
  }
  check_refused(std::string_view("a\0b", 3), "v");
}

TEST(Headers, RefusesValuesThatWouldSplitAMessage) {
  for (const std::string_view value : {"a\rb", "a\nb", "a\r\nSet-Cookie: x", "\n", "a\n"}) {
    check_refused("X", value);
  }
  check_refused("X", std::string_view("a\0b", 3));
}

TEST(Headers, DropsBlanksAroundAValueAndKeepsThoseInside) {
  EXPECT_EQ(text(make({{"X", " \t a  b\t "}, {"Y", " "}, {"Z", ""}})), "X=a  b\nY=\nZ=\n");
}

TEST(Headers, KeepsBytesAboveAscii) {
  EXPECT_EQ(text(make({{"X", "caf\xc3\xa9"}})), "X=caf\xc3\xa9\n");
}

TEST(Headers, SetReplacesEveryFieldOfThatName) {
  Headers headers = make({{"A", "1"}, {"B", "2"}, {"a", "3"}});
  EXPECT_TRUE(headers.set("A", "4"));
  EXPECT_EQ(text(headers), "B=2\nA=4\n");
}

TEST(Headers, ARefusedSetLeavesTheOldFields) {
  Headers headers = make({{"A", "1"}, {"B", "2"}});
  EXPECT_FALSE(headers.set("A", "x\ny"));
  EXPECT_FALSE(headers.set("A", std::string(70'000, 'x')));
  EXPECT_EQ(text(headers), "A=1\nB=2\n");
}

TEST(Headers, RemoveTellsHowMany) {
  Headers headers = make({{"A", "1"}, {"B", "2"}, {"a", "3"}});
  EXPECT_EQ(headers.remove("A"), 2u);
  EXPECT_EQ(headers.remove("A"), 0u);
  EXPECT_EQ(headers.remove_if([](const Headers::Field& f) { return f.value == "2"; }), 1u);
  EXPECT_TRUE(headers.empty());
}

TEST(Headers, HoldsSixtyFourKibibytesAndNoMore) {
  Headers headers;
  EXPECT_TRUE(headers.add("A", std::string(65'534, 'x')));
  EXPECT_FALSE(headers.add("B", "1"));
  EXPECT_TRUE(headers.add("B", ""));
  EXPECT_FALSE(headers.add("C", ""));
  EXPECT_EQ(headers.size(), 2u);
  EXPECT_FALSE(Headers().add(std::string(65'536, 'n'), ""));
}

// The limit is about what stands in the message, not about everything that was ever set.
TEST(Headers, TextOfRemovedFieldsDoesNotCount) {
  Headers headers = make({{"Keep", "me"}});
  const std::string big(40'000, 'x');
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(headers.set("Big", big)) << i;
  EXPECT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.find("Keep"), "me");
  EXPECT_EQ(headers.find("Big"), big);
  EXPECT_LE(headers.text_size(), 64u * 1024);
}

// Views of the buffer are handed back to add() and set(), also while it grows.
TEST(Headers, TakesItsOwnViews) {
  Headers headers = make({{"From", std::string(300, 'v')}});
  for (int i = 0; i < 100; ++i) {
    const Headers::Field field = headers[0];
    ASSERT_TRUE(headers.add(field.name, field.value)) << i;
  }
  EXPECT_EQ(headers.count("From"), 101u);
  for (const auto field : headers) ASSERT_EQ(field.value, std::string(300, 'v'));
  const Headers::Field last = headers[100];
  ASSERT_TRUE(headers.set(last.name, last.value));
  EXPECT_EQ(text(headers), "From=" + std::string(300, 'v') + "\n");
}

TEST(Headers, FindsATokenInAListHoweverItIsSpread) {
  const Headers headers = make({{"Connection", "keep-alive , Upgrade"}, {"connection", ",x,"}});
  EXPECT_TRUE(headers.list_has("Connection", "upgrade"));
  EXPECT_TRUE(headers.list_has("CONNECTION", "X"));
  EXPECT_TRUE(headers.list_has("Connection", "Keep-Alive"));
  EXPECT_FALSE(headers.list_has("Connection", "keep"));
  EXPECT_FALSE(headers.list_has("Connection", "alive"));
  EXPECT_FALSE(headers.list_has("Upgrade", "x"));
}

TEST(Headers, IsAValueThatCopies) {
  Headers first = make({{"A", "1"}});
  Headers second = first;
  EXPECT_TRUE(second.add("B", "2"));
  first.clear();
  EXPECT_EQ(text(second), "A=1\nB=2\n");
  EXPECT_TRUE(first.empty());
  first.reserve(4, 100);
  EXPECT_TRUE(first.add("C", "3"));
  EXPECT_EQ(text(first), "C=3\n");
}

TEST(Headers, ACopyWithRoomTakesOneMoreFieldWhereItIs) {
  const Headers headers = make({{"Host", "a"}, {"Via", "1.1 b"}});
  Headers copy = make({{"Old", "x"}});
  copy.copy_with_room(headers, 16);
  const std::string_view first = copy[0].name;
  EXPECT_TRUE(copy.add("Via", "1.1 c"));
  EXPECT_EQ(first.data(), copy[0].name.data()) << "the buffer has moved";
  EXPECT_EQ(text(copy), "Host=a\nVia=1.1 b\nVia=1.1 c\n");
}

TEST(Headers, FieldsWithinABlockAreLikeThoseThatWereAdded) {
  Headers headers;
  headers.hold("Host: a\r\nTE:x\r\n", 16);
  headers.add_within(0, 4, 6, 1);
  headers.add_within(9, 2, 12, 1);
  EXPECT_EQ(text(headers), "Host=a\nTE=x\n");
  EXPECT_EQ(headers.find("host"), "a");
  EXPECT_FALSE(headers.has("Via"));
  EXPECT_TRUE(headers.add("Via", "1.1 b"));
  EXPECT_EQ(headers.remove("te"), 1u);
  EXPECT_TRUE(headers.add("X", std::string(60'000, 'x')));  // The buffer moves.
  EXPECT_EQ(headers.find("HOST"), "a");
  EXPECT_EQ(headers.find("via"), "1.1 b");
  EXPECT_EQ(headers.size(), 3u);
  headers.clear();
  EXPECT_FALSE(headers.has("Host"));
}

constexpr NameSet kNames({"connection", "te", "x-forwarded-for"});

TEST(NameSet, HoldsItsNamesInAnyCaseAndNoOthers) {
  for (const char* name :
       {"connection", "Connection", "CONNECTION", "te", "TE", "X-Forwarded-For"}) {
    EXPECT_TRUE(kNames.has(name)) << name;
  }
  for (const char* name : {"", "t", "et", "tee", "connectiom", "x_forwarded_for", "host"}) {
    EXPECT_FALSE(kNames.has(name)) << name;
  }
}

TEST(HeaderGrammar, NamesTokensAndValues) {
  EXPECT_TRUE(is_token("!#$%&'*+-.^_`|~09azAZ"));
  EXPECT_FALSE(is_token(""));
  for (const char c : std::string_view("\"(),/:;<=>?@[\\]{} \t\r\n\x7f\x80\xff")) {
    EXPECT_FALSE(is_token(std::string("a") + c)) << static_cast<int>(c);
  }
  EXPECT_TRUE(is_field_value(""));
  EXPECT_TRUE(is_field_value("a\tb \x80\xff"));
  EXPECT_FALSE(is_field_value(" a"));
  EXPECT_FALSE(is_field_value("a\t"));
  EXPECT_FALSE(is_field_value("a\rb"));
}

}  // namespace
}  // namespace sallyport::http
