#pragma once
// What people answer at the portal, taken by the desk: grants (standing_desk.h), second factors,
// and the operators' queue of access requests (access_request_book.h). Each is durable before it
// counts.
//
// Thread rule: made and asked by the desk; a WorkerPortal (below) belongs to its worker, and waits
// there for the desk.

#include <memory>
#include <string>

#include "base/io/worker.h"
#include "discovery/store/state_store.h"
#include "proxy/app/access_request_book.h"
#include "proxy/app/standing_desk.h"
#include "proxy/portal/factor_book.h"
#include "proxy/portal/grants.h"
#include "proxy/session/snapshot.h"

namespace sallyport::app {

class PortalDesk {
 public:
  // `may_enrol`: whoever has no authenticator app may set one up.
  PortalDesk(discovery::StateStore& store, io::Worker& desk, bool may_enrol)
      : store_(store), desk_(desk), may_enrol_(may_enrol), access_(store) {}

  // What was kept. Once, before anything else. A factor that cannot be read is an error: without it
  // anybody could enrol in that person's place.
  Result<void> load(Time now);

  Result<void> keep_answer(const portal::Answer& answer);
  AccessRequestBook& access() { return access_; }

  portal::SecondFactors::State factor_of(std::string_view user) const;
  Result<portal::CodeCheck> check(std::string_view user, std::string_view code, Time now);
  Result<portal::CodeCheck> enrol(std::string_view user, std::string_view secret,
                                  std::string_view code, Time now);
  // So that the person sets up another. False where there was none.
  Result<bool> forget_factor(std::string_view user, std::string_view who);

  io::Worker& desk() { return desk_; }

 private:
  Result<void> keep_factor(std::string_view user);

  discovery::StateStore& store_;
  io::Worker& desk_;
  bool may_enrol_;
  portal::FactorBook factors_;
  AccessRequestBook access_;
};

// The portal's way to the desk, from one worker.
class WorkerPortal final : public portal::Grants, public portal::SecondFactors {
 public:
  // All outlive it. `standing` is asked for when the first answer comes.
  WorkerPortal(io::Worker& worker, const session::SnapshotShelf& snapshots, PortalDesk& desk,
               const std::unique_ptr<StandingDesk>& standing)
      : worker_(worker), snapshots_(snapshots), desk_(desk), standing_(standing) {}

  Task<Result<void>> grant(const portal::Grant& grant) override;
  Task<Result<void>> request_access(const portal::AccessRequest& request) override;
  Task<Result<portal::AccessAnswer>> find_access(const portal::AccessRequest& request) override;
  Task<Result<void>> keep(const portal::Answer& answer) override;
  Task<Result<State>> find(std::string_view user) override;
  Task<Result<portal::CodeCheck>> check(std::string_view user, std::string_view code,
                                        Time now) override;
  Task<Result<portal::CodeCheck>> enrol(std::string_view user, std::string_view secret,
                                        std::string_view code, Time now) override;

 private:
  io::Worker& worker_;
  const session::SnapshotShelf& snapshots_;
  PortalDesk& desk_;
  const std::unique_ptr<StandingDesk>& standing_;
};

}  // namespace sallyport::app
