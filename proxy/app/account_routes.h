#pragma once
// Accounts of the console and tokens of programs under /api/v1; the README has the list. What
// somebody is given is in the answer, once, and nowhere else.

#include "proxy/admin/api.h"
#include "proxy/app/account_keeper.h"
#include "proxy/app/console_door.h"

namespace sallyport::app {

// All outlive the Api.
void add_account_routes(admin::Api& api, AccountKeeper& accounts, ConsoleDoor& door,
                        io::Worker& worker, const Clock& clock);

// What an authenticator app is given: "otpauth://totp/...".
std::string factor_uri(std::string_view name, std::string_view secret);

// {"accounts": [...], "tokens": [...]}: for commands without a gateway, too.
std::string accounts_json(const AccountKeeper& accounts, const ConsoleDoor& door,
                          const Clock& clock);

}  // namespace sallyport::app
