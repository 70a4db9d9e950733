// What answers come to. How they are had: tests/e2e/alert_delivery, alert_mail_syslog.

#include "proxy/delivery/curl_carriers.h"

#include <gtest/gtest.h>

#include "proxy/delivery/back_off.h"

namespace sallyport::delivery {
namespace {

using Kind = Outcome::Kind;

std::string shown(const Outcome& outcome) {
  constexpr std::string_view kWords[] = {"delivered", "later", "refused"};
  std::string out(kWords[static_cast<std::size_t>(outcome.kind)]);
  if (outcome.after) out += " after " + std::to_string(outcome.after->count());
  return out + ": " + outcome.what;
}

TEST(WebhookAnswer, StatusSaysWhatBecomesOfIt) {
  for (const int status : {200, 201, 202, 204, 299})
    EXPECT_EQ(judge_status(status), Kind::delivered);
  for (const int status : {0, 100, 103, 408, 425, 429, 500, 502, 503, 504, 599, 999}) {
    EXPECT_EQ(judge_status(status), Kind::later) << status;
  }
  for (const int status : {300, 301, 302, 308, 400, 401, 403, 404, 405, 410, 413, 415, 422, 451}) {
    EXPECT_EQ(judge_status(status), Kind::refused) << status;
  }
}

TEST(WebhookAnswer, IsToldWithWhatCameAndWhatWentWrong) {
  CurlAnswer answer;
  answer.error = "Could not connect";
  EXPECT_EQ(shown(judge_webhook(answer)), "later: Could not connect");
  answer = {};
  EXPECT_EQ(shown(judge_webhook(answer)), "later: no answer");
  answer.status = 200;
  answer.error = "an answer of more than 64 KiB";
  answer.text = "aaa";
  EXPECT_EQ(shown(judge_webhook(answer)),
            "delivered: HTTP 200: aaa (an answer of more than 64 KiB)");
  answer = {};
  answer.status = 503;
  answer.retry_after = std::chrono::seconds(7);
  EXPECT_EQ(shown(judge_webhook(answer)), "later after 7000: HTTP 503");
}

TEST(MailAnswer, FiveHundredsAndWrongPasswordsRefuse) {
  CurlAnswer answer;
  answer.taken = true;
  answer.status = 250;
  answer.text = "250 taken";
  EXPECT_EQ(shown(judge_mail(answer)), "delivered: 250 taken");
  answer.taken = false;
  answer.error = "Failed sending data";
  answer.status = 451;
  EXPECT_EQ(judge_mail(answer).kind, Kind::later);
  answer.status = 554;
  EXPECT_EQ(judge_mail(answer).kind, Kind::later) << "a greeting is no word on the mail";
  answer.refused = true;
  EXPECT_EQ(judge_mail(answer).kind, Kind::refused);
}

TEST(BackOff, DoublesUpToFiveMinutesAndIsCutByAHalfAtMost) {
  BackOff longest;
  BackOff shortest;
  std::string text;
  for (int i = 0; i < 11; ++i) {
    const auto whole = longest.next(0);
    const auto half = shortest.next(static_cast<std::uint32_t>(whole.count() / 2));
    EXPECT_EQ(half, whole - whole / 2);
    text += std::to_string(whole.count() / 1000) + " ";
  }
  EXPECT_EQ(text, "1 2 4 8 16 32 64 128 256 300 300 ");
  longest.reset();
  EXPECT_EQ(longest.next(0), BackOff::kFirst);
  for (std::uint32_t chance = 0; chance < 100'000; chance += 77) {
    BackOff one;
    const auto delay = one.next(chance);
    EXPECT_TRUE(delay <= BackOff::kFirst && delay >= BackOff::kFirst / 2);
  }
}

TEST(Receivers, AreShownWithoutWhatIsSecret) {
  ReceiverOptions options;
  WebhookOptions webhook;
  webhook.url = "https://hooks.example:8443/services/T0KEN?key=x";
  options.to = webhook;
  EXPECT_EQ(place_of(options), "https://hooks.example:8443");
  webhook.url = "https://user:word@hooks.example";
  options.to = webhook;
  EXPECT_EQ(place_of(options), "https://hooks.example");
}

}  // namespace
}  // namespace sallyport::delivery
