// The page at "/": what this is, and how a machine gets to use and to trust it.

#include "base/core/host.h"
#include "base/core/text.h"
#include "proxy/local/answer.h"
#include "proxy/local/contact.h"
#include "proxy/local/gateway_pages.h"
#include "proxy/local/page_template.h"

namespace sallyport::local {
namespace {

constexpr std::string_view kTrust = R"html(
<h2>Trust its certificate</h2>
<p>The gateway opens encrypted connections to apply the rules of your organisation, so your machine
must trust its certificate authority. Mostly your administrators have done this for you.</p>
<p><a class="button" href="/ca.crt">Download the certificate</a></p>
)html";

constexpr std::string_view kInstall = R"html(
<h2>Windows</h2>
<p>In a terminal of an administrator:</p>
<pre>certutil -addstore -f Root sallyport-ca.crt</pre>
<h2>macOS</h2>
<pre>sudo security add-trusted-cert -d -r trustRoot \
  -k /Library/Keychains/System.keychain sallyport-ca.crt</pre>
<h2>Linux</h2>
<p>Debian and Ubuntu, with <a href="/ca.pem">the PEM form</a>:</p>
<pre>sudo cp sallyport-ca.pem \
  /usr/local/share/ca-certificates/sallyport-ca.crt
sudo update-ca-certificates</pre>
<p>Fedora, RHEL and their relatives:</p>
<pre>sudo cp sallyport-ca.pem /etc/pki/ca-trust/source/anchors/
sudo update-ca-trust</pre>
<h2>Firefox</h2>
<p>Settings, Privacy &amp; Security, Certificates, View Certificates, Authorities, Import: choose
the file and trust it to identify websites. Or set
<code>security.enterprise_roots.enabled</code> to use the certificates of the system.</p>
)html";

std::string use_it(const GatewayPages::Identity& identity, bool has_pac) {
  const std::optional<Host> host = Host::parse(identity.name);
  if (!host || identity.port == 0) return "";
  const std::string at = escape_html(host->in_authority()) + ":" + std::to_string(identity.port);
  std::string out = "<h2>Use it</h2>\n";
  if (has_pac) {
    out += "<p>Automatic configuration, for the proxy settings of your system or browser:</p>\n";
    out += "<pre>http://" + at + "/proxy.pac</pre>\n";
    out += "<p>Or by hand, as HTTP and HTTPS proxy:</p>\n";
  } else {
    out += "<p>Enter it as HTTP and HTTPS proxy:</p>\n";
  }
  out += "<pre>" + at + "</pre>\n";
  return out;
}

std::string fingerprint(const std::string& digest) {
  if (digest.empty()) return "";
  return "<p>Compare its SHA-256 fingerprint with the one that your administrators gave you, "
         "before you "
         "trust it:</p>\n<pre>" +
         shown(digest) + "</pre>\n";
}

}  // namespace

http::Reply GatewayPages::front_page() const {
  std::string body =
      "<p>This machine is the web gateway of your organisation. It carries requests to the web and "
      "applies rules to them.</p>\n";
  body += use_it(identity_, static_cast<bool>(sources_.pac));
  if (sources_.ca_der && sources_.ca_pem) {
    body += kTrust;
    if (sources_.ca_fingerprint) body += fingerprint(sources_.ca_fingerprint());
    body += kInstall;
  }

  std::string footer;
  if (!identity_.contact.empty()) {
    const std::string link = contact_link(identity_.contact, "Web gateway", "");
    const std::string text = shown(contact_text(identity_.contact));
    footer = "<p>Questions? ";
    footer += link.empty() ? text : "<a href=\"" + escape_html(link) + "\">" + text + "</a>";
    footer += "</p>\n";
  }
  return make_answer(
      200, "text/html; charset=utf-8",
      render_page({.tone = Tone::info,
                   .title = "Sallyport web gateway",
                   .label = "Sallyport",
                   .heading = identity_.name.empty() ? "Web gateway" : identity_.name,
                   .body = body,
                   .footer = footer}));
}

}  // namespace sallyport::local
