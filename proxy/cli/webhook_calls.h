#pragma once
// `sallyport governance call` and `calls`: webhook actions, by way of the running gateway.

namespace CLI {
class App;
}

namespace sallyport::cli {

// Below `governance`. REQUIRES: `code` outlives the parse.
void add_webhook_call_commands(CLI::App& governance, int& code);

}  // namespace sallyport::cli
