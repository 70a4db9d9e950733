#include "discovery/classify/classify.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

// "POST /login | content-type: text/plain | accept: */*"
http::RequestHead request_of(std::string_view text) {
  http::RequestHead head;
  const auto parts = split(text, '|');
  const std::string_view first = trim(parts[0]);
  const std::size_t blank = first.find(' ');
  head.method = first.substr(0, blank);
  head.path = first.substr(blank + 1);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t colon = parts[i].find(':');
    const std::string_view name = trim(parts[i].substr(0, colon));
    if (name == "upgrade") {
      head.upgrade = trim(parts[i].substr(colon + 1));
    } else {
      EXPECT_TRUE(head.headers.add(name, trim(parts[i].substr(colon + 1)))) << text;
    }
  }
  return head;
}

// "302 | location: /login?error"
http::ReplyHead reply_of(std::string_view text) {
  http::ReplyHead head;
  const auto parts = split(text, '|');
  head.status = static_cast<int>(parse_decimal(trim(parts[0])).value());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t colon = parts[i].find(':');
    EXPECT_TRUE(
        head.headers.add(trim(parts[i].substr(0, colon)), trim(parts[i].substr(colon + 1))));
  }
  return head;
}

std::string read(std::string_view request) {
  policy::Activity activity;
  classify_request(activity, request_of(request));
  return std::string(to_string(activity.type.value()));
}

std::string read(std::string_view request, std::string_view reply) {
  policy::Activity activity;
  const http::RequestHead head = request_of(request);
  classify_request(activity, head);
  classify_reply(activity, head, reply_of(reply));
  return std::string(to_string(activity.type.value()));
}

struct Row {
  std::string_view request;
  std::string_view expected;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) EXPECT_EQ(read(row.request), row.expected) << row.request;
}

struct ReplyRow {
  std::string_view request;
  std::string_view reply;
  std::string_view expected;
};

void check(const std::vector<ReplyRow>& rows) {
  for (const ReplyRow& row : rows) {
    EXPECT_EQ(read(row.request, row.reply), row.expected) << row.request << " -> " << row.reply;
  }
}

TEST(ClassifyRequest, Login) {
  check(std::vector<Row>{
      {"POST /login | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /login?next=%2F | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /LOGIN/ | content-type: application/json; charset=utf-8", "login"},
      {"POST /log%69n", "login"},
      {"POST /login;jsessionid=17", "login"},
      {"POST /account/SignIn.aspx | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /users/sign_in | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /api/v1/sign-in | content-type: application/json", "login"},
      {"POST /contoso/login | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /session | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /api/v2/sessions | content-type: application/json", "login"},
      {"POST /rest/auth/1/session | content-type: application/json", "login"},
      {"POST /oauth/token | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /contoso/oauth2/v2.0/token | content-type: application/x-www-form-urlencoded",
       "login"},
      {"POST /realms/a/protocol/openid-connect/token", "login"},
      {"POST /oauth/authorize | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /api/auth | content-type: application/json", "login"},
      {"POST /auth/local | content-type: application/json", "login"},
      {"POST /auth/google/callback | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /saml/acs | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /saml2/idp/SSO | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /adfs/ls/ | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /blog/wp-login.php | content-type: application/x-www-form-urlencoded", "login"},
      {"POST /services/logon | content-type: application/soap+xml", "login"},
      // Neighbours
      {"GET /login | sec-fetch-dest: document", "view"},
      {"GET /login.js", "other"},
      {"PUT /login | content-type: application/json", "other"},
      {"POST /login-help | content-type: application/json", "other"},
      {"POST /mylogin | content-type: application/json", "other"},
      {"POST /login/history | content-type: application/json", "other"},
      {"POST /logins | content-type: application/json", "other"},
      {"POST /login | content-type: application/octet-stream", "upload"},
      {"POST /login | content-type: multipart/form-data; boundary=x", "upload"},
      {"POST /chat/sessions | content-type: application/json", "other"},
      {"POST /sessions/17 | content-type: application/json", "other"},
      {"POST /api/token | content-type: application/json", "other"},
      {"POST /broadcasting/auth | content-type: application/json", "other"},
      {"POST /auth/register | content-type: application/json", "other"},
      {"POST /auth/reset-password | content-type: application/json", "other"},
      {"POST /webhooks/callback | content-type: application/json", "other"},
      {"POST /saml/metadata | content-type: application/xml", "other"},
      {"OPTIONS /login", "other"},
  });
}

TEST(ClassifyRequest, Logout) {
  check(std::vector<Row>{
      {"GET /logout", "logout"},
      {"GET /users/sign_out | sec-fetch-dest: document", "logout"},
      {"POST /logout | content-type: application/x-www-form-urlencoded", "logout"},
      {"POST /api/v1/auth/logout", "logout"},
      {"GET /account/LogOff.aspx", "logout"},
      {"GET /oauth2/v2.0/end_session?id=1", "logout"},
      {"POST /saml/slo | content-type: application/x-www-form-urlencoded", "logout"},
      {"DELETE /api/session", "logout"},
      {"GET /wp-login.php?action=logout&_wpnonce=1 | accept: text/html", "logout"},
      // Neighbours
      {"GET /logout.png", "other"},
      {"GET /logout/help | sec-fetch-dest: document", "view"},
      {"GET /wp-login.php?action=lostpassword | accept: text/html", "view"},
      {"DELETE /sessions/17", "delete"},
      {"DELETE /video/session", "delete"},
      {"HEAD /logout", "other"},
  });
}

TEST(ClassifyRequest, Upload) {
  check(std::vector<Row>{
      {"POST /files | content-type: multipart/form-data; boundary=x", "upload"},
      {"POST /files | content-type: multipart/related; boundary=x", "upload"},
      {"PUT /bucket/report.pdf | content-type: application/pdf", "upload"},
      {"PUT /bucket/report.pdf", "upload"},
      {"PUT /bucket/setup.exe.%20.", "upload"},
      {"PUT /bucket/notes | content-type: text/plain", "upload"},
      {"PATCH /files/17 | content-type: application/offset+octet-stream", "upload"},
      {"POST /2/files/upload | content-type: application/octet-stream", "upload"},
      {"POST /x | content-type: image/svg+xml", "upload"},
      {"POST /x | content-type: application/zip", "upload"},
      {"POST /x | content-type: text/csv", "upload"},
      {"POST /x | content-type: message/rfc822", "upload"},
      {"POST /a/b.git/git-receive-pack | content-type: application/x-git-receive-pack-request",
       "upload"},
      {"PUT /x | content-type: application/json | content-range: bytes 0-9/100", "upload"},
      {"POST /x | x-upload-content-type: image/png", "upload"},
      {"POST /x | X-Goog-Upload-Protocol: resumable", "upload"},
      {"POST /files | tus-resumable: 1.0.0 | upload-length: 17", "upload"},
      {"POST /x | x-file-name: a.doc | content-type: text/plain", "upload"},
      {"POST /wp-json/wp/v2/media | content-disposition: attachment; filename=\"a\"", "upload"},
      {"POST /upload/drive/v3/files?uploadType=resumable | content-type: application/json",
       "upload"},
      {"POST /api/files.upload | content-type: application/json", "upload"},
      {"POST /me/drive/items/1/createUploadSession | content-type: application/json", "upload"},
      {"POST /%75pload | content-type: application/json", "upload"},
      {"POST /logout | content-type: application/zip", "upload"},
      {"POST /x | content-type: application/zip | x-http-method-override: DELETE", "upload"},
      // Neighbours
      {"GET /upload | sec-fetch-dest: document", "view"},
      {"POST /uploaded | content-type: application/json", "other"},
      {"POST /upload-policy | content-type: application/json", "other"},
      {"POST /uploads/17/delete | content-type: application/json", "delete"},
      {"DELETE /upload/17", "delete"},
      {"DELETE /files/17 | tus-resumable: 1.0.0", "delete"},
      {"HEAD /files/17 | tus-resumable: 1.0.0", "other"},
      {"POST /batch | content-type: multipart/mixed; boundary=x", "other"},
      {"POST /beacon | content-type: text/plain;charset=UTF-8", "other"},
      {"POST /rpc | content-type: application/grpc-web+proto", "other"},
      {"POST /rpc | content-type: application/grpc", "other"},
      {"POST /graphql | content-type: application/graphql", "other"},
      {"POST /api | content-type: application/vnd.api+json", "other"},
      {"POST /aws | content-type: application/x-amz-json-1.1", "other"},
      {"POST /a/b.git/git-upload-pack | content-type: application/x-git-upload-pack-request",
       "other"},
      {"PUT /user/starred/a/b", "other"},
      {"PUT /api/v1.0", "other"},
      {"PUT /settings | content-type: application/json", "other"},
  });
}

TEST(ClassifyRequest, VerbsThatAreClear) {
  check(std::vector<Row>{
      {"DELETE /files/17", "delete"},
      {"PATCH /files/17 | content-type: application/json", "edit"},
      {"MKCOL /dav/new", "create"},
      {"MOVE /dav/a", "move"},
      {"COPY /dav/a", "copy"},
      {"POST /files/17 | x-http-method-override: delete | content-type: application/json",
       "delete"},
      {"POST /2/files/delete | content-type: application/json", "delete"},
      {"POST /items/17/share | content-type: application/json", "share"},
      {"POST /items/17/rename | content-type: application/x-www-form-urlencoded", "rename"},
      {"POST /team/invite | content-type: application/json", "invite"},
      {"POST /items/create | content-type: application/json", "create"},
      // Neighbours
      {"POST /files | content-type: application/json", "other"},
      {"PUT /files/17 | content-type: application/json", "other"},
      {"GET /files/delete", "other"},
      {"POST /undelete | content-type: application/json", "other"},
      {"POST /x | x-http-method-override: GET | content-type: application/json", "other"},
      {"GET /x | x-http-method-override: DELETE", "other"},
      {"PROPFIND /dav/", "other"},
      {"delete /files/17", "other"},
  });
}

TEST(ClassifyRequest, View) {
  check(std::vector<Row>{
      {"GET / | sec-fetch-dest: document", "view"},
      {"GET /a/b?c | accept: text/html,application/xhtml+xml;q=0.9", "view"},
      {"GET / | accept: application/json, text/html;q=0.1", "view"},
      // Neighbours
      {"GET /", "other"},
      {"GET /api | accept: application/json", "other"},
      {"GET /a.png | sec-fetch-dest: image | accept: text/html", "other"},
      {"GET /x | accept: text/htmlx", "other"},
      {"HEAD / | accept: text/html", "other"},
      {"GET /socket | upgrade: websocket | sec-fetch-dest: document", "other"},
      {"CONNECT /", "other"},
  });
}

TEST(ClassifyRequest, EndsOnStrangePaths) {
  check(std::vector<Row>{
      {"GET *", "other"},
      {"POST //// | content-type: application/json", "other"},
      {"POST /% | content-type: application/json", "other"},
      {"POST /%2 | content-type: application/json", "other"},
      {"POST /%00login | content-type: application/json", "other"},
      {"POST /.php | content-type: application/json", "other"},
      {"POST /; | content-type: ;;;", "other"},
  });
  EXPECT_EQ(read("POST " + std::string(60'000, '/') + "login"), "login");
}

TEST(ClassifyReply, LoginFailed) {
  check(std::vector<ReplyRow>{
      {"POST /login", "401", "login_failed"},
      {"POST /login", "403", "login_failed"},
      {"POST /oauth/token", "400", "login_failed"},
      {"POST /login", "302 | location: /login?error", "login_failed"},
      {"POST /login", "302 | location: /login?error=bad_password&next=/", "login_failed"},
      {"POST /login", "303 | location: https://id.example/signin?login_failed=1#x", "login_failed"},
      {"POST /login", "302 | location: //id.example/login.php?status=failed", "login_failed"},
      {"POST /session", "302 | location: /login?reason=invalid_credentials", "login_failed"},
      // Neighbours
      {"POST /login", "200", "login"},
      {"POST /login", "302 | location: /", "login"},
      {"POST /login", "302", "login"},
      {"POST /login", "302 | location: /login?step=2", "login"},
      {"POST /login", "302 | location: /login?error=0", "login"},
      {"POST /login", "302 | location: /home?error=none", "login"},
      {"POST /login", "302 | location: /reports?error=1", "login"},
      {"POST /login", "302 | location: https://login.example", "login"},
      {"POST /login", "400", "login"},
      {"POST /login", "429", "login"},
      {"POST /login", "500", "login"},
      {"POST /login", "200 | location: /login?error", "login"},
      {"POST /files | content-type: application/json", "401", "other"},
      {"GET /logout", "401", "logout"},
  });
}

TEST(ClassifyReply, Download) {
  check(std::vector<ReplyRow>{
      {"GET /f", "200 | content-disposition: attachment; filename=\"a.txt\"", "download"},
      {"GET /f", "200 | content-disposition: ATTACHMENT", "download"},
      {"GET /f | sec-fetch-dest: document", "206 | content-type: application/pdf", "download"},
      {"GET /f", "200 | content-type: application/zip", "download"},
      {"GET /f", "200 | content-type: application/octet-stream", "download"},
      {"GET /f | sec-fetch-dest: image", "200 | content-type: application/octet-stream",
       "download"},
      {"GET /f",
       "200 | content-type: "
       "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
       "download"},
      {"GET /f", "200 | content-type: application/vnd.oasis.opendocument.text", "download"},
      {"GET /f", "200 | content-type: text/csv; charset=utf-8", "download"},
      {"POST /2/files/download | content-type: text/plain", "200 | content-disposition: attachment",
       "download"},
      {"POST /a.git/git-upload-pack | content-type: application/x-git-upload-pack-request",
       "200 | content-type: application/x-git-upload-pack-result", "download"},
      {"GET /f",
       "200 | content-type: application/json | content-disposition: attachment; "
       "filename=export.json",
       "download"},
      // Neighbours
      {"GET /f | accept: text/html", "200 | content-type: text/html", "view"},
      {"GET /f", "200 | content-type: application/json", "other"},
      {"GET /f", "200 | content-type: image/png", "other"},
      {"GET /f", "200 | content-disposition: inline; filename=a.png | content-type: image/png",
       "other"},
      {"GET /f",
       "200 | content-type: application/json | content-disposition: attachment; "
       "filename=\"f.txt\"; filename*=UTF-8''f.txt",
       "other"},
      {"GET /f",
       "200 | content-type: application/zip | content-disposition: attachment; filename=f.txt",
       "download"},
      {"GET /font.woff2", "200 | content-type: application/octet-stream", "other"},
      {"GET /f", "200 | content-type: application/vnd.ms-fontobject", "other"},
      {"GET /f", "404 | content-type: application/pdf", "other"},
      {"GET /f", "304 | content-type: application/pdf", "other"},
      {"GET /f", "302 | content-disposition: attachment", "other"},
      {"HEAD /f", "200 | content-disposition: attachment", "other"},
      {"POST /rpc | content-type: application/grpc", "200 | content-type: application/octet-stream",
       "other"},
      {"POST /f | content-type: application/zip", "200 | content-disposition: attachment",
       "upload"},
  });
}

TEST(ClassifyReply, TakesAnExchangeThatWasNotClassifiedForOther) {
  policy::Activity activity;
  classify_reply(activity, request_of("GET /f"), reply_of("200"));
  EXPECT_EQ(activity.type, std::nullopt);
  classify_reply(activity, request_of("GET /f"), reply_of("200 | content-type: application/zip"));
  EXPECT_EQ(activity.type, policy::ActivityType::download);
}

TEST(ClassifyHost, SetsAndClearsTheApp) {
  Diagnostics warnings;
  const auto catalog =
      parse_catalog({std::make_shared<const Source>(
                        Source{"a",
                               "id: box\nname: Box\nvendor: B\ncategory: cloud_storage\n"
                               "domains: [box.example]\nranges: [192.0.2.0/24]\ntags: [x]\n"
                               "sources: [{kind: observed, date: 2026-11-23}]\n"})},
                    warnings);
  ASSERT_TRUE(catalog) << render(catalog.error());
  policy::Activity activity;
  activity.host = "upload.box.example";
  classify_host(activity, **catalog);
  ASSERT_TRUE(activity.app);
  EXPECT_EQ(activity.app->id, "box");
  EXPECT_EQ(activity.app->category, "cloud_storage");
  EXPECT_EQ(activity.app->tags, std::vector<std::string>{"x"});
  activity.host = "other.example";
  classify_host(activity, **catalog);
  EXPECT_FALSE(activity.app);
  activity.host = "192.0.2.9";
  classify_host(activity, **catalog);
  ASSERT_TRUE(activity.app);
  EXPECT_EQ(activity.app->id, "box");
  EXPECT_EQ(activity.host_kind, policy::HostKind::app);
  activity.path = "/upload";
  classify_path(activity, **catalog);
  ASSERT_TRUE(activity.app);
  activity.host = "192.0.3.9";
  classify_path(activity, **catalog);
  EXPECT_FALSE(activity.app);
}

TEST(ClassifyPath, PutsThePathsAppInPlaceOfTheHosts) {
  const auto entry = [](const std::string& id, const std::string& domain) {
    return std::make_shared<const Source>(
        Source{id, "id: " + id + "\nname: X\nvendor: X\ncategory: crm\ndomains: [" + domain +
                       "]\nsources: [{kind: observed, date: 2026-11-23}]\n"});
  };
  Diagnostics warnings;
  const auto catalog = parse_catalog(
      {entry("docs", "docs.example"), entry("forms", "docs.example/forms, www.example.com/forms")},
      warnings);
  ASSERT_TRUE(catalog) << render(catalog.error());
  const auto app = [&](const char* host, std::optional<std::string> path) {
    policy::Activity activity;
    activity.host = host;
    classify_host(activity, **catalog);
    std::string shown = activity.app ? activity.app->id : "-";
    activity.path = std::move(path);
    classify_path(activity, **catalog);
    return shown + " " + (activity.app ? activity.app->id : "-");
  };
  EXPECT_EQ(app("docs.example", "/forms/1"), "docs forms");
  EXPECT_EQ(app("docs.example", "/"), "docs docs");
  EXPECT_EQ(app("docs.example", std::nullopt), "docs docs");
  EXPECT_EQ(app("www.example.com", "/forms"), "- forms");
  EXPECT_EQ(app("www.example.com", "/"), "- -");
}

}  // namespace
}  // namespace sallyport::discovery
