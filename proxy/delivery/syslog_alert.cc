#include "proxy/delivery/syslog_alert.h"

#include <unistd.h>

#include "base/core/utf8.h"
#include "base/json/writer.h"
#include "proxy/delivery/cef.h"

namespace sallyport::delivery {
namespace {

using discovery::Alert;

int severity_of(policy::AlertSeverity severity) {
  switch (severity) {
    case policy::AlertSeverity::high:
      return 2;
    case policy::AlertSeverity::medium:
      return 4;
    case policy::AlertSeverity::low:
      return 5;
    case policy::AlertSeverity::informational:
      break;
  }
  return 6;
}

void append_json_text(std::string& out, const Alert& alert, bool test) {
  JsonWriter json(out);
  json.begin_object();
  if (test) json.member("test", true);
  write_members(json, alert);
  json.end_object();
}

void append_message(std::string& out, const Alert& alert, const SyslogOptions& options,
                    std::string_view gateway, bool test) {
  const std::string_view host = options.host_name == "-" ? gateway : options.host_name;
  out += '<';
  out += std::to_string(options.facility * 8 + severity_of(alert.severity));
  out += ">1 ";
  out += format_rfc3339(alert.time);
  out += ' ';
  out += host.empty() ? std::string_view("-") : host;
  out += ' ';
  out += options.app_name;
  out += ' ';
  out += std::to_string(::getpid());
  out += " alert - ";
  if (options.text == SyslogText::cef) {
    append_cef(out, alert, gateway, test);
  } else {
    append_json_text(out, alert, test);
  }
}

void cut(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  text.resize(most);
  drop_cut_character(text);
  text += "...";
}

}  // namespace

bool append_syslog(std::string& out, const Alert& alert, const SyslogOptions& options,
                   std::string_view gateway, bool test) {
  const std::size_t before = out.size();
  append_message(out, alert, options, gateway, test);
  if (out.size() - before <= options.most) return true;
  struct Step {
    std::size_t text;
    std::size_t events;
  };
  Alert shorter = alert;
  for (const Step step :
       {Step{4096, 10}, Step{512, 1}, Step{128, 1}, Step{32, 0}, Step{8, 0}, Step{2, 0}}) {
    // The newest are kept.
    if (shorter.events.size() > step.events) {
      shorter.events.erase(shorter.events.begin(),
                           shorter.events.end() - static_cast<std::ptrdiff_t>(step.events));
    }
    for (std::string* text : {&shorter.policy_id, &shorter.policy, &shorter.user, &shorter.app_id,
                              &shorter.app_name, &shorter.host, &shorter.text}) {
      cut(*text, step.text);
    }
    out.resize(before);
    append_message(out, shorter, options, gateway, test);
    if (out.size() - before <= options.most) return true;
  }
  out.resize(before);
  return false;
}

void append_counted(std::string& out, std::string_view message) {
  out += std::to_string(message.size());
  out += ' ';
  out += message;
}

}  // namespace sallyport::delivery
