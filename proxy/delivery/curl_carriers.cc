#include "proxy/delivery/curl_carriers.h"

#include <fmt/format.h>
#include <functional>

#include "proxy/delivery/mail_message.h"
#include "proxy/delivery/webhook_message.h"

namespace sallyport::delivery {

namespace {

Outcome busy() { return {Outcome::Kind::later, "its thread is busy", {}}; }

}  // namespace

Outcome::Kind judge_status(int status) {
  using Kind = Outcome::Kind;
  if (status >= 200 && status < 300) return Kind::delivered;
  if (status < 200 || status >= 500 || status == 408 || status == 425 || status == 429) {
    return Kind::later;
  }
  return Kind::refused;
}

Outcome judge_webhook(const CurlAnswer& answer) {
  Outcome outcome;
  outcome.kind = judge_status(answer.status);
  if (answer.status == 0) {
    outcome.what = answer.error.empty() ? "no answer" : answer.error;
    return outcome;
  }
  outcome.what = fmt::format("HTTP {}", answer.status);
  if (!answer.text.empty()) outcome.what += ": " + answer.text;
  if (!answer.error.empty()) outcome.what += " (" + answer.error + ")";
  if (answer.retry_after) outcome.after = *answer.retry_after;
  return outcome;
}

Outcome judge_mail(const CurlAnswer& answer) {
  Outcome outcome;
  if (answer.taken) {
    outcome.kind = Outcome::Kind::delivered;
  } else if (answer.refused) {
    outcome.kind = Outcome::Kind::refused;
  }
  outcome.what = answer.taken || answer.error.empty() ? answer.text : answer.error;
  if (!answer.taken && !answer.text.empty()) outcome.what += " (" + answer.text + ")";
  return outcome;
}

Task<Outcome> WebhookCarrier::carry(std::span<const discovery::Alert> alerts, bool test) {
  const auto& to = std::get<WebhookOptions>(options_.to);
  const WebhookMessage message = make_webhook_message(alerts.front(), to.secret, parts_.gateway,
                                                      parts_.syslog.worker.clock().now(), test);
  const HttpPost post{to.url, message.fields, message.body, to.roots, options_.timeout};
  CurlAnswer answer;
  std::move_only_function<void()> work = [&] { answer = session_.post(post); };
  const bool ran = co_await thread_.run(parts_.syslog.worker.executor(), std::move(work));
  if (!ran) co_return busy();
  co_return judge_webhook(answer);
}

Task<void> WebhookCarrier::close() { co_return; }

Task<Outcome> MailCarrier::carry(std::span<const discovery::Alert> alerts, bool test) {
  const auto& to = std::get<MailOptions>(options_.to);
  const std::string message =
      make_mail(alerts, to, parts_.gateway, parts_.syslog.worker.clock().now(), test);
  const std::string hello = parts_.gateway.empty() ? "localhost" : parts_.gateway;
  const SmtpMail mail{to, hello, message, options_.timeout};
  CurlAnswer answer;
  std::move_only_function<void()> work = [&] { answer = session_.send(mail); };
  const bool ran = co_await thread_.run(parts_.syslog.worker.executor(), std::move(work));
  if (!ran) co_return busy();
  co_return judge_mail(answer);
}

Task<void> MailCarrier::close() { co_return; }

}  // namespace sallyport::delivery
