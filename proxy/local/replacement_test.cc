#include "proxy/local/replacement.h"

#include <gtest/gtest.h>

namespace sallyport::local {
namespace {

std::string name_for(std::string_view name) {
  return std::string(*replacement("No.", name, "").head.headers.find("Content-Disposition"));
}

TEST(Replacement, IsATextToBeSavedAndNeverKept) {
  const http::Reply reply = replacement("Not from here.", "plan.docx", "EVENT");
  EXPECT_EQ(reply.head.status, 200);
  EXPECT_EQ(*reply.head.headers.find("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(*reply.head.headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(*reply.head.headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(reply.body->length(), std::string("Not from here.\n\nReference: EVENT\n").size());
}

TEST(Replacement, IsNamedAfterTheFileWithoutHarm) {
  EXPECT_EQ(name_for("plan.docx"),
            "attachment; filename=\"plan.docx.blocked.txt\"; "
            "filename*=UTF-8''plan.docx.blocked.txt");
  EXPECT_EQ(name_for("/a/../b/plan"),
            "attachment; filename=\"plan.blocked.txt\"; filename*=UTF-8''plan.blocked.txt");
  EXPECT_EQ(name_for("a\"\r\nX: y"),
            "attachment; filename=\"a___X_ y.blocked.txt\"; "
            "filename*=UTF-8''a%22%0D%0AX%3A%20y.blocked.txt");
  EXPECT_EQ(name_for("gr\xC3\xBCn"),
            "attachment; filename=\"gr__n.blocked.txt\"; filename*=UTF-8''gr%C3%BCn.blocked.txt");
  EXPECT_EQ(name_for(""),
            "attachment; filename=\"download.blocked.txt\"; "
            "filename*=UTF-8''download.blocked.txt");
  EXPECT_LT(name_for(std::string(5'000, 'x')).size(), 500u);
}

TEST(Replacement, IsForWhoNavigatesOnly) {
  http::RequestHead request;
  EXPECT_FALSE(takes_replacement(request));
  request.headers.add("Accept", "text/html");
  EXPECT_TRUE(takes_replacement(request));
  request.headers.add("Sec-Fetch-Mode", "cors");
  EXPECT_FALSE(takes_replacement(request));
  request.headers.set("Sec-Fetch-Mode", "navigate");
  EXPECT_TRUE(takes_replacement(request));
  request.method = "POST";
  EXPECT_FALSE(takes_replacement(request));
}

}  // namespace
}  // namespace sallyport::local
