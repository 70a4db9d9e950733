#include "discovery/signatures/batch.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

BatchRule json_rule() {
  BatchRule rule;
  rule.each = "requests[]";
  rule.method = "method";
  rule.url = "url";
  rule.body = "body";
  return rule;
}

// "DELETE /a; GET /b", and "..." where there is more.
std::string told(const Batch& batch) {
  std::string out;
  for (const BatchRequest& one : batch.requests) {
    if (!out.empty()) out += "; ";
    out += one.method + " " + one.url;
  }
  return out + (batch.whole ? "" : " ...");
}

std::string of_json(const std::string& body, bool ended = true) {
  return told(read_batch(json_rule(), body, "application/json", ended));
}

TEST(Batch, ReadsElementsOfAnySize) {
  const std::string large(100'000, 'x');
  EXPECT_EQ(of_json(R"({"requests":[{"body":{"a":")" + large +
                    R"("},"url":"/me/x","method":"DELETE"},{"url":"/b"}]})"),
            "DELETE /me/x; GET /b");
}

TEST(Batch, CountsEachOfMembersThatAreNamedTwice) {
  EXPECT_EQ(of_json(R"({"requests":[{"method":"GET","url":"/a","method":"DELETE"}]})"),
            "GET /a; DELETE /a");
  EXPECT_EQ(of_json(R"({"requests":[{"url":"/a"}],"requests":[{"url":"/b"}]})"), "GET /a; GET /b");
}

TEST(Batch, SaysWhereThereIsMoreThanItRead) {
  EXPECT_EQ(of_json(R"({"requests":[{"url":"/a"},{"ur)", false), "GET /a ...");
  EXPECT_EQ(of_json(R"({"requests":[{"url":"/a"}]})", false), "GET /a ...");
  EXPECT_EQ(of_json(R"({"requests":[{"url":"/a"},{"method":"GET"}]})"), "GET /a ...");
  EXPECT_EQ(of_json(R"({"requests":[{"url":"/a"},17]})"), "GET /a ...");
  EXPECT_EQ(of_json(R"({"requests":[{"url":"/a"}]} {"requests":[]})"), "GET /a ...");
  EXPECT_EQ(of_json("no JSON"), " ...");
  std::string many = R"({"requests":[{"url":"/a"})";
  for (std::size_t i = 0; i < kMostBatch; ++i) many += R"(,{"url":"/a"})";
  const Batch batch = read_batch(json_rule(), many + "]}", "application/json", true);
  EXPECT_EQ(batch.requests.size(), kMostBatch);
  EXPECT_FALSE(batch.whole);
}

TEST(Batch, OpensChangesetsOfMultiparts) {
  BatchRule rule;
  rule.multipart = true;
  const std::string body =
      "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
      "--c\r\nContent-Type: application/http\r\n\r\nDELETE /files/1 HTTP/1.1\r\n\r\n\r\n--c--\r\n"
      "--b\r\nContent-Type: application/http\r\n\r\nGET /files HTTP/1.1\r\n\r\n\r\n--b--\r\n";
  EXPECT_EQ(told(read_batch(rule, body, "multipart/mixed; boundary=b", true)),
            "DELETE /files/1; GET /files");
  EXPECT_EQ(told(read_batch(rule, body, "multipart/mixed; boundary=b", false)),
            "DELETE /files/1; GET /files ...");
}

TEST(Batch, SaysThatAPartIsNoRequest) {
  BatchRule rule;
  rule.multipart = true;
  const std::string body =
      "--b\r\nContent-Type: text/plain\r\n\r\nDELETE /files/1 HTTP/1.1\r\n\r\n\r\n"
      "--b\r\nContent-Type: application/http\r\n\r\nGET /files HTTP/1.1\r\n\r\n\r\n--b--\r\n";
  EXPECT_EQ(told(read_batch(rule, body, "multipart/mixed; boundary=b", true)), "GET /files ...");
  // A boundary that does not stand there hides everything.
  EXPECT_EQ(told(read_batch(rule, body, "multipart/mixed; boundary=other", true)), " ...");
  EXPECT_EQ(told(read_batch(rule, body, "application/json", true)), " ...");
}

TEST(JsonElements, StandWhereThePathSays) {
  EXPECT_EQ(json_elements(R"([1,{"a":[2]}])", "[]", true).elements.size(), 2u);
  EXPECT_EQ(json_elements(R"({"data":{"items":[1,2,3]}})", "data.items[]", true).elements.size(),
            3u);
  EXPECT_TRUE(json_elements(R"({"data":7})", "data.items[]", true).elements.empty());
  EXPECT_TRUE(json_elements("\xef\xbb\xbf[]", "[]", true).whole);
}

}  // namespace
}  // namespace sallyport::discovery
