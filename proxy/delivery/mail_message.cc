#include "proxy/delivery/mail_message.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/crypto/base64.h"

namespace sallyport::delivery {
namespace {

using discovery::Alert;

constexpr std::size_t kMostSubject = 200;  // bytes of text
constexpr std::size_t kMostLine = 76;      // RFC 2045 section 6.7 (5)
constexpr std::size_t kMostShownEvents = 10;

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  text.resize(most);
  drop_cut_character(text);
  return text + "...";
}

// RFC 5322 section 3.3
std::string date_of(Time now) {
  std::string date = format_http_date(now);
  return date.substr(0, date.size() - 3) + "+0000";
}

std::string paragraph_of(const Alert& alert) {
  std::string out;
  const auto line = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) out += fmt::format("{:<10}{}\n", name, printable(value));
  };
  line("policy", fmt::format("{} ({})", alert.policy, alert.policy_id));
  line("severity", std::string(to_string(alert.severity)));
  line("category", std::string(to_string(alert.category)));
  line("time", format_rfc3339(alert.time));
  line("user", alert.user);
  line("client", alert.client ? alert.client->to_string() : std::string());
  line("app", alert.app_name);
  line("host", alert.host);
  line("count", std::to_string(alert.count));
  line("text", alert.text);
  line("alert", alert.id.to_string());
  std::string events;
  for (std::size_t i = 0; i < std::min(alert.events.size(), kMostShownEvents); ++i) {
    events += (i == 0 ? "" : " ") + alert.events[i].to_string();
  }
  if (alert.events.size() > kMostShownEvents) events += " ...";
  line("events", events);
  return out;
}

std::string subject_of(std::span<const Alert> alerts, const MailOptions& options, bool test) {
  std::string subject = options.subject;
  if (!subject.empty()) subject += ' ';
  if (test) return subject + "Test of the delivery of alerts";
  if (alerts.size() == 1) {
    const Alert& one = alerts.front();
    return fmt::format("{}{}: {}: {}", subject, to_string(one.severity), one.policy, one.text);
  }
  const auto worst = std::ranges::max_element(
      alerts, [](const Alert& a, const Alert& b) { return a.severity < b.severity; });
  return fmt::format("{}{} alerts, the highest: {}: {}", subject, alerts.size(),
                     to_string(worst->severity), worst->policy);
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return text.size() <= 254 && at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && std::ranges::all_of(text, [](char c) {
           return c > 0x20 && c < 0x7f &&
                  std::string_view("\"()<>[],;:\\").find(c) == std::string_view::npos;
         });
}

std::string encode_subject(std::string_view text) {
  const std::string shown = cut(printable(text), kMostSubject);
  const bool plain = std::ranges::all_of(shown, [](char c) { return c >= 0x20 && c < 0x7f; }) &&
                     shown.find("=?") == std::string::npos;
  std::string out;
  if (plain) {
    // Folded at blanks; a word that is longer than a line stays whole, far under the 998 allowed.
    std::size_t column = std::string_view("Subject: ").size();
    for (const std::string_view word : split(shown, ' ')) {
      if (!out.empty() && column + 1 + word.size() > kMostLine && !word.empty()) {
        out += "\r\n ";
        column = 1;
      } else if (!out.empty()) {
        out += ' ';
        ++column;
      }
      out += word;
      column += word.size();
    }
    return out;
  }
  // Whole characters in each word; 39 bytes are 52 of base 64, and 21 stand around the first.
  std::string_view left = shown;
  while (!left.empty()) {
    std::size_t take = 0;
    while (take < left.size()) {
      const std::size_t size = decode_utf8(left.substr(take)).size;
      if (take + size > 39) break;
      take += size;
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + base64_encode(left.substr(0, take)) + "?=";
    left.remove_prefix(take);
  }
  return out;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool last = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = (c > 0x20 && c < 0x7f && c != '=') || (c == ' ' && !last);
    if (column + (plain ? 1 : 3) > kMostLine - 1) {
      out += "=\r\n";
      column = 0;
    }
    // A dot or "From " at the begin of a line is what mail systems stumble over.
    if (plain && !(column == 0 && (c == '.' || c == 'F'))) {
      out += c;
      ++column;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += fmt::format("={:02X}", byte);
      column += 3;
    }
  }
  return out;
}

std::string make_mail(std::span<const Alert> alerts, const MailOptions& options,
                      std::string_view gateway, Time now, bool test) {
  std::string text;
  if (test) {
    text = fmt::format("This is a test of the delivery of alerts by {}. Nothing has happened.\n",
                       printable(gateway));
  } else if (alerts.size() == 1) {
    text = fmt::format("{} raised an alert.\n", printable(gateway));
  } else {
    text = fmt::format("{} raised {} alerts.\n", printable(gateway), alerts.size());
  }
  for (const Alert& alert : alerts) text += "\n" + paragraph_of(alert);
  if (!test) {
    text += fmt::format("\nsallyport alerts show {}\n", alerts.front().id.to_string());
  }
  std::string to;
  for (const std::string& one : options.to) to += (to.empty() ? "<" : ",\r\n <") + one + ">";
  return fmt::format(
      "Date: {}\r\nFrom: Sallyport <{}>\r\nTo: {}\r\nSubject: {}\r\n"
      "Message-ID: <{}.{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
      "\r\n{}",
      date_of(now), options.from, to, encode_subject(subject_of(alerts, options, test)),
      alerts.front().id.to_string(), alerts.size(), gateway.empty() ? "sallyport" : gateway,
      quoted_printable(text));
}

}  // namespace sallyport::delivery
