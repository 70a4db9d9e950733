// alerts receivers, test-receiver, deliver: who gets alerts, as the running gateway tells.

#include <fmt/format.h>

#include "base/core/text.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/flat_json.h"
#include "proxy/cli/gateway_client.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

constexpr std::chrono::seconds kTestPatience{150};  // a receiver's timeout is at most 2 minutes
constexpr std::string_view kPath = "/api/v1/alert-receivers";

// The answer, or the exit code.
std::expected<std::string, int> ask(const CommonOptions& common, std::string_view method,
                                    const std::string& path, std::chrono::seconds patience) {
  const std::optional<std::string> state = state_directory(common);
  if (!state) return std::unexpected(kWrongInput);
  const Result<GatewayReply> reply = ask_gateway(*state, method, path, patience);
  if (!reply) {
    complain(reply.error().detail);
    return std::unexpected(reply.error().kind == ErrorKind::not_found ? kNo : kMachine);
  }
  if (reply->status != 200) {
    complain(detail_of(*reply));
    return std::unexpected(reply->status == 404 ? kNo : kMachine);
  }
  return reply->body;
}

int not_understood() {
  complain("the gateway's answer is not understood; is it another version?");
  return kMachine;
}

std::string path_of(const ReceiverOptions& options, std::string_view what) {
  return fmt::format("{}/{}/{}", kPath, url_encoded(options.name), what);
}

}  // namespace

int alert_receivers(const ReceiverOptions& options) {
  const auto body = ask(options.common, "GET", std::string(kPath), std::chrono::seconds(30));
  if (!body) return body.error();
  const FlatJson all(*body);
  if (!all.fine()) return not_understood();
  Listing listing({"name", "type", "to", "waiting", "oldest", "aside", "delivered", "failures",
                   "last_success", "next_try", "error"});
  bool all_well = true;
  for (std::size_t i = 0; all.has(std::to_string(i) + ".name"); ++i) {
    const auto text = [&](const char* key) {
      return Listing::text(all[fmt::format("{}.{}", i, key)]);
    };
    const auto number = [&](const char* key) {
      return Listing::number(parse_decimal(all[fmt::format("{}.{}", i, key)]).value_or(0));
    };
    listing.add({text("name"), text("type"), text("to"), number("waiting"), text("oldest"),
                 number("aside"), number("delivered"), number("failures"), text("last_success"),
                 text("next_try"), text("error")});
    all_well =
        all_well && !all.has(fmt::format("{}.error", i)) && all[fmt::format("{}.aside", i)] == "0";
  }
  say(listing.render(options.format));
  return all_well ? kOk : kNo;
}

int test_receiver(const ReceiverOptions& options) {
  const auto body = ask(options.common, "POST", path_of(options, "test"), kTestPatience);
  if (!body) return body.error();
  const FlatJson is(*body);
  if (!is.fine()) return not_understood();
  const std::string outcome = is["outcome"];
  const std::string answer = printable(is["answer"]);
  if (outcome == "delivered") {
    say(fmt::format("delivered: {}\n", answer));
    return kOk;
  }
  complain(outcome == "refused" ? "refused: " + answer : "not delivered: " + answer);
  return kNo;
}

int deliver_alerts(const ReceiverOptions& options) {
  const auto body =
      ask(options.common, "POST", path_of(options, options.again ? "deliver?again=yes" : "deliver"),
          std::chrono::seconds(30));
  if (!body) return body.error();
  const FlatJson is(*body);
  if (!is.fine()) return not_understood();
  say(options.again ? fmt::format("{} alerts that were put aside are sent again\n", is["again"])
                    : std::string("it is tried now\n"));
  return kOk;
}

}  // namespace sallyport::cli
