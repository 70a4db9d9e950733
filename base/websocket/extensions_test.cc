#include "base/websocket/extensions.h"

#include <gtest/gtest.h>
#include <string>

namespace sallyport::websocket {
namespace {

std::string agreed(std::string_view accepted,
                   std::string_view offered = "permessage-deflate; client_max_window_bits") {
  const Extensions agreed = agreed_extensions(offered, accepted);
  std::string told;
  const auto side = [&](const char* name, const DeflateTerms& terms) {
    told += std::string(told.empty() ? "" : ", ") + name + " " + std::to_string(terms.window_bits) +
            (terms.keeps_context ? "" : " fresh");
  };
  if (agreed.deflate) {
    side("client", agreed.deflate->client);
    side("server", agreed.deflate->server);
  }
  if (agreed.unknown) told += "unknown";
  return told.empty() ? "none" : told;
}

TEST(WebsocketExtensions, ReadWhatTheServerAccepted) {
  EXPECT_EQ(agreed(""), "none");
  EXPECT_EQ(agreed(" , ,"), "none");
  EXPECT_EQ(agreed("permessage-deflate"), "client 15, server 15");
  EXPECT_EQ(agreed("Permessage-Deflate ; Server_No_Context_Takeover"),
            "client 15, server 15 fresh");
  EXPECT_EQ(agreed("permessage-deflate;client_no_context_takeover;client_max_window_bits=8;"
                   "server_max_window_bits=\"10\""),
            "client 8 fresh, server 10");
  // What a client only hinted at does not hold (RFC 7692 section 7.1.2.2).
  EXPECT_EQ(agreed("permessage-deflate",
                   "permessage-deflate; client_max_window_bits=9; server_max_window_bits=9"),
            "client 15, server 15");
  EXPECT_EQ(agreed("permessage-deflate",
                   "x-other, permessage-deflate, permessage-deflate; "
                   "client_no_context_takeover"),
            "client 15, server 15");
}

TEST(WebsocketExtensions, TakeWhatTheyDoNotUnderstandAsUnknown) {
  for (const char* accepted :
       {"x-webkit-deflate-frame",
        "permessage-deflate, permessage-deflate",
        "permessage-deflate, x-other",
        "permessage-deflate; x",
        "permessage-deflate; x=1",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; server_max_window_bits=\"1 0\"",
        "permessage-deflate; server_max_window_bits=\"10",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; SERVER_no_context_takeover",
        "permessage-deflate;",
        "permessage-deflate permessage-deflate",
        ";",
        "=",
        "\"x\"",
        "permessage-deflate; =1",
        "permessage-deflate; x=\"\\"}) {
    EXPECT_EQ(agreed(accepted), "unknown") << accepted;
  }
  EXPECT_EQ(agreed("permessage-deflate", ""), "unknown");
  EXPECT_EQ(agreed("permessage-deflate", "x-other"), "unknown");
  EXPECT_EQ(agreed("permessage-deflate", "permessage-deflate; ="), "unknown");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "x,";
  EXPECT_EQ(agreed(many), "unknown");
}

}  // namespace
}  // namespace sallyport::websocket
