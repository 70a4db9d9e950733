#include "proxy/local/gateway_pages.h"

#include <cstdio>

#include "base/core/text.h"
#include "proxy/local/answer.h"
#include "proxy/local/pac.h"
#include "proxy/local/page.h"

namespace sallyport::local {
namespace {

// What stands under a path: how to say it, and for how long a client may keep it.
struct File {
  std::string_view path;
  std::function<std::string()> GatewayPages::Sources::* source;
  std::string_view type;
  std::string_view download_name;  // "" to show it in place
  bool keep;                       // five minutes, then ask again
};

constexpr std::string_view kPem = "application/x-pem-file";
constexpr std::string_view kCert = "application/pkix-cert";
constexpr std::string_view kCrl = "application/pkix-crl";
constexpr std::string_view kMetrics = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kText = "text/plain; charset=utf-8";

using Sources = GatewayPages::Sources;
constexpr File kFiles[] = {
    {"/proxy.pac", &Sources::pac, kPacType, "", true},
    {"/wpad.dat", &Sources::pac, kPacType, "", true},
    {"/ca.pem", &Sources::ca_pem, kPem, "sallyport-ca.pem", false},
    {"/ca.der", &Sources::ca_der, kCert, "sallyport-ca.der", false},
    {"/ca.crt", &Sources::ca_der, kCert, "sallyport-ca.crt", false},
    {"/crl", &Sources::crl_der, kCrl, "sallyport-ca.crl", true},
    {"/ca.crl", &Sources::crl_der, kCrl, "sallyport-ca.crl", true},
    {"/metrics", &Sources::metrics, kMetrics, "", false},
};

// FNV-1a, 64 bits: tells two states of the operator's own files apart, nobody's adversary.
std::string entity_tag(std::string_view content) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : content) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  char text[24];
  std::snprintf(text, sizeof text, "\"%016llx\"", static_cast<unsigned long long>(hash));
  return text;
}

// RFC 9110 section 13.1.2: weak comparison. Our tags hold no comma.
bool is_known(const http::RequestHead& request, std::string_view tag) {
  const std::string known = request.headers.joined("If-None-Match");
  for (std::string_view candidate : split(known, ',')) {
    candidate = trim(candidate);
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == tag || candidate == "*") return true;
  }
  return false;
}

http::Reply serve(const File& file, std::string content, const http::RequestHead& request) {
  http::Headers extra;
  const std::string tag = entity_tag(content);
  if (file.source != &Sources::metrics) {
    extra.add("ETag", tag);
    extra.add("Cache-Control", file.keep ? "max-age=300" : "no-cache");
    if (is_known(request, tag)) return make_answer(304, "", "", extra);
  }
  if (!file.download_name.empty()) {
    extra.add("Content-Disposition",
              "attachment; filename=\"" + std::string(file.download_name) + "\"");
  }
  return make_answer(200, file.type, std::move(content), extra);
}

}  // namespace

GatewayPages::GatewayPages(Identity identity, Sources sources)
    : identity_(std::move(identity)), sources_(std::move(sources)) {}

http::Reply GatewayPages::answer(const http::RequestHead& request) const {
  const std::string_view path = request.path_only();
  const File* file = nullptr;
  for (const File& candidate : kFiles) {
    if (path == candidate.path && sources_.*candidate.source) file = &candidate;
  }
  const bool is_health = path == "/healthz" && sources_.health;
  if (!file && !is_health && path != "/") {
    return refuse(404, "There is nothing here", "The gateway has no page at this address.",
                  request);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    http::Reply reply =
        refuse(405, "This cannot be done here", "This address can only be read.", request);
    reply.head.headers.add("Allow", "GET, HEAD");
    return reply;
  }
  if (is_health) {
    const std::string fault = sources_.health();
    if (fault.empty()) return make_answer(200, kText, "ok\n");
    return make_answer(503, kText, printable(fault) + "\n");
  }
  if (!file) return front_page();
  std::string content = (sources_.*file->source)();
  if (content.empty()) {
    return refuse(503, "Not ready yet", "The gateway has nothing to give here at the moment.",
                  request);
  }
  return serve(*file, std::move(content), request);
}

http::Reply GatewayPages::refuse(int status, std::string heading, std::string reason,
                                 const http::RequestHead& request) const {
  PageFacts facts;
  facts.gateway_name = identity_.name;
  facts.contact = identity_.contact;
  facts.status = status;
  facts.heading = std::move(heading);
  facts.lead = std::move(reason);
  const PageKind kind = status >= 500 ? PageKind::internal : PageKind::bad_request;
  return explain(kind, facts, request);
}

Task<Result<http::Reply>> GatewayPages::send(const http::RequestHead& request, http::Body&,
                                             http::Interim&, io::Nursery&) {
  co_return answer(request);
}

}  // namespace sallyport::local
