#include "proxy/local/page_template.h"

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::local {
namespace {

// Contrast of every text against its ground is at least 4.5 : 1, in both schemes (WCAG 2.2, AA).
constexpr std::string_view kStyle = R"css(
:root {
  color-scheme: light dark;
  --ground: #f3f4f7; --card: #ffffff; --text: #1c2230; --soft: #565e70; --line: #e1e4ea;
  --quote: #f6f7f9; --edge: #757d8e; --stop: #b3261e; --warn: #8a5200; --info: #1d5bb8; --on-button: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12151a; --card: #1c2027; --text: #e8eaef; --soft: #a5adbc; --line: #323843;
    --quote: #242932; --edge: #8089a0; --stop: #ff8f85; --warn: #f5bd62; --info: #8db6ff; --on-button: #10131a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center;
  padding: 32px 20px; background: var(--ground); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans",
    Arial, sans-serif;
}
.card {
  width: 100%; max-width: 640px; min-width: 0; padding: 40px 44px 28px; background: var(--card);
  border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 10px 32px rgba(18, 24, 40, .07);
  overflow-wrap: anywhere;
}
.stop { --tone: var(--stop); } .warn { --tone: var(--warn); } .info { --tone: var(--info); }
.label {
  display: flex; align-items: center; gap: 10px; margin: 0 0 10px; color: var(--tone);
  font-size: 15px; font-weight: 600;
}
.label svg { flex: none; width: 26px; height: 26px; }
h1 {
  margin: 0 0 18px; font-size: 28px; line-height: 1.22; font-weight: 650; letter-spacing: -.01em;
}
h2 { margin: 26px 0 8px; font-size: 17px; line-height: 1.3; }
p { margin: 0 0 14px; }
a { color: var(--info); }
.say {
  margin: 0 0 18px; padding: 14px 18px; background: var(--quote);
  border-left: 4px solid var(--tone);
  border-radius: 4px 8px 8px 4px; font-size: 17px; white-space: pre-line;
}
.soft { color: var(--soft); }
ul, ol { margin: 0 0 14px; padding-left: 22px; }
li { margin: 4px 0; }
dl {
  display: grid; grid-template-columns: max-content 1fr; gap: 7px 22px; margin: 22px 0 0;
  padding: 18px 0 0; border-top: 1px solid var(--line); font-size: 15px;
}
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
code, pre {
  font: .92em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
pre {
  margin: 0 0 14px; padding: 10px 14px; background: var(--quote); border-radius: 8px;
  white-space: pre-wrap;
}
.ask { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 16px; margin: 24px 0 0; }
.button {
  display: inline-block; padding: 10px 20px; border-radius: 8px; background: var(--info);
  color: var(--on-button); font-weight: 600; text-decoration: none;
}
.button:hover { text-decoration: underline; }
.second { background: none; color: var(--text); box-shadow: inset 0 0 0 1px var(--edge); }
button { border: 0; font: inherit; cursor: pointer; }
.buttons { display: flex; flex-wrap: wrap; gap: 12px; margin: 22px 0 0; }
.choices { flex-direction: column; }
form + .soft { margin-top: 16px; }
.field { margin: 20px 0 0; }
label, .hint { display: block; }
label { margin: 0 0 6px; font-weight: 600; }
.hint { margin: 6px 0 0; color: var(--soft); font-size: 14px; }
textarea, input[type="text"] {
  display: block; width: 100%; padding: 10px 12px; border: 1px solid var(--edge);
  border-radius: 8px; background: var(--card); color: inherit; font: inherit;
}
textarea { min-height: 96px; resize: vertical; }
.code { max-width: 220px; font-size: 20px; letter-spacing: .14em; }
.fault { margin: 18px 0 0; color: var(--stop); font-weight: 600; }
[aria-invalid] { border-color: var(--stop) !important; }
.or { margin: 18px 0 -8px; color: var(--soft); }
.qr { display: block; width: 216px; max-width: 100%; border-radius: 8px; }
.picture { margin: 18px 0; }
.logo { margin: 0 0 24px; }
.logo img { display: block; max-width: 220px; max-height: 48px; }
a:focus-visible, button:focus-visible, textarea:focus-visible, input:focus-visible { outline: 3px solid var(--info); outline-offset: 3px; border-radius: 4px; }
footer {
  margin: 26px 0 0; padding: 14px 0 0; border-top: 1px solid var(--line); color: var(--soft);
  font-size: 14px;
}
footer p { margin: 0; }
@media (max-width: 520px) {
  body { padding: 0; place-items: stretch; background: var(--card); }
  .card { padding: 28px 20px 24px; border: 0; border-radius: 0; box-shadow: none; }
  h1 { font-size: 24px; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin: 0 0 10px; }
  .button { display: block; width: 100%; text-align: center; }
  .code { max-width: none; }
}
@media print {
  :root {
    --ground: #fff; --card: #fff; --text: #000; --soft: #333; --line: #999; --quote: #fff;
    --stop: #000; --warn: #000; --info: #000;
  }
  body { display: block; padding: 0; }
  .card { max-width: none; padding: 0; border: 0; box-shadow: none; }
  .button { padding: 0; background: none; color: #000; }
}
)css";

std::string_view sign(Tone tone) {
  switch (tone) {
    case Tone::stop:
      return R"(<circle cx="12" cy="12" r="9"/><path d="M5.7 5.7l12.6 12.6"/>)";
    case Tone::warn:
      return R"(<path d="M12 3.5L22 20.5H2z"/><path d="M12 10v5M12 17.6v.4"/>)";
    case Tone::info:
      return R"(<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.3v.4"/>)";
  }
  return "";
}

std::string_view word(Tone tone) {
  switch (tone) {
    case Tone::stop:
      return "stop";
    case Tone::warn:
      return "warn";
    case Tone::info:
      return "info";
  }
  return "";
}

// A long host name may break behind its dots.
std::string breakable(std::string_view text) {
  std::string out;
  for (const char c : shown(text)) {
    out += c;
    if (c == '.') out += "<wbr>";
  }
  return out;
}

}  // namespace

std::string shown(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const Utf8Char next = decode_utf8(text);
    if (next.code == kNotUtf8 || (is_steering(next.code) && next.code != '\n')) {
      append_utf8(safe, 0xfffd);
    } else {
      safe.append(text.substr(0, next.size));
    }
    text.remove_prefix(next.size);
  }
  return escape_html(safe);
}

std::string render_page(const Page& page) {
  std::string out;
  out.reserve(kStyle.size() + page.body.size() + page.footer.size() + 2048);
  out += R"(<!doctype html>
<html lang=")";
  out += shown(page.language);
  out += R"(">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>)";
  out += shown(page.title);
  out += "</title>\n<style>";
  out += kStyle;
  out += "</style>\n</head>\n<body>\n<main class=\"card ";
  out += word(page.tone);
  out += "\">\n";
  out += page.logo;
  out +=
      R"(<p class="label"><svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2")";
  out += R"( stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">)";
  out += sign(page.tone);
  out += "</svg><span>";
  out += shown(page.label);
  out += "</span></p>\n<h1>";
  out += breakable(page.heading);
  out += "</h1>\n";
  out += page.body;
  if (!page.footer.empty()) {
    out += "<footer>\n";
    out += page.footer;
    out += "</footer>\n";
  }
  out += "</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace sallyport::local
