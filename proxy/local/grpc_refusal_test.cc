#include "proxy/local/grpc_refusal.h"

#include <gtest/gtest.h>

#include "proxy/local/page.h"
#include "proxy/local/replies_for_tests.h"

namespace sallyport::local {
namespace {

http::RequestHead call(std::string_view type) {
  return request_of("POST /files.Store/Put\nContent-Type: " + std::string(type));
}

TEST(GrpcRefusal, IsForCallsAlone) {
  for (const std::string_view type :
       {"application/grpc", "application/grpc+proto", "Application/gRPC; charset=x",
        "application/grpc-web", "application/grpc-web-text+proto"}) {
    EXPECT_TRUE(is_grpc(call(type))) << type;
  }
  for (const std::string_view type : {"application/grpcx", "application/json", "text/html", ""}) {
    EXPECT_FALSE(is_grpc(call(type))) << type;
  }
  EXPECT_FALSE(is_grpc(request_of("GET /\nContent-Type: application/grpc")));
}

TEST(GrpcRefusal, IsTrailersOnly) {
  const http::Reply reply =
      grpc_refusal(GrpcStatus::permission_denied, "No uploads: 100 % sure,\n\xc3\xbc",
                   call("application/grpc+proto"));
  EXPECT_EQ(reply.head.status, 200);
  EXPECT_TRUE(reply.body->none());
  EXPECT_EQ(field_of(reply, "Content-Type"), "application/grpc");
  EXPECT_EQ(field_of(reply, "grpc-status"), "7");
  EXPECT_EQ(field_of(reply, "grpc-message"), "No uploads: 100 %25 sure,%0A%C3%BC");
  EXPECT_EQ(field_of(reply, "Cache-Control"), "no-store");
}

TEST(GrpcRefusal, TellsAWebClientInItsOwnKind) {
  EXPECT_EQ(
      field_of(grpc_refusal(GrpcStatus::unauthenticated, "x", call("application/grpc-web+proto")),
               "Content-Type"),
      "application/grpc-web");
  EXPECT_EQ(
      field_of(grpc_refusal(GrpcStatus::unauthenticated, "x", call("application/grpc-web-text")),
               "Content-Type"),
      "application/grpc-web-text");
}

TEST(GrpcRefusal, CutsALongMessageAtAWholeCharacter) {
  const std::string message =
      field_of(grpc_refusal(GrpcStatus::internal, std::string(1023, 'x') + "\xc3\xbc",
                            call("application/grpc")),
               "grpc-message");
  EXPECT_EQ(message, std::string(1023, 'x'));
}

TEST(GrpcRefusal, TakesThePlaceOfTheProblemWhereACallIsBlocked) {
  PageFacts facts;
  facts.say = "Please use the company share.";
  facts.event_id = "01JDCZ3Y6V8Q2W9K7M4T5XN0RB";
  const http::Reply reply = render(PageKind::blocked, facts, call("application/grpc"));
  EXPECT_EQ(reply.head.status, 200);
  EXPECT_TRUE(reply.body->none());
  EXPECT_EQ(field_of(reply, "grpc-status"), "7");
  EXPECT_EQ(field_of(reply, "grpc-message"), "Please use the company share.");
  EXPECT_EQ(field_of(reply, "Sallyport-Event"), facts.event_id);
  EXPECT_EQ(field_of(reply, "Proxy-Status"),
            "sallyport; error=http_request_denied; details=\"Please use the company share.\"");
  facts.contact = "it@corp.example";
  EXPECT_EQ(field_of(render(PageKind::blocked, facts, call("application/grpc")), "grpc-message"),
            "Please use the company share. Questions: it@corp.example.");
  facts.portal = "https://sallyport.internal/ask/x";
  EXPECT_EQ(field_of(render(PageKind::blocked, facts, call("application/grpc")), "grpc-message"),
            "Please use the company share. Access can be asked for at "
            "https://sallyport.internal/ask/x in a browser.");
}

TEST(GrpcRefusal, SaysThatAnOriginIsAwayAndLeavesWhatTheClientItselfActsOn) {
  EXPECT_EQ(
      field_of(render(PageKind::origin_unreachable, {}, call("application/grpc")), "grpc-status"),
      "14");
  EXPECT_EQ(render(PageKind::auth_required, {}, call("application/grpc")).head.status, 407);
  EXPECT_EQ(render(PageKind::misdirected, {}, call("application/grpc")).head.status, 421);
}

TEST(GrpcRefusal, CanBeReadByTheScriptOfAPage) {
  http::RequestHead request = call("application/grpc-web");
  request.headers.add("Origin", "https://app.example");
  const http::Reply reply = render(PageKind::blocked, {}, request);
  EXPECT_EQ(field_of(reply, "Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(field_of(reply, "Access-Control-Expose-Headers"),
            "Proxy-Status, Sallyport-Event, grpc-status, grpc-message");
}

}  // namespace
}  // namespace sallyport::local
