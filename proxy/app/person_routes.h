#pragma once
// What is kept about persons, for the API:
//
//   GET /api/v1/governance          the governance log, newest first, in pages
//   GET /api/v1/users/NAME          what `sallyport users show` tells
//   GET /api/v1/users-seen          what `sallyport users seen` tells
//   GET /api/v1/audit-reads         who read what of this sort, newest first, in pages
//   GET /api/v1/users/NAME/export   everything that is kept of a person, JSON lines
//                                   (person_export.h); 413 past kMostExport: the command line
//                                   writes such into a file
//   DELETE /api/v1/users/NAME       erases a person (person_erasure.h)
//
// What tells of users leaves an entry in the record of reads before it is answered.
// The stores are read on a thread of its own, one question at a time, and the desk goes on.

#include <string>

#include "base/io/pool.h"
#include "discovery/store/sqlite_person.h"
#include "proxy/admin/api.h"
#include "proxy/app/action_book.h"
#include "proxy/app/address_keeper.h"
#include "proxy/app/alert_book.h"
#include "proxy/app/desk.h"
#include "proxy/app/kept_reports.h"
#include "proxy/app/portal_desk.h"
#include "proxy/app/read_auditor.h"
#include "proxy/app/standing_desk.h"

namespace sallyport::app {

class PersonRoutes {
 public:
  static constexpr std::size_t kMostExport = 64u << 20;  // bytes

  // What the desk knows of people. All outlive the PersonRoutes.
  struct Books {
    StandingDesk& standing;
    PortalDesk& portal;
    AlertBook& alerts;
    ActionBook& actions;
    AddressKeeper& addresses;
  };
  // All outlive the PersonRoutes; it outlives the calls. `state`: the state directory.
  PersonRoutes(admin::Api& api, Desk& desk, io::Worker& worker, const Clock& clock,
               std::string state, ReadAuditor& auditor, Books books);

 private:
  Task<http::Reply> governance(const admin::Call& call);
  Task<http::Reply> user(const admin::Call& call);
  Task<http::Reply> seen(const admin::Call& call);
  Task<http::Reply> reads(const admin::Call& call);
  Task<http::Reply> export_one(const admin::Call& call);
  Task<http::Reply> erase(const admin::Call& call);
  Task<void> let_go(const discovery::PersonNames& person, const std::string& who);
  void drop(const discovery::PersonNames& person, const std::vector<Ulid>& alerts);

  Desk& desk_;
  io::Worker& worker_;
  const Clock& clock_;
  std::string state_;
  ReadAuditor& auditor_;
  Books books_;
  bool erasing_ = false;
  KeptReports kept_{state_};
  io::WorkPool pool_{1, 8, "persons"};
  io::WorkPool eraser_{1, 1, "eraser"};      // which may take minutes
  io::WorkPool exporter_{1, 1, "exporter"};  // likewise
};

}  // namespace sallyport::app
