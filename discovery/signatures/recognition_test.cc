#include "discovery/signatures/recognition.h"

#include <gtest/gtest.h>

#include "base/core/diagnostics.h"

namespace sallyport::discovery {
namespace {

std::shared_ptr<const AppSignatures> signatures(const std::string& activities) {
  const std::string text = "sources: [{kind: sdk, date: 2026-11-26}]\nactivities:\n" + activities;
  auto node = yaml::parse(std::make_shared<const Source>(Source{"activities.yaml", text}));
  EXPECT_TRUE(node) << render(node.error());
  Diagnostics warnings;
  auto read = AppSignatures::read(*node, "app", warnings);
  EXPECT_TRUE(read) << render(read.error());
  return read ? *read : nullptr;
}

std::string faults(const std::string& file) {
  auto node = yaml::parse(std::make_shared<const Source>(Source{"activities.yaml", file}));
  EXPECT_TRUE(node) << render(node.error());
  Diagnostics warnings;
  auto read = AppSignatures::read(*node, "app", warnings);
  return read ? "" : render(read.error());
}

struct Sent {
  std::string method = "POST";
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int status = 0;
  std::string reply;
};

std::vector<Recognised> see(const AppSignatures& app, const Sent& sent) {
  http::RequestHead head;
  head.method = sent.method;
  head.path = sent.path;
  for (const auto& [name, value] : sent.headers) EXPECT_TRUE(head.headers.add(name, value));
  Recognition recognition(app, head, "api.example.com", head.path_only());
  recognition.read_request(recognition.wants_body() ? sent.body : std::string(), true);
  http::Headers reply_headers;
  if (sent.status != 0) recognition.read_reply(sent.status, reply_headers, sent.reply);
  return {recognition.activities().begin(), recognition.activities().end()};
}

const Recognised& only(const std::vector<Recognised>& seen) {
  static const Recognised kNone;
  EXPECT_EQ(seen.size(), 1u);
  return seen.empty() ? kNone : seen.front();
}

TEST(Recognition, ReadsAnObjectFromPathHeadersBodyAndReply) {
  const auto app = signatures(R"(
  - id: upload
    verb: upload
    request: PUT /files/{folder}
    object: {kind: file, id: "{reply.id}", name: "{header.X-Arg|json.path}", parent: "{folder}"}
    account: "{token.email}"
)");
  const auto seen =
      see(*app, {"PUT",
                 "/files/q3",
                 {{"X-Arg", R"({"path":"/a/b.pdf"})"},
                  {"Authorization", "Bearer e30.eyJlbWFpbCI6ImFuYUBleGFtcGxlLm9yZyJ9.x"}},
                 "%PDF",
                 201,
                 R"({"id":"77"})"});
  const Recognised& one = only(seen);
  EXPECT_EQ(one.type, policy::ActivityType::upload);
  EXPECT_EQ(one.details->signature, "app/upload");
  EXPECT_EQ(one.details->object_kind, "file");
  EXPECT_EQ(one.details->object_id, "77");
  EXPECT_EQ(one.details->object_name, "/a/b.pdf");
  EXPECT_EQ(one.details->object_parent, "q3");
  EXPECT_EQ(one.details->account, "ana@example.org");
  EXPECT_EQ(one.details->account_domain, "example.org");
  EXPECT_EQ(one.details->outcome, "success");
  EXPECT_EQ(one.file_name, "b.pdf");
}

constexpr const char* kFiles = R"(
  - {id: list, verb: view, request: "GET /files/{id}"}
  - {id: delete, verb: delete, request: "DELETE /files/{id}"}
  - {id: new, verb: create, request: "POST /files/{id}"}
  - {id: batch, verb: other, request: POST /batch, batch: {each: "body.requests[]", method: method, url: url}}
)";

TEST(Recognition, TellsBothWhereAFieldSaysAnotherMethod) {
  const auto app = signatures(kFiles);
  const auto seen = see(*app, {"POST", "/files/1", {{"X-HTTP-Method-Override", "delete"}}, ""});
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].type, policy::ActivityType::create);
  EXPECT_EQ(seen[1].type, policy::ActivityType::delete_);
  EXPECT_EQ(see(*app, {"POST", "/files/1?_method=DELETE", {}, ""}).size(), 2u);
  EXPECT_EQ(only(see(*app, {"delete", "/files/1", {}, ""})).type, policy::ActivityType::delete_);
}

TEST(Recognition, TellsEachElementOfAListThatOneRequestNames) {
  const auto app = signatures(R"(
  - id: finish
    verb: {of: "{body.gone}", "": upload, "*": delete}
    request: POST /finish
    where: {"{body.now}": "true"}
    batch: {each: "body.entries[]"}
    object: {kind: file, name: "{body.path}", parent: "{header.X-Folder}"}
    content: none
    transfer: {step: finish, session: "{body.id}"}
)");
  const auto seen = see(*app, {"POST",
                               "/finish",
                               {{"X-Folder", "in"}},
                               R"({"entries":[{"path":"a","id":"1"},{"path":"b","id":"2"}],)"
                               R"("now":true,"entries":[{"path":"c","gone":1}]})"});
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].details->object_name, "a");
  EXPECT_EQ(seen[1].details->object_name, "b");
  EXPECT_EQ(seen[1].details->object_parent, "in");
  EXPECT_EQ(seen[1].details->transfer_session, "2");
  EXPECT_EQ(seen[1].type, policy::ActivityType::upload);
  EXPECT_EQ(seen[2].type, policy::ActivityType::delete_);
  EXPECT_TRUE(see(*app, {"POST", "/finish", {}, R"({"entries":[{"path":"a"}]})"}).empty());
  // Without an element it is what it is.
  EXPECT_EQ(only(see(*app, {"POST", "/finish", {}, R"({"now":true})"})).details->signature,
            "app/finish");
}

TEST(Recognition, SaysThatAListHasMoreElementsThanAreRead) {
  const auto app = signatures(R"(
  - {id: move, verb: move, request: POST /move, batch: {each: "body[]"}, object: {kind: file, name: "{body.to}"}}
)");
  const auto hides = [&](std::size_t many) {
    std::string body = "[{\"to\":\"x\"}";
    for (std::size_t i = 1; i < many; ++i) body += ",{\"to\":\"x\"}";
    http::RequestHead head;
    head.method = "POST";
    head.path = "/move";
    Recognition seen(*app, head, "api.example.com", "/move");
    seen.read_request(body + "]", true);
    EXPECT_EQ(seen.activities().size(), std::min(many, kMostElements));
    return seen.hides();
  };
  EXPECT_FALSE(hides(kMostElements));
  EXPECT_TRUE(hides(kMostElements + 1));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

TEST(Recognition, TellsWhatARequestIsBeside) {
  const auto app = signatures(R"(
  - id: send
    verb: send
    request: POST /send
    also: [{each: "body.files[]", as: attach}, {as: rename}]
    target: {email: "{body.to}"}
  - id: attach
    verb: upload
    request: POST /attach
    file: {name: "{body.name}"}
    content: "{body.data}"
    content_as: {of: "{body.plain}", "true": text, "*": base64}
  - {id: rename, verb: rename, request: POST /rename, present: "{body.title}", object: {kind: mail, name: "{body.title}"}}
)");
  const auto seen =
      see(*app, {"POST",
                 "/send",
                 {},
                 R"({"to":"a@b.example","title":"t","files":[)"
                 R"({"name":"x","data":"TVo="},{"name":"y","data":"MZ","plain":true}]})"});
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(seen[0].type, policy::ActivityType::send);
  EXPECT_EQ(seen[1].file_name, "x");
  EXPECT_EQ(seen[1].content, "MZ");
  EXPECT_FALSE(seen[1].body_is_file);
  EXPECT_EQ(seen[2].file_name, "y");
  EXPECT_EQ(seen[2].content, "MZ");
  EXPECT_EQ(seen[3].details->object_name, "t");
  EXPECT_EQ(see(*app, {"POST", "/send", {}, R"({"to":"a@b.example"})"}).size(), 1u);
  EXPECT_NE(faults("sources: [{kind: sdk, date: 2026-11-26}]\nactivities:\n"
                   "  - {id: a, verb: send, request: POST /a, also: [{as: b}]}\n")
                .find("the file has no activity 'b'"),
            std::string::npos);
}

TEST(Recognition, ReadsWhichPartsAreListed) {
  const auto app = signatures(R"(
  - {id: finish, verb: upload, request: POST /finish, content: none, transfer: {step: finish, session: a, parts: "{raw}"}}
  - {id: append, verb: upload, request: POST /append, transfer: {step: part, session: a, open: true}}
)");
  const auto listed = [&](const std::string& body) {
    return only(see(*app, {"POST", "/finish", {}, body})).listed;
  };
  EXPECT_EQ(listed("<X><Part><ETag>1</ETag><PartNumber>2</PartNumber></Part>"
                   "<s:Part><s:partNumber a='b'> 3 </s:partNumber></s:Part></X>"),
            (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(listed("<x/>"), std::vector<std::uint64_t>());
  EXPECT_EQ(listed("<PartNumber>no number</PartNumber>"), std::vector<std::uint64_t>{0});
  EXPECT_FALSE(only(see(*app, {"POST", "/finish", {}, ""})).open);
  EXPECT_TRUE(only(see(*app, {"POST", "/append", {}, ""})).open);
}

TEST(Recognition, ReadsWhomAMailIsFor) {
  const auto app = signatures(R"(
  - id: send
    verb: send
    request: POST /send
    target: {email: {all: ["{body.raw|base64|mail.to}", "{raw|mail.to}", "{body.to}"]}}
)");
  const auto domains = [&](const std::string& body) {
    return joined(only(see(*app, {"POST", "/send", {}, body})).details->target_domains);
  };
  EXPECT_EQ(domains("Subject: To: x@no.example\r\nTO: \"B, c\" <b@c.example>,\r\n\td@e.example\r\n"
                    "Bcc: f@g.example\r\n\r\nTo: h@i.example"),
            "c.example e.example g.example");
  EXPECT_EQ(domains(R"({"raw":"VG86IGV2ZUBwYXJ0bmVyLmV4YW1wbGUNCg0KaGk"})"), "partner.example");
  EXPECT_EQ(domains("--b\r\nContent-Type: message/rfc822\r\n\r\nTo: b@c.example\r\n\r\n--b--"),
            "c.example");
  // Several in one text.
  EXPECT_EQ(domains(R"x({"to":"b@c.example, Eve <d@e.example>; f@g.example (x@y.example)"})x"),
            "c.example e.example g.example");
  EXPECT_EQ(domains(R"({"to":"staff: b@c.example;"})"), "c.example");
  EXPECT_EQ(domains(R"({"to":"\"never ended b@c.example, d@e.example"})"), "e.example");
}

TEST(Recognition, TellsMoreThanSoManyDomainsAsHidden) {
  const auto app = signatures(R"(
  - {id: send, verb: send, request: POST /send, target: {email: "{body.to[]}"}}
)");
  const auto hides = [&](std::size_t many, bool same) {
    std::string body = "{\"to\":[";
    for (std::size_t i = 0; i < many; ++i) {
      body += (i == 0 ? "\"a@b" : ",\"a@b") + (same ? "" : std::to_string(i)) + ".example\"";
    }
    http::RequestHead head;
    head.method = "POST";
    head.path = "/send";
    Recognition seen(*app, head, "api.example.com", "/send");
    seen.read_request(body + "]}", true);
    return seen.hides();
  };
  EXPECT_FALSE(hides(500, true));
  EXPECT_FALSE(hides(policy::kMostDetailItems, false));
  EXPECT_TRUE(hides(policy::kMostDetailItems + 1, false));
  EXPECT_TRUE(hides(1200, true));
}

TEST(Recognition, TellsWhatGraphQlDoesBesideItsName) {
  const auto app = signatures(R"(
  - id: graphql
    verb: {of: "{operation}", "*delete*": delete, "*share*": share, "Get*": view, "*": edit}
    request: POST /graphql
    where: {"{operation}": "*"}
    object: {kind: function, name: "{operation}"}
)");
  const auto told = [&](const std::string& query) {
    std::vector<std::string> names;
    const std::string body = R"({"query":")" + query + R"("})";
    for (const Recognised& one : see(*app, {"POST", "/graphql", {}, body})) {
      names.push_back(one.details->object_name);
    }
    return joined(names);
  };
  EXPECT_EQ(told("mutation GetX { deleteX(id: 1) { id } }"), "GetX deleteX");
  EXPECT_EQ(told("mutation DeleteX { deleteX(id: 1) { id } }"), "DeleteX");
  EXPECT_EQ(told("mutation GetX { a: deleteX b: shareX c: deleteY }"), "GetX deleteX shareX");
  EXPECT_EQ(told("query GetX { deleteX }"), "GetX");
  EXPECT_EQ(told("mutation Touch { touchX }"), "Touch");
}

TEST(Recognition, SaysWhereACodingHidesTheBody) {
  const auto app = signatures(R"(
  - {id: send, verb: send, request: POST /send, target: {email: "{body.to}"}}
)");
  const auto closed = [&](const char* coding, const char* body) {
    http::RequestHead head;
    head.method = "POST";
    head.path = "/send";
    EXPECT_TRUE(head.headers.add("Content-Encoding", coding));
    Recognition seen(*app, head, "api.example.com", "/send");
    seen.read_request(body, true);
    return seen.closed();
  };
  EXPECT_TRUE(closed("br", "opaque"));
  EXPECT_FALSE(closed("identity", "{}"));
  EXPECT_FALSE(closed("gzip", "{}"));  // which it is not
}

TEST(Recognition, SpellsPathsInsideOfABatchAsOthers) {
  const auto app = signatures(kFiles);
  for (const char* path : {"//files//1", "/x/../files/1", "/%66iles/1", "https://h/files/1#x"}) {
    const std::string body =
        R"({"requests":[{"method":"delete","url":")" + std::string(path) + R"("}]})";
    EXPECT_EQ(only(see(*app, {"POST", "/batch", {}, body})).type, policy::ActivityType::delete_)
        << path;
  }
}

TEST(Recognition, SaysWhatABatchHides) {
  const auto app = signatures(kFiles);
  http::RequestHead head;
  head.method = "POST";
  head.path = "/batch";
  const auto hides = [&](std::string_view body, bool ended) {
    Recognition seen(*app, head, "api.example.com", "/batch");
    EXPECT_TRUE(seen.wants_more(body));
    seen.read_request(body, ended);
    return seen.hides();
  };
  const std::string body = R"({"requests":[{"method":"GET","url":"/files/1"}]})";
  EXPECT_FALSE(hides(body, true));
  EXPECT_TRUE(hides(body, false));
  EXPECT_TRUE(hides(body.substr(0, body.size() - 1), true));
  ASSERT_TRUE(head.headers.add("Content-Encoding", "br"));
  EXPECT_TRUE(hides("\x0b\x02\x80", true));
}

TEST(Recognition, TakesTheMoreExactPathThenMoreConditionsThenWhatWasWrittenFirst) {
  const auto app = signatures(R"(
  - {id: any, verb: view, request: "* /{rest...}"}
  - {id: plain, verb: edit, request: POST /items}
  - {id: again, verb: copy, request: POST /items}
  - {id: asked, verb: delete, request: POST /items, where: {"{query.op}": "del*"}}
)");
  EXPECT_EQ(only(see(*app, {"POST", "/items"})).details->signature, "app/plain");
  EXPECT_EQ(only(see(*app, {"POST", "/items?op=Delete"})).details->signature, "app/asked");
  EXPECT_EQ(only(see(*app, {"POST", "/other"})).details->signature, "app/any");
}

TEST(Recognition, ReadsABodyOnlyWhereItMayMatter) {
  const auto app = signatures(R"(
  - {id: by_head, verb: view, request: POST /a, where: {"{query.x}": "1"}}
  - {id: by_body, verb: edit, request: POST /a, where: {"{body.kind}": b}}
)");
  http::RequestHead head;
  head.method = "POST";
  head.path = "/a?x=1";
  EXPECT_FALSE(Recognition(*app, head, "h", "/a").wants_body());
  head.path = "/a";
  EXPECT_TRUE(Recognition(*app, head, "h", "/a").wants_body());
  head.method = "GET";
  EXPECT_TRUE(Recognition(*app, head, "h", "/a").nothing());
}

TEST(Recognition, ChoosesVerbsByCases) {
  const auto app = signatures(R"(
  - id: act
    verb: {of: "{operation}", "Get*": view, "Delete*": delete, "": other, "*": edit}
    admin: {of: "{operation}", "*Policy": "true"}
    request: POST /
)");
  const auto verb = [&](const std::string& target) {
    return only(see(*app, {"POST",
                           "/",
                           {{"X-Amz-Target", "Svc_1." + target},
                            {"Content-Type", "application/x-amz-json-1.0"}}}))
        .type;
  };
  EXPECT_EQ(verb("GetItem"), policy::ActivityType::view);
  EXPECT_EQ(verb("deleteItem"), policy::ActivityType::delete_);
  EXPECT_EQ(verb("PutItem"), policy::ActivityType::edit);
  EXPECT_EQ(only(see(*app, {"POST", "/"})).type, policy::ActivityType::other);
  EXPECT_EQ(only(see(*app, {"POST",
                            "/",
                            {{"X-Amz-Target", "S.PutPolicy"},
                             {"Content-Type", "application/x-amz-json-1.1"}}}))
                .admin,
            true);
}

TEST(Recognition, CollectsTargetsFromAllThatNamesThem) {
  const auto app = signatures(R"(
  - id: send
    verb: send
    request: POST /mail
    target: {email: {all: ["{body.to[].address}", "{body.cc[].address}"]}, link: "{body.link}"}
)");
  const Recognised one = only(see(
      *app,
      {"POST",
       "/mail",
       {},
       R"({"to":[{"address":"B@x.example"},{"address":"a@x.example"}],"cc":[{"address":"c@y.example"}]})"}));
  EXPECT_EQ(one.details->target_emails,
            (std::vector<std::string>{"a@x.example", "b@x.example", "c@y.example"}));
  EXPECT_EQ(one.details->target_domains, (std::vector<std::string>{"x.example", "y.example"}));
  EXPECT_TRUE(one.details->target_links.empty());
}

TEST(Recognition, ReadsFormsOfBothKinds) {
  const auto app = signatures(R"(
  - {id: login, verb: login, request: POST /login, account: "{body.user}",
     outcome: [{status: 200, where: {"{reply.ok}": "false"}, is: failed}]}
)");
  const auto form = [&](const std::string& type, const std::string& body, const char* reply) {
    return only(see(*app, {"POST", "/login", {{"Content-Type", type}}, body, 200, reply}));
  };
  const Recognised good =
      form("application/x-www-form-urlencoded", "user=ana%40x.example&p=1", R"({"ok":true})");
  EXPECT_EQ(good.details->account, "ana@x.example");
  EXPECT_EQ(good.type, policy::ActivityType::login);
  const Recognised bad =
      form("multipart/form-data; boundary=B",
           "--B\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nbob\r\n--B--",
           R"({"ok":false})");
  EXPECT_EQ(bad.details->account, "bob");
  EXPECT_EQ(bad.type, policy::ActivityType::login_failed);
  EXPECT_EQ(bad.details->outcome, "failed");
}

TEST(Recognition, OpensBatchesOfJson) {
  const auto app = signatures(R"(
  - {id: batch, verb: other, request: "POST /v1/$batch",
     batch: {each: "body.requests[]", method: method, url: url, body: body}}
  - {id: send, verb: send, request: POST /v1/me/sendMail, object: {kind: mail, name: "{body.subject}"}}
  - {id: list, verb: view, request: GET /v1/me/items}
)");
  const auto seen = see(*app, {"POST",
                               "/v1/$batch",
                               {},
                               R"({"requests":[
    {"id":"1","method":"POST","url":"/me/sendMail","body":{"subject":"hi"}},
    {"id":"2","method":"GET","url":"https://api.example.com/v1/me/items?x=1"},
    {"id":"3","method":"GET","url":"/nothing/known"}]})"});
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].details->signature, "app/send");
  EXPECT_EQ(seen[0].details->object_name, "hi");
  EXPECT_EQ(seen[1].details->signature, "app/list");
}

TEST(Recognition, OpensBatchesOfHttp) {
  const auto app = signatures(R"(
  - {id: batch, verb: other, request: POST /batch, batch: {multipart: http}}
  - {id: delete, verb: delete, request: "DELETE /files/{id}", object: {kind: file, id: "{id}"}}
)");
  const auto seen = see(
      *app, {"POST",
             "/batch",
             {{"Content-Type", "multipart/mixed; boundary=x"}},
             "--x\r\nContent-Type: application/http\r\n\r\nDELETE /files/1 HTTP/1.1\r\n\r\n\r\n"
             "--x\r\nContent-Type: application/http\r\n\r\nDELETE /files/2?f=1\r\n\r\n--x--\r\n"});
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].details->object_id, "1");
  EXPECT_EQ(seen[1].details->object_id, "2");
}

TEST(Recognition, TakesEachOperationOfAGraphqlBatchByItself) {
  const auto app = signatures(R"(
  - {id: remove, verb: delete, request: POST /graphql, where: {"{operation}": RemoveCard}}
  - {id: other, verb: view, request: POST /graphql, where: {"{operation}": "*"}}
)");
  const auto seen = see(*app, {"POST",
                               "/graphql",
                               {},
                               R"([{"operationName":"Board","query":"query Board{a}"},
                                   {"query":"mutation RemoveCard { x }"}])"});
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].details->signature, "app/other");
  EXPECT_EQ(seen[1].details->signature, "app/remove");
}

TEST(Recognition, LooksIntoCompressedBodiesAndStaysWithinItsBound) {
  const auto app = signatures(R"(
  - {id: a, verb: edit, request: POST /a, where: {"{body.kind}": x}}
)");
  // gzip of {"kind":"x"}
  const unsigned char gzip[] = {0x1f, 0x8b, 8,    0,    0,    0,    0,    0,    0,    3,    0xab,
                                0x56, 0xca, 0xce, 0xcc, 0x4b, 0x51, 0xb2, 0x52, 0xaa, 0x50, 0xaa,
                                5,    0,    0x1c, 0x6d, 0x6f, 0x61, 0x0c, 0,    0,    0};
  const std::string body(reinterpret_cast<const char*>(gzip), sizeof(gzip));
  EXPECT_EQ(
      only(see(*app, {"POST", "/a", {{"Content-Encoding", "gzip"}}, body})).details->signature,
      "app/a");
  EXPECT_EQ(see(*app, {"POST", "/a", {{"Content-Encoding", "br"}}, body}).size(), 1u);
  // Most servers do not look at the field.
  const std::string plain = R"({"kind":"x"})";
  EXPECT_EQ(see(*app, {"POST", "/a", {{"Content-Encoding", "br"}}, plain}).size(), 1u);
}

TEST(Recognition, ReadsAllMembersOfAGzip) {
  const auto app = signatures(R"(
  - {id: a, verb: edit, request: POST /a, where: {"{body.kind}": x}}
)");
  const unsigned char empty[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const unsigned char gzip[] = {0x1f, 0x8b, 8,    0,    0,    0,    0,    0,    0,    3,    0xab,
                                0x56, 0xca, 0xce, 0xcc, 0x4b, 0x51, 0xb2, 0x52, 0xaa, 0x50, 0xaa,
                                5,    0,    0x1c, 0x6d, 0x6f, 0x61, 0x0c, 0,    0,    0};
  const std::string body = std::string(reinterpret_cast<const char*>(empty), sizeof(empty)) +
                           std::string(reinterpret_cast<const char*>(gzip), sizeof(gzip));
  EXPECT_EQ(see(*app, {"POST", "/a", {{"Content-Encoding", "gzip"}}, body}).size(), 1u);
}

TEST(Recognition, TakesTheLastOfAMemberThatIsNamedTwice) {
  const auto app = signatures(R"(
  - id: share
    verb: share
    request: POST /a
    target: {link: {of: "{body.scope}", anonymous: anyone, "*": organization}}
)");
  EXPECT_EQ(only(see(*app, {"POST", "/a", {}, R"({"scope":"organization","scope":"anonymous"})"}))
                .details->target_links,
            std::vector<std::string>{"anyone"});
}

TEST(Recognition, BelievesAFieldOfAwsOnlyWithABodyOfAws) {
  const auto app = signatures(R"(
  - {id: remove, verb: delete, request: POST /graphql, where: {"{operation}": Remove}}
)");
  EXPECT_EQ(see(*app, {"POST",
                       "/graphql",
                       {{"X-Amz-Target", "x.List"}},
                       R"({"query":"mutation Remove { a }"})"})
                .size(),
            1u);
}

TEST(Recognition, AddsToWhatTheRequestToldWhatStandsInTheReply) {
  const auto app = signatures(R"(
  - id: get
    verb: {of: "{reply.kind}", folder: view, "*": download}
    request: GET /files/{id}
    object: {kind: file, id: "{id}", name: ["{reply.name}", "{id}"]}
    target: {email: ["{query.to}", "{reply.owner}"], domain: "{query.domain}"}
    account: ["{reply.me}", "{header.X-Me}"]
)");
  http::RequestHead head;
  head.method = "GET";
  head.path = "/files/7?to=bob@y.example&domain=z.example";
  ASSERT_TRUE(head.headers.add("X-Me", "ana@x.example"));
  Recognition recognition(*app, head, "api.example.com", head.path_only());
  recognition.read_request("", true);
  ASSERT_EQ(recognition.activities().size(), 1u);
  EXPECT_EQ(recognition.activities()[0].file_name, "7");
  EXPECT_EQ(recognition.activities()[0].details->account, "ana@x.example");
  // Somebody took them, added to them and gave them back.
  Boxed<policy::Details> taken = std::move(recognition.activities()[0].details);
  taken->target_classes = {"external"};
  recognition.activities()[0].details = std::move(taken);
  const http::Headers headers;
  EXPECT_TRUE(recognition.read_reply(
      200, headers, R"({"kind":"doc","name":"a.pdf","me":"eve@w.example","owner":"q@q.example"})"));
  const Recognised& one = recognition.activities()[0];
  EXPECT_EQ(one.type, policy::ActivityType::download);
  EXPECT_EQ(one.details->object_id, "7");
  EXPECT_EQ(one.details->object_name, "a.pdf");
  EXPECT_EQ(one.file_name, "a.pdf");
  EXPECT_EQ(one.details->account_domain, "w.example");
  EXPECT_EQ(one.details->target_emails, std::vector<std::string>{"bob@y.example"});
  EXPECT_EQ(one.details->target_domains, (std::vector<std::string>{"y.example", "z.example"}));
  EXPECT_EQ(one.details->target_classes, std::vector<std::string>{"external"});
  EXPECT_EQ(one.details->outcome, "success");
}

TEST(Recognition, IsRuledOutByTheHeadOnlyWhereNoSignatureCanFit) {
  const auto app = signatures(R"(
  - id: consent
    verb: consent
    request: GET /{rest...}
    present: ["{query.client_id}", "{query.scope}"]
  - id: start
    verb: upload
    request: POST /{rest...}
    present: "{header.Upload-Length}"
  - id: remove
    verb: delete
    request: DELETE /files/{id}
)");
  const auto fits = [&](const Sent& sent) {
    http::RequestHead head;
    head.method = sent.method;
    head.path = sent.path;
    for (const auto& [name, value] : sent.headers) EXPECT_TRUE(head.headers.add(name, value));
    const bool may = Recognition::Asked(head).may_fit(*app);
    Recognition recognition(*app, head, "api.example.com", head.path_only());
    recognition.read_request("", true);
    EXPECT_TRUE(may || recognition.activities().empty());
    return (may ? "may " : "no ") + std::to_string(recognition.activities().size());
  };
  EXPECT_EQ(fits({"GET", "/a?client_id=1&scope=x"}), "may 1");
  EXPECT_EQ(fits({"GET", "/a?scope=x&client%5Fid=1"}), "may 1");
  EXPECT_EQ(fits({"GET", "/a?client_id=1"}), "no 0");
  EXPECT_EQ(fits({"GET", "/a"}), "no 0");
  EXPECT_EQ(fits({"POST", "/a", {{"upload-length", "5"}}}), "may 1");
  EXPECT_EQ(fits({"POST", "/a"}), "no 0");
  EXPECT_EQ(fits({"POST", "/files/1", {{"X-HTTP-Method-Override", "DELETE"}}}), "may 1");
  EXPECT_EQ(fits({"delete", "/files/1"}), "may 1");  // Many servers do not mind.
  EXPECT_EQ(fits({"DELETE", "/a/b/c"}), "may 0");
  EXPECT_EQ(fits({"PATCH", "/files/1"}), "no 0");
}

TEST(Recognition, CutsWhatIsLong) {
  const auto app = signatures(R"(
  - {id: a, verb: edit, request: POST /a, object: {kind: file, name: "{body.name}"},
     target: {email: "{body.to[]}"}}
)");
  std::string to;
  for (int i = 0; i < 500; ++i) to += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "@x.example\"";
  const Recognised one = only(
      see(*app,
          {"POST", "/a", {}, R"({"name":")" + std::string(5000, 'n') + R"(","to":[)" + to + "]}"}));
  EXPECT_EQ(one.details->object_name.size(), policy::kMostDetailText);
  EXPECT_LE(one.details->target_emails.size(), policy::kMostDetailItems);
  EXPECT_EQ(one.details->target_domains, std::vector<std::string>{"x.example"});
}

TEST(SignatureFile, NamesEveryFaultWithItsPlace) {
  const std::string found = faults(R"(sources: [{kind: sdkk, date: 2026-11-26}]
activities:
  - id: Upload
    verb: uplaod
    request: [PUT, "put /a", "POST a"]
    object: {name: a, id: "{body.x"}
    taget: {email: x}
  - id: b
    verb: login_failed
    request: POST /b/{id}
    where: {"{idd}": 1}
    outcome: [{status: 7xx, is: maybe}]
)");
  for (const char* expected :
       {"activities.yaml:1:18: error: 'kind' of source cannot be 'sdkk'",
        "activities.yaml:3:9: error: 'Upload' is no id of an activity",
        "activities.yaml:4:11: error: 'uplaod' is not among the words here",
        "did you mean 'upload'?", "'PUT' is no request", "'put' is no method",
        "a path begins with '/'", "'{' is not closed", "an object needs its kind",
        "did you mean 'target'?", "'login_failed' is never written",
        "no host and no path has a variable 'idd'", "did you mean 'id'?", "'7xx' is no status",
        "'is' of outcome cannot be 'maybe'"}) {
    EXPECT_NE(found.find(expected), std::string::npos) << expected << "\n" << found;
  }
}

}  // namespace
}  // namespace sallyport::discovery
