#include "discovery/classify/administration.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

struct Row {
  std::string_view host;
  std::string_view path;
};

TEST(Administration, IsToldByHostAndPath) {
  for (const auto& [host, path] : {
           Row{"app.example", "/admin"},
           {"app.example", "/ADMIN/"},
           {"app.example", "/%61dmin/users"},
           {"app.example", "/admin.php?page=1"},
           {"app.example", "/admin;jsessionid=1/users"},
           {"app.example", "/api/v2/admin/export"},
           {"app.example", "/administration/roles"},
           {"app.example", "/administrator/index.php"},
           {"app.example", "/blogs-of-ana/wp-admin/options.php"},
           {"app.example", "/AdminConsole/"},
           {"app.example", "/settings/users"},
           {"app.example", "/api/settings/roles/17"},
           {"app.example", "/manage/permissions"},
           {"app.example", "/configuration/sso"},
           {"app.example", "/settings/audit-log"},
           {"app.example", "/organizations/acme/settings/profile"},
           {"app.example", "/orgs/acme/settings"},
           {"app.example", "/workspace/settings"},
           {"admin.example.com", "/"},
           {"admin.example.com", "/ac/home"},
           {"adminconsole.adobe.example", "/"},
       }) {
    const std::string_view only = path.substr(0, path.find('?'));
    EXPECT_TRUE(is_administration(host, PathWords(only))) << host << path;
  }
}

TEST(Administration, HasNeighboursThatAreNone) {
  for (const auto& [host, path] : {
           Row{"app.example", "/"},
           {"app.example", ""},
           {"app.example", "*"},
           {"app.example", "/admins"},
           {"app.example", "/admin-guide"},
           {"app.example", "/badminton"},
           {"app.example", "/administrative-region"},
           {"app.example", "/docs/admin"},
           {"app.example", "/help/en/administration/roles"},
           {"app.example", "/blog/admin"},
           {"app.example", "/users/admin"},
           {"app.example", "/author/admin/"},
           {"app.example", "/static/admin/base.css"},
           {"app.example", "/admin.js"},
           {"app.example", "/wp-admin/images/logo.png"},
           {"app.example", "/settings"},
           {"app.example", "/settings/profile"},
           {"app.example", "/settings/security"},
           {"app.example", "/users/17/settings"},
           {"app.example", "/users"},
           {"app.example", "/roles/engineer"},
           {"app.example", "/teams/blue/board"},
           {"app.example", "/files/settings"},
           {"administration.example", "/"},
           {"myadmin.example.com", "/"},
           {"admin-docs.example.com", "/"},
           {"www.admin.example", "/"},
           {"admin", "/"},
       }) {
    EXPECT_FALSE(is_administration(host, PathWords(path))) << host << path;
  }
  EXPECT_FALSE(is_administration("", PathWords(std::string(60'000, '/'))));
}

}  // namespace
}  // namespace sallyport::discovery
