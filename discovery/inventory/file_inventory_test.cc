#include "discovery/inventory/file_inventory.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

using policy::ActivityType;

policy::Activity done(ActivityType type, std::string id, std::string path, int second = 0) {
  policy::Activity activity;
  activity.at = Time(std::chrono::seconds(second));
  activity.app = policy::AppFacts{"box", "Box", "cloud_storage", {}};
  activity.user = "ana";
  activity.type = type;
  policy::Details& details = activity.details.emplace();
  details.object_kind = "file";
  details.object_id = std::move(id);
  details.object_name = std::move(path);
  return activity;
}

TEST(FileInventory, KnowsAFileByItsIdOrItsPath) {
  FileInventory files(100);
  policy::Activity upload = done(ActivityType::upload, "7", "/q3/a.pdf", 1);
  upload.file = policy::FileFacts{
      "a.pdf", "pdf",      "application/octet-stream", 17, "application/pdf", "document",
      "00ff",  "completed"};
  upload.details->account = "ana@corp.example";
  files.add(upload, false);
  files.add(done(ActivityType::download, "", "/q3/a.pdf", 2), false);
  files.add(done(ActivityType::rename, "7", "", 3), false);
  files.add(done(ActivityType::upload, "8", "/q3/b.pdf", 4), false);
  const auto all = files.sorted();
  ASSERT_EQ(all.size(), 2u);
  const FileEntry& a = *all[1];
  EXPECT_EQ(a.name, "a.pdf");
  EXPECT_EQ(a.path, "/q3/a.pdf");
  EXPECT_EQ(a.type, "application/pdf");
  EXPECT_EQ(a.sha256, "00ff");
  EXPECT_EQ(a.size, 17u);
  EXPECT_EQ(a.owner, "ana@corp.example");
  EXPECT_EQ(a.uploads, 1u);
  EXPECT_EQ(a.downloads, 1u);
  EXPECT_EQ(a.others, 1u);
  EXPECT_EQ(a.last_action, ActivityType::rename);
  EXPECT_EQ(a.first, Time(std::chrono::seconds(1)));
  EXPECT_EQ(a.last, Time(std::chrono::seconds(3)));
}

TEST(FileInventory, TakesATransferInSeveralRequestsOnce) {
  FileInventory files(100);
  for (const char* step : {"start", "part", "part", "finish"}) {
    policy::Activity activity = done(ActivityType::upload, "", "/a.bin");
    activity.details->transfer_step = step;
    files.add(activity, false);
  }
  ASSERT_EQ(files.sorted().size(), 1u);
  EXPECT_EQ(files.sorted()[0]->uploads, 1u);
}

TEST(FileInventory, KeepsInstancesApart) {
  FileInventory files(100);
  for (const char* instance : {"one", "two"}) {
    policy::Activity activity = done(ActivityType::upload, "7", "a");
    activity.details->instance = instance;
    files.add(activity, false);
  }
  EXPECT_EQ(files.sorted().size(), 2u);
}

TEST(FileInventory, TellsSharingAsItWasLastSeen) {
  FileInventory files(100);
  const auto share = [&](auto change, ActivityType type = ActivityType::share,
                         bool stopped = false) {
    policy::Activity activity = done(type, "7", "");
    change(*activity.details);
    files.add(activity, stopped);
    return files.sorted().front()->sharing;
  };
  using policy::Details;
  EXPECT_EQ(share([](Details&) {}), Sharing::unknown);
  EXPECT_EQ(share([](Details& d) { d.target_classes = {"internal"}; }), Sharing::internal);
  EXPECT_EQ(share([](Details& d) { d.target_links = {"anyone"}; }, ActivityType::share, true),
            Sharing::internal);
  EXPECT_EQ(share([](Details& d) {
              d.target_classes = {"internal", "personal"};
              d.target_emails = {"eve@mail.example"};
              d.target_domains = {"mail.example"};
            }),
            Sharing::external);
  EXPECT_EQ(files.sorted().front()->personal_targets, std::set<std::string>{"eve@mail.example"});
  EXPECT_EQ(share([](Details& d) { d.target_links = {"anyone"}; }), Sharing::anyone);
  EXPECT_EQ(share([](Details&) {}, ActivityType::unshare), Sharing::unknown);
  EXPECT_TRUE(files.sorted().front()->shared_domains.empty());
}

TEST(FileInventory, KnowsWhomAFileWasOpenedTo) {
  FileInventory files(100);
  policy::Activity share = done(ActivityType::share, "7", "");
  share.details->target_emails = {"Bob@partner.example"};
  share.details->target_users = {"U123"};
  share.details->target_groups = {"sales"};
  share.details->target_domains = {"partner.example"};
  share.details->target_classes = {"external"};
  files.add(share, false, "watch shares");
  const FileEntry& entry = *files.sorted().front();
  EXPECT_TRUE(entry.is_shared_with("bob@partner.example"));
  EXPECT_TRUE(entry.is_shared_with("PARTNER.example"));
  EXPECT_TRUE(entry.is_shared_with("u123"));
  EXPECT_FALSE(entry.is_shared_with("ann@partner.example"));
  EXPECT_FALSE(entry.is_shared_with("example"));
  EXPECT_FALSE(entry.is_shared_with(""));
  EXPECT_EQ(entry.shared_groups, std::set<std::string>{"sales"});
  EXPECT_EQ(entry.policies, std::set<std::string>{"watch shares"});
  files.add(done(ActivityType::unshare, "7", ""), false);
  EXPECT_FALSE(entry.is_shared_with("bob@partner.example"));
}

TEST(FileInventory, TellsChangesFromLooksAndWhatWasDeleted) {
  FileInventory files(100);
  files.add(done(ActivityType::download, "7", "/q3/a.pdf", 1), false);
  EXPECT_EQ(files.sorted()[0]->changed, std::nullopt);
  EXPECT_EQ(files.sorted()[0]->parent, "/q3");
  files.add(done(ActivityType::edit, "7", "", 2), false);
  files.add(done(ActivityType::edit, "7", "", 3), true);
  EXPECT_EQ(files.sorted()[0]->changed, Time(std::chrono::seconds(2)));
  files.add(done(ActivityType::delete_, "7", "", 3), true);
  EXPECT_FALSE(files.sorted()[0]->deleted);
  policy::Activity deleted = done(ActivityType::delete_, "7", "", 4);
  deleted.details->object_parent = "folder-9";
  files.add(deleted, false);
  EXPECT_TRUE(files.sorted()[0]->deleted);
  EXPECT_EQ(files.sorted()[0]->parent, "folder-9");
}

TEST(FileInventory, HasFoldersThatSomethingWasDoneTo) {
  FileInventory files(100);
  policy::Activity view = done(ActivityType::view, "9", "/q3");
  view.details->object_kind = "folder";
  files.add(view, false);
  EXPECT_TRUE(files.sorted().empty());
  policy::Activity share = done(ActivityType::share, "9", "/q3");
  share.details->object_kind = "folder";
  share.details->target_links = {"anyone"};
  files.add(share, false);
  ASSERT_EQ(files.sorted().size(), 1u);
  EXPECT_EQ(files.sorted()[0]->family, "folder");
  EXPECT_EQ(files.sorted()[0]->name, "q3");
  EXPECT_EQ(files.sorted()[0]->sharing, Sharing::anyone);
}

TEST(FileInventory, CountsWhatWasStoppedAndBelievesNothingOfIt) {
  FileInventory files(100);
  files.add(done(ActivityType::upload, "7", "a"), true);
  EXPECT_EQ(files.sorted()[0]->stopped, 1u);
  EXPECT_EQ(files.sorted()[0]->uploads, 0u);
}

TEST(FileInventory, PassesOverWhatIsNoFileAndWhatFailed) {
  FileInventory files(100);
  policy::Activity message = done(ActivityType::send, "1", "hi");
  message.details->object_kind = "message";
  files.add(message, false);
  policy::Activity failed = done(ActivityType::upload, "1", "a");
  failed.details->outcome = "failed";
  files.add(failed, false);
  policy::Activity view;
  view.type = ActivityType::view;
  files.add(view, false);
  EXPECT_TRUE(files.sorted().empty());
}

TEST(FileInventory, KnowsFilesOfUnknownAppsByTheirNames) {
  FileInventory files(100);
  policy::Activity upload;
  upload.type = ActivityType::upload;
  upload.host = "files.example";
  upload.file = policy::FileFacts{"a.pdf", "pdf", "application/pdf", 3};
  files.add(upload, false);
  files.add(upload, false);
  ASSERT_EQ(files.sorted().size(), 1u);
  EXPECT_EQ(files.sorted()[0]->uploads, 2u);
  EXPECT_EQ(files.sorted()[0]->app_name, "files.example");
}

TEST(FileInventory, ForgetsThoseSeenLongestAgo) {
  FileInventory files(3);
  for (int i = 0; i < 5; ++i) files.add(done(ActivityType::upload, std::to_string(i), ""), false);
  files.add(done(ActivityType::download, "2", ""), false);
  files.add(done(ActivityType::upload, "5", ""), false);
  std::string ids;
  for (const FileEntry* entry : files.sorted()) ids += entry->id;
  EXPECT_EQ(ids, "524");
  EXPECT_EQ(files.dropped(), 3u);
}

}  // namespace
}  // namespace sallyport::discovery
