#include "proxy/local/native_refusal.h"

#include <gtest/gtest.h>

#include "proxy/local/replies_for_tests.h"

namespace sallyport::local {
namespace {

http::RequestHead request(const std::string& host, const std::string& path) {
  http::RequestHead head;
  head.method = "POST";
  head.authority = *Authority::parse(host, 443);
  head.path = path;
  return head;
}

TEST(NativeRefusal, SlacksLibrariesAreToldThatItIsNotOk) {
  auto reply = native_refusal(403, "Not \"here\".", "01E", request("slack.com", "/api/chat.x"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->head.status, 200);
  EXPECT_EQ(body_of(*reply),
            "{\"ok\":false,\"error\":\"blocked_by_policy\",\"detail\":\"Not \\\"here\\\".\","
            "\"event_id\":\"01E\",\"response_metadata\":{\"messages\":[\"Not \\\"here\\\".\"]}}\n");
  EXPECT_FALSE(native_refusal(403, "", "", request("slack.com", "/client/T1")));
  EXPECT_FALSE(native_refusal(403, "", "", request("notslack.com", "/api/chat.x")));
  EXPECT_FALSE(native_refusal(502, "", "", request("slack.com", "/api/chat.x")));
}

TEST(NativeRefusal, RequestsSignedForAwsGetTheErrorOfTheirProtocol) {
  http::RequestHead asked = request("bucket.s3.amazonaws.com", "/key");
  EXPECT_FALSE(native_refusal(403, "Not <here>.", "01E", asked));
  EXPECT_TRUE(asked.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=A"));
  auto reply = native_refusal(403, "Not <here>.", "01E", asked);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->head.status, 403);
  EXPECT_EQ(*reply->head.headers.find("Content-Type"), "application/xml");
  EXPECT_EQ(body_of(*reply),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>"
            "Not &lt;here&gt;.</Message><RequestId>01E</RequestId></Error>\n");
  asked.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  reply = native_refusal(403, "No.", "01E", asked);
  EXPECT_NE(body_of(*reply).find("<ErrorResponse><Error><Type>Sender</Type>"), std::string::npos);
  asked.headers.set("Content-Type", "application/x-amz-json-1.1");
  reply = native_refusal(403, "No.", "01E", asked);
  EXPECT_EQ(*reply->head.headers.find("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(body_of(*reply), "{\"__type\":\"AccessDeniedException\",\"message\":\"No.\"}\n");
}

TEST(NativeRefusal, SignedAddressesAreOfAwsToo) {
  EXPECT_TRUE(native_refusal(403, "No.", "01E",
                             request("b.s3.amazonaws.com", "/k?X-Amz-Signature=ab&x=1")));
}

}  // namespace
}  // namespace sallyport::local
