#pragma once
// Keeps what the workers judge by in step with the files: hears of changes, has the parts that
// changed read and compiled on a thread of its own, and hands the result to every worker between
// two turns of its loop. An exchange keeps the snapshot that it pinned, so none is judged by a
// mixture.
//
// INVARIANT: reload() returns after every worker has what it read in force. Faulty files change
// nothing but what they say of themselves: each fault is a line on standard error, once, and
// `sallyport_parts_faulty` counts the parts until they are mended.
// Thread rule: the desk's worker, but for reload_soon().

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/io/folder_watch.h"
#include "base/io/nursery.h"
#include "base/io/pool.h"
#include "discovery/alerts/alert_raiser.h"
#include "proxy/app/hand_tags.h"
#include "proxy/app/loader.h"
#include "proxy/app/policy_archive.h"
#include "proxy/app/worker_parts.h"

namespace sallyport::app {

class Desk {
 public:
  // What the workers shall have, of what the files say.
  using Tune = std::function<Tunables(const Config&, const Material&)>;
  // Told on the desk's thread after each change, before the workers have it.
  using Changed = std::function<void(const Config&, const Material&)>;

  // `loader` has looked once, without errors. `worker` and `workers` outlive the desk, and so do
  // `hand`, which has loaded, and `archive`, which keeps what the first snapshot judges by.
  Desk(io::Worker& worker, Loader loader, HandTags& hand, PolicyArchive& archive,
       std::vector<WorkerParts*> workers, Tune tune, Changed changed);
  ~Desk();

  // How the last reload went.
  struct Report {
    Time at{};                         // when it was over
    std::vector<std::string> rebuilt;  // parts that are new, and in force on every worker
    std::vector<std::string> faulty;   // parts that are not as their files say
    std::vector<std::string>
        unsettled;  // files that were being written, and will be looked at again
    std::vector<std::string> need_restart;  // keys of the configuration
    std::string said;                       // the diagnostics, rendered; "" where all is well
    std::string snapshot;                   // the id of what is in force
  };

  // Watches until close().
  void start(io::Nursery& nursery);
  void close();

  // Looks at the files now.
  Task<Report> reload();
  // The same, from any thread, told to nobody but the log.
  void reload_soon();

  // A tag of an app by hand; returns once it is in force on every worker, or why it is not.
  Task<std::optional<HandTags::Refusal>> tag_app(discovery::AppTagChange change, std::string who);
  Task<std::optional<HandTags::Refusal>> forget_app_tags(std::string app, std::string who);
  // A policy's wish (HandTags::change_for_policy): in force on every worker when it returns, unless
  // it changes nothing. What comes of it is a line of the log.
  Task<void> tag_app_for_policy(discovery::TagRequest wish);
  // The same once no worker runs any more: kept for the next start.
  void keep_tag_for_policy(const discovery::TagRequest& wish);
  const HandTags& hand() const { return hand_; }

  const Report& last() const { return last_; }
  const Material& material() const { return material_; }
  const Config& config() const { return config_; }

 private:
  Task<void> listen_to_files();
  Task<void> look_now_and_then();
  bool change_for_policy(const discovery::TagRequest& wish);
  Task<void> take_hand();
  Task<void> publish();
  void replace_material();
  Task<void> archive();
  void say(const Loader::Outcome& outcome, std::chrono::milliseconds took);

  io::Worker& worker_;
  io::WorkPool builder_{1, 4, "builder"};  // one look at a time; REQUIRES none waits at the end
  Loader loader_;                          // while `busy_`, the builder's
  Config config_;
  Material material_;
  // Snapshots that exchanges may still hold. They end on the builder and not with the last
  // exchange, because to free ten thousand policies takes milliseconds that no worker has.
  std::vector<std::shared_ptr<const session::Snapshot>> retired_;
  HandTags& hand_;
  PolicyArchive& archive_;       // the builder's, once it runs
  std::string archive_trouble_;  // as it was last said
  std::vector<WorkerParts*> workers_;
  Tune tune_;
  Changed changed_;
  std::unique_ptr<io::FolderWatch> watch_;
  io::Nursery* nursery_ = nullptr;
  io::Signal asked_;
  Report last_;
  bool busy_ = false;
  bool closed_ = false;
};

// The snapshot with what was set by hand on top; its id tells that too.
Material dressed(Material material, const HandTags& hand);

}  // namespace sallyport::app
