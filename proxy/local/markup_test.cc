#include "proxy/local/markup.h"

#include <gtest/gtest.h>

namespace sallyport::local {
namespace {

TEST(Markup, TakesEverythingButLiteralsAsText) {
  Markup markup;
  markup.html("<p").attribute("title", "a\"b'<c>&").html(">").text("<b>&\"'").html("</p>");
  EXPECT_EQ(markup.str(), "<p title=\"a&quot;b&#39;&lt;c&gt;&amp;\">&lt;b&gt;&amp;&quot;&#39;</p>");
}

TEST(Markup, ShowsBytesThatSteerAsReplacementCharacters) {
  EXPECT_EQ(Markup().text("a\xe2\x80\xae\xff\x1b").str(), "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Markup, LinksToNoScript) {
  const auto link = [](std::string_view url) { return Markup().link(url).str(); };
  EXPECT_EQ(link("https://a.example/?x=1&y=\""), " href=\"https://a.example/?x=1&amp;y=&quot;\"");
  EXPECT_EQ(link("/answer"), " href=\"/answer\"");
  EXPECT_EQ(link("mailto:it@corp.example"), " href=\"mailto:it@corp.example\"");
  for (const std::string_view url :
       {"javascript:alert(1)", " javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "",
        "vbscript:x", "//evil.example", "/\\evil.example", "evil.example", "java\tscript:x",
        "/\n/evil.example", "/\t/evil.example"}) {
    EXPECT_EQ(link(url), "") << url;
  }
}

TEST(Markup, HoldsPicturesInItself) {
  EXPECT_EQ(Markup().picture("image/png", "AA==\"").str(),
            " src=\"data:image/png;base64,AA==&quot;\"");
}

}  // namespace
}  // namespace sallyport::local
