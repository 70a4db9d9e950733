#pragma once
// What people answer at the portal, taken by the desk: grants (standing_desk.h), second factors,
// requests for access, and what operators asked them. Each is durable before it counts.
//
// Thread rule: made and asked by the desk; a WorkerPortal (below) belongs to its worker, and waits
// there for the desk.

#include <memory>
#include <string>

#include "base/io/worker.h"
#include "discovery/store/state_store.h"
#include "proxy/app/access_request_book.h"
#include "proxy/app/factor_keeper.h"
#include "proxy/app/question_book.h"
#include "proxy/app/standing_desk.h"
#include "proxy/portal/grants.h"
#include "proxy/session/snapshot.h"

namespace sallyport::app {

class PortalDesk {
 public:
  // `may_enrol` as of FactorKeeper. `names`: by which what workers tell of people is hidden before
  // the desk has it; null: it is not.
  PortalDesk(discovery::StateStore& store, io::Worker& desk, bool may_enrol,
             std::shared_ptr<const discovery::NameCipher> names = nullptr)
      : store_(store),
        desk_(desk),
        names_(std::move(names)),
        factors_(store, may_enrol, names_),
        access_(store),
        questions_(store, names_) {}

  // What was kept. Once, before anything else.
  Result<void> load(Time now);

  Result<void> keep_answer(const portal::Answer& answer);
  FactorKeeper& factors() { return factors_; }
  AccessRequestBook& access() { return access_; }
  QuestionBook& questions() { return questions_; }

  io::Worker& desk() { return desk_; }
  // As the desk knows the user of that name. From any thread.
  std::string known_as(std::string_view user) const {
    return names_ ? names_->hide(user) : std::string(user);
  }

 private:
  discovery::StateStore& store_;
  io::Worker& desk_;
  const std::shared_ptr<const discovery::NameCipher> names_;
  FactorKeeper factors_;
  AccessRequestBook access_;
  QuestionBook questions_;
};

// The portal's way to the desk, from one worker.
class WorkerPortal final : public portal::Grants, public portal::SecondFactors {
 public:
  // All outlive it. `standing` is asked for when the first answer comes.
  WorkerPortal(io::Worker& worker, const session::SnapshotShelf& snapshots, PortalDesk& desk,
               const std::unique_ptr<StandingDesk>& standing)
      : worker_(worker), snapshots_(snapshots), desk_(desk), standing_(standing) {}

  std::string person(std::string_view name) const override;
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
