#include "proxy/local/problem.h"

#include "base/json/writer.h"
#include "proxy/local/page_words.h"

namespace sallyport::local {
namespace {

constexpr std::string_view kAnswerFirst =
    "Open the address under 'portal' in a browser that uses the same gateway, as the same user, "
    "answer there, and send the request again.";
constexpr std::string_view kOpenInBrowser =
    "Open the address itself in a browser: it is shown in one that runs elsewhere.";
constexpr std::string_view kAskForAccess =
    "Access can be asked for at the address under 'portal', in a browser that uses the same "
    "gateway, as the same user.";

void add(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

// Where SDKs look for a sentence, most of which know no problem details (RFC 9457 section 3.2
// allows members of our own): OpenAI's, Google's and Microsoft's under error, others beside it.
void tell_sdks(JsonWriter& json, PageKind kind, const PageFacts& facts, std::string_view detail) {
  std::string message(detail);
  if (!facts.needs.empty() && facts.portal.empty()) {
    message.append(" ").append(kOpenInBrowser);
  } else if (!facts.portal.empty()) {
    message.append(facts.needs.empty() ? " Access can be asked for at " : " Answer at ");
    message.append(facts.portal).append(" in a browser.");
  }
  json.member("message", message);
  json.key("error");
  json.begin_object();
  json.member("code", facts.needs.empty() ? to_string(kind) : std::string_view(facts.needs));
  json.member("message", message);
  json.end_object();
}

}  // namespace

std::string problem_json(PageKind kind, const PageFacts& facts, const PageWords& words,
                         int status) {
  // The most telling text that there is; RFC 9457 section 3.1.4.
  std::string_view detail = facts.say;
  const std::string reason = facts.reason ? english().say(*facts.reason, names_of(facts)) : "";
  const bool told = detail.empty();
  if (told) detail = reason;
  if (detail.empty()) detail = words.lead;

  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("type", facts.heading.empty()
                          ? "urn:sallyport:problem:" +
                                (facts.needs.empty() ? std::string(to_string(kind)) : facts.needs)
                          : std::string("about:blank"));
  json.member("title", words.label);
  json.member("status", status);
  add(json, "detail", detail);
  if (!told) add(json, "reason", reason);
  add(json, "app", facts.app_name);
  add(json, "host", facts.host);
  add(json, "policy", facts.policy);
  add(json, "event_id", facts.event_id);
  add(json, "redirect", facts.redirect);
  if (facts.portal.empty() && !facts.needs.empty()) {
    add(json, "needs", facts.needs);
    json.member("instruction", kOpenInBrowser);
  }
  if (!facts.portal.empty()) {
    add(json, "needs", facts.needs);
    json.member("instruction", facts.needs.empty() ? kAskForAccess : kAnswerFirst);
    json.member("portal", facts.portal);
    if (facts.portal_until != Time{}) {
      json.member("portal_until", format_rfc3339(facts.portal_until));
    }
  }
  add(json, "contact", facts.contact);
  add(json, "gateway", facts.gateway_name);
  if (facts.time != Time{}) json.member("time", format_rfc3339(facts.time));
  if (!facts.faults.empty()) {
    json.key("faults");
    json.begin_array();
    for (const Word fault : facts.faults) json.string(english().say(fault, names_of(facts)));
    json.end_array();
  }
  if (facts.heading.empty()) tell_sdks(json, kind, facts, detail);
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace sallyport::local
