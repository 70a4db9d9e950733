// RFC 9113 section 8, field by field: what is a request, a reply, trailers, and what is none.

#include "proxy/http2/fields.h"

#include <gtest/gtest.h>

namespace sallyport::http2 {
namespace {

using namespace std::string_view_literals;

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string told(const Error& error) {
  return std::string(to_string(error.kind)) + ": " + error.detail;
}

std::string shown(const http::Headers& headers) {
  std::string text;
  for (const auto field : headers) {
    text += "\n" + std::string(field.name) + ": " + std::string(field.value);
  }
  return text;
}

FieldBlock block_of(Side sender, const Fields& fields, const http1::HeadLimits& limits = {}) {
  FieldBlock block(sender, limits);
  for (const auto& [name, value] : fields) block.add(name, value);
  return block;
}

// "GET https://files.example:443/a" and a line for each field, or why it is none.
std::string request(const Fields& fields, const http1::HeadLimits& limits = {}) {
  FieldBlock block = block_of(Side::client, fields, limits);
  const auto taken = block.take_request();
  if (!taken) {
    EXPECT_EQ(taken.error().side, Side::client);
    return told(taken.error());
  }
  const http::RequestHead& head = taken->head;
  EXPECT_EQ(head.protocol, "2.0");
  std::string text =
      head.method + " " + head.scheme + "://" + head.authority.to_string() + head.path;
  if (taken->length) text += " length=" + std::to_string(*taken->length);
  if (!head.upgrade.empty()) text += " upgrade=" + head.upgrade;
  if (head.expects_continue) text += " expects";
  if (head.takes_trailers) text += " trailers";
  if (!head.proxy_authorization.empty()) text += " proxy=" + head.proxy_authorization;
  return text + shown(head.headers);
}

// GET https://files.example/a with more fields.
Fields get(const Fields& more = {}) {
  Fields fields{
      {":method", "GET"}, {":scheme", "https"}, {":authority", "files.example"}, {":path", "/a"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

Fields with(std::string name, std::string value) {
  Fields fields = get();
  for (auto& [one, text] : fields) {
    if (one == name) text = std::move(value);
  }
  return fields;
}

Fields without(std::string_view name) {
  Fields fields = get();
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  return fields;
}

constexpr const char* kGet = "GET https://files.example:443/a";

std::string reply(const Fields& fields) {
  FieldBlock block = block_of(Side::origin, fields);
  const auto taken = block.take_reply();
  if (!taken) {
    EXPECT_EQ(taken.error().side, Side::origin);
    return told(taken.error());
  }
  std::string text = std::to_string(taken->head.status);
  if (taken->length) text += " length=" + std::to_string(*taken->length);
  return text + shown(taken->head.headers);
}

// --- pseudo-headers of requests, section 8.3 ---

TEST(Http2Request, IsItsPseudoHeadersAndFields) {
  EXPECT_EQ(request(get({{"accept", "*/*"}, {"x-a", "1"}, {"x-a", "2"}})),
            std::string(kGet) + "\naccept: */*\nx-a: 1\nx-a: 2");
}

TEST(Http2Request, NeedsMethodSchemeAndPath) {
  EXPECT_EQ(request(without(":method")), "http_syntax: no :method");
  EXPECT_EQ(request(without(":scheme")), "http_syntax: no :scheme or no :path");
  EXPECT_EQ(request(without(":path")), "http_syntax: no :scheme or no :path");
  EXPECT_EQ(request({}), "http_syntax: no :method");
}

TEST(Http2Request, EveryPseudoHeaderComesOnce) {
  for (const char* name : {":method", ":scheme", ":authority", ":path"}) {
    Fields fields = get();
    fields.emplace_back(name, name == std::string(":path") ? "/b" : "GET");
    EXPECT_EQ(request(fields), "http_syntax: a pseudo-header twice") << name;
    // The same value makes it no better.
    fields = get();
    for (const auto& field : get()) {
      if (field.first == name) fields.push_back(field);
    }
    EXPECT_EQ(request(fields), "http_syntax: a pseudo-header twice") << name;
  }
}

TEST(Http2Request, NoPseudoHeaderComesLate) {
  Fields fields = without(":path");
  fields.emplace_back("accept", "*/*");
  fields.emplace_back(":path", "/a");
  EXPECT_EQ(request(fields), "http_syntax: a pseudo-header after a regular field");
}

TEST(Http2Request, NoPseudoHeaderIsUnknown) {
  for (const char* name : {":", ":status", ":host", ":Method", ":path ", "::path"}) {
    EXPECT_EQ(request(get({{name, "200"}})), "http_syntax: an unknown pseudo-header") << name;
  }
}

TEST(Http2Request, AMethodIsAToken) {
  for (const std::string_view method : {"GE T"sv, "GET\r\nHost: a"sv, "GET "sv, " GET"sv, "G\0T"sv,
                                        ""sv, "GET/"sv, "G\xc3\x89T"sv}) {
    EXPECT_TRUE(request(with(":method", std::string(method))).starts_with("http_syntax: "))
        << method;
  }
  EXPECT_EQ(request(with(":method", std::string(33, 'A'))), "http_syntax: no :method");
  EXPECT_EQ(request(with(":method", "PROPFIND")), "PROPFIND https://files.example:443/a");
}

TEST(Http2Request, ASchemeIsHttpOrHttps) {
  for (const char* scheme : {"ftp", "HTTPS", "", "https ", "https://other.example/?"}) {
    const std::string text = request(with(":scheme", scheme));
    EXPECT_TRUE(text.starts_with("http_syntax: ")) << scheme << " " << text;
  }
}

TEST(Http2Request, APathIsOneOfAnOriginOrTheStarOfOptions) {
  for (const char* path :
       {"", "a", "*", "http://other.example/", "?a", "//\r\nx", "/a b", "/a\tb", "/\x7f",
        "/\xc3\xa9", "/a#b", "/\"", "/<", "/>", "/a HTTP/1.1\r\nHost: other.example"}) {
    const std::string text = request(with(":path", path));
    EXPECT_TRUE(text.starts_with("http_syntax: ")) << path << " " << text;
  }
  Fields star = with(":path", "*");
  star[0].second = "OPTIONS";
  EXPECT_EQ(request(star), "OPTIONS https://files.example:443*");
  EXPECT_EQ(request(with(":path", "/?a=/../b%00")), "GET https://files.example:443/?a=/../b%00");
  EXPECT_EQ(request(with(":path", "//a")), "GET https://files.example:443//a");
}

TEST(Http2Request, AnAuthorityIsAHostAndPerhapsAPort) {
  for (const char* name :
       {"", "user@files.example", "files.example:0", "files.example:65536", "files.example:x",
        "files.example/", "files .example", "[::1", "files.example:443:443", "a\r\nb"}) {
    const std::string text = request(with(":authority", name));
    EXPECT_TRUE(text.starts_with("http_syntax: ")) << name << " " << text;
  }
  EXPECT_EQ(request(with(":authority", "FILES.example:8443")), "GET https://files.example:8443/a");
  EXPECT_EQ(request(with(":authority", "[2001:db8::1]")), "GET https://[2001:db8::1]:443/a");
}

TEST(Http2Request, AnAuthorityWithoutAPortHasThatOfItsScheme) {
  Fields fields = get();
  fields[1].second = "http";
  EXPECT_EQ(request(fields), "GET http://files.example:80/a");
}

// --- :authority and Host, section 8.3.1 ---

TEST(Http2Request, HostIsTheNameWhereThereIsNoOther) {
  Fields fields = without(":authority");
  fields.emplace_back("host", "files.example");
  EXPECT_EQ(request(fields), kGet);
  EXPECT_EQ(request(without(":authority")), "http_syntax: no :authority");
}

TEST(Http2Request, HostAgreesWithAuthorityOrTheRequestIsNone) {
  EXPECT_EQ(request(get({{"host", "files.example"}})), kGet);
  EXPECT_EQ(request(get({{"host", "FILES.EXAMPLE:443"}})), kGet);
  for (const char* host :
       {"other.example", "files.example:80", "", "a@files.example", "files.example."}) {
    const std::string text = request(get({{"host", host}}));
    EXPECT_TRUE(text == "http_syntax: Host is another than :authority" || text == kGet) << text;
    if (host != std::string("files.example.")) {
      EXPECT_NE(text, kGet) << host;
    }
  }
  EXPECT_EQ(request(get({{"host", "files.example"}, {"host", "files.example"}})),
            "http_syntax: Host twice");
}

// --- regular fields, section 8.2 ---

TEST(Http2Request, AFieldNameIsATokenInLowerCase) {
  EXPECT_EQ(request(get({{"Accept", "a"}})), "http_syntax: a field name in upper case");
  EXPECT_EQ(request(get({{"accepT", "a"}})), "http_syntax: a field name in upper case");
  EXPECT_EQ(request(get({{"", "a"}})), "http_syntax: an empty field name");
  for (const char* name : {"a b", "a:", "a\r\nb", " a", "a\t", "x\xc3\xa9", "(a)", "a\x01"}) {
    EXPECT_EQ(request(get({{name, "a"}})), "http_syntax: not a field") << name;
  }
  EXPECT_EQ(request(get({{std::string("a\0b", 3), "a"}})), "http_syntax: not a field");
}

TEST(Http2Request, AFieldValueHasNoControlByte) {
  for (const std::string& value :
       {std::string("a\r\nx: y"), std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3),
        std::string("\x01"), std::string("a\x7f"), std::string("\x1b[2J"),
        std::string("a\r\n\r\nGET /evil HTTP/1.1\r\nHost: b")}) {
    EXPECT_EQ(request(get({{"x", value}})), "http_syntax: a control byte in a field") << value;
  }
  EXPECT_EQ(request(get({{"x", "a\tb\xc3\xa9"}})), std::string(kGet) + "\nx: a\tb\xc3\xa9");
  EXPECT_EQ(request(get({{"x", ""}})), std::string(kGet) + "\nx: ");
}

TEST(Http2Request, NoBlankStandsAroundAValue) {
  for (const char* value : {" a", "a ", "\ta", "a\t", " "}) {
    EXPECT_EQ(request(get({{"x", value}})), "http_syntax: a blank around a field value");
  }
}

// H2.TE and its like: section 8.2.2.
TEST(Http2Request, NoFieldIsOneOfAConnection) {
  for (const char* name :
       {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}) {
    const std::string expected = std::string("http_framing: a field of a connection: ") + name;
    EXPECT_EQ(request(get({{name, "chunked"}})), expected);
    EXPECT_EQ(request(get({{name, ""}})), expected);
  }
}

TEST(Http2Request, TeSaysTrailersOrNothing) {
  EXPECT_EQ(request(get({{"te", "trailers"}})), std::string(kGet) + " trailers");
  EXPECT_EQ(request(get({{"te", "Trailers"}})), std::string(kGet) + " trailers");
  for (const char* value : {"gzip", "trailers, deflate", "trailers;q=1", "", "chunked"}) {
    EXPECT_EQ(request(get({{"te", value}})), "http_framing: a field of a connection: te") << value;
  }
}

// H2.CL: what a length says is one number.
TEST(Http2Request, ALengthIsOneNumber) {
  EXPECT_EQ(request(get({{"content-length", "5"}})), std::string(kGet) + " length=5");
  for (const char* value : {"", "+5", "-1", "5 5", "5,5", "0x5", "5a", "18446744073709551616"}) {
    EXPECT_EQ(request(get({{"content-length", value}})), "http_framing: not one Content-Length")
        << value;
  }
  EXPECT_EQ(request(get({{"content-length", "5"}, {"content-length", "5"}})),
            "http_framing: not one Content-Length");
  EXPECT_EQ(request(get({{"content-length", "5"}, {"content-length", "0"}})),
            "http_framing: not one Content-Length");
}

TEST(Http2Request, ForwardsNoFieldOfOneHop) {
  EXPECT_EQ(request(get({{"trailer", "x"},
                         {"http2-settings", "AAMAAABkAAQCAAAAAAIAAAAA"},
                         {"proxy-authorization", "Basic eDp5"}})),
            std::string(kGet) + " proxy=Basic eDp5");
}

TEST(Http2Request, CrumbsOfCookiesAreOneField) {
  EXPECT_EQ(request(get({{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2; c=3"}, {"cookie", "d"}})),
            std::string(kGet) + "\nx: y\ncookie: a=1; b=2; c=3; d");
  EXPECT_EQ(request(get({{"cookie", "a=1; b=2"}})), std::string(kGet) + "\ncookie: a=1; b=2");
}

TEST(Http2Request, ExpectsAContinueOrNothing) {
  EXPECT_EQ(request(get({{"expect", "100-continue"}})), std::string(kGet) + " expects");
  for (const Fields& fields : {Fields{{"expect", "200-ok"}}, Fields{{"expect", ""}},
                               Fields{{"expect", "100-continue"}, {"expect", "100-continue"}}}) {
    EXPECT_EQ(request(get(fields)), "http_expectation: an expectation other than 100-continue");
  }
}

// --- limits ---

TEST(Http2Request, OfTooManyBytesOrFieldsIsTooLarge) {
  const http1::HeadLimits limits{.head = 300, .target = 50, .fields = 8};
  EXPECT_EQ(request(get({{"x", std::string(120, 'a')}}), limits),
            std::string(kGet) + "\nx: " + std::string(120, 'a'));
  EXPECT_EQ(request(get({{"x", std::string(300, 'a')}}), limits),
            "http_head_too_large: head too large");
  Fields many;
  for (int i = 0; i < 5; ++i) many.emplace_back("x", "a");
  EXPECT_EQ(request(get(many), limits), "http_head_too_large: head too large");
  EXPECT_EQ(request(with(":path", "/" + std::string(50, 'a')), limits),
            "http_target_too_long: target too long");
}

TEST(Http2Block, IsNotDecodedOnBeyondFourTimesItsLimit) {
  const http1::HeadLimits limits{.head = 1000, .target = 500, .fields = 10};
  FieldBlock bytes(Side::client, limits);
  std::size_t taken = 0;
  while (bytes.add("x", std::string(96, 'a'))) ++taken;
  EXPECT_EQ(taken, 39u);  // of 101 bytes
  EXPECT_TRUE(bytes.has_fault());
  FieldBlock fields(Side::client, limits);
  taken = 0;
  while (fields.add("x", "")) ++taken;
  EXPECT_EQ(taken, 160u);
}

TEST(Http2Block, KeepsItsFirstFault) {
  EXPECT_EQ(request(get({{"A", ""}, {"", ""}, {"x", "\r"}})),
            "http_syntax: a field name in upper case");
}

TEST(Http2Block, ThatWasSpoiltIsNone) {
  FieldBlock block = block_of(Side::client, get());
  block.spoil("for a reason");
  EXPECT_TRUE(block.add("x", "y"));
  EXPECT_EQ(told(block.take_request().error()), "http_syntax: for a reason");
}

// --- CONNECT, section 8.5 and RFC 8441 ---

Fields websocket(const Fields& more = {{"sec-websocket-version", "13"}}) {
  Fields fields{{":method", "CONNECT"},
                {":protocol", "websocket"},
                {":scheme", "https"},
                {":authority", "files.example"},
                {":path", "/chat"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

TEST(Http2Request, ConnectInsideTlsIsNotServed) {
  EXPECT_EQ(request({{":method", "CONNECT"}, {":authority", "other.example:22"}}),
            "http_unsupported: CONNECT inside TLS");
}

TEST(Http2Request, ExtendedConnectIsAnUpgradeToAWebSocket) {
  EXPECT_EQ(request(websocket({{"sec-websocket-version", "13"},
                               {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
                               {"sec-websocket-protocol", "chat"}})),
            "GET https://files.example:443/chat upgrade=websocket\nsec-websocket-version: 13\n"
            "sec-websocket-protocol: chat");
}

TEST(Http2Request, ExtendedConnectIsForWebSocketsAlone) {
  for (const char* protocol : {"connect-udp", "WebSocket", "", "websocket2"}) {
    Fields fields = websocket();
    fields[1].second = protocol;
    EXPECT_EQ(request(fields), "http_unsupported: :protocol other than for a WebSocket");
  }
  Fields fields = websocket();
  fields[0].second = "GET";
  EXPECT_EQ(request(fields), "http_unsupported: :protocol other than for a WebSocket");
  EXPECT_EQ(request(websocket({})), "http_unsupported: a WebSocket of another version than 13");
  EXPECT_EQ(request(websocket({{"sec-websocket-version", "8"}})),
            "http_unsupported: a WebSocket of another version than 13");
}

TEST(Http2Request, ExtendedConnectNeedsSchemePathAndAuthority) {
  for (const char* name : {":scheme", ":path", ":authority"}) {
    Fields fields = websocket();
    std::erase_if(fields, [&](const auto& field) { return field.first == name; });
    EXPECT_TRUE(request(fields).starts_with("http_syntax: ")) << name;
  }
}

TEST(Http2Request, FieldsOfAWebSocketLeadToNoneWithoutConnect) {
  EXPECT_EQ(request(get({{"sec-websocket-key", "a"}, {"sec-websocket-version", "13"}})), kGet);
}

// --- replies ---

TEST(Http2Reply, IsAStatusAndFields) {
  EXPECT_EQ(
      reply(
          {{":status", "200"}, {"content-length", "5"}, {"set-cookie", "a"}, {"set-cookie", "b"}}),
      "200 length=5\nset-cookie: a\nset-cookie: b");
}

TEST(Http2Reply, HasOneStatusOfThreeDigits) {
  for (const char* status : {"", "20", "2000", "+20", "abc", "099", "20x", "0x2"}) {
    EXPECT_EQ(reply({{":status", status}}), "http_syntax: no :status of three digits") << status;
  }
  EXPECT_EQ(reply({{"a", "b"}}), "http_syntax: no :status of three digits");
  EXPECT_EQ(reply({{":status", "200"}, {":status", "200"}}), "http_syntax: a pseudo-header twice");
  EXPECT_EQ(reply({{"a", "b"}, {":status", "200"}}),
            "http_syntax: a pseudo-header after a regular field");
  EXPECT_EQ(reply({{":status", "200"}, {":path", "/"}}), "http_syntax: an unknown pseudo-header");
  EXPECT_EQ(reply({{":status", "101"}}), "http_framing: 101 in HTTP/2");
}

TEST(Http2Reply, SplitsNothing) {
  EXPECT_EQ(reply({{":status", "200"}, {"location", "/\r\nset-cookie: a=b"}}),
            "http_syntax: a control byte in a field");
  EXPECT_EQ(reply({{":status", "200"}, {"transfer-encoding", "chunked"}}),
            "http_framing: a field of a connection: transfer-encoding");
  EXPECT_EQ(reply({{":status", "200"}, {"content-length", "5"}, {"content-length", "6"}}),
            "http_framing: not one Content-Length");
}

// Seen of servers in use; curl and browsers bear it.
TEST(Http2Reply, LosesBlanksAroundAValue) {
  EXPECT_EQ(reply({{":status", "200"}, {"content-type", "text/html "}, {"x", "\t"}}),
            "200\ncontent-type: text/html\nx: ");
}

// --- trailers ---

std::string trailers(const Fields& fields) {
  FieldBlock block = block_of(Side::origin, fields);
  const auto taken = block.take_trailers();
  return taken ? shown(*taken) : told(taken.error());
}

TEST(Http2Trailers, AreFieldsThatMayComeLate) {
  EXPECT_EQ(trailers({{"grpc-status", "0"},
                      {"content-length", "5"},
                      {"host", "a"},
                      {"set-cookie", "a"},
                      {"authorization", "b"}}),
            "\ngrpc-status: 0");
}

TEST(Http2Trailers, HoldNoPseudoHeader) {
  EXPECT_EQ(trailers({{":status", "200"}, {"grpc-status", "0"}}),
            "http_syntax: a pseudo-header among trailers");
}

// --- what we send ---

std::string shown(const OutFields& out) {
  std::string text;
  for (const OutField& field : out.fields) {
    text += field.name + ": " + std::string(field.value) + (field.secret ? " (secret)\n" : "\n");
  }
  return text;
}

TEST(Http2Out, ARequestSaysWhereItGoesFirst) {
  http::RequestHead head;
  head.method = "POST";
  head.scheme = "https";
  head.authority = *Authority::parse("files.example", 443);
  head.path = "/a?b";
  head.headers.add("X-Upper", "A");
  head.headers.add("Cookie", "a=1");
  head.headers.add("Authorization", "Basic eDp5");
  head.takes_trailers = true;
  EXPECT_EQ(shown(request_fields(head, 5)),
            ":method: POST\n:scheme: https\n:authority: files.example\n:path: /a?b\nx-upper: A\n"
            "cookie: a=1 (secret)\nauthorization: Basic eDp5 (secret)\nte: trailers\n"
            "content-length: 5\n");
}

TEST(Http2Out, AnUpgradeIsAnExtendedConnect) {
  http::RequestHead head;
  head.scheme = "https";
  head.authority = *Authority::parse("files.example:8443", 443);
  head.upgrade = "websocket";
  head.headers.add("Sec-WebSocket-Key", "a");
  head.headers.add("Sec-WebSocket-Version", "13");
  EXPECT_EQ(
      shown(request_fields(head, std::nullopt)),
      ":method: CONNECT\n:protocol: websocket\n:scheme: https\n:authority: files.example:8443\n"
      ":path: /\nsec-websocket-version: 13\n");
  http::ReplyHead reply;
  reply.status = 101;
  reply.upgraded = true;
  reply.headers.add("Sec-WebSocket-Accept", "a");
  reply.headers.add("Sec-WebSocket-Protocol", "chat");
  EXPECT_EQ(shown(reply_fields(reply, std::nullopt)),
            ":status: 200\nsec-websocket-protocol: chat\n");
}

TEST(Http2Out, TrailersAreOnlyWhatMayComeLate) {
  http::Headers headers;
  headers.add("Grpc-Status", "0");
  headers.add("Content-Length", "5");
  EXPECT_EQ(shown(trailer_fields(headers)), "grpc-status: 0\n");
}

}  // namespace
}  // namespace sallyport::http2
