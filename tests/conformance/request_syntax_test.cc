// Request lines and fields: what two readers would read differently is read by nobody. (safety.md
// C0, C1)

#include <gtest/gtest.h>

#include "tests/conformance/request_rules.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

// --- Fields

TEST(RequestSyntax, RefusesFieldsThatTwoReadersReadDifferently) {
  for (const std::string& field : {"X : y"s,
                                   "X\t: y"s,
                                   "X\v: y"s,
                                   " X: y"s,
                                   "\tX: y"s,
                                   ": y"s,
                                   ":"s,
                                   "X"s,
                                   "X y"s,
                                   "X y: z"s,
                                   "X\0: y"s,
                                   "X: a\0b"s,
                                   "X: a\rb"s,
                                   "X: a\nb"s,
                                   "X: a\r"s,
                                   "X: \x01"s,
                                   "X: \x0b"s,
                                   "X: \x0c"s,
                                   "X: \x1b[0m"s,
                                   "X: \x7f"s,
                                   "X(: y"s,
                                   "X\": y"s,
                                   "X[]: y"s,
                                   "X/Y: z"s,
                                   "X@: y"s,
                                   "X=: y"s,
                                   "X\xc3\xa9: y"s,
                                   "X\xff: y"s,
                                   "\x80X: y"s,
                                   "X: y\r\n z"s,
                                   "X: y\r\n\tz"s,
                                   "X: y\r\n "s,
                                   "X:\r\n y"s,
                                   "\r"s,
                                   "X: y\n"s,
                                   "X: y\n\rZ: z"s,
                                   "X: y\n\n"s,
                                   "X: y\r\r\nZ: z"s,
                                   "Content-Length: 5\r\n 5"s,
                                   "Content-Length\0: 5"s,
                                   "Content-Length : 5"s,
                                   "Content\x00Length: 5"s,
                                   "Host : evil.example"s,
                                   "X: y\r\n Content-Length: 5"s,
                                   "X: y\nContent-Length: 5"s,
                                   "{X: y"s,
                                   "X;a: y"s,
                                   "X,Y: z"s}) {
    refused(kGet + field + "\r\n\r\n");
  }
  refused("GET {t}a HTTP/1.1\r\n Host: files.example\r\n\r\n");
  refused("GET {t}a HTTP/1.1\r\n\tX: y\r\nHost: files.example\r\n\r\n");
  refused("GET {t}a HTTP/1.1\nHost: files.example\n\n");
  refused("GET {t}a HTTP/1.1\nHost: files.example\r\n\r\n");
  refused("GET {t}a HTTP/1.1\r\nHost: files.example\n\r\n\r\n");
  refused("GET {t}a HTTP/1.1\rHost: files.example\r\r\n\r\n");
}

TEST(RequestSyntax, RefusesAnythingButOneHost) {
  refused("GET {t}a HTTP/1.1\r\n\r\n");
  refused("GET {t}a HTTP/1.1\r\nX: y\r\n\r\n");
  refused("GET {t}a HTTP/1.1\r\nHost: files.example\r\nHost: files.example\r\n\r\n");
  refused("GET {t}a HTTP/1.1\r\nHost: files.example\r\nX: y\r\nhost: evil.example\r\n\r\n");
  refused("GET {t}a HTTP/1.0\r\nHost: files.example\r\nHost: files.example\r\n\r\n");
  refused("GET {t}a HTTP/1.1\r\nHost: files.example\r\nHost:\r\n\r\n");
}

TEST(RequestSyntax, PassesOnValuesWithoutTheBlanksAroundThem) {
  carried(kGet + "X:y\r\n\r\n", "GET files.example/a; X: y");
  carried(kGet + "X: \t y \t \r\n\r\n", "GET files.example/a; X: y");
  carried(kGet + "X:\r\nZ: \r\n\r\n", "GET files.example/a; X: ; Z: ");
  carried(kGet + "X: a \t b\r\n\r\n", "GET files.example/a; X: " + printable("a \t b"));
  carried(kGet + "X: caf\xe9\r\n\r\n", "GET files.example/a; X: caf\\xe9");
  carried(kGet + "X: 1\r\nx: 2\r\n\r\n", "GET files.example/a; X: 1; x: 2");
}

// --- Request lines

TEST(RequestSyntax, RefusesVersionsByName) {
  for (const std::string version :
       {"HTTP/2.0", "HTTP/1.2", "HTTP/1.9", "HTTP/0.9", "HTTP/3.0", "HTTP/0.0"}) {
    refused("GET {t}a " + version + "\r\nHost: files.example\r\n\r\n", 505);
  }
  for (const std::string version : {"HTTP/1.10",   "HTTP/1.32", "HTTP/01.1",
                                    "HTTP/1.01",   "HTTP/1.",   "HTTP/.1",
                                    "HTTP/1",      "HTTP/11",   "HTTP/",
                                    "http/1.1",    "Http/1.1",  "HTTPS/1.1",
                                    "HTP/1.1",     "ICY/1.1",   "HTTP1.1",
                                    "HTTP/1.1x",   "HTTP/1.1;", "HTTP/1.1\t",
                                    "HTTP/1,1",    "HTTP\\1.1", "HTTP/1.\xef\xbc\x91",
                                    "\tHTTP/1.1",  "HTTP/-1.1", "HTTP/+1.1",
                                    "HTTP/1.1\x01"}) {
    refused("GET {t}a " + version + "\r\nHost: files.example\r\n\r\n");
  }
}

TEST(RequestSyntax, RefusesHttp09AndThePrefaceOfHttp2) {
  refused("GET {t}a\r\nHost: files.example\r\n\r\n");
  refused("GET {t}a\r\n\r\n");
  refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
  refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"s, 505);
}

TEST(RequestSyntax, RefusesRequestLinesInAnyOtherShape) {
  const std::string rest = "\r\nHost: files.example\r\n\r\n";
  for (const std::string& line : {" GET {t}a HTTP/1.1"s,
                                  "\tGET {t}a HTTP/1.1"s,
                                  "GET  {t}a HTTP/1.1"s,
                                  "GET {t}a  HTTP/1.1"s,
                                  "GET\t{t}a\tHTTP/1.1"s,
                                  "GET {t}a\tHTTP/1.1"s,
                                  "GET\t{t}a HTTP/1.1"s,
                                  "GET {t}a HTTP/1.1 "s,
                                  "GET {t}a HTTP/1.1 HTTP/1.1"s,
                                  "GET {t}a b HTTP/1.1"s,
                                  "GET HTTP/1.1"s,
                                  "{t}a HTTP/1.1"s,
                                  "GET"s,
                                  "GET "s,
                                  " "s,
                                  "G\0T {t}a HTTP/1.1"s,
                                  "GET {t}a\0 HTTP/1.1"s,
                                  "GET {t}a HTTP/1.1\0"s,
                                  "\0GET {t}a HTTP/1.1"s,
                                  "G(ET {t}a HTTP/1.1"s,
                                  "GET: {t}a HTTP/1.1"s,
                                  "G\xc3\x89T {t}a HTTP/1.1"s,
                                  "\"GET\" {t}a HTTP/1.1"s,
                                  "GET,POST {t}a HTTP/1.1"s,
                                  "GET\v{t}a HTTP/1.1"s,
                                  "GET {t}a\r HTTP/1.1"s,
                                  "GET {t}a\n HTTP/1.1"s,
                                  "{}"s,
                                  "HTTP/1.1 200 OK"s,
                                  std::string(33, 'G') + " {t}a HTTP/1.1",
                                  "GET {t}a HTTP/1.1\rX: y"s,
                                  "GET {t}a HTTP/1.1\nX: y"s}) {
    refused(line + rest);
  }
}

TEST(RequestSyntax, RefusesTargetsWithBytesThatNoTargetHas) {
  for (const std::string bytes :
       {"\"", "<", ">", "#", "#frag", "\x7f", "\x80", "\xc3\xa9", "\xff", "\x01", "\v"}) {
    refused("GET {t}a" + bytes + " HTTP/1.1\r\nHost: files.example\r\n\r\n");
  }
  for (const std::string target :
       {"*", "a", "a/b", "?a", "files.example/a", "files.example:80", "ftp://files.example/",
        "http:/files.example/", "http:files.example/", "http://", "http:///a", "://a",
        "file:///etc/passwd", "gopher://files.example/", "ws://files.example/", "javascript:x",
        "http//files.example/", "\\a", "\\\\files.example\\a"}) {
    refused("GET " + target + " HTTP/1.1\r\nHost: files.example\r\n\r\n");
  }
}

TEST(RequestSyntax, ForgivesOneEmptyLineBeforeARequest) {
  carried("\r\n" + kGet + "\r\n", "GET files.example/a");
  carried(kPost + "Content-Length: 5\r\n\r\nhello\r\n", "POST files.example/a; length 5 \"hello\"");
  refused("\r\n\r\n" + kGet + "\r\n");
  refused("\n" + kGet + "\r\n");
  refused("\r" + kGet + "\r\n");
  refused("\r\n\n" + kGet + "\r\n");
}

TEST(RequestSyntax, RefusesOtherProtocols) {
  refused("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s);
  refused("\x05\x01\x00"s);
  refused("\x04\x01\x00\x50"s);
  refused("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  refused("EHLO files.example\r\n\r\n");
  refused("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n\r\n");
  refused("\r\n\r\n\0\r\nQUIT\n"s);
  refused("{\"method\": \"GET\"}\r\n\r\n");
}

TEST(RequestSyntax, BoundsHeads) {
  const std::string long_path(16 * 1024, 'p');
  refused("GET {t}" + long_path + " HTTP/1.1\r\nHost: files.example\r\n\r\n", 414);
  refused("GET {t}" + std::string(200'000, 'p') + " HTTP/1.1\r\nHost: files.example\r\n\r\n", 414);
  refused(kGet + "X: " + std::string(64 * 1024, 'y') + "\r\n\r\n", 431);
  refused(kGet + std::string(70'000, 'X') + ": y\r\n\r\n", 431);
  std::string fields;
  for (int i = 0; i < 128; ++i) fields += "X: y\r\n";
  refused(kGet + fields + "\r\n", 431);
  carried("GET {t}" + std::string(10'000, 'p') + " HTTP/1.1\r\nHost: files.example\r\n\r\n",
          "GET files.example/" + std::string(10'000, 'p'));
  carried(kGet + "X: " + std::string(32 * 1024, 'y') + "\r\n\r\n",
          "GET files.example/a; X: " + std::string(32 * 1024, 'y'));
}

}  // namespace
}  // namespace sallyport::testkit
