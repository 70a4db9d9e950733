#include "discovery/alerts/sqlite_person_alerts.h"

#include <fstream>
#include <gtest/gtest.h>

#include "discovery/alerts/alert_samples_for_tests.h"
#include "discovery/alerts/sqlite_alert_store.h"

namespace sallyport::discovery {
namespace {

using samples::id_of;
using samples::TempDirectory;

Alert of(int n, std::string user, std::string text) {
  Alert one = samples::alert(n);
  one.user = std::move(user);
  one.text = std::move(text);
  return one;
}

TEST(SqlitePersonAlerts, TheirsGoAndThoseOfOthersForgetTheirName) {
  const TempDirectory directory;
  const std::string path = directory / "a.db";
  auto store = SqliteAlertStore::open(path);
  ASSERT_TRUE(store);
  AlertBatch batch;
  batch.alerts = {of(1, "Ana.Lopez", "2 activities of ana.lopez"),
                  of(2, "ben", "ben shared with ana.lopez@corp.example"),
                  of(3, "ben", "2 activities of ben"), of(4, "ana", "2 activities of ana")};
  ASSERT_TRUE((*store)->write(batch));
  const PersonNames person({"ana.lopez", "ana.lopez@corp.example"});
  const auto found = read_person_alerts(path, person);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->about.size(), 1u);
  EXPECT_EQ(found->about[0].id, id_of(1));
  EXPECT_EQ(found->mentions, 1u);

  const auto erased = erase_person_alerts(path, person);
  ASSERT_TRUE(erased) << describe(erased.error());
  EXPECT_TRUE(*erased);
  std::string texts;
  const auto left = (*store)->query({.order = Order::oldest_first});
  ASSERT_TRUE(left);
  for (const Alert& alert : *left) texts += alert.text + "; ";
  EXPECT_EQ(texts, "ben shared with (erased); 2 activities of ben; 2 activities of ana; ");
  std::string bytes;
  for (const char* end : {"", "-wal"}) {
    std::ifstream in(path + end, std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_EQ(bytes.find("ana.lopez"), std::string::npos);
  EXPECT_EQ(bytes.find("Ana.Lopez"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::discovery
