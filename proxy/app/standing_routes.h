#pragma once
// /api/v1/grants and /api/v1/suspensions: what people have answered, and who may do nothing.
//
//   GET    /api/v1/grants               {"total": 2, "grants": [...]}, the newest first;
//                                       ?user=ana, ?policy=ID, ?limit=1000
//   DELETE /api/v1/grants/{id}          takes an answer back, ?by=who
//   GET    /api/v1/suspensions          {"total": 1, "suspensions": [...]}; ?user=ana
//   PUT    /api/v1/suspensions/{user}   suspends: ?app=ID or ?sanctioned=true (else everything),
//                                       ?for=2h (else until it is lifted), ?reason=..., ?by=who;
//                                       ?asks=step_up or sign_in_again: until the user has done
//                                       that (the latter for 7d unless said, 31d at most)
//   DELETE /api/v1/suspensions/{user}   lifts all that block, or with ?app=ID or ?sanctioned=true
//                                       those, or with ?asks= those that ask it; ?by=who
//
// What is changed is in force on every worker when it is answered. A name of a user may be any of
// theirs.

#include "base/json/writer.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/standing_desk.h"

namespace sallyport::app {

// All outlive the Api.
void add_standing_routes(admin::Api& api, StandingDesk& standing, const Desk& desk);

// What somebody wishes, in their words; "" is nothing said.
struct SuspensionWish {
  std::string_view user;
  std::string_view app;
  bool sanctioned = false;
  std::string_view asks;  // "step_up", "sign_in_again"; "": it blocks
  std::string_view lasts;
};
// What is wished, of a user as the directory calls them; or why it is no suspension. For the
// command line too.
std::expected<policy::Suspension, StandingBook::Refusal> suspension_of(const session::Snapshot& now,
                                                                       const SuspensionWish& wish,
                                                                       Time at);
// What a suspension is to ask; block where nothing is said, nothing where it cannot be asked.
std::optional<policy::Action> action_of(std::string_view asks);

// One object each: {id, policy, action, user, app, site, address, from, until, who, reason} and
// {id, user, reach, app, asks, from, until, who, reason}. What is empty is left out.
void write_grant(JsonWriter& json, const StandingBook::KeptGrant& kept);
void write_suspension(JsonWriter& json, const StandingBook::KeptSuspension& kept);

}  // namespace sallyport::app
