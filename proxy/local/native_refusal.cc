#include "proxy/local/native_refusal.h"

#include "base/core/text.h"
#include "base/json/writer.h"
#include "proxy/local/answer.h"

namespace sallyport::local {
namespace {

bool is_slack(const http::RequestHead& request) {
  const std::string& host = request.authority.host.text();
  return (host == "slack.com" || host.ends_with(".slack.com")) &&
         request.path_only().starts_with("/api/");
}

http::Reply slack(std::string_view message, std::string_view event_id) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("ok", false);
  json.member("error", "blocked_by_policy");
  json.member("detail", message);
  json.member("event_id", event_id);
  json.key("response_metadata");
  json.begin_object();
  json.key("messages");
  json.begin_array();
  json.string(message);
  json.end_array();
  json.end_object();
  json.end_object();
  return make_answer(200, "application/json; charset=utf-8", out + '\n', {});
}

bool is_signed_for_aws(const http::RequestHead& request) {
  const auto authorization = request.headers.find("Authorization");
  return (authorization && authorization->starts_with("AWS4-")) ||
         request.query().find("X-Amz-Signature=") != std::string_view::npos;
}

http::Reply aws(int status, std::string_view message, std::string_view event_id,
                const http::RequestHead& request) {
  const std::string type(request.headers.find("Content-Type").value_or(""));
  if (istarts_with(type, "application/x-amz-json")) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("__type", "AccessDeniedException");
    json.member("message", message);
    json.end_object();
    return make_answer(status, type, out + '\n', {});
  }
  const std::string error =
      "<Code>AccessDenied</Code><Message>" + escape_html(message) + "</Message>";
  const std::string id = "<RequestId>" + escape_html(event_id) + "</RequestId>";
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  if (istarts_with(type, "application/x-www-form-urlencoded")) {
    out += "<ErrorResponse><Error><Type>Sender</Type>" + error + "</Error>" + id +
           "</ErrorResponse>\n";
  } else {
    out += "<Error>" + error + id + "</Error>\n";
  }
  return make_answer(status, "application/xml", out, {});
}

}  // namespace

std::optional<http::Reply> native_refusal(int status, std::string_view message,
                                          std::string_view event_id,
                                          const http::RequestHead& request) {
  if (status != 403) return std::nullopt;
  if (is_slack(request)) return slack(message, event_id);
  if (is_signed_for_aws(request)) return aws(status, message, event_id, request);
  return std::nullopt;
}

}  // namespace sallyport::local
